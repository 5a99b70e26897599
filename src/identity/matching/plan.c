/* Which columns the engine gets from the columns of the files. */
#include "matching/prepare_int.h"

size_t plan_target(const struct plan *plan, enum linking_kind kind)
{
	for (size_t t = 0; t < plan->count; t++) {
		if (plan->targets[t].kind == kind)
			return t;
	}
	return LINKING_COLUMNS;
}

size_t plan_date_target(const struct plan *plan, enum meaning meaning)
{
	for (size_t t = 0; t < plan->count; t++) {
		if (plan->targets[t].kind == LINKING_BIRTH && plan->targets[t].meaning == meaning)
			return t;
	}
	return LINKING_COLUMNS;
}

static size_t meaning_count(const struct source *source, enum meaning meaning)
{
	size_t count = 0;
	for (size_t c = 0; c < source->column_count; c++)
		count += source->columns[c].is.meaning == meaning;
	return count;
}

static size_t most_of(const struct matching *matching, enum meaning meaning)
{
	size_t most = 0;
	for (size_t s = 0; s < matching->source_count; s++) {
		size_t count = meaning_count(&matching->sources[s], meaning);
		most = count > most ? count : most;
	}
	return most;
}

static bool any_has(const struct matching *matching, enum meaning meaning)
{
	return most_of(matching, meaning) > 0;
}

/* What stands for a column among several of its meaning: its header, or which of the lines it is. */
static struct text mark_of(const struct plan *plan, const struct source *source, size_t c)
{
	enum meaning meaning = source->columns[c].is.meaning;
	if (source->columns[c].mark.len)
		return source->columns[c].mark;
	if (most_of(plan->matching, meaning) < 2)
		return TEXT("");
	if (meaning == MEANING_ADDRESS) {
		size_t line = 1;
		for (size_t i = 0; i < c; i++)
			line += source->columns[i].is.meaning == meaning;
		return arena_format(&plan->matching->arena, "%zu", line);
	}
	char folded[256];
	return arena_text(&plan->matching->arena,
			  text_slice(folded, header_fold(folded, sizeof folded, source->columns[c].is.header)));
}

static void add_target(struct plan *plan, enum linking_kind kind, enum meaning meaning, struct text mark,
		       const char *name)
{
	if (plan->count == LINKING_COLUMNS)
		return;
	plan->matching->columns[plan->count] = (struct linking_column){.name = name, .kind = kind};
	plan->matching->meanings[plan->count] = meaning;
	plan->targets[plan->count++] = (struct target){kind, meaning, mark};
}

static size_t find_text_target(const struct plan *plan, enum meaning meaning, struct text mark)
{
	for (size_t t = 0; t < plan->count; t++) {
		const struct target *target = &plan->targets[t];
		if ((target->kind == LINKING_TEXT || target->kind == LINKING_IDENTIFIER) &&
		    target->meaning == meaning && text_equal(target->header, mark))
			return t;
	}
	return LINKING_COLUMNS;
}

/* A column of its own for each column of the meaning, or for each line. */
static void add_texts(struct plan *plan, enum linking_kind kind, enum meaning meaning)
{
	struct matching *matching = plan->matching;
	for (size_t s = 0; s < matching->source_count; s++) {
		struct source *source = &matching->sources[s];
		for (size_t c = 0; c < source->column_count; c++) {
			if (source->columns[c].is.meaning != meaning)
				continue;
			struct text mark = mark_of(plan, source, c);
			if (find_text_target(plan, meaning, mark) < LINKING_COLUMNS)
				continue;
			char *name = mark.len ? arena_copy(&matching->arena,
							   meaning == MEANING_ADDRESS
								   ? arena_format(&matching->arena, "address_%.*s",
										  TEXT_ARG(mark))
								   : source->columns[c].is.header)
					      : arena_copy(&matching->arena, text_of(meaning_name(meaning)));
			if (meaning == MEANING_OTHER && !mark.len)
				name = arena_copy(&matching->arena, source->columns[c].is.header);
			add_target(plan, kind, meaning, mark, name);
		}
	}
}

static bool has_british_postcodes(const struct matching *matching)
{
	for (size_t s = 0; s < matching->source_count; s++) {
		for (size_t c = 0; c < matching->sources[s].column_count; c++) {
			const struct matching_column *column = &matching->sources[s].columns[c].is;
			if (column->meaning == MEANING_POSTCODE && column->british)
				return true;
		}
	}
	return any_has(matching, MEANING_UPRN);
}

static void plan_names(struct plan *plan)
{
	const struct matching *m = plan->matching;
	bool full = any_has(m, MEANING_FULL_NAME) || any_has(m, MEANING_ALIAS);
	if (full || any_has(m, MEANING_GIVEN))
		add_target(plan, LINKING_GIVEN, 0, TEXT(""), "given_name");
	if (full || any_has(m, MEANING_MIDDLE) || any_has(m, MEANING_GIVEN))
		add_target(plan, LINKING_MIDDLE, 0, TEXT(""), "middle_names");
	if (full || any_has(m, MEANING_FAMILY) || any_has(m, MEANING_FORMER_FAMILY))
		add_target(plan, LINKING_FAMILY, 0, TEXT(""), "family_name");
	if (full || any_has(m, MEANING_FAMILY) || any_has(m, MEANING_GIVEN) || any_has(m, MEANING_SUFFIX))
		add_target(plan, LINKING_SUFFIX, 0, TEXT(""), "name_suffix");
	if (any_has(m, MEANING_BIRTH) || any_has(m, MEANING_BIRTH_YEAR) || any_has(m, MEANING_AGE))
		add_target(plan, LINKING_BIRTH, MEANING_BIRTH, TEXT(""), "date_of_birth");
	if (any_has(m, MEANING_SEX) || any_has(m, MEANING_TITLE))
		add_target(plan, LINKING_SEX, 0, TEXT(""), "sex");
}

static void plan_numbers(struct plan *plan)
{
	static const struct {
		enum meaning meaning;
		enum linking_kind kind;
	} single[] = {{MEANING_PHONE, LINKING_PHONE}, {MEANING_EMAIL, LINKING_EMAIL}, {MEANING_NHS, LINKING_NHS}};
	for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
		if (any_has(plan->matching, single[i].meaning))
			add_target(plan, single[i].kind, single[i].meaning, TEXT(""), meaning_name(single[i].meaning));
	}
	add_texts(plan, LINKING_IDENTIFIER, MEANING_NI);
	add_texts(plan, LINKING_IDENTIFIER, MEANING_UPN);
	add_texts(plan, LINKING_IDENTIFIER, MEANING_IDENTIFIER);
}

/* A British postcode and an address are one place; elsewhere each part is compared as text. A town says
 * little beside a postcode. */
static void plan_places(struct plan *plan)
{
	plan->british = has_british_postcodes(plan->matching);
	if (plan->british) {
		add_target(plan, LINKING_PLACE, MEANING_ADDRESS, TEXT(""), "address");
		return;
	}
	add_texts(plan, LINKING_TEXT, MEANING_POSTCODE);
	add_texts(plan, LINKING_TEXT, MEANING_STREET);
	add_texts(plan, LINKING_TEXT, MEANING_ADDRESS);
	add_texts(plan, LINKING_TEXT, MEANING_HOUSE_NUMBER);
	add_texts(plan, LINKING_TEXT, MEANING_PLACE);
	add_texts(plan, LINKING_TEXT, MEANING_REGION);
}

void plan_make(struct plan *plan)
{
	static const struct {
		enum meaning meaning;
		enum linking_kind kind;
	} encoded[] = {{MEANING_ENCODING, LINKING_ENCODING},
		       {MEANING_ENCODED_CONTACT, LINKING_ENCODED_CONTACT},
		       {MEANING_ENCODED_PLACE, LINKING_ENCODED_PLACE}};
	for (size_t i = 0; i < sizeof encoded / sizeof *encoded; i++) {
		if (any_has(plan->matching, encoded[i].meaning))
			add_target(plan, encoded[i].kind, encoded[i].meaning, TEXT(""),
				   meaning_name(encoded[i].meaning));
	}
	plan_names(plan);
	plan_numbers(plan);
	plan_places(plan);
	if (any_has(plan->matching, MEANING_DEATH))
		add_target(plan, LINKING_BIRTH, MEANING_DEATH, TEXT(""), "date_of_death");
	add_texts(plan, LINKING_TEXT, MEANING_BIRTH_PLACE);
	add_texts(plan, LINKING_TEXT, MEANING_OCCUPATION);
	add_texts(plan, LINKING_TEXT, MEANING_OTHER);
}

size_t plan_text_target(const struct plan *plan, const struct source *source, size_t c)
{
	return find_text_target(plan, source->columns[c].is.meaning, mark_of(plan, source, c));
}
