/* Records as encodings, for a partner: nothing of a row leaves but its id and what was made of it under the key. */
#include "matching/matching_int.h"

static bool encoded_as(enum linking_kind kind, enum encoded_value *out)
{
	static const struct {
		enum linking_kind kind;
		enum encoded_value as;
	} values[] = {
		{LINKING_GIVEN, ENCODE_GIVEN}, {LINKING_MIDDLE, ENCODE_MIDDLE}, {LINKING_FAMILY, ENCODE_FAMILY},
		{LINKING_BIRTH, ENCODE_BIRTH}, {LINKING_SEX, ENCODE_SEX},       {LINKING_PLACE, ENCODE_POSTCODE},
	};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		*out = values[i].as;
		if (values[i].kind == kind)
			return true;
	}
	return false;
}

/* Of a place (property, postcode, address) the postcode. */
static struct text postcode_of(struct text place)
{
	struct text part = TEXT_ABSENT;
	text_split(&place, '\x1f', &part);
	text_split(&place, '\x1f', &part);
	return part;
}

static int year_of_birth(const struct matching *matching, size_t record)
{
	date birth;
	for (size_t c = 0; c < matching->column_count; c++) {
		if (matching->columns[c].kind == LINKING_BIRTH &&
		    date_parse_iso(linking_table_value(matching->table, record, c), &birth))
			return date_ymd(birth).year;
	}
	return 0;
}

static bool encode_record(const struct matching *matching, struct encoder *encoder, size_t record,
			  struct encoding *encoding)
{
	encoder_begin(encoder, year_of_birth(matching, record));
	for (size_t c = 0; c < matching->column_count; c++) {
		enum encoded_value as;
		if (!encoded_as(matching->columns[c].kind, &as))
			continue;
		struct text value = linking_table_value(matching->table, record, c);
		encoder_add(encoder, as, as == ENCODE_POSTCODE ? postcode_of(value) : value);
	}
	return encoder_finish(encoder, encoding);
}

static void append_row(struct buf *out, const struct matching *matching, size_t record, struct text encoding)
{
	char room[24];
	struct text file;
	buf_append_csv(out, matching_record_name(matching, record, &file, room));
	buf_append_char(out, ',');
	buf_append_text(out, encoding);
	buf_append_char(out, '\n');
}

static enum status write_rows(const struct matching *matching, struct encoder *encoder, struct out *out, size_t *empty,
			      struct error *error)
{
	enum { PART = 1 << 16 };
	struct buf part;
	buf_init(&part, SIZE_MAX / 4);
	buf_append_text(&part, TEXT("id,encoding\n"));
	enum status status = STATUS_OK;
	*empty = 0;
	for (size_t i = 0; i < matching->records && status == STATUS_OK; i++) {
		struct encoding encoding;
		char written[ENCODING_TEXT_SIZE] = "";
		size_t len =
			encode_record(matching, encoder, i, &encoding) ? encoder_write(encoder, &encoding, written) : 0;
		*empty += len == 0;
		append_row(&part, matching, i, text_slice(written, len));
		if (part.len < PART)
			continue;
		status = matching_stopped(matching, error);
		if (status == STATUS_OK)
			status = out_write(out, buf_text(&part), error);
		buf_clear(&part);
	}
	if (status == STATUS_OK)
		status = out_write(out, buf_text(&part), error);
	buf_release(&part);
	return status;
}

enum status matching_write_encodings(struct matching *matching, struct encoder *encoder, const char *path,
				     size_t *empty, struct error *error)
{
	struct out out;
	enum status status = matching->table || matching->all_same ? STATUS_OK : prepare_table(matching, error);
	if (status != STATUS_OK)
		return status;
	if (!matching->table) {
		error_set(error, STATUS_INVALID, "matching.nothing_to_encode",
			  "There is no name, date of birth, sex or postcode to encode");
		error_remedy(error, "Name the columns in a settings file: --settings");
		return STATUS_INVALID;
	}
	status = out_open(&out, path, error);
	if (status != STATUS_OK)
		return status;
	status = write_rows(matching, encoder, &out, empty, error);
	if (status == STATUS_OK)
		return out_commit(&out, error);
	out_abandon(&out);
	return status;
}
