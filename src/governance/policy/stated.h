/* What users state in their own words: why they look, why they broke the glass, what a review found. It may name
 * anybody, so it is sealed by whoever has the vault (vault/disclosure.h) and kept once; wherever it belongs (a session,
 * a pass, every entry of the audit) stands a reference instead, which tells nothing:
 *
 *     words:0n5t7dq0kfv9g:5e8dd316726b0335c7a3b2e1f0d4a699
 *
 * an id and a mark: a salted hash of the words. As part of an audit entry the mark binds the words to the chain, though
 * they can be sealed anew under another key, or deleted.
 */
#ifndef POLICY_STATED_H
#define POLICY_STATED_H

#include "base/arena.h"
#include "base/id.h"
#include "store/store.h"

enum { STATED_MARK_BYTES = 16, STATED_REFERENCE_SIZE = 6 + ID_TEXT_SIZE + 2 * STATED_MARK_BYTES + 1 };

struct stated {
	int64_t id; /* what it is sealed under */
	unsigned char mark[STATED_MARK_BYTES];
};
char *stated_reference(const struct stated *stated, char out[STATED_REFERENCE_SIZE]);
/* False for what is no reference: words from before there were any, or the name of a token. */
bool stated_parse(struct text reference, struct stated *out);

enum status stated_keep(struct store *desk, const struct stated *stated, struct text sealed,
			struct error *error) MUST_CHECK;
/* STATUS_NOT_FOUND "stated.gone" when they were deleted. */
enum status stated_find(struct store *desk, const struct stated *stated, struct arena *arena, struct text *sealed,
			struct error *error) MUST_CHECK;

#endif
