/* One row of an extract: typed, checked, and told apart into new, changed, unchanged or quarantined. */
#include "base/memory.h"
#include "intake/intake_int.h"

#include <sodium.h>
#include <stdlib.h>

/* ---- quarantine --------------------------------------------------------------------------------------- */

static struct rule_count *count_rule(struct reader *reader, const struct problem *problem)
{
	struct text column = problem->column ? problem->column->header : TEXT("");
	for (size_t i = 0; i < reader->rule_count; i++) {
		struct rule_count *count = &reader->rule_counts[i];
		if (text_equal(count->rule, problem->rule) && text_equal(count->column_name, column))
			return count;
	}
	ARRAY_GROW(reader->rule_counts, reader->rule_count, reader->rule_capacity);
	struct rule_count *count = &reader->rule_counts[reader->rule_count++];
	*count = (struct rule_count){problem->rule, column, problem->severity, 0};
	return count;
}

/* A row that could be split, cell by cell, so that each may be decided on when somebody asks for it. */
static void append_cells(struct reader *reader, const struct csv_row *row)
{
	const struct plan *plan = reader->plan;
	if (row->flaws || row->count != reader->file_column_count || row->raw.len > INTAKE_RAW_KEPT)
		return;
	struct text client =
		plan->client_slot < plan->slot_count ? reader->values[plan->client_slot].text : TEXT_ABSENT;
	if (!text_is_empty(client))
		vault_values_append(&reader->raw, QUARANTINE_CLIENT, client);
	for (size_t i = 0; i < plan->column_count; i++) {
		const struct plan_column *pc = &plan->columns[i];
		size_t at = reader->file_columns[i];
		if (pc->column->element && pc->slot_count == 1 && at < row->count && row->fields[at].len)
			vault_values_append(&reader->raw, QUARANTINE_CELL + plan->slots[pc->first_slot].element_no,
					    row->fields[at]);
	}
}

/* The row as delivered (with its first problem) and the wrong value, sealed. */
static void seal_problem(struct reader *reader, struct quarantine_op *op, const struct problem *problem,
			 const struct csv_row *row)
{
	struct text raw = row->raw;
	struct intake *intake = reader->intake;
	struct batch *batch = reader->batch;
	buf_clear(&reader->raw);
	if (op->problem == 1) {
		vault_values_append(&reader->raw, QUARANTINE_ROW,
				    text_slice(raw.at, raw.len < INTAKE_RAW_KEPT ? raw.len : INTAKE_RAW_KEPT));
		append_cells(reader, row);
	}
	if (!text_is_absent(problem->value))
		vault_values_append(
			&reader->raw, QUARANTINE_VALUE,
			text_slice(problem->value.at, problem->value.len < 1024 ? problem->value.len : 1024));
	struct vault_place place = {reader->job->result.extract_id, reader->plan->feed_no, op->line, op->problem,
				    VAULT_QUARANTINE};
	op->sealed_at = batch->bytes.len;
	vault_seal(intake->settings.vault, &place, buf_text(&reader->raw), &batch->bytes);
	op->sealed_len = batch->bytes.len - op->sealed_at;
}

static bool is_of_somebody_erased(const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		if (text_is(problems->at[i].rule, INTAKE_ERASED))
			return true;
	return false;
}

static void put_away(struct reader *reader, const struct csv_row *row)
{
	const struct problems *problems = &reader->problems;
	bool erased = is_of_somebody_erased(problems);
	reader->job->refused_rows += erased;
	int64_t kept = 0;
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->at[i];
		struct rule_count *count = count_rule(reader, problem);
		count->rows++;
		if (problem->severity == SEVERITY_WARN && count->rows > INTAKE_WARNINGS_KEPT && !problems->reject)
			continue;
		struct batch *batch = reader->batch;
		struct quarantine_op *op = &OP_ADD(&batch->quarantine);
		*op = (struct quarantine_op){.line = (int64_t)row->line,
					     .problem = ++kept,
					     .column_name = problem->column ? problem->column->header : TEXT_ABSENT,
					     .rule = problem->rule,
					     .severity = problem->severity,
					     .message_at = batch->bytes.len};
		buf_append(&batch->bytes, problem->message, strlen(problem->message));
		op->message_len = batch->bytes.len - op->message_at;
		if (!erased)
			seal_problem(reader, op, problem, row);
	}
}

/* ---- keys ------------------------------------------------------------------------------------------------ */

static int64_t client_hash(struct reader *reader)
{
	struct buf *key = &reader->key;
	buf_clear(key);
	buf_append_text(key, reader->plan->feed->source->id);
	buf_append_char(key, 0x1f);
	buf_append_text(key, reader->values[reader->plan->client_slot].text);
	return vault_hash64(reader->intake->settings.vault, VAULT_CLIENT, buf_text(key));
}

static int64_t row_key(struct reader *reader)
{
	struct buf *key = &reader->key;
	buf_clear(key);
	for (size_t i = 0; i < reader->plan->key_count; i++) {
		if (i > 0)
			buf_append_char(key, 0x1f);
		buf_append_text(key, reader->values[reader->plan->key_slots[i]].text);
	}
	return vault_hash64(reader->intake->settings.vault, VAULT_ROW_KEY, buf_text(key));
}

/* A part of the key may be empty (an open end), all of it may not. */
static bool has_key(const struct reader *reader)
{
	for (size_t i = 0; i < reader->plan->key_count; i++) {
		if (!text_is_absent(reader->values[reader->plan->key_slots[i]].text))
			return true;
	}
	return false;
}

/* Also of a row that is wrong otherwise: nothing of it may be put away. */
static bool is_refused(struct reader *reader)
{
	return reader->intake->refused.count && !text_is_absent(reader->values[reader->plan->client_slot].text) &&
	       id_map_get(&reader->intake->refused, (uint64_t)client_hash(reader));
}

static void add_refusal(struct reader *reader)
{
	problem_add(&reader->problems, NULL, INTAKE_ERASED, SEVERITY_REJECT, TEXT_ABSENT,
		    "This client was erased and is not to be loaded again");
}

/* Nobody knows which field of a broken row is which: it is of a client who is refused if any field says so. */
static void refuse_broken(struct reader *reader, const struct csv_row *row)
{
	const struct intake *intake = reader->intake;
	if (without_concerns(intake->settings.vault, reader->plan->feed, row, &intake->refused))
		add_refusal(reader);
}

static void require_key(struct reader *reader)
{
	const struct plan *plan = reader->plan;
	if (is_refused(reader)) {
		add_refusal(reader);
		return;
	}
	if (reader->problems.reject)
		return;
	if (text_is_absent(reader->values[plan->client_slot].text))
		problem_add(&reader->problems, feed_column(plan->feed, plan->feed->client), "required", SEVERITY_REJECT,
			    TEXT_ABSENT, "The client's number must be filled");
	else if (!has_key(reader))
		problem_add(&reader->problems, NULL, "required", SEVERITY_REJECT, TEXT_ABSENT,
			    "The columns that tell rows apart are all empty");
}

static int64_t record_of(struct reader *reader, bool *is_new)
{
	struct intake *intake = reader->intake;
	int64_t hash = client_hash(reader);
	uint64_t *record = id_map_put(&intake->clients, (uint64_t)hash, is_new);
	if (*is_new) {
		*record = (uint64_t)intake->next_record++;
		OP_ADD(&reader->batch->records) = (struct record_op){(int64_t)*record, hash};
	}
	return (int64_t)*record;
}

/* ---- the two halves of a row ---------------------------------------------------------------------------------- */

static void append_json_text(struct buf *out, struct text t)
{
	size_t plain = 0;
	for (; plain < t.len; plain++) {
		unsigned char c = (unsigned char)t.at[plain];
		if (c < 0x20 || c == '"' || c == '\\')
			break;
	}
	if (plain == t.len) {
		buf_append(out, t.at, t.len);
		buf_append_char(out, '"');
		return;
	}
	out->len--; /* the quote that buf_append_json writes again */
	buf_append_json(out, t);
}

static void build_payload(struct reader *reader, struct fact_op *fact)
{
	const struct plan *plan = reader->plan;
	struct buf *out = &reader->batch->bytes;
	bool first = true;
	fact->payload_at = out->len;
	buf_append_char(out, '{');
	for (size_t i = 0; i < plan->slot_count; i++) {
		if (plan->slots[i].keep != KEEP_FACT || text_is_absent(reader->values[i].text))
			continue;
		if (!first)
			buf_append_char(out, ',');
		first = false;
		buf_append_text(out, plan->slots[i].json_key);
		append_json_text(out, reader->values[i].text);
	}
	buf_append_char(out, '}');
	fact->payload_len = out->len - fact->payload_at;
}

/* Identity, then text; returns where the text begins. */
static size_t pack_values(struct reader *reader)
{
	const struct plan *plan = reader->plan;
	size_t split = 0;
	buf_clear(&reader->packed);
	for (int keep = KEEP_IDENTITY; keep <= KEEP_TEXT; keep++) {
		split = keep == KEEP_TEXT ? reader->packed.len : 0;
		for (size_t i = 0; i < plan->slot_count; i++) {
			if ((int)plan->slots[i].keep == keep && !text_is_absent(reader->values[i].text))
				vault_values_append(&reader->packed, plan->slots[i].element_no, reader->values[i].text);
		}
		if (!plan->has_text)
			return reader->packed.len;
	}
	return split;
}

static void seal_part(struct reader *reader, const struct fact_op *fact, enum vault_part part, struct text plain)
{
	struct batch *batch = reader->batch;
	struct vault_place place = {fact->record_id, reader->plan->feed_no, fact->row_key, fact->version, part};
	size_t at = batch->bytes.len;
	vault_seal(reader->intake->settings.vault, &place, plain, &batch->bytes);
	OP_ADD(&batch->seals) = (struct seal_op){fact->record_id,      fact->row_key, fact->version, (int32_t)part, at,
						 batch->bytes.len - at};
}

/* ---- known rows ------------------------------------------------------------------------------------------------- */

static void end_version(struct reader *reader, const struct known_row *known, int32_t how)
{
	OP_ADD(&reader->batch->ends) = (struct end_op){known->record_id, known->row_key, known->version, how};
}

static date value_date(const struct reader *reader, size_t slot, date otherwise)
{
	if (slot >= reader->plan->slot_count || text_is_absent(reader->values[slot].text))
		return otherwise;
	return (date)reader->values[slot].number;
}

static void note_references(struct reader *reader)
{
	const struct plan *plan = reader->plan;
	for (size_t i = 0; i < plan->slot_count && plan->is_referenced; i++) {
		const struct slot *slot = &plan->slots[i];
		if (!slot->references || text_is_absent(reader->values[i].text))
			continue;
		int64_t hash = vault_fast_hash64(reader->intake->settings.vault, VAULT_VALUE, reader->values[i].text);
		bool is_new;
		*id_map_put(slot->references, (uint64_t)hash, &is_new) = 1;
		if (is_new)
			OP_ADD(&reader->batch->references) = (struct reference_op){slot->element_no, hash};
	}
}

/* A new version, of a row that was never seen, came back, changed, or went to another client. */
static void load_version(struct reader *reader, struct known_row *known, struct fact_op *fact, size_t split)
{
	struct text packed = buf_text(&reader->packed);
	bool seal = known->version == 0 || known->seal_hash != fact->seal_hash || known->record_id != fact->record_id;
	if (known->version && !known->ended)
		end_version(reader, known, 1);
	fact->version = known->version + 1;
	known->record_id = fact->record_id;
	known->version = fact->version;
	known->row_hash = fact->row_hash;
	known->seal_hash = fact->seal_hash;
	known->ended = false;
	if (seal && reader->plan->has_identity)
		seal_part(reader, fact, VAULT_IDENTITY, text_slice(packed.at, split));
	if (seal && reader->plan->has_text)
		seal_part(reader, fact, VAULT_TEXT, text_slice(packed.at + split, packed.len - split));
	OP_ADD(&reader->batch->facts) = *fact;
	reader->job->result.rows_loaded++;
}

static void take_good_row(struct reader *reader, const struct csv_row *row, struct known_row *known, int64_t key)
{
	const struct plan *plan = reader->plan;
	const struct vault *vault = reader->intake->settings.vault;
	struct intake_result *result = &reader->job->result;
	bool is_new;
	struct fact_op fact = {.record_id = record_of(reader, &is_new), .row_key = key, .line = (int64_t)row->line};
	result->new_clients += is_new;
	size_t before = reader->batch->bytes.len;
	build_payload(reader, &fact);
	size_t split = pack_values(reader);
	fact.row_hash = vault_fast_hash64(vault, VAULT_ROW,
					  text_slice(reader->batch->bytes.at + fact.payload_at, fact.payload_len));
	fact.seal_hash = vault_fast_hash64(vault, VAULT_ROW, buf_text(&reader->packed));
	fact.from = value_date(reader, plan->from_slot, result->as_at);
	fact.to = value_date(reader, plan->to_slot, DATE_UNKNOWN);
	if (!known)
		known = known_add(reader->known, key);
	known->seen = known->mentioned = reader->intake->sequence;
	note_references(reader);
	if (known->version && !known->ended && known->row_hash == fact.row_hash && known->seal_hash == fact.seal_hash &&
	    known->record_id == fact.record_id) {
		reader->batch->bytes.len = before;
		result->rows_unchanged++;
		return;
	}
	load_version(reader, known, &fact, split);
}

/* ---- a row
 * ------------------------------------------------------------------------------------------------------------ */

static void convert_fields(struct reader *reader, const struct csv_row *row)
{
	const struct plan *plan = reader->plan;
	buf_clear(&reader->converter.scratch);
	/* Rewritten values are at most a few bytes longer than what they were read from. */
	(void)buf_reserve(&reader->converter.scratch, row->raw.len * 4 + plan->slot_count * 64);
	for (size_t i = 0; i < plan->column_count; i++) {
		const struct plan_column *pc = &plan->columns[i];
		size_t at = reader->file_columns[i];
		struct text field = at < row->count ? row->fields[at] : TEXT_ABSENT;
		bool filled;
		bool valid = convert_field(&reader->converter, pc, field, reader->values, &reader->problems, &filled);
		if (!filled || pc->column->ignore)
			continue;
		struct measure *measure = &reader->measures[i];
		measure->filled++;
		measure->valid += valid;
		measure_value(measure, field);
	}
}

/* What makes the whole row unreadable; its values are not looked at. */
static void check_shape(struct reader *reader, const struct csv_row *row, size_t header_columns)
{
	struct problems *problems = &reader->problems;
	const struct profile_column *column = NULL;
	for (size_t i = 0; i < reader->plan->column_count; i++) {
		if (reader->file_columns[i] == row->flaw_field)
			column = reader->plan->columns[i].column;
	}
	if (row->flaws & CSV_FLAW_NUL)
		problem_add(problems, column, "nul", SEVERITY_REJECT, TEXT_ABSENT, "Contains a NUL byte");
	if (row->flaws & CSV_FLAW_ENCODING)
		problem_add(problems, column, "encoding", SEVERITY_REJECT, TEXT_ABSENT,
			    "Contains bytes that are not text in the file's encoding");
	if (row->flaws & CSV_FLAW_TOO_LONG)
		problem_add(problems, column, "too_long", SEVERITY_REJECT, TEXT_ABSENT, "Longer than a field may be");
	bool cut = (row->flaws & CSV_FLAW_CUT) || (row->unterminated && row->count < header_columns);
	reader->cut_short |= cut;
	if (cut)
		problem_add(problems, NULL, "truncated", SEVERITY_REJECT, TEXT_ABSENT, "The file ends inside this row");
	else if (row->flaws & CSV_FLAW_QUOTES)
		problem_add(problems, NULL, "quotes", SEVERITY_REJECT, TEXT_ABSENT,
			    "A quotation mark opens and does not close, or stands unescaped inside quotes");
	else if (row->count != header_columns && !(row->flaws & CSV_FLAW_TOO_LONG))
		problem_add(problems, NULL, "columns", SEVERITY_REJECT, TEXT_ABSENT,
			    "%zu columns where the header has %zu", row->count, header_columns);
}

/* A row that is turned away still says that its key is delivered: a full delivery must not end it. */
static void mention(struct reader *reader)
{
	if (reader->known->count == 0 || !has_key(reader))
		return;
	struct known_row *known = known_find(reader->known, row_key(reader));
	if (known)
		known->mentioned = reader->intake->sequence;
}

static void clear_values(struct reader *reader)
{
	for (size_t i = 0; i < reader->plan->slot_count; i++)
		reader->values[i] = (struct value){0};
}

void rows_take(struct reader *reader, const struct csv_row *row, size_t header_columns)
{
	struct problems *problems = &reader->problems;
	struct intake_result *result = &reader->job->result;
	struct known_row *known = NULL;
	int64_t key = 0;
	problems->count = 0;
	problems->reject = false;
	result->rows_read++;
	check_shape(reader, row, header_columns);
	if (!problems->reject) {
		convert_fields(reader, row);
		rules_check(reader->plan, reader->values, reader->today, result->as_at, reader->intake->settings.vault,
			    problems);
		require_key(reader);
	} else {
		clear_values(reader);
		refuse_broken(reader, row);
	}
	if (!problems->reject) {
		key = row_key(reader);
		known = known_find(reader->known, key);
		if (known && known->seen == reader->intake->sequence)
			problem_add(problems, NULL, "duplicate_key", SEVERITY_REJECT, TEXT_ABSENT,
				    "An earlier row of this file has the same key");
	}
	if (problems->count)
		put_away(reader, row);
	if (problems->reject) {
		result->rows_quarantined++;
		mention(reader);
	} else {
		result->warnings += problems->count > 0;
		take_good_row(reader, row, known, key);
	}
}

/* ---- behind the last row
 * ---------------------------------------------------------------------------------------------------- */

void rows_end_absent(struct reader *reader)
{
	struct known_feed *known = reader->known;
	for (size_t i = 0; i < known->count; i++) {
		struct known_row *row = &known->rows[i];
		if (row->ended || row->mentioned == reader->intake->sequence)
			continue;
		if (batch_is_full(reader->batch))
			reader_flush(reader);
		end_version(reader, row, 2);
		row->ended = true;
		reader->job->result.rows_ended++;
	}
}

void rows_finish(struct reader *reader)
{
	const struct plan *plan = reader->plan;
	struct extract_job *job = reader->job;
	job->columns = ARENA_ARRAY(&job->arena, plan->column_count + 1, struct measured_column);
	for (size_t i = 0; i < plan->column_count; i++) {
		const struct profile_column *column = plan->columns[i].column;
		const struct measure *measure = &reader->measures[i];
		if (column->ignore || reader->file_columns[i] == SIZE_MAX)
			continue;
		job->columns[job->column_count++] =
			(struct measured_column){column->header, column->element ? column->element->id : TEXT_ABSENT,
						 measure->filled, measure->valid, measure_distinct(measure)};
	}
	job->rules = ARENA_ARRAY(&job->arena, reader->rule_count + 1, struct measured_rule);
	for (size_t i = 0; i < reader->rule_count; i++) {
		const struct rule_count *count = &reader->rule_counts[i];
		job->rules[job->rule_count++] =
			(struct measured_rule){count->rule, count->column_name, count->severity, count->rows};
	}
}
