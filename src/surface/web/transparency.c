#include "web/transparency.h"

#include "profile/factor.h"
#include "rights/retention.h"

#include <inttypes.h>

/* Titles with commas between: of an array of pointers to what has a title. */
#define PUT_TITLES(object, key, array, n) \
	do { \
		struct buf words; \
		buf_init(&words, 1 << 16); \
		for (size_t j = 0; j < (n); j++) \
			buf_format(&words, "%s%.*s", j ? ", " : "", TEXT_ARG((array)[j]->title)); \
		put_text(object, key, arena_text((object)->arena, buf_text(&words))); \
		buf_release(&words); \
	} while (0)

static void put_volume(struct value *row, const struct rights_volume *volume)
{
	put_text(row, "id", volume->feed->id);
	put_text(row, "title", volume->feed->title);
	put_text(row, "source", volume->feed->source->title);
	put_string(row, "schedule", schedule_name(volume->feed->schedule));
	put_date(row, "as_at", volume->as_at);
	put_text(row, "as_at_text", document_long_date(row->arena, volume->as_at));
	put_int(row, "deliveries", volume->deliveries);
	if (volume->rows < 0)
		put_format(row, "volume", "fewer than %d", TRANSPARENCY_LEAST);
	else
		put_format(row, "volume", "%" PRId64, volume->rows);
	struct buf held;
	buf_init(&held, 1 << 16);
	for (size_t i = 0; i < volume->feed->column_count; i++) {
		const struct profile_column *column = &volume->feed->columns[i];
		if (column->element && !column->ignore)
			buf_format(&held, "%s%.*s", held.len ? ", " : "", TEXT_ARG(column->element->title));
	}
	put_text(row, "elements", arena_text(row->arena, buf_text(&held)));
	struct text kept = retention_schedule_words(volume->feed, row->arena);
	put_text(row, "kept", text_is_absent(kept) ? TEXT("") : kept);
	buf_release(&held);
}

/* "runs until 31 March 2028", "ended on 2 May 2026". */
static struct text state_of(struct arena *arena, const struct profile_agreement *agreement, struct policy *policy)
{
	date last, today = date_today();
	if (policy_agreement_is_over(policy, agreement, today, &last))
		return arena_format(arena, "ended on %.*s", TEXT_ARG(document_long_date(arena, last)));
	if (policy_agreement_runs(policy, agreement, today))
		return agreement->to == DATE_UNKNOWN ? TEXT("runs, with no end set")
						     : arena_format(arena, "runs until %.*s",
								    TEXT_ARG(document_long_date(arena, agreement->to)));
	if (agreement->status == AGREEMENT_APPROVED && agreement->from > today)
		return arena_format(arena, "will run from %.*s", TEXT_ARG(document_long_date(arena, agreement->from)));
	bool suspended = policy_agreement_standing(policy, agreement) == STANDING_SUSPENDED ||
			 agreement->status == AGREEMENT_SUSPENDED;
	return suspended ? TEXT("is suspended") : TEXT("does not run");
}

static void put_agreement(struct value *row, const struct profile_agreement *agreement, struct policy *policy)
{
	put_text(row, "id", agreement->id);
	put_text(row, "title", agreement->title);
	put_text(row, "controller", agreement->controller);
	put_text(row, "lawful_basis", agreement->lawful_basis);
	put_text(row, "special_condition", agreement->special_condition);
	put_text(row, "criminal_condition", agreement->criminal_condition);
	PUT_TITLES(row, "roles", agreement->roles, agreement->role_count);
	PUT_TITLES(row, "purposes", agreement->purposes, agreement->purpose_count);
	put_date(row, "from", agreement->from);
	put_date(row, "to", agreement->to);
	put_text(row, "review_text", document_long_date(row->arena, agreement->review));
	put_text(row, "state", state_of(row->arena, agreement, policy));
	put_bool(row, "consent", agreement->consent);
	put_text(row, "delete_after", agreement->delete_after.written);
	struct value *clauses = put_array(row, "clauses");
	for (size_t i = 0; i < agreement->clause_count; i++)
		put_text(add_object(clauses), "text", agreement->clauses[i].text);
}

static void put_model(struct value *models, const struct rights_transparency *numbers)
{
	if (!numbers->linked)
		return;
	struct value *row = add_object(models);
	put_string(row, "title", "Linking: which records are of one person");
	put_format(row, "version", "form %" PRId64 ", trained in run %" PRId64, numbers->model_form,
		   numbers->model_run);
	put_instant(row, "made", numbers->model_made);
	put_string(row, "says",
		   "Compares names, date of birth, sex, addresses and numbers, and works out how likely it is that two "
		   "records are of one person (Fellegi and Sunter's model). It decides nothing about anybody; doubtful "
		   "pairs go to a person. Ethnicity and religion take no part.");
}

/* A reason has places for the numbers of a row, "{others}": here they are "some". */
static struct text reason_in_general(struct arena *arena, struct text reason)
{
	struct buf out;
	buf_init(&out, 4096);
	for (size_t i = 0; i < reason.len; i++) {
		const char *end = reason.at[i] == '{' ? memchr(reason.at + i, '}', reason.len - i) : NULL;
		if (!end) {
			buf_append_char(&out, reason.at[i]);
			continue;
		}
		buf_append_text(&out, TEXT("some"));
		i = (size_t)(end - reason.at);
	}
	struct text general = arena_text(arena, buf_text(&out));
	buf_release(&out);
	return general;
}

static void put_lists(struct value *document, const struct profile *profile)
{
	struct value *lists = put_array(document, "lists");
	for (size_t i = 0; i < profile->lists.count; i++) {
		const struct profile_list *list = &profile->lists.at[i];
		struct value *row = add_object(lists);
		put_text(row, "id", list->id);
		put_text(row, "title", list->title);
		put_text(row, "question", list->question);
		put_text(row, "caution", list->caution);
		put_text(row, "purpose", list->purpose->title);
		put_text(row, "owner", list->owner->title);
		put_text(row, "agreement", list->agreement->title);
		struct value *reasons = put_array(row, "reasons");
		for (size_t p = 0; p < list->points_count; p++)
			put_format(add_object(reasons), "text", "%.*s (%+d points)",
				   TEXT_ARG(reason_in_general(row->arena, list->points[p].reason)),
				   list->points[p].points);
	}
}

/* What the council calls a risk, a strength or a circumstance, as everybody may read it. */
static void put_factors(struct value *document, const struct profile *profile)
{
	struct value *factors = put_array(document, "factors");
	for (size_t i = 0; i < profile->factors.count; i++) {
		const struct profile_factor *factor = &profile->factors.at[i];
		struct value *row = add_object(factors);
		put_text(row, "id", factor->id);
		put_text(row, "name", factor->name);
		put_string(row, "category", factor_category_name(factor->category));
		put_text(row, "definition", factor->definition);
		put_text(row, "why", factor->why);
		put_text(row, "owner", factor->owner);
		put_text(row, "version", factor->version);
		struct value *not_counted = put_array(row, "not_counted");
		for (size_t n = 0; n < factor->not_counted_count; n++)
			put_text(add_object(not_counted), "text", factor->not_counted[n]);
	}
	put_bool(document, "has_factors", profile->factors.count > 0);
}

void transparency_document(struct value *document, const struct profile *profile, struct policy *policy,
			   const struct rights_transparency *numbers)
{
	put_text(document, "council", text_is_empty(profile->council) ? profile->title : profile->council);
	put_text(document, "date_text", document_long_date(document->arena, date_today()));
	struct value *feeds = put_array(document, "feeds");
	for (size_t i = 0; i < numbers->count; i++)
		put_volume(add_object(feeds), &numbers->volumes[i]);
	struct value *purposes = put_array(document, "purposes");
	for (size_t i = 0; i < profile->purposes.count; i++) {
		const struct profile_purpose *purpose = &profile->purposes.at[i];
		struct value *row = add_object(purposes);
		put_text(row, "id", purpose->id);
		put_text(row, "title", purpose->title);
		put_text(row, "description", purpose->description);
		put_text(row, "lawful_basis", purpose->lawful_basis);
	}
	struct value *agreements = put_array(document, "agreements");
	for (size_t i = 0; i < profile->agreements.count; i++) {
		const struct profile_agreement *agreement = &profile->agreements.at[i];
		put_agreement(add_object(agreements), agreement, policy);
	}
	put_model(put_array(document, "models"), numbers);
	put_lists(document, profile);
	put_factors(document, profile);
}
