/* The command line: `oneview COMMAND ...`, after the manner of git.
 *
 * Everything that a command accepts is a row of a table (commands.h); parsing, --help,
 * the man pages and bash completion are all read from it, so that they cannot disagree.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

int cli_main(int argc, char **argv); /* the process's exit code: docs/exit-codes.md */

#endif
