/* Inside rights: the value that a correction is about. */
#ifndef RIGHTS_CORRECTIONS_INT_H
#define RIGHTS_CORRECTIONS_INT_H

#include "rights/corrections.h"

enum { CORRECTION_WORDS_WANTED = 41, CORRECTION_WORDS_EVIDENCE = 42, CORRECTION_WORDS_REPLY = 43 };

struct correction_place {
	int64_t resident_id; /* the record must be theirs; 0: whosever it is */
	int64_t record_id, row_key;
	struct text feed_id, element_id;
};
struct correction_value {
	int64_t resident_id; /* 0: the record is nobody's */
	bool is_there;
	bool is_offered; /* a correction of it can be asked for */
	int64_t hash;
};
/* As it is now. */
enum status correction_find(struct correction_value *out, const struct correction_place *place,
			    const struct rights_parts *parts, struct error *error) MUST_CHECK;
/* Keyed; letters and the blanks around do not count. */
int64_t correction_hash(const struct vault *vault, struct text value);

#endif
