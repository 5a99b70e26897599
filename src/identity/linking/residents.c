#include "linking/residents.h"

#include "base/map.h"
#include "base/memory.h"

#include <stdlib.h>

struct share { /* records that an id and a cluster have in common */
	int64_t id, lowest_record;
	uint32_t cluster, records;
};

const char *resident_change_name(enum resident_change change)
{
	static const char *const names[RESIDENT_CHANGE_COUNT] = {"began", "linked", "ended", "separated"};
	return names[change];
}

static int by_pair(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return (x->lowest_record > y->lowest_record) - (x->lowest_record < y->lowest_record);
}

static int by_size(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	if (x->records != y->records)
		return x->records > y->records ? -1 : 1;
	return (x->lowest_record > y->lowest_record) - (x->lowest_record < y->lowest_record);
}

static struct share *share_out(const struct residents_input *input, size_t *count)
{
	struct share *shares = memory_alloc(input->count + 1, sizeof *shares);
	size_t n = 0, kept = 0;
	for (size_t i = 0; i < input->count; i++) {
		if (input->before[i])
			shares[n++] = (struct share){input->before[i], input->records[i], input->cluster[i], 1};
	}
	qsort(shares, n, sizeof *shares, by_pair);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && shares[kept - 1].id == shares[i].id && shares[kept - 1].cluster == shares[i].cluster)
			shares[kept - 1].records++;
		else
			shares[kept++] = shares[i];
	}
	*count = kept;
	return shares;
}

static void add_event(struct residents_result *out, int64_t id, int64_t other, enum resident_change change,
		      uint32_t records)
{
	ARRAY_GROW(out->events, out->event_count, out->event_capacity);
	out->events[out->event_count++] = (struct resident_event){id, other, change, records};
}

/* Gives ids to clusters, largest share first; taken: id -> cluster + 1. */
static void keep_ids(struct residents_result *out, struct share *shares, size_t count, struct id_map *taken)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t *cluster = id_map_put(taken, (uint64_t)shares[i].id, NULL);
		if (*cluster || out->resident[shares[i].cluster])
			continue;
		*cluster = shares[i].cluster + 1;
		out->resident[shares[i].cluster] = shares[i].id;
	}
}

static void make_ids(struct residents_result *out, const struct residents_input *input, struct id_map *taken)
{
	uint32_t *sizes = memory_alloc(input->clusters + 1, sizeof *sizes);
	for (size_t i = 0; i < input->count; i++)
		sizes[input->cluster[i]]++;
	for (size_t i = 0; i < input->count; i++) { /* records ascend: the first of a cluster is its lowest */
		uint32_t cluster = input->cluster[i];
		if (out->resident[cluster])
			continue;
		bool is_new = false;
		for (unsigned attempt = 0; !is_new; attempt++) {
			int64_t id = input->new_id(input->context, input->records[i], attempt);
			if (input->was_used(input->context, id))
				continue;
			*id_map_put(taken, (uint64_t)id, &is_new) = cluster + 1;
			out->resident[cluster] = id;
		}
		add_event(out, out->resident[cluster], 0, RESIDENT_BEGAN, sizes[cluster]);
	}
	free(sizes);
}

/* SHARES in order of id. */
static void tell_moves(struct residents_result *out, const struct share *shares, size_t count,
		       const struct id_map *taken)
{
	for (size_t i = 0, end; i < count; i = end) {
		const uint64_t *kept = id_map_get(taken, (uint64_t)shares[i].id);
		bool lives = kept && *kept;
		size_t largest = i;
		uint32_t all = 0;
		for (end = i; end < count && shares[end].id == shares[i].id; end++) {
			all += shares[end].records;
			if (shares[end].records > shares[largest].records)
				largest = end;
		}
		if (!lives)
			add_event(out, shares[i].id, out->resident[shares[largest].cluster], RESIDENT_ENDED, all);
		for (size_t k = i; k < end; k++) {
			int64_t now = out->resident[shares[k].cluster];
			if (now == shares[i].id)
				continue;
			if (lives || k != largest)
				add_event(out, shares[i].id, now, RESIDENT_SEPARATED, shares[k].records);
			add_event(out, now, shares[i].id, RESIDENT_LINKED, shares[k].records);
		}
	}
}

void residents_assign(struct residents_result *out, const struct residents_input *input)
{
	struct id_map taken;
	size_t count;
	memset(out, 0, sizeof *out);
	out->resident = memory_alloc(input->clusters + 1, sizeof *out->resident);
	id_map_init(&taken);
	struct share *shares = share_out(input, &count);
	qsort(shares, count, sizeof *shares, by_size);
	keep_ids(out, shares, count, &taken);
	make_ids(out, input, &taken);
	qsort(shares, count, sizeof *shares, by_pair);
	tell_moves(out, shares, count, &taken);
	free(shares);
	id_map_release(&taken);
}

void residents_release(struct residents_result *result)
{
	free(result->resident);
	free(result->events);
}
