/* Feeds: columns, rules, what their rows say of people, how long they are kept.
 *
 * Part of profile.h, which is what to include. */
#ifndef PROFILE_FEED_H
#define PROFILE_FEED_H

#include "profile/condition.h"

enum column_type {
	COLUMN_TEXT,
	COLUMN_NOTE, /* long text, sealed as part 2 */
	COLUMN_CODE,
	COLUMN_INTEGER,
	COLUMN_DECIMAL,
	COLUMN_MONEY,
	COLUMN_DATE,
	COLUMN_DATETIME,
	COLUMN_BOOLEAN,
	COLUMN_JSON
};
const char *column_type_name(enum column_type type);

enum column_check {
	CHECK_NONE,
	CHECK_NHS_NUMBER,
	CHECK_NI_NUMBER,
	CHECK_UPN,
	CHECK_UPRN,
	CHECK_POSTCODE,
	CHECK_EMAIL,
	CHECK_PHONE
};
const char *column_check_name(enum column_check check);

enum feed_delivery { DELIVERY_FULL, DELIVERY_CHANGES, DELIVERY_FIRST_FULL };
enum feed_schedule {
	SCHEDULE_DAILY,
	SCHEDULE_WEEKLY,
	SCHEDULE_MONTHLY,
	SCHEDULE_TERMLY,
	SCHEDULE_YEARLY,
	SCHEDULE_ONCE
};
enum feed_about { ABOUT_RESIDENTS, ABOUT_PROPERTIES };
enum feed_encoding { ENCODING_DETECT, ENCODING_UTF_8, ENCODING_WINDOWS_1252 };
enum rule_severity { SEVERITY_REJECT, SEVERITY_WARN };
enum hold_action { HOLD_EXTRACT, HOLD_NOT };

const char *delivery_name(enum feed_delivery delivery);
const char *schedule_name(enum feed_schedule schedule);

struct profile_code {
	struct text from, to;
};

struct profile_bound {
	bool set, today; /* `today`: the day of the load */
	date date;       /* date and datetime columns */
	double number;   /* integer, decimal, money */
};

struct profile_field { /* of a JSON column: key of the object, and the element it fills */
	struct text key;
	const struct profile_element *element;
};

struct profile_column {
	struct text header;
	const struct profile_element
		*element; /* NULL only for a JSON column (its fields have elements) or `ignore: true` */
	enum column_type type;
	bool required;
	bool ignore;        /* expected in the file, not wanted: never stored */
	struct text format; /* date pattern, see date_parse() */
	struct profile_bound min, max;
	size_t max_length; /* in characters; 0: the ceiling of intake */
	enum column_check check;
	const struct profile_code *codes; /* sorted by `from` */
	size_t code_count;
	const struct text *true_values, *false_values;
	size_t true_count, false_count;
	const struct profile_field *fields;
	size_t field_count;
	unsigned number; /* within its feed */
	struct profile_place place;
};
/* The code written as FROM in the extract, NULL when the list does not have it. */
const struct profile_code *column_code(const struct profile_column *column, struct text from);

struct profile_feed;

struct profile_rule {              /* either a check or a reference */
	struct text name, message; /* message: what to tell the owner of the data; may be absent */
	enum rule_severity severity;
	struct profile_condition check;
	const struct profile_element *element; /* references: this element's value ... */
	const struct profile_feed *feed;       /* ... must be in this feed ... */
	const struct profile_element *element_there;
	struct profile_place place;
};

/* What the rows of a feed say of how people are related. */
enum family_role { /* in the group that rows with one value of `group` are */
		   FAMILY_HEAD,
		   FAMILY_PARTNER,
		   FAMILY_CHILD,
		   FAMILY_SIBLING, /* of the others who have this role */
		   FAMILY_CARER,   /* of the head */
		   FAMILY_TENANT,
		   FAMILY_OCCUPANT,
		   FAMILY_MEMBER, /* of the household; how is not said */
		   FAMILY_ROLE_COUNT
};
struct profile_relationships {
	const struct profile_element *group; /* rows of the feed with the same value are one family's or household's */
	const struct profile_element *role;  /* NULL: all have the role of `everyone` */
	const struct profile_code *roles;    /* from: the value of ROLE; to: family_role_name() */
	size_t role_count;
	enum family_role everyone;
	const struct profile_element **parents; /* columns with a parent's whole name */
	size_t parent_count;
};
const char *family_role_name(enum family_role role);
bool family_role_parse(struct text name, enum family_role *out);

/* Whose case a client is: rows that say which worker, or which team, of the source works with them now. Matched with
 * the numbers that accounts have (policy/relationship.h), on the side that knows no names. */
struct profile_caseload {
	const struct profile_element *worker, *team; /* either may be NULL; both: the feed says nothing of it */
	struct profile_condition when;
};

struct profile_period { /* "6 years" */
	bool given;
	struct text written;
	int months, days; /* one of them */
};
date period_after(const struct profile_period *period, date from); /* DATE_UNKNOWN stays */

/* How long a client's rows of a feed are kept. */
enum retention_from {
	RETENTION_FROM_LAST_ROW, /* the day on which the source last said anything of the client */
	RETENTION_FROM_END,      /* the end of all that the feed says of the client; never while something goes on */
	RETENTION_FROM_BIRTHDAY  /* the client's birthday of `birthday` years */
};
const char *retention_from_name(enum retention_from from);
struct profile_retention {
	struct profile_period keep; /* not given: the feed has no schedule */
	enum retention_from from;
	int birthday;
	bool holds; /* when it is due nothing is deleted: kept for legal claims */
	struct text why;
	struct profile_place place;
};

struct profile_feed {
	struct text id, title;
	const struct profile_source *source;
	struct text file; /* pattern as written, see profile_file_matches() */
	enum feed_delivery delivery;
	enum feed_schedule schedule;
	enum feed_encoding encoding;
	char delimiter, quote; /* '\0': detect */
	enum feed_about about;
	const struct profile_element *client; /* NULL only when it is about properties */
	const struct profile_element **key;
	size_t key_count;
	const struct profile_element *valid_from, *valid_to; /* NULL when not given */
	struct profile_relationships relationships;
	struct profile_caseload caseload;
	struct text compartment; /* absent: none */
	date delete_by;          /* DATE_UNKNOWN: none */
	struct profile_retention retention;
	const struct profile_column *columns;
	size_t column_count;
	const struct profile_rule *rules;
	size_t rule_count;
	double rows_fall_by;      /* share of the last extract's rows, negative: never hold */
	double new_clients_above; /* share of rows, negative: never hold */
	enum hold_action missing_columns;
	struct text standard; /* the public standard it follows, if any */
	bool header_row;      /* false: the columns come in this order, without a first row of names */
	unsigned number;
	const uint16_t *column_of; /* by element number: column number + 1, 0 when none; see feed_column() */
	struct profile_place place;
};
/* The column that fills ELEMENT (itself, or through a JSON field); NULL when none does. */
const struct profile_column *feed_column(const struct profile_feed *feed, const struct profile_element *element);

/* Whether a file's name fits the pattern of FEED; *AS_AT gets the date in it, or DATE_UNKNOWN. */
bool profile_file_matches(const struct profile_feed *feed, struct text file_name, date *as_at);

#endif
