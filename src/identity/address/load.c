/* A gazetteer's CSV, row by row, into a book. */
#include "address/book.h"
#include "base/date.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/threads.h"
#include "intake/csv.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

enum { BATCH = 4096, PARSE_CHUNK = 256 };

struct row { /* waits to be parsed with its batch; texts in the batch's arena */
	struct gazetteer_entry entry;
	uint32_t property;
	uint64_t line;
	struct text raw; /* for quarantine; kept when there is one */
};

struct loading {
	struct address_book *book;
	const struct address_book_settings *settings;
	struct layout layout;
	struct arena arena;       /* layout, streets */
	struct arena batch_arena; /* rows */
	struct row *rows;
	struct address_parts *parts;
	size_t row_count;
	struct id_map streets; /* USRN -> number in street_words, from 1 */
	struct street_words *street_words;
	size_t street_count, street_capacity;
	struct text *organisations, *postcodes; /* by property, of a file of several kinds of rows */
	size_t organisation_capacity, postcode_capacity;
	struct quarantine quarantine;
	struct progress progress;
	const struct csv_row *row; /* being read */
	const struct layout_record *record;
	bool several; /* kinds of rows */
};

/* ---- problems ------------------------------------------------------------------------------------------- */

static void note(struct loading *l, enum layout_field field, bool kept, const char *format, ...) PRINTF_LIKE(4, 5);
static void note(struct loading *l, enum layout_field field, bool kept, const char *format, ...)
{
	struct address_problem problem = {.line = l->row->line, .kept = kept};
	va_list args;
	va_start(args, format);
	vsnprintf(problem.reason, sizeof problem.reason, format, args);
	va_end(args);
	if (field < FIELDS)
		snprintf(problem.column, sizeof problem.column, "%s", layout_field_names[field]);
	quarantine_add(&l->quarantine, &problem, l->row->raw);
	l->book->report.quarantined += !kept;
}

static struct text value_of(const struct loading *l, enum layout_field field)
{
	return layout_value(l->record, field, l->row->fields, l->row->count);
}

/* ---- values --------------------------------------------------------------------------------------------- */

static bool read_uprn(struct loading *l, enum layout_field field, uint64_t *out)
{
	struct text value = value_of(l, field);
	*out = 0;
	if (value.len == 0) {
		if (field != FIELD_UPRN)
			return true;
		note(l, field, false, "the UPRN is missing");
		return false;
	}
	if (text_parse_uint64(value, out) && *out < UINT64_C(1000000000000) && (*out > 0 || field != FIELD_UPRN))
		return true;
	note(l, field, false, "a UPRN is a number of up to 12 digits");
	return false;
}

/* "21", "21A", "20-23": number, suffix, and number to. */
static bool read_number(struct loading *l, enum layout_field field, unsigned *number, char *suffix, unsigned *to,
			char *suffix_to)
{
	struct address_words words;
	struct text value = value_of(l, field);
	if (value.len == 0)
		return true;
	address_words_read(&words, value);
	const struct address_word *word = &words.at[0];
	bool plain = words.count == 1 && word->traits & WORD_NUMBER && (!word->joint || (word->joint == '-' && to)) &&
		     word->first.number < 1000000;
	if (!plain) {
		note(l, field, false, "this is no house number: digits, and a letter at most");
		return false;
	}
	*number = word->first.number;
	if (suffix && word->first.suffix)
		*suffix = word->first.suffix;
	if (word->joint) {
		*to = word->second.number;
		*suffix_to = word->second.suffix;
	}
	return true;
}

static bool read_suffix(struct loading *l, enum layout_field field, char *suffix)
{
	struct text value = value_of(l, field);
	if (value.len == 0)
		return true;
	if (value.len == 1 && isalpha((unsigned char)value.at[0])) {
		*suffix = value.at[0];
		return true;
	}
	note(l, field, false, "a suffix is one letter");
	return false;
}

static bool is_backwards(unsigned from, unsigned to)
{
	return to != 0 && to < from;
}

static bool read_numbers(struct loading *l, struct gazetteer_entry *e)
{
	unsigned flat_to = 0;
	char flat_suffix_to = '\0';
	bool fine = read_number(l, FIELD_PAO_NUMBER, &e->number, &e->suffix, &e->number_to, &e->suffix_to) &&
		    read_number(l, FIELD_PAO_NUMBER_TO, &e->number_to, &e->suffix_to, NULL, NULL) &&
		    read_suffix(l, FIELD_PAO_SUFFIX, &e->suffix) &&
		    read_suffix(l, FIELD_PAO_SUFFIX_TO, &e->suffix_to) &&
		    read_number(l, FIELD_SAO_NUMBER, &e->flat_number, &e->flat_suffix, &flat_to, &flat_suffix_to) &&
		    read_number(l, FIELD_SAO_NUMBER_TO, &flat_to, NULL, NULL, NULL) &&
		    read_suffix(l, FIELD_SAO_SUFFIX, &e->flat_suffix);
	if (!fine)
		return false;
	if (!is_backwards(e->number, e->number_to) && !is_backwards(e->flat_number, flat_to))
		return true;
	bool house = is_backwards(e->number, e->number_to);
	note(l, house ? FIELD_PAO_NUMBER_TO : FIELD_SAO_NUMBER_TO, false,
	     "the range runs backwards, %u to %u: write the lower number first", house ? e->number : e->flat_number,
	     house ? e->number_to : flat_to);
	return false;
}

static void check_coordinates(struct loading *l)
{
	static const enum layout_field fields[] = {FIELD_X, FIELD_Y, FIELD_LATITUDE, FIELD_LONGITUDE};
	for (size_t i = 0; i < 4; i++) {
		double value;
		struct text text = value_of(l, fields[i]);
		if (text.len && !text_parse_double(text, &value))
			note(l, fields[i], true, "a coordinate is a number");
	}
}

static struct text copy(struct loading *l, struct text value)
{
	return value.len ? arena_text(&l->batch_arena, value) : TEXT_ABSENT;
}

static void copy_texts(struct loading *l, struct gazetteer_entry *e)
{
	e->flat = copy(l, value_of(l, FIELD_SAO_TEXT));
	e->building = copy(l, value_of(l, FIELD_PAO_TEXT));
	e->street = copy(l, value_of(l, FIELD_STREET));
	e->locality = copy(l, value_of(l, FIELD_LOCALITY));
	e->town = copy(l, value_of(l, FIELD_TOWN));
	e->postcode = copy(l, value_of(l, FIELD_POSTCODE));
	e->organisation = copy(l, value_of(l, FIELD_ORGANISATION));
	e->address = copy(l, value_of(l, FIELD_ADDRESS));
	if (e->postcode.len && !postcode_code(e->postcode))
		note(l, FIELD_POSTCODE, true, "this is no whole postcode: the address is kept without it");
}

/* ---- properties ------------------------------------------------------------------------------------------ */

static uint32_t make_property(struct address_book *book, uint64_t uprn)
{
	bool is_new;
	uint64_t *number = id_map_put(&book->by_uprn, uprn, &is_new);
	if (is_new) {
		ARRAY_GROW(book->properties, book->property_count, book->property_capacity);
		book->properties[book->property_count] = (struct book_property){.uprn = uprn};
		*number = ++book->property_count;
	}
	return (uint32_t)(*number - 1);
}

static void set_class(struct address_book *book, struct book_property *p, struct text class)
{
	bool is_new;
	if (class.len == 0 || class.len > 12)
		return;
	uint64_t *number = text_map_put(&book->classes, class, &is_new);
	if (is_new)
		*number = book->classes.count;
	p->class = (uint16_t)(*number < UINT16_MAX ? *number : 0);
}

static void add_successor(struct address_book *book, uint32_t property, uint64_t uprn)
{
	struct book_property *p = &book->properties[property];
	if (!uprn || uprn == p->uprn)
		return;
	ARRAY_GROW(book->successors, book->successor_count, book->successor_capacity);
	book->successors[book->successor_count] = (struct successor){uprn, p->successor};
	p->successor = (uint32_t)++book->successor_count;
}

/* The row's UPRN, parent, successor and status, checked against what is known of the property. */
struct told {
	uint64_t uprn, parent, successor;
	enum gazetteer_status status;
};

static bool read_told(struct loading *l, struct told *told)
{
	struct text status = value_of(l, FIELD_STATUS);
	if (!read_uprn(l, FIELD_UPRN, &told->uprn) || !read_uprn(l, FIELD_PARENT, &told->parent) ||
	    !read_uprn(l, FIELD_SUCCESSOR, &told->successor))
		return false;
	if (layout_status(&l->layout, status, &told->status))
		return true;
	note(l, FIELD_STATUS, false,
	     "this status is none that the layout knows: approved is 1, alternative 3, provisional 6, historic 8");
	return false;
}

static uint32_t hash_of_address(const struct gazetteer_entry *e)
{
	struct text parts[] = {e->address, e->flat, e->building, e->street, e->postcode, e->organisation};
	uint64_t hash = (uint64_t)e->number << 40 ^ (uint64_t)e->flat_number << 20 ^
			(uint64_t)(unsigned char)e->suffix << 8 ^ (unsigned char)e->flat_suffix;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		hash = hash_mix(hash + text_hash(parts[i]));
	return (uint32_t)hash | 1;
}

/* A UPRN again is another way to write the property, unless it says the same again, or something else of the property.
 */
static bool is_welcome(struct loading *l, uint32_t property, const struct told *told, uint32_t hash)
{
	const struct book_property *p = &l->book->properties[property];
	bool approved = told->status == GAZETTEER_APPROVED && value_of(l, FIELD_STATUS).len > 0;
	if (!p->first_line)
		return true;
	if (hash && hash == p->first_hash)
		note(l, FIELD_UPRN, false, "UPRN and address stand on line %u already", p->first_line);
	else if (told->parent && p->parent && told->parent != p->parent)
		note(l, FIELD_PARENT, false, "the UPRN has another parent on line %u", p->first_line);
	else if (approved && p->approved && !l->several)
		note(l, FIELD_UPRN, false,
		     "the UPRN has an approved address on line %u already: a further one is alternative or historic",
		     p->first_line);
	else
		return true;
	return false;
}

static void tell_property(struct loading *l, uint32_t property, const struct told *told, uint32_t hash)
{
	struct book_property *p = &l->book->properties[property];
	if (!p->first_line) {
		p->first_line = (uint32_t)l->row->line;
		p->first_hash = hash;
		p->status = (uint8_t)told->status;
	}
	p->approved |= told->status == GAZETTEER_APPROVED && value_of(l, FIELD_STATUS).len > 0;
	if (told->parent)
		p->parent = told->parent;
	set_class(l->book, p, value_of(l, FIELD_CLASS));
	add_successor(l->book, property, told->successor);
}

/* ---- batches -------------------------------------------------------------------------------------------- */

static void parse_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct loading *l = context;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++)
		address_parts_read(&l->parts[i], &l->rows[i].entry);
}

static void put_row(struct loading *l, const struct row *row, const struct address_parts *parts)
{
	struct address_book_report *report = &l->book->report;
	struct csv_row read = {.line = row->line, .raw = row->raw};
	l->row = &read;
	if (is_backwards(parts->from.number, parts->to.number)) {
		note(l, FIELD_ADDRESS, false, "the range runs backwards, %u to %u: write the lower number first",
		     parts->from.number, parts->to.number);
		return;
	}
	gazetteer_put(l->book->gazetteer, row->property, parts);
	report->loaded++;
	report->entries++;
	report->alternative += parts->status == GAZETTEER_ALTERNATIVE;
	report->provisional += parts->status == GAZETTEER_PROVISIONAL;
	report->historic += parts->status == GAZETTEER_HISTORIC;
}

static void flush(struct loading *l)
{
	parallel_for(l->row_count, PARSE_CHUNK, l->settings->threads, parse_chunk, l);
	for (size_t i = 0; i < l->row_count; i++)
		put_row(l, &l->rows[i], &l->parts[i]);
	progress_add(&l->progress, l->row_count);
	l->row_count = 0;
	arena_reset(&l->batch_arena);
}

static void add_row(struct loading *l, uint32_t property, const struct gazetteer_entry *entry)
{
	struct row *row = &l->rows[l->row_count++];
	*row = (struct row){.entry = *entry, .property = property, .line = l->row->line};
	if (l->quarantine.path)
		row->raw = copy(l, l->row->raw);
}

/* ---- kinds of rows ---------------------------------------------------------------------------------------- */

static bool has_place(const struct gazetteer_entry *e)
{
	return e->address.len || e->street.len || e->building.len;
}

static void add_street(struct loading *l, struct gazetteer_entry *e)
{
	uint64_t usrn;
	const uint64_t *number =
		text_parse_uint64(value_of(l, FIELD_USRN), &usrn) ? id_map_get(&l->streets, usrn) : NULL;
	if (!number)
		return;
	const struct street_words *words = &l->street_words[*number - 1];
	e->street = e->street.len ? e->street : words->street;
	e->locality = e->locality.len ? e->locality : words->locality;
	e->town = e->town.len ? e->town : words->town;
}

static void load_address(struct loading *l)
{
	struct told told = {0};
	struct gazetteer_entry entry = {0};
	if (!read_told(l, &told) || !read_numbers(l, &entry))
		return;
	copy_texts(l, &entry);
	check_coordinates(l);
	uint32_t known = book_property_of(l->book, told.uprn);
	if (l->several) {
		add_street(l, &entry);
		if (known != UINT32_MAX && !entry.postcode.len && l->postcodes)
			entry.postcode = l->postcodes[known];
		if (known != UINT32_MAX && !entry.organisation.len && l->organisations)
			entry.organisation = l->organisations[known];
	}
	if (!has_place(&entry)) {
		note(l, FIELDS, false, "there is no address: neither a line, nor a street, nor a building");
		return;
	}
	uint32_t hash = hash_of_address(&entry);
	if (known != UINT32_MAX && !is_welcome(l, known, &told, hash))
		return;
	uint32_t property = make_property(l->book, told.uprn);
	tell_property(l, property, &told, l->several ? 0 : hash);
	entry.status = told.status;
	if (l->book->properties[property].status == GAZETTEER_HISTORIC && l->several)
		entry.status = GAZETTEER_HISTORIC;
	add_row(l, property, &entry);
}

/* TEXT of PROPERTY in *TEXTS, which are by property. */
static void set_text(struct loading *l, struct text **texts, size_t *capacity, uint32_t property, struct text text)
{
	if (*capacity <= property) {
		size_t wanted = ((size_t)property + 1) * 2;
		*texts = memory_resize(*texts, wanted, sizeof **texts);
		for (size_t i = *capacity; i < wanted; i++)
			(*texts)[i] = TEXT_ABSENT;
		*capacity = wanted;
	}
	if (text.len)
		(*texts)[property] = arena_text(&l->arena, text);
}

static void load_property(struct loading *l)
{
	struct told told = {0};
	if (!read_told(l, &told))
		return;
	check_coordinates(l);
	uint32_t known = book_property_of(l->book, told.uprn);
	if (known != UINT32_MAX && l->record->kind == ROW_PROPERTY && l->book->properties[known].first_line) {
		note(l, FIELD_UPRN, false, "the UPRN stands on line %u already", l->book->properties[known].first_line);
		return;
	}
	uint32_t property = make_property(l->book, told.uprn);
	if (l->record->kind == ROW_PROPERTY)
		tell_property(l, property, &told, 0);
	else
		add_successor(l->book, property, told.successor);
	set_class(l->book, &l->book->properties[property], value_of(l, FIELD_CLASS));
	set_text(l, &l->postcodes, &l->postcode_capacity, property, value_of(l, FIELD_POSTCODE));
	set_text(l, &l->organisations, &l->organisation_capacity, property, value_of(l, FIELD_ORGANISATION));
	l->book->report.loaded++;
}

static void load_street(struct loading *l)
{
	uint64_t usrn;
	bool is_new;
	if (!text_parse_uint64(value_of(l, FIELD_USRN), &usrn)) {
		note(l, FIELD_USRN, false, "a USRN is a number");
		return;
	}
	uint64_t *number = id_map_put(&l->streets, usrn, &is_new);
	if (is_new) {
		ARRAY_GROW(l->street_words, l->street_count, l->street_capacity);
		l->street_words[l->street_count] =
			(struct street_words){.street = arena_text(&l->arena, value_of(l, FIELD_STREET)),
					      .locality = arena_text(&l->arena, value_of(l, FIELD_LOCALITY)),
					      .town = arena_text(&l->arena, value_of(l, FIELD_TOWN))};
		*number = ++l->street_count;
	}
	l->book->report.loaded++;
}

static const char *flaw_of(unsigned flaws)
{
	return flaws & CSV_FLAW_QUOTES     ? "a quote opens and does not close, or closes within a field"
	       : flaws & CSV_FLAW_CUT      ? "the file ends inside a quoted field"
	       : flaws & CSV_FLAW_ENCODING ? "there are bytes that are no text in the file's encoding"
	       : flaws & CSV_FLAW_NUL      ? "there is a NUL byte"
					   : "a field or the row is too long";
}

/* PASS 1 of a file of several kinds takes all but the addresses, pass 2 these. */
static void load_row(struct loading *l, int pass)
{
	l->record = layout_record_of(&l->layout, l->row->fields, l->row->count);
	enum layout_kind kind = l->record ? l->record->kind : ROW_ALL;
	bool is_address = l->record && (kind == ROW_ALL || kind == ROW_ADDRESS);
	if (is_address ? pass != 2 : pass != 1)
		return;
	l->book->report.rows++;
	if (!l->record)
		l->book->report.ignored++;
	else if (l->row->flaws)
		note(l, FIELDS, false, "the row is broken: %s", flaw_of(l->row->flaws));
	else if (is_address)
		load_address(l);
	else if (kind == ROW_STREET)
		load_street(l);
	else
		load_property(l);
	if (l->row_count == BATCH)
		flush(l);
}

/* ---- the file ----------------------------------------------------------------------------------------------- */

static enum status read_rows(struct loading *l, struct csv *csv, int pass, struct error *error)
{
	struct csv_row row;
	enum status status;
	size_t count = 0;
	while ((status = csv_next(csv, &row, error)) == STATUS_OK && row.line) {
		l->row = &row;
		load_row(l, pass);
		if (++count % BATCH == 0 && l->settings->stop && atomic_load(l->settings->stop))
			return error_set(error, STATUS_INTERRUPTED, "address.stopped",
					 "stopped while the gazetteer was read");
	}
	if (status == STATUS_OK)
		flush(l);
	return status;
}

static enum status read_pass(struct loading *l, const struct csv_format *format, int pass, struct error *error)
{
	struct csv *csv;
	struct csv_row header;
	enum status status = csv_open(&csv, l->settings->gazetteer, format, error);
	if (status != STATUS_OK)
		return status;
	if (l->layout.header) {
		status = csv_next(csv, &header, error);
		if (status == STATUS_OK && !header.line) {
			status = error_set(error, STATUS_INVALID, "address.empty", "the gazetteer is empty");
			error_remedy(error,
				     "Give a CSV file with a line of column names (uprn, address, postcode) and a line "
				     "for each property.");
			error_at(error, l->settings->gazetteer, 0, 0);
		}
		if (status == STATUS_OK)
			status = layout_bind(&l->layout, header.fields, header.count, l->settings->gazetteer, error);
		if (status == STATUS_OK)
			csv_expect(csv, header.count);
	} else {
		status = layout_bind(&l->layout, NULL, 0, l->settings->gazetteer, error);
	}
	if (status == STATUS_OK)
		status = read_rows(l, csv, pass, error);
	csv_close(csv);
	return status;
}

static enum status read_file(struct loading *l, struct error *error)
{
	struct csv_format format;
	struct csv_given given = {.delimiter = l->layout.delimiter};
	enum status status = csv_format_of_file(&format, l->settings->gazetteer, &given, error);
	l->several = l->layout.type_column != 0;
	if (status == STATUS_OK && l->several)
		status = read_pass(l, &format, 1, error);
	if (status == STATUS_OK && l->several) { /* the number of properties is known: room for those without */
		set_text(l, &l->postcodes, &l->postcode_capacity, (uint32_t)l->book->property_count, TEXT_ABSENT);
		set_text(l, &l->organisations, &l->organisation_capacity, (uint32_t)l->book->property_count,
			 TEXT_ABSENT);
	}
	return status ? status : read_pass(l, &format, 2, error);
}

static void loading_release(struct loading *l)
{
	progress_end(&l->progress);
	arena_release(&l->arena);
	arena_release(&l->batch_arena);
	id_map_release(&l->streets);
	buf_wipe(&l->quarantine.file);
	buf_release(&l->quarantine.file);
	free(l->street_words);
	free(l->organisations);
	free(l->postcodes);
	free(l->rows);
	free(l->parts);
}

static struct address_book *new_book(void)
{
	struct address_book *book = memory_alloc(1, sizeof *book);
	book->gazetteer = gazetteer_new();
	id_map_init(&book->by_uprn);
	text_map_init(&book->classes);
	return book;
}

static void loading_init(struct loading *l, struct address_book *book, const struct address_book_settings *settings)
{
	*l = (struct loading){.book = book, .settings = settings};
	arena_init(&l->arena, SIZE_MAX / 2);
	arena_init(&l->batch_arena, (size_t)1 << 32);
	id_map_init(&l->streets);
	l->rows = memory_alloc(BATCH, sizeof *l->rows);
	l->parts = memory_alloc(BATCH, sizeof *l->parts);
	l->quarantine = (struct quarantine){.report = &book->report, .path = settings->quarantine};
	buf_init(&l->quarantine.file, (size_t)4 << 30);
	if (settings->quarantine)
		buf_append_text(&l->quarantine.file, TEXT("line,column,problem,kept,row\n"));
	if (settings->show_progress)
		progress_start(&l->progress, "Reading the gazetteer", "rows", 0);
}

enum status address_book_open(struct address_book **out, const struct address_book_settings *settings,
			      struct error *error)
{
	instant started = instant_now();
	struct loading l;
	struct address_book *book = new_book();
	loading_init(&l, book, settings);
	enum status status = layout_read(&l.layout, &l.arena, settings->layout, error);
	if (status == STATUS_OK)
		status = read_file(&l, error);
	if (status == STATUS_OK) {
		book_settle_parents(book, &l.quarantine);
		gazetteer_finish(book->gazetteer);
		book->report.properties = book->property_count;
		book->report.bytes = gazetteer_bytes(book->gazetteer) +
				     book->property_capacity * sizeof *book->properties +
				     book->by_uprn.slot_count * (2 * sizeof(uint64_t) + 1);
		if (settings->quarantine)
			status = file_replace(settings->quarantine, buf_text(&l.quarantine.file), 0600, error);
	}
	book->report.seconds = (double)(instant_now() - started) / 1e6;
	loading_release(&l);
	*out = status == STATUS_OK ? book : NULL;
	if (status != STATUS_OK)
		address_book_close(book);
	return status;
}
