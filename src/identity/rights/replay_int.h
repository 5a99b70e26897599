/* Inside rights: the register of erasures, read. */
#ifndef RIGHTS_REPLAY_INT_H
#define RIGHTS_REPLAY_INT_H

#include "rights/replay.h"

struct registered { /* one erasure */
	int64_t erasure_id;
	instant at;
	struct text by, ground, unsearched;
	int64_t records, rows;
	bool refused, tracked;
	int64_t *proofs, *refused_hashes; /* refused_hashes: 0 where the client is not turned away */
	size_t count;
};
struct erasure_register {
	struct text written;
	struct registered *at;
	size_t count;
};

/* STATUS_REFUSED when it is not whole, or not of this workspace. VAULT NULL: its hashes are not looked at. */
enum status register_read(struct erasure_register *out, const char *path, const struct vault *vault,
			  struct arena *arena, struct error *error) MUST_CHECK;
bool register_has(const struct erasure_register *all, int64_t erasure_id);
/* The same from the desk. */
enum status register_of_desk(struct erasure_register *out, struct store *desk, struct arena *arena,
			     struct error *error) MUST_CHECK;

#endif
