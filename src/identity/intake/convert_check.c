/* Check digits and forms.  The four numbers that identify a person or a property have one right form, and
 * a wrong one would join strangers: their row is turned away.  A postcode, telephone number or
 * e-mail address that cannot be right is told to the owner and the row is kept. */
#include "clean/identifiers.h"
#include "clean/postcode.h"
#include "intake/intake_int.h"

enum rule_severity check_severity(enum column_check check)
{
	switch (check) {
	case CHECK_NHS_NUMBER:
	case CHECK_NI_NUMBER:
	case CHECK_UPN:
	case CHECK_UPRN:
		return SEVERITY_REJECT;
	default:
		return SEVERITY_WARN;
	}
}

static bool is_email(struct text t)
{
	size_t at = text_find_char(t, '@');
	struct text host = text_slice(t.at + at, t.len - at);
	return at > 0 && at < t.len && text_find_char(t, ' ') == t.len && text_find_char(host, '.') + 1 < host.len;
}

static bool is_postcode(struct text t)
{
	struct postcode postcode;
	return clean_postcode(&postcode, t) && postcode.part == POSTCODE_UNIT && !postcode.repaired;
}

bool convert_check(enum column_check check, struct text text, char canonical[160], struct text *out)
{
	bool good = true;
	*out = TEXT_ABSENT;
	switch (check) {
	case CHECK_NHS_NUMBER:
		good = clean_nhs_number(canonical, text);
		break;
	case CHECK_NI_NUMBER:
		good = clean_ni_number(canonical, text);
		break;
	case CHECK_UPN:
		good = clean_upn(canonical, text);
		break;
	case CHECK_UPRN:
		good = clean_uprn(canonical, text);
		break;
	case CHECK_POSTCODE:
		return is_postcode(text);
	case CHECK_EMAIL:
		return is_email(text);
	case CHECK_PHONE:
		return clean_phone(canonical, text);
	case CHECK_NONE:
		return true;
	}
	if (good)
		*out = text_of(canonical);
	return good;
}
