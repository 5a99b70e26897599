#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "linking/evaluate_int.h"
#include "linking/refresh.h"
#include "store/store.h"
#include "vault/vault.h"

#include <stdlib.h>

static uint64_t record_key(int64_t source_no, int64_t client_hash)
{
	return hash_mix((uint64_t)client_hash + (uint64_t)source_no * 1000003);
}

static enum status read_sources(struct text_map *sources, struct store *data, struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, data, "SELECT source_no, source_id FROM source ORDER BY source_no", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "source_no"), id = statement_column(query, "source_id");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*text_map_put(sources, statement_text(query, id), NULL) = (uint64_t)statement_int(query, number);
	statement_done(query);
	return status;
}

/* Key of a record -> its id; id -> resident. */
static enum status read_residents(struct id_map *records, struct id_map *residents, struct store *data,
				  struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, data,
					   "SELECT r.source_no, r.client_hash, r.record_id, m.resident_id FROM record r"
					   " JOIN resident_record m ON m.record_id = r.record_id",
					   error);
	if (status != STATUS_OK)
		return status;
	int source = statement_column(query, "source_no"), hash = statement_column(query, "client_hash");
	int resident = statement_column(query, "resident_id"), record = statement_column(query, "record_id");
	bool row;
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		uint64_t id = (uint64_t)statement_int(query, record);
		*id_map_put(records, record_key(statement_int(query, source), statement_int(query, hash)), NULL) = id;
		*id_map_put(residents, id, NULL) = (uint64_t)statement_int(query, resident);
	}
	statement_done(query);
	return status;
}

static enum status read_truth(struct judged *judged, struct linking_evaluation *out, const struct text_map *sources,
			      const struct id_map *records, const struct id_map *residents, const struct vault *vault,
			      const char *path, struct error *error)
{
	struct buf file;
	buf_init(&file, (size_t)2 << 30);
	enum status status = file_read(path, &file, error);
	struct text rest = buf_text(&file), line, source, client;
	text_split(&rest, '\n', &line); /* the header */
	while (status == STATUS_OK && text_split(&rest, '\n', &line)) {
		char key[160];
		uint64_t person;
		if (text_trim(line).len == 0)
			continue;
		bool good = text_split(&line, ',', &source) && text_split(&line, ',', &client) &&
			    text_parse_uint64(text_trim(line), &person) && source.len + client.len + 2 < sizeof key;
		if (!good) {
			status = error_set(error, STATUS_INVALID, "evaluate.truth",
					   "a line of the truth is not source,client,person");
			error_at(error, path, (unsigned)out->truth_records + 2, 0);
			break;
		}
		out->truth_records++;
		int len = snprintf(key, sizeof key, "%.*s\x1f%.*s", TEXT_ARG(source), TEXT_ARG(client));
		const uint64_t *number = text_map_get(sources, source);
		int64_t hash = vault_hash64(vault, VAULT_CLIENT, text_slice(key, (size_t)len));
		const uint64_t *record = number ? id_map_get(records, record_key((int64_t)*number, hash)) : NULL;
		if (!record) {
			out->not_loaded++;
			continue;
		}
		ARRAY_GROW(judged->residents, judged->count, judged->capacity);
		ARRAY_GROW(judged->people, judged->count, judged->people_capacity);
		ARRAY_GROW(judged->records, judged->count, judged->record_capacity);
		judged->residents[judged->count] = *id_map_get(residents, *record);
		judged->records[judged->count] = *record;
		judged->people[judged->count++] = person + 1;
	}
	buf_wipe(&file);
	buf_release(&file);
	return status;
}

void judged_release(struct judged *judged)
{
	free(judged->residents);
	free(judged->people);
	free(judged->records);
}

enum status judge_all(struct judged *judged, struct linking_evaluation *out, struct store *data,
		      const struct vault *vault, const char *truth, struct error *error)
{
	struct text_map sources;
	struct id_map residents, records;
	char path[4096];
	text_map_init(&sources);
	id_map_init(&residents);
	id_map_init(&records);
	snprintf(path, sizeof path, "%s/records.csv", truth);
	enum status status = read_sources(&sources, data, error);
	if (status == STATUS_OK)
		status = read_residents(&records, &residents, data, error);
	if (status == STATUS_OK)
		status = read_truth(judged, out, &sources, &records, &residents, vault, path, error);
	text_map_release(&sources);
	id_map_release(&residents);
	id_map_release(&records);
	return status;
}

enum status linking_evaluate_residents(struct linking_evaluation *out, struct store *data, const struct vault *vault,
				       const char *truth, struct error *error)
{
	struct judged judged = {0};
	memset(out, 0, sizeof *out);
	enum status status = judge_all(&judged, out, data, vault, truth, error);
	if (status == STATUS_OK) {
		linking_evaluate(judged.residents, judged.people, judged.count, &out->residents);
		status = judge_groups(out, &judged, data, truth, error);
	}
	judged_release(&judged);
	return status;
}

enum status linking_truth_each(struct store *data, const struct vault *vault, const char *truth,
			       linking_truth_visit *visit, void *context, struct error *error)
{
	struct linking_evaluation ignored = {0};
	struct judged judged = {0};
	enum status status = judge_all(&judged, &ignored, data, vault, truth, error);
	for (size_t i = 0; status == STATUS_OK && i < judged.count; i++)
		visit(context, judged.people[i] - 1, (int64_t)judged.residents[i]);
	judged_release(&judged);
	return status;
}
