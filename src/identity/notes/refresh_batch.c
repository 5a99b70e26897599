/* One batch of notes: unsealed and read on all threads, then written in one transaction. */
#include "notes/refresh_int.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "profile/factor.h"

#include <sodium.h>

struct read_flag { /* of a note in the batch */
	int64_t record_id, row_key;
	int32_t feed_no, version;
	uint32_t first_char, last_char;
	unsigned element_no;
	struct note_mention mention;
};
struct block_flags {
	struct read_flag *at;
	size_t count, capacity;
	int64_t bytes, notes;
};

struct batch {
	struct refreshing *r;
	const struct waiting_note *notes;
	size_t count;
	struct block_flags all;
};

/* ---- reading, on any thread -------------------------------------------------------------------------------- */

static const struct waiting_note *find_note(const struct batch *batch, const struct vault_row *row)
{
	size_t low = 0, high = batch->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct waiting_note *note = &batch->notes[middle];
		if (note->record_id == row->record_id && note->feed_no == row->feed_no && note->row_key == row->row_key)
			return note;
		bool before = note->record_id != row->record_id ? note->record_id < row->record_id
			      : note->feed_no != row->feed_no   ? note->feed_no < row->feed_no
								: note->row_key < row->row_key;
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const struct profile_feed *feed_of(const struct refreshing *r, int32_t feed_no)
{
	for (size_t i = 0; i < r->feed_count; i++) {
		if (r->feed_numbers[i] == feed_no)
			return r->feeds[i];
	}
	return NULL;
}

static bool is_note(const struct refreshing *r, const struct profile_feed *feed, unsigned element_no)
{
	struct text id = element_no < r->elements.count ? r->elements.ids[element_no] : TEXT_ABSENT;
	const struct profile_element *element = text_is_absent(id) ? NULL : profile_element(r->profile, id);
	const struct profile_column *column = element && feed ? feed_column(feed, element) : NULL;
	return column && column->type == COLUMN_NOTE;
}

/* Code points from byte FROM to TO: bytes that go on a character do not count. */
static uint32_t characters(struct text text, uint32_t from, uint32_t to)
{
	uint32_t count = 0;
	for (uint32_t i = from; i < to; i++)
		count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
	return count;
}

static void read_text(const struct batch *batch, struct block_flags *out, struct note_scratch *scratch,
		      const struct vault_row *row, unsigned element_no, struct text text, date on)
{
	const struct note_mention *mentions;
	size_t count = note_reader_read(batch->r->reader, scratch, text, on, &mentions);
	uint32_t byte = 0, character = 0;
	for (size_t i = 0; i < count; i++) {
		character += characters(text, byte, mentions[i].start);
		byte = mentions[i].start;
		ARRAY_GROW(out->at, out->count, out->capacity);
		out->at[out->count++] = (struct read_flag){
			.record_id = row->record_id,
			.row_key = row->row_key,
			.feed_no = row->feed_no,
			.version = row->version,
			.element_no = element_no,
			.first_char = character,
			.last_char = character + characters(text, byte, mentions[i].end),
			.mention = mentions[i],
		};
	}
	out->bytes += (int64_t)text.len;
	out->notes++;
}

static bool read_block(void *context, struct vault_block *block)
{
	const struct batch *batch = context;
	struct block_flags *out = memory_alloc(1, sizeof *out);
	struct note_scratch *scratch = note_scratch_new(batch->r->reader);
	for (size_t i = 0; i < block->count; i++) {
		const struct vault_row *row = &block->rows[i];
		const struct waiting_note *note = find_note(batch, row);
		struct vault_values values = vault_values_of(row->packed);
		const struct profile_feed *feed = feed_of(batch->r, row->feed_no);
		unsigned element_no;
		struct text text;
		while (note && vault_values_next(&values, &element_no, &text)) {
			if (is_note(batch->r, feed, element_no))
				read_text(batch, out, scratch, row, element_no, text, note->on);
		}
	}
	note_scratch_free(scratch);
	block->made = out;
	return true;
}

/* In the order of the blocks: the same for any number of threads. */
static bool take_block(void *context, struct vault_block *block)
{
	struct batch *batch = context;
	struct block_flags *made = block->made;
	for (size_t i = 0; i < made->count; i++) {
		ARRAY_GROW(batch->all.at, batch->all.count, batch->all.capacity);
		batch->all.at[batch->all.count++] = made->at[i];
	}
	batch->all.bytes += made->bytes;
	batch->all.notes += made->notes;
	free(made->at);
	free(made);
	return true;
}

/* ---- words ---------------------------------------------------------------------------------------------------- */

static struct text word_key(char space[160], int kind, struct text word)
{
	int len = snprintf(space, 160, "%d\x1f%.*s", kind, TEXT_ARG(word));
	return text_slice(space, len < 160 ? (size_t)len : 159);
}

enum status note_words_load(struct refreshing *r, struct error *error)
{
	struct statement *row;
	bool more = false;
	char space[160];
	enum status status = store_prepare(&row, r->data, "SELECT word_no, kind, word FROM note_word", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(row, "word_no"), kind = statement_column(row, "kind"),
	    word = statement_column(row, "word");
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more)
		*text_map_put(&r->words, word_key(space, (int)statement_int(row, kind), statement_text(row, word)),
			      NULL) = (uint64_t)statement_int(row, number);
	statement_done(row);
	return status;
}

/* Numbers go on from the highest there is. 0 for an absent word. */
static enum status number_word(struct refreshing *r, int kind, struct text word, int64_t *number, struct error *error)
{
	char space[160];
	bool is_new;
	struct statement *insert;
	*number = 0;
	if (text_is_absent(word))
		return STATUS_OK;
	uint64_t *known = text_map_put(&r->words, word_key(space, kind, word), &is_new);
	if (!is_new) {
		*number = (int64_t)*known;
		return STATUS_OK;
	}
	enum status status = store_query_int(r->data, "SELECT MAX(word_no) FROM note_word", number, error);
	if (status == STATUS_OK)
		status = store_prepare(&insert, r->data,
				       "INSERT INTO note_word (word_no, kind, word) VALUES (:number, :kind, :word)",
				       error);
	if (status != STATUS_OK)
		return status;
	*known = (uint64_t)++ * number;
	statement_bind_int(insert, "number", *number);
	statement_bind_int(insert, "kind", kind);
	statement_bind_text(insert, "word", word);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static enum status make_batch_table(const struct batch *batch, struct error *error)
{
	struct bulk *bulk;
	enum status status =
		store_define(batch->r->data, "CREATE TEMP TABLE note_batch (record_id ID PRIMARY KEY)", error);
	if (status == STATUS_OK)
		status = store_bulk_begin(&bulk, batch->r->data, "note_batch", "record_id", error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < batch->count && status == STATUS_OK; i++) {
		if (i > 0 && batch->notes[i].record_id == batch->notes[i - 1].record_id)
			continue;
		bulk_int(bulk, batch->notes[i].record_id);
		status = bulk_row(bulk, error);
	}
	if (status == STATUS_OK)
		return bulk_end(bulk, error);
	bulk_abandon(bulk);
	return status;
}

/* One statement a note, each for its few rows by the key. */
static enum status mark_read(const struct batch *batch, struct error *error)
{
	struct statement *remove, *mark = NULL;
	struct store *data = batch->r->data;
	enum status status = store_prepare(
		&remove, data,
		"DELETE FROM note_flag WHERE record_id = :record_id AND feed_no = :feed_no AND row_key = :row_key",
		error);
	if (status != STATUS_OK)
		return status;
	status = store_prepare(&mark, data,
			       "INSERT INTO note_read (record_id, feed_no, row_key, version, reading_no) VALUES "
			       "(:record_id, :feed_no, :row_key, :version, :reading) ON CONFLICT (record_id, feed_no, "
			       "row_key) DO UPDATE SET version = excluded.version, reading_no = excluded.reading_no",
			       error);
	for (size_t i = 0; i < batch->count && status == STATUS_OK; i++) {
		const struct waiting_note *note = &batch->notes[i];
		struct statement *both[] = {remove, mark};
		for (int s = 0; s < 2 && status == STATUS_OK; s++) {
			statement_bind_int(both[s], "record_id", note->record_id);
			statement_bind_int(both[s], "feed_no", note->feed_no);
			statement_bind_int(both[s], "row_key", note->row_key);
			if (s == 1) {
				statement_bind_int(mark, "version", note->version);
				statement_bind_int(mark, "reading", batch->r->reading_no);
			}
			status = statement_queue(both[s], error);
		}
	}
	statement_done(remove);
	statement_done(mark);
	return status;
}

static enum status write_flag(struct bulk *bulk, const struct read_flag *flag, const int64_t numbers[3],
			      struct error *error)
{
	const struct note_mention *m = &flag->mention;
	const int64_t cells[] = {flag->record_id,
				 flag->feed_no,
				 flag->row_key,
				 flag->element_no,
				 m->start,
				 numbers[0],
				 m->end,
				 flag->first_char,
				 flag->last_char,
				 flag->version,
				 (int64_t)m->polarity,
				 (int64_t)m->time,
				 m->year,
				 (int64_t)m->whose,
				 numbers[1],
				 (int64_t)m->certainty,
				 numbers[2],
				 (int64_t)m->trend,
				 m->question};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		bulk_int(bulk, cells[i]);
	return bulk_row(bulk, error);
}

/* Words first: a bulk is open while nothing else is asked. */
static enum status number_words(const struct batch *batch, int64_t (*numbers)[3], struct error *error)
{
	struct refreshing *r = batch->r;
	enum status status = STATUS_OK;
	for (size_t i = 0; i < batch->all.count && status == STATUS_OK; i++) {
		const struct note_mention *m = &batch->all.at[i].mention;
		status = number_word(r, WORD_FACTOR, r->profile->factors.at[m->factor].id, &numbers[i][0], error);
		if (status == STATUS_OK)
			status = number_word(r, WORD_ROLE, m->role, &numbers[i][1], error);
		if (status == STATUS_OK)
			status = number_word(r, WORD_ROLE, m->speaker, &numbers[i][2], error);
	}
	return status;
}

static enum status write_flags(const struct batch *batch, struct error *error)
{
	struct bulk *bulk;
	int64_t(*numbers)[3] = memory_alloc(batch->all.count + 1, sizeof *numbers);
	enum status status = number_words(batch, numbers, error);
	if (status == STATUS_OK)
		status = store_bulk_begin(&bulk, batch->r->data, "note_flag",
					  "record_id, feed_no, row_key, element_no, start_byte, factor_no, end_byte, "
					  "first_char, last_char, version, polarity, said_time, said_year, whose, "
					  "role_no, certainty, speaker_no, trend, question",
					  error);
	if (status == STATUS_OK) {
		for (size_t i = 0; i < batch->all.count && status == STATUS_OK; i++)
			status = write_flag(bulk, &batch->all.at[i], numbers[i], error);
		if (status == STATUS_OK)
			status = bulk_end(bulk, error);
		else
			bulk_abandon(bulk);
	}
	free(numbers);
	return status;
}

static enum status write_batch(const struct batch *batch, struct error *error)
{
	struct store *data = batch->r->data;
	enum status status = store_begin(data, error);
	if (status == STATUS_OK)
		status = mark_read(batch, error);
	if (status == STATUS_OK)
		status = write_flags(batch, error);
	if (status == STATUS_OK)
		status = store_commit(data, error);
	store_rollback(data);
	return status;
}

enum status note_read_batch(struct refreshing *r, size_t first, size_t end, struct error *error)
{
	struct batch batch = {.r = r, .notes = r->waiting + first, .count = end - first};
	struct vault_scan scan = {.part = VAULT_TEXT,
				  .versions = VAULT_NEWEST,
				  .threads = r->settings->threads,
				  .feeds = r->feed_numbers,
				  .feed_count = r->feed_count,
				  .within = "note_batch",
				  .prepare = read_block,
				  .visit = take_block,
				  .context = &batch};
	struct error unused;
	enum status status = make_batch_table(&batch, error);
	if (status == STATUS_OK)
		status = vault_scan(r->vault, r->data, &scan, error);
	if (store_execute(r->data, "DROP TABLE note_batch", status == STATUS_OK ? error : &unused) != STATUS_OK &&
	    status == STATUS_OK)
		status = error->status;
	if (status == STATUS_OK)
		status = write_batch(&batch, error);
	if (status == STATUS_OK) {
		r->report->notes += batch.all.notes;
		r->report->flags += (int64_t)batch.all.count;
		r->report->bytes += batch.all.bytes;
	}
	free(batch.all.at);
	return status;
}
