/* Words of the command line into values, by the table.
 *
 * Own rather than getopt_long because options may stand anywhere, each command has its own
 * list, and a mistyped one is answered with the nearest that exists.
 */
#include "cli/cli_int.h"

#include <assert.h>

static const struct cli_option *option_at(const struct cli_command *command, size_t at)
{
	for (const struct cli_option *option = command->options; option->name; option++)
		if (at-- == 0)
			return option;
	return NULL;
}

static size_t option_count(const struct cli_option *options)
{
	size_t count = 0;
	while (options[count].name)
		count++;
	return count;
}

const char *cli_value(const struct cli *cli, const char *name)
{
	for (size_t i = 0; i < option_count(cli->command->options); i++)
		if (strcmp(cli->command->options[i].name, name) == 0)
			return cli->values[i];
	assert(false); /* the option is not in the command's row */
	return NULL;
}

bool cli_flag(const struct cli *cli, const char *name)
{
	return cli_value(cli, name) != NULL;
}

const char *cli_operand(const struct cli *cli, size_t at)
{
	return at < cli->operand_count ? cli->operands[at] : NULL;
}

enum status cli_value_int(const struct cli *cli, const char *name, int64_t least, int64_t most, int64_t *value,
			  struct error *error)
{
	const char *given = cli_value(cli, name);
	if (!given)
		return STATUS_OK;
	int64_t parsed;
	if (text_parse_int64(text_of(given), &parsed) && parsed >= least && parsed <= most) {
		*value = parsed;
		return STATUS_OK;
	}
	error_set(error, STATUS_USAGE, "cli.number", "--%s takes a whole number from %lld to %lld", name,
		  (long long)least, (long long)most);
	return STATUS_USAGE;
}

static enum status unknown_option(const struct cli *cli, struct text word, struct error *error)
{
	struct text names[CLI_MAX_OPTIONS * 2];
	size_t count = 0;
	for (const struct cli_option *option = cli->command->options; option->name; option++)
		names[count++] = text_of(option->name);
	for (const struct cli_option *option = cli_common_options; option->name; option++)
		names[count++] = text_of(option->name);
	struct text near = text_nearest(word, names, count);
	error_set(error, STATUS_USAGE, "cli.option", "\"oneview %s\" has no option --%.*s", cli->command->name,
		  TEXT_ARG(word));
	if (!text_is_absent(near))
		error_remedy(error, "did you mean --%.*s?", TEXT_ARG(near));
	else
		error_remedy(error, "\"oneview %s --help\" lists its options", cli->command->name);
	return STATUS_USAGE;
}

static bool is_choice(const char *choices, const char *value)
{
	struct text rest = text_of(choices), choice;
	while (text_split(&rest, '|', &choice))
		if (text_is(choice, value))
			return true;
	return false;
}

static enum status set_value(struct cli *cli, size_t at, const char *value, struct error *error)
{
	const struct cli_option *option = option_at(cli->command, at);
	if (option->choices && !is_choice(option->choices, value))
		return error_set(error, STATUS_USAGE, "cli.choice", "--%s is one of %s", option->name, option->choices);
	bool again = cli->values[at] && option->argument && text_ends_with(text_of(option->argument), TEXT("..."));
	cli->values[at] = again ? arena_format(&cli->arena, "%s\n%s", cli->values[at], value).at : value;
	return STATUS_OK;
}

size_t cli_value_list(struct cli *cli, const char *name, const char **out, size_t most)
{
	struct text rest = text_of(cli_value(cli, name)), value;
	size_t count = 0;
	while (rest.len && count < most && text_split(&rest, '\n', &value))
		out[count++] = arena_copy(&cli->arena, value);
	return count;
}

/* The place of an option by long name or letter: in the command's list, or behind it in the common list; -1. */
static int find_option(const struct cli *cli, struct text name, char letter)
{
	size_t own = option_count(cli->command->options);
	for (size_t i = 0; i < own + option_count(cli_common_options); i++) {
		const struct cli_option *option = i < own ? &cli->command->options[i] : &cli_common_options[i - own];
		if (letter ? option->letter == letter : text_is(name, option->name))
			return (int)i;
	}
	return -1;
}

static void set_common(struct cli *cli, const struct cli_option *option)
{
	if (strcmp(option->name, "json") == 0)
		cli->json = true;
	else if (strcmp(option->name, "quiet") == 0)
		cli->quiet = true;
}

struct words {
	int count, next;
	char **at;
};

static enum status take_option(struct cli *cli, struct words *words, int at, struct text shown, const char *value,
			       struct error *error)
{
	size_t own = option_count(cli->command->options);
	const struct cli_option *option =
		(size_t)at < own ? &cli->command->options[at] : &cli_common_options[(size_t)at - own];
	if (!option->argument && value)
		return error_set(error, STATUS_USAGE, "cli.value", "--%s takes no value", option->name);
	if ((size_t)at >= own) {
		set_common(cli, option);
		return STATUS_OK;
	}
	if (!option->argument)
		return set_value(cli, (size_t)at, "", error);
	if (!value && words->next < words->count)
		value = words->at[words->next++];
	if (!value)
		return error_set(error, STATUS_USAGE, "cli.value", "%.*s needs a value: %s", TEXT_ARG(shown),
				 option->argument);
	return set_value(cli, (size_t)at, value, error);
}

static enum status take_long(struct cli *cli, struct words *words, char *word, struct error *error)
{
	struct text name = text_of(word + 2);
	const char *value = NULL;
	size_t equals = text_find_char(name, '=');
	if (equals < name.len) {
		value = name.at + equals + 1;
		name.len = equals;
	}
	int at = find_option(cli, name, 0);
	if (at < 0)
		return unknown_option(cli, name, error);
	return take_option(cli, words, at, text_slice(word, name.len + 2), value, error);
}

static enum status take_short(struct cli *cli, struct words *words, char *word, struct error *error)
{
	int at = find_option(cli, TEXT(""), word[1]);
	if (at < 0)
		return unknown_option(cli, text_of(word + 1), error);
	return take_option(cli, words, at, text_slice(word, 2), word[2] ? word + 2 : NULL, error);
}

static enum status check_operands(const struct cli *cli, struct error *error)
{
	size_t most = 0;
	bool repeated = false;
	for (const struct cli_operand *operand = cli->command->operands; operand->name; operand++, most++) {
		repeated = repeated || operand->repeated;
		if (operand->optional || most < cli->operand_count)
			continue;
		error_set(error, STATUS_USAGE, "cli.operand", "\"oneview %s\" needs %s: %s", cli->command->name,
			  operand->name, operand->help);
		error_remedy(error, "\"oneview %s --help\" shows how to call it", cli->command->name);
		return STATUS_USAGE;
	}
	if (cli->operand_count <= most || repeated)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "cli.operand", "\"oneview %s\" does not know what to do with \"%s\"",
		  cli->command->name, cli->operands[most]);
	error_remedy(error, "\"oneview %s --help\" shows how to call it", cli->command->name);
	return STATUS_USAGE;
}

enum status cli_parse(struct cli *cli, int argc, char **argv, struct error *error)
{
	struct words words = {.count = argc, .at = argv};
	bool only_operands = false;
	while (words.next < words.count) {
		char *word = words.at[words.next++];
		enum status status = STATUS_OK;
		if (only_operands || word[0] != '-' || !word[1]) {
			if (cli->operand_count == CLI_MAX_VALUES)
				return error_set(error, STATUS_USAGE, "cli.operand", "At most %d operands are taken",
						 CLI_MAX_VALUES);
			cli->operands[cli->operand_count++] = word;
		} else if (strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (word[1] == '-') {
			status = take_long(cli, &words, word, error);
		} else {
			status = take_short(cli, &words, word, error);
		}
		if (status != STATUS_OK)
			return status;
	}
	return check_operands(cli, error);
}
