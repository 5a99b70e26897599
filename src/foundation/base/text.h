/* Borrowed slices of bytes, nearly always UTF-8.
 *
 * A `struct text` owns nothing and need not end in NUL.  Pass it by value.  A slice with
 * at == NULL is "absent" (a missing value); one with len == 0 and at != NULL is empty text.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
	const char *at;
	size_t len;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
#define TEXT_ABSENT ((struct text){NULL, 0})
/* For printf's "%.*s". */
#define TEXT_ARG(t) (int)(t).len, (t).at ? (t).at : ""

static inline struct text text_of(const char *string)
{
	return (struct text){string, string ? strlen(string) : 0};
}

static inline struct text text_slice(const char *at, size_t len)
{
	return (struct text){at, len};
}

static inline bool text_is_absent(struct text t)
{
	return t.at == NULL;
}

static inline bool text_is_empty(struct text t)
{
	return t.len == 0;
}

static inline bool text_equal(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool text_is(struct text a, const char *string)
{
	return text_equal(a, text_of(string));
}

/* Bytewise order, as memcmp; shorter first on a tie. For qsort and sorted output. */
int text_compare(struct text a, struct text b);
/* As people order: "Flat 2" before "Flat 10", in either case of ASCII letters; then bytewise. */
int text_compare_natural(struct text a, struct text b);
bool text_equal_ignoring_case(struct text a, struct text b); /* ASCII case only */
bool text_starts_with(struct text t, struct text prefix);
bool text_ends_with(struct text t, struct text suffix);
struct text text_trim(struct text t); /* ASCII white space at both ends */

/* Position of the first occurrence, or t.len. */
size_t text_find_char(struct text t, char c);
size_t text_find(struct text t, struct text needle);

/* Takes the part of *REST before SEPARATOR into *PART and moves *REST behind it.
 * False once everything was taken.  "a,,b" gives "a", "", "b". */
bool text_split(struct text *rest, char separator, struct text *part);

/* Whole-slice parsing: true only if all of T is a number in range. Locale independent. */
bool text_parse_int64(struct text t, int64_t *out);
bool text_parse_uint64(struct text t, uint64_t *out);
bool text_parse_double(struct text t, double *out);

/* 64-bit hash (XXH3). Not for secrets or anything stored: use the vault's keyed hash. */
uint64_t text_hash(struct text t);

/* Damerau-Levenshtein distance (optimal string alignment) over bytes, for "did you mean";
 * at most 64 bytes of each are looked at. */
unsigned text_edit_distance(struct text a, struct text b);

/* The candidate nearest to WANTED when it is near enough to be worth proposing, else absent. */
struct text text_nearest(struct text wanted, const struct text *candidates, size_t count);

#endif
