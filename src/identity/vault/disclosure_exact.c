/* One resident by what somebody knows exactly, or nobody: for those who may not search. */
#include "vault/disclosure_int.h"

#include "clean/fold.h"

/* ---- what may be looked for ---------------------------------------------------------------------- */

/* A number of a person. Those of a home or a telephone are shared, and would tell who lives somewhere. */
static bool is_own_number(const struct profile_element *element)
{
	static const char *const shared[] = {"uprn", "phone", "mobile", "email"};
	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
		if (text_is(element->id, shared[i]))
			return false;
	return true;
}

static bool number_allowed(const void *context, unsigned feed, unsigned element)
{
	const struct asking_door *asking = context;
	return is_own_number(&asking->door->parts.profile->elements.at[element]) &&
	       asking_may_look_for(asking, feed, element);
}

/* ---- whether it is they ---------------------------------------------------------------------------- */

static bool has_word(struct text folded, struct text wanted)
{
	struct text word;
	while (text_split(&folded, ' ', &word))
		if (text_equal(word, wanted))
			return true;
	return false;
}

/* Every word that was written, two at least, is one of the name. */
static bool is_named(struct text name, struct text written)
{
	char a[256], b[256];
	struct text folded = text_slice(a, clean_fold(a, sizeof a, name)), word;
	struct text rest = text_slice(b, clean_fold(b, sizeof b, written));
	size_t words = 0;
	bool all = true;
	while (text_split(&rest, ' ', &word)) {
		if (!word.len)
			continue;
		all &= has_word(folded, word);
		words++;
	}
	explicit_bzero(a, sizeof a);
	explicit_bzero(b, sizeof b);
	return all && words >= 2;
}

static enum status is_wanted(bool *wanted, struct asking_door *asking, const struct disclosure_exact *exact,
			     const struct search_hit *hit, struct error *error)
{
	struct read_rows rows;
	struct disclosed_person person;
	*wanted = exact->number.len && (hit->matched & FOUND_IDENTIFIER);
	if (*wanted || !exact->name.len || !(hit->matched & FOUND_NAME) || !(hit->matched & FOUND_BIRTH))
		return STATUS_OK;
	enum status status = asking_read_lines(&rows, asking, hit->resident_id, true, false, error);
	if (status)
		return status;
	asking_person(&person, asking, hit->resident_id, &rows, 0, true);
	*wanted = text_equal(person.date_of_birth, exact->date_of_birth) &&
		  (is_named(person.name, exact->name) || is_named(person.also_known_as, exact->name));
	return STATUS_OK;
}

/* Whether the answer may be this resident at all. */
static bool counts(struct disclosure_exact_answer *out, struct asking_door *asking,
		   const struct disclosure_exact *exact, int64_t resident_id)
{
	uint64_t restrictions;
	bool hidden;
	bool known = asking_may_know(asking, resident_id, &restrictions, &hidden);
	if (exact->wanted == EXACT_KNOWN)
		return known;
	struct policy_bounds bounds = policy_bounds_of(asking->door->parts.policy, POLICY_RESIDENT, resident_id);
	if (!glass_may_break(asking->door->parts.profile, asking->viewer, asking->grid, bounds.restrictions,
			     &out->restrictions, &out->hours))
		return false;
	bounds.restrictions &= ~out->restrictions;
	return policy_may_know_of(asking->grid, &bounds); /* nor did they object */
}

static enum status look(struct disclosure_exact_answer *out, struct asking_door *asking,
			const struct disclosure_exact *exact, const struct search_hit *hits, size_t count,
			struct error *error)
{
	size_t found = 0;
	struct disclosure_exact_answer one = {0};
	enum status status = STATUS_OK;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		bool wanted;
		status = is_wanted(&wanted, asking, exact, &hits[i], error);
		if (status || !wanted || !counts(&one, asking, exact, hits[i].resident_id))
			continue;
		one.resident_id = hits[i].resident_id;
		*out = one;
		found++;
	}
	if (found != 1)
		*out = (struct disclosure_exact_answer){0};
	return status;
}

static enum status find_exact(struct disclosure_exact_answer *out, struct asking_door *asking,
			      const struct disclosure_exact *exact, struct text query, struct error *error)
{
	struct search_permission permission;
	struct search_hit *hits = NULL;
	size_t count = 0;
	asking_find_permission(&permission, asking);
	permission.identifier = number_allowed;
	if (exact->wanted == EXACT_BREAKABLE) /* counts() says of whom this is true */
		permission.hidden = permission.no_address = NULL;
	struct search_question question = {.query = query,
					   .one_number = exact->number.len > 0,
					   .permission = &permission,
					   .hash = asking_hash_identifier,
					   .hash_context = asking->door};
	if (asking->state->index)
		search_ask(asking->state->index, &question, asking->arena, &hits, &count);
	return look(out, asking, exact, hits, count, error);
}

enum status disclosure_find_exact(struct disclosure_exact_answer *out, struct disclosure *door,
				  const struct disclosure_exact *exact, struct arena *arena, struct error *error)
{
	struct asking_door asking;
	*out = (struct disclosure_exact_answer){0};
	struct text query = exact->number.len ? exact->number
					      : arena_format(arena, "%.*s %.*s", TEXT_ARG(exact->name),
							     TEXT_ARG(exact->date_of_birth));
	query.len = query.len > FIND_QUERY_MAX ? FIND_QUERY_MAX : query.len;
	enum status status = asking_begin(&asking, door, exact->viewer, DATE_UNKNOWN, arena, error);
	if (status)
		return status;
	status = find_exact(out, &asking, exact, query, error);
	if (!status)
		status = asking_settle(&asking, error);
	if (!status) {
		/* What was read to compare was shown to nobody. */
		memset(asking.disclosed, 0, door->parts.profile->elements.count);
		memset(asking.agreements, 0, door->parts.profile->agreements.count);
		asking_entry(&out->entry, &asking, exact->action, "resident", out->resident_id,
			     out->resident_id ? "allowed" : "refused", TEXT_ABSENT);
		disclosure_seal_search(door->parts.vault, query, &out->entry, arena);
		out->ticket = disclosure_submit(door, &out->entry);
		atomic_fetch_add(&door->finds, 1);
	}
	asking_end(&asking);
	return status;
}
