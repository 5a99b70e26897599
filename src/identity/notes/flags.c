/* Flags of a resident, as the shelves have them. */
#include "notes/notes_int.h"

#include "base/memory.h"
#include "profile/profile.h"
#include "store/store.h"

#include <stdlib.h>

/* In the order of notes.h's essay: the newest note first. A fact's newest version tells the note's date; where the row
 * has ended in its source the flag stands, as the note does. */
static const char select_flags[] =
	"SELECT f.record_id, f.feed_no, d.feed_id, f.row_key, f.version, e.element_id, f.start_byte, f.end_byte, "
	"f.first_char, f.last_char, w.word AS factor, f.polarity, f.said_time, f.said_year, f.whose, r.word AS role, "
	"f.certainty, s.word AS speaker, f.trend, f.question, k.valid_from, k.extract_id, x.as_at "
	"FROM resident_record m JOIN note_flag f ON f.record_id = m.record_id "
	"JOIN fact k ON k.record_id = f.record_id AND k.feed_no = f.feed_no AND k.row_key = f.row_key "
	"AND k.version = f.version "
	"JOIN extract x ON x.extract_id = k.extract_id "
	"JOIN feed d ON d.feed_no = f.feed_no JOIN element e ON e.element_no = f.element_no "
	"JOIN note_word w ON w.word_no = f.factor_no "
	"LEFT JOIN note_word r ON r.word_no = f.role_no LEFT JOIN note_word s ON s.word_no = f.speaker_no "
	"WHERE m.resident_id = :resident_id "
	"ORDER BY k.valid_from DESC, f.record_id, f.feed_no, f.row_key, f.element_no, f.start_byte, w.word";

struct columns {
	int record_id, feed_no, feed_id, row_key, version, element_id, start, end, first_char, last_char, factor,
		polarity, time, year, whose, role, certainty, speaker, trend, question, on, extract_id, as_at;
};

static struct columns find_columns(struct statement *row)
{
	return (struct columns){
		.record_id = statement_column(row, "record_id"),
		.feed_no = statement_column(row, "feed_no"),
		.feed_id = statement_column(row, "feed_id"),
		.row_key = statement_column(row, "row_key"),
		.version = statement_column(row, "version"),
		.element_id = statement_column(row, "element_id"),
		.start = statement_column(row, "start_byte"),
		.end = statement_column(row, "end_byte"),
		.first_char = statement_column(row, "first_char"),
		.last_char = statement_column(row, "last_char"),
		.factor = statement_column(row, "factor"),
		.polarity = statement_column(row, "polarity"),
		.time = statement_column(row, "said_time"),
		.year = statement_column(row, "said_year"),
		.whose = statement_column(row, "whose"),
		.role = statement_column(row, "role"),
		.certainty = statement_column(row, "certainty"),
		.speaker = statement_column(row, "speaker"),
		.trend = statement_column(row, "trend"),
		.question = statement_column(row, "question"),
		.on = statement_column(row, "valid_from"),
		.extract_id = statement_column(row, "extract_id"),
		.as_at = statement_column(row, "as_at"),
	};
}

static struct text copy(struct statement *row, int column, struct arena *arena)
{
	struct text value = statement_text(row, column);
	return text_is_absent(value) ? TEXT_ABSENT : arena_text(arena, value);
}

static void read_flag(struct note_flag *out, struct statement *row, const struct columns *c,
		      const struct profile *profile, struct arena *arena)
{
	*out = (struct note_flag){
		.record_id = statement_int(row, c->record_id),
		.row_key = statement_int(row, c->row_key),
		.extract_id = statement_int(row, c->extract_id),
		.feed_no = (int32_t)statement_int(row, c->feed_no),
		.version = (int32_t)statement_int(row, c->version),
		.feed_id = copy(row, c->feed_id, arena),
		.element_id = copy(row, c->element_id, arena),
		.on = (date)statement_int(row, c->on),
		.as_at = (date)statement_int(row, c->as_at),
		.start = (uint32_t)statement_int(row, c->start),
		.end = (uint32_t)statement_int(row, c->end),
		.first_char = (uint32_t)statement_int(row, c->first_char),
		.last_char = (uint32_t)statement_int(row, c->last_char),
		.factor_id = copy(row, c->factor, arena),
		.polarity = (enum note_polarity)statement_int(row, c->polarity),
		.time = (enum note_time)statement_int(row, c->time),
		.year = (int)statement_int(row, c->year),
		.whose = (enum note_whose)statement_int(row, c->whose),
		.role = copy(row, c->role, arena),
		.certainty = (enum note_certainty)statement_int(row, c->certainty),
		.speaker = copy(row, c->speaker, arena),
		.trend = (enum note_trend)statement_int(row, c->trend),
		.question = statement_int(row, c->question) != 0,
	};
	out->factor = profile ? profile_factor(profile, out->factor_id) : NULL;
}

static enum status read_flags(struct note_flags *out, struct store *data, const struct profile *profile,
			      int64_t resident_id, struct arena *arena, struct error *error)
{
	struct statement *row;
	struct note_flag *flags = NULL;
	size_t count = 0, capacity = 0;
	bool more = false;
	enum status status = store_prepare(&row, data, select_flags, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(row, "resident_id", resident_id);
	struct columns columns = find_columns(row);
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		ARRAY_GROW(flags, count, capacity);
		read_flag(&flags[count++], row, &columns, profile, arena);
	}
	statement_done(row);
	struct note_flag *kept = ARENA_ARRAY(arena, count, struct note_flag);
	if (count)
		memcpy(kept, flags, count * sizeof *flags);
	free(flags);
	out->at = kept;
	out->count = count;
	return status;
}

/* The reading that is wanted now is the one begun last. */
static const char count_notes[] =
	"SELECT d.feed_id, count(*) AS notes, SUM(CASE WHEN n.reading_no = (SELECT MAX(reading_no) FROM note_reading) "
	"THEN 0 ELSE 1 END) AS waiting FROM resident_record m JOIN note_read n ON n.record_id = m.record_id "
	"JOIN feed d ON d.feed_no = n.feed_no WHERE m.resident_id = :resident_id GROUP BY d.feed_id ORDER BY d.feed_id";

static enum status read_counts(struct note_flags *out, struct store *data, int64_t resident_id, struct arena *arena,
			       struct error *error)
{
	struct statement *row;
	struct notes_of_feed *feeds = NULL;
	size_t count = 0, capacity = 0;
	bool more = false;
	enum status status = store_prepare(&row, data, count_notes, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(row, "resident_id", resident_id);
	int feed_id = statement_column(row, "feed_id"), notes = statement_column(row, "notes"),
	    waiting = statement_column(row, "waiting");
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		ARRAY_GROW(feeds, count, capacity);
		int64_t waits = statement_int(row, waiting);
		feeds[count++] =
			(struct notes_of_feed){copy(row, feed_id, arena), statement_int(row, notes) - waits, waits};
	}
	statement_done(row);
	struct notes_of_feed *kept = ARENA_ARRAY(arena, count, struct notes_of_feed);
	if (count)
		memcpy(kept, feeds, count * sizeof *feeds);
	free(feeds);
	out->feeds = kept;
	out->feed_count = count;
	return status;
}

enum status note_flags_of_resident(struct note_flags *out, struct store *data, struct store *desk,
				   const struct profile *profile, int64_t resident_id, struct arena *arena,
				   struct error *error)
{
	*out = (struct note_flags){0};
	enum status status = read_flags(out, data, profile, resident_id, arena, error);
	if (status == STATUS_OK)
		status = read_counts(out, data, resident_id, arena, error);
	if (status == STATUS_OK && desk && out->count)
		status = verdicts_of_resident((struct note_flag *)out->at, out->count, data, desk, resident_id, arena,
					      error);
	return status;
}
