/* The reader of case notes on anybody's file. */
#include "cli/notes_open.h"

#include "base/file.h"
#include "base/interrupt.h"
#include "cli/matched.h"

#include <limits.h>
#include <unistd.h>

/* The profile named, or else the one that came with the program: beside it as it was built, or as it was installed. */
static const char *find_profile(struct cli *cli)
{
	char program[PATH_MAX];
	const char *given = cli_value(cli, "profile");
	if (given)
		return given;
	ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
	program[len > 0 ? len : 0] = '\0';
	char *slash = strrchr(program, '/');
	if (slash)
		*slash = '\0';
	struct text places[] = {TEXT("profiles/demo"), arena_format(&cli->arena, "%s/../profiles/demo", program),
				arena_format(&cli->arena, "%s/../share/oneview/profiles/demo", program),
				TEXT(ONEVIEW_DATADIR "/oneview/profiles/demo")};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct text rules = arena_format(&cli->arena, "%.*s/note_rules.yaml", TEXT_ARG(places[i]));
		if (file_exists(arena_copy(&cli->arena, rules)))
			return arena_copy(&cli->arena, places[i]);
	}
	return NULL;
}

enum status notes_open(struct notes_opened *out, struct cli *cli, bool lexicon, struct error *error)
{
	const char *rules = cli_value(cli, "rules"), *folder = find_profile(cli);
	*out = (struct notes_opened){0};
	if (!folder && (lexicon || !rules)) {
		error_set(error, STATUS_USAGE, "notes.profile", "there is no profile with factors and rules here");
		error_remedy(error, "name one: --profile FOLDER");
		return STATUS_USAGE;
	}
	if (!rules && !lexicon)
		rules = arena_copy(&cli->arena, arena_format(&cli->arena, "%s/note_rules.yaml", folder));
	enum status status = lexicon ? profile_load(&out->profile, folder, error) : STATUS_OK;
	return status ? status : note_reader_open(&out->reader, out->profile, rules, error);
}

void notes_close(struct notes_opened *opened)
{
	note_reader_close(opened->reader);
	profile_free(opened->profile);
}

enum status cmd_notes_read(struct cli *cli, struct error *error)
{
	struct notes_opened opened;
	struct note_file_report report;
	bool target = cli_flag(cli, "target");
	struct note_file_settings settings = {.in = cli_operand(cli, 0),
					      .out = cli_value(cli, "out"),
					      .target = target,
					      .stop = interrupt_flag(),
					      .show_progress = !cli->quiet && !cli->json};
	if (!settings.out) {
		error_set(error, STATUS_USAGE, "cli.option", "--out is missing");
		error_remedy(error, "oneview notes read IN.csv --out OUT.csv");
		return STATUS_USAGE;
	}
	enum status status = matched_check_outputs(cli, (const char *const[]){"out", NULL},
						   (const char *const[]){"rules", NULL}, error);
	if (status != STATUS_OK)
		return status;
	status = notes_open(&opened, cli, !target, error);
	if (status == STATUS_OK)
		status = note_read_file(opened.reader, opened.profile, &settings, &report, error);
	if (status == STATUS_OK && strcmp(settings.out, "-") != 0) {
		answer_int(&cli->answer, "notes", "Notes read", report.rows);
		answer_int(&cli->answer, "bytes", NULL, report.bytes);
		answer_int(&cli->answer, "mentions", "Mentions", report.mentions);
		if (target)
			answer_int(&cli->answer, "not_found", "Phrases that are not in their text", report.not_found);
		answer_text(&cli->answer, "rules_version", NULL, text_of(note_reader_version(opened.reader)));
	}
	notes_close(&opened);
	return status;
}
