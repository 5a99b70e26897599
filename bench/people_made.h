/* Made-up people as a council's or a hospital's files would have them: for measuring matching.
 *
 * 2.5 records a person on average, in random order. Names are skewed as names are, of several traditions; some records
 * have slips of the pen, nicknames, initials, day and month swapped, values missing; people move, marry, share a home,
 * a surname and a telephone. The same seed gives the same file on every machine. All of it is invented.
 */
#ifndef BENCH_PEOPLE_MADE_H
#define BENCH_PEOPLE_MADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes RECORDS records to PATH and "unique_id,entity" to TRUTH_PATH. False when a file cannot be written. */
bool people_made_write(const char *path, const char *truth_path, size_t records, uint64_t seed);

#endif
