#include "profile/profile_int.h"

#include "base/memory.h"

/* Sentences, interventions, layouts and the glossary: what case summaries are made of. */

static const char *const nature_names[] = {"fact", "opinion", "allegation", "model", NULL};

const char *sentence_nature_name(enum sentence_nature nature)
{
	return nature == NATURE_NOTE ? "note" : nature_names[nature];
}

/* ---- pieces -------------------------------------------------------------------------------------------- */

struct writing { /* a sentence being taken apart */
	struct reader *r;
	const struct yaml_node *node;
	const struct profile_feed *feed;
	bool intervention;
	struct sentence_piece *pieces;
	size_t count, capacity;
};

static struct sentence_piece *add_piece(struct writing *w, enum piece_kind kind)
{
	ARRAY_GROW(w->pieces, w->count, w->capacity);
	w->pieces[w->count] = (struct sentence_piece){.kind = kind};
	return &w->pieces[w->count++];
}

static void add_words(struct writing *w, struct text words)
{
	if (words.len)
		add_piece(w, PIECE_WORDS)->words = words;
}

static bool add_known(struct writing *w, struct text name)
{
	static const struct {
		const char *name;
		enum piece_kind kind;
		bool capital, intervention;
		const char *one, *many;
	} known[] = {
		{"they", PIECE_THEY, false, false, NULL, NULL},     {"They", PIECE_THEY, true, false, NULL, NULL},
		{"their", PIECE_THEIR, false, false, NULL, NULL},   {"Their", PIECE_THEIR, true, false, NULL, NULL},
		{"them", PIECE_THEM, false, false, NULL, NULL},     {"has", PIECE_VERB, false, false, "has", "have"},
		{"is", PIECE_VERB, false, false, "is", "are"},      {"was", PIECE_VERB, false, false, "was", "were"},
		{"does", PIECE_VERB, false, false, "does", "do"},   {"count", PIECE_COUNT, false, false, NULL, NULL},
		{"times", PIECE_TIMES, false, false, NULL, NULL},   {"first", PIECE_FIRST, false, false, NULL, NULL},
		{"latest", PIECE_LATEST, false, false, NULL, NULL}, {"start", PIECE_START, false, true, NULL, NULL},
		{"end", PIECE_END, false, true, NULL, NULL}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!text_is(name, known[i].name) || (known[i].intervention && !w->intervention))
			continue;
		struct sentence_piece *piece = add_piece(w, known[i].kind);
		piece->capital = known[i].capital;
		piece->words = known[i].one ? text_of(known[i].one) : TEXT_ABSENT;
		piece->many = known[i].many ? text_of(known[i].many) : TEXT_ABSENT;
		return true;
	}
	return false;
}

static void add_placeholder(struct writing *w, struct text name)
{
	size_t bar = text_find_char(name, '|');
	if (bar < name.len) {
		struct sentence_piece *piece = add_piece(w, PIECE_ONE_MANY);
		piece->words = text_slice(name.at, bar);
		piece->many = text_slice(name.at + bar + 1, name.len - bar - 1);
		return;
	}
	if (add_known(w, name))
		return;
	const struct profile_element *element = placeholder_element(w->r, w->node, name, w->feed);
	if (element)
		add_piece(w, PIECE_ELEMENT)->element = element;
}

static size_t next_mark(struct text rest)
{
	for (size_t i = 0; i < rest.len; i++)
		if (rest.at[i] == '{' || rest.at[i] == '[' || rest.at[i] == ']')
			return i;
	return rest.len;
}

static void bracket(struct writing *w, char mark, bool *open)
{
	if (*open == (mark == '[')) {
		problem(w->r, w->node, "a %c in the sentence without its %c", mark, mark == '[' ? ']' : '[');
		remedy(w->r, "Write [, then what is left out when a value is missing, then ]. One does not stand in "
			     "another.");
	}
	*open = mark == '[';
	add_piece(w, *open ? PIECE_MAYBE_OPEN : PIECE_MAYBE_CLOSE);
}

/* Takes WRITTEN apart; every placeholder must be known, or be an element of the feed. */
static void take_apart(struct writing *w, struct text written)
{
	bool open = false;
	while (written.len) {
		size_t mark = next_mark(written);
		add_words(w, text_slice(written.at, mark));
		if (mark == written.len)
			break;
		char c = written.at[mark];
		written = text_slice(written.at + mark + 1, written.len - mark - 1);
		if (c != '{') {
			bracket(w, c, &open);
			continue;
		}
		size_t close = text_find_char(written, '}');
		if (close == written.len) {
			problem(w->r, w->node, "a { in the sentence without its }");
			remedy(w->r, "Write {element}, or one of {They}, {has}, {count}, {latest} ...");
			break;
		}
		add_placeholder(w, text_slice(written.at, close));
		written = text_slice(written.at + close + 1, written.len - close - 1);
	}
	if (open)
		bracket(w, '[', &open);
}

static const struct sentence_piece *read_pieces(struct reader *r, const struct yaml_node *node,
						const struct profile_feed *feed, bool intervention, size_t *count)
{
	struct writing w = {r, yaml_get(node, "says"), feed, intervention, NULL, 0, 0};
	struct text written = read_text(r, node, "says", true);
	if (feed && w.node)
		take_apart(&w, written);
	struct sentence_piece *pieces = ARENA_ARRAY(r->loader->arena, w.count, struct sentence_piece);
	if (w.count)
		memcpy(pieces, w.pieces, w.count * sizeof *pieces);
	free(w.pieces);
	*count = w.count;
	return pieces;
}

/* ---- the kinds ------------------------------------------------------------------------------------------- */

static int read_whole(struct reader *r, const struct yaml_node *node, const char *key, int otherwise, int most)
{
	double number = read_number(r, node, key, otherwise);
	if (number < 0 || number > most || number != (int)number) {
		problem(r, yaml_get(node, key), "`%s` is a whole number from 0 to %d", key, most);
		remedy(r, "Write `%s: %d`.", key, otherwise ? otherwise : 12);
		return otherwise;
	}
	return (int)number;
}

static void fill_sentence(struct reader *r, const struct yaml_node *node, struct profile_sentence *sentence)
{
	static const char *const keys[] = {"id",   "feed",   "date",  "when",     "says",   "rows", "life",
					   "most", "within", "trend", "trend_of", "nature", NULL};
	static const char *const lives[] = {"now", "ever", NULL};
	static const char *const rows[] = {"each", "together", NULL};
	if (!read_mapping(r, node, "a sentence", keys))
		return;
	sentence->feed = read_reference(r, node, "feed", KIND_FEED, true);
	sentence->together = read_enum(r, node, "rows", rows, false, 0) == 1;
	sentence->ever = read_enum(r, node, "life", lives, false, sentence->together) == 1;
	sentence->most = read_whole(r, node, "most", 3, 100);
	sentence->within = read_whole(r, node, "within", 0, 1200);
	sentence->trend = read_whole(r, node, "trend", 0, 120);
	sentence->trend_of = read_text(r, node, "trend_of", sentence->trend > 0);
	sentence->nature = (enum sentence_nature)read_enum(r, node, "nature", nature_names, false, NATURE_FACT);
	sentence->pieces = read_pieces(r, node, sentence->feed, false, &sentence->piece_count);
	if (!sentence->feed)
		return;
	sentence->date = read_column(r, node, "date", sentence->feed, false);
	check_date(r, node, "date", sentence->feed, sentence->date);
	read_condition(r, node, "when", &sentence->feed, 1, &sentence->when);
	if ((sentence->within || sentence->trend) && !sentence->date && !sentence->feed->valid_from) {
		problem(r, node, "rows are counted by their dates, and none is named");
		remedy(r, "Name a date column: `date: ...`.");
	}
}

static void fill_intervention(struct reader *r, const struct yaml_node *node, struct profile_intervention *intervention)
{
	static const char *const keys[] = {"id",      "title", "feed",   "start",       "end",
					   "outcome", "says",  "months", "followed_by", NULL};
	if (!read_mapping(r, node, "an intervention", keys))
		return;
	intervention->title = read_text(r, node, "title", true);
	intervention->feed = read_reference(r, node, "feed", KIND_FEED, true);
	intervention->months = read_whole(r, node, "months", 12, 120);
	intervention->followed_by = (const struct profile_event **)read_references(r, node, "followed_by", KIND_EVENT,
										   true, &intervention->followed_count);
	intervention->pieces = read_pieces(r, node, intervention->feed, true, &intervention->piece_count);
	if (!intervention->feed)
		return;
	intervention->start = read_column(r, node, "start", intervention->feed, true);
	intervention->end = read_column(r, node, "end", intervention->feed, true);
	intervention->outcome = read_column(r, node, "outcome", intervention->feed, false);
	check_date(r, node, "start", intervention->feed, intervention->start);
	check_date(r, node, "end", intervention->feed, intervention->end);
}

static void fill_heading(struct reader *r, const struct yaml_node *node, struct profile_heading *heading)
{
	static const char *const keys[] = {"title", "none", "sentences", "factors", "past", "interventions", NULL};
	heading->place = place_of(r, node);
	if (!read_mapping(r, node, "a heading", keys))
		return;
	heading->title = read_text(r, node, "title", true);
	heading->none = read_text(r, node, "none", true);
	heading->sentences = (const struct profile_sentence **)read_references(r, node, "sentences", KIND_SENTENCE,
									       false, &heading->sentence_count);
	heading->factors = (const struct profile_factor **)read_references(r, node, "factors", KIND_FACTOR, false,
									   &heading->factor_count);
	heading->interventions = read_bool(r, node, "interventions", false);
	heading->past = read_bool(r, node, "past", false);
	if (!heading->sentence_count && !heading->factor_count && !heading->interventions && !heading->past) {
		problem(r, node, "nothing stands under this heading");
		remedy(r, "Name `sentences`, `factors`, or write `interventions: true`.");
	}
}

static void fill_layout(struct reader *r, const struct yaml_node *node, struct profile_layout *layout)
{
	static const char *const keys[] = {"id", "title", "roles", "headings", NULL};
	if (!read_mapping(r, node, "a layout", keys))
		return;
	layout->title = read_text(r, node, "title", true);
	layout->roles =
		(const struct profile_role **)read_references(r, node, "roles", KIND_ROLE, false, &layout->role_count);
	struct list list = read_list(r, node, "headings", true);
	struct profile_heading *headings = ARENA_ARRAY(r->loader->arena, list.count, struct profile_heading);
	for (size_t i = 0; i < list.count; i++)
		fill_heading(r, list.at[i], &headings[i]);
	layout->headings = headings;
	layout->heading_count = list.count;
}

static void fill_term(struct reader *r, const struct yaml_node *node, struct profile_term *term)
{
	static const char *const keys[] = {"id", "term", "means", NULL};
	if (!read_mapping(r, node, "a term", keys))
		return;
	term->term = read_text(r, node, "term", true);
	term->means = read_text(r, node, "means", true);
}

/* The first layout of a role is the one it gets: two would leave it to the order of files. */
static void check_roles(struct loader *loader, const struct profile_layout *layouts)
{
	for (size_t i = 0; i < loader->entry_count[KIND_LAYOUT]; i++) {
		for (size_t n = 0; n < layouts[i].role_count; n++) {
			const struct profile_role *role = layouts[i].roles[n];
			size_t first = 0;
			while (first < i && !layout_is_of(&layouts[first], role))
				first++;
			if (first == i)
				continue;
			struct yaml_node *node;
			struct reader r = entry_reader(loader, KIND_LAYOUT, i, &node);
			problem(&r, yaml_get(node, "roles"), "the role `%s` has the layout `%s` already", role->id.at,
				layouts[first].id.at);
			remedy(&r, "Name each role in one layout: its users may choose another.");
		}
	}
}

#define FILL(loader, kind, type, fill) \
	do { \
		type *things = (loader)->things[kind]; \
		for (size_t i = 0; i < (loader)->entry_count[kind]; i++) { \
			struct yaml_node *node; \
			struct reader r = entry_reader(loader, kind, i, &node); \
			fill(&r, node, &things[i]); \
		} \
	} while (0)

void fill_summaries(struct loader *loader)
{
	FILL(loader, KIND_SENTENCE, struct profile_sentence, fill_sentence);
	FILL(loader, KIND_INTERVENTION, struct profile_intervention, fill_intervention);
	FILL(loader, KIND_LAYOUT, struct profile_layout, fill_layout);
	FILL(loader, KIND_TERM, struct profile_term, fill_term);
	check_roles(loader, loader->things[KIND_LAYOUT]);
}
