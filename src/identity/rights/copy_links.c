/* Which records are taken for one person, how sure that is, and what speaks for it. */
#include "rights/rights_int.h"

#include "linking/words.h"

enum { LINKS_MOST = 200 };

static const char *const headings[] = {"One record", "Another record",   "State",
				       "How likely", "Compared because", "What spoke for or against it"};

struct pair {
	int64_t a, b;
};

/* "Housing, record 3"; of somebody else's record no more than that it is one. */
static struct text name_record(const struct copying *c, int64_t record_id, bool own)
{
	if (!own)
		return TEXT("a record that is kept as somebody else's");
	for (size_t i = 0; i < c->copy->row_count; i++) {
		const struct rights_row *row = &c->copy->rows[i];
		if (row->feed && row->record_id == record_id)
			return arena_format(c->arena, "%.*s, record %lld", TEXT_ARG(row->feed->source->title),
					    (long long)record_id);
	}
	return arena_format(c->arena, "record %lld", (long long)record_id);
}

static struct text found_words(const struct copying *c, const struct linking_why *why)
{
	struct words_step steps[LINKING_COLUMNS + 4];
	struct buf words;
	size_t count = words_steps(steps, why, c->arena);
	buf_init(&words, 1 << 16);
	for (size_t i = 0; i < count; i++) {
		if (!steps[i].known || steps[i].kind == STEP_START)
			continue;
		buf_format(&words, "%s%.*s: %.*s (%.*s)", words.len ? "; " : "", TEXT_ARG(steps[i].what),
			   TEXT_ARG(steps[i].found), TEXT_ARG(steps[i].worth));
	}
	struct text kept = arena_text(c->arena, buf_text(&words));
	buf_release(&words);
	return kept;
}

static bool is_own(const struct copying *c, int64_t record_id)
{
	for (size_t i = 0; i < c->copy->records; i++)
		if (c->records[i] == record_id)
			return true;
	return false;
}

static enum status add_link(struct copying *c, struct filling *filling, const struct pair *pair, struct text state,
			    double probability, struct error *error)
{
	struct linking_why why;
	bool own = is_own(c, pair->a) && is_own(c, pair->b);
	filling_add(filling, name_record(c, pair->a, is_own(c, pair->a)));
	filling_add(filling, name_record(c, pair->b, is_own(c, pair->b)));
	filling_add(filling, state);
	filling_add(filling, words_of_probability(c->arena, probability));
	c->copy->links += own;
	c->copy->doubtful += !own;
	enum status status = linking_why_records(&why, c->parts->data, c->parts->vault, pair->a, pair->b, error);
	if (status == STATUS_NOT_FOUND) { /* the model is no more; the score is what was kept */
		filling_add(filling, TEXT("not kept"));
		filling_add(filling, TEXT("not kept"));
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	filling_add(filling, words_of_rule(&why, c->arena));
	filling_add(filling, found_words(c, &why));
	return STATUS_OK;
}

static struct text state_words(struct text status)
{
	return text_is(status, "linked") ? TEXT("linked") : TEXT("doubtful: waits for a person to decide");
}

enum status copy_links(struct copying *c, struct error *error)
{
	struct filling filling;
	struct statement *query;
	struct pair pairs[LINKS_MOST];
	double probabilities[LINKS_MOST];
	struct text states[LINKS_MOST];
	size_t count = 0;
	bool row;
	enum status status = store_prepare(
		&query, c->parts->data,
		"SELECT record_a, record_b, probability, status FROM link WHERE record_a IN (SELECT record_id FROM "
		"resident_record WHERE resident_id = :resident) OR record_b IN (SELECT record_id FROM resident_record "
		"WHERE resident_id = :resident) ORDER BY probability DESC, record_a, record_b LIMIT 200",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", c->copy->resident_id);
	int probability = statement_column(query, "probability");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && count < LINKS_MOST) {
		pairs[count] = (struct pair){copied_number(query, "record_a"), copied_number(query, "record_b")};
		states[count] = state_words(copied_text(query, "status", c->arena));
		probabilities[count++] = statement_double(query, probability);
	}
	statement_done(query);
	filling_begin(
		&filling, c, "links", "How the records were put together",
		"Each source has its own record of you. These records were compared, and this is how likely it is "
		"that two of them are of one person, and why.",
		headings, 6);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		bool told;
		status = copy_pair_is_told(&told, c, pairs[i].a, pairs[i].b, error);
		if (status == STATUS_OK && told)
			status = add_link(c, &filling, &pairs[i], states[i], probabilities[i], error);
	}
	filling_end(&filling, c);
	return status;
}
