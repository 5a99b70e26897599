/* What was made of the rows: homes, households, lists, decisions, recipients, and who looked. Of others no name and no
 * id. */
#include "rights/rights_int.h"

#include "linking/rulings.h"
#include "policy/standing.h"

#include <stdio.h>

/* What one column of a row says, in words that live in the arena or longer. */
typedef struct text cell_words(struct copying *c, struct statement *s, const char *column);

/* A table of the copy: a query with :resident on one of the shelves, and what its columns say. */
struct listing {
	enum store_shelf shelf;
	const char *id, *title, *says, *sql;
	/* whether a row may be told, where it may be about somebody else who is protected; NULL: each */
	enum status (*told)(bool *told, struct copying *c, struct statement *of, struct error *error);
	struct {
		const char *heading, *column;
		cell_words *words;
	} cells[8]; /* end with a NULL heading */
};

/* ---- what columns say ------------------------------------------------------------------------------------ */

static struct text date_words(const struct copying *c, date d)
{
	char words[DATE_TEXT_SIZE + 8];
	return d == DATE_UNKNOWN ? TEXT("") : arena_text(c->arena, text_of(date_format_long(d, words)));
}

static struct text a_text(struct copying *c, struct statement *s, const char *column)
{
	struct text cell = copied_text(s, column, c->arena);
	return text_is_absent(cell) ? TEXT("") : cell;
}

static struct text a_number(struct copying *c, struct statement *s, const char *column)
{
	return arena_format(c->arena, "%lld", (long long)copied_number(s, column));
}

static struct text a_date(struct copying *c, struct statement *s, const char *column)
{
	return date_words(c, copied_date(s, column));
}

static struct text a_day(struct copying *c, struct statement *s, const char *column)
{
	int at = statement_column(s, column);
	return statement_is_null(s, at) ? TEXT("") : date_words(c, instant_date(statement_int(s, at)));
}

static struct text a_share(struct copying *c, struct statement *s, const char *column)
{
	return arena_format(c->arena, "%.0f %%", 100 * statement_double(s, statement_column(s, column)));
}

static struct text a_month(struct copying *c, struct statement *s, const char *column)
{
	int at = statement_column(s, column);
	int month = (int)statement_int(s, at);
	return statement_is_null(s, at) ? TEXT("not known")
					: arena_format(c->arena, "%04d-%02d", month / 12, month % 12 + 1);
}

static struct text yes_or_no(struct copying *c, struct statement *s, const char *column)
{
	(void)c;
	return copied_number(s, column) ? TEXT("yes") : TEXT("no");
}

/* Ids of the profile by the titles that they have there. */
#define TITLE_OF(name, find, title_of) \
	static struct text name(struct copying *c, struct statement *s, const char *column) \
	{ \
		struct text id = copied_text(s, column, c->arena); \
		const struct profile_##find *known = \
			text_is_absent(id) ? NULL : profile_##find(c->parts->profile, id); \
		return known ? title_of : text_is_absent(id) ? TEXT("") : id; \
	}
TITLE_OF(a_feed, feed, known->title)
TITLE_OF(a_list, list, known->title)
TITLE_OF(a_list_team, list, known->owner->title)
TITLE_OF(a_list_question, list, known->question)

/* The whole row's address: COLUMN is its property's sealed one. */
static struct text an_address(struct copying *c, struct statement *s, const char *column)
{
	struct buf plain;
	struct vault_elements elements;
	struct text words = TEXT_ABSENT;
	int sealed = statement_column(s, column);
	int64_t property_id = copied_number(s, "property_id");
	if (c->where_is_protected)
		return TEXT("a protected address: not written here");
	if (statement_is_null(s, sealed) || vault_elements_load(&elements, c->parts->data, NULL) != STATUS_OK)
		return TEXT("");
	buf_init(&plain, 1 << 16);
	const struct vault_place place = {.record_id = property_id, .part = VAULT_PROPERTY};
	if (vault_unseal(c->parts->vault, &place, statement_blob(s, sealed), &plain, NULL) == STATUS_OK) {
		struct text line = vault_values_find(buf_text(&plain), vault_element_no(&elements, TEXT("address")));
		struct text code = vault_values_find(buf_text(&plain), vault_element_no(&elements, TEXT("postcode")));
		words = arena_format(c->arena, "%.*s, %.*s", TEXT_ARG(line), TEXT_ARG(code));
	}
	buf_wipe(&plain);
	buf_release(&plain);
	vault_elements_release(&elements);
	return text_is_absent(words) ? TEXT("cannot be opened") : words;
}

static struct text reasons(struct copying *c, struct statement *s, const char *column)
{
	struct text lines = copied_text(s, column, c->arena);
	struct buf words;
	struct text line;
	buf_init(&words, 1 << 16);
	while (text_split(&lines, '\n', &line)) {
		size_t tab = text_find_char(line, '\t');
		if (tab < line.len)
			buf_format(&words, "%s%.*s", words.len ? "; " : "", (int)(line.len - tab - 1),
				   line.at + tab + 1);
	}
	struct text kept = arena_text(c->arena, buf_text(&words));
	buf_release(&words);
	return kept;
}

/* Who is protected is counted in nothing, whoever asks. */
static size_t count_others(const struct copying *c, int64_t household_id)
{
	size_t count = 0;
	for (size_t i = 0; i < c->other_count; i++)
		count += c->others[i].household_id == household_id && !copy_is_protected(c, c->others[i].resident_id);
	return count;
}

static struct text other_people(struct copying *c, struct statement *s, const char *column)
{
	return arena_format(c->arena, "%zu", count_others(c, copied_number(s, column)));
}

/* ---- the tables --------------------------------------------------------------------------------------------- */

#define DATES \
	{"From", "from_date", a_date}, \
	{ \
		"To", "to_date", a_date \
	}

static const struct listing listings[] = {
	{STORE_DATA,
	 "residences",
	 "Where you live and lived, as the sources together say",
	 "Worked out from the addresses in the rows above; how sure is a share of 100.",
	 "SELECT r.property_id AS property_id, r.from_date AS from_date, r.to_date AS to_date, r.standing AS standing, "
	 "r.sources AS sources, r.confidence AS confidence, p.sealed AS sealed FROM residence r LEFT JOIN property "
	 "p "
	 "ON p.property_id = r.property_id WHERE r.resident_id = :resident ORDER BY r.from_date, r.property_id, "
	 "r.sequence",
	 NULL,
	 {{"Address", "sealed", an_address},
	  DATES,
	  {"Standing", "standing", a_text},
	  {"Sources that say so", "sources", a_number},
	  {"How sure", "confidence", a_share}}},
	{STORE_DATA,
	 "households",
	 "Households",
	 "With whom the sources place you at one address. Names of others are theirs and are not part of your copy.",
	 "SELECT h.kind AS kind, m.from_date AS from_date, m.to_date AS to_date, m.certainty AS certainty, m.why AS "
	 "why, "
	 "h.household_id AS household_id FROM household_member m JOIN household h ON h.household_id = m.household_id "
	 "WHERE m.resident_id = :resident ORDER BY m.from_date, m.household_id, m.sequence",
	 NULL,
	 {{"Kind", "kind", a_text},
	  DATES,
	  {"Other people, ever", "household_id", other_people},
	  {"How sure", "certainty", a_text},
	  {"Why", "why", a_text}}},
	{STORE_DATA,
	 "household_events",
	 "What became of your households",
	 "When you joined or left a household, as far as the sources tell.",
	 "SELECT on_date, what FROM household_event WHERE resident_id = :resident ORDER BY on_date, household_id, "
	 "sequence",
	 NULL,
	 {{"On", "on_date", a_date}, {"What", "what", a_text}}},
	{STORE_DATA,
	 "relations",
	 "What sources say of you and somebody else",
	 "How a source relates you to another person, whose name is theirs.",
	 "SELECT r.kind AS kind, r.from_date AS from_date, r.to_date AS to_date, f.feed_id AS feed_id, CASE "
	 "WHEN r.resident_id = :resident THEN r.other_id ELSE r.resident_id END AS other FROM relationship r "
	 "JOIN feed f ON f.feed_no = r.feed_no WHERE r.resident_id = :resident OR r.other_id = :resident ORDER BY "
	 "r.kind, "
	 "r.from_date, f.feed_id",
	 copy_relation_is_told,
	 {{"Relation", "kind", a_text}, DATES, {"Source's feed", "feed_id", a_feed}}},
	{STORE_DATA,
	 "traits",
	 "What is known of you where your name is not",
	 "Counts and lists use this instead of who you are.",
	 "SELECT birth_month, dead FROM resident_trait WHERE resident_id = :resident",
	 NULL,
	 {{"Month of birth", "birth_month", a_month}, {"Has died, by some source", "dead", yes_or_no}}},
	{STORE_DATA,
	 "lists",
	 "Lists that you are on, alone or with your household or address",
	 "Staff look into what these lists put before them; being on one is a question and not a finding.",
	 "SELECT n.list_id AS list_id, r.since AS since, r.reasons AS reasons, r.list_no AS list_no, "
	 "r.subject_id AS subject_id, COALESCE(r.property_id, 0) AS property_id FROM list_row r JOIN list_rule n ON "
	 "n.list_no = "
	 "r.list_no WHERE r.subject_id = :resident OR EXISTS (SELECT 1 FROM list_member m WHERE m.list_no = r.list_no "
	 "AND "
	 "m.subject_id = r.subject_id AND m.resident_id = :resident) ORDER BY n.list_id, r.since",
	 copy_list_row_is_told,
	 {{"List", "list_id", a_list},
	  {"Team", "list_id", a_list_team},
	  {"What is asked", "list_id", a_list_question},
	  {"Since", "since", a_date},
	  {"Reasons", "reasons", reasons}}},
	{STORE_DESK,
	 "list_outcomes",
	 "What was found when staff looked into it",
	 "Of lists that are about you yourself; what was written stands with the reports above.",
	 "SELECT list_id, made, username, outcome FROM list_outcome WHERE subject_key = :resident ORDER BY made, "
	 "outcome_id",
	 NULL,
	 {{"List", "list_id", a_list},
	  {"When", "made", a_day},
	  {"Who", "username", a_text},
	  {"What was found", "outcome", a_text}}},
	{STORE_DATA,
	 "history",
	 "How records came to you and left you",
	 "When OneView learned that a record was yours, or was somebody else's after all.",
	 "SELECT what, records FROM resident_history WHERE resident_id = :resident ORDER BY run_id, sequence",
	 NULL,
	 {{"What", "what", a_text}, {"Records", "records", a_number}}},
	{STORE_DESK,
	 "requests",
	 "What you asked for",
	 "Requests for a copy such as this one.",
	 "SELECT received, asked_by FROM access_request WHERE resident_id = :resident ORDER BY request_no",
	 NULL,
	 {{"Received", "received", a_date}, {"Asked by", "asked_by", a_text}}},
};

static enum status add_listing(struct copying *c, const struct listing *listing, struct error *error)
{
	enum { CELLS = sizeof listing->cells / sizeof *listing->cells };
	struct statement *s;
	struct filling filling;
	bool row;
	size_t columns = 0;
	const char **headings = ARENA_ARRAY(c->arena, CELLS, const char *);
	while (columns < CELLS && listing->cells[columns].heading) {
		headings[columns] = listing->cells[columns].heading;
		columns++;
	}
	struct store *shelf = listing->shelf == STORE_DATA ? c->parts->data : c->parts->desk;
	enum status status = store_prepare(&s, shelf, listing->sql, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "resident", c->copy->resident_id);
	filling_begin(&filling, c, listing->id, listing->title, listing->says, headings, columns);
	while (status == STATUS_OK && (status = statement_step(s, &row, error)) == STATUS_OK && row) {
		bool told = true;
		if (listing->told)
			status = listing->told(&told, c, s, error);
		for (size_t i = 0; i < columns && told && status == STATUS_OK; i++)
			filling_add(&filling, listing->cells[i].words(c, s, listing->cells[i].column));
	}
	filling_end(&filling, c);
	statement_done(s);
	if (!strcmp(listing->id, "lists"))
		c->copy->lists = filling.table->rows;
	return status;
}

/* ---- what people decided ------------------------------------------------------------------------------- */

static bool is_of_resident(const struct copying *c, const struct ruled_pair *pair)
{
	for (size_t i = 0; i < c->copy->records; i++)
		if (pair->record_a == c->records[i] || pair->record_b == c->records[i])
			return true;
	return false;
}

static enum status copy_rulings(struct copying *c, struct error *error)
{
	static const char *const headings[] = {"Decision", "State"};
	struct rulings rulings;
	struct filling filling;
	enum status status = rulings_read(&rulings, c->parts->desk, c->parts->data, error);
	if (status != STATUS_OK)
		return status;
	filling_begin(&filling, c, "rulings", "What people decided of your records",
		      "Where the comparison was doubtful, a person decided whether two records are of one person.",
		      headings, 2);
	for (size_t i = 0; i < rulings.pair_count && status == STATUS_OK; i++) {
		const struct ruled_pair *pair = &rulings.pairs[i];
		bool told = is_of_resident(c, pair);
		if (told)
			status = copy_pair_is_told(&told, c, pair->record_a, pair->record_b, error);
		if (!told || status != STATUS_OK)
			continue;
		filling_add(&filling, text_of(ruling_verdict_name(pair->verdict)));
		filling_add(&filling, text_of(ruling_state_name(pair->state)));
	}
	filling_end(&filling, c);
	rulings_release(&rulings);
	return status;
}

/* ---- who may see it, and who did ------------------------------------------------------------------------- */

/* Since when rows of the feed have been here; DATE_UNKNOWN: there are none. */
static date held_since(const struct rights_copy *copy, const struct profile_feed *feed)
{
	date since = DATE_UNKNOWN;
	for (size_t i = 0; i < copy->row_count; i++) {
		date received = instant_date(copy->rows[i].received);
		if (copy->rows[i].feed == feed && (since == DATE_UNKNOWN || received < since))
			since = received;
	}
	return since;
}

static bool speaks_of(const struct profile_agreement *agreement, const struct profile_feed *feed)
{
	for (size_t i = 0; i < agreement->cover_count; i++)
		if (agreement->covers[i].feeds[feed->number / 64] & UINT64_C(1) << feed->number % 64)
			return true;
	return false;
}

#define JOINED(out, c, array, n) \
	do { \
		struct buf words; \
		buf_init(&words, 1 << 16); \
		for (size_t j = 0; j < (n); j++) \
			buf_format(&words, "%s%.*s", j ? ", " : "", TEXT_ARG((array)[j]->title)); \
		(out) = arena_text((c)->arena, buf_text(&words)); \
		buf_release(&words); \
	} while (0)

/* "since 1 April 2022", "1 April 2022 to 3 May 2026" */
static struct text span_words(const struct copying *c, const struct agreement_span *span)
{
	struct text from = date_words(c, span->from), to = date_words(c, span->to);
	return span->to == DATE_UNKNOWN ? arena_format(c->arena, "since %.*s", TEXT_ARG(from))
					: arena_format(c->arena, "%.*s to %.*s", TEXT_ARG(from), TEXT_ARG(to));
}

static void add_recipients(struct copying *c, struct filling *filling, const struct profile_feed *feed,
			   const struct profile_agreement *agreement, const struct agreement_span *span)
{
	struct text roles, teams, purposes;
	JOINED(roles, c, agreement->roles, agreement->role_count);
	JOINED(teams, c, agreement->teams, agreement->team_count);
	JOINED(purposes, c, agreement->purposes, agreement->purpose_count);
	filling_add(filling, feed->title);
	filling_add(filling, agreement->title);
	filling_add(filling, roles);
	filling_add(filling, agreement->team_count ? teams : TEXT("any"));
	filling_add(filling, purposes);
	filling_add(filling, text_is_absent(agreement->lawful_basis) ? TEXT("") : agreement->lawful_basis);
	filling_add(filling, span_words(c, span));
}

/* Agreements that ran on some day on which the feed's rows were here. */
static enum status add_recipients_of(struct copying *c, struct filling *filling, const struct profile_feed *feed,
				     date since, struct error *error)
{
	const struct profile *profile = c->parts->profile;
	enum status status = STATUS_OK;
	for (size_t a = 0; a < profile->agreements.count && status == STATUS_OK; a++) {
		const struct profile_agreement *agreement = &profile->agreements.at[a];
		struct agreement_span span;
		if (!speaks_of(agreement, feed))
			continue;
		status = agreement_span(&span, c->parts->desk, agreement, date_today(), error);
		if (status == STATUS_OK && span.from != DATE_UNKNOWN && (span.to == DATE_UNKNOWN || span.to >= since))
			add_recipients(c, filling, feed, agreement, &span);
	}
	return status;
}

static enum status copy_recipients(struct copying *c, struct error *error)
{
	static const char *const headings[] = {"What",       "Agreement", "Roles that may see some of it",
					       "Teams",      "Purposes",  "Lawful basis",
					       "When it ran"};
	enum status status = STATUS_OK;
	struct filling filling;
	const struct profile *profile = c->parts->profile;
	filling_begin(
		&filling, c, "recipients", "Who may see it or could, and what for",
		"Nobody sees a value unless an agreement lets their role see it for their purpose. These run, or ran "
		"while your data was here.",
		headings, 7);
	for (size_t f = 0; f < profile->feeds.count && status == STATUS_OK; f++) {
		date since = held_since(c->copy, &profile->feeds.at[f]);
		if (since != DATE_UNKNOWN)
			status = add_recipients_of(c, &filling, &profile->feeds.at[f], since, error);
	}
	filling_end(&filling, c);
	return status;
}

/* Who opened a protected page for a reason of its own stands in the rows, where it waits for a person. */
static bool tells_of_protection(const struct audit_entry *entry)
{
	return text_starts_with(entry->action, TEXT("break_glass.")) ||
	       text_starts_with(entry->action, TEXT("restriction."));
}

static void add_view(struct copying *c, struct filling *filling, const struct audit_entry *entry)
{
	char at[INSTANT_TEXT_SIZE];
	const struct profile_role *role = profile_role(c->parts->profile, entry->role);
	const struct profile_team *team = profile_team(c->parts->profile, entry->team);
	const struct profile_purpose *purpose = profile_purpose(c->parts->profile, entry->purpose);
	filling_add(filling, arena_text(c->arena, text_of(instant_format(entry->at, at))));
	filling_add(filling, text_is_absent(entry->user_name) ? TEXT("") : entry->user_name);
	filling_add(filling, role ? role->title : text_is_absent(entry->role) ? TEXT("") : entry->role);
	filling_add(filling, team ? team->title : TEXT(""));
	filling_add(filling, purpose ? purpose->title : TEXT(""));
	filling_add(filling, entry->action);
	filling_add(filling, entry->outcome);
	c->copy->views++;
}

static enum status copy_views(struct copying *c, struct error *error)
{
	static const char *const headings[] = {"When", "Who", "Role", "Team", "Purpose", "What", "Outcome"};
	struct filling filling;
	struct audit_page page = {.more = true};
	struct audit_filter filter = {.subject_kind = TEXT("resident"),
				      .subject_id = c->copy->resident_id,
				      .from = INSTANT_UNKNOWN,
				      .before = INSTANT_UNKNOWN,
				      .limit = 500};
	enum status status = STATUS_OK;
	filling_begin(&filling, c, "views", "Who looked",
		      "Looks at your page, from the audit, which nobody can change. Newest first.", headings, 7);
	while (status == STATUS_OK && page.more && c->copy->views < RIGHTS_VIEWS_MOST) {
		status = audit_read(c->parts->desk, &filter, c->arena, &page, error);
		for (size_t i = 0; status == STATUS_OK && i < page.count; i++)
			if (!tells_of_protection(&page.entries[i]))
				add_view(c, &filling, &page.entries[i]);
		if (status != STATUS_OK || !page.count)
			break;
		filter.before_seq = page.entries[page.count - 1].seq;
	}
	filling_end(&filling, c);
	return status;
}

enum status copy_tables(struct copying *c, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; status == STATUS_OK && i < sizeof listings / sizeof *listings; i++)
		status = add_listing(c, &listings[i], error);
	if (status == STATUS_OK)
		status = copy_rulings(c, error);
	if (status == STATUS_OK)
		status = copy_household_rulings(c, error);
	if (status == STATUS_OK)
		status = copy_recipients(c, error);
	return status == STATUS_OK ? copy_views(c, error) : status;
}
