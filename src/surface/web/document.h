/* The document of a page: a tree of objects, arrays and plain values, in the request's arena.
 *
 * A handler builds one document. The page template renders it, and a program that asks for
 * `application/json` gets the same tree as JSON: page and API cannot disagree.
 *
 *     struct value *page = document_object(arena);
 *     put_text(page, "title", TEXT("Search"));
 *     struct value *rows = put_array(page, "rows");
 *     struct value *row = add_object(rows);
 *     put_int(row, "count", 3);
 *     document_emit_json(page, out);
 *
 * Keys are string literals, or live as long as the arena; text is borrowed, not copied: use
 * arena_text() or put_format() for what does not live as long. Order of putting is the order
 * of the JSON. A key is put once (debug builds check).
 */
#ifndef WEB_DOCUMENT_H
#define WEB_DOCUMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"

enum value_kind {
	VALUE_NULL,
	VALUE_FALSE,
	VALUE_TRUE,
	VALUE_INT,
	VALUE_DECIMAL,
	VALUE_TEXT,
	VALUE_MARKUP, /* HTML made by this program from its own templates; the only kind that is never escaped */
	VALUE_OBJECT,
	VALUE_ARRAY,
};

struct value {
	struct value *next; /* the next member of an object, the next item of an array */
	const char *key;    /* in an object */
	uint32_t key_len;
	uint32_t key_mark; /* a cheap digest of the key, compared before the bytes */
	struct arena *arena;
	enum value_kind kind;
	uint32_t count; /* members or items */
	union {
		int64_t number;
		double decimal;
		struct text text;
		struct {
			struct value *first, *last;
		};
	};
};

struct value *document_object(struct arena *arena);
struct value *document_array(struct arena *arena);

/* Members. TEXT_ABSENT is put as null. */
void put_text(struct value *object, const char *key, struct text text);
void put_string(struct value *object, const char *key, const char *string); /* NULL is null */
void put_format(struct value *object, const char *key, const char *format, ...) __attribute__((format(printf, 3, 4)));
void put_int(struct value *object, const char *key, int64_t number);
void put_decimal(struct value *object, const char *key, double decimal);
void put_bool(struct value *object, const char *key, bool yes);
void put_null(struct value *object, const char *key);
void put_markup(struct value *object, const char *key, struct text html);
void put_date(struct value *object, const char *key, date d);        /* "2024-03-09"; null when unknown */
void put_instant(struct value *object, const char *key, instant at); /* "2024-03-09T12:34:56Z"; null when unknown */
struct value *put_object(struct value *object, const char *key);
struct value *put_array(struct value *object, const char *key);

/* Items. */
void add_text(struct value *array, struct text text);
void add_int(struct value *array, int64_t number);
struct value *add_object(struct value *array);
struct value *add_array(struct value *array);

/* A date as a person reads it ("9 March 2024"), in the arena; absent when unknown. */
struct text document_long_date(struct arena *arena, date d);

uint32_t document_key_mark(const char *key, size_t len);
const struct value *document_member(const struct value *object, struct text key); /* NULL when absent */

void document_emit_json(const struct value *value, struct buf *out);

/* Reads JSON text into a document, for fixtures and tests. False when it is not JSON, or is
 * nested more than 64 deep. */
bool document_parse_json(struct arena *arena, struct text json, struct value **out);

#endif
