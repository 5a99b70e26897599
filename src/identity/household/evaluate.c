/* Households against the truth that the maker of an invented borough wrote beside its files. */
#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "household/household.h"
#include "linking/linking.h"
#include "linking/refresh.h"
#include "store/store.h"
#include "vault/vault.h"

#include <stdlib.h>

struct person {
	uint64_t household; /* true one + 1; 0: none on the day */
	int64_t resident;
	bool shared; /* one of sharers, or in a communal home */
};

struct judging {
	struct store *data;
	const struct vault *vault;
	struct id_map persons; /* person -> number + 1 */
	struct person *people;
	size_t count, capacity;
	struct id_map households; /* resident -> household */
	date day;
};

static struct person *person_of(struct judging *judging, uint64_t id)
{
	uint64_t *number = id_map_put(&judging->persons, id + 1, NULL);
	if (*number == 0) {
		ARRAY_GROW(judging->people, judging->count, judging->capacity);
		judging->people[judging->count] = (struct person){0};
		*number = ++judging->count;
	}
	return &judging->people[*number - 1];
}

static enum status read_file(struct buf *out, const char *truth, const char *name, struct error *error)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", truth, name);
	return file_read(path, out, error);
}

/* household,uprn,kind,household_from,household_to,person,role,from,to */
static enum status read_households(struct judging *judging, const char *truth, struct error *error)
{
	struct buf file;
	buf_init(&file, (size_t)2 << 30);
	enum status status = read_file(&file, truth, "households.csv", error);
	struct text rest = buf_text(&file), line, fields[9];
	text_split(&rest, '\n', &line);
	while (status == STATUS_OK && text_split(&rest, '\n', &line)) {
		size_t n = 0;
		uint64_t household, person;
		date from, to;
		while (n < 9 && text_split(&line, ',', &fields[n]))
			n++;
		if (n < 9 || !text_parse_uint64(fields[0], &household) || !text_parse_uint64(fields[5], &person) ||
		    !date_parse_iso(fields[7], &from) || from > judging->day)
			continue;
		if (date_parse_iso(text_trim(fields[8]), &to) && to <= judging->day)
			continue;
		struct person *p = person_of(judging, person);
		p->household = household + 1;
		p->shared = text_is(fields[2], "communal") || text_is(fields[2], "sharers");
	}
	buf_release(&file);
	return status;
}

static enum status read_members(struct judging *judging, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, judging->data,
			      "SELECT resident_id, household_id FROM household_member WHERE to_date IS NULL", error);
	if (status != STATUS_OK)
		return status;
	int resident = statement_column(query, "resident_id"), household = statement_column(query, "household_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(&judging->households, (uint64_t)statement_int(query, resident), NULL) =
			(uint64_t)statement_int(query, household);
	statement_done(query);
	return status;
}

static void keep_resident(void *context, uint64_t person, int64_t resident)
{
	struct judging *judging = context;
	struct person *p = person_of(judging, person);
	/* of a person in two pieces, the piece that is in a household */
	if (!p->resident || (!id_map_get(&judging->households, (uint64_t)p->resident) &&
			     id_map_get(&judging->households, (uint64_t)resident)))
		p->resident = resident;
}

static void score(const struct judging *judging, bool shared_only, double out[3])
{
	uint64_t *clusters = memory_alloc(judging->count + 1, sizeof *clusters);
	uint64_t *truth = memory_alloc(judging->count + 1, sizeof *truth);
	struct linking_quality quality;
	size_t n = 0;
	for (size_t i = 0; i < judging->count; i++) {
		const struct person *p = &judging->people[i];
		if (!p->household || !p->resident || (shared_only && !p->shared))
			continue;
		const uint64_t *household = id_map_get(&judging->households, (uint64_t)p->resident);
		clusters[n] = household ? *household : UINT64_MAX - i;
		truth[n++] = p->household;
	}
	linking_evaluate(clusters, truth, n, &quality);
	out[0] = quality.precision;
	out[1] = quality.recall;
	out[2] = quality.f1;
	free(clusters);
	free(truth);
}

static enum status read_all(struct judging *judging, const char *truth, struct error *error)
{
	int64_t newest;
	enum status status = store_query_int(judging->data, "SELECT MAX(as_at) FROM extract WHERE status = 'loaded'",
					     &newest, error);
	judging->day = (date)newest;
	if (status == STATUS_OK)
		status = read_members(judging, error);
	if (status == STATUS_OK)
		status = read_households(judging, truth, error);
	if (status == STATUS_OK)
		status = linking_truth_each(judging->data, judging->vault, truth, keep_resident, judging, error);
	return status;
}

enum status household_evaluate(struct household_evaluation *out, struct store *data, const struct vault *vault,
			       const char *truth, struct error *error)
{
	struct judging judging = {.data = data, .vault = vault};
	double all[3] = {0}, shared[3] = {0};
	memset(out, 0, sizeof *out);
	id_map_init(&judging.persons);
	id_map_init(&judging.households);
	enum status status = read_all(&judging, truth, error);
	if (status == STATUS_OK) {
		score(&judging, false, all);
		score(&judging, true, shared);
		for (size_t i = 0; i < judging.count; i++)
			out->people += judging.people[i].household && judging.people[i].resident;
	}
	out->precision = all[0], out->recall = all[1], out->f1 = all[2];
	out->shared_precision = shared[0], out->shared_recall = shared[1], out->shared_f1 = shared[2];
	id_map_release(&judging.persons);
	id_map_release(&judging.households);
	free(judging.people);
	return status;
}
