/* Why two records are, or are not, one person: from the stored link and model, or worked out now. */
#include "base/memory.h"
#include "linking/linking_int.h"
#include "linking/people.h"
#include "linking/refresh.h"
#include "store/store.h"
#include "vault/vault.h"

#include <math.h>
#include <stdlib.h>

enum status linking_model_read(struct buf *out, struct store *data, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, data, "SELECT model FROM linking_model ORDER BY run_id DESC LIMIT 1", error);
	if (status != STATUS_OK)
		return status;
	int model = statement_column(query, "model");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && !row)
		status = error_set(error, STATUS_NOT_FOUND, "linking.no_model", "nothing has been linked yet");
	else if (status == STATUS_OK)
		buf_append_text(out, statement_text(query, model));
	statement_done(query);
	return status;
}

static enum status no_such_record(int64_t record_id, struct error *error)
{
	error_set(error, STATUS_NOT_FOUND, "linking.no_record", "no resident has record %lld", (long long)record_id);
	error_remedy(error, "Give numbers as the pages for reviewing links name them; there are none before the first "
			    "\"oneview refresh\" has loaded and linked an extract.");
	return STATUS_NOT_FOUND;
}

static enum status resident_of(int64_t *out, struct store *data, int64_t record_id, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, data, "SELECT resident_id FROM resident_record WHERE record_id = :record_id", error);
	if (status != STATUS_OK)
		return status;
	int resident = statement_column(query, "resident_id");
	statement_bind_int(query, "record_id", record_id);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && !row)
		status = no_such_record(record_id, error);
	else if (status == STATUS_OK)
		*out = statement_int(query, resident);
	statement_done(query);
	return status;
}

enum status linking_residents_of(struct linking_residents *out, struct store *data, int64_t record_a, int64_t record_b,
				 struct error *error)
{
	enum status status = resident_of(&out->a, data, record_a, error);
	return status == STATUS_OK ? resident_of(&out->b, data, record_b, error) : status;
}

/* The weight the run gave the pair tells how rare its values are in all records: the difference
 * goes to the columns that agree, as one more term of the sum. */
static enum status use_stored_link(struct linking_why *out, struct store *data, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, data,
		"SELECT weight, probability, status FROM link WHERE record_a = :record_a AND record_b = :record_b",
		error);
	if (status != STATUS_OK)
		return status;
	int weight = statement_column(query, "weight"), probability = statement_column(query, "probability"),
	    word = statement_column(query, "status");
	statement_bind_int(query, "record_a", out->record_a < out->record_b ? out->record_a : out->record_b);
	statement_bind_int(query, "record_b", out->record_a < out->record_b ? out->record_b : out->record_a);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		static const char *const words[] = {"linked", "review", "apart"};
		struct linking_explanation *why = &out->explanation;
		why->rarity = statement_double(query, weight) - why->weight;
		why->weight = statement_double(query, weight);
		why->probability = statement_double(query, probability);
		for (size_t i = 0; i < 3; i++) {
			if (text_is(statement_text(query, word), words[i]))
				out->status = words[i];
		}
	}
	statement_done(query);
	return status;
}

/* The most alike pair of A's and B's records, by the model. */
static enum status explain_best(struct linking_why *out, struct store *data, const struct vault *vault,
				const int64_t *records, size_t count_a, size_t count, struct error *error)
{
	struct people people;
	struct linking_run *run = NULL;
	struct buf model;
	buf_init(&model, 1 << 22);
	enum status status = linking_model_read(&model, data, error);
	if (status == STATUS_OK)
		status = people_read_some(&people, data, vault, records, count, error);
	if (status != STATUS_OK) {
		buf_release(&model);
		return status;
	}
	status = linking_run_new(&run, people.table,
				 &(struct linking_settings){.model = model.at, .without_rarity = true, .threads = 1},
				 error);
	bool found = false;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		for (size_t j = 0; j < count; j++) {
			/* people_read_some() sorted the records */
			bool in_a = false, in_b = false;
			for (size_t k = 0; k < count; k++) {
				in_a |= k < count_a && records[k] == people.records[i];
				in_b |= k >= count_a && records[k] == people.records[j];
			}
			struct linking_explanation why;
			if (!in_a || !in_b || i == j)
				continue;
			linking_explain(run, i, j, &why);
			if (found && why.weight <= out->explanation.weight)
				continue;
			found = true;
			out->explanation = why;
			out->record_a = people.records[i];
			out->record_b = people.records[j];
			out->rule[0] = '\0';
			if (why.rule >= 0)
				snprintf(out->rule, sizeof out->rule, "%s",
					 linking_run_report(run)->rule[why.rule].name);
		}
	}
	linking_run_free(run);
	people_release(&people);
	buf_release(&model);
	return status == STATUS_OK ? use_stored_link(out, data, error) : status;
}

enum status linking_why_records(struct linking_why *out, struct store *data, const struct vault *vault,
				int64_t record_a, int64_t record_b, struct error *error)
{
	memset(out, 0, sizeof *out);
	if (record_a == record_b)
		return error_set(error, STATUS_USAGE, "linking.same_record",
				 "a record is compared with another one, not with itself");
	enum status status = resident_of(&out->resident_a, data, record_a, error);
	if (status == STATUS_OK)
		status = resident_of(&out->resident_b, data, record_b, error);
	if (status == STATUS_OK)
		status = explain_best(out, data, vault, (const int64_t[]){record_a, record_b}, 1, 2, error);
	return status;
}

static enum status records_of(int64_t **records, size_t *count, size_t *capacity, struct store *data,
			      int64_t resident_id, struct error *error)
{
	struct statement *query;
	bool row;
	size_t before = *count;
	enum status status = store_prepare(
		&query, data,
		"SELECT record_id FROM resident_record WHERE resident_id = :resident_id ORDER BY record_id", error);
	if (status != STATUS_OK)
		return status;
	int record = statement_column(query, "record_id");
	statement_bind_int(query, "resident_id", resident_id);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(*records, *count, *capacity);
		(*records)[(*count)++] = statement_int(query, record);
	}
	statement_done(query);
	if (status != STATUS_OK || *count > before)
		return status;
	error_set(error, STATUS_NOT_FOUND, "linking.no_resident", "no resident has this id");
	error_remedy(error, "Give ids as residents' pages show them at the top; there are none before the first "
			    "\"oneview refresh\".");
	return STATUS_NOT_FOUND;
}

enum status linking_why_residents(struct linking_why *out, struct store *data, const struct vault *vault,
				  int64_t resident_a, int64_t resident_b, struct error *error)
{
	int64_t *records = NULL;
	size_t count = 0, capacity = 0;
	memset(out, 0, sizeof *out);
	out->resident_a = resident_a;
	out->resident_b = resident_b;
	if (resident_a == resident_b)
		return error_set(error, STATUS_USAGE, "linking.same_resident",
				 "a resident is compared with another one");
	enum status status = records_of(&records, &count, &capacity, data, resident_a, error);
	size_t count_a = count;
	if (status == STATUS_OK)
		status = records_of(&records, &count, &capacity, data, resident_b, error);
	if (status == STATUS_OK)
		status = explain_best(out, data, vault, records, count_a, count, error);
	free(records);
	return status;
}

enum status linking_resident_exists(struct store *data, int64_t resident_id, bool *exists, struct error *error)
{
	struct statement *query;
	*exists = false;
	enum status status = store_prepare(
		&query, data, "SELECT 1 AS one FROM resident WHERE resident_id = :resident AND ended_run IS NULL",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", resident_id);
	status = statement_step(query, exists, error);
	statement_done(query);
	return status;
}

int64_t linking_pair_key(const struct vault *vault, int64_t record_a, int64_t record_b)
{
	char plain[80];
	long long low = record_a < record_b ? record_a : record_b, high = record_a < record_b ? record_b : record_a;
	snprintf(plain, sizeof plain, "review pair\x1f%lld\x1f%lld", low, high);
	return vault_hash64(vault, VAULT_VALUE, text_of(plain)) & INT64_MAX;
}
