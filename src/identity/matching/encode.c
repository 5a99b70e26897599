/* Records as encodings, for a partner: nothing of a row leaves but its id and what was made of it under the key. */
#include "matching/matching_int.h"

/* What of a compared column goes into a part, and as what. */
static bool encoded_as(enum linking_kind kind, enum encoded_part part, enum encoded_value *out)
{
	static const struct {
		enum linking_kind kind;
		enum encoded_value as;
		unsigned parts;
	} kinds[] = {
		{LINKING_GIVEN, ENCODE_GIVEN, 1 << ENCODED_PERSON | 1 << ENCODED_PLACE},
		{LINKING_MIDDLE, ENCODE_MIDDLE, 1 << ENCODED_PERSON | 1 << ENCODED_PLACE},
		{LINKING_FAMILY, ENCODE_FAMILY, 1 << ENCODED_PERSON | 1 << ENCODED_PLACE},
		{LINKING_BIRTH, ENCODE_BIRTH, 1 << ENCODED_PERSON},
		{LINKING_BIRTH, ENCODE_BIRTHDAY, 1 << ENCODED_PLACE},
		{LINKING_SEX, ENCODE_SEX, 1 << ENCODED_PERSON},
		{LINKING_EMAIL, ENCODE_EMAIL, 1 << ENCODED_CONTACT},
		{LINKING_PHONE, ENCODE_PHONE, 1 << ENCODED_CONTACT},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		*out = kinds[i].as;
		if (kinds[i].kind == kind && (kinds[i].parts >> part & 1))
			return true;
	}
	return false;
}

/* ---- salts ---------------------------------------------------------------------------------------------------- */

/* Of a place (property, postcode, address) the postcode. */
static struct text postcode_of(struct text place)
{
	struct text part = TEXT_ABSENT;
	text_split(&place, '\x1f', &part);
	text_split(&place, '\x1f', &part);
	return part;
}

static struct text first_of(const struct matching *matching, size_t record, enum meaning meaning)
{
	for (size_t c = 0; c < matching->column_count; c++) {
		struct text value = linking_table_value(matching->table, record, c);
		if (matching->meanings[c] == meaning && value.len)
			return value;
	}
	return TEXT_ABSENT;
}

/* A town where there are no postcodes at all: which of the two salts is the same for all records. */
static struct text place_salt(const struct matching *matching, size_t record)
{
	bool postcodes = false;
	for (size_t c = 0; c < matching->column_count; c++) {
		if (matching->columns[c].kind == LINKING_PLACE)
			return postcode_of(linking_table_value(matching->table, record, c));
		postcodes |= matching->meanings[c] == MEANING_POSTCODE;
	}
	return first_of(matching, record, postcodes ? MEANING_POSTCODE : MEANING_PLACE);
}

static struct text year_salt(const struct matching *matching, size_t record)
{
	for (size_t c = 0; c < matching->column_count; c++) {
		date birth;
		struct text value = linking_table_value(matching->table, record, c);
		if (matching->columns[c].kind == LINKING_BIRTH && date_parse_iso(value, &birth))
			return text_slice(value.at, text_find_char(value, '-'));
	}
	return TEXT_ABSENT;
}

static bool has_kind(const struct matching *matching, enum linking_kind kind)
{
	for (size_t c = 0; c < matching->column_count; c++) {
		if (matching->columns[c].kind == kind)
			return true;
	}
	return false;
}

/* False when the record has nothing to salt the part by: it would be an encoding that counting finds out, and that is
 * like no other of the person. */
static bool salt_of(const struct matching *matching, size_t record, enum encoded_part part, struct text *salt)
{
	*salt = part == ENCODED_PERSON  ? year_salt(matching, record)
		: part == ENCODED_PLACE ? place_salt(matching, record)
					: TEXT("");
	return salt->len || part == ENCODED_CONTACT || (part == ENCODED_PERSON && !has_kind(matching, LINKING_BIRTH));
}

/* ---- a record ------------------------------------------------------------------------------------------------- */

static bool encode_part(const struct matching *matching, struct encoder *encoder, size_t record, enum encoded_part part,
			struct encoding *encoding)
{
	struct text salt;
	if (!salt_of(matching, record, part, &salt))
		return false;
	encoder_begin(encoder, part, salt);
	for (size_t c = 0; c < matching->column_count; c++) {
		enum encoded_value as;
		if (encoded_as(matching->columns[c].kind, part, &as))
			encoder_add(encoder, as, linking_table_value(matching->table, record, c));
	}
	return encoder_finish(encoder, encoding);
}

/* Which encodings the file can have: a column that no record fills is left out. */
struct parts {
	bool has[ENCODED_PART_COUNT];
};

static struct parts parts_of(const struct matching *matching)
{
	struct parts parts = {.has = {[ENCODED_PERSON] = true}};
	for (size_t c = 0; c < matching->column_count; c++) {
		enum linking_kind kind = matching->columns[c].kind;
		enum meaning meaning = matching->meanings[c];
		parts.has[ENCODED_CONTACT] |= kind == LINKING_EMAIL || kind == LINKING_PHONE;
		parts.has[ENCODED_PLACE] |=
			kind == LINKING_PLACE || meaning == MEANING_POSTCODE || meaning == MEANING_PLACE;
	}
	return parts;
}

/* False when there was nothing to encode. */
static bool append_row(struct buf *out, const struct matching *matching, struct encoder *encoder, size_t record,
		       const struct parts *parts)
{
	char room[24], written[ENCODING_TEXT_SIZE];
	struct text file;
	struct encoding encoding;
	bool any = false;
	buf_append_csv(out, matching_record_name(matching, record, &file, room));
	for (unsigned part = 0; part < ENCODED_PART_COUNT; part++) {
		if (!parts->has[part])
			continue;
		buf_append_char(out, ',');
		if (!encode_part(matching, encoder, record, (enum encoded_part)part, &encoding))
			continue;
		buf_append_text(out, text_slice(written, encoder_write(encoder, &encoding, written)));
		any = true;
	}
	buf_append_char(out, '\n');
	return any;
}

static void append_header(struct buf *out, const struct parts *parts)
{
	buf_append_text(out, TEXT("id"));
	for (unsigned part = 0; part < ENCODED_PART_COUNT; part++) {
		if (parts->has[part])
			buf_format(out, ",%s", meaning_name((enum meaning)(MEANING_ENCODING + part)));
	}
	buf_append_char(out, '\n');
}

static enum status write_rows(const struct matching *matching, struct encoder *encoder, struct out *out, size_t *empty,
			      struct error *error)
{
	enum { PART = 1 << 16 };
	struct buf part;
	struct parts parts = parts_of(matching);
	buf_init(&part, SIZE_MAX / 4);
	append_header(&part, &parts);
	enum status status = STATUS_OK;
	*empty = 0;
	for (size_t i = 0; i < matching->records && status == STATUS_OK; i++) {
		*empty += !append_row(&part, matching, encoder, i, &parts);
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
			  "There is no name, date of birth, sex, place, e-mail or phone to encode");
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
