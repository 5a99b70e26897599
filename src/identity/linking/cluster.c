#include "base/memory.h"
#include "base/threads.h"
#include "linking/linking_int.h"
#include "linking/sort.h"

#include <math.h>
#include <stdlib.h>

/* Clusters in two steps.  First the connected components of the links; then, inside each, from the
 * strongest link down, two groups are joined when all that their records say of each other, taken
 * together, is for it, and nothing forbids it.
 *
 * Taken together: column by column, not pair by pair. A second copy of a record is no second witness, so
 * what the pairs say of a column is averaged; of what a person has several of (homes, telephones,
 * family names) the best pair counts. The columns' evidence and the prior then make one weight, as for a pair.
 * So a record without a date of birth cannot chain two people together who have different ones. */

/* A person is asked about two groups that were joined, or left apart, within these bounds; the rest is decided, with
 * its probability. */
static const float MOST_DOUBTFUL = 2.0F, LEAST_DOUBTFUL = -1.0F; /* 0.8, 0.33 */
/* Records of two groups that are looked at in a join; more add nothing but time. */
enum { LOOKED_AT = 24 };

static uint32_t root(uint32_t *parent, uint32_t x)
{
	while (parent[x] != x) {
		parent[x] = parent[parent[x]];
		x = parent[x];
	}
	return x;
}

struct component {
	uint32_t first_link, links, first_row, rows, first_constraint, constraints;
};

struct clustering {
	const struct linking_table *table;
	const struct model *model;
	struct linking_link *links; /* in the order of components, strongest first */
	unsigned char *doubtful;    /* by link */
	const struct component *components;
	const uint32_t *members; /* rows of the components */
	uint32_t *joined;        /* row -> lowest row of its cluster */
	float *weakest;          /* by lowest row: the weakest join */
	float least;             /* weight of a link that may join */
	float join_at;           /* weight of two groups that join */
	const struct constraint *constraints;
	uint64_t clean_files; /* bit F: no two records of file F are one person */
	struct comparer *comparers;
};

struct group { /* rows of a group, as a list through `next` */
	uint32_t head, tail, count;
	float weakest;
	uint64_t clean; /* the clean files that it has a record of */
};

struct together { /* what the records of two groups say of each other */
	score4 sum[LINKING_COLUMNS], best[LINKING_COLUMNS], listed_twice;
	unsigned known[LINKING_COLUMNS], compared, conflicts;
	bool forbidden, of_one_source;
};

static bool has_several(enum linking_kind kind)
{
	return kind == LINKING_FAMILY || kind == LINKING_PLACE || kind == LINKING_PHONE || kind == LINKING_EMAIL ||
	       kind == LINKING_IDENTIFIER || kind == LINKING_TEXT;
}

static float for_one_person(score4 term)
{
	return term[0] - (term[1] > term[2] ? term[1] : term[2]);
}

/* A register that names everybody once has two entries for two people, whatever the other records say: of two
 * records of one source the worst counts, not the average. */
static void add_listed_twice(struct together *all, const struct clustering *job, const uint32_t *a, const uint32_t *b,
			     score4 term)
{
	unsigned at = job->table->columns[job->table->source].at;
	if (!a[at] || a[at] != b[at])
		return;
	if (!all->of_one_source || for_one_person(term) < for_one_person(all->listed_twice))
		all->listed_twice = term;
	all->of_one_source = true;
}

static void add_pair(struct together *all, const struct clustering *job, const uint32_t *a, const uint32_t *b,
		     uint64_t pattern)
{
	score4 terms[LINKING_COLUMNS];
	enum linking_conflict conflict = model_conflict(job->table, pattern);
	all->forbidden |= conflict == LINKING_CONFLICT_NUMBER;
	all->conflicts += conflict != LINKING_NO_CONFLICT;
	all->compared += model_could_conflict(job->table, pattern);
	model_terms(job->model, job->table, a, b, pattern, terms);
	for (size_t c = 0; c < job->table->column_count; c++) {
		if (!pattern_level(pattern, c))
			continue;
		if (!all->known[c]++ || for_one_person(terms[c]) > for_one_person(all->best[c]))
			all->best[c] = terms[c];
		all->sum[c] += terms[c];
	}
	if (job->table->source != LINKING_COLUMNS)
		add_listed_twice(all, job, a, b, terms[job->table->source]);
}

static score4 column_weight(const struct clustering *job, const struct together *all, size_t c)
{
	score4 average = all->sum[c] / (float)all->known[c];
	if (has_several(job->table->columns[c].is.kind))
		return all->best[c];
	bool worse = c == job->table->source && all->of_one_source &&
		     for_one_person(all->listed_twice) < for_one_person(average);
	return worse ? all->listed_twice : average;
}

static float weigh(const struct clustering *job, const struct together *all)
{
	score4 total = {job->model->start_m, job->model->start_h, job->model->start_u, 0};
	for (size_t c = 0; c < job->table->column_count; c++) {
		if (all->known[c])
			total += column_weight(job, all, c);
	}
	return total[0] - add_log2(total[1], total[2]);
}

static float weight_of(const struct clustering *job, const struct together *all)
{
	return all->forbidden || all->conflicts * 2 > all->compared ? -1000 : weigh(job, all);
}

float rows_weight(const struct linking_table *table, const struct model *model, struct comparer *comparer,
		  const uint32_t *x, size_t x_count, const uint32_t *y, size_t y_count)
{
	struct clustering job = {.table = table, .model = model};
	struct together all = {0};
	for (size_t i = 0; i < x_count; i++) {
		for (size_t k = 0; k < y_count; k++) {
			const uint32_t *a = table_row(table, x[i]), *b = table_row(table, y[k]);
			add_pair(&all, &job, a, b, comparer_pattern(comparer, a, b));
		}
	}
	return weight_of(&job, &all);
}

/* LINK: of two records that are the groups, or are in them. */
static float groups_weight(const struct clustering *job, struct comparer *comparer, const struct group *x,
			   const struct group *y, const uint32_t *next, const uint32_t *rows,
			   const struct linking_link *link)
{
	struct together all = {0};
	bool is_link = x->count == 1 && y->count == 1; /* which have been compared */
	uint32_t i = x->head;
	for (uint32_t n = 0; n < x->count && n < LOOKED_AT; n++, i = next[i]) {
		uint32_t j = y->head;
		for (uint32_t k = 0; k < y->count && k < LOOKED_AT; k++, j = next[j]) {
			const uint32_t *a = table_row(job->table, rows[i]), *b = table_row(job->table, rows[j]);
			add_pair(&all, job, a, b, is_link ? link->pattern : comparer_pattern(comparer, a, b));
		}
		if (all.forbidden)
			return -1000;
	}
	return weight_of(job, &all);
}

static uint32_t find_row(const uint32_t *rows, uint32_t count, uint32_t row)
{
	uint32_t low = 0, high = count;
	while (high - low > 1) {
		uint32_t middle = (low + high) / 2;
		if (rows[middle] <= row)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void join_groups(struct group *groups, uint32_t *group_of, uint32_t *next, uint32_t into, uint32_t from,
			float weight)
{
	for (uint32_t n = 0, i = groups[from].head; n < groups[from].count; n++, i = next[i])
		group_of[i] = into;
	next[groups[into].tail] = groups[from].head;
	groups[into].tail = groups[from].tail;
	groups[into].count += groups[from].count;
	groups[into].clean |= groups[from].clean;
	float weakest = groups[into].weakest < groups[from].weakest ? groups[into].weakest : groups[from].weakest;
	groups[into].weakest = weakest < weight ? weakest : weight;
	groups[from].count = 0;
}

/* Whether people ruled that somebody of the one group is not somebody of the other. */
static bool is_forbidden(const struct clustering *job, const struct component *component, const uint32_t *group_of,
			 uint32_t x, uint32_t y)
{
	const uint32_t *rows = job->members + component->first_row;
	for (uint32_t i = 0; i < component->constraints; i++) {
		const struct constraint *ruled = &job->constraints[component->first_constraint + i];
		if (ruled->verdict != LINKING_DIFFERENT)
			continue;
		uint32_t a = group_of[find_row(rows, component->rows, ruled->a)];
		uint32_t b = group_of[find_row(rows, component->rows, ruled->b)];
		if ((a == x && b == y) || (a == y && b == x))
			return true;
	}
	return false;
}

/* Whether the two must stay apart whatever the evidence: both have a record of a file that holds each person once,
 * or people ruled so. */
static bool must_stay_apart(const struct clustering *job, const struct component *component, const struct group *groups,
			    const uint32_t *group_of, uint32_t x, uint32_t y)
{
	return (groups[x].clean & groups[y].clean) || is_forbidden(job, component, group_of, x, y);
}

/* What people ruled to be one person is joined before any evidence is looked at. */
static void join_ruled(const struct clustering *job, const struct component *component, struct group *groups,
		       uint32_t *group_of, uint32_t *next)
{
	const uint32_t *rows = job->members + component->first_row;
	for (uint32_t i = 0; i < component->constraints; i++) {
		const struct constraint *ruled = &job->constraints[component->first_constraint + i];
		if (ruled->verdict != LINKING_SAME)
			continue;
		uint32_t x = group_of[find_row(rows, component->rows, ruled->a)];
		uint32_t y = group_of[find_row(rows, component->rows, ruled->b)];
		if (x != y && !is_forbidden(job, component, group_of, x, y))
			join_groups(groups, group_of, next, x < y ? x : y, x < y ? y : x, 1000);
	}
}

/* Whether any were. */
static bool join_linked(struct clustering *job, const struct component *component, struct comparer *comparer,
			struct group *groups, uint32_t *group_of, uint32_t *next)
{
	const uint32_t *rows = job->members + component->first_row;
	bool any = false;
	for (uint32_t l = 0; l < component->links; l++) {
		struct linking_link *link = &job->links[component->first_link + l];
		if (link->weight < job->least)
			break;
		uint32_t x = group_of[find_row(rows, component->rows, link->a)];
		uint32_t y = group_of[find_row(rows, component->rows, link->b)];
		if (x == y || must_stay_apart(job, component, groups, group_of, x, y))
			continue;
		float weight = groups_weight(job, comparer, &groups[x], &groups[y], next, rows, link);
		if (weight <= job->join_at)
			continue;
		join_groups(groups, group_of, next, x < y ? x : y, x < y ? y : x, weight);
		job->doubtful[component->first_link + l] = weight < MOST_DOUBTFUL;
		any = true;
	}
	return any;
}

/* Of the groups that stayed apart. A link between two of them was seen above. */
static void mark_doubtful(struct clustering *job, const struct component *component, struct comparer *comparer,
			  const struct group *groups, const uint32_t *group_of, const uint32_t *next)
{
	const uint32_t *rows = job->members + component->first_row;
	for (uint32_t l = 0; l < component->links; l++) {
		const struct linking_link *link = &job->links[component->first_link + l];
		if (link->weight < job->least)
			break;
		uint32_t x = group_of[find_row(rows, component->rows, link->a)];
		uint32_t y = group_of[find_row(rows, component->rows, link->b)];
		if (x != y && !must_stay_apart(job, component, groups, group_of, x, y))
			job->doubtful[component->first_link + l] =
				groups_weight(job, comparer, &groups[x], &groups[y], next, rows, link) > LEAST_DOUBTFUL;
	}
}

static void cluster_component(struct clustering *job, const struct component *component, struct comparer *comparer)
{
	const uint32_t *rows = job->members + component->first_row;
	uint32_t count = component->rows;
	struct group *groups = memory_alloc(count, sizeof *groups);
	uint32_t *group_of = memory_alloc(count, sizeof *group_of), *next = memory_alloc(count, sizeof *next);
	for (uint32_t i = 0; i < count; i++) {
		unsigned file = job->table->files ? job->table->files[rows[i]] : 0;
		groups[i] = (struct group){i, i, 1, 1000, job->clean_files & UINT64_C(1) << file};
		group_of[i] = i;
	}
	join_ruled(job, component, groups, group_of, next);
	/* what a small group could not show, a grown one may: once more */
	if (join_linked(job, component, comparer, groups, group_of, next))
		(void)join_linked(job, component, comparer, groups, group_of, next);
	mark_doubtful(job, component, comparer, groups, group_of, next);
	/* a group's number is its lowest place, and rows are ascending: its lowest row */
	for (uint32_t i = 0; i < count; i++) {
		job->joined[rows[i]] = rows[group_of[i]];
		job->weakest[rows[i]] = groups[group_of[i]].weakest;
	}
	free(groups);
	free(group_of);
	free(next);
}

/* A component's turn comes soon: its rows are wanted, or with COMPARER what they will be compared by. */
static void expect_component(const struct clustering *job, const struct component *component,
			     const struct comparer *comparer)
{
	enum { MOST = 6 };
	const uint32_t *rows = job->members + component->first_row, *first = table_row(job->table, rows[0]);
	for (uint32_t i = 0; i < component->rows && i < MOST; i++) {
		const uint32_t *row = table_row(job->table, rows[i]);
		if (!comparer)
			__builtin_prefetch(row);
		else if (component->rows > 2)
			comparer_expect(comparer, first, row);
	}
}

static void cluster_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct clustering *job = context;
	(void)chunk;
	enum { ROWS_AHEAD = 12, VALUES_AHEAD = 6 };
	for (size_t i = first; i < end; i++) {
		if (i + ROWS_AHEAD < end)
			expect_component(job, &job->components[i + ROWS_AHEAD], NULL);
		if (i + VALUES_AHEAD < end)
			expect_component(job, &job->components[i + VALUES_AHEAD], &job->comparers[thread]);
		cluster_component(job, &job->components[i], &job->comparers[thread]);
	}
}

/* ---- components -------------------------------------------------------------------------------------- */

static int compare_strength(const void *a, const void *b)
{
	const struct linking_link *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static void unite(uint32_t *parent, uint32_t a, uint32_t b)
{
	uint32_t x = root(parent, a), y = root(parent, b);
	parent[x > y ? x : y] = x < y ? x : y;
}

static uint32_t *connect(const struct links *links, const struct constraints *constraints, size_t rows, float least)
{
	uint32_t *parent = memory_alloc(rows + 1, sizeof *parent);
	for (size_t i = 0; i < rows; i++)
		parent[i] = (uint32_t)i;
	for (size_t i = 0; i < links->count; i++) {
		if (links->at[i].weight >= least)
			unite(parent, links->at[i].a, links->at[i].b);
	}
	for (size_t i = 0; i < constraints->count; i++) {
		if (constraints->at[i].verdict == LINKING_SAME)
			unite(parent, constraints->at[i].a, constraints->at[i].b);
	}
	for (size_t i = 0; i < rows; i++)
		parent[i] = root(parent, (uint32_t)i);
	return parent;
}

/* Rows of each component of two or more, components by their lowest row. */
static size_t list_components(struct component **out, uint32_t **members, const uint32_t *parent, size_t rows,
			      const struct linking_link *links, size_t link_count)
{
	uint32_t *sizes = memory_alloc(rows + 1, sizeof *sizes), *number = memory_alloc(rows + 1, sizeof *number);
	size_t count = 0, at = 0, link = 0;
	for (size_t i = 0; i < rows; i++)
		sizes[parent[i]]++;
	for (size_t i = 0; i < rows; i++)
		count += sizes[i] > 1;
	struct component *components = memory_alloc(count + 1, sizeof *components);
	*members = memory_alloc(rows + 1, sizeof **members);
	count = 0;
	for (size_t i = 0; i < rows; i++) {
		if (sizes[i] < 2)
			continue;
		number[i] = (uint32_t)count;
		components[count++] = (struct component){.first_row = (uint32_t)at};
		at += sizes[i];
	}
	for (size_t i = 0; i < rows; i++) {
		if (sizes[parent[i]] > 1) {
			struct component *c = &components[number[parent[i]]];
			(*members)[c->first_row + c->rows++] = (uint32_t)i;
		}
	}
	for (size_t c = 0; c < count; c++) {
		uint32_t of = parent[(*members)[components[c].first_row]];
		components[c].first_link = (uint32_t)link;
		for (; link < link_count && parent[links[link].a] == of; link++)
			components[c].links++;
	}
	free(sizes);
	free(number);
	*out = components;
	return count;
}

/* Both in the order of components; those of single rows belong to none. */
static void share_constraints(struct component *components, size_t count, const uint32_t *members,
			      const uint32_t *parent, const struct constraints *constraints)
{
	size_t next = 0;
	for (size_t c = 0; c < count && next < constraints->count; c++) {
		uint32_t of = parent[members[components[c].first_row]];
		while (next < constraints->count && constraints->at[next].component < of)
			next++;
		components[c].first_constraint = (uint32_t)next;
		for (; next < constraints->count && constraints->at[next].component == of; next++)
			components[c].constraints++;
	}
}

static void sort_by_strength(struct linking_link *links, size_t count)
{
	enum { FEW = 24 };
	if (count > FEW) {
		qsort(links, count, sizeof *links, compare_strength);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct linking_link moved = links[i];
		size_t j = i;
		for (; j > 0 && compare_strength(&moved, &links[j - 1]) < 0; j--)
			links[j] = links[j - 1];
		links[j] = moved;
	}
}

struct sharing_out {
	const struct linking_link *from;
	struct linking_link *to;
	const uint64_t *order;
	size_t count;
};

/* The links of one component are one thread's, though they begin in one chunk and end in the next. */
static void share_out(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	enum { AHEAD = 8 };
	const struct sharing_out *job = context;
	const uint64_t *order = job->order;
	(void)chunk, (void)thread;
	while (first > 0 && first < end && sort_key(order[first]) == sort_key(order[first - 1]))
		first++;
	if (first == end)
		return;
	for (size_t i = first, behind; i < end; i = behind) {
		for (behind = i; behind < job->count && sort_key(order[behind]) == sort_key(order[i]); behind++) {
			if (behind + AHEAD < job->count)
				__builtin_prefetch(&job->from[sort_value(order[behind + AHEAD])]);
			job->to[behind] = job->from[sort_value(order[behind])];
		}
		sort_by_strength(job->to + i, behind - i);
	}
}

/* Those that may join, in the order of components, the strongest first in each. */
static struct linking_link *links_by_component(const struct links *links, const uint32_t *parent, float least,
					       size_t *count, unsigned threads)
{
	enum { LINKS_A_CHUNK = 1 << 14 };
	uint64_t *order = memory_resize(NULL, links->count + 1, sizeof *order),
		 *spare = memory_resize(NULL, links->count + 1, sizeof *spare);
	*count = 0;
	for (size_t i = 0; i < links->count; i++) {
		if (links->at[i].weight >= least)
			order[(*count)++] = sort_entry(parent[links->at[i].a], (uint32_t)i);
	}
	sort_by_key(order, spare, *count, threads);
	free(spare);
	struct sharing_out job = {links->at, NULL, order, *count};
	job.to = memory_resize(NULL, *count + 1, sizeof *job.to);
	parallel_for(*count, LINKS_A_CHUNK, threads, share_out, &job);
	free(order);
	return job.to;
}

static void number_clusters(struct clusters *out, const uint32_t *joined, const float *weakest, size_t rows)
{
	out->of = memory_alloc(rows + 1, sizeof *out->of);
	out->integrity = memory_alloc(rows + 1, sizeof *out->integrity);
	out->count = 0;
	for (size_t i = 0; i < rows; i++) {
		if (joined[i] == i) {
			out->integrity[out->count] =
				weakest[i] > 900 ? 1 : (float)weight_probability((double)weakest[i]);
			out->of[i] = (uint32_t)out->count++;
		} else {
			out->of[i] = out->of[joined[i]]; /* lower rows are numbered already */
		}
	}
}

static int by_rows(const void *a, const void *b)
{
	const struct linking_link *x = a, *y = b;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static void set_statuses(struct links *links, const struct clusters *clusters, const struct constraints *constraints,
			 const struct clustering *job, size_t count)
{
	for (size_t i = 0; i < links->count; i++) {
		struct linking_link *link = &links->at[i];
		link->status = clusters->of[link->a] == clusters->of[link->b] ? LINKING_LINKED : LINKING_APART;
	}
	for (size_t i = 0; i < count; i++) {
		const struct linking_link *link = &job->links[i];
		if (!job->doubtful[i] ||
		    (constraints->count && constraints_verdict(constraints, link->a, link->b) >= 0))
			continue;
		struct linking_link *found = bsearch(link, links->at, links->count, sizeof *links->at, by_rows);
		if (found)
			found->status = LINKING_REVIEW;
	}
}

void clusters_make(struct clusters *out, struct links *links, const struct linking_table *table,
		   const struct model *model, const struct linking_settings *settings)
{
	unsigned threads = settings->threads ? settings->threads : threads_available();
	double link_at = settings->link_probability > 0 ? settings->link_probability : 0.5;
	float least = (float)log2(link_at / (1 - link_at));
	size_t rows = table->count, link_count;
	struct constraints constraints, in_order;
	constraints_make(&constraints, table, settings);
	constraints_make(&in_order, table, settings);
	uint32_t *parent = connect(links, &constraints, rows, least), *members;
	struct component *components;
	struct linking_link *sorted = links_by_component(links, parent, least, &link_count, threads);
	size_t count = list_components(&components, &members, parent, rows, sorted, link_count);
	constraints_by_component(&in_order, parent);
	share_constraints(components, count, members, parent, &in_order);
	struct clustering job = {.table = table,
				 .model = model,
				 .links = sorted,
				 .components = components,
				 .members = members,
				 .constraints = in_order.at,
				 .clean_files = settings->clean_files,
				 .least = least,
				 .join_at = 0};
	job.doubtful = memory_alloc(link_count + 1, 1);
	job.joined = memory_alloc(rows + 1, sizeof *job.joined);
	job.weakest = memory_alloc(rows + 1, sizeof *job.weakest);
	job.comparers = memory_alloc(threads, sizeof *job.comparers);
	for (size_t i = 0; i < rows; i++) {
		job.joined[i] = (uint32_t)i;
		job.weakest[i] = 1000;
	}
	for (unsigned t = 0; t < threads; t++)
		comparer_init(&job.comparers[t], table);
	parallel_for(count, 64, threads, cluster_chunk, &job);
	number_clusters(out, job.joined, job.weakest, rows);
	set_statuses(links, out, &constraints, &job, link_count);
	constraints_release(&constraints);
	constraints_release(&in_order);
	for (unsigned t = 0; t < threads; t++)
		comparer_release(&job.comparers[t]);
	free(job.comparers);
	free(job.joined);
	free(job.doubtful);
	free(job.weakest);
	free(sorted);
	free(components);
	free(members);
	free(parent);
}

void clusters_release(struct clusters *clusters)
{
	free(clusters->of);
	free(clusters->integrity);
}
