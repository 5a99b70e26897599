/* OneView's site on top of the server: who is asking, whether they may, and what they get.
 *
 * A request becomes a *visit*: the route's row of the table has been found and everything it asks
 * for (session, capability, purpose, form token) has been checked before its handler runs. The handler
 * calls other rooms, fills visit->document, and names its template; it holds no SQL and no HTML.
 *
 *     static enum status show_feeds(struct visit *visit, struct error *error)
 *     {
 *             struct feed_status *feeds;
 *             ...
 *             put_text(add_object(put_array(visit->document, "feeds")), "title", feeds[0].title);
 *             return visit_page(visit, "feeds", "Feeds");
 *     }
 *
 * What a handler records with visit_record() is on disk before a byte of the answer leaves; if it
 * cannot be written, the answer is a 503 page instead.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "audit/audit.h"
#include "casework/casework.h"
#include "policy/account.h"
#include "policy/policy.h"
#include "runs/runs.h"
#include "runs/workspace.h"
#include "store/store.h"
#include "vault/disclosure.h"
#include "web/assets.h"
#include "web/document.h"
#include "web/keeper.h"
#include "web/limits.h"
#include "web/metrics.h"
#include "web/searches.h"
#include "web/template.h"
#include "web/web.h"

#include <pthread.h>

enum { ROUTE_PARAMETERS_MOST = 2 };

struct disputes;
struct visit;
typedef enum status visit_handler(struct visit *visit, struct error *error);

/* Who may call a route. */
enum route_access { ACCESS_EVERYBODY, ACCESS_SIGNED_IN, ACCESS_CAPABILITY };

/* How a POST shows that it comes from our own form. */
enum route_csrf {
	CSRF_NONE,    /* changes nothing */
	CSRF_SESSION, /* the session's token */
	CSRF_COOKIE   /* before there is a session: the token is in a cookie as well */
};

/* What must be in the audit when the handler has succeeded. Checked after each visit: a handler that
 * forgot is answered with 500, and so never gets past its first test. */
enum route_audit {
	RECORDS_NOTHING,  /* shows nothing about a person */
	RECORDS_LOOK,     /* the disclosure's own entry, or visit_record() */
	RECORDS_CHANGE,   /* visit_record() or audit_join() */
	RECORDS_ON_CHANGE /* a form: an entry when it changes something, none when it only asks again */
};

struct route {
	enum method method;
	const char *path; /* "/residents/{resident}" */
	enum route_access access;
	enum capability capability;
	bool needs_purpose;
	enum route_csrf csrf;
	enum route_audit audit;
	bool slow; /* runs on the threads for slow work */
	visit_handler *handler;
	const char *summary; /* for the OpenAPI description */
};

extern const struct route routes[];
extern const size_t route_count;

/* The route of METHOD and PATH; *OTHER_METHOD is set when the path exists for another method only. */
const struct route *route_find(enum method method, struct text path, struct text parameters[ROUTE_PARAMETERS_MOST],
			       bool *other_method);
void openapi_document(struct value *document);

/* ---- what the site shares between its threads ------------------------------------------------- */

/* A profile and what was made from it. When the profile is changed, another one takes its place; a visit
 * holds the one it began with until its answer has left. A new state of the data changes nothing here: the
 * policy and the door take notice of it by themselves. */
struct snapshot {
	atomic_int holders; /* and one for being the current one */
	struct profile *profile;
	struct policy *policy;
	struct disclosure *disclosure;
};

struct site {
	const struct web_settings *settings;
	struct keeper *keeper;
	struct workspace *workspace;
	struct workspace_lock *served; /* as who has one key, or (key_changing) both */
	bool key_changing;
	struct vault *vault;
	struct audit *audit;
	struct audit_key audit_key;
	struct store_pool *data, *desk;
	struct template_set *templates;
	struct assets *assets;
	struct searches *searches;
	struct limits *asked; /* how often, by whom */
	struct seen *seen;
	struct provider *provider; /* provider.h; NULL: none is configured */
	struct relinker *relinker;
	struct metrics metrics;
	pthread_mutex_t snapshot_lock;
	struct snapshot *snapshot;
	struct buf profile_problem;  /* why a changed profile was not taken; under the snapshot's lock */
	struct buf unavailable_page; /* what is sent when the audit cannot be written */
	struct session_limits limits;
	instant glass_swept;
	instant started, swept, profile_looked_at, signed_at; /* signed_at: last look whether a checkpoint is due */
	atomic_bool searchable;                               /* the first search index is there */
	bool memory_locked;                                   /* the keeper's, against swap */
	atomic_int_fast64_t generation;
};

enum status site_open(struct site **out, const struct web_settings *settings, struct error *error) MUST_CHECK;
void site_close(struct site *site);
void site_answer(struct request *request); /* for keeper_settings */
void site_finish(struct visit *visit, enum status status, struct error *error);
void site_before_send(struct request *request); /* for keeper_settings */
void site_sent(struct request *request);        /* for keeper_settings */
/* Notes the end of what was opened by break-glass and whose time is over. */
enum status glass_sweep(struct site *site, struct store *desk, struct error *error) MUST_CHECK;
void site_tick(struct site *site); /* about once a second */

struct snapshot *snapshot_hold(struct site *site);
void snapshot_release(struct site *site, struct snapshot *snapshot);
/* Takes notice of a changed profile and of a new state of the data. From one thread only. */
enum status snapshot_refresh(struct site *site, struct error *error) MUST_CHECK;
/* Why the profile in the workspace is not the one in force; absent when it is. */
struct text snapshot_problem(struct site *site, struct arena *arena);
/* An agreement that is ended, or a mark that is set, counts from the next request on. DATA may be NULL. */
enum status snapshot_follow_policy(struct site *site, struct snapshot *snapshot, struct store *desk, struct store *data,
				   struct error *error) MUST_CHECK;

/* ---- one visit ------------------------------------------------------------------------------------ */

struct visit {
	struct request *request;
	struct site *site;
	struct arena *arena;
	const struct route *route;
	struct text parameters[ROUTE_PARAMETERS_MOST];
	struct snapshot *snapshot;
	const struct profile *profile;
	struct store *data, *desk; /* taken when first wanted: visit_data(), visit_desk() */
	bool signed_in;
	bool half_signed_in; /* the password was right, the code is still to come: counts as nobody */
	struct text token;   /* of the session, from the cookie */
	bool by_token;       /* a program, which showed a token of its own instead */
	struct session session;
	struct viewer viewer;
	struct text reason_words;       /* what viewer.reason stands for, once it was wanted: visit_reason() */
	const struct policy_grid *grid; /* taken when first wanted: visit_grid() */
	struct disputes *disputes;      /* of the resident who is shown: pages/disputes.h; NULL: not looked at */
	bool json;                      /* the caller wants the document, not the page */
	struct value *document;
	const char *template, *title;
	bool answered;    /* redirected, or the body is there already */
	unsigned entries; /* submitted to the audit, or joined to a transaction */
	bool handled;     /* the route's handler has run */
	bool counted;     /* as a page about people: limits.h */
	bool asked_door;  /* about somebody */
	atomic_bool audit_failed;
};

static inline struct value *visit_document(struct visit *visit)
{
	return visit->document;
}

enum status visit_data(struct visit *visit, struct store **out, struct error *error) MUST_CHECK;
enum status visit_desk(struct visit *visit, struct store **out, struct error *error) MUST_CHECK;

/* What policy says to this viewer today. */
const struct policy_grid *visit_grid(struct visit *visit);

/* Names template and title; returns STATUS_OK, so that a handler can end with it. */
enum status visit_page(struct visit *visit, const char *template, const char *title) MUST_CHECK;
enum status visit_redirect(struct visit *visit, const char *format, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
/* A page that asks again: status 422, and the summary at the top. */
void visit_form_error(struct visit *visit, const char *field, const char *message);

/* Words that users state are kept sealed, and a reference stands for them (policy/stated.h). visit_state() keeps WORDS;
 * visit_stated() gives the words of anybody's REFERENCE, or says that they are gone; visit_reason() the viewer's own.
 */
enum status visit_state(struct visit *visit, struct text words, struct text *reference, struct error *error) MUST_CHECK;
struct text visit_stated(struct visit *visit, struct text reference);
struct text visit_reason(struct visit *visit);

/* Fills an entry with who is asking, and submits it; the answer waits for it. What is missing is taken from
 * the visit. */
struct audit_entry visit_entry(const struct visit *visit, const char *action, const char *outcome);
struct audit_entry visit_entry_about(const struct visit *visit, const char *action, const char *kind, int64_t id,
				     struct text detail); /* allowed; KIND: of subject, "resident" */
void visit_record(struct visit *visit, const struct audit_entry *entry);
/* Ends DESK's transaction: with STATUS_OK it is committed with ENTRY in it, else rolled back. Nothing is changed of
 * which there is no entry. */
enum status visit_commit(struct visit *visit, struct store *desk, enum status status, const struct audit_entry *entry,
			 struct error *error) MUST_CHECK;
/* For other rooms that submit by themselves: hold, then pass visit_audited as the callback. */
void visit_expect_entry(struct visit *visit);
void visit_audited(void *visit, enum status status, const struct error *error);

/* Of the viewer, for limits.h. */
struct limits_asker visit_asker(const struct visit *visit);
/* "web.often": answered with 429, and recorded. */
enum status visit_too_often(struct visit *visit, const char *window, int most, struct error *error) MUST_CHECK;

/* The answer waits for the entry that the door has submitted. */
void visit_ticket(struct visit *visit, struct disclosure_ticket *ticket);
/* The same for what shows residents, each of whom counts as one of this hour's, whichever page it is. */
void visit_opened_resident(struct visit *visit, const struct disclosure_resident *answer);
void visit_opened_household(struct visit *visit, const struct disclosure_household *answer);
void visit_opened_property(struct visit *visit, const struct disclosure_property *answer);
void visit_opened_pair(struct visit *visit, const struct disclosure_pair *answer);
/* Noticed, and not refused: the page comes all the same, with an entry of its own beside the look's. */
void visit_notice_bulk(struct visit *visit, int residents);
void visit_notice(struct visit *visit, struct text detail); /* the entry alone */

struct text visit_field(const struct visit *visit, const char *name); /* of the form, trimmed; never absent */
struct text visit_query(const struct visit *visit, const char *name); /* of the query, trimmed; never absent */
/* A page number of the query, from 1. */
unsigned visit_page_number(const struct visit *visit);
bool visit_can(const struct visit *visit, enum capability capability);
bool visit_id_parameter(const struct visit *visit, size_t which, int64_t *id);
/* Only a path on this site may follow a form; anything else becomes "/". */
struct text visit_safe_path(struct text path);
/* STATUS_NOT_FOUND in the words that every missing or hidden thing gets. */
enum status visit_not_found(struct error *error) MUST_CHECK;

/* ---- small pieces of documents ------------------------------------------------------------------ */

void put_id(struct value *object, const char *key, int64_t id);
void put_long_date(struct value *object, const char *key, date d);        /* "9 March 2024" */
void put_long_instant(struct value *object, const char *key, instant at); /* "9 July 2024 at 14:05 BST" */
void put_share(struct value *object, const char *key, double share);      /* "97.3%"; null when negative */
void put_count(struct value *object, const char *key, int64_t count);     /* "12,345" */
void put_fact(struct value *facts, const char *title, struct text value); /* a row of a summary list; none when empty */
/* {id, title, chosen} */
void put_option(struct value *options, struct text id, struct text title, struct text chosen);
/* "pagination", when there is more than one page. BASE has everything of the query but the page. */
void put_pagination(struct value *document, const char *base, unsigned page, size_t page_size, int64_t total);

#endif
