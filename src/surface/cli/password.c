/* Passwords come from the environment or the terminal, never from an operand or option: a command line
 * can be read by everybody on the machine. */
#include "cli/opened.h"

#include "base/interrupt.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

static bool read_line_silently(FILE *terminal, const char *prompt, char out[PASSWORD_ROOM])
{
	struct termios before, silent;
	int file = fileno(terminal);
	if (tcgetattr(file, &before) != 0)
		return false;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	fputs(prompt, terminal);
	fflush(terminal);
	tcsetattr(file, TCSAFLUSH, &silent);
	bool read = fgets(out, PASSWORD_ROOM, terminal) != NULL;
	tcsetattr(file, TCSAFLUSH, &before);
	fputc('\n', terminal);
	if (read)
		out[strcspn(out, "\r\n")] = '\0';
	return read;
}

static enum status ask_twice(FILE *terminal, char out[PASSWORD_ROOM], struct error *error)
{
	char again[PASSWORD_ROOM];
	bool read = read_line_silently(terminal, "Password: ", out) &&
		    read_line_silently(terminal, "The same again: ", again);
	if (!read)
		return interrupt_requested() ? interrupt_check(error)
					     : error_set(error, STATUS_IO, "cli.password", "No password could be read");
	bool same = strcmp(out, again) == 0;
	sodium_memzero(again, sizeof again);
	if (same)
		return STATUS_OK;
	error_set(error, STATUS_INVALID, "cli.password", "The two passwords differ");
	error_remedy(error, "run the command again");
	return STATUS_INVALID;
}

static enum status ask_once(FILE *terminal, char out[PASSWORD_ROOM], struct error *error)
{
	if (read_line_silently(terminal, "Password: ", out))
		return STATUS_OK;
	return interrupt_requested() ? interrupt_check(error)
				     : error_set(error, STATUS_IO, "cli.password", "No password could be read");
}

static enum status password_by(enum status (*ask)(FILE *, char *, struct error *), char out[PASSWORD_ROOM], bool *given,
			       struct error *error)
{
	const char *from_environment = getenv("ONEVIEW_PASSWORD");
	*given = true;
	if (from_environment) {
		if (snprintf(out, PASSWORD_ROOM, "%s", from_environment) >= PASSWORD_ROOM)
			return error_set(error, STATUS_INVALID, "cli.password", "ONEVIEW_PASSWORD is too long");
		return STATUS_OK;
	}
	FILE *terminal = isatty(STDIN_FILENO) == 1 ? fopen("/dev/tty", "r+e") : NULL;
	if (!terminal) {
		*given = false;
		return STATUS_OK;
	}
	enum status status = ask(terminal, out, error);
	fclose(terminal);
	return status;
}

enum status cli_password(char out[PASSWORD_ROOM], bool *given, struct error *error)
{
	return password_by(ask_twice, out, given, error);
}

enum status cli_password_known(char out[PASSWORD_ROOM], bool *given, struct error *error)
{
	return password_by(ask_once, out, given, error);
}
