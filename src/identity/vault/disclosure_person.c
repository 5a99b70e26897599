/* Who somebody is, in one line, from the rows that were let through. */
#include "vault/disclosure_int.h"

#include "clean/fold.h"

static struct text value_of(const struct disclosed_row *row, const struct profile_element *element)
{
	for (size_t i = 0; element && i < row->value_count; i++) {
		if (row->values[i].element == element)
			return row->values[i].value;
	}
	return TEXT_ABSENT;
}

/* Newer is better; what the source still says is better than anything it said before. */
static bool is_better(const struct disclosed_row *row, const struct disclosed_row *than)
{
	if (!than)
		return true;
	if (row->ended != than->ended)
		return than->ended;
	return row->origin.as_at > than->origin.as_at;
}

static bool is_title(struct text word)
{
	static const char *const titles[] = {"mr", "mrs", "ms", "miss", "dr", "mx", "rev", "sir", "master", "prof"};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		if (text_equal_ignoring_case(word, text_of(titles[i])))
			return true;
	}
	return false;
}

static bool in_capitals(struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] >= 'a' && t.at[i] <= 'z')
			return false;
	}
	return true;
}

/* The words of PART without titles; "O'BRIEN-SMITH" becomes "O'Brien-Smith" when CALM. */
static void append_words(struct buf *out, struct text part, bool calm)
{
	struct text word;
	while (text_split(&part, ' ', &word)) {
		if (word.len == 0 || is_title(word))
			continue;
		if (out->len)
			buf_append_char(out, ' ');
		bool begins = true;
		for (size_t i = 0; i < word.len; i++) {
			char c = word.at[i];
			buf_append_char(out, calm && !begins && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
			begins = c == '-' || c == '\'';
		}
	}
}

/* "SMITH, MR JOHN PAUL" as a list shows it: "John Paul Smith". The value itself stays as the source has it. */
static struct text full_name_in_words(struct arena *arena, struct text full)
{
	struct buf out;
	bool calm = in_capitals(full);
	size_t comma = text_find_char(full, ',');
	buf_init(&out, 1 << 12);
	if (comma < full.len)
		append_words(&out, text_slice(full.at + comma + 1, full.len - comma - 1), calm);
	append_words(&out, text_slice(full.at, comma), calm);
	struct text words = out.len ? arena_text(arena, buf_text(&out)) : full;
	buf_wipe(&out);
	buf_release(&out);
	return words;
}

static struct text name_of(struct asking_door *asking, const struct disclosed_row *row)
{
	const struct disclosure *door = asking->door;
	struct text given = value_of(row, door->known.given_name), family = value_of(row, door->known.family_name);
	if (!text_is_empty(given) && !text_is_empty(family))
		return arena_format(asking->arena, "%.*s %.*s", TEXT_ARG(given), TEXT_ARG(family));
	struct text full = value_of(row, door->known.full_name);
	if (!text_is_empty(full))
		return full_name_in_words(asking->arena, full);
	return text_is_empty(family) ? given : family;
}

static struct text address_of(struct asking_door *asking, const struct disclosed_row *row)
{
	const struct disclosure *door = asking->door;
	struct text whole = value_of(row, door->known.address);
	if (!text_is_empty(whole))
		return whole;
	struct text address = TEXT_ABSENT;
	for (size_t i = 0; i < 6; i++) {
		struct text line = value_of(row, i < 5 ? door->known.lines[i] : door->known.town);
		if (text_is_empty(line))
			continue;
		address = text_is_absent(address)
				  ? line
				  : arena_format(asking->arena, "%.*s, %.*s", TEXT_ARG(address), TEXT_ARG(line));
	}
	return address;
}

static bool same_name(struct text a, struct text b)
{
	char folded_a[192], folded_b[192];
	size_t len_a = clean_fold(folded_a, sizeof folded_a, a), len_b = clean_fold(folded_b, sizeof folded_b, b);
	bool same = text_equal(text_slice(folded_a, len_a), text_slice(folded_b, len_b));
	explicit_bzero(folded_a, sizeof folded_a);
	explicit_bzero(folded_b, sizeof folded_b);
	return same;
}

static const struct disclosed_row *choose_name(struct disclosed_person *out, struct asking_door *asking,
					       const struct read_rows *rows)
{
	const struct disclosed_row *best = NULL;
	bool best_in_two = false;
	for (size_t i = 0; i < rows->row_count; i++) {
		const struct disclosed_row *row = &rows->rows[i];
		if (!row->newest || text_is_empty(name_of(asking, row)))
			continue;
		/* A name in columns of its own reads better than "SMITH, MR JOHN". */
		bool in_two = !text_is_empty(value_of(row, asking->door->known.given_name));
		if (best && in_two != best_in_two ? in_two && !row->ended : is_better(row, best)) {
			best = row;
			best_in_two = in_two;
		}
	}
	if (best) {
		out->name = name_of(asking, best);
		out->name_from = best->origin;
	}
	return best;
}

static void choose_other_name(struct disclosed_person *out, struct asking_door *asking, const struct read_rows *rows)
{
	for (size_t i = 0; i < rows->row_count && text_is_absent(out->also_known_as); i++) {
		const struct disclosed_row *row = &rows->rows[i];
		if (!row->newest || row->ended || text_is_empty(value_of(row, asking->door->known.given_name)))
			continue;
		struct text other = name_of(asking, row);
		if (!same_name(other, out->name))
			out->also_known_as = other;
	}
}

static void choose_dates(struct disclosed_person *out, struct asking_door *asking, const struct read_rows *rows)
{
	const struct disclosed_row *birth = NULL, *death = NULL;
	for (size_t i = 0; i < rows->row_count; i++) {
		const struct disclosed_row *row = &rows->rows[i];
		if (!row->newest)
			continue;
		if (!text_is_empty(value_of(row, asking->door->known.date_of_birth)) && is_better(row, birth))
			birth = row;
		if (!text_is_empty(value_of(row, asking->door->known.date_of_death)) && is_better(row, death))
			death = row;
	}
	if (birth) {
		out->date_of_birth = value_of(birth, asking->door->known.date_of_birth);
		out->birth_from = birth->origin;
	}
	if (death)
		out->date_of_death = value_of(death, asking->door->known.date_of_death);
}

static bool is_over(const struct disclosed_row *row)
{
	return row->ended || (row->valid_to != DATE_UNKNOWN && row->valid_to < date_today());
}

static void choose_address(struct disclosed_person *out, struct asking_door *asking, const struct read_rows *rows)
{
	const struct disclosed_row *best = NULL;
	for (size_t i = 0; i < rows->row_count; i++) {
		const struct disclosed_row *row = &rows->rows[i];
		if (!row->newest || text_is_empty(address_of(asking, row)))
			continue;
		if (!best || (is_over(row) != is_over(best) ? is_over(best) : is_better(row, best)))
			best = row;
	}
	if (!best)
		return;
	out->address = address_of(asking, best);
	out->postcode = value_of(best, asking->door->known.postcode);
	out->address_from = best->origin;
}

void asking_person(struct disclosed_person *out, struct asking_door *asking, int64_t resident_id,
		   const struct read_rows *rows, uint64_t restrictions, bool address_hidden)
{
	*out = (struct disclosed_person){
		.resident_id = resident_id, .restrictions = restrictions, .address_protected = address_hidden};
	if (choose_name(out, asking, rows))
		choose_other_name(out, asking, rows);
	choose_dates(out, asking, rows);
	choose_address(out, asking, rows);
}

size_t asking_known_to(struct asking_door *asking, const struct read_rows *rows, const struct profile_source ***out)
{
	const struct profile *profile = asking->door->parts.profile;
	const struct profile_source **sources =
		ARENA_ARRAY(asking->arena, profile->sources.count, const struct profile_source *);
	uint8_t *seen = ARENA_ARRAY(asking->arena, profile->sources.count, uint8_t);
	size_t count = 0;
	for (size_t i = 0; i < rows->row_count; i++) {
		const struct profile_source *source = rows->rows[i].origin.feed->source;
		if (!rows->rows[i].newest || is_over(&rows->rows[i]) || seen[source->number])
			continue;
		seen[source->number] = 1;
		sources[count++] = source;
	}
	*out = sources;
	return count;
}
