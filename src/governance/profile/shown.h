/* What pages show: events, services, balances, markers.
 *
 * Part of profile.h, which is what to include. */
#ifndef PROFILE_SHOWN_H
#define PROFILE_SHOWN_H

#include "profile/feed.h"

enum event_importance { IMPORTANCE_LOW, IMPORTANCE_NORMAL, IMPORTANCE_HIGH };

struct profile_event {
	struct text id, kind; /* kind: the common vocabulary, "tenancy_started" */
	const struct profile_feed *feed;
	const struct profile_element *date;
	const struct profile_element *changed; /* only when this element's value changed from version to version */
	struct text title;                     /* "Tenancy started: {tenure}" */
	struct profile_condition when;
	enum event_importance importance;
	unsigned number;
	struct profile_place place;
};

struct profile_known_to { /* a line of the "known to" card */
	struct text title;
	const struct profile_source *source;
	const struct profile_feed **feeds;
	size_t feed_count;
	struct profile_condition active; /* the service is working with the resident now */
	const struct profile_element *status, *since, *last_contact;
	const struct profile_element *worker, *worker_phone, *worker_email, *team; /* each NULL when not given */
	struct profile_place place;
};

struct profile_section { /* a service's table on the resident's page */
	struct text title;
	const struct profile_feed *feed;
	const struct profile_element **elements;
	size_t element_count;
	struct profile_condition current;
	struct profile_place place;
};

struct profile_balance {
	struct text title;
	const struct profile_feed *feed;
	const struct profile_element *amount, *on; /* on: the date of the balance; NULL: the extract's */
	bool debt_is_positive;
	struct profile_place place;
};

struct profile_marker { /* "Staff must visit in pairs" */
	struct text title;
	const struct profile_feed *feed;
	struct profile_condition when;
	enum event_importance importance;
	struct profile_place place;
};

struct profile_element_list {
	const struct profile_element **at;
	size_t count;
};

#endif
