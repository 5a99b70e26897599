#include "cli/cli_int.h"

#include "base/file.h"

#include <stdio.h>

/* oneview.1 and one page a command, into FOLDER. */
static enum status write_man_pages(struct cli *cli, const char *folder, struct error *error)
{
	enum status status = file_make_folder(folder, 0755, error);
	struct buf page;
	buf_init(&page, 1 << 20);
	const struct cli_command *command = NULL; /* the first page is the program's */
	for (size_t i = 0; status == STATUS_OK && (i == 0 || command); i++) {
		buf_clear(&page);
		help_man_page(&page, command);
		struct text path = arena_format(&cli->arena, "%s/oneview%s%s.1", folder, command ? "-" : "",
						command ? command->name : "");
		char *at = arena_copy(&cli->arena, path);
		for (char *c = at + strlen(folder); *c; c++)
			if (*c == ' ')
				*c = '-';
		status = file_replace(at, buf_text(&page), 0644, error);
		command = cli_command_at(i, NULL);
	}
	buf_release(&page);
	return status;
}

static enum status help_topic(struct buf *out, const struct cli *cli, struct error *error)
{
	char name[128];
	const char *first = cli_operand(cli, 0), *second = cli_operand(cli, 1);
	snprintf(name, sizeof name, "%s%s%s", first, second ? " " : "", second ? second : "");
	const struct cli_command *command = cli_command_find(text_of(name));
	if (strcmp(name, "exit-codes") == 0)
		help_exit_codes(out);
	else if (command)
		help_command(out, command);
	else if (cli_is_family(text_of(name)))
		help_verbs(out, text_of(name));
	else
		return cli_unknown_command(text_of(name), error);
	return STATUS_OK;
}

enum status cmd_help(struct cli *cli, struct error *error)
{
	if (cli_value(cli, "write-man-pages"))
		return write_man_pages(cli, cli_value(cli, "write-man-pages"), error);
	struct buf out;
	buf_init(&out, 1 << 20);
	enum status status = STATUS_OK;
	if (cli_flag(cli, "bash-completion"))
		help_completion(&out);
	else if (cli_operand(cli, 0))
		status = help_topic(&out, cli, error);
	else
		help_overview(&out);
	if (status == STATUS_OK) {
		json_put_text(&cli->answer.json, "text", buf_text(&out));
		buf_append_text(&cli->answer.plain, buf_text(&out));
	}
	buf_release(&out);
	return status;
}
