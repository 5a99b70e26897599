#ifndef CLI_EVALUATE_LISTS_H
#define CLI_EVALUATE_LISTS_H

#include "cli/opened.h"

/* Rows of each list, how many of them are right by TRUTH/lists.csv, and how many cases they find. */
enum status evaluate_lists(struct cli *cli, const struct opened *opened, const char *truth,
			   struct error *error) MUST_CHECK;

#endif
