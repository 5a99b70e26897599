#include "policy/explain.h"

#include "base/buf.h"
#include "policy/policy_int.h"

static struct text clause_text(const struct policy_decision *decision)
{
	if (!decision->cover || text_is_empty(decision->cover->clause))
		return TEXT_ABSENT;
	for (size_t i = 0; i < decision->agreement->clause_count; i++)
		if (text_equal(decision->agreement->clauses[i].number, decision->cover->clause))
			return decision->agreement->clauses[i].text;
	return TEXT_ABSENT;
}

static void name_agreement(struct buf *out, const struct policy_decision *decision)
{
	buf_format(out, "the agreement \"%s\"", decision->agreement->title.at);
	if (decision->cover && !text_is_empty(decision->cover->clause))
		buf_format(out, ", clause %s,", decision->cover->clause.at);
}

static void say_allowed(struct buf *out, const struct viewer *viewer, const struct policy_decision *decision)
{
	char day[DATE_TEXT_SIZE];
	buf_append_text(out, TEXT("Yes: "));
	name_agreement(out, decision);
	buf_format(out, " lets the role %s see it for the purpose %s.", viewer->role->title.at,
		   viewer->purpose->title.at);
	if (decision->agreement->to != DATE_UNKNOWN)
		buf_format(out, " It runs until %s.", date_format_iso(decision->agreement->to, day));
}

/* Why an agreement that would give it does not. */
static void say_not_in_force(struct buf *out, struct policy *policy, const struct policy_decision *decision, date on)
{
	char day[DATE_TEXT_SIZE];
	const struct profile_agreement *agreement = decision->agreement;
	enum policy_standing standing = policy_agreement_standing(policy, agreement);
	buf_append_text(out, TEXT("No: "));
	name_agreement(out, decision);
	if (standing == STANDING_SUSPENDED || agreement->status == AGREEMENT_SUSPENDED)
		buf_append_text(out, TEXT(" gives it, and is suspended."));
	else if (standing == STANDING_ENDED || agreement->status == AGREEMENT_ENDED)
		buf_append_text(out, TEXT(" gave it, and was ended."));
	else if (agreement->status == AGREEMENT_DRAFT)
		buf_append_text(out, TEXT(" would give it, and is only a draft."));
	else if (agreement->from > on)
		buf_format(out, " will give it from %s.", date_format_iso(agreement->from, day));
	else
		buf_format(out, " gave it until %s.", date_format_iso(agreement->to, day));
}

/* For which other purposes of the role it would be allowed. */
static void say_other_purposes(struct buf *out, struct policy *policy, const struct policy_question *question,
			       const struct profile_feed *feed)
{
	bool any = false;
	const struct viewer *viewer = question->viewer;
	for (size_t i = 0; viewer->role && i < viewer->role->purpose_count; i++) {
		struct viewer other = *viewer;
		other.purpose = viewer->role->purposes[i];
		const struct policy_grid *grid = policy_grid(policy, &other, question->on);
		bool allowed =
			policy_decide_of(grid, question->bounds, feed, question->element).verdict == POLICY_ALLOW;
		policy_grid_done(grid);
		if (!allowed || other.purpose == viewer->purpose)
			continue;
		buf_format(out, "%s%s", any ? ", " : " The role may see it for: ", other.purpose->title.at);
		any = true;
	}
	if (any)
		buf_append_char(out, '.');
}

static struct text words_of(struct policy *policy, const struct policy_question *question,
			    const struct policy_reason *reason, struct arena *arena)
{
	struct buf out;
	const struct policy_decision *decision = &reason->decision;
	buf_init(&out, 1 << 16);
	if (decision->verdict == POLICY_ALLOW) {
		say_allowed(&out, question->viewer, decision);
	} else if (decision->rule == POLICY_RULE_AGREEMENT_ENDED && decision->agreement) {
		say_not_in_force(&out, policy, decision, question->on);
	} else {
		buf_format(&out, "No. %s", policy_rule_text(decision->rule));
		if (decision->agreement) {
			buf_append_text(&out, TEXT(" It is "));
			name_agreement(&out, decision);
			buf_append_text(&out, TEXT(" that falls short."));
		}
	}
	if (decision->verdict != POLICY_ALLOW) {
		say_other_purposes(&out, policy, question, reason->feed);
		struct text owner = reason->feed->source->owner;
		buf_format(&out, " %s answers for it.",
			   text_is_empty(owner) ? reason->feed->source->title.at : owner.at);
	}
	struct text words = arena_text(arena, buf_text(&out));
	buf_release(&out);
	return words;
}

void policy_explain(struct policy_reason **out, size_t *count, struct policy *policy,
		    const struct policy_question *question, struct arena *arena)
{
	static const struct policy_bounds none;
	struct policy_question asked = *question;
	const struct profile *profile = policy->profile;
	const struct policy_grid *grid = policy_grid(policy, asked.viewer, asked.on);
	if (!asked.bounds)
		asked.bounds = &none;
	*count = 0;
	*out = ARENA_ARRAY(arena, profile->feeds.count, struct policy_reason);
	for (size_t i = 0; i < profile->feeds.count; i++) {
		const struct profile_feed *feed = &profile->feeds.at[i];
		if (!feed_column(feed, asked.element))
			continue;
		struct policy_reason *reason = &(*out)[(*count)++];
		*reason = (struct policy_reason){.feed = feed,
						 .decision = policy_decide_of(grid, asked.bounds, feed, asked.element)};
		reason->clause = clause_text(&reason->decision);
		reason->words = words_of(policy, &asked, reason, arena);
	}
	policy_grid_done(grid);
}
