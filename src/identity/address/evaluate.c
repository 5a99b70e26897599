/* Which property each written address was taken for, against the truth that the maker of an invented borough wrote. */
#include "address/address.h"
#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"
#include "store/store.h"
#include "vault/vault.h"

#include <stdlib.h>

enum { OUTSIDE = 1 }; /* a true property's number is its id; no id is 1 or 0 in practice */

struct judging {
	struct text_map files;    /* file name -> extract */
	struct id_map properties; /* hash of a UPRN -> property */
	struct id_map parents;    /* property -> parent */
	struct id_map rows;       /* extract and line -> true property, or OUTSIDE */
	struct address_evaluation *out;
};

static uint64_t row_key(int64_t extract_id, int64_t line)
{
	return hash_mix((uint64_t)extract_id << 32 | (uint64_t)line);
}

static enum status read_extracts(struct judging *judging, struct store *data, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, data, "SELECT extract_id, file_name FROM extract WHERE status = 'loaded'", error);
	if (status != STATUS_OK)
		return status;
	int id = statement_column(query, "extract_id"), name = statement_column(query, "file_name");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*text_map_put(&judging->files, statement_text(query, name), NULL) = (uint64_t)statement_int(query, id);
	statement_done(query);
	return status;
}

static enum status read_properties(struct judging *judging, struct store *data, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, data, "SELECT property_id, uprn_hash, parent_property_id FROM property", error);
	if (status != STATUS_OK)
		return status;
	int id = statement_column(query, "property_id"), hash = statement_column(query, "uprn_hash");
	int parent = statement_column(query, "parent_property_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		uint64_t property = (uint64_t)statement_int(query, id);
		*id_map_put(&judging->properties, (uint64_t)statement_int(query, hash), NULL) = property;
		if (!statement_is_null(query, parent))
			*id_map_put(&judging->parents, property, NULL) = (uint64_t)statement_int(query, parent);
	}
	statement_done(query);
	return status;
}

/* file,line,uprn; the last empty for an address outside the borough. */
static enum status read_truth(struct judging *judging, const struct vault *vault, const char *truth,
			      struct error *error)
{
	char path[4096];
	struct buf file;
	snprintf(path, sizeof path, "%s/uprns.csv", truth);
	buf_init(&file, (size_t)2 << 30);
	enum status status = file_read(path, &file, error);
	struct text rest = buf_text(&file), line, name, number;
	text_split(&rest, '\n', &line);
	while (status == STATUS_OK && text_split(&rest, '\n', &line)) {
		uint64_t at;
		if (!text_split(&line, ',', &name) || !text_split(&line, ',', &number) ||
		    !text_parse_uint64(number, &at))
			continue;
		const uint64_t *extract = text_map_get(&judging->files, name);
		struct text uprn = text_trim(line);
		if (!extract)
			continue;
		while (uprn.len > 0 && uprn.at[0] == '0')
			uprn = text_slice(uprn.at + 1, uprn.len - 1);
		const uint64_t *property =
			uprn.len ? id_map_get(&judging->properties, (uint64_t)vault_hash64(vault, VAULT_UPRN, uprn))
				 : NULL;
		if (uprn.len == 0 || property)
			*id_map_put(&judging->rows, row_key((int64_t)*extract, (int64_t)at), NULL) =
				property ? *property : OUTSIDE;
	}
	buf_release(&file);
	return status;
}

static void count_row(struct judging *judging, uint64_t is, uint64_t found)
{
	struct address_evaluation *out = judging->out;
	const uint64_t *parent = id_map_get(&judging->parents, is);
	if (is == OUTSIDE) {
		out->outside++;
		out->outside_wrong += found != 0;
		return;
	}
	out->rows++;
	if (found == is)
		out->right++;
	else if (found && parent && *parent == found)
		out->building++;
	else if (found)
		out->wrong++;
	else
		out->missed++;
}

/* A version that left the address as it was has no row of its own in record_property; neither has one whose new address
 * came to no property: there the truth is another than before. */
static enum status count_rows(struct judging *judging, struct store *data, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, data,
		"SELECT f.record_id, f.feed_no, f.row_key, f.extract_id, f.line, p.property_id"
		" FROM fact f LEFT JOIN record_property p ON p.record_id = f.record_id AND p.feed_no = f.feed_no"
		" AND p.row_key = f.row_key AND p.version = f.version"
		" ORDER BY f.record_id, f.feed_no, f.row_key, f.version",
		error);
	if (status != STATUS_OK)
		return status;
	int record = statement_column(query, "record_id"), feed = statement_column(query, "feed_no");
	int key = statement_column(query, "row_key"), extract = statement_column(query, "extract_id");
	int line = statement_column(query, "line"), property = statement_column(query, "property_id");
	int64_t before[3] = {0};
	uint64_t found = 0, before_is = 0;
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		int64_t now[3] = {statement_int(query, record), statement_int(query, feed), statement_int(query, key)};
		const uint64_t *is =
			id_map_get(&judging->rows, row_key(statement_int(query, extract), statement_int(query, line)));
		bool same_row = memcmp(before, now, sizeof now) == 0;
		if (!same_row || (is && before_is && *is != before_is))
			found = 0;
		before_is = is ? *is : same_row ? before_is : 0;
		memcpy(before, now, sizeof now);
		if (!statement_is_null(query, property))
			found = (uint64_t)statement_int(query, property);
		if (is)
			count_row(judging, *is, found);
	}
	statement_done(query);
	return status;
}

enum status address_evaluate(struct address_evaluation *out, struct store *data, const struct vault *vault,
			     const char *truth, struct error *error)
{
	struct judging judging = {.out = out};
	*out = (struct address_evaluation){0};
	text_map_init(&judging.files);
	id_map_init(&judging.properties);
	id_map_init(&judging.parents);
	id_map_init(&judging.rows);
	enum status status = read_extracts(&judging, data, error);
	if (status == STATUS_OK)
		status = read_properties(&judging, data, error);
	if (status == STATUS_OK)
		status = read_truth(&judging, vault, truth, error);
	if (status == STATUS_OK)
		status = count_rows(&judging, data, error);
	text_map_release(&judging.files);
	id_map_release(&judging.properties);
	id_map_release(&judging.parents);
	id_map_release(&judging.rows);
	return status;
}
