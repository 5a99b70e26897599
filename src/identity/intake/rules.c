/* Rules across columns, and references to other feeds. */
#include "intake/intake_int.h"

struct row_values {
	const struct plan *plan;
	const struct value *values;
};

static struct text value_of(const void *context, const struct profile_element *element)
{
	const struct row_values *row = context;
	size_t slot = plan_slot_of(row->plan, element);
	return slot < row->plan->slot_count ? row->values[slot].text : TEXT_ABSENT;
}

/* Most rules compare two dates or a number with a bound; those need no text. *KNOWN: it was one. */
static bool compare_fast(const struct row_values *row, const struct profile_comparison *c, date today, date as_at,
			 bool *known)
{
	size_t left = plan_slot_of(row->plan, c->left), right;
	const struct slot *slots = row->plan->slots;
	*known = false;
	if (left == row->plan->slot_count || c->compare > CONDITION_GREATER_EQUAL || c->right == RIGHT_TEXT ||
	    !(slots[left].is_number || slots[left].is_date))
		return false;
	double a = row->values[left].number, b = 0;
	bool is_date = slots[left].is_date, there = !text_is_absent(row->values[left].text);
	switch (c->right) {
	case RIGHT_ELEMENT:
		right = plan_slot_of(row->plan, c->element);
		if (right == row->plan->slot_count || slots[right].is_date != is_date ||
		    slots[right].is_number == is_date)
			return false;
		b = row->values[right].number;
		there = there && !text_is_absent(row->values[right].text);
		break;
	case RIGHT_NUMBER:
		if (is_date)
			return false;
		b = c->number;
		break;
	default:
		if (!is_date)
			return false;
		b = c->right == RIGHT_DATE ? c->date : c->right == RIGHT_TODAY ? today : as_at;
	}
	*known = true;
	if (!there)
		return true;
	switch (c->compare) {
	case CONDITION_EQUAL:
		return a >= b && a <= b;
	case CONDITION_NOT_EQUAL:
		return a < b || a > b;
	case CONDITION_LESS:
		return a < b;
	case CONDITION_LESS_EQUAL:
		return a <= b;
	case CONDITION_GREATER:
		return a > b;
	default:
		return a >= b;
	}
}

static bool rule_kept(const struct row_values *row, const struct profile_rule *rule, date today, date as_at)
{
	const struct profile_condition *condition = &rule->check;
	if (condition->count == 1) {
		bool known, kept = compare_fast(row, &condition->comparisons[0], today, as_at, &known);
		if (known)
			return kept;
	}
	struct condition_values values = {value_of, row, today, as_at};
	return condition_kept(condition, &values);
}

static void broken(struct problems *problems, const struct profile_rule *rule)
{
	if (!text_is_empty(rule->message))
		problem_add(problems, NULL, rule->name.at, rule->severity, TEXT_ABSENT, "%.*s",
			    TEXT_ARG(rule->message));
	else
		problem_add(problems, NULL, rule->name.at, rule->severity, TEXT_ABSENT, "Breaks the rule %.*s",
			    rule->check.count ? (int)rule->check.written.len : (int)rule->name.len,
			    rule->check.count ? rule->check.written.at : rule->name.at);
}

void rules_check(const struct plan *plan, const struct value *values, date today, date as_at, const struct vault *vault,
		 struct problems *problems)
{
	struct row_values row = {plan, values};
	for (size_t i = 0; i < plan->feed->rule_count; i++) {
		const struct profile_rule *rule = &plan->feed->rules[i];
		if (!rule->feed && !rule_kept(&row, rule, today, as_at))
			broken(problems, rule);
	}
	for (size_t i = 0; i < plan->reference_count; i++) {
		const struct plan_reference *reference = &plan->references[i];
		struct text text = reference->slot < plan->slot_count ? values[reference->slot].text : TEXT_ABSENT;
		/* Before anything of the other feed was loaded nothing can be said. */
		if (text_is_absent(text) || reference->values->count == 0)
			continue;
		if (!id_map_get(reference->values, (uint64_t)vault_fast_hash64(vault, VAULT_VALUE, text)))
			broken(problems, reference->rule);
	}
}
