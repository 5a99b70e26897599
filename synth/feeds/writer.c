/* An extract in the making: rows into a buffer, the buffer into a file. */
#include "feeds_int.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

static const char *const month_words[] = {"January", "February", "March",     "April",   "May",      "June",
					  "July",    "August",   "September", "October", "November", "December"};

static char *put_digits(char *out, unsigned value, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
	return out + digits;
}

static char *put_word(char *out, const char *word)
{
	size_t len = strlen(word);
	memcpy(out, word, len);
	return out + len;
}

static char *put_oracle_month(char *out, int month)
{
	for (int i = 0; i < 3; i++)
		*out++ = (char)(month_words[month - 1][i] & ~0x20);
	return out;
}

char *date_write(date d, enum date_form form, char out[32])
{
	struct ymd at = date_ymd(d);
	unsigned year = (unsigned)at.year, month = (unsigned)at.month, day = (unsigned)at.day;
	char *end = out;
	switch (form) {
	case DATE_SLASHES:
	case DATE_DOTS_SHORT:
		end = put_digits(end, day, 2);
		*end++ = form == DATE_SLASHES ? '/' : '.';
		end = put_digits(end, month, 2);
		*end++ = form == DATE_SLASHES ? '/' : '.';
		end = form == DATE_SLASHES ? put_digits(end, year, 4) : put_digits(end, year % 100, 2);
		break;
	case DATE_ISO:
	case DATE_COMPACT:
		end = put_digits(end, year, 4);
		if (form == DATE_ISO)
			*end++ = '-';
		end = put_digits(end, month, 2);
		if (form == DATE_ISO)
			*end++ = '-';
		end = put_digits(end, day, 2);
		break;
	case DATE_ORACLE:
		end = put_digits(end, day, 2);
		*end++ = '-';
		end = put_oracle_month(end, at.month);
		*end++ = '-';
		end = put_digits(end, year, 4);
		break;
	case DATE_WORDS:
		end = put_digits(end, day, day > 9 ? 2 : 1);
		*end++ = ' ';
		end = put_word(end, month_words[month - 1]);
		*end++ = ' ';
		end = put_digits(end, year, 4);
		break;
	}
	*end = '\0';
	return out;
}

static void name_file(struct writer *w)
{
	struct ymd at = date_ymd(w->as_at);
	char stamp[32], *out = stamp;
	for (const char *p = w->feed->name_form; *p; p++) {
		if (*p == 'Y')
			out = put_digits(out, (unsigned)at.year, 4);
		else if (*p == 'M')
			out = put_digits(out, (unsigned)at.month, 2);
		else if (*p == 'D')
			out = put_digits(out, (unsigned)at.day, 2);
		else
			*out++ = *p;
	}
	*out = '\0';
	snprintf(w->file_name, sizeof w->file_name, "%s%s%s", w->feed->prefix, stamp, w->feed->suffix);
}

date writer_month_end(const struct writer *w, unsigned month)
{
	return borough_month(w->b, (int)month + 1) - 1;
}

/* Defects are spread evenly over the months, in each at a row that the seed chooses. */
static unsigned defects_of_month(const struct writer *w, unsigned month)
{
	if (w->plan->no_defects || !w->feed->defects)
		return 0;
	unsigned months = w->b->plan.months, total = w->feed->defects;
	unsigned first = (total + 2) / 3; /* a third of them in the first, full month */
	if (month == 0)
		return months == 1 ? total : first;
	unsigned rest = total - first, slots = months - 1;
	return rest * month / slots - rest * (month - 1) / slots;
}

void writer_open(struct writer *w, unsigned month, date as_at)
{
	w->month = month;
	w->as_at = as_at;
	w->rows_in_file = 0;
	buf_clear(&w->file);
	name_file(w);
	if (w->feed->byte_order_mark)
		buf_append(&w->file, "\xEF\xBB\xBF", 3);
	for (size_t i = 0; i < w->feed->column_count; i++) {
		if (i)
			buf_append_char(&w->file, w->feed->delimiter);
		buf_append_text(&w->file, text_of(w->feed->columns[i].header));
	}
	buf_append_text(&w->file, text_of(w->feed->newline));
	w->line = 2;
	w->defects_left = defects_of_month(w, month);
	random_start(&w->defect_random, w->b->plan.seed, STREAM_DEFECT, text_hash(text_of(w->feed->id)),
		     (uint64_t)as_at);
	w->next_defect = 1 + random_below(&w->defect_random, 20);
}

static enum status write_file(struct writer *w, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_set_errno(&w->error, errno, "synth.write", "%s cannot be written", w->file_name);
	for (size_t at = 0; at < w->file.len;) {
		ssize_t n = write(fd, w->file.at + at, w->file.len - at);
		if (n < 0) {
			int code = errno;
			close(fd);
			return error_set_errno(&w->error, code, "synth.write", "%s cannot be written", w->file_name);
		}
		at += (size_t)n;
	}
	if (close(fd))
		return error_set_errno(&w->error, errno, "synth.write", "%s cannot be written", w->file_name);
	return STATUS_OK;
}

/* Once in the whole time for every third feed or so. The last row must be a good one. */
static bool transfer_broke(const struct writer *w)
{
	uint64_t chosen = hash_mix(text_hash(text_of(w->feed->id)) + w->b->plan.seed);
	bool was_good = w->line > 2 && w->rows_in_file > 0;
	return !w->plan->no_defects && w->feed->defects && was_good && w->row_start && chosen % 3 == 0 &&
	       w->month == (chosen >> 8) % w->b->plan.months && w->feed->columns && !w->cut;
}

void writer_close(struct writer *w)
{
	if (w->status || (w->feed->whole && !w->rows_in_file))
		return;
	if (transfer_broke(w)) {
		write_cut_row(w);
		w->cut = true;
	}
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", w->inbox, w->file_name);
	if (w->file.failed)
		w->status = error_set(&w->error, STATUS_NO_MEMORY, "synth.memory", "%s is too large", w->file_name);
	else
		w->status = write_file(w, path);
	w->summary.files++;
	w->summary.bytes += w->file.len;
	if (w->month == 0)
		w->summary.first_month_rows += w->rows_in_file;
}

/* ---- rows and fields ---- */

void row_begin(struct writer *w)
{
	arena_reset(&w->arena);
	w->row_start = w->file.len;
	w->fields = 0;
}

static void next_field(struct writer *w)
{
	if (w->fields)
		buf_append_char(&w->file, w->feed->delimiter);
	w->field_at[w->fields++] = w->file.len;
}

static void put_quoted(struct writer *w, const char *text)
{
	buf_append_char(&w->file, '"');
	for (; *text; text++) {
		if (*text == '"')
			buf_append_char(&w->file, '"');
		buf_append_char(&w->file, *text);
	}
	buf_append_char(&w->file, '"');
}

/* In place, in 5 bytes of a 2-byte character at most 2: never longer than before. */
static size_t to_windows_1252(char *text, size_t len)
{
	size_t out = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < 0x80)
			text[out++] = (char)c;
		else if ((c == 0xC2 || c == 0xC3) && i + 1 < len)
			text[out++] = (char)(((c & 3) << 6) | (text[++i] & 0x3F));
		else if (c == 0xE2 && i + 2 < len && (unsigned char)text[i + 1] == 0x80) { /* quotes, dashes */
			unsigned char last = (unsigned char)text[i + 2];
			text[out++] = last == 0x99 ? (char)0x92 : last == 0x93 ? (char)0x96 : '\'';
			i += 2;
		}
	}
	return out;
}

void field_text(struct writer *w, const char *text)
{
	next_field(w);
	size_t at = w->file.len, len = strlen(text);
	bool plain = true;
	for (size_t i = 0; i < len; i++)
		plain &= text[i] != w->feed->delimiter && text[i] != '"' && text[i] != '\n' && text[i] != '\r';
	if (plain)
		buf_append(&w->file, text, len);
	else
		put_quoted(w, text);
	if (w->feed->windows_1252 && !w->file.failed) {
		utf8_to_latin_letters(w->file.at + at);
		w->file.len = at + to_windows_1252(w->file.at + at, strlen(w->file.at + at));
		w->file.at[w->file.len] = '\0';
	}
}

void field_format(struct writer *w, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct text text = arena_format_v(&w->arena, format, args);
	va_end(args);
	field_text(w, text.at);
}

void field_empty(struct writer *w)
{
	next_field(w);
}

void field_int(struct writer *w, int64_t value)
{
	next_field(w);
	buf_append_int(&w->file, value);
}

void field_number(struct writer *w, const char *prefix, uint64_t value, unsigned digits)
{
	char text[48];
	size_t len = strlen(prefix);
	next_field(w);
	memcpy(text, prefix, len);
	for (unsigned i = digits; i-- > 0; value /= 10)
		text[len + i] = (char)('0' + value % 10);
	buf_append(&w->file, text, len + digits);
}

void field_date_as(struct writer *w, date d, enum date_form form)
{
	next_field(w);
	if (d == DATE_UNKNOWN)
		return;
	char text[32];
	date_write(d, form, text);
	buf_append(&w->file, text, strlen(text));
}

void field_date(struct writer *w, date d)
{
	field_date_as(w, d, w->feed->dates);
}

void field_time(struct writer *w, date d, unsigned minute, char separator, const char *ending)
{
	char text[64], *out = text;
	date_write(d, w->feed->dates, text);
	out += strlen(text);
	*out++ = separator;
	out = put_digits(out, minute / 60, 2);
	*out++ = ':';
	out = put_digits(out, minute % 60, 2);
	out = put_word(out, ending);
	next_field(w);
	buf_append(&w->file, text, (size_t)(out - text));
}

void field_money(struct writer *w, int64_t pence)
{
	next_field(w);
	if (pence < 0)
		buf_append_char(&w->file, '-');
	uint64_t amount = (uint64_t)(pence < 0 ? -pence : pence);
	buf_append_int(&w->file, (int64_t)(amount / 100));
	char cents[3] = {'.'};
	put_digits(cents + 1, (unsigned)(amount % 100), 2);
	buf_append(&w->file, cents, 3);
}

void row_end(struct writer *w)
{
	w->field_at[w->fields] = w->file.len + 1;
	size_t end = w->file.len;
	buf_append_text(&w->file, text_of(w->feed->newline));
	w->rows_in_file++;
	w->summary.rows++;
	for (size_t i = w->row_start; i < end && !w->file.failed; i++)
		w->line += w->file.at[i] == '\n';
	w->line++;
	if (w->defects_left && w->rows_in_file >= w->next_defect && !w->file.failed) {
		write_defect(w);
		w->defects_left--;
		w->next_defect = w->rows_in_file + 1 + random_below(&w->defect_random, 40);
	}
}

/* ---- truth ---- */

void truth_record(struct writer *w, const char *client, uint64_t client_key, uint32_t person)
{
	bool is_new;
	id_map_put(&w->clients, client_key, &is_new);
	if (!is_new)
		return;
	buf_append_text(&w->records, text_of(keeper_ids[w->feed->keeper]));
	buf_append_char(&w->records, ',');
	buf_append_text(&w->records, text_of(client));
	buf_append_char(&w->records, ',');
	buf_append_int(&w->records, person);
	buf_append_char(&w->records, '\n');
}

void truth_uprn(struct writer *w, uint64_t uprn)
{
	buf_append_text(&w->uprns, text_of(w->file_name));
	buf_append_char(&w->uprns, ',');
	buf_append_int(&w->uprns, (int64_t)w->line);
	buf_append_char(&w->uprns, ',');
	if (uprn)
		buf_append_int(&w->uprns, (int64_t)uprn);
	buf_append_char(&w->uprns, '\n');
}

/* An affine step modulo a power of ten with a multiplier that ends in 1, 3, 7 or 9 is a permutation. */
uint64_t scrambled(uint64_t index, unsigned digits, uint64_t salt)
{
	uint64_t modulus = 1;
	for (unsigned i = 0; i < digits; i++)
		modulus *= 10;
	uint64_t multiplier = 7654321 + salt * 200;
	return (index * multiplier + 1234567 + salt * 7919) % modulus;
}
