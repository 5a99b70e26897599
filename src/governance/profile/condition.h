/* Conditions: of feed rules, event rules, markers and restrictions.
 *
 * Part of profile.h, which is what to include. */
#ifndef PROFILE_CONDITION_H
#define PROFILE_CONDITION_H

#include "base/date.h"
#include "profile/element.h"

/* One to a few comparisons, all of them joined by `and`, or all by `or`:
 *     tenancy_end >= tenancy_start
 *     balance > 500 and status = 'current'
 *     end_date is absent or end_date >= today
 * A comparison with a value that is missing is not true; a rule of a feed is only broken by a
 * comparison whose two sides are there. */
enum condition_operator {
	CONDITION_EQUAL,
	CONDITION_NOT_EQUAL,
	CONDITION_LESS,
	CONDITION_LESS_EQUAL,
	CONDITION_GREATER,
	CONDITION_GREATER_EQUAL,
	CONDITION_PRESENT, /* `x is present`: no right side */
	CONDITION_ABSENT
};

enum condition_right { RIGHT_NONE, RIGHT_ELEMENT, RIGHT_NUMBER, RIGHT_DATE, RIGHT_TEXT, RIGHT_TODAY, RIGHT_AS_AT };

struct profile_comparison {
	const struct profile_element *left;
	enum condition_operator compare;
	enum condition_right right;
	const struct profile_element *element; /* RIGHT_ELEMENT */
	double number;                         /* RIGHT_NUMBER */
	date date;                             /* RIGHT_DATE */
	struct text text;                      /* RIGHT_TEXT, and how every right side was written */
};

struct profile_condition {
	struct text written; /* absent when there is no condition: always true */
	const struct profile_comparison *comparisons;
	size_t count;
	bool any; /* joined by `or` */
};

/* What a condition is asked about: the value of an element as fact payloads hold it (dates as
 * YYYY-MM-DD, numbers with a point, codes translated), absent when there is none. */
struct condition_values {
	struct text (*value)(const void *context, const struct profile_element *element);
	const void *context;
	date today, as_at;
};
bool condition_holds(const struct profile_condition *condition, const struct condition_values *values);
/* The same for rules of a feed: a comparison with a missing side counts as kept. */
bool condition_kept(const struct profile_condition *condition, const struct condition_values *values);

#endif
