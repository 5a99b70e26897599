/* Address matching measured: loading, memory, a file of addresses, and single look-ups.
 *
 *     bench_address [PROPERTIES] [ADDRESSES]        100000 and 100000 unless given
 *
 * Writes an invented gazetteer and addresses for it to a temporary folder: streets of some forty doors, one in four a
 * house of flats, one in six a block with a name; the addresses in the forms that people use, 15 in 100 without a
 * postcode, 5 in 100 with a slip.  Prints one JSON object.  The share that is right is there to show that the speed is
 * not that of an engine that gives up; docs/accuracy.md has the figures that count.
 */
#include "address/address_file.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/threads.h"
#include "maths/random.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FIRST_UPRN = 100000000 };

struct place {
	unsigned street, number, flat; /* flat 0: the house itself */
	bool block;
};

struct invented {
	struct place *at;
	size_t count;
	char folder[64];
};

static const char *const fronts[] = {"Ash",   "Beech",  "Cedar", "Holly", "Maple", "Rowan", "Thorn",
				     "Alder", "Birch",  "Hazel", "Kings", "Queen", "Abbey", "Mill",
				     "Brook", "Meadow", "North", "Lang",  "Stan",  "Wes"};
static const char *const middles[] = {"",      "field", "wood", "ham",   "ton",     "bury", "ford",
				      "leigh", "combe", "mere", "wick",  "stead",   "gate", "well",
				      "dale",  "by",    "cote", "hurst", "minster", "worth"};
static const char *const ends[] = {"Road",  "Street", "Avenue", "Close",    "Gardens",
				   "Drive", "Lane",   "Way",    "Crescent", "Grove"};
static const char *const cut_ends[] = {"Rd", "St", "Ave", "Cl", "Gdns", "Dr", "Ln", "Way", "Cres", "Gr"};
static const char *const towns[] = {"Eastmarsh", "Thornwick", "Bellham", "Oxcombe", "Sandwell Green"};

static void street_name(char *out, size_t size, unsigned street, bool cut)
{
	unsigned s = street % 4000;
	snprintf(out, size, "%s%s %s", fronts[s / 200], middles[s / 10 % 20], (cut ? cut_ends : ends)[s % 10]);
}

static void postcode_of(char *out, size_t size, const struct place *p)
{
	static const char letters[] = "ABDEFGHJLNPQRSTUWXYZ";
	unsigned unit = p->street * 3 + p->number / 30;
	snprintf(out, size, "EM%u %u%c%c", 1 + unit / 4000 % 89, unit / 400 % 10, letters[unit / 20 % 20],
		 letters[unit % 20]);
}

static void block_name(char *out, size_t size, const struct place *p)
{
	unsigned n = p->street * 7 + p->number;
	snprintf(out, size, "%s%s House", fronts[n % 20], middles[n / 20 % 20]);
}

static void invent(struct invented *out, size_t wanted)
{
	out->at = memory_alloc(wanted + 32, sizeof *out->at);
	out->count = 0;
	for (unsigned street = 0; out->count < wanted; street++) {
		for (unsigned door = 1; door <= 40 && out->count < wanted; door++) {
			unsigned kind = (street * 40 + door) % 12, flats = kind == 0 ? 12 : kind < 3 ? 3 : 0;
			for (unsigned flat = 0; flat <= flats; flat++)
				out->at[out->count++] = (struct place){street, door, flat, kind == 0};
		}
	}
	out->count = wanted;
}

static void write_entry(struct buf *out, const struct invented *all, size_t i)
{
	char street[64], postcode[16], block[64] = "", flat[32] = "";
	const struct place *p = &all->at[i];
	street_name(street, sizeof street, p->street, false);
	postcode_of(postcode, sizeof postcode, p);
	if (p->block) {
		char name[48];
		block_name(name, sizeof name, p);
		snprintf(block, sizeof block, "%s, ", name);
	}
	if (p->flat)
		snprintf(flat, sizeof flat, "Flat %u, ", p->flat);
	buf_format(out, "%zu,\"%s%s%u %s, %s\",%s\n", FIRST_UPRN + i, flat, block, p->number, street,
		   towns[p->street / 4000 % 5], postcode);
}

static void write_asked(struct buf *out, const struct invented *all, size_t i, struct random *r)
{
	char street[64], postcode[16], block[64] = "", flat[32] = "";
	const struct place *p = &all->at[i];
	double u = random_uniform(r);
	street_name(street, sizeof street, p->street, random_chance(r, 0.4));
	postcode_of(postcode, sizeof postcode, p);
	if (random_chance(r, 0.05))
		street[2 + random_below(r, 2)] = 'x';
	if (p->block && random_chance(r, 0.6))
		block_name(block, sizeof block, p);
	if (p->flat)
		snprintf(flat, sizeof flat,
			 u < 0.5   ? "Flat %u"
			 : u < 0.7 ? "Apt %u"
			 : u < 0.9 ? "FL %u"
				   : "Unit %02u",
			 p->flat);
	if (random_chance(r, 0.15))
		postcode[0] = '\0';
	buf_format(out, "%zu,\"%s%s%s%s%u %s%s%s\",%s\n", FIRST_UPRN + i, flat, flat[0] ? " " : "", block,
		   block[0] ? " " : "", p->number, street, random_chance(r, 0.7) ? ", " : " ",
		   random_chance(r, 0.7) ? towns[p->street / 4000 % 5] : "", postcode);
}

static enum status write_files(const struct invented *all, size_t addresses, struct error *error)
{
	struct buf gazetteer, asked;
	struct random r;
	char path[128];
	random_start(&r, 1, 1, 1, 1);
	buf_init(&gazetteer, (size_t)4 << 30);
	buf_init(&asked, (size_t)4 << 30);
	buf_append_text(&gazetteer, TEXT("uprn,address,postcode\n"));
	buf_append_text(&asked, TEXT("id,address,postcode\n"));
	for (size_t i = 0; i < all->count; i++)
		write_entry(&gazetteer, all, i);
	for (size_t i = 0; i < addresses; i++)
		write_asked(&asked, all, random_below(&r, (uint32_t)all->count), &r);
	snprintf(path, sizeof path, "%s/gazetteer.csv", all->folder);
	enum status status = file_replace(path, buf_text(&gazetteer), 0600, error);
	snprintf(path, sizeof path, "%s/asked.csv", all->folder);
	if (status == STATUS_OK)
		status = file_replace(path, buf_text(&asked), 0600, error);
	buf_release(&gazetteer);
	buf_release(&asked);
	return status;
}

static double processor_seconds(void)
{
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void count_right(const char *path)
{
	struct buf file;
	struct error error;
	size_t rows = 0, right = 0, wrong = 0;
	buf_init(&file, (size_t)4 << 30);
	if (file_read(path, &file, &error) == STATUS_OK) {
		struct text rest = buf_text(&file), line, row, id, uprn;
		text_split(&rest, '\n', &line);
		while (text_split(&rest, '\n', &line) && line.len) {
			text_split(&line, ',', &row);
			text_split(&line, ',', &id);
			text_split(&line, ',', &uprn);
			rows++;
			right += text_equal(id, uprn);
			wrong += uprn.len > 0 && !text_equal(id, uprn);
		}
	}
	printf("  \"right\": %.4f, \"wrong\": %.4f\n", (double)right / (double)(rows ? rows : 1),
	       (double)wrong / (double)(rows ? rows : 1));
	buf_release(&file);
}

/* One after another on one thread, with and without a postcode. */
static void look_up(const struct address_book *book, const struct invented *all)
{
	enum { LOOKUPS = 2000 };
	double slowest = 0, started = processor_seconds();
	struct random r;
	random_start(&r, 2, 2, 2, 2);
	for (size_t i = 0; i < LOOKUPS; i++) {
		struct address_answer answer;
		struct buf asked;
		struct text address, postcode, skipped;
		buf_init(&asked, 4096);
		write_asked(&asked, all, random_below(&r, (uint32_t)all->count), &r);
		struct text line = buf_text(&asked);
		text_split(&line, '"', &skipped);
		text_split(&line, '"', &address);
		postcode = text_trim(text_slice(line.at + 1, line.len - 1));
		double before = processor_seconds();
		address_book_match(book, address, i % 2 ? TEXT_ABSENT : postcode, &answer);
		double took = processor_seconds() - before;
		slowest = took > slowest ? took : slowest;
		buf_release(&asked);
	}
	printf(" \"look_up\": {\"count\": %d, \"mean_ms\": %.4f, \"slowest_ms\": %.3f}\n", LOOKUPS,
	       (processor_seconds() - started) * 1e3 / LOOKUPS, slowest * 1e3);
}

static enum status measure(struct invented *all, struct error *error)
{
	static const char *const columns[] = {"address", "postcode"};
	struct address_book *book;
	struct address_file_summary summary;
	char gazetteer[128], asked[128], out[128];
	snprintf(gazetteer, sizeof gazetteer, "%s/gazetteer.csv", all->folder);
	snprintf(asked, sizeof asked, "%s/asked.csv", all->folder);
	snprintf(out, sizeof out, "%s/out.csv", all->folder);
	double processor = processor_seconds();
	enum status status = address_book_open(&book, &(struct address_book_settings){.gazetteer = gazetteer}, error);
	if (status != STATUS_OK)
		return status;
	const struct address_book_report *report = address_book_report(book);
	printf("{\"threads\": %u,\n \"load\": {\"rows\": %llu, \"seconds\": %.3f, \"processor\": %.3f, "
	       "\"rows_a_second\": %.0f, "
	       "\"bytes_a_property\": %.0f},\n",
	       threads_available(), (unsigned long long)report->rows, report->seconds, processor_seconds() - processor,
	       (double)report->rows / report->seconds, (double)report->bytes / (double)report->properties);
	processor = processor_seconds();
	struct address_file file = {.in = asked, .out = out, .columns = columns, .column_count = 2, .id = "id"};
	status = address_file_match(&summary, book, &file, error);
	if (status == STATUS_OK) {
		printf(" \"match\": {\"addresses\": %llu, \"seconds\": %.3f, \"processor\": %.3f, \"a_second\": "
		       "%.0f,\n",
		       (unsigned long long)summary.rows, summary.seconds, processor_seconds() - processor,
		       (double)summary.rows / summary.seconds);
		count_right(out);
		printf(" },\n");
		look_up(book, all);
		printf("}\n");
	}
	address_book_close(book);
	return status;
}

static size_t argument(int count, char **values, int at, size_t otherwise)
{
	uint64_t given;
	return count > at && text_parse_uint64(text_of(values[at]), &given) && given > 0 && given < 20000000
		       ? (size_t)given
		       : otherwise;
}

static void remove_files(const struct invented *all)
{
	static const char *const names[] = {"gazetteer.csv", "asked.csv", "out.csv"};
	for (size_t i = 0; i < 3; i++) {
		char path[128];
		snprintf(path, sizeof path, "%s/%s", all->folder, names[i]);
		unlink(path);
	}
	rmdir(all->folder);
}

int main(int count, char **values)
{
	struct error error = {0};
	struct invented all = {.folder = "/tmp/bench_address_XXXXXX"};
	invent(&all, argument(count, values, 1, 100000));
	if (!mkdtemp(all.folder))
		return 1;
	enum status status = write_files(&all, argument(count, values, 2, 100000), &error);
	if (status == STATUS_OK)
		status = measure(&all, &error);
	if (status != STATUS_OK)
		error_print(&error, stderr);
	remove_files(&all);
	free(all.at);
	return status != STATUS_OK;
}
