#include "intake/intake_int.h"

#include <assert.h>

static enum keep keep_of(const struct profile_column *column, const struct profile_element *element)
{
	if (column->type == COLUMN_NOTE)
		return KEEP_TEXT;
	return element->category == CATEGORY_IDENTITY ? KEEP_IDENTITY : KEEP_FACT;
}

static void add_slot(struct intake *intake, struct plan *plan, const struct profile_column *column,
		     const struct profile_element *element)
{
	struct slot *slot = &plan->slots[plan->slot_count++];
	enum column_type type = column->type;
	*slot = (struct slot){
		.element = element,
		.element_no = vault_element_no(&intake->elements, element->id),
		.keep = keep_of(column, element),
		.is_number = type == COLUMN_INTEGER || type == COLUMN_DECIMAL || type == COLUMN_MONEY,
		.is_date = type == COLUMN_DATE || type == COLUMN_DATETIME,
		.json_key = arena_format(&intake->arena, "\"%.*s\":\"", TEXT_ARG(element->id)),
		.references = intake_references(intake, plan->feed_no, vault_element_no(&intake->elements, element->id),
						false),
	};
	plan->has_identity |= slot->keep == KEEP_IDENTITY;
	plan->has_text |= slot->keep == KEEP_TEXT;
	plan->is_referenced |= slot->references != NULL;
}

static enum date_form date_form_of(struct text format)
{
	return text_is(format, "DD/MM/YYYY")   ? DATE_FORM_DMY
	       : text_is(format, "YYYY-MM-DD") ? DATE_FORM_ISO
	       : text_is(format, "YYYYMMDD")   ? DATE_FORM_COMPACT
					       : DATE_FORM_PATTERN;
}

static void add_column(struct intake *intake, struct plan *plan, const struct profile_column *column)
{
	struct plan_column *out = &plan->columns[plan->column_count++];
	size_t ceiling =
		column->type == COLUMN_NOTE || column->type == COLUMN_JSON ? INTAKE_NOTE_CEILING : INTAKE_TEXT_CEILING;
	struct text format = column->format;
	*out = (struct plan_column){.column = column,
				    .first_slot = plan->slot_count,
				    .date_form = date_form_of(format),
				    .short_year = !text_is_empty(format) &&
						  text_find(format, TEXT("YYYY")) == format.len &&
						  text_find(format, TEXT("YY")) < format.len,
				    .length_ceiling = column->max_length ? column->max_length : ceiling};
	if (column->ignore)
		return;
	if (column->type == COLUMN_JSON) {
		for (size_t i = 0; i < column->field_count; i++)
			add_slot(intake, plan, column, column->fields[i].element);
	} else {
		add_slot(intake, plan, column, column->element);
	}
	out->slot_count = plan->slot_count - out->first_slot;
}

size_t plan_slot_of(const struct plan *plan, const struct profile_element *element)
{
	for (size_t i = 0; i < plan->slot_count; i++) {
		if (plan->slots[i].element == element)
			return i;
	}
	return plan->slot_count;
}

static void add_references(struct intake *intake, struct plan *plan)
{
	plan->references = ARENA_ARRAY(&intake->arena, plan->feed->rule_count + 1, struct plan_reference);
	for (size_t i = 0; i < plan->feed->rule_count; i++) {
		const struct profile_rule *rule = &plan->feed->rules[i];
		if (!rule->feed)
			continue;
		const struct plan *there = &intake->plans[rule->feed->number];
		plan->references[plan->reference_count++] = (struct plan_reference){
			.rule = rule,
			.slot = plan_slot_of(plan, rule->element),
			.values = intake_references(intake, there->feed_no,
						    vault_element_no(&intake->elements, rule->element_there->id), true),
		};
	}
}

void plan_build(struct intake *intake, struct plan *plan, const struct profile_feed *feed)
{
	struct arena *arena = &intake->arena;
	size_t most = feed->column_count;
	for (size_t i = 0; i < feed->column_count; i++)
		most += feed->columns[i].field_count;
	plan->feed = feed;
	plan->columns = ARENA_ARRAY(arena, feed->column_count + 1, struct plan_column);
	plan->slots = ARENA_ARRAY(arena, most + 1, struct slot);
	for (size_t i = 0; i < feed->column_count; i++)
		add_column(intake, plan, &feed->columns[i]);
	plan->client_slot = plan_slot_of(plan, feed->client);
	plan->key_slots = ARENA_ARRAY(arena, feed->key_count + 1, size_t);
	plan->key_count = feed->key_count;
	for (size_t i = 0; i < feed->key_count; i++)
		plan->key_slots[i] = plan_slot_of(plan, feed->key[i]);
	plan->from_slot = feed->valid_from ? plan_slot_of(plan, feed->valid_from) : plan->slot_count;
	plan->to_slot = feed->valid_to ? plan_slot_of(plan, feed->valid_to) : plan->slot_count;
	add_references(intake, plan);
}
