/* A file's people as encodings, for a partner who may not have their names. */
#include "cli/matched.h"

#include "base/interrupt.h"
#include "encoding/encoding.h"

#include <sodium.h>

static enum status make_key(struct cli *cli, const char *path, struct error *error)
{
	enum status status = encoding_create_key(path, error);
	if (status == STATUS_OK) {
		answer_text(&cli->answer, "key", "Key", text_of(path));
		answer_line(&cli->answer, "Give the partner a copy in person. Whoever has it can try every name.");
	}
	return status;
}

static enum status check_arguments(const struct cli *cli, struct error *error)
{
	enum status status = STATUS_OK;
	if (!cli_operand(cli, 0)) {
		status = error_set(error, STATUS_USAGE, "cli.encode_file", "\"oneview encode\" needs a file of people");
		error_remedy(error, "A new key alone is made with --new-key FILE");
	} else if (!cli_value(cli, "key")) {
		status = error_set(error, STATUS_USAGE, "cli.encode_key", "Encodings are made under a key: --key FILE");
		error_remedy(error, "Make one with --new-key FILE, once, and give the partner a copy in person");
	} else if (!cli_value(cli, "out")) {
		status = error_set(error, STATUS_USAGE, "cli.encode_out", "Say where the encodings go: --out FILE");
		error_remedy(error, "- is standard output");
	}
	return status;
}

static enum status open_encoder(struct encoder **encoder, const struct cli *cli, struct error *error)
{
	unsigned char key[ENCODING_KEY_SIZE];
	int64_t diffusion = 0;
	enum status status = cli_value_int(cli, "diffusion", 1, 8, &diffusion, error);
	if (status == STATUS_OK)
		status = encoding_read_key(cli_value(cli, "key"), key, error);
	if (status == STATUS_OK)
		*encoder = encoder_new(key, &(struct encoding_settings){.unsalted = cli_flag(cli, "unsalted"),
									.diffusion = (unsigned)diffusion});
	sodium_memzero(key, sizeof key);
	return status;
}

static enum status encode_file(struct cli *cli, struct encoder *encoder, struct error *error)
{
	struct matching *matching = NULL;
	struct matching_options options = {.files = cli->operands,
					   .file_count = 1,
					   .settings = cli_value(cli, "settings"),
					   .id = cli_value(cli, "id"),
					   .show_progress = !cli->quiet && !cli->json,
					   .stop = interrupt_flag()};
	size_t empty = 0;
	enum status status = matched_check_outputs(cli, (const char *const[]){"out", NULL},
						   (const char *const[]){"key", "settings", NULL}, error);
	if (status == STATUS_OK)
		status = matching_read(&matching, &options, error);
	if (status == STATUS_OK)
		status = matching_write_encodings(matching, encoder, cli_value(cli, "out"), &empty, error);
	if (status == STATUS_OK) {
		matched_answer_files(&cli->answer, matching);
		answer_int(&cli->answer, "records", "Records", (int64_t)matching_file(matching, 0).records);
		answer_int(&cli->answer, "empty", "Without anything to encode", (int64_t)empty);
	}
	matching_free(matching);
	return status;
}

enum status cmd_encode(struct cli *cli, struct error *error)
{
	struct encoder *encoder = NULL;
	enum status status = STATUS_OK;
	if (cli_value(cli, "new-key"))
		status = make_key(cli, cli_value(cli, "new-key"), error);
	if (status != STATUS_OK || (cli_value(cli, "new-key") && !cli_operand(cli, 0)))
		return status;
	status = check_arguments(cli, error);
	if (status == STATUS_OK)
		status = open_encoder(&encoder, cli, error);
	if (status == STATUS_OK)
		status = encode_file(cli, encoder, error);
	encoder_free(encoder);
	return status;
}
