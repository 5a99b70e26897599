/* Profiles: whatever stands in a file, the check ends, tells where, and never loads what it complained about. */
#include "base/file.h"
#include "base/yaml.h"
#include "fuzz.h"
#include "profile/profile.h"

#include <stdlib.h>
#include <unistd.h>

static char made[] = "/tmp/oneview-fuzz-profile-XXXXXX";

static void remove_folder(void)
{
	char command[80];
	snprintf(command, sizeof command, "rm -rf %s", made);
	if (system(command))
		fprintf(stderr, "%s was left behind\n", made);
}

/* A folder of its own for this process, with a small whole profile; the input takes the place of one file. */
static const char *folder(void)
{
	static int ready;
	static const char *const files[][2] = {
		{"profile.yaml", "id: fuzz\ntitle: Fuzz\ncouncil: Fuzz\n"},
		{"sources.yaml", "- {id: housing, title: Housing}\n"},
		{"elements.yaml", "- {id: person_reference, title: Person, category: identity}\n"
				  "- {id: tenure, title: Tenure, category: personal}\n"},
		{"purposes.yaml", "- {id: housing, title: Housing}\n"},
		{"roles.yaml", "roles: [{id: officer, title: Officer, capabilities: [search], purposes: [housing]}]\n"},
	};
	if (ready)
		return made;
	ready = 1;
	if (!mkdtemp(made) || atexit(remove_folder))
		abort();
	char path[200];
	struct error error;
	snprintf(path, sizeof path, "%s/feeds", made);
	if (file_make_folder(path, 0700, &error))
		abort();
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", made, files[i][0]);
		if (file_replace(path, text_of(files[i][1]), 0600, &error))
			abort();
	}
	return made;
}

static void check_problems(const struct profile_problems *problems, const struct profile *profile)
{
	if ((problems->errors == 0) != (profile != NULL))
		abort();
	for (size_t i = 0; i < problems->count; i++) {
		if (!problems->at[i].file || problems->at[i].line == 0 || !*problems->at[i].message)
			abort();
	}
}

static void check_as(const char *name, struct text input)
{
	char path[200];
	struct profile_problems problems;
	struct profile *profile;
	struct error error;
	snprintf(path, sizeof path, "%s/%s", folder(), name);
	FILE *out = fopen(path, "w"); /* not file_replace(): its fsync would be most of the time */
	if (!out)
		abort();
	fwrite(input.at, 1, input.len, out);
	fclose(out);
	if (profile_check(folder(), &problems, &profile, &error))
		abort();
	check_problems(&problems, profile);
	profile_problems_release(&problems);
	profile_free(profile);
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"feeds/x.yaml", "agreements.yaml", "events.yaml", "pages.yaml",
					    "restrictions.yaml"};
	if (size == 0)
		return 0;
	struct text input = text_slice((const char *)data + 1, size - 1);
	check_as(names[data[0] % 5], input);
	return 0;
}
