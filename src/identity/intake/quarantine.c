#include "intake/intake.h"
#include "intake/quality.h"
#include "vault/disclosure.h"

#include "base/memory.h"
#include "store/store.h"
#include "vault/vault.h"

enum { QUARANTINE_LIMIT = 1000, QUARANTINE_SOURCES = 16 };

const struct sealed_rows intake_sealed_rows = {
	.title = "rows in quarantine",
	.select = "SELECT q.extract_id AS record_id, e.feed_no AS feed_no, q.line AS row_key, q.problem AS version, "
		  "3 AS part, q.sealed AS sealed FROM quarantine q JOIN extract e ON e.extract_id = q.extract_id WHERE "
		  "q.sealed IS NOT NULL AND (q.extract_id, q.line, q.problem) > (:record_id, :row_key, :version) "
		  "ORDER BY q.extract_id, q.line, q.problem LIMIT :most",
	.update = "UPDATE quarantine SET sealed = :sealed WHERE extract_id = :record_id AND line = :row_key AND "
		  "problem = :version",
	.place = {"record_id", "row_key", "version"}};
_Static_assert(VAULT_QUARANTINE == 3, "the part in the query");

/* A filter that is absent matches everything; one statement serves all combinations. */
#define QUARANTINE_FROM \
	"FROM quarantine q JOIN extract e ON e.extract_id = q.extract_id JOIN feed f ON f.feed_no = e.feed_no " \
	"JOIN source s ON s.source_no = f.source_no " \
	"WHERE (:any_extract = 1 OR q.extract_id = :extract) AND (:any_feed = 1 OR f.feed_id = :feed) " \
	"AND (:any_source = 1 OR s.source_id IN (:source_0, :source_1, :source_2, :source_3, :source_4, :source_5, " \
	":source_6, :source_7, :source_8, :source_9, :source_10, :source_11, :source_12, :source_13, :source_14, " \
	":source_15)) AND (:any_rule = 1 OR q.rule = :rule) " \
	"AND (:any_severity = 1 OR q.severity = :severity) "

static void bind_filter(struct statement *query, const char *any, const char *name, struct text value)
{
	statement_bind_int(query, any, text_is_absent(value));
	statement_bind_text(query, name, text_is_absent(value) ? TEXT("") : value);
}

static void bind_sources(struct statement *query, const struct quarantine_filter *filter)
{
	statement_bind_int(query, "any_source", filter->source_count == 0);
	for (size_t i = 0; i < QUARANTINE_SOURCES; i++) {
		char name[16];
		snprintf(name, sizeof name, "source_%zu", i);
		statement_bind_text(query, name, i < filter->source_count ? filter->sources[i] : TEXT(""));
	}
}

static void bind_filters(struct statement *query, const struct quarantine_filter *filter)
{
	statement_bind_int(query, "any_extract", filter->extract_id == 0);
	statement_bind_int(query, "extract", filter->extract_id);
	bind_filter(query, "any_feed", "feed", filter->feed_id);
	bind_sources(query, filter);
	bind_filter(query, "any_rule", "rule", filter->rule);
	bind_filter(query, "any_severity", "severity", filter->severity);
}

static struct text kept(struct statement *query, const char *name, struct arena *arena)
{
	int column = statement_column(query, name);
	return statement_is_null(query, column) ? TEXT_ABSENT : arena_text(arena, statement_text(query, column));
}

static void read_problem(struct statement *query, struct arena *arena, struct quarantine_row *out)
{
	*out = (struct quarantine_row){
		.extract_id = statement_int(query, statement_column(query, "extract_id")),
		.line = statement_int(query, statement_column(query, "line")),
		.problem = statement_int(query, statement_column(query, "problem")),
		.as_at = (date)statement_int(query, statement_column(query, "as_at")),
		.feed_id = kept(query, "feed_id", arena),
		.file_name = kept(query, "file_name", arena),
		.column_name = kept(query, "column_name", arena),
		.rule = kept(query, "rule", arena),
		.severity = kept(query, "severity", arena),
		.message = kept(query, "message", arena),
	};
}

static enum status count_problems(int64_t *total, struct store *store, const struct quarantine_filter *filter,
				  struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, store, "SELECT count(*) AS problems " QUARANTINE_FROM, error);
	if (status)
		return status;
	bind_filters(query, filter);
	int problems = statement_column(query, "problems");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*total = statement_int(query, problems);
	statement_done(query);
	return status;
}

enum status quarantine_list(struct quarantine_row **out, size_t *count, int64_t *total, struct store *store,
			    const struct quarantine_filter *filter, struct arena *arena, struct error *error)
{
	struct statement *query;
	struct quarantine_row *found = NULL;
	size_t most = filter->limit ? filter->limit : QUARANTINE_LIMIT, capacity = 0;
	bool row;
	*count = 0;
	*out = NULL;
	if (filter->source_count > QUARANTINE_SOURCES)
		return error_set(error, STATUS_TOO_LARGE, "intake.sources",
				 "Problems of more than %d sources are not listed together", QUARANTINE_SOURCES);
	enum status status = total ? count_problems(total, store, filter, error) : STATUS_OK;
	if (status == STATUS_OK)
		status = store_prepare(&query, store,
				       "SELECT q.extract_id AS extract_id, q.line AS line, q.problem AS problem, "
				       "e.as_at AS as_at, f.feed_id AS feed_id, e.file_name AS file_name, "
				       "q.column_name AS column_name, q.rule AS rule, q.severity AS severity, "
				       "q.message AS message " QUARANTINE_FROM
				       "ORDER BY q.extract_id DESC, q.line, q.problem LIMIT :most OFFSET :first",
				       error);
	if (status)
		return status;
	bind_filters(query, filter);
	statement_bind_int(query, "most", (int64_t)most);
	statement_bind_int(query, "first", (int64_t)filter->offset);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && *count < most) {
		ARRAY_GROW(found, *count, capacity);
		read_problem(query, arena, &found[(*count)++]);
	}
	statement_done(query);
	if (*count) {
		*out = ARENA_ARRAY(arena, *count, struct quarantine_row);
		memcpy(*out, found, *count * sizeof **out);
	}
	free(found);
	return status;
}
