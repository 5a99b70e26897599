/* What the reading thread re-uses from extract to extract. */
#include "base/memory.h"
#include "intake/intake_int.h"

#include <stdlib.h>

struct reader *reader_new(struct intake *intake)
{
	struct reader *reader = memory_alloc(1, sizeof *reader);
	reader->intake = intake;
	reader->today = intake->today;
	reader->converter.today = intake->today;
	reader->converter.pivot_year = date_ymd(intake->today).year;
	buf_init(&reader->converter.scratch, (size_t)CSV_ROW_CEILING * 5);
	buf_init(&reader->packed, (size_t)CSV_ROW_CEILING * 4);
	buf_init(&reader->key, (size_t)CSV_ROW_CEILING * 4);
	buf_init(&reader->raw, INTAKE_RAW_KEPT * 6); /* Windows-1252 grows when it is read */
	return reader;
}

void reader_free(struct reader *reader)
{
	if (!reader)
		return;
	struct buf *secret[] = {&reader->converter.scratch, &reader->packed, &reader->key, &reader->raw};
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
		buf_wipe(secret[i]);
		buf_release(secret[i]);
	}
	for (size_t i = 0; i < reader->measure_capacity; i++)
		measure_release(&reader->measures[i]);
	free(reader->measures);
	free(reader->values);
	free(reader->file_columns);
	free(reader->rule_counts);
	free(reader);
}

void reader_start(struct reader *reader, struct extract_job *job, const struct plan *plan)
{
	reader->job = job;
	reader->plan = plan;
	reader->known = &reader->intake->known[plan->feed->number];
	reader->rule_count = 0;
	reader->cut_short = false;
	reader->begun = false;
	if (reader->value_capacity <= plan->slot_count) {
		reader->value_capacity = plan->slot_count * 2 + 1;
		reader->values = memory_resize(reader->values, reader->value_capacity, sizeof *reader->values);
	}
	if (reader->file_column_capacity < plan->column_count) {
		reader->file_column_capacity = plan->column_count * 2;
		reader->file_columns =
			memory_resize(reader->file_columns, reader->file_column_capacity, sizeof *reader->file_columns);
	}
	while (reader->measure_capacity < plan->column_count) {
		size_t capacity = reader->measure_capacity + 1;
		reader->measures = memory_resize(reader->measures, capacity, sizeof *reader->measures);
		measure_init(&reader->measures[reader->measure_capacity]);
		reader->measure_capacity = capacity;
	}
	for (size_t i = 0; i < plan->column_count; i++)
		measure_reset(&reader->measures[i]);
	reader->intake->sequence++;
}

static void give_held(struct reader *reader)
{
	for (size_t i = 0; i < reader->held_count; i++)
		writer_give(reader->intake->writer, reader->held[i]);
	reader->held_count = 0;
}

/* Behind a savepoint SQLite copies every page before it is changed, which for an extract of a few rows,
 * each on a page of its own, costs more than writing them. So most extracts are held until it is known
 * whether they are loaded. */
void reader_flush(struct reader *reader)
{
	struct writer *writer = reader->intake->writer;
	if (!reader->begun && reader->held_count < BATCHES_HELD_MOST) {
		reader->held[reader->held_count++] = reader->batch;
	} else {
		if (!reader->begun)
			writer_give(writer, writer_batch(writer, reader->job, BATCH_SAVEPOINT));
		reader->begun = true;
		give_held(reader);
		writer_give(writer, reader->batch);
	}
	reader->batch = writer_batch(writer, reader->job, BATCH_ROWS);
}

void reader_give_all(struct reader *reader)
{
	give_held(reader);
	writer_give(reader->intake->writer, reader->batch);
	reader->batch = NULL;
}

void reader_drop_all(struct reader *reader)
{
	for (size_t i = 0; i < reader->held_count; i++)
		writer_return(reader->intake->writer, reader->held[i]);
	reader->held_count = 0;
	writer_return(reader->intake->writer, reader->batch);
	reader->batch = NULL;
}
