/* oneview-synth: writes the extracts of a fictional borough, with the truth beside them. */
#include "base/file.h"
#include "base/progress.h"
#include "synth/borough.h"
#include "synth/feeds/feeds.h"

#include <getopt.h>

static const char usage[] =
	"Usage: oneview-synth --out DIR [--people N] [--seed S] [--months M] [--start YYYY-MM] [--threads T]\n"
	"\n"
	"Writes what the systems of the fictional London Borough of Eastmarsh would export,\n"
	"month by month, and the truth about its people in DIR/truth/.\n"
	"\n"
	"  --out DIR      folder to write to; made when it is not there\n"
	"  --people N     people living in the borough at the start (default 20000; 500 to 700000)\n"
	"  --seed S       another number gives another borough (default 1)\n"
	"  --months M     months of extracts (default 36; 1 to 60)\n"
	"  --start YYYY-MM  the first month (default 2023-04)\n"
	"  --threads T    threads to use (default: one for each processor); the files do not depend on it\n"
	"  --help         this text\n"
	"  --version      the program's version\n"
	"\n"
	"The same people, seed, months and start give the same bytes.\n"
	"\n"
	"Example:\n"
	"  oneview-synth --people 20000 --seed 1 --out demo/extracts\n";

struct arguments {
	struct borough_plan plan;
	const char *out;
};

static enum status number(const char *option, const char *value, uint64_t least, uint64_t most, uint64_t *out,
			  struct error *error)
{
	if (text_parse_uint64(text_of(value), out) && *out >= least && *out <= most)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "synth.argument", "--%s %s is not a whole number from %llu to %llu", option,
		  value, (unsigned long long)least, (unsigned long long)most);
	error_remedy(error, "see oneview-synth --help");
	return STATUS_USAGE;
}

/* The first day of a month between 2000 and 2099. */
static enum status month(const char *option, const char *given, date *first, struct error *error)
{
	char day[16];
	snprintf(day, sizeof day, "%.7s-01", given);
	if (strlen(given) == 7 && date_parse_iso(text_of(day), first) && *first >= date_of(2000, 1, 1) &&
	    *first < date_of(2100, 1, 1))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "synth.argument", "--%s \"%s\" is not a month", option, given);
	error_remedy(error, "write it as 2023-04, from 2000-01 to 2099-12");
	return STATUS_USAGE;
}

static enum status one_option(struct arguments *a, int letter, struct error *error)
{
	uint64_t n = 0;
	enum status status = STATUS_OK;
	switch (letter) {
	case 'p':
		status = number("people", optarg, 500, 700000, &n, error);
		a->plan.people = (uint32_t)n;
		break;
	case 's':
		status = number("seed", optarg, 0, UINT64_MAX, &n, error);
		a->plan.seed = n;
		break;
	case 'm':
		status = number("months", optarg, 1, BOROUGH_MONTHS_MOST, &n, error);
		a->plan.months = (unsigned)n;
		break;
	case 'b':
		status = month("start", optarg, &a->plan.start, error);
		break;
	case 't':
		status = number("threads", optarg, 0, 256, &n, error);
		a->plan.threads = (unsigned)n;
		break;
	case 'o':
		a->out = optarg;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	case 'v':
		puts("oneview-synth " ONEVIEW_VERSION);
		exit(0);
	default:
		status = error_set(error, STATUS_USAGE, "synth.argument", "the arguments were not understood");
		error_remedy(error, "see oneview-synth --help");
	}
	return status;
}

static enum status read_arguments(struct arguments *a, int count, char **values, struct error *error)
{
	static const struct option options[] = {{"people", required_argument, NULL, 'p'},
						{"seed", required_argument, NULL, 's'},
						{"months", required_argument, NULL, 'm'},
						{"threads", required_argument, NULL, 't'},
						{"start", required_argument, NULL, 'b'},
						{"out", required_argument, NULL, 'o'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'v'},
						{0}};
	int letter;
	while ((letter = getopt_long(count, values, "", options, NULL)) != -1) {
		enum status status = one_option(a, letter, error);
		if (status)
			return status;
	}
	if (optind == count && a->out)
		return STATUS_OK;
	if (optind < count)
		error_set(error, STATUS_USAGE, "synth.argument", "\"%s\" was not expected", values[optind]);
	else
		error_set(error, STATUS_USAGE, "synth.argument", "--out DIR is missing");
	error_remedy(error, "see oneview-synth --help");
	return STATUS_USAGE;
}

static void tell(const char *what, instant since)
{
	fprintf(stderr, "%s in %.1f s\n", what, (double)(instant_now() - since) / 1e6);
}

static enum status write_all(const struct borough *b, const struct arguments *a, const char *truth, struct error *error)
{
	struct feeds_summary summary;
	instant since = instant_now();
	enum status status = truth_write_world(b, truth, error);
	if (!status)
		status = feeds_write(b, a->out, &(struct feeds_plan){.threads = a->plan.threads}, &summary, error);
	if (status)
		return status;
	char what[200];
	snprintf(what, sizeof what, "%llu files with %llu rows, %llu of them defective, %llu MB",
		 (unsigned long long)summary.files, (unsigned long long)summary.rows,
		 (unsigned long long)summary.defects, (unsigned long long)summary.bytes >> 20);
	tell(what, since);
	return STATUS_OK;
}

static enum status run(const struct arguments *a, struct error *error)
{
	struct borough *b;
	char truth[4096], what[120];
	instant since = instant_now();
	snprintf(truth, sizeof truth, "%s/truth", a->out);
	enum status status = file_make_folder(truth, 0755, error);
	if (!status)
		status = borough_make(&b, &a->plan, error);
	if (status)
		return status;
	snprintf(what, sizeof what, "A borough of %zu people who ever lived there, %zu events", b->person_count,
		 b->event_count);
	tell(what, since);
	status = write_all(b, a, truth, error);
	borough_free(b);
	return status;
}

int main(int count, char **values)
{
	struct arguments a = {.plan = {.people = 20000, .seed = 1, .months = 36}};
	struct error error = {0};
	enum status status = read_arguments(&a, count, values, &error);
	if (!status)
		status = run(&a, &error);
	if (!status)
		return 0;
	error_print(&error, stderr);
	return status == STATUS_USAGE ? 2 : 1;
}
