#include "household/counts.h"

enum status state_counts_read(struct state_counts *out, struct store *data, struct error *error)
{
	const struct {
		int64_t *count;
		const char *sql;
	} questions[] = {
		{&out->extracts, "SELECT count(*) FROM extract WHERE status = 'loaded'"},
		{&out->records, "SELECT count(*) FROM record"},
		{&out->facts, "SELECT count(*) FROM fact WHERE ended_by IS NULL"},
		{&out->quarantined, "SELECT count(*) FROM quarantine WHERE severity = 'reject' AND problem = 1"},
		{&out->residents, "SELECT count(*) FROM resident WHERE ended_run IS NULL"},
		{&out->properties, "SELECT count(*) FROM property"},
		{&out->households, "SELECT count(*) FROM household WHERE ended_run IS NULL"},
	};
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		enum status status = store_query_int(data, questions[i].sql, questions[i].count, error);
		if (status)
			return status;
	}
	return STATUS_OK;
}
