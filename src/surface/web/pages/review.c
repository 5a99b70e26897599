/* The review queue: what is doubtful, most harm first, and what was decided. */
#include "web/pages/review.h"

#include "base/id.h"
#include "base/memory.h"
#include "linking/labels.h"
#include "linking/refresh.h"
#include "linking/words.h"
#include "web/pages/pages.h"

#include <stdlib.h>

enum { QUESTIONS_A_PAGE = 50 };

enum status review_rulings(struct rulings *out, struct visit *visit, struct error *error)
{
	struct store *data, *desk;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	return status == STATUS_OK ? rulings_read(out, desk, data, error) : status;
}

bool review_may_know(struct visit *visit, int64_t resident_id)
{
	const struct policy_bounds bounds = policy_bounds_of(visit->snapshot->policy, POLICY_RESIDENT, resident_id);
	return policy_may_know_of(visit_grid(visit), &bounds);
}

const char *review_href(struct visit *visit, int64_t record_a, int64_t record_b)
{
	char key[ID_TEXT_SIZE];
	return arena_format(visit->arena, "/review/%lld-%lld-%s", (long long)record_a, (long long)record_b,
			    id_format(linking_pair_key(visit->site->vault, record_a, record_b), key))
		.at;
}

bool review_parse_pair(struct visit *visit, struct text pair, int64_t *record_a, int64_t *record_b)
{
	struct text a, b;
	int64_t key;
	return text_split(&pair, '-', &a) && text_split(&pair, '-', &b) && text_parse_int64(a, record_a) &&
	       text_parse_int64(b, record_b) && *record_a > 0 && *record_b > 0 && *record_a != *record_b &&
	       id_parse(pair, &key) && key == linking_pair_key(visit->site->vault, *record_a, *record_b);
}

const char *review_verdict_title(enum ruling_verdict verdict)
{
	static const char *const titles[] = {"Same person", "Different people", "Cannot tell"};
	return titles[verdict];
}

const char *review_state_title(const struct ruled_pair *pair)
{
	switch (pair->state) {
	case RULING_OPEN:
		return "Taken back";
	case RULING_WAITING:
		return "Waits for a second opinion";
	case RULING_DISAGREED:
		return "Reviewers disagree";
	case RULING_HOLDS:
		return review_verdict_title(pair->verdict);
	default:
		return "Contradicts another decision";
	}
}

const char *review_state_colour(const struct ruled_pair *pair)
{
	static const char *const colours[] = {[RULING_OPEN] = "grey",
					      [RULING_WAITING] = "yellow",
					      [RULING_DISAGREED] = "orange",
					      [RULING_HOLDS] = "green",
					      [RULING_CONTRADICTED] = "red"};
	return colours[pair->state];
}

void review_put_opinions(struct value *document, const struct rulings *rulings, const struct ruled_pair *pair)
{
	struct value *opinions = put_array(document, "opinions");
	for (size_t i = pair ? pair->first : 0; pair && i < pair->first + pair->count; i++) {
		const struct ruling *opinion = &rulings->opinions[i];
		struct value *row = add_object(opinions);
		put_string(row, "verdict", review_verdict_title(opinion->verdict));
		put_text(row, "by", arena_text(document->arena, opinion->username)); /* the rulings are gone by then */
		put_long_instant(row, "at_text", opinion->made);
		put_bool(row, "second", opinion->second);
		put_bool(row, "undone", opinion->undone != INSTANT_UNKNOWN);
		put_text(row, "undone_by",
			 opinion->undone == INSTANT_UNKNOWN ? TEXT_ABSENT
							    : arena_text(document->arena, opinion->undone_by));
		put_format(row, "href", "/review/decisions/%lld", (long long)opinion->ruling_id);
	}
}

/* ---- what waits ---------------------------------------------------------------------------------------- */

static const struct band {
	const char *id, *title;
	double from, to;
} bands[] = {
	{"under-20", "under 20 in 100", 0, 0.2},    {"20-50", "20 to 50 in 100", 0.2, 0.5},
	{"50-70", "50 to 70 in 100", 0.5, 0.7},     {"70-90", "70 to 90 in 100", 0.7, 0.9},
	{"over-90", "over 90 in 100", 0.9, 1.0001},
};
enum { BANDS = sizeof bands / sizeof *bands };

static bool in_band(const struct band *band, double probability)
{
	return probability >= band->from && probability < band->to;
}

static bool may_know_source(struct visit *visit, struct text source_id)
{
	for (size_t f = 0; f < visit->profile->feeds.count; f++) {
		const struct profile_feed *feed = &visit->profile->feeds.at[f];
		if (text_equal(feed->source->id, source_id) &&
		    policy_decide_presence(visit_grid(visit), feed).verdict == POLICY_ALLOW)
			return true;
	}
	return false;
}

static bool may_see(struct visit *visit, const struct review_item *item)
{
	return review_may_know(visit, item->resident_a) && review_may_know(visit, item->resident_b) &&
	       may_know_source(visit, item->source_a) && may_know_source(visit, item->source_b);
}

static bool has_opinion(const struct rulings *rulings, const struct ruled_pair *pair, int64_t user_id)
{
	for (size_t i = pair->first; i < pair->first + pair->count; i++) {
		if (rulings->opinions[i].user_id == user_id && rulings->opinions[i].undone == INSTANT_UNKNOWN)
			return true;
	}
	return false;
}

/* Pairs somebody has an opinion on are in the lists of their own. */
static bool is_open(const struct rulings *rulings, const struct review_item *item)
{
	const struct ruled_pair *pair = rulings_pair(rulings, item->record_a, item->record_b);
	return !pair || pair->state == RULING_OPEN;
}

enum status review_next(struct visit *visit, int64_t record_a, int64_t record_b, struct review_item *next, bool *found,
			struct error *error)
{
	struct store *data;
	struct rulings rulings;
	struct review_item *items;
	size_t count;
	*found = false;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = review_list(&items, &count, data, visit->arena, error);
	if (status == STATUS_OK)
		status = review_rulings(&rulings, visit, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && !*found; i++) {
		bool same = (items[i].record_a == record_a && items[i].record_b == record_b) ||
			    (items[i].record_a == record_b && items[i].record_b == record_a);
		if (same || !is_open(&rulings, &items[i]) || !may_see(visit, &items[i]))
			continue;
		*next = items[i];
		*found = true;
	}
	rulings_release(&rulings);
	return STATUS_OK;
}

enum status review_waiting(struct visit *visit, int64_t *count, struct error *error)
{
	struct store *data;
	struct rulings rulings;
	struct review_item *items;
	size_t all;
	*count = 0;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = review_list(&items, &all, data, visit->arena, error);
	if (status == STATUS_OK)
		status = review_rulings(&rulings, visit, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < all; i++)
		*count += is_open(&rulings, &items[i]) && may_see(visit, &items[i]);
	rulings_release(&rulings);
	return STATUS_OK;
}

static struct text source_title(const struct visit *visit, struct text id)
{
	const struct profile_source *source = profile_source(visit->profile, id);
	return source ? source->title : arena_text(visit->arena, id);
}

static struct text change_in_words(struct arena *arena, const struct review_item *item)
{
	return arena_format(arena, "%d %s would move%s%s", item->records, item->records == 1 ? "record" : "records",
			    item->sensitive ? ", with sensitive information" : "",
			    item->household ? ", and somebody’s household would change" : "");
}

static void put_question(struct visit *visit, struct value *rows, const struct review_item *item)
{
	struct value *row = add_object(rows);
	bool together = item->resident_a == item->resident_b;
	put_string(row, "href", review_href(visit, item->record_a, item->record_b));
	put_format(row, "title", "Records %lld and %lld", (long long)item->record_a, (long long)item->record_b);
	put_string(row, "question",
		   together ? "Shown as one resident: are they two?" : "Shown as two residents: are they one?");
	put_text(row, "source_a", source_title(visit, item->source_a));
	put_text(row, "source_b", source_title(visit, item->source_b));
	put_text(row, "chance", words_of_probability(visit->arena, item->probability));
	put_decimal(row, "probability", item->probability);
	put_text(row, "change", change_in_words(visit->arena, item));
	put_int(row, "pairs", item->pairs);
}

struct listing {
	struct text kind, chance, source;
	int64_t total, by_band[BANDS];
};

static bool wanted(struct listing *listing, const struct review_item *item)
{
	bool together = item->resident_a == item->resident_b;
	if (listing->kind.len && text_is(listing->kind, "one") != together)
		return false;
	if (listing->source.len && !text_equal(listing->source, item->source_a) &&
	    !text_equal(listing->source, item->source_b))
		return false;
	for (size_t b = 0; b < BANDS; b++) {
		if (!in_band(&bands[b], item->probability))
			continue;
		listing->by_band[b]++;
		if (listing->chance.len && !text_is(listing->chance, bands[b].id))
			return false;
	}
	return true;
}

/* What is not one of the options is left out. */
static struct listing listing_of(const struct visit *visit)
{
	struct listing listing = {.kind = visit_query(visit, "kind"), .source = visit_query(visit, "source")};
	struct text chance = visit_query(visit, "chance");
	if (!text_is(listing.kind, "one") && !text_is(listing.kind, "two"))
		listing.kind = TEXT("");
	if (!profile_source(visit->profile, listing.source))
		listing.source = TEXT("");
	for (size_t b = 0; b < BANDS; b++) {
		if (text_is(chance, bands[b].id))
			listing.chance = chance;
	}
	return listing;
}

static enum status put_questions(struct visit *visit, const struct rulings *rulings, struct listing *listing,
				 struct error *error)
{
	struct store *data;
	struct review_item *items;
	size_t count;
	int64_t first = (int64_t)(visit_page_number(visit) - 1) * QUESTIONS_A_PAGE;
	struct value *rows = put_array(visit->document, "questions");
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = review_list(&items, &count, data, visit->arena, error);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (!is_open(rulings, &items[i]) || !may_see(visit, &items[i]) || !wanted(listing, &items[i]))
			continue;
		if (listing->total >= first && listing->total < first + QUESTIONS_A_PAGE)
			put_question(visit, rows, &items[i]);
		listing->total++;
	}
	put_bool(visit->document, "has_questions", listing->total > 0);
	return status;
}

static void put_filters(struct visit *visit, const struct listing *listing)
{
	struct value *document = visit->document;
	struct value *kinds = put_array(document, "kind_options"), *chances = put_array(document, "chance_options"),
		     *sources = put_array(document, "source_options");
	put_option(kinds, TEXT("two"), TEXT("Two residents who may be one"), listing->kind);
	put_option(kinds, TEXT("one"), TEXT("One resident who may be two"), listing->kind);
	for (size_t b = 0; b < BANDS; b++)
		put_option(chances, text_of(bands[b].id),
			   arena_format(visit->arena, "%s (%lld)", bands[b].title, (long long)listing->by_band[b]),
			   listing->chance);
	for (size_t i = 0; i < visit->profile->sources.count; i++) {
		const struct profile_source *source = &visit->profile->sources.at[i];
		if (may_know_source(visit, source->id))
			put_option(sources, source->id, source->title, listing->source);
	}
}

/* ---- what was decided ----------------------------------------------------------------------------------- */

enum show { SHOW_OPEN, SHOW_SECOND, SHOW_CONTRADICTED, SHOW_DECIDED, SHOW_COUNT };
static const struct {
	const char *id, *title;
} shows[SHOW_COUNT] = {
	{"", "To decide"}, {"second", "Second opinion"}, {"contradicted", "Contradictions"}, {"decided", "Decided"}};

static enum show show_of(const struct ruled_pair *pair)
{
	switch (pair->state) {
	case RULING_WAITING:
	case RULING_DISAGREED:
		return SHOW_SECOND;
	case RULING_CONTRADICTED:
		return SHOW_CONTRADICTED;
	default:
		return SHOW_DECIDED;
	}
}

struct newest {
	int64_t deciding;
	const struct ruled_pair *pair;
};

static int newest_first(const void *x, const void *y)
{
	const struct newest *a = x, *b = y;
	return (a->deciding < b->deciding) - (a->deciding > b->deciding);
}

static void put_ruled(struct visit *visit, struct value *rows, const struct rulings *rulings,
		      const struct ruled_pair *pair)
{
	struct value *row = add_object(rows);
	const struct ruling *newest = &rulings->opinions[pair->first + pair->count - 1];
	put_string(row, "href", review_href(visit, pair->record_a, pair->record_b));
	put_format(row, "decision_href", "/review/decisions/%lld", (long long)pair->deciding);
	put_format(row, "title", "Records %lld and %lld", (long long)pair->record_a, (long long)pair->record_b);
	put_text(row, "source_a", source_title(visit, pair->a.source));
	put_text(row, "source_b", source_title(visit, pair->b.source));
	put_string(row, "state", review_state_title(pair));
	put_string(row, "colour", review_state_colour(pair));
	put_bool(row, "mine", has_opinion(rulings, pair, visit->viewer.user_id));
	put_text(row, "by", arena_text(visit->arena, newest->username));
	put_long_instant(row, "at_text", newest->made);
	if (pair->against)
		put_format(row, "against_href", "/review/decisions/%lld", (long long)pair->against);
}

static bool may_see_pair(struct visit *visit, struct store *data, const struct ruled_pair *pair)
{
	struct linking_residents both;
	return pair->record_a && pair->record_b && may_know_source(visit, pair->a.source) &&
	       may_know_source(visit, pair->b.source) &&
	       linking_residents_of(&both, data, pair->record_a, pair->record_b, NULL) == STATUS_OK &&
	       review_may_know(visit, both.a) && review_may_know(visit, both.b);
}

static void put_decided(struct visit *visit, struct store *data, const struct rulings *rulings, enum show show,
			int64_t counts[SHOW_COUNT])
{
	struct newest *found = ARENA_ARRAY(visit->arena, rulings->pair_count + 1, struct newest);
	size_t count = 0, first = (visit_page_number(visit) - 1) * (size_t)QUESTIONS_A_PAGE;
	for (size_t i = 0; i < rulings->pair_count; i++) {
		const struct ruled_pair *pair = &rulings->pairs[i];
		if (!may_see_pair(visit, data, pair))
			continue;
		counts[show_of(pair)]++;
		if (show_of(pair) == show)
			found[count++] = (struct newest){pair->deciding, pair};
	}
	qsort(found, count, sizeof *found, newest_first);
	struct value *rows = put_array(visit->document, "decided");
	for (size_t i = first; i < count && i < first + QUESTIONS_A_PAGE; i++)
		put_ruled(visit, rows, rulings, found[i].pair);
	put_bool(visit->document, "has_decided", count > 0);
}

static void put_tabs(struct visit *visit, enum show show, const int64_t counts[SHOW_COUNT])
{
	struct value *tabs = put_array(visit->document, "tabs");
	for (int i = 0; i < SHOW_COUNT; i++) {
		struct value *tab = add_object(tabs);
		put_string(tab, "title", shows[i].title);
		put_format(tab, "href", "/review%s%s", shows[i].id[0] ? "?show=" : "", shows[i].id);
		if (i > SHOW_OPEN || show == SHOW_OPEN)
			put_count(tab, "count", counts[i]);
		put_bool(tab, "current", i == (int)show);
	}
}

static void put_summary(struct visit *visit, enum show show, int64_t shown, int64_t all)
{
	static const char *const nothing[] = {"Nothing is waiting to be decided", "Nothing waits for a second opinion",
					      "No decisions contradict each other", "Nothing has been decided yet"};
	if (!shown)
		put_string(visit->document, "summary", all ? "No question fits" : nothing[show]);
	else if (show == SHOW_OPEN)
		put_format(visit->document, "summary", "%lld %s, most to put right first", (long long)shown,
			   shown == 1 ? "question" : "questions");
	else
		put_format(visit->document, "summary", "%lld %s, newest first", (long long)shown,
			   shown == 1 ? "pair" : "pairs");
}

/* How often the model was right, as far as the decisions tell that the viewer may know of. */
static enum status put_estimates(struct visit *visit, const struct rulings *rulings, struct error *error)
{
	struct store *data;
	struct label_rates rates = {0};
	struct rulings seen = *rulings;
	enum status status = visit_data(visit, &data, error);
	if (status != STATUS_OK)
		return status;
	seen.pairs = ARENA_ARRAY(visit->arena, rulings->pair_count + 1, struct ruled_pair);
	seen.pair_count = 0;
	for (size_t i = 0; i < rulings->pair_count; i++) {
		if (may_see_pair(visit, data, &rulings->pairs[i]))
			seen.pairs[seen.pair_count++] = rulings->pairs[i];
	}
	status = labels_rates(&rates, &seen, data, NULL, error);
	if (status != STATUS_OK || rates.decided == 0)
		return status;
	struct value *rows = put_array(visit->document, "estimates");
	put_bool(visit->document, "has_estimates", true);
	put_format(visit->document, "estimates_note",
		   "Of %zu %s, %zu put right what was shown wrongly. Reviewers see what is doubtful, not a fair "
		   "sample, so a share holds for its line and for doubtful links only.",
		   rates.decided, rates.decided == 1 ? "decision" : "decisions", rates.wrong);
	for (size_t b = 0; b < LABEL_BANDS; b++) {
		const struct label_rate *band = &rates.bands[b];
		if (band->decided == 0)
			continue;
		struct value *row = add_object(rows);
		put_format(row, "title", "%.0f to %.0f in 100", band->from * 100, band->to * 100);
		put_count(row, "decided", (int64_t)band->decided);
		put_count(row, "same", (int64_t)band->same);
		put_share(row, "share", band->share);
		put_share(row, "low", band->low);
		put_share(row, "high", band->high);
		put_share(row, "expected", band->expected);
	}
	return STATUS_OK;
}

enum status page_review(struct visit *visit, struct error *error)
{
	struct rulings rulings;
	struct listing listing = listing_of(visit);
	int64_t counts[SHOW_COUNT] = {0};
	enum show show = SHOW_OPEN;
	for (int i = 1; i < SHOW_COUNT; i++) {
		if (text_is(visit_query(visit, "show"), shows[i].id))
			show = (enum show)i;
	}
	struct store *data;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = review_rulings(&rulings, visit, error);
	if (status != STATUS_OK)
		return status;
	put_string(visit->document, "show", shows[show].id);
	put_bool(visit->document, "show_open", show == SHOW_OPEN);
	put_bool(visit->document, "show_second", show == SHOW_SECOND);
	put_bool(visit->document, "show_contradicted", show == SHOW_CONTRADICTED);
	put_decided(visit, data, &rulings, show, counts);
	if (show == SHOW_OPEN) {
		status = put_questions(visit, &rulings, &listing, error);
		put_filters(visit, &listing);
		counts[SHOW_OPEN] = listing.total;
	}
	if (show == SHOW_DECIDED && status == STATUS_OK)
		status = put_estimates(visit, &rulings, error);
	put_tabs(visit, show, counts);
	put_summary(visit, show, counts[show], (int64_t)(listing.kind.len + listing.chance.len + listing.source.len));
	const char *base =
		arena_format(visit->arena, "/review?show=%s&kind=%.*s&chance=%.*s&source=%.*s", shows[show].id,
			     TEXT_ARG(listing.kind), TEXT_ARG(listing.chance), TEXT_ARG(listing.source))
			.at;
	put_pagination(visit->document, base, visit_page_number(visit), QUESTIONS_A_PAGE, counts[show]);
	rulings_release(&rulings);
	return status == STATUS_OK ? visit_page(visit, "review", "Review links") : status;
}
