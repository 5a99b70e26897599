/* Whether the ground of an erasure names whom it erases: it stays, in the proof, the register and the audit. */
#include "rights/erasure_int.h"

#include "intake/intake.h"

#include <ctype.h>
#include <stdlib.h>

enum { GROUND_LONGEST = 1000, WORD_SHORTEST = 3, NUMBER_SHORTEST = 5 };

/* Letters and digits in one case, a blank for each run of others, one before and one behind. Bytes of other alphabets
 * stay. */
static void fold(struct buf *out, struct text text)
{
	buf_clear(out);
	buf_append_char(out, ' ');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];
		if (isalnum(c) || c >= 0x80)
			buf_append_char(out, (char)tolower(c));
		else if (out->at[out->len - 1] != ' ')
			buf_append_char(out, ' ');
	}
	if (out->at[out->len - 1] != ' ')
		buf_append_char(out, ' ');
}

static void squeeze(struct buf *out, struct text text)
{
	buf_clear(out);
	for (size_t i = 0; i < text.len; i++)
		if (isalnum((unsigned char)text.at[i]))
			buf_append_char(out, (char)tolower((unsigned char)text.at[i]));
}

static bool has(struct text all, struct text part)
{
	return text_find(all, part) < all.len;
}

struct grounds {
	struct buf words, squeezed; /* of the ground */
	struct buf value, plain;    /* of a value, in turn */
};

static bool has_digit(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (isdigit((unsigned char)text.at[i]))
			return true;
	return false;
}

static int number_at(struct text text, size_t at, size_t len)
{
	int64_t number = 0;
	return text_parse_int64(text_slice(text.at + at, len), &number) ? (int)number : 0;
}

/* As people write it, with the year in full: 1985-03-12, 12/03/1985, 12.3.1985, 12 March 1985, 12 Mar 1985. */
static bool has_date(const struct grounds *g, struct text value)
{
	static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
					     "july",    "august",   "september", "october", "november", "december"};
	date day;
	char form[4][40], digits[12];
	if (value.len < 10 || !date_parse_iso(text_slice(value.at, 10), &day))
		return false;
	int year = number_at(value, 0, 4), month = number_at(value, 5, 2), of_month = number_at(value, 8, 2);
	snprintf(form[0], sizeof form[0], "%04d%02d%02d", year, month, of_month);
	snprintf(form[1], sizeof form[1], "%02d%02d%04d", of_month, month, year);
	snprintf(form[2], sizeof form[2], "%d%s%04d", of_month, months[month - 1], year);
	snprintf(form[3], sizeof form[3], "%d%.3s%04d", of_month, months[month - 1], year);
	snprintf(digits, sizeof digits, "%d%d%04d", of_month, month, year);
	for (size_t i = 0; i < 4; i++)
		if (has(buf_text(&g->squeezed), text_of(form[i])))
			return true;
	return has(buf_text(&g->squeezed), text_of(digits));
}

/* A word of it as a word of the ground, or a number of it anywhere. */
static bool names(struct grounds *g, struct text value)
{
	struct text rest, word;
	if (has_date(g, value))
		return true;
	squeeze(&g->plain, value);
	if (has_digit(value) && g->plain.len >= NUMBER_SHORTEST && has(buf_text(&g->squeezed), buf_text(&g->plain)))
		return true;
	fold(&g->value, value);
	rest = text_trim(buf_text(&g->value));
	while (text_split(&rest, ' ', &word)) {
		if (word.len < WORD_SHORTEST || has_digit(word))
			continue;
		buf_clear(&g->plain);
		buf_format(&g->plain, " %.*s ", TEXT_ARG(word));
		if (has(buf_text(&g->words), buf_text(&g->plain)))
			return true;
	}
	return false;
}

/* A number by which a source knows them. */
static bool is_client(const struct erasing *e, const struct erased_record *record, struct text word)
{
	const struct profile *profile = e->parts->profile;
	for (size_t i = 0; i < profile->feeds.count; i++)
		if (text_equal(profile->feeds.at[i].source->id, record->source_id))
			return intake_client_hash(e->parts->vault, &profile->feeds.at[i], word) == record->client_hash;
	return false;
}

static bool has_client(const struct erasing *e, const struct erased_record *record, struct text ground)
{
	struct text rest = ground, word;
	while (text_split(&rest, ' ', &word)) {
		while (word.len && ispunct((unsigned char)word.at[word.len - 1]))
			word.len--;
		while (word.len && ispunct((unsigned char)word.at[0]))
			word = text_slice(word.at + 1, word.len - 1);
		if (word.len && is_client(e, record, word))
			return true;
	}
	return false;
}

static enum status look_at_record(bool *named, struct grounds *g, const struct erasing *e,
				  const struct erased_record *record, struct error *error)
{
	struct arena arena;
	struct vault_row *rows;
	size_t count = 0;
	arena_init(&arena, 64 << 20);
	arena_keep_secret(&arena);
	enum status status = vault_open_record(&rows, &count, e->parts->vault, e->parts->data, record->record_id,
					       VAULT_EVERY_VERSION, &arena, error);
	*named = has_client(e, record, e->erasure->ground);
	for (size_t i = 0; i < count && status == STATUS_OK && !*named; i++) {
		unsigned number;
		struct text value;
		struct vault_values values = vault_values_of(rows[i].packed);
		while (rows[i].part == VAULT_IDENTITY && !*named && vault_values_next(&values, &number, &value))
			*named = names(g, value);
	}
	arena_release(&arena);
	return status;
}

enum status erasure_check_ground(const struct erasing *e, struct error *error)
{
	struct grounds g;
	bool named = false;
	enum status status = STATUS_OK;
	if (e->erasure->ground.len > GROUND_LONGEST)
		return error_set(error, STATUS_INVALID, "rights.ground", "The ground may have %d characters at most",
				 GROUND_LONGEST);
	struct buf *const bufs[] = {&g.words, &g.squeezed, &g.value, &g.plain};
	for (size_t i = 0; i < 4; i++)
		buf_init(bufs[i], 1 << 20);
	fold(&g.words, e->erasure->ground);
	squeeze(&g.squeezed, e->erasure->ground);
	for (size_t i = 0; i < e->count && status == STATUS_OK && !named; i++)
		status = look_at_record(&named, &g, e, &e->records[i], error);
	for (size_t i = 0; i < 4; i++) {
		buf_wipe(bufs[i]);
		buf_release(bufs[i]);
	}
	if (status != STATUS_OK || !named)
		return status;
	error_set(error, STATUS_INVALID, "rights.ground", "The ground must not name the resident");
	error_remedy(error, "it stays in the proof: give the reference of the request or decision, without a name, an "
			    "address, a date of birth or a number of theirs");
	return STATUS_INVALID;
}
