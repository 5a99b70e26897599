/* What commands over anybody's files share: that no result overwrites what is read, and what is said of person files.
 */
#ifndef CLI_MATCHED_H
#define CLI_MATCHED_H

#include "cli/cli_int.h"
#include "matching/matching.h"

/* Before minutes of work: can what the OPTIONS name be written at all, and is none of it a file that is read, or twice
 * the same? INPUTS are options that name what is read besides the operands. Both end with NULL. */
enum status matched_check_outputs(const struct cli *cli, const char *const *outputs, const char *const *inputs,
				  struct error *error) MUST_CHECK;
/* Files with their columns, then what a person should know of them. */
void matched_answer_files(struct cli_answer *answer, const struct matching *matching);

#endif
