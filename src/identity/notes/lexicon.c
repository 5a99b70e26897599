/* The lexicon, looked for in the whole note at once by Vectorscan.
 *
 * A note is brought into a form first: lower case, one space for whatever is no letter, digit or apostrophe, a space at
 * both ends.  A phrase brought into the same form, its two spaces included, is a literal whose every occurrence is
 * one of whole words, and "dv" is not found in "advice".  Vectorscan finds where a literal may begin; which ones stand
 * there is looked up among those that begin so.
 */
#include "notes/reader_int.h"

#include "base/memory.h"
#include "profile/factor.h"

#include <stdlib.h>

enum { LITERALS_MOST = 100000, CHOICES_MOST = 4000, PHRASE_LONGEST = 400 };

/* ---- the form ----------------------------------------------------------------------------------------- */

void form_release(struct form *form)
{
	if (form->at)
		memset(form->at, 0, form->capacity);
	free(form->at);
	free(form->origin);
}

static void make_room(struct form *form, size_t len)
{
	if (len + 2 <= form->capacity)
		return;
	form->capacity = len + len / 4 + 256;
	form->at = memory_resize(form->at, form->capacity, 1);
	form->origin = memory_resize(form->origin, form->capacity, sizeof *form->origin);
}

/* By ASCII character: itself in lower case, ' ' for a mark or space, 0 for an apostrophe. */
static void fill_table(unsigned char table[128])
{
	for (int c = 0; c < 128; c++) {
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
		table[c] = (unsigned char)(letter ? c | 32 : digit ? c : c == '\'' ? 0 : ' ');
	}
}

void form_make(struct form *form, struct text text)
{
	unsigned char table[128];
	fill_table(table);
	make_room(form, text.len);
	char *out = form->at;
	uint32_t *origin = form->origin;
	size_t n = 0, len, next;
	out[n] = ' ';
	origin[n++] = 0;
	for (size_t i = 0; i < text.len; i += len) {
		unsigned char c = (unsigned char)text.at[i], made;
		len = 1;
		if (c < 128 && (made = table[c]) != 0) {
			if (made == ' ' && out[n - 1] == ' ')
				continue;
			origin[n] = (uint32_t)i;
			out[n++] = (char)made;
			continue;
		}
		enum byte_kind kind = byte_kind_at(text, i, &len);
		if (kind == BYTE_NOTHING)
			continue;
		bool inside = kind == BYTE_APOSTROPHE && out[n - 1] != ' ' && i + len < text.len &&
			      byte_kind_at(text, i + len, &next) == BYTE_LETTER;
		if (!inside && kind != BYTE_LETTER && out[n - 1] == ' ')
			continue;
		origin[n] = (uint32_t)i;
		out[n++] = inside ? '\'' : kind == BYTE_LETTER ? text.at[i] : ' ';
	}
	if (out[n - 1] != ' ') {
		origin[n] = (uint32_t)text.len;
		out[n++] = ' ';
	}
	form->len = n;
}

/* ---- choices -------------------------------------------------------------------------------------------- */

struct choosing {
	bool (*each)(void *context, struct text phrase);
	void *context;
	char built[PHRASE_LONGEST];
	size_t len, made;
};

static bool choose(struct choosing *c, struct text rest)
{
	size_t open = text_find_char(rest, '('), kept = c->len;
	if (c->len + open >= sizeof c->built)
		return false;
	memcpy(c->built + c->len, rest.at, open);
	c->len += open;
	bool good = true;
	if (open == rest.len) {
		good = ++c->made <= CHOICES_MOST && c->each(c->context, text_slice(c->built, c->len));
		c->len = kept;
		return good;
	}
	struct text inside = text_slice(rest.at + open + 1, rest.len - open - 1);
	size_t close = text_find_char(inside, ')');
	struct text behind = close < inside.len ? text_slice(inside.at + close + 1, inside.len - close - 1) : TEXT("");
	struct text option, options = text_slice(inside.at, close);
	while (good && text_split(&options, '|', &option)) {
		size_t before = c->len;
		if (c->len + option.len >= sizeof c->built)
			return false;
		memcpy(c->built + c->len, option.at, option.len);
		c->len += option.len;
		good = choose(c, behind);
		c->len = before;
	}
	if (good && close > 0 && inside.at[close - 1] == '|') /* the last choice is nothing */
		good = choose(c, behind);
	c->len = kept;
	return good;
}

bool choices_write_out(struct text written, bool (*each)(void *context, struct text phrase), void *context)
{
	struct choosing c = {.each = each, .context = context};
	return choose(&c, written);
}

/* ---- building ------------------------------------------------------------------------------------------ */

struct building {
	struct lexicon *lexicon;
	struct form form;
	uint32_t factor, phrase;
};

static bool add_literal(void *context, struct text phrase)
{
	struct building *b = context;
	struct lexicon *lexicon = b->lexicon;
	form_make(&b->form, phrase);
	if (b->form.len < 3 || lexicon->count >= LITERALS_MOST)
		return b->form.len < 3;
	bool is_new;
	uint64_t *first = text_map_put(&lexicon->texts, text_slice(b->form.at, b->form.len), &is_new);
	uint32_t next = is_new ? UINT32_MAX : (uint32_t)*first;
	for (uint32_t i = next; i != UINT32_MAX; i = lexicon->lexemes[i].next) {
		if (lexicon->lexemes[i].factor == b->factor)
			return true; /* two phrases of a factor that come to the same */
	}
	*first = lexicon->count;
	ARRAY_GROW(lexicon->lexemes, lexicon->count, lexicon->capacity);
	lexicon->lexemes[lexicon->count++] = (struct lexeme){b->factor, b->phrase, next};
	return true;
}

static enum status add_factor(struct building *b, const struct profile_factor *factor, struct error *error)
{
	b->factor = factor->number;
	for (size_t i = 0; i < factor->phrase_count; i++) {
		b->phrase = (uint32_t)i;
		b->lexicon->phrase_count++;
		if (choices_write_out(factor->phrases[i].written, add_literal, b))
			continue;
		error_set(error, STATUS_INVALID, "notes.phrase", "the phrase `%s` has too many choices",
			  factor->phrases[i].written.at);
		error_remedy(error, "write it as several phrases");
		error_at(error, factor->phrases[i].place.file, factor->phrases[i].place.line,
			 factor->phrases[i].place.column);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

static int compare_literals(const void *left, const void *right)
{
	return text_compare(((const struct literal *)left)->form, ((const struct literal *)right)->form);
}

/* In order, a literal comes behind those that it begins with, and close behind the longest of them. */
static void sort_literals(struct lexicon *lexicon)
{
	size_t count = lexicon->texts.count;
	lexicon->literals = memory_alloc(count + 1, sizeof *lexicon->literals);
	lexicon->literal_count = count;
	for (size_t i = 0; i < count; i++)
		lexicon->literals[i] =
			(struct literal){lexicon->texts.keys[i], (uint32_t)lexicon->texts.values[i], UINT32_MAX};
	if (count)
		qsort(lexicon->literals, count, sizeof *lexicon->literals, compare_literals);
	for (size_t i = 0; i < count; i++) /* side by side, as they are looked at */
		lexicon->literals[i].form = arena_text(&lexicon->arena, lexicon->literals[i].form);
	for (uint32_t i = 1; i < count; i++) {
		uint32_t before = i - 1;
		while (before != UINT32_MAX &&
		       !text_starts_with(lexicon->literals[i].form, lexicon->literals[before].form))
			before = lexicon->literals[before].within;
		lexicon->literals[i].within = before;
	}
}

static struct text anchor_text(struct text form)
{
	return text_slice(form.at, form.len < ANCHOR_LONGEST ? form.len : ANCHOR_LONGEST);
}

static void find_anchors(struct lexicon *lexicon)
{
	for (uint32_t i = 0; i < lexicon->literal_count; i++) {
		struct text text = anchor_text(lexicon->literals[i].form);
		struct anchor *last = lexicon->anchor_count ? &lexicon->anchors[lexicon->anchor_count - 1] : NULL;
		if (last && text_equal(anchor_text(lexicon->literals[last->first].form), text)) {
			last->count++;
			continue;
		}
		ARRAY_GROW(lexicon->anchors, lexicon->anchor_count, lexicon->anchor_capacity);
		lexicon->anchors[lexicon->anchor_count++] = (struct anchor){i, 1, (uint32_t)text.len};
	}
}

uint32_t lexicon_longest(const struct lexicon *lexicon, struct text form, size_t at, const struct anchor *anchor)
{
	struct text rest = text_slice(form.at + at, form.len - at);
	if (anchor->count == 1)
		return text_starts_with(rest, lexicon->literals[anchor->first].form) ? anchor->first : UINT32_MAX;
	uint32_t low = anchor->first, high = anchor->first + anchor->count;
	while (low < high) { /* behind the last that is not greater than what stands there */
		uint32_t middle = (low + high) / 2;
		struct text literal = lexicon->literals[middle].form;
		size_t len = literal.len < rest.len ? literal.len : rest.len;
		int order = memcmp(literal.at, rest.at, len);
		if (order < 0 || (order == 0 && literal.len <= rest.len))
			low = middle + 1;
		else
			high = middle;
	}
	uint32_t found = low > anchor->first ? low - 1 : UINT32_MAX;
	while (found != UINT32_MAX && !text_starts_with(rest, lexicon->literals[found].form))
		found = lexicon->literals[found].within;
	return found;
}

/* Vectorscan looks for the first bytes of literals: with choices written out these are several times as many, and most
 * begin alike. */
static enum status compile(struct lexicon *lexicon, struct error *error)
{
	size_t count = lexicon->anchor_count;
	const char **texts = memory_alloc(count + 1, sizeof *texts);
	unsigned *flags = memory_alloc(count + 1, sizeof *flags), *ids = memory_alloc(count + 1, sizeof *ids);
	size_t *lengths = memory_alloc(count + 1, sizeof *lengths);
	hs_compile_error_t *problem = NULL;
	for (size_t i = 0; i < count; i++) {
		texts[i] = lexicon->literals[lexicon->anchors[i].first].form.at;
		lengths[i] = lexicon->anchors[i].len;
		ids[i] = (unsigned)i;
	}
	enum status status = STATUS_OK;
	if (count > 0 && hs_compile_lit_multi(texts, flags, ids, lengths, (unsigned)count, HS_MODE_BLOCK, NULL,
					      &lexicon->database, &problem) != HS_SUCCESS) {
		status = error_set(error, STATUS_INTERNAL, "notes.lexicon", "the lexicon of %zu phrases does not build",
				   lexicon->phrase_count);
		error_cause(error, "%s", problem ? problem->message : "Vectorscan");
		hs_free_compile_error(problem);
	}
	free(texts);
	free(flags);
	free(ids);
	free(lengths);
	return status;
}

enum status lexicon_open(struct lexicon *out, const struct profile *profile, struct error *error)
{
	struct building b = {.lexicon = out};
	enum status status = STATUS_OK;
	*out = (struct lexicon){.profile = profile};
	text_map_init(&out->texts);
	arena_init(&out->arena, 64 << 20);
	for (size_t i = 0; profile && i < profile->factors.count && status == STATUS_OK; i++)
		status = add_factor(&b, &profile->factors.at[i], error);
	form_release(&b.form);
	if (status != STATUS_OK)
		return status;
	sort_literals(out);
	find_anchors(out);
	return compile(out, error);
}

void lexicon_release(struct lexicon *lexicon)
{
	hs_free_database(lexicon->database);
	text_map_release(&lexicon->texts);
	arena_release(&lexicon->arena);
	free(lexicon->lexemes);
	free(lexicon->literals);
	free(lexicon->anchors);
}
