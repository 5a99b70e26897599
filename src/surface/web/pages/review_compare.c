/* Two records side by side: what each says, where they differ, and what that is worth. */
#include "web/pages/review.h"

#include "clean/fold.h"
#include "linking/words.h"
#include "web/pages/people.h"

#include <math.h>

/* ---- values of a record -------------------------------------------------------------------------------- */

enum { VALUES_MOST = 6 };

/* A line of the comparison: the columns that were compared, and the elements that hold the values. Those with a
 * "+" are parts of one value. */
static const struct field {
	const char *title, *columns[5], *elements[9];
} fields[] = {
	{"Name",
	 {"given_name", "middle_names", "family_name", "name_suffix"},
	 {"+full_name", "+given_name", "+middle_names", "+family_name", "+name_suffix"}},
	{"Other names", {NULL}, {"former_family_name", "preferred_family_name", "alias"}},
	{"Date of birth", {"date_of_birth"}, {"date_of_birth"}},
	{"Sex", {"sex"}, {"sex"}},
	{"Address",
	 {"address"},
	 {"+address", "+address_line_1", "+address_line_2", "+address_line_3", "+address_line_4", "+address_line_5",
	  "+town", "+postcode"}},
	{"Phone", {"phone"}, {"phone", "mobile"}},
	{"Email", {"email"}, {"email"}},
	{"NHS number", {"nhs_number"}, {"nhs_number"}},
	{"National Insurance number", {"ni_number"}, {"ni_number"}},
	{"Unique pupil number", {"upn"}, {"upn", "former_upn"}},
};

struct found_values {
	struct text at[VALUES_MOST];
	size_t count;
	bool withheld;
};

static void add_value(struct found_values *values, struct text value)
{
	for (size_t i = 0; i < values->count; i++) {
		if (text_equal_ignoring_case(values->at[i], value))
			return;
	}
	if (value.len && values->count < VALUES_MOST)
		values->at[values->count++] = value;
}

static const struct disclosed_value *value_in(const struct disclosed_row *row, const char *element)
{
	for (size_t i = 0; i < row->value_count; i++) {
		if (text_is(row->values[i].element->id, element))
			return &row->values[i];
	}
	return NULL;
}

/* As people write it, where it is a date. */
static struct text in_words(struct arena *arena, struct text value)
{
	date d;
	return value.len == 10 && date_parse_iso(value, &d) ? document_long_date(arena, d) : value;
}

static void read_row(struct found_values *values, const struct field *field, const struct disclosed_row *row,
		     struct arena *arena)
{
	struct text whole = TEXT("");
	for (const char *const *element = field->elements; *element; element++) {
		bool part = (*element)[0] == '+';
		const struct disclosed_value *value = value_in(row, *element + part);
		if (!value)
			continue;
		values->withheld |= value->withheld;
		if (!part)
			add_value(values, in_words(arena, value->value));
		else if (value->value.len)
			whole = whole.len ? arena_format(arena, "%.*s%s%.*s", TEXT_ARG(whole),
							 field->columns[1] ? " " : ", ", TEXT_ARG(value->value))
					  : value->value;
	}
	add_value(values, whole);
}

static struct found_values values_of(const struct field *field, const struct disclosure_side *side, struct arena *arena)
{
	struct found_values values = {0};
	for (size_t i = 0; i < side->row_count; i++)
		read_row(&values, field, &side->rows[i], arena);
	return values;
}

/* ---- what may be said of a comparison -------------------------------------------------------------------- */

/* "The same" tells a value that is withheld to who sees the other one. So of a column is told only what policy lets be
 * seen of it in both services, address or not, and what of it stands on the page. */
static bool element_is_open(struct visit *visit, const struct profile_source *source, const char *element_id)
{
	const struct profile *profile = visit->profile;
	const struct profile_element *element = profile_element(profile, text_of(element_id));
	for (size_t i = 0; element && i < profile->feeds.count; i++) {
		const struct profile_feed *feed = &profile->feeds.at[i];
		if (feed->source == source && feed_column(feed, element) &&
		    policy_decide(visit_grid(visit), feed, element).verdict != POLICY_ALLOW)
			return false;
	}
	return true;
}

static bool side_is_open(struct visit *visit, const struct field *field, const struct disclosure_side *side,
			 bool compared)
{
	if (side->address_protected && !strcmp(field->columns[0], "address"))
		return false;
	for (const char *const *element = field->elements; *element; element++)
		if (!element_is_open(visit, side->source, *element + ((*element)[0] == '+')))
			return false;
	struct found_values values = values_of(field, side, visit->arena);
	return !values.withheld && (values.count > 0 || !compared);
}

static const struct field *field_of(const char *column)
{
	static const struct field died = {"Date of death", {"date_of_death"}, {"date_of_death"}};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		for (const char *const *of = fields[i].columns; *of; of++)
			if (!strcmp(*of, column))
				return &fields[i];
	}
	return strcmp(column, "date_of_death") == 0 ? &died : NULL;
}

static bool column_is_open(struct visit *visit, const struct disclosure_pair *pair,
			   const struct linking_evidence *evidence)
{
	const struct field *field = field_of(evidence->column);
	bool compared = evidence->level != LINKING_LEVEL_MISSING;
	if (!field)
		return strcmp(evidence->column, "source") == 0; /* which services these are stands above */
	return side_is_open(visit, field, &pair->sides[0], compared) &&
	       side_is_open(visit, field, &pair->sides[1], compared);
}

bool review_hides(struct visit *visit, const struct disclosure_pair *pair, const struct linking_why *why)
{
	for (size_t i = 0; i < why->explanation.count; i++) {
		if (!column_is_open(visit, pair, &why->explanation.evidence[i]))
			return true;
	}
	return false;
}

/* ---- what differs --------------------------------------------------------------------------------------- */

static bool same_word(struct text a, struct text b)
{
	char x[96], y[96];
	size_t len_x = clean_fold(x, sizeof x, a), len_y = clean_fold(y, sizeof y, b);
	bool same = text_equal(text_slice(x, len_x), text_slice(y, len_y));
	explicit_bzero(x, sizeof x);
	explicit_bzero(y, sizeof y);
	return same;
}

/* "EM3" and "4ZB" are in "EM34ZB", and the other way round. */
static bool is_part_of_code(const struct found_values *values, struct text word)
{
	bool letter = false, digit = false, found = false;
	for (size_t i = 0; i < word.len; i++) {
		letter |= word.at[i] >= 'A' && word.at[i] <= 'z';
		digit |= word.at[i] >= '0' && word.at[i] <= '9';
	}
	if (word.len < 3 || !letter || !digit)
		return false;
	for (size_t i = 0; i < values->count && !found; i++) {
		char joined[256];
		size_t len = 0;
		for (size_t k = 0; k < values->at[i].len && len < sizeof joined; k++) {
			if (values->at[i].at[k] != ' ')
				joined[len++] = values->at[i].at[k];
		}
		for (size_t k = 0; k + word.len <= len && !found; k++)
			found = text_equal_ignoring_case(text_slice(joined + k, word.len), word);
		explicit_bzero(joined, sizeof joined);
	}
	return found;
}

static bool has_word(const struct found_values *values, struct text word)
{
	if (is_part_of_code(values, word))
		return true;
	for (size_t i = 0; i < values->count; i++) {
		struct text rest = values->at[i], other;
		while (text_split(&rest, ' ', &other)) {
			if (same_word(other, word))
				return true;
		}
	}
	return false;
}

/* Words of one side that the other does not have are marked, where the other has anything at all. */
static void put_side(struct value *line, const char *key, const struct found_values *own,
		     const struct found_values *other)
{
	struct value *side = put_object(line, key), *values = put_array(side, "values");
	put_bool(side, "any", own->count > 0);
	put_bool(side, "withheld", own->withheld && own->count == 0);
	for (size_t i = 0; i < own->count; i++) {
		struct value *value = add_object(values), *parts;
		put_text(value, "value", own->at[i]);
		parts = put_array(value, "parts");
		struct text rest = own->at[i], word;
		while (text_split(&rest, ' ', &word)) {
			if (word.len == 0)
				continue;
			struct value *part = add_object(parts);
			put_text(part, "text", word);
			put_bool(part, "differs", other->count > 0 && !has_word(other, word));
		}
	}
}

static const struct linking_evidence *evidence_of(const struct linking_why *why, const char *column)
{
	for (size_t i = 0; i < why->explanation.count; i++) {
		if (!strcmp(why->explanation.evidence[i].column, column))
			return &why->explanation.evidence[i];
	}
	return NULL;
}

static void put_marks(struct visit *visit, struct value *line, const struct field *field,
		      const struct disclosure_pair *pair, const struct linking_why *why)
{
	struct value *marks = put_array(line, "marks");
	for (const char *const *column = field->columns; *column; column++) {
		const struct linking_evidence *evidence = evidence_of(why, *column);
		if (!evidence || evidence->level == LINKING_LEVEL_MISSING || !column_is_open(visit, pair, evidence))
			continue;
		bool same = evidence->level == LINKING_LEVEL_SAME, against = evidence->weight < 0;
		struct value *mark = add_object(marks);
		put_string(mark, "what", field->columns[1] ? words_of_column(*column) : "");
		put_string(mark, "found", evidence->level_name);
		put_string(mark, "colour", same ? "green" : against ? "red" : "yellow");
	}
}

/* ---- the waterfall ----------------------------------------------------------------------------------------- */

/* The picture is 400 wide, even odds in its middle, and as far to each side as the steps go. */
static const double width = 400, least_extent = 8;

struct scale {
	double extent;
};

static double place(const struct scale *scale, double weight)
{
	return (weight / scale->extent + 1) * width / 2;
}

static struct scale scale_of(const struct words_step *steps, size_t count)
{
	struct scale scale = {least_extent};
	for (size_t i = 0; i < count; i++)
		scale.extent = fmax(scale.extent, fabs(steps[i].before + steps[i].weight));
	return scale;
}

static void put_bar(struct value *row, const struct scale *scale, double from, double to)
{
	double left = place(scale, from < to ? from : to), right = place(scale, from < to ? to : from);
	put_format(row, "x", "%.1f", left);
	put_format(row, "width", "%.1f", right - left < 2 ? 2 : right - left);
	put_string(row, "direction", to >= from ? "for" : "against");
}

static void put_total(struct visit *visit, const struct scale *scale, const struct linking_why *why)
{
	struct value *total = put_object(visit->document, "total");
	put_decimal(total, "weight", round(why->explanation.weight * 100) / 100);
	put_decimal(total, "probability", why->explanation.probability);
	put_text(total, "chance", words_of_probability(visit->arena, why->explanation.probability));
	put_bar(total, scale, 0, why->explanation.weight);
}

static void put_step(struct value *rows, const struct scale *scale, const struct words_step *step)
{
	struct value *row = add_object(rows);
	put_text(row, "what", step->what);
	put_text(row, "found", step->found);
	put_text(row, "worth", step->worth);
	put_decimal(row, "weight", round(step->weight * 100) / 100);
	put_bar(row, scale, step->before, step->before + step->weight);
}

/* Where a column is not for this viewer, neither is what would give it away: what all of it comes to, and steps that
 * are of several columns. The steps that are left stand one upon the other, so that no gap is as wide as what is left
 * out. */
static void put_open_steps(struct visit *visit, const struct disclosure_pair *pair, const struct linking_why *why,
			   struct words_step *steps, size_t count)
{
	struct value *rows = put_array(visit->document, "steps"), *unknown = put_array(visit->document, "unknown");
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		const struct linking_evidence *evidence = steps[i].column ? evidence_of(why, steps[i].column) : NULL;
		if (steps[i].kind != STEP_START && !(evidence && column_is_open(visit, pair, evidence)))
			continue;
		if (!steps[i].known) {
			put_text(add_object(unknown), "title", steps[i].what);
			continue;
		}
		steps[kept] = steps[i];
		steps[kept].before = kept ? steps[kept - 1].before + steps[kept - 1].weight : 0;
		kept++;
	}
	struct scale scale = scale_of(steps, kept);
	for (size_t i = 0; i < kept; i++)
		put_step(rows, &scale, &steps[i]);
	put_format(visit->document, "middle", "%.1f", place(&scale, 0));
}

static void put_waterfall(struct visit *visit, const struct disclosure_pair *pair, const struct linking_why *why)
{
	struct words_step steps[LINKING_COLUMNS + 4];
	size_t count = words_steps(steps, why, visit->arena);
	bool hides = review_hides(visit, pair, why);
	put_bool(visit->document, "hides", hides);
	if (hides) {
		put_open_steps(visit, pair, why, steps, count);
		return;
	}
	struct scale scale = scale_of(steps, count);
	struct value *rows = put_array(visit->document, "steps"), *unknown = put_array(visit->document, "unknown");
	for (size_t i = 0; i < count; i++) {
		if (steps[i].known)
			put_step(rows, &scale, &steps[i]);
		else
			put_text(add_object(unknown), "title", steps[i].what);
	}
	put_total(visit, &scale, why);
	put_format(visit->document, "middle", "%.1f", place(&scale, 0));
}

/* ---- who else ------------------------------------------------------------------------------------------------- */

static void put_others(struct visit *visit, struct value *side, const struct disclosure_side *from)
{
	struct value *others = put_array(side, "others");
	put_bool(side, "has_others", from->other_count > 0);
	for (size_t i = 0; i < from->other_count; i++) {
		const struct disclosed_record *record = &from->others[i];
		struct value *row = add_object(others);
		put_text(row, "service", record->source->title);
		put_text(row, "name", person_name(&record->person));
		put_birth(row, "born_text", record->person.date_of_birth);
		put_string(row, "compare_href", review_href(visit, from->record_id, record->record_id));
	}
}

static void put_household(struct value *side, const struct disclosure_side *from)
{
	const struct disclosed_household *household = NULL;
	for (size_t i = 0; i < from->household_count && !household; i++) {
		if (from->households[i].to == DATE_UNKNOWN)
			household = &from->households[i];
	}
	if (!household)
		return;
	struct value *out = put_object(side, "household"), *members = put_array(out, "members");
	put_href(out, "href", "households", household->household_id);
	put_text(out, "kind", household_kind(household->kind));
	put_text(out, "address", household->address.len ? household->address : TEXT_ABSENT);
	for (size_t i = 0; i < household->member_count; i++) {
		const struct disclosed_member *member = &household->members[i];
		if (member->person.resident_id == from->resident_id || member->to != DATE_UNKNOWN)
			continue;
		struct value *row = add_object(members);
		put_text(row, "name", person_name(&member->person));
		put_birth(row, "born_text", member->person.date_of_birth);
	}
}

static void put_record(struct visit *visit, struct value *sides, const struct disclosure_side *from, const char *letter)
{
	struct value *side = add_object(sides);
	put_string(side, "letter", letter);
	put_int(side, "record", from->record_id);
	put_text(side, "service", from->source->title);
	put_href(side, "resident_href", "residents", from->resident_id);
	put_id(side, "resident", from->resident_id);
	put_text(side, "name", person_name(&from->person));
	put_data_date(side, from->rows[0].origin.data_as_at, from->rows[0].origin.as_at);
	put_others(visit, side, from);
	put_household(side, from);
}

void review_put_comparison(struct visit *visit, const struct disclosure_pair *pair, const struct linking_why *why)
{
	struct value *sides = put_array(visit->document, "sides"), *lines = put_array(visit->document, "lines");
	put_record(visit, sides, &pair->sides[0], "A");
	put_record(visit, sides, &pair->sides[1], "B");
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		struct found_values a = values_of(&fields[i], &pair->sides[0], visit->arena);
		struct found_values b = values_of(&fields[i], &pair->sides[1], visit->arena);
		if (!a.count && !b.count && !a.withheld && !b.withheld)
			continue;
		struct value *line = add_object(lines);
		put_string(line, "title", fields[i].title);
		put_side(line, "a", &a, &b);
		put_side(line, "b", &b, &a);
		put_marks(visit, line, &fields[i], pair, why);
	}
	put_waterfall(visit, pair, why);
}
