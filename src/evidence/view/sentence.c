/* The grammar of a summary: pieces of a sentence, filled from rows. Nothing is added that no row says. */
#include "view/summary_int.h"

#include "base/memory.h"

enum { SENTENCE_MAX = 4000 };

struct text sentence_date(date d, struct arena *arena)
{
	char words[DATE_TEXT_SIZE + 8];
	return arena_format(arena, "%s", date_format_long(d, words));
}

/* What the sources that say something agree on; else the word that suits everybody. */
enum summary_pronoun sentence_pronoun(const struct disclosure_resident *answer, const struct profile *profile)
{
	const struct profile_element *sex = profile_element(profile, TEXT("sex"));
	bool he = false, she = false, other = false;
	for (size_t i = 0; sex && i < answer->row_count; i++) {
		if (!answer->rows[i].newest || answer->rows[i].ended)
			continue;
		struct text said = row_text(&answer->rows[i], sex);
		he |= text_is(said, "male");
		she |= text_is(said, "female");
		other |= said.len && !text_is(said, "male") && !text_is(said, "female") && !text_is(said, "unknown");
	}
	if (he == she || other)
		return PRONOUN_THEY;
	return he ? PRONOUN_HE : PRONOUN_SHE;
}

struct writer {
	struct summing *s;
	const struct saying *saying;
	struct buf out;
	bool plural; /* of the subject last written, for its verb */
	enum said said;
};

static const char *const pronouns[][3] = {
	[PRONOUN_THEY] = {"they", "their", "them"},
	[PRONOUN_HE] = {"he", "his", "him"},
	[PRONOUN_SHE] = {"she", "her", "her"},
};

static void write_person(struct writer *w, const struct sentence_piece *piece)
{
	struct summing *s = w->s;
	bool named = s->named;
	s->named = true;
	w->plural = named && s->pronoun == PRONOUN_THEY;
	if (!named) {
		buf_append_text(&w->out, s->out->name);
		if (piece->kind == PIECE_THEIR)
			buf_format(&w->out, "%s",
				   text_ends_with(s->out->name, TEXT("s")) ? "\xe2\x80\x99" : "\xe2\x80\x99s");
		return;
	}
	const char *word = pronouns[s->pronoun][piece->kind - PIECE_THEY];
	char first = piece->capital ? (char)(word[0] - 'a' + 'A') : word[0];
	buf_append_char(&w->out, first);
	buf_format(&w->out, "%s", word + 1);
}

static void write_date(struct writer *w, date d)
{
	if (d == DATE_UNKNOWN)
		w->said = w->said == SAID ? SAID_NOT_RECORDED : w->said;
	else
		buf_append_text(&w->out, sentence_date(d, w->s->v.arena));
}

static void write_element(struct writer *w, const struct profile_element *element)
{
	struct view_value value = make_value(&w->s->v, w->saying->rows[0].row, element);
	if (value.element && value.withheld)
		w->said = SAID_WITHHELD;
	else if (!value.element || !value.value.len)
		w->said = w->said == SAID ? SAID_NOT_RECORDED : w->said;
	else if (value.type == COLUMN_CODE)
		buf_append_text(&w->out, value.value);
	else
		buf_append_text(&w->out, value.shown);
}

static date element_date(const struct writer *w, const struct profile_element *element)
{
	date d;
	return date_parse(row_text(w->saying->rows[0].row, element), "YYYY-MM-DD", 0, &d) ? d : DATE_UNKNOWN;
}

static date first_day(const struct saying *saying)
{
	for (size_t i = saying->count; i-- > 0;)
		if (saying->rows[i].on != DATE_UNKNOWN)
			return saying->rows[i].on;
	return DATE_UNKNOWN;
}

static void write_times(struct writer *w)
{
	if (w->saying->count <= 2)
		buf_format(&w->out, "%s", w->saying->count == 1 ? "once" : "twice");
	else
		buf_format(&w->out, "%zu times", w->saying->count);
}

static void write_piece(struct writer *w, const struct sentence_piece *piece)
{
	const struct saying *saying = w->saying;
	switch (piece->kind) {
	case PIECE_WORDS:
		buf_append_text(&w->out, piece->words);
		break;
	case PIECE_ELEMENT:
		write_element(w, piece->element);
		break;
	case PIECE_THEY:
	case PIECE_THEIR:
	case PIECE_THEM:
		write_person(w, piece);
		break;
	case PIECE_VERB:
		buf_append_text(&w->out, w->plural ? piece->many : piece->words);
		break;
	case PIECE_COUNT:
		buf_format(&w->out, "%zu", saying->count);
		break;
	case PIECE_TIMES:
		write_times(w);
		break;
	case PIECE_FIRST:
		write_date(w, first_day(saying));
		break;
	case PIECE_LATEST:
		write_date(w, saying->rows[0].on);
		break;
	case PIECE_START:
		write_date(w, element_date(w, saying->intervention->start));
		break;
	case PIECE_END:
		write_date(w, element_date(w, saying->intervention->end));
		break;
	case PIECE_ONE_MANY:
		buf_append_text(&w->out, saying->count == 1 ? piece->words : piece->many);
		break;
	case PIECE_MAYBE_OPEN:
	case PIECE_MAYBE_CLOSE:
		break;
	}
}

/* Between brackets: written whole, or not at all. */
static size_t write_maybe(struct writer *w, const struct sentence_piece *pieces, size_t count)
{
	size_t i = 0, before = w->out.len;
	enum said said = w->said;
	w->said = SAID;
	for (; i < count && pieces[i].kind != PIECE_MAYBE_CLOSE; i++)
		write_piece(w, &pieces[i]);
	if (w->said != SAID)
		w->out.len = before;
	w->said = said;
	return i;
}

enum said sentence_say(struct summing *s, const struct sentence_piece *pieces, size_t count,
		       const struct saying *saying, struct text *words)
{
	bool named = s->named;
	struct writer w = {.s = s, .saying = saying, .said = SAID};
	buf_init(&w.out, SENTENCE_MAX * 4);
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].kind == PIECE_MAYBE_OPEN)
			i += 1 + write_maybe(&w, pieces + i + 1, count - i - 1);
		else
			write_piece(&w, &pieces[i]);
	}
	if (w.out.len && w.out.at[0] >= 'a' && w.out.at[0] <= 'z')
		w.out.at[0] = (char)(w.out.at[0] - 'a' + 'A');
	*words = arena_text(s->v.arena, buf_text(&w.out));
	if (w.said != SAID)
		s->named = named;
	buf_release(&w.out);
	return w.said;
}

/* ---- glossary ------------------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool stands_at(struct text words, size_t at, struct text term)
{
	if (at + term.len > words.len || (at && is_letter(words.at[at - 1])))
		return false;
	for (size_t i = 0; i < term.len; i++)
		if (lower(words.at[at + i]) != lower(term.at[i]))
			return false;
	return at + term.len == words.len || !is_letter(words.at[at + term.len]);
}

/* The longest term that stands at AT. */
static const struct profile_term *term_at(const struct profile *profile, struct text words, size_t at)
{
	const struct profile_term *best = NULL;
	for (size_t i = 0; i < profile->terms.count; i++) {
		const struct profile_term *term = &profile->terms.at[i];
		if ((!best || term->term.len > best->term.len) && stands_at(words, at, term->term))
			best = term;
	}
	return best;
}

void summary_put_pieces(struct summing *s, struct summary_sentence *sentence)
{
	size_t count = 0, capacity = 0, from = 0;
	struct summary_piece *pieces = NULL;
	struct text words = sentence->words;
	for (size_t at = 0; at < words.len; at++) {
		const struct profile_term *term = is_letter(words.at[at]) ? term_at(s->v.profile, words, at) : NULL;
		if (!term)
			continue;
		ARRAY_GROW(pieces, count, capacity);
		if (at > from)
			pieces[count++] = (struct summary_piece){text_slice(words.at + from, at - from), NULL};
		ARRAY_GROW(pieces, count, capacity);
		pieces[count++] = (struct summary_piece){text_slice(words.at + at, term->term.len), term};
		s->term_used[term->number] = true;
		from = at + term->term.len;
		at = from - 1;
	}
	ARRAY_GROW(pieces, count, capacity);
	if (from < words.len)
		pieces[count++] = (struct summary_piece){text_slice(words.at + from, words.len - from), NULL};
	struct summary_piece *kept = ARENA_ARRAY(s->v.arena, count, struct summary_piece);
	memcpy(kept, pieces, count * sizeof *kept);
	free(pieces);
	sentence->pieces = kept;
	sentence->piece_count = count;
}
