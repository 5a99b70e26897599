/* Questions to a finished borough. */
#include "world_int.h"

static bool covers(date from, date to, date on)
{
	return from <= on && (to == DATE_UNKNOWN || on < to);
}

const struct name *borough_name(const struct borough *b, uint32_t person, date on)
{
	const struct name *name = &b->names[b->persons[person].name];
	while (name->next != NOTHING && b->names[name->next].from <= on)
		name = &b->names[name->next];
	return name;
}

const struct residence *borough_residence(const struct borough *b, uint32_t person, date on)
{
	for (uint32_t at = b->persons[person].residence; at != NOTHING; at = b->residences[at].next)
		if (!b->residences[at].second_home && covers(b->residences[at].from, b->residences[at].to, on))
			return &b->residences[at];
	return NULL;
}

bool borough_lives_here(const struct borough *b, uint32_t person, date on)
{
	return borough_residence(b, person, on) != NULL;
}

uint32_t borough_property_of(const struct borough *b, uint32_t person, date on)
{
	const struct residence *home = borough_residence(b, person, on);
	return home ? home->property : NOTHING;
}

const struct spell *borough_spell(const struct borough *b, uint32_t person, enum spell_kind kind, date on)
{
	for (uint32_t at = b->persons[person].spell; at != NOTHING; at = b->spells[at].next)
		if (b->spells[at].kind == kind && covers(b->spells[at].from, b->spells[at].to, on))
			return &b->spells[at];
	return NULL;
}

double borough_need(const struct borough *b, uint32_t person, enum need need, int month)
{
	size_t at = month < 0 ? 0 : (unsigned)month >= b->plan.months ? b->plan.months - 1 : (size_t)month;
	return b->needs[((size_t)b->persons[person].needs_row * b->plan.months + at) * NEEDS + need] / 255.0;
}

uint32_t borough_abuser(const struct borough *b, uint32_t household)
{
	return b->households[household].abuser;
}
