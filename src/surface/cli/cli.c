#include "cli/cli.h"

#include "cli/cli_int.h"

#include "base/interrupt.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

const struct cli_command *cli_command_find(struct text name)
{
	const struct cli_command *command;
	for (size_t i = 0; (command = cli_command_at(i, NULL)); i++)
		if (text_is(name, command->name))
			return command;
	return NULL;
}

bool cli_is_family(struct text word)
{
	const struct cli_command *command;
	for (size_t i = 0; (command = cli_command_at(i, NULL)); i++) {
		struct text name = text_of(command->name);
		if (text_starts_with(name, word) && name.len > word.len && name.at[word.len] == ' ')
			return true;
	}
	return false;
}

enum status cli_unknown_command(struct text word, struct error *error)
{
	struct text names[CLI_MAX_COMMANDS];
	const struct cli_command *command;
	size_t count = 0;
	for (; count < CLI_MAX_COMMANDS && (command = cli_command_at(count, NULL)); count++)
		names[count] = text_of(command->name);
	struct text near = text_nearest(word, names, count);
	error_set(error, STATUS_USAGE, "cli.command", "There is no command \"%.*s\"", TEXT_ARG(word));
	if (!text_is_absent(near))
		error_remedy(error, "did you mean \"oneview %.*s\"?", TEXT_ARG(near));
	else
		error_remedy(error, "\"oneview help\" lists the commands");
	return STATUS_USAGE;
}

/* The command that ARGV names, and how many words its name took. */
static enum status choose_command(const struct cli_command **command, int *taken, int argc, char **argv,
				  struct arena *arena, struct error *error)
{
	struct text word = text_of(argv[0]);
	*taken = 2; /* "evaluate households" goes before "evaluate" and an operand */
	*command = NULL;
	if (argc > 1 && argv[1][0] != '-')
		*command = cli_command_find(arena_format(arena, "%s %s", argv[0], argv[1]));
	if (*command)
		return STATUS_OK;
	*taken = 1;
	*command = cli_command_find(word);
	if (*command)
		return STATUS_OK;
	if (!cli_is_family(word))
		return cli_unknown_command(word, error);
	if (argc > 1 && argv[1][0] != '-')
		return cli_unknown_command(arena_format(arena, "%s %s", argv[0], argv[1]), error);
	error_set(error, STATUS_USAGE, "cli.command", "\"oneview %s\" needs to know what to do", argv[0]);
	error_remedy(error, "\"oneview help %s\" lists what it can do", argv[0]);
	return STATUS_USAGE;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int print_help(const struct cli_command *command)
{
	struct buf out;
	buf_init(&out, 1 << 20);
	if (command)
		help_command(&out, command);
	else
		help_overview(&out);
	fwrite(out.at, 1, out.len, stdout);
	buf_release(&out);
	return 0;
}

static bool colour_wanted(void)
{
	const char *no_colour = getenv("NO_COLOR");
	return !(no_colour && no_colour[0]) && isatty(STDOUT_FILENO) == 1;
}

static void print_error_json(const struct error *error)
{
	struct buf out;
	struct json json;
	buf_init(&out, 1 << 16);
	json_init(&json, &out);
	json_begin_object(&json, NULL);
	json_begin_object(&json, "error");
	json_put_text(&json, "status", text_of(status_name(error->status)));
	json_put_text(&json, "code", text_of(error->code));
	json_put_text(&json, "message", text_of(error->message));
	json_put_text(&json, "remedy", text_of(error->remedy[0] ? error->remedy : NULL));
	json_put_text(&json, "file", text_of(error->file[0] ? error->file : NULL));
	if (error->line)
		json_put_int(&json, "line", error->line);
	json_put_text(&json, "cause", text_of(error->cause[0] ? error->cause : NULL));
	json_end(&json);
	json_end(&json);
	fprintf(stderr, "%s\n", out.at);
	buf_release(&out);
}

/* Whoever read the answer may have seen enough (| head): that is no failure of what was done. */
static bool is_written(struct text answer, bool line_end)
{
	errno = 0;
	bool well = fwrite(answer.at, 1, answer.len, stdout) == answer.len && (!line_end || putchar('\n') != EOF) &&
		    fflush(stdout) == 0;
	return well || errno == EPIPE;
}

/* The answer goes to standard output even when the command failed half-way: it says what was done. */
static enum status print_answer(struct cli *cli, bool well, struct error *error)
{
	json_end(&cli->answer.json);
	bool anything = cli->answer.plain.len > 0 || cli->answer.document.len > 2;
	const struct buf *shown = cli->json ? &cli->answer.document : &cli->answer.plain;
	bool wanted = anything && !(cli->quiet && well && !cli->json) && shown->len > 0;
	bool written = !wanted || is_written(buf_text(shown), cli->json);
	if (cli->answer.document.failed || cli->answer.plain.failed)
		return error_set(error, STATUS_TOO_LARGE, "cli.answer", "The answer is larger than 256 MB");
	if (!written)
		return error_set(error, STATUS_IO, "cli.output", "The answer could not be written");
	return STATUS_OK;
}

static int run_command(struct cli *cli, int argc, char **argv)
{
	struct error error;
	error_clear(&error);
	enum status status = cli_parse(cli, argc, argv, &error);
	if (status == STATUS_OK) {
		answer_init(&cli->answer, !cli->json && colour_wanted());
		status = cli->command->run(cli, &error);
		struct error printing;
		enum status printed = print_answer(cli, status == STATUS_OK, &printing);
		if (status == STATUS_OK && printed != STATUS_OK) {
			status = printed;
			error = printing;
		}
		answer_release(&cli->answer);
	}
	if (status != STATUS_OK) {
		error.status = status;
		if (cli->json)
			print_error_json(&error);
		else
			error_print(&error, stderr);
	}
	return cli_exit_code(status);
}

static void forbid_core_dumps(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

int cli_main(int argc, char **argv)
{
	static char version[] = "version";
	forbid_core_dumps();
	interrupt_catch();
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_help(NULL);
	if (strcmp(argv[1], "--version") == 0)
		argv[1] = version;
	struct cli cli = {0};
	arena_init(&cli.arena, 64 << 20);
	struct error error;
	error_clear(&error);
	int taken, code;
	if (choose_command(&cli.command, &taken, argc - 1, argv + 1, &cli.arena, &error) != STATUS_OK) {
		error_print(&error, stderr);
		code = cli_exit_code(error.status);
	} else if (wants_help(argc - 1 - taken, argv + 1 + taken)) {
		code = print_help(cli.command);
	} else {
		code = run_command(&cli, argc - 1 - taken, argv + 1 + taken);
	}
	arena_release(&cli.arena);
	return code;
}
