#include "base/memory.h"
#include "intake/intake_int.h"

/* Headers are compared without regard to case, blanks at the ends and doubled blanks inside. */
static bool same_header(struct text a, struct text b)
{
	a = text_trim(a);
	b = text_trim(b);
	size_t i = 0, k = 0;
	while (i < a.len && k < b.len) {
		char x = a.at[i], y = b.at[k];
		bool blank_x = x == ' ' || x == '\n' || x == '\r', blank_y = y == ' ' || y == '\n' || y == '\r';
		if (blank_x != blank_y || (!blank_x && !text_equal_ignoring_case(text_slice(&x, 1), text_slice(&y, 1))))
			return false;
		for (i++; blank_x && i < a.len && (a.at[i] == ' ' || a.at[i] == '\n' || a.at[i] == '\r');)
			i++;
		for (k++; blank_y && k < b.len && (b.at[k] == ' ' || b.at[k] == '\n' || b.at[k] == '\r');)
			k++;
	}
	return i == a.len && k == b.len;
}

static bool is_wanted(const struct plan *plan, struct text header)
{
	for (size_t i = 0; i < plan->column_count; i++) {
		if (same_header(plan->columns[i].column->header, header))
			return true;
	}
	return false;
}

/* The name among the columns that nobody asked for which is most like WANTED. */
static struct text nearest_unclaimed(const struct plan *plan, const struct csv_row *header, struct text wanted)
{
	struct text *names = memory_alloc(header->count + 1, sizeof *names);
	size_t count = 0;
	for (size_t i = 0; i < header->count; i++) {
		struct text name = text_trim(header->fields[i]);
		if (name.len && !is_wanted(plan, name))
			names[count++] = name;
	}
	struct text nearest = text_nearest(wanted, names, count);
	free(names);
	return nearest;
}

static bool find_column(const struct csv_row *header, struct text wanted, size_t *at, bool *twice)
{
	bool found = false;
	for (size_t i = 0; i < header->count; i++) {
		if (!same_header(header->fields[i], wanted))
			continue;
		*twice |= found;
		if (!found)
			*at = i;
		found = true;
	}
	return found;
}

static bool must_be_there(const struct plan *plan, const struct plan_column *pc)
{
	if (plan->feed->missing_columns == HOLD_EXTRACT || pc->column->required)
		return true;
	for (size_t i = 0; i < plan->key_count; i++) {
		if (plan->key_slots[i] >= pc->first_slot && plan->key_slots[i] < pc->first_slot + pc->slot_count)
			return true;
	}
	return plan->client_slot >= pc->first_slot && plan->client_slot < pc->first_slot + pc->slot_count;
}

struct missing {
	char text[300];
	size_t count, named;
};

static void name_missing(struct missing *missing, struct text wanted, struct text nearest)
{
	size_t at = strlen(missing->text);
	missing->count++;
	if (missing->named == 4)
		return;
	missing->named++;
	if (text_is_absent(nearest))
		snprintf(missing->text + at, sizeof missing->text - at, "%s\"%.*s\"", at ? ", " : "", TEXT_ARG(wanted));
	else
		snprintf(missing->text + at, sizeof missing->text - at, "%s\"%.*s\" (the file has \"%.*s\": renamed?)",
			 at ? ", " : "", TEXT_ARG(wanted), TEXT_ARG(nearest));
}

enum status header_map(struct reader *reader, const struct csv_row *header, struct error *error)
{
	const struct plan *plan = reader->plan;
	struct missing missing = {0};
	for (size_t i = 0; i < plan->column_count; i++) {
		const struct plan_column *pc = &plan->columns[i];
		struct text wanted = pc->column->header;
		bool twice = false;
		reader->file_columns[i] = SIZE_MAX;
		if (!find_column(header, wanted, &reader->file_columns[i], &twice) && must_be_there(plan, pc))
			name_missing(&missing, wanted, nearest_unclaimed(plan, header, wanted));
		if (twice)
			return error_set(error, STATUS_HELD, "intake.column_twice",
					 "The file has the column \"%.*s\" twice", TEXT_ARG(wanted));
	}
	reader->file_column_count = header->count;
	if (missing.count == 0)
		return STATUS_OK;
	error_set(error, STATUS_HELD, "intake.column_missing", "%zu column%s missing: %s%s", missing.count,
		  missing.count == 1 ? " is" : "s are", missing.text, missing.count > missing.named ? " ..." : "");
	error_remedy(error, "Ask the source's owner, or put the new header into the feed's definition");
	return STATUS_HELD;
}
