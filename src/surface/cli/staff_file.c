#include "cli/staff_file.h"

#include "base/file.h"
#include "base/map.h"
#include "intake/csv.h"

#include <sodium.h>

enum column {
	COLUMN_USERNAME,
	COLUMN_NAME,
	COLUMN_ROLE,
	COLUMN_TEAM,
	COLUMN_ORGANISATION,
	COLUMN_START,
	COLUMN_END,
	COLUMN_MANAGER,
	COLUMN_WORKER_IDS,
	COLUMN_TRAINING,
	COLUMN_SURNAME,
	COLUMN_ADDRESS,
	COLUMN_POSTCODE,
	COLUMN_COUNT
};

static const struct {
	const char *names[3];
	bool required;
} columns[COLUMN_COUNT] = {
	[COLUMN_USERNAME] = {{"username", "user_name", NULL}, true},
	[COLUMN_NAME] = {{"display_name", "name", NULL}, true},
	[COLUMN_ROLE] = {{"role", "job", "job_code"}, true},
	[COLUMN_TEAM] = {{"team", NULL, NULL}, false},
	[COLUMN_ORGANISATION] = {{"organisation", "organization", NULL}, false},
	[COLUMN_START] = {{"start", "start_date", NULL}, false},
	[COLUMN_END] = {{"end", "end_date", NULL}, false},
	[COLUMN_MANAGER] = {{"manager", NULL, NULL}, false},
	[COLUMN_WORKER_IDS] = {{"worker_ids", "worker_id", NULL}, false},
	[COLUMN_TRAINING] = {{"training_until", NULL, NULL}, false},
	[COLUMN_SURNAME] = {{"surname", "last_name", "family_name"}, false},
	[COLUMN_ADDRESS] = {{"address", NULL, NULL}, false},
	[COLUMN_POSTCODE] = {{"postcode", NULL, NULL}, false},
};

struct staff_reading {
	struct staff_file *out;
	const struct profile *profile;
	struct arena *arena;
	size_t place[COLUMN_COUNT]; /* in the file, from 1; 0: not there */
	struct text_map seen;       /* user name -> line */
	const struct csv_row *row;
	uint64_t line;
};

static void problem(struct staff_reading *reading, struct text message, struct text remedy)
{
	struct staff_file *out = reading->out;
	if (out->problem_count < STAFF_PROBLEMS_MOST)
		out->problems[out->problem_count] = (struct staff_problem){reading->line, message, remedy};
	out->problem_count++;
}

static struct text field(const struct staff_reading *reading, enum column column)
{
	size_t place = reading->place[column];
	if (!place || place > reading->row->count)
		return TEXT("");
	return arena_text(reading->arena, text_trim(reading->row->fields[place - 1]));
}

/* ---- the header ------------------------------------------------------------------------------------- */

static enum column column_of(struct text header)
{
	for (int c = 0; c < COLUMN_COUNT; c++)
		for (size_t n = 0; n < 3 && columns[c].names[n]; n++)
			if (text_equal_ignoring_case(header, text_of(columns[c].names[n])))
				return (enum column)c;
	return COLUMN_COUNT;
}

static void read_header(struct staff_reading *reading)
{
	const struct csv_row *row = reading->row;
	reading->line = row->line;
	for (size_t i = 0; i < row->count; i++) {
		enum column column = column_of(text_trim(row->fields[i]));
		if (column < COLUMN_COUNT && reading->place[column])
			problem(reading,
				arena_format(reading->arena, "Two columns mean \"%s\"", columns[column].names[0]),
				TEXT("Leave one of them out."));
		else if (column < COLUMN_COUNT)
			reading->place[column] = i + 1;
	}
	for (int c = 0; c < COLUMN_COUNT; c++)
		if (columns[c].required && !reading->place[c])
			problem(reading, arena_format(reading->arena, "There is no column \"%s\"", columns[c].names[0]),
				TEXT("The first line names the columns: docs/operations.md lists them."));
}

/* ---- a row ------------------------------------------------------------------------------------------- */

static bool username_read(struct staff_reading *reading, struct text written, struct text *out)
{
	char *folded = arena_alloc(reading->arena, written.len + 1);
	bool fits = written.len > 0 && written.len <= 100;
	for (size_t i = 0; i < written.len; i++) {
		char c = written.at[i];
		folded[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
		fits = fits && folded[i] &&
		       ((folded[i] >= 'a' && folded[i] <= 'z') || (folded[i] >= '0' && folded[i] <= '9') ||
			strchr(".-_@", folded[i]));
	}
	*out = text_slice(folded, written.len);
	return fits;
}

static date date_read(struct staff_reading *reading, enum column column)
{
	date d;
	struct text written = field(reading, column);
	if (!written.len)
		return DATE_UNKNOWN;
	if (date_parse_iso(written, &d) || date_parse(written, "DD/MM/YYYY", 0, &d))
		return d;
	problem(reading,
		arena_format(reading->arena, "\"%.*s\" in \"%s\" is no date", TEXT_ARG(written),
			     columns[column].names[0]),
		TEXT("Write YYYY-MM-DD or DD/MM/YYYY."));
	return DATE_UNKNOWN;
}

static struct text nearest_of(struct staff_reading *reading, struct text written, const struct text *names,
			      size_t count, const char *otherwise)
{
	struct text near = text_nearest(written, names, count);
	if (text_is_absent(near))
		return text_of(otherwise);
	return arena_format(reading->arena, "Did you mean \"%.*s\"?", TEXT_ARG(near));
}

static void role_read(struct staff_reading *reading, struct staff_person *person)
{
	const struct profile *profile = reading->profile;
	struct text written = field(reading, COLUMN_ROLE), names[256];
	const struct profile_role *role = profile_job_role(profile, written);
	size_t count = 0;
	if (role) {
		person->role = role->id;
		return;
	}
	for (size_t i = 0; i < profile->staff.job_count && count + 1 < 256; i++) {
		names[count++] = profile->staff.jobs[i].code;
		names[count++] = profile->staff.jobs[i].role->id;
	}
	problem(reading,
		arena_format(reading->arena, "\"%.*s\" is neither a job code nor a role of one", TEXT_ARG(written)),
		nearest_of(reading, written, names, count,
			   "Add the code to `staff: jobs:` in the profile's profile.yaml, or leave the row out."));
}

static void team_read(struct staff_reading *reading, struct staff_person *person)
{
	const struct profile *profile = reading->profile;
	struct text written = field(reading, COLUMN_TEAM), names[256];
	const struct profile_role *role = text_is_absent(person->role) ? NULL : profile_role(profile, person->role);
	size_t count = 0;
	person->team = role && role->team ? role->team->id : TEXT_ABSENT;
	if (!written.len)
		return;
	person->team = written;
	if (profile_team(profile, written))
		return;
	for (size_t i = 0; i < profile->teams.count && count < 256; i++)
		names[count++] = profile->teams.at[i].id;
	problem(reading, arena_format(reading->arena, "The profile has no team \"%.*s\"", TEXT_ARG(written)),
		nearest_of(reading, written, names, count, "Write the id of a team of roles.yaml, or nothing."));
}

static void name_read(struct staff_reading *reading, struct staff_person *person)
{
	bool is_new;
	if (!username_read(reading, field(reading, COLUMN_USERNAME), &person->username)) {
		problem(reading, TEXT("The user name is missing or not in form"),
			TEXT("Use letters, digits and . - _ @, at most 100."));
	} else {
		uint64_t *line = text_map_put(&reading->seen, person->username, &is_new);
		if (!is_new)
			problem(reading,
				arena_format(reading->arena, "\"%.*s\" is in line %llu already",
					     TEXT_ARG(person->username), (unsigned long long)*line),
				TEXT("Everybody has one row: their present job."));
		*line = reading->line;
	}
	person->display_name = field(reading, COLUMN_NAME);
	if (person->display_name.len < 2 || person->display_name.len > 200)
		problem(reading, TEXT("The name is missing or too long"), TEXT("Write the name that pages show."));
}

static void self_read(struct staff_reading *reading, struct text *self)
{
	struct text surname = field(reading, COLUMN_SURNAME), address = field(reading, COLUMN_ADDRESS),
		    postcode = field(reading, COLUMN_POSTCODE);
	*self = surname.len + address.len + postcode.len
			? arena_format(reading->arena, "%.*s\n%.*s\n%.*s", TEXT_ARG(surname), TEXT_ARG(address),
				       TEXT_ARG(postcode))
			: TEXT_ABSENT;
}

/* What is not listed for the job in the profile. */
static void reach_check(struct staff_reading *reading, const struct staff_person *person)
{
	struct error error;
	if (staff_check_reach(person, NULL, reading->profile, &error) != STATUS_OK)
		problem(reading, arena_text(reading->arena, text_of(error.message)),
			arena_text(reading->arena, text_of(error.remedy)));
}

static void read_row(struct staff_reading *reading, struct staff_person *person, struct text *self)
{
	reading->line = reading->row->line;
	*person = (struct staff_person){.line = reading->line, .role = TEXT_ABSENT, .team = TEXT_ABSENT};
	if (reading->row->flaws) {
		problem(reading, TEXT("The row cannot be read: a quote does not close, or bytes are no text"),
			TEXT("Export the file again as CSV in UTF-8."));
		return;
	}
	name_read(reading, person);
	role_read(reading, person);
	team_read(reading, person);
	person->organisation = field(reading, COLUMN_ORGANISATION);
	person->manager = field(reading, COLUMN_MANAGER);
	person->worker_ids = field(reading, COLUMN_WORKER_IDS);
	person->start = date_read(reading, COLUMN_START);
	person->end = date_read(reading, COLUMN_END);
	person->training_until = date_read(reading, COLUMN_TRAINING);
	if (person->start != DATE_UNKNOWN && person->end != DATE_UNKNOWN && person->end < person->start)
		problem(reading, TEXT("The end is before the start"), TEXT("Correct one of the two dates."));
	self_read(reading, self);
	reach_check(reading, person);
}

static enum status read_rows(struct staff_reading *reading, struct csv *csv, struct error *error)
{
	struct csv_row row;
	struct staff_file *out = reading->out;
	size_t capacity = 0;
	reading->row = &row;
	enum status status = csv_next(csv, &row, error);
	if (status == STATUS_OK && row.line) {
		read_header(reading);
		csv_expect(csv, row.count);
	}
	bool readable = status == STATUS_OK && row.line && !out->problem_count; /* else every row would be wrong */
	while (readable && status == STATUS_OK && (status = csv_next(csv, &row, error)) == STATUS_OK && row.line) {
		if (out->count == capacity) {
			size_t larger = capacity ? 2 * capacity : 256;
			struct staff_person *people = ARENA_ARRAY(reading->arena, larger, struct staff_person);
			struct text *selves = ARENA_ARRAY(reading->arena, larger, struct text);
			for (size_t i = 0; i < capacity; i++) {
				people[i] = out->people[i];
				selves[i] = out->selves[i];
			}
			out->people = people;
			out->selves = selves;
			capacity = larger;
		}
		read_row(reading, &out->people[out->count], &out->selves[out->count]);
		out->count++;
	}
	return status;
}

enum status staff_file_read(struct staff_file *out, const char *path, const struct profile *profile,
			    struct arena *arena, struct error *error)
{
	struct buf bytes;
	unsigned char hash[32];
	struct staff_reading reading = {.out = out, .profile = profile, .arena = arena};
	*out = (struct staff_file){0};
	buf_init(&bytes, STAFF_FILE_BYTES_MOST);
	enum status status = file_read(path, &bytes, error);
	if (status == STATUS_OK) {
		struct text all = buf_text(&bytes);
		struct csv_format format = csv_format_detect(all, &(struct csv_given){0});
		struct csv *csv = csv_open_memory(all, &format);
		crypto_generichash(hash, sizeof hash, (const unsigned char *)all.at, all.len, NULL, 0);
		sodium_bin2hex(out->hash, sizeof out->hash, hash, sizeof hash);
		text_map_init(&reading.seen);
		status = read_rows(&reading, csv, error);
		text_map_release(&reading.seen);
		csv_close(csv);
	}
	buf_wipe(&bytes);
	buf_release(&bytes);
	return status;
}
