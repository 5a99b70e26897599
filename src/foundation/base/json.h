/* Writes one JSON document into a buffer; commas and nesting are kept here, so that the
 * result is always well formed.
 *
 *     struct json json;
 *     json_init(&json, &buf);
 *     json_begin_object(&json, NULL);
 *     json_put_int(&json, "residents", 20000);
 *     json_begin_array(&json, "feeds");
 *     json_put_text(&json, NULL, TEXT("housing_tenancies"));
 *     json_end(&json);
 *     json_end(&json);
 *
 * NAME is given inside an object and NULL inside an array or at the top.  Nests up to
 * JSON_DEPTH levels.  Indented by two blanks when `pretty` is set.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

enum { JSON_DEPTH = 32 };

struct json {
	struct buf *out;
	char closers[JSON_DEPTH];
	bool empty[JSON_DEPTH];
	unsigned depth;
	bool pretty;
};

void json_init(struct json *json, struct buf *out);
void json_begin_object(struct json *json, const char *name);
void json_begin_array(struct json *json, const char *name);
void json_end(struct json *json); /* closes the innermost object or array */

void json_put_text(struct json *json, const char *name, struct text value); /* null when absent */
void json_put_int(struct json *json, const char *name, int64_t value);
void json_put_double(struct json *json, const char *name, double value, int decimals); /* null unless finite */
void json_put_bool(struct json *json, const char *name, bool value);
void json_put_null(struct json *json, const char *name);

/* The text behind NAME in DOCUMENT, an object of plain members as intake writes it. JSON_ESCAPED: it has a character
 * that only a parser of the whole document reads. */
enum json_found { JSON_ABSENT, JSON_PLAIN, JSON_ESCAPED };
enum json_found json_find_text(struct text *value, struct text document, struct text name);

#endif
