/* The row behind a sentence: every value that may be seen, from which file, under which agreement; in a case note the
 * words that were read, marked in their place, each of which a worker may say to be wrong. */
#include "web/pages/break_glass.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"
#include "web/pages/summary.h"

#include "base/id.h"

struct row_name { /* RECORD-FEED-ROW of the address */
	int64_t record_id, row_key;
	const struct profile_feed *feed;
};

static bool parse_name(const struct visit *visit, struct row_name *name)
{
	struct text rest = visit->parameters[1], record, feed;
	return text_split(&rest, '-', &record) && text_split(&rest, '-', &feed) &&
	       text_parse_int64(record, &name->record_id) && text_parse_int64(rest, &name->row_key) &&
	       (name->feed = profile_feed(visit->profile, feed)) != NULL;
}

static const struct disclosed_row *find_row(const struct disclosure_resident *answer, const struct row_name *name)
{
	for (size_t i = 0; i < answer->row_count; i++) {
		const struct disclosed_origin *origin = &answer->rows[i].origin;
		if (origin->feed == name->feed && origin->record_id == name->record_id &&
		    origin->row_key == name->row_key && answer->rows[i].newest)
			return &answer->rows[i];
	}
	return NULL;
}

/* ---- the words of a note ----------------------------------------------------------------------------------- */

static bool is_of(const struct note_flag *flag, const struct disclosed_row *row)
{
	return flag->record_id == row->origin.record_id && flag->row_key == row->origin.row_key &&
	       flag->version == row->origin.version && text_equal(flag->feed_id, row->origin.feed->id);
}

static int compare_places(const void *left, const void *right)
{
	const struct note_flag *a = *(const struct note_flag *const *)left,
			       *b = *(const struct note_flag *const *)right;
	return a->start != b->start ? (a->start > b->start) - (a->start < b->start)
				    : (a->end < b->end) - (a->end > b->end);
}

/* The flags of the row in the order of their words; their number. */
static size_t flags_of(struct visit *visit, const struct note_flags *flags, const struct disclosed_row *row,
		       const struct note_flag ***out)
{
	const struct note_flag **found = ARENA_ARRAY(visit->arena, flags->count, const struct note_flag *);
	size_t count = 0;
	for (size_t i = 0; i < flags->count; i++)
		if (is_of(&flags->at[i], row))
			found[count++] = &flags->at[i];
	if (count > 1)
		qsort(found, count, sizeof(struct note_flag *), compare_places);
	*out = found;
	return count;
}

static struct text factor_name(const struct note_flag *flag)
{
	return flag->factor ? flag->factor->name : flag->factor_id;
}

static void put_words(struct value *pieces, struct text words, const struct note_flag *flag)
{
	if (!words.len)
		return;
	struct value *piece = add_object(pieces);
	put_text(piece, "words", words);
	put_text(piece, "factor", flag ? factor_name(flag) : TEXT_ABSENT);
	put_bool(piece, "wrong", flag && flag->verdict != NOTE_NO_VERDICT);
}

/* Where flags lie upon each other, the first and longest is marked. */
static void put_note(struct value *item, struct text note, const struct note_flag *const *flags, size_t count)
{
	struct value *pieces = put_array(item, "pieces");
	size_t at = 0;
	for (size_t i = 0; i < count; i++) {
		if (flags[i]->start < at || flags[i]->end > note.len || flags[i]->end <= flags[i]->start)
			continue;
		put_words(pieces, text_slice(note.at + at, flags[i]->start - at), NULL);
		put_words(pieces, text_slice(note.at + flags[i]->start, flags[i]->end - flags[i]->start), flags[i]);
		at = flags[i]->end;
	}
	put_words(pieces, text_slice(note.at + at, note.len - at), NULL);
}

/* "is so; now; their own; said by the resident" */
static struct text reading_of(struct arena *arena, const struct note_flag *flag)
{
	static const char *const polarities[] = {"said to be so", "said not to be so", "said to be possible"};
	static const char *const times[] = {"now", "in the past", "feared or planned", "only supposed"};
	static const char *const whose[] = {"of this resident", "of somebody in the family", "of a professional",
					    "of somebody else"};
	static const char *const certainties[] = {
		"stated as a fact", "seen by the writer", "said by the resident", "reported by somebody",
		"alleged",          "heard second hand"};
	static const char *const trends[] = {"", "; getting worse", "; getting better", "; over"};
	struct text year = flag->year ? arena_format(arena, " (%d)", flag->year) : TEXT("");
	struct text role = flag->role.len ? arena_format(arena, " (%.*s)", TEXT_ARG(flag->role)) : TEXT("");
	return arena_format(arena, "%s, %s%.*s, %s%.*s; %s%s%s", polarities[flag->polarity], times[flag->time],
			    TEXT_ARG(year), whose[flag->whose], TEXT_ARG(role), certainties[flag->certainty],
			    trends[flag->trend], flag->question ? "; a question without an answer" : "");
}

static void put_flag(struct visit *visit, struct value *rows, struct text note, const struct note_flag *flag)
{
	struct value *row = add_object(rows);
	bool fits = flag->end <= note.len && flag->start < flag->end;
	put_text(row, "words", fits ? text_slice(note.at + flag->start, flag->end - flag->start) : TEXT_ABSENT);
	put_text(row, "factor", factor_name(flag));
	put_text(row, "factor_id", flag->factor_id);
	put_text(row, "definition", flag->factor ? flag->factor->definition : TEXT_ABSENT);
	put_text(row, "reading", reading_of(visit->arena, flag));
	put_bool(row, "counts", note_flag_counts(flag));
	put_int(row, "start", flag->start);
	put_int(row, "end", flag->end);
	put_int(row, "version", flag->version);
	put_string(row, "verdict", flag->verdict == NOTE_NO_VERDICT ? NULL : note_verdict_title(flag->verdict));
	struct value *verdicts = put_array(row, "verdicts");
	for (int v = NOTE_NO_VERDICT + 1; v < NOTE_VERDICT_COUNT; v++)
		put_option(verdicts, text_of(note_verdict_name((enum note_verdict)v)),
			   text_of(note_verdict_title((enum note_verdict)v)), TEXT(""));
}

static void put_flags(struct visit *visit, struct text note, const struct note_flag *const *flags, size_t count)
{
	struct value *rows = put_array(visit->document, "flags");
	for (size_t i = 0; i < count; i++)
		put_flag(visit, rows, note, flags[i]);
	put_bool(visit->document, "has_flags", count > 0);
	put_text(visit->document, "path", visit->request->path);
	put_bool(visit->document, "can_mark", visit_can(visit, CAPABILITY_REPORTS_MAKE));
}

/* ---- the row --------------------------------------------------------------------------------------------------- */

static void put_value(struct visit *visit, struct value *rows, const struct disclosed_row *row,
		      const struct disclosed_value *value, int64_t resident_id, const struct note_flags *flags)
{
	const struct profile_column *column = feed_column(row->origin.feed, value->element);
	enum column_type type = column ? column->type : COLUMN_TEXT;
	if (!value->withheld && !value->value.len)
		return;
	struct value *item = add_object(rows);
	put_text(item, "title", value->element->title);
	put_bool(item, "note", type == COLUMN_NOTE);
	if (type == COLUMN_NOTE && !value->withheld) {
		const struct note_flag **found;
		size_t count = flags_of(visit, flags, row, &found);
		put_note(item, value->value, found, count);
		put_flags(visit, value->value, found, count);
	}
	put_text(item, "value", value->withheld ? TEXT_ABSENT : view_words(value->value, type, visit->arena));
	put_string(item, "why", value->withheld ? policy_rule_text(value->rule) : NULL);
	put_text(item, "agreement", value->agreement ? value->agreement->title : TEXT_ABSENT);
	put_text(item, "clause", value->cover ? value->cover->clause : TEXT_ABSENT);
	put_text(item, "wrong_href",
		 value->withheld ? TEXT_ABSENT
				 : report_address(visit->arena, resident_id, &row->origin, value->element));
}

static void put_source_facts(struct visit *visit, const struct disclosed_row *row)
{
	const struct disclosed_origin *origin = &row->origin;
	const struct profile_source *source = origin->feed->source;
	struct value *facts = put_array(visit->document, "facts");
	put_fact(facts, "Service", source->title);
	put_fact(facts, "System", source->system);
	put_fact(facts, "Who answers for it", source->owner);
	put_fact(facts, "Whom to ask", source->contact);
	put_fact(facts, "Data as at", document_long_date(visit->arena, origin->data_as_at));
	put_fact(facts, "Like this since", document_long_date(visit->arena, origin->as_at));
	put_fact(facts, "Record", arena_format(visit->arena, "%lld", (long long)origin->record_id));
	put_fact(facts, "Delivered in",
		 arena_format(visit->arena, "extract %lld, line %d; version %d of the row",
			      (long long)origin->extract_id, origin->line, origin->version));
	put_fact(facts, "State", row->ended ? TEXT("No longer delivered by the source") : TEXT_ABSENT);
}

static enum status row_page(struct visit *visit, const struct disclosure_resident *answer,
			    const struct disclosed_row *row, struct error *error)
{
	const struct note_flags *flags;
	enum status status = summary_read_flags(visit, answer->resident_id, &flags, error);
	if (status != STATUS_OK)
		return status;
	struct value *document = visit->document;
	put_id(document, "id", answer->resident_id);
	put_href(document, "resident_href", "residents", answer->resident_id);
	put_text(document, "name", person_name(&answer->person));
	put_text(document, "heading", row->origin.feed->title);
	put_text(document, "service", row->origin.feed->source->title);
	put_bool(document, "presence_only", row->presence_only);
	put_source_facts(visit, row);
	struct value *values = put_array(document, "values");
	for (size_t i = 0; i < row->value_count; i++)
		put_value(visit, values, row, &row->values[i], answer->resident_id, flags);
	return visit_page(visit, "summary_row", "One record");
}

static enum status open_row(struct visit *visit, struct disclosure_resident *answer, const struct disclosed_row **row,
			    struct error *error)
{
	int64_t id;
	struct row_name name;
	if (!visit_id_parameter(visit, 0, &id) || !parse_name(visit, &name))
		return visit_not_found(error);
	struct glass_held held;
	struct disclosure_note note = {name.feed, name.record_id, name.row_key};
	struct disclosure_question question = {.viewer = &visit->viewer,
					       .subject_id = id,
					       .on = DATE_UNKNOWN,
					       .notes = true,
					       .note = &note,
					       .readings = true};
	enum status status = glass_take(visit, id, &held, error);
	if (status != STATUS_OK)
		return status;
	question.pass = held.found ? &held.pass : NULL;
	status = disclosure_open_resident(answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_resident(visit, answer);
	if (answer->by_pass)
		glass_use(visit, &held);
	*row = find_row(answer, &name);
	return *row ? STATUS_OK : visit_not_found(error);
}

enum status page_summary_row(struct visit *visit, struct error *error)
{
	struct disclosure_resident answer;
	const struct disclosed_row *row;
	enum status status = open_row(visit, &answer, &row, error);
	if (status == STATUS_OK && visit_query(visit, "marked").len)
		put_string(visit->document, "notice", "Noted. Summaries follow at once.");
	return status == STATUS_OK ? row_page(visit, &answer, row, error) : status;
}

/* ---- "this was read wrongly" ------------------------------------------------------------------------------- */

static bool shows_note(const struct disclosed_row *row)
{
	for (size_t i = 0; i < row->value_count; i++) {
		const struct profile_column *column = feed_column(row->origin.feed, row->values[i].element);
		if (column && column->type == COLUMN_NOTE && !row->values[i].withheld)
			return true;
	}
	return false;
}

static bool read_marking(struct visit *visit, const struct disclosed_row *row, struct note_marking *marking)
{
	int64_t start, end, version;
	struct text verdict = visit_field(visit, "verdict");
	*marking = (struct note_marking){.record_id = row->origin.record_id,
					 .row_key = row->origin.row_key,
					 .feed_id = row->origin.feed->id,
					 .user_id = visit->viewer.user_id,
					 .username = visit->viewer.username,
					 .factor_id = visit_field(visit, "factor"),
					 .verdict = NOTE_NO_VERDICT};
	if (!text_parse_int64(visit_field(visit, "start"), &start) ||
	    !text_parse_int64(visit_field(visit, "end"), &end) ||
	    !text_parse_int64(visit_field(visit, "version"), &version) || start < 0 || end < start ||
	    end > UINT32_MAX || version < 0 || version > INT32_MAX)
		return false;
	marking->start = (uint32_t)start;
	marking->end = (uint32_t)end;
	marking->version = (int32_t)version;
	return text_is(verdict, "right") || note_verdict_parse(verdict, &marking->verdict);
}

static enum status mark(struct visit *visit, int64_t resident_id, const struct note_marking *marking,
			struct error *error)
{
	struct store *data, *desk;
	const struct audit_entry entry =
		visit_entry_about(visit, "note.mark", "resident", resident_id,
				  arena_format(visit->arena, "factor=%.*s verdict=%s", TEXT_ARG(marking->factor_id),
					       note_verdict_name(marking->verdict)));
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = note_flag_mark(data, desk, marking, error);
	return visit_commit(visit, desk, status, &entry, error);
}

enum status page_summary_row_mark(struct visit *visit, struct error *error)
{
	struct note_marking marking;
	struct disclosure_resident answer;
	const struct disclosed_row *row;
	enum status status = open_row(visit, &answer, &row, error);
	if (status != STATUS_OK)
		return status;
	if (!shows_note(row) || !read_marking(visit, row, &marking))
		return visit_not_found(error);
	status = mark(visit, answer.resident_id, &marking, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	return status == STATUS_OK ? visit_redirect(visit, "%.*s?marked=yes", TEXT_ARG(visit->request->path)) : status;
}
