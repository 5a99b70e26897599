#include "base/map.h"
#include "base/memory.h"
#include "linking/linking.h"

#include <stdlib.h>

struct labelled {
	uint64_t cluster, truth;
};

static int by_cluster(const void *a, const void *b)
{
	const struct labelled *x = a, *y = b;
	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return (x->truth > y->truth) - (x->truth < y->truth);
}

static int by_truth(const void *a, const void *b)
{
	const struct labelled *x = a, *y = b;
	return (x->truth > y->truth) - (x->truth < y->truth);
}

static uint64_t pairs_of(uint64_t count)
{
	return count * (count - 1) / 2;
}

void linking_evaluate(const uint64_t *clusters, const uint64_t *truth, size_t count, struct linking_quality *out)
{
	struct labelled *all = memory_alloc(count + 1, sizeof *all);
	uint64_t together = 0, same_person = 0;
	size_t n = 0;
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < count; i++) {
		if (truth[i] != 0)
			all[n++] = (struct labelled){clusters[i], truth[i]};
	}
	qsort(all, n, sizeof *all, by_cluster);
	for (size_t i = 0, end; i < n; i = end) {
		size_t run = 1;
		for (end = i + 1; end < n && all[end].cluster == all[i].cluster; end++) {
			if (all[end].truth != all[end - 1].truth) {
				out->found += pairs_of(run);
				run = 0;
			}
			run++;
		}
		out->found += pairs_of(run);
		together += pairs_of(end - i);
	}
	qsort(all, n, sizeof *all, by_truth);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && all[end].truth == all[i].truth; end++)
			;
		same_person += pairs_of(end - i);
	}
	free(all);
	out->records = n;
	out->wrong = together - out->found;
	out->missed = same_person - out->found;
	out->precision = together ? (double)out->found / (double)together : 1;
	out->recall = same_person ? (double)out->found / (double)same_person : 1;
	out->f1 = together + same_person ? 2 * (double)out->found / (double)(together + same_person) : 1;
}
