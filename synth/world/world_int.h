/* Shared by the files that make the borough; nothing outside synth/world/ includes it.
 *
 * The world is made in steps, each a function below, in this order. A step may read what
 * earlier ones made. Each draws from streams of its own purpose, so that a change in one
 * step does not move the numbers of another.
 */
#ifndef WORLD_INT_H
#define WORLD_INT_H

#include "base/banned.h"
#include "base/memory.h"
#include "synth/borough.h"

enum stream_purpose {
	STREAM_WARDS = 1,
	STREAM_STREETS,
	STREAM_PROPERTIES,
	STREAM_PLACES,
	STREAM_NAMES,
	STREAM_HOUSEHOLDS,
	STREAM_PERSON,
	STREAM_HISTORY,
	STREAM_NEEDS,
	STREAM_MONTH,
	STREAM_LIFE,
	STREAM_ACCOUNT,
	STREAM_IDENTIFIERS
};

/* Appends a zeroed element to b->ARRAY and gives its address, which is valid until the next. */
#define WORLD_ADD(w, array, singular) \
	(ARRAY_GROW((w)->b->array, (w)->b->singular##_count, (w)->capacity.array), \
	 memset(&(w)->b->array[(w)->b->singular##_count], 0, sizeof *(w)->b->array), \
	 &(w)->b->array[(w)->b->singular##_count++])

void world_make_calendar(struct borough *b);

#endif
