/* Anybody's gazetteer and anybody's list of addresses, as CSV files.
 *
 *     struct address_book *book;
 *     status = address_book_open(&book, &(struct address_book_settings){.gazetteer = "g.csv"}, &error);
 *     address_book_match(book, TEXT("FL 1 21 Ashgrove"), TEXT("NW2 3LN"), &answer);   // any thread
 *     status = address_file_match(&summary, book, &(struct address_file){.in = "in.csv", .out = "out.csv", ...},
 * &error); address_book_close(book);
 *
 * Every row of a gazetteer is loaded, or is a problem with its line, its column and what would be right; a problem is
 * kept in the book, written to the quarantine file when there is one, and never lost.  What a layout may say is in
 * docs/formats/address.md.
 */
#ifndef ADDRESS_ADDRESS_FILE_H
#define ADDRESS_ADDRESS_FILE_H

#include "address/address.h"

#include <stdatomic.h>

struct address_book;
struct address_book_settings {
	const char *gazetteer;  /* CSV */
	const char *layout;     /* YAML; NULL: columns are known by their names */
	const char *quarantine; /* CSV to write problems to; NULL: they are only counted and kept in part */
	unsigned threads;       /* 0: all processors */
	bool show_progress;
	const atomic_bool *stop;
};

enum { ADDRESS_PROBLEMS_KEPT = 20 };
struct address_problem {
	uint64_t line;
	char column[64], reason[200];
	bool kept; /* the row is loaded all the same, without what is wrong */
};
struct address_book_report {
	uint64_t rows, loaded, ignored, quarantined; /* rows = loaded + ignored + quarantined; ignored: kinds of rows
							that the layout does not name */
	uint64_t entries, properties;
	uint64_t alternative, provisional, historic, shells; /* entries; properties with children */
	uint64_t circles, parents_missing;
	struct address_problem problems[ADDRESS_PROBLEMS_KEPT];
	size_t problem_count; /* of those kept here */
	uint64_t bytes;       /* of memory that the book takes */
	double seconds;
};

enum status address_book_open(struct address_book **out, const struct address_book_settings *settings,
			      struct error *error) MUST_CHECK;
void address_book_close(struct address_book *book); /* NULL is fine */
const struct address_book_report *address_book_report(const struct address_book *book);

struct address_answer {
	struct address_match match;
	uint64_t uprn, parent; /* 0: none */
	uint64_t found;        /* before it went to its successor; else uprn */
	const char *class;     /* of the property; "" unknown */
	bool is_shell;         /* others have it as their parent */
	bool split;            /* the property was split, and the address does not tell which part */
};
void address_book_match(const struct address_book *book, struct text address, struct text postcode,
			struct address_answer *out);
/* Why in words: "postcode same; street a slip; number same; flat same". */
struct buf;
void address_answer_explain(struct buf *out, const struct address_book *book, const struct address_answer *answer);

struct address_file {
	const char *in, *out; /* out: "-" is standard output */
	const char *const *columns;
	size_t column_count;
	const char *id; /* column; NULL: "id" and its like, when there is one */
	unsigned threads;
	bool show_progress;
	const atomic_bool *stop;
};
struct address_file_summary {
	uint64_t rows, exact, strong, probable, none;
	double seconds;
};
enum status address_file_match(struct address_file_summary *summary, const struct address_book *book,
			       const struct address_file *file, struct error *error) MUST_CHECK;

#endif
