/* How fast an extract is taken apart into fields, on one core: bench_csv [MEGABYTES], JSON out. */
#include "base/buf.h"
#include "base/date.h"
#include "intake/csv.h"

#include <inttypes.h>
#include <unistd.h>

static void make_rows(struct buf *out, size_t bytes)
{
	for (uint64_t i = 0; out->len < bytes; i++)
		buf_format(out,
			   "T%07" PRIu64 ",%" PRIu64 ",Mrs,\"O\"\"Brien-%" PRIu64 "\",Siobh\xc3\xa1n,%02u/%02u/%u,"
			   "\"Flat %" PRIu64 ", 12 Marsh Road, Eastmarsh\",EM%u %u%c%c,SEC,%u.%02u,01/04/2022,\r\n",
			   i, i * 7919 % 1000003, i % 1000, (unsigned)(i % 28 + 1), (unsigned)(i % 12 + 1),
			   (unsigned)(1930 + i % 90), i % 300, (unsigned)(i % 17), (unsigned)(i % 9),
			   (char)('A' + i % 26), (char)('A' + i / 26 % 26), (unsigned)(i % 5000), (unsigned)(i % 100));
}

int main(int argc, char **argv)
{
	size_t megabytes = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 256;
	struct buf piece;
	struct error e;
	char path[] = "/tmp/bench-csv.XXXXXX";
	int fd = mkstemp(path);
	buf_init(&piece, 64 << 20);
	make_rows(&piece, 16 << 20);
	size_t bytes = 0;
	for (size_t i = 0; i < megabytes / 16 + 1; i++) {
		if (write(fd, piece.at, piece.len) != (ssize_t)piece.len)
			return 1;
		bytes += piece.len;
	}
	close(fd);
	struct csv_given given = {.encoding_given = true, .encoding = CSV_UTF_8};
	struct csv_format format;
	struct csv *csv;
	if (csv_format_of_file(&format, path, &given, &e) || csv_open(&csv, path, &format, &e))
		return error_print(&e, stderr), 1;
	csv_expect(csv, 12);
	uint64_t rows = 0, fields = 0, wrong = 0;
	struct csv_row row;
	instant start = instant_now();
	while (csv_next(csv, &row, &e) == STATUS_OK && row.line) {
		rows++;
		fields += row.count;
		wrong += row.count != 12 || row.flaws;
	}
	double seconds = (double)(instant_now() - start) / 1e6;
	printf("{\"benchmark\": \"csv\", \"bytes\": %zu, \"rows\": %" PRIu64 ", \"fields\": %" PRIu64
	       ", \"wrong\": %" PRIu64 ", \"seconds\": %.3f, \"megabytes_per_second\": %.0f}\n",
	       bytes, rows, fields, wrong, seconds, (double)bytes / 1e6 / seconds);
	csv_close(csv);
	buf_release(&piece);
	unlink(path);
	return wrong != 0;
}
