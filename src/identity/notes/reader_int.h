/* The parts of the reader, inside the room only: tokens, sentences, lexicon, rules, context. */
#ifndef NOTES_READER_INT_H
#define NOTES_READER_INT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/yaml.h"
#include "notes/reader.h"

#include <hs.h>

/* ---- tokens (tokens.c) ------------------------------------------------------------------------------ */

enum { SENTENCE_TOKENS = 512, SENTENCE_BYTES = 4096, SENTENCE_CUES = 600, HEADING_TOKENS = 16 };

/* Numbers of words in the rules' vocabulary; a word that no rule has is 0. The first are classes; WORD_END stands
 * behind the last token of a sentence. */
enum { WORD_UNKNOWN, WORD_NUMBER, WORD_YEAR, WORD_NAME, WORD_END, WORD_FIRST };

struct token {
	uint32_t start, end; /* bytes of the text */
	uint32_t word;       /* itself */
	uint32_t class;      /* WORD_NUMBER ...; 0: none */
	int year;
	bool punctuation;
};

struct vocabulary {
	struct text_map words; /* lower case -> number */
};
/* The next token of TEXT from *AT on; false at the end. WORD gets it in lower case, at most WORD_LONGEST bytes. */
enum { WORD_LONGEST = 48 };
bool token_next(struct text text, size_t *at, struct token *token, char word[WORD_LONGEST], size_t *word_len);
/* Tokens of text[START..END), at most MOST; *END_AT where it stopped. */
size_t tokens_of(const struct vocabulary *vocabulary, struct text text, uint32_t start, uint32_t end,
		 struct token *tokens, size_t most, uint32_t *end_at);
/* A byte's place in what a form (form_make()) or a token is made of. */
enum byte_kind { BYTE_LETTER, BYTE_DIGIT, BYTE_APOSTROPHE, BYTE_HYPHEN, BYTE_SPACE, BYTE_MARK, BYTE_NOTHING };
/* Kind of the character at AT and its length in bytes, from 1. */
enum byte_kind byte_kind_at(struct text text, size_t at, size_t *len);

/* ---- sentences (split.c) ---------------------------------------------------------------------------- */

enum answer { ANSWER_NONE, ANSWER_YES, ANSWER_NO, ANSWER_UNKNOWN };
struct sentence {
	uint32_t start, end;
	uint32_t heading, heading_end; /* what stands before the colon, or as a line of its own above; equal: none */
	bool question;                 /* ends with a question mark */
	enum answer answer;            /* what stands behind the question mark */
};
struct sentences {
	struct sentence *at;
	size_t count, capacity;
};
void sentences_of(struct sentences *out, struct text text);

/* ---- rules (rules.c, rules_read.c) ------------------------------------------------------------------ */

enum effect {
	EFFECT_NEGATED,
	EFFECT_POSSIBLE,
	EFFECT_AFFIRMED, /* takes back a negation before it */
	EFFECT_PAST,
	EFFECT_CURRENT,
	EFFECT_FUTURE,
	EFFECT_HYPOTHETICAL,
	EFFECT_FAMILY,
	EFFECT_PROFESSIONAL,
	EFFECT_OTHER,
	EFFECT_SUBJECT,
	EFFECT_OBSERVED,
	EFFECT_DISCLOSED,
	EFFECT_REPORTED,
	EFFECT_ALLEGED,
	EFFECT_HEARSAY,
	EFFECT_WORSENING,
	EFFECT_IMPROVING,
	EFFECT_RESOLVED,
	EFFECT_QUESTION,
	EFFECT_COUNT
};
#define EFFECT_BIT(effect) (UINT32_C(1) << (effect))
enum direction {
	DIRECTION_FORWARD,
	DIRECTION_BACKWARD,
	DIRECTION_BOTH,
	DIRECTION_TERMINATE,
	DIRECTION_PSEUDO,
	DIRECTION_SECTION
};

struct rule {
	uint32_t effects; /* or, for a terminator, what it ends */
	enum direction direction;
	uint32_t scope;  /* tokens; 0: to the end of the sentence */
	bool comma_ends; /* a comma ends it too */
	bool possessive; /* "mother's": what follows is that person's own */
};
struct rule_edge { /* from node to node by a word */
	uint32_t from, word, to;
};
struct rule_end { /* a phrase of RULE ends at a node */
	uint32_t node, rule;
	uint32_t role; /* number of a text in roles, 0: none */
};
struct rules {
	struct vocabulary vocabulary;
	struct rule *rules;
	size_t rule_count, rule_capacity;
	size_t node_count;
	struct rule_edge *edges; /* in order, once finished */
	size_t edge_count, edge_capacity;
	struct rule_end *ends;
	size_t end_count, end_capacity;
	struct id_map index; /* node << 32 | word -> its first edge; word 0: the node's first end */
	struct text *roles;
	size_t role_count, role_capacity;
	size_t phrase_count;
	struct arena arena;
};
enum status rules_read(struct rules *out, const char *path, struct error *error) MUST_CHECK;
void rules_init(struct rules *rules);
void rules_release(struct rules *rules);
/* Building: words and classes ("<number>") get numbers, nodes are joined by edges, phrases end; then it is finished. */
uint32_t rules_word(struct rules *rules, struct text word);
uint32_t rules_node(struct rules *rules);
void rules_edge(struct rules *rules, uint32_t from, uint32_t word, uint32_t to);
void rules_end(struct rules *rules, uint32_t node, uint32_t rule, uint32_t role);
void rules_finish(struct rules *rules);

struct cue {
	uint16_t start, end; /* tokens */
	uint32_t rule, role;
	int year;
	/* Where it reaches: mentions that begin up to FORWARD_TO, or end from BACKWARD_FROM on. */
	uint16_t forward_to, backward_from;
	bool forward, backward;
};
/* The longest phrase at each token; what lies inside a longer one is left out. At most MOST. */
size_t rules_find(const struct rules *rules, const struct token *tokens, size_t count, struct cue *cues, size_t most);
/* The rule of a heading that consists of TOKENS alone; NULL: none. */
const struct rule *rules_section(const struct rules *rules, const struct token *tokens, size_t count);

/* ---- lexicon (lexicon.c) ---------------------------------------------------------------------------- */

struct lexeme { /* a literal of a phrase, choices written out */
	uint32_t factor, phrase;
	uint32_t next; /* another phrase with the same literal; UINT32_MAX: none */
};
struct literal {
	struct text form; /* with a space at both ends */
	uint32_t lexeme;
	uint32_t within; /* the longest other that this one begins with; UINT32_MAX: none */
};
enum { ANCHOR_LONGEST = 7 };
struct anchor { /* the first bytes of some literals, next to each other in their order */
	uint32_t first, count, len;
};
struct lexicon {
	hs_database_t *database; /* NULL: no phrases */
	struct lexeme *lexemes;
	size_t count, capacity, phrase_count;
	const struct profile *profile;
	struct text_map texts;    /* literal -> its first lexeme */
	struct literal *literals; /* in order */
	size_t literal_count;
	struct anchor *anchors;
	size_t anchor_count, anchor_capacity;
	struct arena arena;
};
enum status lexicon_open(struct lexicon *out, const struct profile *profile, struct error *error) MUST_CHECK;
void lexicon_release(struct lexicon *lexicon);
/* The longest literal at FORM's byte AT, where ANCHOR was found; further ones by `within`. UINT32_MAX: none. */
uint32_t lexicon_longest(const struct lexicon *lexicon, struct text form, size_t at, const struct anchor *anchor);
/* (a|b) choices of WRITTEN, each with one call; false when there are more than 4,000. */
bool choices_write_out(struct text written, bool (*each)(void *context, struct text phrase), void *context);

/* Text in lower case, one space for whatever is no letter, digit or apostrophe; begins and ends with a space. */
struct form {
	char *at;
	uint32_t *origin; /* by byte of the form: byte of the text */
	size_t len, capacity;
};
void form_make(struct form *form, struct text text);
void form_release(struct form *form);

struct hit {
	uint32_t start, end; /* bytes of the text */
	uint32_t form_start, form_end;
	uint32_t lexeme;
};
struct hits {
	struct hit *at;
	size_t count, capacity;
};

/* ---- context (context.c) ---------------------------------------------------------------------------- */

struct context { /* of one sentence, made once for all its mentions */
	const struct rules *rules;
	struct text text;
	const struct sentence *sentence;
	const struct rule *section;
	struct token tokens[SENTENCE_TOKENS + 1]; /* and the end */
	size_t token_count;
	struct cue cues[SENTENCE_CUES];
	size_t cue_count;
	int note_year; /* 0: not known */
	bool hidden;   /* the words of the mention judged last */
};
/* Of a sentence with more tokens than there is room for, those around ABOUT. */
void context_make(struct context *context, const struct rules *rules, struct text text, const struct sentence *sentence,
		  const struct note_mention *about, date note_date);
bool context_covers(const struct context *context, uint32_t end);
/* Fills the attributes of MENTION, whose span is set. */
void context_judge(struct context *context, struct note_mention *mention, bool done_to);

struct note_reader {
	struct rules rules;
	struct lexicon lexicon;
	char version[NOTE_VERSION_SIZE];
};
struct note_scratch {
	hs_scratch_t *scratch;
	struct form form;
	struct hits hits;
	struct sentences sentences;
	struct context context;
	struct note_mention *mentions;
	size_t mention_count, mention_capacity;
};

#endif
