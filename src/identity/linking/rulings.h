/* What people ruled: are these two records one person?
 *
 * Each opinion of a reviewer is a row on the desk shelf, so that it is backed up with the users' work and
 * outlives every rebuild of the data shelf.  The two records are named by their source and the
 * keyed hash of the source's own number, never by a resident: residents come and go with rulings.
 *
 *     struct rulings rulings;
 *     status = rulings_read(&rulings, desk, data, &error);     // all opinions, settled, with today's record ids
 *     struct linking_ruling *binding = rulings_binding(&rulings, &count);   // for linking_settings
 *     ...
 *     rulings_release(&rulings);
 *
 * A ruling holds when one reviewer was enough, or two agree where a second opinion was asked for.  It is
 * taken up in the order in which rulings came to hold; one that contradicts what holds already
 * (a is b, b is c, and now a is not c) is not taken up, and says what it contradicts, until
 * somebody takes back one of them.  Nobody resolves that but people.
 */
#ifndef LINKING_RULINGS_H
#define LINKING_RULINGS_H

#include "base/arena.h"
#include "linking/linking.h"

struct store;
struct vault;

enum ruling_verdict { RULING_SAME, RULING_DIFFERENT, RULING_UNSURE, RULING_VERDICT_COUNT };
const char *ruling_verdict_name(enum ruling_verdict verdict); /* "same", "different", "unsure" */
bool ruling_verdict_parse(struct text name, enum ruling_verdict *out);

struct ruling_end { /* a record, as it outlives the data shelf */
	struct text source;
	int64_t client;
};

struct ruling { /* one opinion */
	int64_t ruling_id;
	instant made;
	int64_t user_id;
	struct text username;
	struct ruling_end a, b;
	enum ruling_verdict verdict;
	bool second; /* another reviewer must agree */
	double weight, probability;
	bool linked;
	instant undone; /* INSTANT_UNKNOWN: it stands */
	struct text undone_by;
};

enum ruling_state {
	RULING_OPEN,        /* nobody's opinion stands */
	RULING_WAITING,     /* for a second reviewer */
	RULING_DISAGREED,   /* reviewers disagree: two of a third one's opinion decide */
	RULING_HOLDS,       /* binds all runs */
	RULING_CONTRADICTED /* not taken up: contradicts rulings that hold */
};
const char *ruling_state_name(enum ruling_state state);

struct ruled_pair {
	struct ruling_end a, b;
	int64_t record_a, record_b; /* 0: not among today's records */
	enum ruling_state state;
	enum ruling_verdict verdict; /* of the opinions that lead */
	int64_t deciding;            /* the opinion that made it hold, or the newest */
	size_t first, count;         /* its opinions, oldest first, also those taken back */
	int64_t against;             /* CONTRADICTED: an opinion that it cannot hold with; 0 */
};

struct rulings {
	struct ruling *opinions; /* by pair, then by number */
	size_t count;
	struct ruled_pair *pairs;
	size_t pair_count;
	struct arena arena;
};
/* DATA may be NULL: without record ids. */
enum status rulings_read(struct rulings *out, struct store *desk, struct store *data, struct error *error) MUST_CHECK;
void rulings_release(struct rulings *rulings);
/* Pure: puts opinions in order, groups them into pairs and settles each. */
void rulings_settle(struct rulings *rulings);
const struct ruled_pair *rulings_pair(const struct rulings *rulings, int64_t record_a, int64_t record_b);
const struct ruled_pair *rulings_pair_of(const struct rulings *rulings, int64_t ruling_id);
/* What holds, by record ids; the caller frees it. */
struct linking_ruling *rulings_binding(const struct rulings *rulings, size_t *count);

/* Changes whenever an opinion is given or taken back. */
enum status rulings_generation(struct store *desk, int64_t *generation, struct error *error) MUST_CHECK;

/* Adds an opinion, inside the caller's desk transaction (which also holds the audit entry). An earlier opinion of the
 * same user on the pair is taken back. The two ends may be given in either order. */
enum status ruling_add(struct store *desk, const struct ruling *ruling, int64_t *ruling_id,
		       struct error *error) MUST_CHECK;
/* STATUS_CONFLICT when it was taken back already, STATUS_NOT_FOUND when there is none. */
enum status ruling_undo(struct store *desk, int64_t ruling_id, struct text by, struct error *error) MUST_CHECK;
/* The lasting name of a record; SOURCE in ARENA. STATUS_NOT_FOUND. */
enum status ruling_end_of(struct ruling_end *out, struct store *data, int64_t record_id, struct arena *arena,
			  struct error *error) MUST_CHECK;

/* Whether one reviewer is not enough: the verdict goes against strong evidence, or against a rule that forbids the
 * link. */
bool ruling_is_hard(enum ruling_verdict verdict, double probability, bool forbidden);

/* ---- taking effect --------------------------------------------------------------------------------- */

struct ruling_move { /* one record, moved from one resident to another */
	int64_t ruling_id, record_id, before, after;
	bool undone; /* by taking the ruling back */
};
struct ruling_change {
	size_t moved;       /* records */
	int64_t *residents; /* touched, ascending; the caller frees it */
	size_t resident_count;
};
/* Whether the resident tables were made with other rulings than those that hold now. */
enum status rulings_are_due(bool *due, const struct rulings *rulings, struct store *data,
			    struct error *error) MUST_CHECK;
/* Brings the residents in line with the rulings, in the caller's transactions on both shelves (commit the desk first:
 * it only gets marks of protection), touching no others: "same" joins
 * two residents (the one with more records keeps its id), "different" separates the records into the two sides they
 * fit best, and taking back moves the records home. The next run weighs everything anew, under the
 * same rulings. */
enum status rulings_apply(struct ruling_change *out, const struct rulings *rulings, struct store *data,
			  struct store *desk, const struct vault *vault, int64_t run_id,
			  struct error *error) MUST_CHECK;
/* After a run over all records that was given rulings_binding(): remembers that, and lets what protects a resident
 * follow the records that the run moved. In transactions of its own. */
enum status rulings_after_run(const struct rulings *rulings, struct store *data, struct store *desk, int64_t run_id,
			      struct error *error) MUST_CHECK;
/* RULINGS are what the tables are now made with; within the caller's transaction. */
enum status rulings_remember(const struct rulings *rulings, struct store *data, struct error *error) MUST_CHECK;
/* What a ruling moved, and its undoing. */
enum status ruling_moves(struct ruling_move **out, size_t *count, struct store *data, int64_t ruling_id,
			 struct arena *arena, struct error *error) MUST_CHECK;

#endif
