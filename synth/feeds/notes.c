/* Case notes: a few sentences in one writer's style, with statements planted and labelled. */
#include "note_int.h"

struct composer {
	struct writer *w;
	struct random r;
	const struct note_subject *subject;
	const char *note, *between; /* its number; what stands between sentences */
	struct buf *out;
	size_t sentences;
	unsigned style;
};

static const char *pick(struct random *r, const char *const *from, size_t most)
{
	size_t count = 0;
	while (count < most && from[count])
		count++;
	return from[random_below(r, (uint32_t)count)];
}

/* Adds TEMPLATE with {N} and {X} filled; the span of {X} goes to FIRST and END. */
static void say(struct composer *c, const char *template, const char *phrase, size_t *first, size_t *end)
{
	if (c->sentences++)
		buf_append_text(c->out, text_of(c->between));
	bool capital = true; /* a phrase that begins a sentence begins with a capital */
	for (const char *p = template; *p; capital = false) {
		if (strncmp(p, "{N}", 3) == 0) {
			buf_append_text(c->out, text_of(c->subject->called));
			p += 3;
		} else if (strncmp(p, "{X}", 3) == 0) {
			*first = c->out->len;
			buf_append_text(c->out, text_of(phrase));
			if (capital && c->out->at && c->out->at[*first] >= 'a' && c->out->at[*first] <= 'z')
				c->out->at[*first] = (char)(c->out->at[*first] - 32);
			*end = c->out->len;
			p += 3;
		} else {
			buf_append_char(c->out, *p++);
		}
	}
}

static void filler(struct composer *c)
{
	size_t unused;
	say(c, note_fillers[random_below(&c->r, (uint32_t)note_filler_count)], "", &unused, &unused);
}

static void label(struct composer *c, const struct note_factor *factor, const struct note_kind *kind, size_t first,
		  size_t end)
{
	struct buf *out = &c->w->labels;
	buf_append_text(out, text_of(c->note));
	buf_append_char(out, ',');
	buf_append_text(out, text_of(factor->id));
	buf_append_char(out, ',');
	buf_append_int(out, (int64_t)first);
	buf_append_char(out, ',');
	buf_append_int(out, (int64_t)end);
	buf_append_char(out, ',');
	buf_append_text(out, text_of(kind->polarity));
	buf_append_char(out, ',');
	buf_append_text(out, text_of(kind->time));
	buf_append_char(out, ',');
	buf_append_text(out, text_of(kind->whose));
	buf_append_char(out, '\n');
}

/* What is acute is mostly said to be so; what is not is denied, past, feared, others' or heard. */
static enum note_kind_id choose_kind(struct composer *c, double need)
{
	double affirmed = need > 0.45 ? 6 : need > 0.25 ? 2 : 0.25;
	return (enum note_kind_id)random_weighted(
		&c->r, (double[STATEMENT_KINDS]){affirmed, 1.6, 0.8, 0.7, 0.5, 0.6, 0.5, 0.5}, STATEMENT_KINDS);
}

static const struct note_factor *choose_factor(struct composer *c, double *need, int month)
{
	double weights[NOTE_FACTORS], needs[NEEDS];
	for (int i = 0; i < NEEDS; i++)
		needs[i] = borough_need(c->w->b, c->subject->person, (enum need)i, month);
	for (size_t i = 0; i < NOTE_FACTORS; i++) {
		const struct note_factor *factor = &note_factors[i];
		weights[i] = factor->about == NOTE_CHILD && c->subject->adult ? 0 : 0.15 + needs[factor->need];
	}
	const struct note_factor *chosen = &note_factors[random_weighted(&c->r, weights, NOTE_FACTORS)];
	*need = needs[chosen->need];
	return chosen;
}

static void statement(struct composer *c, int month)
{
	double need;
	size_t first = 0, end = 0;
	const struct note_factor *factor = choose_factor(c, &need, month);
	const struct note_kind *kind = &note_kinds[choose_kind(c, need)];
	bool brief = c->style == NOTE_TELEGRAPHIC || (c->style == NOTE_BULLETS && random_chance(&c->r, 0.5));
	const char *frame =
		brief ? pick(&c->r, kind->short_frames, NOTE_SHORT_FRAMES) : pick(&c->r, kind->frames, NOTE_FRAMES);
	say(c, frame, pick(&c->r, factor->phrases, NOTE_PHRASES), &first, &end);
	label(c, factor, kind, first, end);
}

void note_write(struct writer *w, const char *note, uint64_t seed, const struct note_subject *subject, bool line_breaks,
		struct buf *out)
{
	struct composer c = {.w = w, .subject = subject, .note = note, .out = out};
	random_start(&c.r, w->b->plan.seed, STREAM_NOTE, seed, subject->adult);
	struct worker author;
	staff_of(w, subject->adult ? KEEPER_ADULTS : KEEPER_CHILDREN, subject->person, 0, &author);
	c.style = (unsigned)(text_hash(text_of(author.name)) % NOTE_STYLES); /* a writer keeps to a style */
	c.between = c.style == NOTE_BULLETS                   ? (line_breaks ? "\n- " : "; ")
		    : line_breaks && random_chance(&c.r, 0.4) ? "\n"
							      : " ";
	int month = borough_month_of(w->b, subject->on), last = (int)w->b->plan.months - 1;
	month = month < 0 ? 0 : month > last ? last : month;
	size_t unused;
	say(&c, note_openings[c.style][random_below(&c.r, 4)], "", &unused, &unused);
	unsigned statements = 1 + random_weighted(&c.r, (double[]){5, 3, 2}, 3);
	for (unsigned i = 0; i < statements; i++) {
		if (random_chance(&c.r, 0.6))
			filler(&c);
		statement(&c, month);
	}
	if (random_chance(&c.r, 0.5))
		filler(&c);
}

/* ---- the two feeds ---- */

static const char *childrens_kind(int kind)
{
	switch (kind) {
	case EVENT_CHILD_VISIT:
		return "VIS";
	case EVENT_CHILD_STRATEGY:
		return "STR";
	case EVENT_CHILD_CONFERENCE:
	case EVENT_CHILD_REVIEW:
		return "MTG";
	case EVENT_CHILD_ASSESSMENT:
		return "CSM";
	default:
		return "TEL";
	}
}

static void note_row(struct writer *w, uint32_t number, bool adult, const char *kind)
{
	const struct event *e = &w->b->events[number];
	struct recorded r;
	struct worker author;
	enum keeper keeper = adult ? KEEPER_ADULTS : KEEPER_CHILDREN;
	record_person(w, keeper, e->person, 0, e->on, &r);
	staff_of(w, keeper, e->person, 0, &author);
	struct note_subject subject = {.person = e->person,
				       .on = e->on,
				       .kind = e->kind,
				       .called = r.given[0] ? r.given : r.family,
				       .adult = adult};
	char note[24];
	snprintf(note, sizeof note, "%s%09llu", adult ? "AN" : "CN", (unsigned long long)scrambled(number, 9, 70));
	struct buf text;
	buf_init(&text, 1 << 16);
	note_write(w, note, number, &subject, !adult, &text);
	row_begin(w);
	field_text(w, note);
	if (adult)
		adult_client(w, e->person, 0);
	else
		children_client(w, e->person);
	field_time(w, e->on, 500 + (unsigned)(hash_mix(number) % 560), ' ', "");
	field_text(w, kind);
	field_text(w, author.name);
	field_text(w, author.team);
	field_text(w, text.at ? text.at : "");
	row_end(w);
	buf_release(&text);
}

static void childrens_note_row(struct writer *w, const struct due *due)
{
	note_row(w, due->a, false, childrens_kind(w->b->events[due->a].kind));
}

static void adult_note_row(struct writer *w, const struct due *due)
{
	static const char *const kinds[] = {[0] = "PHONE",
					    [EVENT_ADULT_ASSESSMENT - EVENT_ADULT_CONTACT] = "VISIT",
					    [EVENT_ADULT_REVIEW - EVENT_ADULT_CONTACT] = "REVIEW",
					    [EVENT_ADULT_SAFEGUARDING - EVENT_ADULT_CONTACT] = "MDT"};
	note_row(w, due->a, true, kinds[w->b->events[due->a].kind - EVENT_ADULT_CONTACT]);
}

/* Not every occasion is written up. */
static bool written_up(uint32_t event)
{
	return hash_mix(event ^ 0x907e) % 100 < 75;
}

void feed_childrens_notes(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->event_count; i++) {
		const struct event *e = &w->b->events[i];
		if (e->kind >= EVENT_CHILD_CONTACT && e->kind <= EVENT_CHILD_MISSING && e->on >= w->b->start - 365 &&
		    written_up(i))
			due_add(w, &list, e->on, i, 0, 0);
	}
	due_write(w, &list, childrens_note_row);
}

void feed_adult_notes(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->event_count; i++)
		if (adult_event(&w->b->events[i]) && w->b->events[i].on >= w->b->start - 365 && written_up(i))
			due_add(w, &list, w->b->events[i].on, i, 0, 0);
	due_write(w, &list, adult_note_row);
}
