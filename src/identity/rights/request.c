#include "rights/request.h"

#include "base/id.h"
#include "rights/redaction.h"
#include "rights/rights_int.h"
#include "vault/disclosure.h"

#include <stdlib.h>

enum {
	WORDS_OF_REQUEST = 32,
	SEALED_LONGEST = 4 * REQUEST_WORDS_LONGEST + 256,
	ACTS_MOST = 500,
	MONTHS = 1,
	MONTHS_EXTENDED = 3
};

const struct sealed_rows request_sealed_words = {
	.title = "words of requests for a copy",
	.select =
		"SELECT act_id AS record_id, 0 AS feed_no, 0 AS row_key, 32 AS version, 5 AS part, words_sealed AS "
		"sealed "
		"FROM access_request_act WHERE words_sealed IS NOT NULL AND act_id > :record_id ORDER BY act_id LIMIT "
		":most",
	.update = "UPDATE access_request_act SET words_sealed = :sealed WHERE act_id = :record_id",
	.place = {"record_id"}};

/* ---- the words ------------------------------------------------------------------------------------------ */

struct word {
	const char *name, *title;
};
static const struct word askers[REQUEST_ASKERS] = {
	[ASKED_BY_RESIDENT] = {"resident", "The resident"},
	[ASKED_BY_PARENT] = {"parent", "A parent, or who has parental responsibility"},
	[ASKED_BY_REPRESENTATIVE] = {"representative", "A representative, with authority to act"},
};
static const struct word identities[REQUEST_IDENTITIES] = {
	[IDENTITY_DOCUMENTS] = {"documents", "Documents seen in person"},
	[IDENTITY_COPIES] = {"copies", "Copies of documents"},
	[IDENTITY_ACCOUNT] = {"account", "Signed in to an account that was verified before"},
	[IDENTITY_KNOWN] = {"known", "Known to the member of staff who took the request"},
	[IDENTITY_ASKED_FOR] = {"asked_for", "Not yet: proof was asked for"},
};
static const struct word extensions[REQUEST_EXTENSIONS] = {
	[EXTENDED_COMPLEX] = {"complex", "The request is complex"},
	[EXTENDED_SEVERAL] = {"several", "The resident has made several requests"},
};
static const char *const states[REQUEST_STATES] = {
	[REQUEST_IDENTITY] = "Waits for proof of identity",
	[REQUEST_OPEN] = "Open",
	[REQUEST_ISSUED] = "Answered",
	[REQUEST_WITHDRAWN] = "Withdrawn",
	[REQUEST_REFUSED] = "Refused",
};

static bool parse(struct text name, const struct word *words, int count, int *out)
{
	for (int i = 0; i < count; i++) {
		if (!text_is(name, words[i].name))
			continue;
		*out = i;
		return true;
	}
	return false;
}

#define WORDS(kind, array, count) \
	const char *request_##kind##_name(enum request_##kind value) \
	{ \
		return (array)[value].name; \
	} \
	const char *request_##kind##_title(enum request_##kind value) \
	{ \
		return (array)[value].title; \
	} \
	bool request_##kind##_parse(struct text name, enum request_##kind *out) \
	{ \
		int value; \
		bool found = parse(name, array, count, &value); \
		if (found) \
			*out = (enum request_##kind)value; \
		return found; \
	}

WORDS(asker, askers, REQUEST_ASKERS)
WORDS(identity, identities, REQUEST_IDENTITIES)
WORDS(extension, extensions, REQUEST_EXTENSIONS)

const char *request_state_title(enum request_state state)
{
	return states[state];
}

char *access_request_reference(const struct access_request *request, char out[REQUEST_REFERENCE_SIZE])
{
	char id[ID_TEXT_SIZE];
	id_format(request->request_id, id);
	memcpy(out, id + strlen(id) - (REQUEST_REFERENCE_SIZE - 1), REQUEST_REFERENCE_SIZE);
	return out;
}

/* ---- acts ------------------------------------------------------------------------------------------------- */

static enum status invalid(const char *code, const char *message, const char *remedy, struct error *error)
{
	error_set(error, STATUS_INVALID, code, "%s", message);
	error_remedy(error, "%s", remedy);
	return STATUS_INVALID;
}

static enum status check_words(struct text words, struct error *error)
{
	if (words.len >= REQUEST_WORDS_SHORTEST && words.len <= REQUEST_WORDS_LONGEST)
		return STATUS_OK;
	return invalid("request.words", "Write 3 to 500 characters",
		       "who asks and where the letter is filed, or why this is done; it is sealed", error);
}

static enum status insert_act(struct store *desk, const struct vault *vault, int64_t request_id,
			      const struct request_act *act, struct error *error)
{
	struct statement *insert;
	struct buf sealed;
	int64_t act_id = id_random();
	enum status status = store_prepare(&insert, desk,
					   "INSERT INTO access_request_act (act_id, request_id, what, on_date, detail, "
					   "words_sealed, done_at, done_by) "
					   "VALUES (:act, :request, :what, :on, :detail, :words, :now, :by)",
					   error);
	if (status != STATUS_OK)
		return status;
	buf_init(&sealed, SEALED_LONGEST);
	statement_bind_int(insert, "act", act_id);
	statement_bind_int(insert, "request", request_id);
	statement_bind_text(insert, "what", act->what);
	if (act->on == DATE_UNKNOWN)
		statement_bind_null(insert, "on");
	else
		statement_bind_int(insert, "on", act->on);
	statement_bind_text(insert, "detail", act->detail);
	if (text_is_empty(act->words)) {
		statement_bind_null(insert, "words");
	} else {
		disclosure_seal_words(vault, act_id, WORDS_OF_REQUEST, act->words, &sealed);
		statement_bind_blob(insert, "words", sealed.at, sealed.len);
	}
	statement_bind_int(insert, "now", instant_now());
	statement_bind_text(insert, "by", act->by);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	buf_release(&sealed);
	return status;
}

static enum status has_records(const struct rights_parts *parts, int64_t resident_id, struct error *error)
{
	struct statement *query;
	bool row = false;
	enum status status = store_prepare(
		&query, parts->data, "SELECT 1 FROM resident_record WHERE resident_id = :resident LIMIT 1", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", resident_id);
	status = statement_step(query, &row, error);
	statement_done(query);
	if (status != STATUS_OK || row)
		return status;
	error_set(error, STATUS_NOT_FOUND, "rights.nobody", "no resident with this id has any records");
	error_remedy(error, "give the 13 characters that stand in the address of the resident's page");
	return STATUS_NOT_FOUND;
}

static enum status insert_request(struct access_request *request, struct store *desk, struct error *error)
{
	struct statement *insert;
	bool row;
	enum status status =
		store_prepare(&insert, desk,
			      "INSERT INTO access_request (request_id, resident_id, received, asked_by) VALUES "
			      "(:id, :resident, :received, :asker) RETURNING request_no",
			      error);
	if (status != STATUS_OK)
		return status;
	request->request_id = id_random();
	statement_bind_int(insert, "id", request->request_id);
	statement_bind_int(insert, "resident", request->resident_id);
	statement_bind_int(insert, "received", request->received);
	statement_bind_text(insert, "asker", text_of(askers[request->asker].name));
	status = statement_step(insert, &row, error);
	if (status == STATUS_OK && row)
		request->number = (int)copied_number(insert, "request_no");
	statement_done(insert);
	return status;
}

enum status access_request_log(struct access_request *request, const struct rights_parts *parts, struct text by,
			       struct error *error)
{
	if (!rights_may_have_come(request->received, date_today()))
		return invalid("request.received",
			       "Give the day on which the request came: today or before, and not before 25 May 2018",
			       "as in 27 3 2026", error);
	enum status status = check_words(request->words, error);
	if (status == STATUS_OK)
		status = has_records(parts, request->resident_id, error);
	if (status == STATUS_OK)
		status = insert_request(request, parts->desk, error);
	const struct request_act act = {.what = TEXT("logged"),
					.detail = text_of(identities[request->identity].name),
					.words = request->words,
					.by = by,
					.on = DATE_UNKNOWN};
	return status == STATUS_OK ? insert_act(parts->desk, parts->vault, request->request_id, &act, error) : status;
}

static enum status not_now(const char *message, const char *remedy, struct error *error)
{
	error_set(error, STATUS_CONFLICT, "request.state", "%s", message);
	error_remedy(error, "%s", remedy);
	return STATUS_CONFLICT;
}

enum status access_request_lock(struct access_request *request, const struct rights_parts *parts, struct arena *arena,
				struct error *error)
{
	struct statement *update;
	enum status status =
		store_prepare(&update, parts->desk,
			      "UPDATE access_request SET asked_by = asked_by WHERE resident_id = :resident", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(update, "resident", request->resident_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status == STATUS_OK ? access_request_find(request, parts, request->request_id, arena, error) : status;
}

/* As it is now, behind whoever acted on it since REQUEST was read; without words and acts. */
static enum status lock_now(struct access_request *now, const struct access_request *request,
			    const struct rights_parts *parts, struct error *error)
{
	struct arena arena;
	*now = *request;
	arena_init(&arena, 4 << 20);
	arena_keep_secret(&arena);
	enum status status = access_request_lock(now, parts, &arena, error);
	arena_release(&arena);
	now->words = TEXT_ABSENT;
	now->acts = NULL;
	now->act_count = 0;
	return status;
}

static bool has_ended(const struct access_request *request)
{
	return request->state != REQUEST_OPEN && request->state != REQUEST_IDENTITY;
}

enum status access_request_prove(const struct access_request *request, const struct rights_parts *parts,
				 enum request_identity how, date on, struct text by, struct error *error)
{
	const struct request_act act = {
		.what = TEXT("proven"), .detail = text_of(identities[how].name), .by = by, .on = on};
	struct access_request now;
	enum status status = lock_now(&now, request, parts, error);
	if (status != STATUS_OK)
		return status;
	if (now.state != REQUEST_IDENTITY)
		return not_now("This request does not wait for proof of identity", "see what was done about it", error);
	if (how == IDENTITY_ASKED_FOR)
		return invalid("request.identity", "Choose how identity was proven",
			       "documents, copies, account or known", error);
	if (on == DATE_UNKNOWN || on > date_today() || on < now.received)
		return invalid("request.proven",
			       "Give the day on which proof came, from the day of the request to today",
			       "as in 27 3 2026", error);
	return insert_act(parts->desk, parts->vault, request->request_id, &act, error);
}

enum status access_request_extend(const struct access_request *request, const struct rights_parts *parts,
				  enum request_extension why, struct text words, struct text by, struct error *error)
{
	const struct request_act act = {.what = TEXT("extended"),
					.detail = text_of(extensions[why].name),
					.words = words,
					.by = by,
					.on = DATE_UNKNOWN};
	struct access_request now;
	enum status status = lock_now(&now, request, parts, error);
	if (status != STATUS_OK)
		return status;
	if (now.state != REQUEST_OPEN || now.extended)
		return not_now("This request cannot be extended", "only an open request can be, once", error);
	if (now.due < date_today())
		return not_now("It is too late to extend this request",
			       "the resident must be told within the first month: answer it now", error);
	status = check_words(words, error);
	return status == STATUS_OK ? insert_act(parts->desk, parts->vault, request->request_id, &act, error) : status;
}

enum status access_request_end(const struct access_request *request, const struct rights_parts *parts,
			       enum request_state state, struct text words, struct text by, struct error *error)
{
	const struct request_act act = {.what = state == REQUEST_REFUSED ? TEXT("refused") : TEXT("withdrawn"),
					.detail = TEXT_ABSENT,
					.words = words,
					.by = by,
					.on = DATE_UNKNOWN};
	struct access_request now;
	enum status status = lock_now(&now, request, parts, error);
	if (status != STATUS_OK)
		return status;
	if (has_ended(&now))
		return not_now("This request has ended already", "see what was done about it", error);
	status = check_words(words, error);
	return status == STATUS_OK ? insert_act(parts->desk, parts->vault, request->request_id, &act, error) : status;
}

/* ---- a copy goes out ----------------------------------------------------------------------------------------- */

enum status access_request_may_issue(const struct access_request *request, const struct rights_copy *copy,
				     struct error *error)
{
	if (request->state == REQUEST_IDENTITY)
		return not_now("No copy is given out before identity is proven", "record how it was proven, and when",
			       error);
	if (request->state != REQUEST_OPEN && request->state != REQUEST_ISSUED)
		return not_now("This request has ended without a copy", "log a new request when they ask again", error);
	if (!copy->waiting && !copy->unconfirmed)
		return STATUS_OK;
	error_set(error, STATUS_CONFLICT, "request.waits",
		  "%zu marked items wait for a decision, and %zu for a second person's look", copy->waiting,
		  copy->unconfirmed);
	error_remedy(error, "go through the list of what is marked, and ask a colleague for the second look");
	return STATUS_CONFLICT;
}

/* Where nothing is marked nobody else has looked: it is then another who logged the request, or found out who asks. */
static bool somebody_else_was_there(const struct access_request *request, struct text by)
{
	for (size_t i = 0; i < request->act_count; i++) {
		const struct request_act *act = &request->acts[i];
		if ((text_is(act->what, "logged") || text_is(act->what, "proven")) && !text_equal(act->by, by))
			return true;
	}
	return false;
}

static enum status one_alone(struct error *error)
{
	error_set(error, STATUS_CONFLICT, "request.same_person",
		  "Whoever logged the request cannot give out a copy that nobody else has looked at");
	error_remedy(error, "ask a colleague to give it out");
	return STATUS_CONFLICT;
}

/* By which feeds: whoever reads the audit can say under which agreements. */
static void describe_feeds(struct buf *words, const struct rights_copy *copy)
{
	size_t said = 0;
	for (size_t r = 0; r < copy->row_count; r++) {
		bool seen = !copy->rows[r].feed;
		for (size_t before = 0; before < r && !seen; before++)
			seen = copy->rows[before].feed == copy->rows[r].feed;
		if (!seen)
			buf_format(words, "%s%.*s", said++ ? " " : ", feeds ", TEXT_ARG(copy->rows[r].feed->id));
	}
}

static struct text describe(const struct rights_copy *copy, const char *form, struct arena *arena)
{
	struct buf words;
	buf_init(&words, 4096);
	buf_format(&words, "%s, %zu rows, %zu marked, %zu withheld", form, copy->row_count, copy->marked,
		   copy->withheld);
	for (int i = EXEMPTION_NONE + 1; i < EXEMPTION_COUNT; i++)
		if (copy->withheld_by[i])
			buf_format(&words, ", %s %zu", exemption_name((enum rights_exemption)i), copy->withheld_by[i]);
	describe_feeds(&words, copy);
	struct text kept = arena_text(arena, buf_text(&words));
	buf_release(&words);
	return kept;
}

enum status access_request_issue(struct text *detail, const struct access_request *request,
				 const struct rights_copy *copy, const struct rights_parts *parts, const char *form,
				 struct text by, struct arena *arena, struct error *error)
{
	struct access_request now;
	enum status status = lock_now(&now, request, parts, error);
	if (status == STATUS_OK)
		status = access_request_may_issue(&now, copy, error);
	if (status == STATUS_OK && !copy->marked && !somebody_else_was_there(request, by))
		status = one_alone(error);
	if (status != STATUS_OK)
		return status;
	*detail = describe(copy, form, arena);
	const struct request_act act = {.what = TEXT("issued"), .detail = *detail, .by = by, .on = DATE_UNKNOWN};
	return insert_act(parts->desk, parts->vault, request->request_id, &act, error);
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

static enum status read_act(struct request_act *act, struct statement *row, const struct rights_parts *parts,
			    struct arena *arena, struct error *error)
{
	struct buf plain;
	int sealed = statement_column(row, "words_sealed");
	*act = (struct request_act){.what = copied_text(row, "what", arena),
				    .detail = copied_text(row, "detail", arena),
				    .by = copied_text(row, "done_by", arena),
				    .on = copied_date(row, "on_date"),
				    .at = copied_number(row, "done_at")};
	if (statement_is_null(row, sealed))
		return STATUS_OK;
	buf_init(&plain, SEALED_LONGEST);
	enum status status = disclosure_unseal_words(parts->vault, copied_number(row, "act_id"), WORDS_OF_REQUEST,
						     statement_blob(row, sealed), &plain, error);
	act->words = arena_text(arena, buf_text(&plain));
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

/* What ACT, the next one in order of time, makes of the request. */
static void follow(struct access_request *request, const struct request_act *act)
{
	if (text_is(act->what, "logged")) {
		request_identity_parse(act->detail, &request->identity);
		request->words = act->words;
		request->started = request->identity == IDENTITY_ASKED_FOR ? DATE_UNKNOWN : request->received;
		request->state = request->identity == IDENTITY_ASKED_FOR ? REQUEST_IDENTITY : REQUEST_OPEN;
	} else if (text_is(act->what, "proven")) {
		request_identity_parse(act->detail, &request->identity);
		request->started = act->on;
		request->state = REQUEST_OPEN;
	} else if (text_is(act->what, "extended")) {
		request->extended = true;
	} else {
		request->state = text_is(act->what, "issued")    ? REQUEST_ISSUED
				 : text_is(act->what, "refused") ? REQUEST_REFUSED
								 : REQUEST_WITHDRAWN;
		if (request->answered == DATE_UNKNOWN)
			request->answered = instant_date(act->at);
	}
}

static void work_out(struct access_request *request, struct request_act *acts, size_t count)
{
	request->started = request->answered = DATE_UNKNOWN;
	for (size_t i = 0; i < count; i++)
		follow(request, &acts[i]);
	for (size_t i = 0; i < count / 2; i++) { /* newest first */
		struct request_act first = acts[i];
		acts[i] = acts[count - 1 - i];
		acts[count - 1 - i] = first;
	}
	request->due = rights_due(request->started, request->extended ? MONTHS_EXTENDED : MONTHS);
	bool has_due = request->due != DATE_UNKNOWN;
	request->overdue = has_due && request->state == REQUEST_OPEN && request->due < date_today();
	request->late = has_due && request->answered != DATE_UNKNOWN && request->answered > request->due;
	request->acts = acts;
	request->act_count = count;
}

static enum status read_acts(struct access_request *request, const struct rights_parts *parts, struct arena *arena,
			     struct error *error)
{
	struct statement *query;
	struct request_act acts[ACTS_MOST], *kept;
	size_t count = 0;
	bool row;
	enum status status = store_prepare(&query, parts->desk,
					   "SELECT act_id, what, on_date, detail, words_sealed, done_at, done_by FROM "
					   "access_request_act WHERE request_id = :request ORDER BY act_no",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "request", request->request_id);
	while (status == STATUS_OK && count < ACTS_MOST && (status = statement_step(query, &row, error)) == STATUS_OK &&
	       row)
		status = read_act(&acts[count++], query, parts, arena, error);
	statement_done(query);
	kept = ARENA_ARRAY(arena, count + 1, struct request_act);
	memcpy(kept, acts, count * sizeof *kept);
	work_out(request, kept, count);
	return status;
}

static void read_request(struct access_request *request, struct statement *row, struct arena *arena)
{
	*request = (struct access_request){.request_id = copied_number(row, "request_id"),
					   .resident_id = copied_number(row, "resident_id"),
					   .number = (int)copied_number(row, "request_no"),
					   .received = copied_date(row, "received")};
	request_asker_parse(copied_text(row, "asked_by", arena), &request->asker);
}

enum status access_request_find(struct access_request *out, const struct rights_parts *parts, int64_t request_id,
				struct arena *arena, struct error *error)
{
	struct statement *query;
	bool row = false;
	enum status status =
		store_prepare(&query, parts->desk, "SELECT * FROM access_request WHERE request_id = :request", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "request", request_id);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		read_request(out, query, arena);
	statement_done(query);
	if (status == STATUS_OK && !row)
		return error_set(error, STATUS_NOT_FOUND, "request.none", "there is no such request");
	return status == STATUS_OK ? read_acts(out, parts, arena, error) : status;
}

/* Open ones first, the soonest due first; the others, newest first. */
static int by_urgency(const void *left, const void *right)
{
	const struct access_request *a = left, *b = right;
	bool a_ended = has_ended(a), b_ended = has_ended(b);
	if (a_ended != b_ended)
		return a_ended ? 1 : -1;
	if (!a_ended && a->due != b->due) {
		if (a->due == DATE_UNKNOWN || b->due == DATE_UNKNOWN)
			return a->due == DATE_UNKNOWN ? 1 : -1;
		return a->due < b->due ? -1 : 1;
	}
	return b->number - a->number;
}

enum status access_request_list(struct access_request **out, size_t *count, const struct rights_parts *parts,
				struct arena *arena, struct error *error)
{
	struct statement *query;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(arena, REQUESTS_MOST, struct access_request);
	enum status status = store_prepare(&query, parts->desk,
					   "SELECT * FROM access_request ORDER BY request_no DESC LIMIT 2000", error);
	if (status != STATUS_OK)
		return status;
	while (*count < REQUESTS_MOST && (status = statement_step(query, &row, error)) == STATUS_OK && row)
		read_request(&(*out)[(*count)++], query, arena);
	statement_done(query);
	for (size_t i = 0; i < *count && status == STATUS_OK; i++)
		status = read_acts(&(*out)[i], parts, arena, error);
	if (status == STATUS_OK)
		qsort(*out, *count, sizeof **out, by_urgency);
	return status;
}
