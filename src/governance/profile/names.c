#include "profile/factor.h"
#include "profile/profile.h"
#include "profile/profile_int.h"

/* The words of the YAML files, one table an enum; position is the enum's value. */

const char *const category_names[] = {"identity", "personal", "special", "criminal", "protected", "other", NULL};
const char *const use_names[] = {"display", "modelling", "monitoring", NULL};
const char *const type_names[] = {"text", "note",     "code",    "integer", "decimal", "money",
				  "date", "datetime", "boolean", "json",    NULL};
const char *const check_names[] = {"none",     "nhs_number", "ni_number", "upn", "uprn",
				   "postcode", "email",      "phone",     NULL};
const char *const delivery_names[] = {"full", "changes", "first_full", NULL};
const char *const schedule_names[] = {"daily", "weekly", "monthly", "termly", "yearly", "once", NULL};
const char *const encoding_names[] = {"detect", "utf-8", "windows-1252", NULL};
const char *const severity_names[] = {"reject", "warn", NULL};
const char *const hold_names[] = {"hold", "accept", NULL};
const char *const hides_names[] = {"resident", "address", NULL};
const char *const marks_names[] = {"resident", "property", NULL};
const char *const importance_names[] = {"low", "normal", "high", NULL};
const char *const about_names[] = {"residents", "properties", NULL};
const char *const list_subject_names[] = {"property", "household", "resident", NULL};
const char *const group_life_names[] = {"now", "ended", "ever", NULL};
const char *const group_measure_names[] = {"count", "people", "properties", "families", "sources", NULL};
const char *const factor_category_names[] = {"risk", "protective", "contextual", NULL};
const char *const capability_names[] = {
#define PROFILE_CAPABILITY_NAME(name, text) text,
	PROFILE_CAPABILITIES(PROFILE_CAPABILITY_NAME)
#undef PROFILE_CAPABILITY_NAME
		NULL};

const char *const agreement_status_names[] = {"draft", "approved", "suspended", "ended", NULL};
const char *const party_part_names[] = {"service", "controller", "joint_controller", "processor", NULL};
const char *const term_names[] = {
#define TERM_NAME(name, key, title) key,
	PROFILE_TERMS(TERM_NAME)
#undef TERM_NAME
		NULL};

bool name_parse(const char *const *names, struct text written, int *out)
{
	for (int i = 0; names[i]; i++) {
		if (text_is(written, names[i])) {
			*out = i;
			return true;
		}
	}
	return false;
}

const char *factor_category_name(enum factor_category category)
{
	return factor_category_names[category];
}

const char *category_name(enum element_category category)
{
	return category_names[category];
}

const char *column_type_name(enum column_type type)
{
	return type_names[type];
}

const char *column_check_name(enum column_check check)
{
	return check_names[check];
}

const char *delivery_name(enum feed_delivery delivery)
{
	return delivery_names[delivery];
}

const char *schedule_name(enum feed_schedule schedule)
{
	return schedule_names[schedule];
}

const char *group_measure_name(enum group_measure measure)
{
	return group_measure_names[measure];
}

const char *capability_name(enum capability capability)
{
	return capability_names[capability];
}

bool capability_parse(struct text name, enum capability *out)
{
	int at;
	if (!name_parse(capability_names, name, &at))
		return false;
	*out = (enum capability)at;
	return true;
}

const char *agreement_status_name(enum agreement_status status)
{
	return agreement_status_names[status];
}

const char *party_part_name(enum party_part part)
{
	return party_part_names[part];
}

const char *term_name(enum agreement_term term)
{
	return term_names[term];
}
