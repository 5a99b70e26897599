#include "base/utf8.h"
#include "intake/intake_int.h"

#include <jansson.h>
#include <math.h>

void problem_add(struct problems *problems, const struct profile_column *column, const char *rule,
		 enum rule_severity severity, struct text value, const char *format, ...)
{
	problems->reject |= severity == SEVERITY_REJECT;
	if (problems->count == INTAKE_PROBLEMS_PER_ROW)
		return;
	struct problem *problem = &problems->at[problems->count++];
	problem->column = column;
	problem->rule = text_of(rule);
	problem->severity = severity;
	problem->value = value;
	va_list args;
	va_start(args, format);
	vsnprintf(problem->message, sizeof problem->message, format, args);
	va_end(args);
}

/* A copy in the row's scratch, which was given room beforehand and does not move. */
static struct text keep_text(struct converter *converter, const char *at, size_t len)
{
	size_t from = converter->scratch.len;
	buf_append(&converter->scratch, at, len);
	return text_slice(converter->scratch.at + from, converter->scratch.len - from);
}

static bool bad(struct problems *problems, const struct profile_column *column, const char *rule, struct text value,
		const char *message)
{
	problem_add(problems, column, rule, SEVERITY_REJECT, value, "%s", message);
	return false;
}

/* ---- text, notes and codes --------------------------------------------------------------------------- */

static bool convert_text(struct converter *converter, const struct plan_column *pc, struct text field,
			 struct value *value, struct problems *problems)
{
	const struct profile_column *column = pc->column;
	if (field.len > pc->length_ceiling && utf8_count(field) > pc->length_ceiling) {
		problem_add(problems, column, "length", SEVERITY_REJECT, field, "Longer than %zu characters",
			    pc->length_ceiling);
		return false;
	}
	value->text = field;
	if (column->check == CHECK_NONE)
		return true;
	char canonical[160];
	struct text found;
	if (!convert_check(column->check, field, canonical, &found)) {
		problem_add(problems, column, column_check_name(column->check), check_severity(column->check), field,
			    "Not a possible %s", column_check_name(column->check));
		return false;
	}
	if (!text_is_absent(found))
		value->text = keep_text(converter, found.at, found.len);
	return true;
}

static bool convert_code(const struct profile_column *column, struct text field, struct value *value,
			 struct problems *problems)
{
	const struct profile_code *code = column_code(column, field);
	if (!code)
		return bad(problems, column, "code", field, "Not in the list of codes");
	value->text = code->to;
	return true;
}

/* ---- numbers, dates and booleans ----------------------------------------------------------------------- */

static bool in_range(const struct profile_column *column, const struct converter *converter, bool is_date,
		     double number, struct text field, struct problems *problems)
{
	const struct profile_bound *bounds[] = {&column->min, &column->max};
	for (int i = 0; i < 2; i++) {
		const struct profile_bound *bound = bounds[i];
		if (!bound->set)
			continue;
		double limit = !is_date ? bound->number : bound->today ? converter->today : bound->date;
		if (i == 0 ? number >= limit : number <= limit)
			continue;
		char day[DATE_TEXT_SIZE];
		const char *side = i == 0    ? is_date ? "Earlier than" : "Less than"
				   : is_date ? "Later than"
					     : "More than";
		if (is_date)
			problem_add(problems, column, "range", SEVERITY_REJECT, field, "%s %s", side,
				    bound->today ? "the day of the load" : date_format_iso(bound->date, day));
		else
			problem_add(problems, column, "range", SEVERITY_REJECT, field, "%s %.15g", side, limit);
		return false;
	}
	return true;
}

static bool convert_numeric(struct converter *converter, const struct plan_column *pc, struct text field,
			    struct value *value, struct problems *problems)
{
	char out[40];
	size_t len;
	if (!convert_number(pc->column->type, field, out, &len, &value->number)) {
		problem_add(problems, pc->column, "type", SEVERITY_REJECT, field, "Not %s %s",
			    pc->column->type == COLUMN_INTEGER ? "a whole" : "a",
			    pc->column->type == COLUMN_MONEY ? "sum of money" : "number");
		return false;
	}
	if (!in_range(pc->column, converter, false, value->number, field, problems))
		return false;
	bool same = len == field.len && memcmp(out, field.at, len) == 0;
	value->text = same ? field : keep_text(converter, out, len);
	return true;
}

static bool convert_day(struct converter *converter, const struct plan_column *pc, struct text field,
			struct value *value, struct problems *problems)
{
	date day;
	char out[DATE_TEXT_SIZE + 16];
	if (!convert_date(converter, pc, field, &day)) {
		problem_add(problems, pc->column, "type", SEVERITY_REJECT, field, "Not a date of the form %.*s",
			    TEXT_ARG(pc->column->format));
		return false;
	}
	if (!in_range(pc->column, converter, true, day, field, problems))
		return false;
	value->number = day;
	date_format_iso(day, out);
	size_t len = 10;
	if (pc->column->type == COLUMN_DATETIME)
		len += convert_time(field, out + len);
	value->text = keep_text(converter, out, len);
	return true;
}

static bool convert_truth(const struct profile_column *column, struct text field, struct value *value,
			  struct problems *problems)
{
	bool truth;
	if (!convert_boolean(column, field, &truth))
		return bad(problems, column, "type", field, "Neither yes nor no as this column writes them");
	value->text = truth ? TEXT("true") : TEXT("false");
	value->number = truth;
	return true;
}

/* ---- JSON ------------------------------------------------------------------------------------------------- */

static struct text json_text(struct converter *converter, const json_t *json)
{
	char number[64];
	switch (json_typeof(json)) {
	case JSON_STRING: {
		struct text whole = text_slice(json_string_value(json), json_string_length(json));
		struct text text = text_trim(whole);
		return text.len ? keep_text(converter, text.at, text.len) : TEXT_ABSENT;
	}
	case JSON_INTEGER:
		return keep_text(converter, number,
				 (size_t)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json)));
	case JSON_REAL:
		return keep_text(converter, number,
				 (size_t)snprintf(number, sizeof number, "%.15g", json_real_value(json)));
	case JSON_TRUE:
		return TEXT("true");
	case JSON_FALSE:
		return TEXT("false");
	default:
		return TEXT_ABSENT;
	}
}

static bool convert_json(struct converter *converter, const struct plan_column *pc, struct text field,
			 struct value *values, struct problems *problems)
{
	const struct profile_column *column = pc->column;
	json_error_t why;
	json_t *json = json_loadb(field.at, field.len, JSON_REJECT_DUPLICATES, &why);
	bool good = json_is_object(json);
	for (size_t i = 0; i < column->field_count && good; i++) {
		const json_t *value = json_object_get(json, column->fields[i].key.at);
		good = !json_is_object(value) && !json_is_array(value);
		if (value && good)
			values[pc->first_slot + i].text = json_text(converter, value);
	}
	json_decref(json);
	return good ? true : bad(problems, column, "type", field, "Not a JSON object with the expected fields");
}

/* ---- any field ---------------------------------------------------------------------------------------------- */

static bool convert_typed(struct converter *converter, const struct plan_column *pc, struct text field,
			  struct value *values, struct problems *problems)
{
	struct value *value = &values[pc->first_slot];
	switch (pc->column->type) {
	case COLUMN_TEXT:
	case COLUMN_NOTE:
		return convert_text(converter, pc, field, value, problems);
	case COLUMN_CODE:
		return convert_code(pc->column, field, value, problems);
	case COLUMN_INTEGER:
	case COLUMN_DECIMAL:
	case COLUMN_MONEY:
		return convert_numeric(converter, pc, field, value, problems);
	case COLUMN_DATE:
	case COLUMN_DATETIME:
		return convert_day(converter, pc, field, value, problems);
	case COLUMN_BOOLEAN:
		return convert_truth(pc->column, field, value, problems);
	case COLUMN_JSON:
		return convert_json(converter, pc, field, values, problems);
	}
	return false;
}

bool convert_field(struct converter *converter, const struct plan_column *pc, struct text field, struct value *values,
		   struct problems *problems, bool *filled)
{
	struct text trimmed = text_trim(field);
	for (size_t i = 0; i < pc->slot_count; i++)
		values[pc->first_slot + i] = (struct value){0};
	*filled = trimmed.len > 0;
	if (*filled)
		return pc->column->ignore || convert_typed(converter, pc, trimmed, values, problems);
	if (pc->column->required)
		return bad(problems, pc->column, "required", TEXT_ABSENT, "Must be filled");
	return true;
}
