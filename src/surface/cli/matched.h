/* What commands over anybody's person files say of these files: how they were read and understood. */
#ifndef CLI_MATCHED_H
#define CLI_MATCHED_H

#include "cli/cli_int.h"
#include "matching/matching.h"

/* Files with their columns, then what a person should know of them. */
void matched_answer_files(struct cli_answer *answer, const struct matching *matching);

#endif
