#include "profile/register.h"

#include "base/buf.h"

#include <assert.h>

struct writer {
	struct register_field *fields;
	size_t count;
	struct arena *arena;
	struct buf list; /* of the field being gathered */
};

static void put(struct writer *w, const char *key, const char *title, struct text value)
{
	assert(w->count < REGISTER_FIELDS_MOST);
	w->fields[w->count++] = (struct register_field){key, title, value.at ? value : TEXT(""), DATE_UNKNOWN};
}

static void put_date(struct writer *w, const char *key, const char *title, date day)
{
	char written[DATE_TEXT_SIZE];
	put(w, key, title,
	    day == DATE_UNKNOWN ? TEXT("") : arena_text(w->arena, text_of(date_format_iso(day, written))));
	w->fields[w->count - 1].day = day;
}

static void gather(struct writer *w, struct text value)
{
	if (w->list.len)
		buf_append_text(&w->list, TEXT("; "));
	buf_append_text(&w->list, value);
}

static void put_gathered(struct writer *w, const char *key, const char *title)
{
	put(w, key, title, arena_text(w->arena, buf_text(&w->list)));
	buf_clear(&w->list);
}

static void put_parties(struct writer *w, const struct profile_agreement *agreement)
{
	static const struct {
		enum party_part part;
		const char *key, *title;
	} parts[] = {{PARTY_CONTROLLER, "other_controllers", "Other controllers"},
		     {PARTY_JOINT_CONTROLLER, "joint_controllers", "Joint controllers"},
		     {PARTY_PROCESSOR, "processors", "Processors"},
		     {PARTY_SERVICE, "services", "Services of the controller"}};
	put(w, "controller", "Controller", agreement->controller);
	put(w, "dpo", "Data protection officer", agreement->dpo);
	for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
		for (size_t i = 0; i < agreement->party_count; i++) {
			const struct profile_party *party = &agreement->parties[i];
			if (party->part != parts[p].part)
				continue;
			gather(w, text_is_empty(party->dpo)
					  ? party->name
					  : arena_format(w->arena, "%s (%s)", party->name.at, party->dpo.at));
		}
		put_gathered(w, parts[p].key, parts[p].title);
	}
}

static void put_recipients(struct writer *w, const struct profile_agreement *agreement)
{
	for (size_t i = 0; i < agreement->purpose_count; i++)
		gather(w, agreement->purposes[i]->title);
	put_gathered(w, "purposes", "For the purposes");
	for (size_t i = 0; i < agreement->role_count; i++)
		gather(w, agreement->roles[i]->title);
	put_gathered(w, "recipients", "Roles that may see");
	for (size_t i = 0; i < agreement->team_count; i++)
		gather(w, agreement->teams[i]->title);
	put_gathered(w, "teams", "Only in the teams");
}

/* What the council may hold under it: feeds, categories and elements, each once. */
static void put_data(struct writer *w, const struct profile *profile, const struct profile_agreement *agreement)
{
	unsigned categories = 0;
	struct buf elements;
	buf_init(&elements, 256 << 10);
	for (size_t f = 0; f < profile->feeds.count; f++) {
		bool any = agreement_covers_presence(profile, agreement, &profile->feeds.at[f], NULL);
		for (size_t e = 0; e < profile->elements.count && !any; e++)
			any = agreement_holds(profile, agreement, &profile->feeds.at[f], &profile->elements.at[e]);
		if (any)
			gather(w, profile->feeds.at[f].title);
	}
	put_gathered(w, "feeds", "From the feeds");
	for (size_t e = 0; e < profile->elements.count; e++) {
		bool any = false;
		for (size_t f = 0; f < profile->feeds.count && !any; f++)
			any = agreement_holds(profile, agreement, &profile->feeds.at[f], &profile->elements.at[e]);
		if (!any)
			continue;
		categories |= 1u << profile->elements.at[e].category;
		buf_append_text(&elements, elements.len ? TEXT("; ") : TEXT(""));
		buf_append_text(&elements, profile->elements.at[e].title);
	}
	for (int c = 0; c < CATEGORY_COUNT; c++)
		if (categories >> c & 1)
			gather(w, text_of(category_name((enum element_category)c)));
	put_gathered(w, "categories", "Categories of data");
	put(w, "elements", "Elements", arena_text(w->arena, buf_text(&elements)));
	buf_release(&elements);
}

static void put_basis(struct writer *w, const struct profile_agreement *agreement)
{
	put(w, "lawful_basis", "Lawful basis", agreement->lawful_basis);
	put(w, "special_condition", "Condition for special categories", agreement->special_condition);
	put(w, "criminal_condition", "Condition for criminal-offence data", agreement->criminal_condition);
	put(w, "schedule_1_condition", "Condition of schedule 1", agreement->schedule_1_condition);
}

static void put_terms(struct writer *w, const struct profile_agreement *agreement)
{
	static const char *const titles[] = {
#define TERM_TITLE(name, key, title) title,
		PROFILE_TERMS(TERM_TITLE)
#undef TERM_TITLE
	};
	for (int i = 0; i < TERM_COUNT; i++)
		put(w, term_name((enum agreement_term)i), titles[i], agreement->terms[i]);
}

static void put_decision(struct writer *w, const struct profile_agreement *agreement)
{
	put(w, "dpia_reference", "Impact assessment", agreement->dpia_reference);
	put(w, "dpia_outcome", "Outcome of the assessment", agreement->dpia_outcome);
	put(w, "decision", "Decision", agreement->decision);
	put(w, "decided_by", "Decided by", agreement->decided_by);
	put_date(w, "decided_on", "Decided on", agreement->decided_on);
	put_date(w, "from", "From", agreement->from);
	put_date(w, "to", "To", agreement->to);
	put_date(w, "review", "Review", agreement->review);
	put(w, "compartment", "Compartment", agreement->compartment);
}

size_t agreement_register(const struct register_field **out, const struct profile *profile,
			  const struct profile_agreement *agreement, struct arena *arena)
{
	struct writer w = {.fields = ARENA_ARRAY(arena, REGISTER_FIELDS_MOST, struct register_field), .arena = arena};
	buf_init(&w.list, 256 << 10);
	put(&w, "id", "Agreement", agreement->id);
	put(&w, "title", "Title", agreement->title);
	put(&w, "status", "Status", text_of(agreement_status_name(agreement->status)));
	put_parties(&w, agreement);
	put_basis(&w, agreement);
	put_recipients(&w, agreement);
	put_data(&w, profile, agreement);
	put_terms(&w, agreement);
	put_decision(&w, agreement);
	buf_release(&w.list);
	*out = w.fields;
	return w.count;
}
