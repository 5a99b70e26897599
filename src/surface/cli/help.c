/* --help, man pages and bash completion, all read from the table of commands. */
#include "cli/cli_int.h"

enum { WRAP_AT = 80, HELP_INDENT = 28 };

/* TEXT broken between words, each line behind INDENT blanks; AT is where the cursor stands. */
static void append_wrapped(struct buf *out, struct text text, int indent, int at)
{
	struct text word;
	bool first = true;
	while (text_split(&text, ' ', &word)) {
		if (text_is_empty(word))
			continue;
		if (!first && at + 1 + (int)word.len > WRAP_AT) {
			buf_format(out, "\n%*s", indent, "");
			at = indent;
			first = true;
		}
		if (!first) {
			buf_append_char(out, ' ');
			at++;
		}
		buf_append_text(out, word);
		at += (int)word.len;
		first = false;
	}
	buf_append_char(out, '\n');
}

static void append_usage(struct buf *out, const struct cli_command *command)
{
	buf_format(out, "oneview %s", command->name);
	for (const struct cli_operand *operand = command->operands; operand->name; operand++)
		buf_format(out, " %s%s%s%s", operand->optional ? "[" : "", operand->name,
			   operand->repeated ? "..." : "", operand->optional ? "]" : "");
	buf_append_text(out, TEXT(" [OPTION]..."));
}

static void append_label(struct buf *out, struct text label, const char *help)
{
	int at = 2 + (int)label.len;
	buf_format(out, "  %.*s", TEXT_ARG(label));
	if (at + 2 > HELP_INDENT) {
		buf_append_char(out, '\n');
		at = 0;
	}
	buf_format(out, "%*s", HELP_INDENT - at, "");
	append_wrapped(out, text_of(help), HELP_INDENT, HELP_INDENT);
}

static struct text option_label(const struct cli_option *option, char *space, size_t size)
{
	char letter[8] = "    ";
	if (option->letter)
		snprintf(letter, sizeof letter, "-%c, ", option->letter);
	int len = snprintf(space, size, "%s--%s%s%s", letter, option->name, option->argument ? "=" : "",
			   option->argument ? option->argument : "");
	return text_slice(space, (size_t)len < size ? (size_t)len : size - 1);
}

static void append_options(struct buf *out, const struct cli_option *options)
{
	char label[80];
	for (const struct cli_option *option = options; option->name; option++)
		append_label(out, option_label(option, label, sizeof label), option->help);
}

static void append_paragraphs(struct buf *out, const char *details)
{
	struct text rest = text_of(details), line;
	while (text_split(&rest, '\n', &line)) {
		if (text_is_empty(line))
			buf_append_char(out, '\n');
		else
			append_wrapped(out, line, 0, 0);
	}
}

void help_command(struct buf *out, const struct cli_command *command)
{
	buf_append_text(out, TEXT("Usage: "));
	append_usage(out, command);
	buf_format(out, "\n\n%s.\n", command->summary);
	if (command->details) {
		buf_append_char(out, '\n');
		append_paragraphs(out, command->details);
	}
	if (command->operands[0].name)
		buf_append_char(out, '\n');
	for (const struct cli_operand *operand = command->operands; operand->name; operand++)
		append_label(out, text_of(operand->name), operand->help);
	buf_append_text(out, TEXT("\nOptions:\n"));
	append_options(out, command->options);
	append_options(out, cli_common_options);
	if (command->examples[0].command)
		buf_append_text(out, TEXT("\nExamples:\n"));
	for (const struct cli_example *example = command->examples; example->command; example++)
		buf_format(out, "  %s\n      %s\n", example->command, example->says);
	buf_append_text(out, TEXT("\nExit codes: \"oneview help exit-codes\".\n"));
}

static void append_command_list(struct buf *out, struct text family)
{
	const char *last = "", *group;
	const struct cli_command *command;
	for (size_t i = 0; (command = cli_command_at(i, &group)); i++) {
		struct text name = text_of(command->name);
		bool inside = text_starts_with(name, family) && name.len > family.len && name.at[family.len] == ' ';
		if (!text_is_empty(family) && !inside)
			continue;
		if (strcmp(group, last) != 0 && text_is_empty(family))
			buf_format(out, "\n%s\n", group);
		last = group;
		buf_format(out, "  %-18s %s\n", command->name, command->summary);
	}
}

void help_overview(struct buf *out)
{
	buf_append_text(out, TEXT("Usage: oneview COMMAND [OPERAND]... [OPTION]...\n\n"
				  "One view of each resident, household and property, from the systems that a council\n"
				  "already has. It advises; it never decides.\n"));
	append_command_list(out, TEXT(""));
	buf_append_text(out,
			TEXT("\n\"oneview help COMMAND\" or \"oneview COMMAND --help\" tells more, with examples.\n"));
}

void help_verbs(struct buf *out, struct text family)
{
	buf_format(out, "Usage: oneview %.*s COMMAND ...\n\n", TEXT_ARG(family));
	append_command_list(out, family);
}

void help_exit_codes(struct buf *out)
{
	for (size_t i = 0; i < cli_exit_count; i++)
		buf_format(out, "%4d  %-12s  %s\n", cli_exits[i].code, status_name(cli_exits[i].status),
			   cli_exits[i].means);
}

/* roff: a leading dot or apostrophe and every backslash and hyphen must be kept from being read as requests. */
static void append_roff(struct buf *out, struct text text)
{
	bool line_start = true;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		if (line_start && (c == '.' || c == '\''))
			buf_append_text(out, TEXT("\\&"));
		if (c == '\\')
			buf_append_text(out, TEXT("\\e"));
		else if (c == '"')
			buf_append_text(out, TEXT("\\(dq"));
		else if (c == '-')
			buf_append_text(out, TEXT("\\-"));
		else
			buf_append_char(out, c);
		line_start = c == '\n';
	}
}

static void man_section(struct buf *out, const char *name)
{
	buf_format(out, ".SH %s\n", name);
}

static void man_item(struct buf *out, struct text label, const char *help)
{
	buf_append_text(out, TEXT(".TP\n.B "));
	append_roff(out, label);
	buf_append_char(out, '\n');
	append_roff(out, text_of(help));
	buf_append_char(out, '\n');
}

static void man_paragraphs(struct buf *out, const char *details)
{
	struct text rest = text_of(details), line;
	while (text_split(&rest, '\n', &line)) {
		if (text_is_empty(line))
			buf_append_text(out, TEXT(".PP"));
		else
			append_roff(out, line);
		buf_append_char(out, '\n');
	}
}

static void man_options(struct buf *out, const struct cli_option *options)
{
	char label[80];
	for (const struct cli_option *option = options; option->name; option++)
		man_item(out, text_trim(option_label(option, label, sizeof label)), option->help);
}

static void man_exit_codes(struct buf *out)
{
	char code[16];
	man_section(out, "EXIT STATUS");
	for (size_t i = 0; i < cli_exit_count; i++) {
		snprintf(code, sizeof code, "%d", cli_exits[i].code);
		man_item(out, text_of(code), cli_exits[i].means);
	}
}

static void man_overview(struct buf *out)
{
	buf_append_text(out, TEXT(".TH ONEVIEW 1 \"\" \"OneView\" \"OneView\"\n"));
	man_section(out, "NAME");
	buf_append_text(out, TEXT("oneview \\- one view of each resident, household and property\n"));
	man_section(out, "SYNOPSIS");
	buf_append_text(out, TEXT(".B oneview\nCOMMAND [OPERAND]... [OPTION]...\n"));
	man_section(out, "COMMANDS");
	const struct cli_command *command;
	for (size_t i = 0; (command = cli_command_at(i, NULL)); i++)
		man_item(out, text_of(command->name), command->summary);
	man_section(out, "ENVIRONMENT");
	man_item(out, TEXT("NO_COLOR"), "When set to anything, no colour is used on a terminal.");
	man_item(out, TEXT("ONEVIEW_TODAY"),
		 "A date (YYYY-MM-DD) to take for today, for runs that must be repeatable.");
	man_item(out, TEXT("ONEVIEW_PASSWORD"), "The password for init and user commands, in place of being asked.");
	man_exit_codes(out);
}

void help_man_page(struct buf *out, const struct cli_command *command)
{
	if (!command) {
		man_overview(out);
		return;
	}
	struct text name = text_of(command->name);
	buf_append_text(out, TEXT(".TH ONEVIEW\\-"));
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];
		if (c == ' ')
			buf_append_text(out, TEXT("\\-"));
		else
			buf_append_char(out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
	buf_append_text(out, TEXT(" 1 \"\" \"OneView\" \"OneView\"\n"));
	man_section(out, "NAME");
	buf_append_text(out, TEXT("oneview\\-"));
	for (size_t i = 0; i < name.len; i++)
		buf_append_text(out, name.at[i] == ' ' ? TEXT("\\-") : text_slice(name.at + i, 1));
	buf_append_text(out, TEXT(" \\- "));
	append_roff(out, text_of(command->summary));
	buf_append_char(out, '\n');
	man_section(out, "SYNOPSIS");
	struct buf usage;
	buf_init(&usage, 4096);
	append_usage(&usage, command);
	append_roff(out, buf_text(&usage));
	buf_release(&usage);
	buf_append_char(out, '\n');
	man_section(out, "DESCRIPTION");
	append_roff(out, text_of(command->summary));
	buf_append_text(out, TEXT(".\n"));
	if (command->details) {
		buf_append_text(out, TEXT(".PP\n"));
		man_paragraphs(out, command->details);
	}
	for (const struct cli_operand *operand = command->operands; operand->name; operand++)
		man_item(out, text_of(operand->name), operand->help);
	man_section(out, "OPTIONS");
	man_options(out, command->options);
	man_options(out, cli_common_options);
	if (command->examples[0].command)
		man_section(out, "EXAMPLES");
	for (const struct cli_example *example = command->examples; example->command; example++)
		man_item(out, text_of(example->command), example->says);
	man_exit_codes(out);
	man_section(out, "SEE ALSO");
	buf_append_text(out, TEXT(".BR oneview (1)\n"));
}

static void completion_words(struct buf *out, const struct cli_option *options)
{
	for (const struct cli_option *option = options; option->name; option++)
		buf_format(out, " --%s%s", option->name, option->argument ? "=" : "");
}

/* First words once each, though "user add" and "user list" share theirs. */
static void completion_first_words(struct buf *out)
{
	struct text last = TEXT_ABSENT;
	const struct cli_command *command;
	for (size_t i = 0; (command = cli_command_at(i, NULL)); i++) {
		struct text rest = text_of(command->name), word;
		if (text_split(&rest, ' ', &word) && !text_equal(word, last))
			buf_format(out, " %.*s", TEXT_ARG(word));
		last = word;
	}
}

void help_completion(struct buf *out)
{
	buf_append_text(out, TEXT("# bash completion for oneview; made from the program's table of commands\n"
				  "_oneview() {\n"
				  "\tlocal current=${COMP_WORDS[COMP_CWORD]} words=\n"
				  "\tcase \"$COMP_CWORD:${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n"
				  "\t1:*) words=\""));
	completion_first_words(out);
	buf_append_text(out, TEXT(" --help --version\" ;;\n"));
	struct text last = TEXT_ABSENT;
	const struct cli_command *command, *verb;
	for (size_t i = 0; (command = cli_command_at(i, NULL)); i++) {
		struct text rest = text_of(command->name), word;
		text_split(&rest, ' ', &word);
		if (!text_is_absent(rest) && rest.len > 0 && !text_equal(word, last)) {
			buf_format(out, "\t2:%.*s\\ *) words=\"", TEXT_ARG(word));
			for (size_t j = i; (verb = cli_command_at(j, NULL)); j++) {
				struct text verbs = text_of(verb->name), family;
				text_split(&verbs, ' ', &family);
				if (text_equal(family, word))
					buf_format(out, " %.*s", TEXT_ARG(verbs));
			}
			buf_append_text(out, TEXT("\" ;;\n"));
		}
		last = word;
	}
	for (size_t i = 0; (command = cli_command_at(i, NULL)); i++) {
		bool two = strchr(command->name, ' ') != NULL;
		struct text rest = text_of(command->name), word;
		text_split(&rest, ' ', &word);
		if (two)
			buf_format(out, "\t*:%.*s\\ %.*s) words=\"", TEXT_ARG(word), TEXT_ARG(rest));
		else
			buf_format(out, "\t*:%s\\ *) words=\"", command->name);
		completion_words(out, command->options);
		completion_words(out, cli_common_options);
		buf_append_text(out, TEXT("\" ;;\n"));
	}
	buf_append_text(out, TEXT("\tesac\n"
				  "\tif [[ $current == -* || $COMP_CWORD == 1 || $words != *--* ]]; then\n"
				  "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
				  "\telse\n"
				  "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
				  "\tfi\n"
				  "}\n"
				  "complete -o filenames -o nosort -F _oneview oneview\n"));
}
