/* Lists for investigators.
 *
 * Part of profile.h, which is what to include. */
#ifndef PROFILE_LIST_H
#define PROFILE_LIST_H

#include "profile/access.h"

/* A list names *groups* of rows and of people around each subject, and says by their counts which subjects are on
 * it and how urgent each is.  docs/formats/profile.md has the words; casework/lists.h works it out. */
enum list_subject { LIST_OF_PROPERTIES, LIST_OF_HOUSEHOLDS, LIST_OF_RESIDENTS };

enum { GROUP_SUBJECT = -1, GROUPS_MOST = 24, LIST_CONDITIONS_MOST = 64 };
enum group_place {
	PLACE_ANYWHERE,
	PLACE_HERE,      /* at the subject's property */
	PLACE_ELSEWHERE, /* at another property */
	PLACE_WITH,      /* at a property where a row of group `place_group` is */
	PLACE_APART      /* at a property where none is */
};
enum group_life { LIFE_NOW, LIFE_ENDED, LIFE_EVER }; /* of rows */

struct profile_range { /* whole days or years: from <= x < below; negative: open */
	int from, below;
};

struct profile_group {
	struct text id;
	bool people;                       /* else rows */
	int of;                            /* of whom: number of an earlier group, GROUP_SUBJECT */
	enum group_place place;            /* of people: where they live now */
	int place_group;                   /* PLACE_WITH, PLACE_APART */
	bool residences;                   /* rows: of what all sources together say about who lived where ... */
	const struct profile_feed **feeds; /* ... or of these feeds ... */
	size_t feed_count;
	struct profile_condition when; /* ... that meet this */
	enum group_life life;
	struct profile_range begun;   /* rows: days since valid_from */
	struct profile_range age;     /* people: years; who has no date of birth is of age when `adults_too` */
	bool adults_too;              /* ... */
	struct profile_range home;    /* people: days since they came to live at their home */
	struct profile_range arrived; /* people: days since any source first knew them in the area */
	bool together;                /* people: and whoever lives with them */
	bool doubles;                 /* people: who may be one person with somebody of `of`, by the review queue */
	bool doubtful;                /* people: also those whose home is uncertain */
	const int *except;            /* people: not those of these earlier groups */
	size_t except_count;
	unsigned number; /* within its list */
	struct profile_place written_at;
};

enum group_measure { MEASURE_COUNT, MEASURE_PEOPLE, MEASURE_PROPERTIES, MEASURE_FAMILIES, MEASURE_SOURCES };
const char *group_measure_name(enum group_measure measure);

struct profile_test { /* "adults >= 1", "claims.properties >= 2" */
	int group;
	enum group_measure measure;
	enum condition_operator compare;
	int number;
};

struct profile_points { /* a reason: its points, once or for each of what EACH counts */
	int points;
	struct text reason; /* "{adults} adults ..." */
	const struct profile_test *tests;
	size_t test_count;
	int each; /* group, or GROUP_SUBJECT: once */
};

struct profile_outcome {
	struct text id, title;
	bool right; /* the list was right about the subject */
};

struct profile_list {
	struct text id, title;
	struct text question; /* what the investigator is to find out */
	struct text caution;  /* what else it may be */
	enum list_subject subject;
	const struct profile_team *owner;
	const struct profile_purpose *purpose;
	const struct profile_agreement *agreement; /* its recipients may see the list */
	const struct text *property_kinds;         /* lists of properties: only these; 0: all */
	size_t property_kind_count;
	const struct text *whole; /* lists of properties: parts of a building of these kinds count as one with it */
	size_t whole_count;
	const struct profile_group *groups;
	size_t group_count;
	const struct profile_test *all, *any; /* all of these, and one of those if there are any */
	size_t all_count, any_count;
	const struct profile_points *points;
	size_t points_count;
	const int *show; /* groups whose people are named on the page, beside the subject */
	size_t show_count;
	const struct profile_outcome *outcomes;
	size_t outcome_count;
	int again_after; /* days after an outcome until the subject may come back; negative: never */
	unsigned number;
	struct profile_place place;
};
const struct profile_outcome *list_outcome(const struct profile_list *list, struct text id); /* NULL: no such */

#endif
