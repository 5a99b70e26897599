/* What the subcommands share: the table's rows, parsed arguments, and the answer.
 *
 * A subcommand is one function: it reads its arguments, calls one room, puts what came of
 * it into cli->answer, and returns a status.  It prints nothing itself: the answer is
 * shown as text or, with --json, as one document, once the function has returned.
 */
#ifndef CLI_CLI_INT_H
#define CLI_CLI_INT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"

struct cli;

enum { CLI_MAX_OPTIONS = 16, CLI_MAX_OPERANDS = 4, CLI_MAX_EXAMPLES = 4, CLI_MAX_VALUES = 64 };

struct cli_option {
	const char *name;     /* "database"; NULL ends the list */
	char letter;          /* 0 when there is none */
	const char *argument; /* "ADDRESS"; "COLUMN..." when it may be given again; NULL when the option takes none */
	const char *help;
	const char *choices; /* "full|changes", or NULL when anything is accepted */
};

struct cli_operand {
	const char *name; /* "WORKSPACE"; NULL ends the list */
	const char *help;
	bool optional;
	bool repeated; /* the last only */
};

struct cli_example {
	const char *command; /* NULL ends the list */
	const char *says;
};

struct cli_command {
	const char *name;    /* "refresh", "user add" */
	const char *summary; /* one line, no full stop */
	const char *details; /* paragraphs apart by an empty line */
	/* One row more than there may be: the one without a name that ends each list. */
	struct cli_operand operands[CLI_MAX_OPERANDS + 1];
	struct cli_option options[CLI_MAX_OPTIONS + 1];
	struct cli_example examples[CLI_MAX_EXAMPLES + 1];
	enum status (*run)(struct cli *cli, struct error *error);
};

#define CLI_MAX_COMMANDS 128
/* The commands in the order of "oneview help"; NULL behind the last. GROUP, unless NULL, gets the heading it is under.
 */
const struct cli_command *cli_command_at(size_t place, const char **group);
extern const struct cli_option cli_common_options[]; /* taken by every command */

const struct cli_command *cli_command_find(struct text name);
bool cli_is_family(struct text word); /* "user": there are commands "user ..." */
enum status cli_unknown_command(struct text word, struct error *error) MUST_CHECK; /* proposes the nearest */

/* The answer: fields and lists, kept as text and JSON side by side. */
struct cli_answer {
	struct json json;
	struct buf document, plain;
	struct buf cells; /* of the list being filled: NUL-ended, one after another */
	size_t columns;
	const char *const *keys;
	size_t cell_count;
	uint64_t right_aligned; /* one bit a column */
	bool colour;
};

struct cli {
	const struct cli_command *command;
	const char *values[CLI_MAX_OPTIONS]; /* by the option's place; "" for one that takes none */
	bool json, quiet;
	const char *operands[CLI_MAX_VALUES];
	size_t operand_count;
	struct cli_answer answer;
	struct arena arena; /* for what the command makes; released by the caller */
};

/* NULL when the option was not given. NAME must be in the command's row. */
const char *cli_value(const struct cli *cli, const char *name);
bool cli_flag(const struct cli *cli, const char *name);
/* Of an option that may be given again: how many values, at most MOST, in the order given. */
size_t cli_value_list(struct cli *cli, const char *name, const char **out, size_t most);
const char *cli_operand(const struct cli *cli, size_t at); /* NULL when not given */
enum status cli_value_int(const struct cli *cli, const char *name, int64_t least, int64_t most, int64_t *value,
			  struct error *error) MUST_CHECK; /* *value stays when the option was not given */

/* Words of ARGV behind the command's name into CLI. */
enum status cli_parse(struct cli *cli, int argc, char **argv, struct error *error) MUST_CHECK;

/* KEY is the JSON name, LABEL what a person reads (NULL: not shown in text). */
void answer_init(struct cli_answer *answer, bool colour);
void answer_release(struct cli_answer *answer);
void answer_text(struct cli_answer *answer, const char *key, const char *label, struct text value);
void answer_int(struct cli_answer *answer, const char *key, const char *label, int64_t value);
void answer_double(struct cli_answer *answer, const char *key, const char *label, double value, int decimals);
void answer_bool(struct cli_answer *answer, const char *key, const char *label, bool value);
void answer_line(struct cli_answer *answer, const char *format, ...) PRINTF_LIKE(2, 3); /* text only */
/* A list of rows with the same COLUMNS. Cells in the columns' order. */
void answer_list(struct cli_answer *answer, const char *key, size_t columns, const char *const *keys,
		 const char *const *headings);
void answer_cell(struct cli_answer *answer, struct text value);
void answer_cell_int(struct cli_answer *answer, int64_t value);
void answer_cell_double(struct cli_answer *answer, double value, int decimals);
void answer_list_end(struct cli_answer *answer);
/* Nested object in JSON; a heading in text. */
void answer_group(struct cli_answer *answer, const char *key, const char *heading);
void answer_group_end(struct cli_answer *answer);

int cli_exit_code(enum status status);
struct cli_exit {
	enum status status;
	int code;
	const char *means;
};
extern const struct cli_exit cli_exits[];
extern const size_t cli_exit_count;

void help_command(struct buf *out, const struct cli_command *command);
void help_overview(struct buf *out);
void help_verbs(struct buf *out, struct text family); /* "user": its add, list ... */
void help_exit_codes(struct buf *out);
void help_man_page(struct buf *out, const struct cli_command *command); /* NULL: oneview(1) itself */
void help_completion(struct buf *out);

/* One a file: cmd_*.c. */
typedef enum status cli_run(struct cli *cli, struct error *error);
cli_run cmd_address_match, cmd_audit_checkpoint, cmd_audit_key, cmd_audit_unusual, cmd_audit_verify, cmd_backup,
	cmd_encode, cmd_evaluate, cmd_evaluate_households, cmd_evaluate_lists, cmd_explain, cmd_help, cmd_ingest,
	cmd_init, cmd_key_change, cmd_key_join, cmd_key_split, cmd_link, cmd_lists, cmd_match, cmd_policy_explain,
	cmd_policy_lift, cmd_policy_protect, cmd_profile_check, cmd_refresh, cmd_restore, cmd_serve, cmd_status,
	cmd_token_add, cmd_token_list, cmd_token_revoke, cmd_user_add, cmd_user_disable, cmd_user_enable, cmd_user_list,
	cmd_user_sync, cmd_user_training, cmd_user_password, cmd_user_roles, cmd_user_second_factor, cmd_user_worker,
	cmd_version;
/* Case notes. */
cli_run cmd_evaluate_notes, cmd_notes_read;
/* Residents' rights. */
cli_run cmd_erase, cmd_rights_answer, cmd_rights_correct, cmd_rights_corrections, cmd_retention_certificate,
	cmd_retention_plan, cmd_retention_run, cmd_rights_flag, cmd_rights_flags, cmd_subject_access, cmd_transparency;
/* Agreements while they run, and their register. */
cli_run cmd_policy_confirm, cmd_policy_preview, cmd_policy_proposals, cmd_policy_propose, cmd_policy_register,
	cmd_policy_reject;
/* Numbers instead of residents. */
cli_run cmd_pseudonym_export, cmd_pseudonym_open;

#endif
