/* Personal names: taken apart, folded, and compared by what people do to them.
 *
 * A name may come in columns or as one text; both end in the same struct:
 *
 *     struct person_name name;
 *     clean_name(&name, &(struct name_columns){.full = TEXT("OKAFOR-SMITH, Dr Chidi James Jr")});
 *     // given "chidi", middle "james", family "okafor smith", suffix NAME_JUNIOR
 *
 * Titles and post-nominals are taken out (a title may tell the sex); particles stay with
 * the family name ("van den berg"); O' and Mc, also when written apart, join what follows.
 */
#ifndef CLEAN_NAMES_H
#define CLEAN_NAMES_H

#include "base/text.h"
#include "clean/identifiers.h"

enum { NAME_SIZE = 64 };
enum name_suffix { NAME_NO_SUFFIX, NAME_JUNIOR, NAME_SENIOR, NAME_SECOND, NAME_THIRD };

struct name_columns { /* absent where the source has no such column */
	struct text title, full, given, middle, family;
};

struct person_name { /* folded; empty when not known */
	char given[NAME_SIZE];
	char middle[NAME_SIZE];
	char family[NAME_SIZE];
	enum name_suffix suffix;
	enum sex title_sex;
};

void clean_name(struct person_name *out, const struct name_columns *columns);

/* "Jr", "snr", "III"; NAME_NO_SUFFIX for anything else. */
enum name_suffix clean_suffix(struct text in);

/* How two given names (folded, one word each as a rule) agree, best first. Symmetric. */
enum given_agreement {
	GIVEN_SAME,
	GIVEN_VARIANT, /* nickname, diminutive or another spelling of one name: bill, william; mohammed, muhammad */
	GIVEN_CLOSE,   /* a slip of the pen, or the same sound */
	GIVEN_INITIAL, /* one is the initial of the other */
	GIVEN_PART, /* one begins or ends the other: "anne", "annemarie"; "tunde", "babatunde"; "kully", "kulwinder" */
	GIVEN_DIFFERENT
};
enum given_agreement clean_given_compare(struct text a, struct text b);

enum family_agreement {
	FAMILY_SAME,
	FAMILY_CLOSE, /* a slip of the pen, spaces, particles, or the same sound */
	FAMILY_PART,  /* a word in common: "okafor", "okafor smith" */
	FAMILY_DIFFERENT
};
enum family_agreement clean_family_compare(struct text a, struct text b);

/* Whether FIRST and SECOND, or the last word of FIRST and SECOND, are WHOLE but for spaces and particles. */
bool clean_joined(struct text first, struct text second, struct text whole);

/* Whether the table of nicknames and spellings has both as forms of one name. */
bool clean_same_given_name(struct text a, struct text b);
/* The group's lowest number, or -1: for blocking. */
int clean_given_group(struct text given);
/* All its groups, as bits that groups share: names without a common bit are in no common group. */
uint64_t clean_given_groups(struct text given);

#endif
