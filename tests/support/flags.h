/* What a resident of the borough asked for, recorded and known to its policy. Include after support/borough.h. */
#ifndef TESTS_SUPPORT_FLAGS_H
#define TESTS_SUPPORT_FLAGS_H

#include "rights/flags.h"

static inline void borough_flag(struct borough *b, int64_t resident_id, enum flag_kind kind, const char *about,
				bool holds)
{
	struct error e;
	const struct rights_parts parts = {b->profile, b->vault, b->data, b->desk};
	const struct rights_flag order = {.kind = kind,
					  .about = text_of(about),
					  .holds = holds,
					  .reason = TEXT("a letter"),
					  .by = TEXT("officer")};
	assert_ok(store_begin(b->desk, &e), &e);
	assert_ok(rights_flag_do(&order, &parts, resident_id, &e), &e);
	assert_ok(store_commit(b->desk, &e), &e);
	assert_ok(policy_load(b->policy, b->data, b->desk, &e), &e);
}

#endif
