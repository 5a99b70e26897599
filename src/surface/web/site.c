/* The way of a request: route, session, capability, purpose, form token, handler, audit, page. */
#include "web/site.h"

#include "base/log.h"
#include "base/memory.h"
#include "policy/admission.h"
#include "web/chrome.h"
#include "web/drafts.h"
#include "web/pages/scim.h"

#include <sodium.h>

static const char session_cookie[] = "oneview", secure_session_cookie[] = "__Host-oneview",
		  form_cookie[] = "oneview_form";

const char *site_cookie_name(const struct site *site)
{
	return site->settings->secure_cookies ? secure_session_cookie : session_cookie;
}

/* ---- who is asking ----------------------------------------------------------------------------------- */

static void set_viewer(struct visit *visit)
{
	const struct account *account = &visit->session.account;
	visit->viewer = (struct viewer){
		.user_id = account->user_id,
		.username = account->username,
		.display_name = account->display_name,
		.role = profile_role(visit->profile, account->role),
		.team = account->team.len ? profile_team(visit->profile, account->team) : NULL,
		.purpose = visit->session.purpose.len ? profile_purpose(visit->profile, visit->session.purpose) : NULL,
		.reason = visit->session.reason,
		.client = visit->request->from,
		.session_no = visit->session.session_id,
	};
	const struct viewer *viewer = &visit->viewer;
	if (viewer->purpose && (!viewer->role || !role_has_purpose(viewer->role, viewer->purpose)))
		visit->viewer.purpose = NULL;
}

/* "Bearer TOKEN". The token is in no cookie that a browser sends by itself, so forms need no other. */
static enum status find_token(struct visit *visit, struct text token, struct error *error)
{
	struct store *desk;
	struct api_token found;
	struct text list, name;
	visit->by_token = visit->json = true;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = api_token_find(desk, token, visit->arena, &found, &visit->session, error);
	if (status == STATUS_NOT_FOUND) {
		log_event(LOG_WARNING, "web.token", "a token that is not in force was shown");
		response_header(visit->request, "WWW-Authenticate", "Bearer");
		return error_set(error, STATUS_REFUSED, "web.sign_in",
				 "This token is not known, has expired or was revoked.");
	}
	if (status != STATUS_OK)
		return status;
	visit->signed_in = true;
	set_viewer(visit);
	visit->viewer.scoped = true;
	for (list = found.capabilities; text_split(&list, ',', &name);) {
		enum capability capability;
		if (capability_parse(name, &capability))
			visit->viewer.scope |= capability_bit(capability);
	}
	return STATUS_OK;
}

static enum status find_session(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct text bearer = TEXT("Bearer "), given = visit->request->authorization;
	if (text_starts_with(given, bearer))
		return find_token(visit, text_trim(text_slice(given.at + bearer.len, given.len - bearer.len)), error);
	visit->token = pairs_get(&visit->request->cookies, site_cookie_name(visit->site));
	if (!visit->token.len)
		return STATUS_OK;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = session_find(desk, visit->token, &visit->site->limits, visit->arena, &visit->session, error);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status == STATUS_OK && visit->session.stage != SESSION_WHOLE) {
		visit->half_signed_in = true;
	} else if (status == STATUS_OK) {
		visit->signed_in = true;
		set_viewer(visit);
	}
	return status;
}

/* ---- what must hold before a handler runs --------------------------------------------------------------- */

static enum status check_read(struct visit *visit, struct error *error)
{
	const struct request *request = visit->request;
	if (request->too_large) {
		error_set(error, STATUS_TOO_LARGE, "web.large", "What you sent is larger than this page takes.");
		error_remedy(error, "Send less at once.");
		return STATUS_TOO_LARGE;
	}
	if (request->other_type) {
		error_set(error, STATUS_INVALID, "web.type", "What you sent is of a kind that is not taken here.");
		error_remedy(error, "Pages take forms (application/x-www-form-urlencoded); /scim/ takes JSON.");
		return STATUS_INVALID;
	}
	if (!request->malformed)
		return STATUS_OK;
	error_set(error, STATUS_INVALID, "web.malformed", "What your browser sent could not be read.");
	error_remedy(error, "Go back, reload the page and try again.");
	return STATUS_INVALID;
}

static enum status find_route(struct visit *visit, struct error *error)
{
	bool other_method = false;
	const struct request *request = visit->request;
	visit->route = route_find(request->method, request->path, visit->parameters, &other_method);
	if (visit->route)
		return STATUS_OK;
	if (other_method)
		log_event(LOG_WARNING, "web.method", "a page was asked for by a method that it does not have");
	if (other_method)
		return error_set(error, STATUS_USAGE, "web.method", "This page cannot be asked for in this way.");
	return visit_not_found(error);
}

static enum status sign_in_first(struct visit *visit, struct error *error)
{
	bool kept;
	enum status status = draft_keep_form(visit, &kept, error);
	if (status || kept)
		return status ? status : visit_redirect(visit, "/sign-in?kept=yes");
	if (visit->json || visit->request->method != METHOD_GET)
		return error_set(error, STATUS_REFUSED, "web.sign_in",
				 "You have been signed out, or were never signed in.");
	if (text_is(visit->request->path, "/"))
		return visit_redirect(visit, "/sign-in");
	struct buf next;
	buf_init(&next, 3 * URI_LONGEST);
	form_append_encoded(&next, text_of(visit->request->uri));
	status = visit_redirect(visit, "/sign-in?next=%.*s", TEXT_ARG(buf_text(&next)));
	buf_release(&next);
	return status;
}

static enum status purpose_first(struct visit *visit, struct error *error)
{
	if (visit->json || visit->request->method != METHOD_GET) {
		error_set(error, STATUS_REFUSED, "web.purpose", "Say first why you are looking.");
		error_remedy(error, "Choose a purpose at /purpose, then try again.");
		return STATUS_REFUSED;
	}
	struct buf next;
	buf_init(&next, 3 * URI_LONGEST);
	form_append_encoded(&next, text_of(visit->request->uri));
	enum status status = visit_redirect(visit, "/purpose?next=%.*s", TEXT_ARG(buf_text(&next)));
	buf_release(&next);
	return status;
}

static enum status read_workers(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct account_worker *found = NULL;
	size_t count = 0;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = account_workers(desk, visit->viewer.user_id, visit->arena, &found, &count, error);
	if (status != STATUS_OK)
		return status;
	/* The staff file writes them as "source:number", blanks between. */
	struct text listed = visit->session.account.worker_ids, word;
	struct viewer_worker *workers = ARENA_ARRAY(visit->arena, count + listed.len + 1, struct viewer_worker);
	for (size_t i = 0; i < count; i++)
		workers[i] = (struct viewer_worker){found[i].source, found[i].worker};
	while (listed.len && text_split(&listed, ' ', &word)) {
		size_t colon = text_find_char(word, ':');
		if (colon < word.len)
			workers[count++] = (struct viewer_worker){
				text_slice(word.at, colon), text_slice(word.at + colon + 1, word.len - colon - 1)};
	}
	visit->viewer.workers = workers;
	visit->viewer.worker_count = count;
	return STATUS_OK;
}

/* Where somebody has stated no purpose, the one of their caseload serves for whoever is on it. */
static enum status know_caseload(struct visit *visit, struct error *error)
{
	int64_t id;
	struct viewer *viewer = &visit->viewer;
	enum capability capability = visit->route->capability;
	enum case_relationship relationship = RELATIONSHIP_OWN;
	if (!viewer->role || !viewer->role->caseload_purpose || visit->route->access != ACCESS_CAPABILITY ||
	    (capability != CAPABILITY_RESIDENT_OPEN && capability != CAPABILITY_CASELOAD_OPEN))
		return STATUS_OK;
	enum status status = read_workers(visit, error);
	if (status != STATUS_OK || viewer->purpose)
		return status;
	if (capability == CAPABILITY_RESIDENT_OPEN) {
		if (!visit_id_parameter(visit, 0, &id))
			return STATUS_OK;
		status = disclosure_relationship(&relationship, visit->snapshot->disclosure, viewer, id, error);
	}
	if (status == STATUS_OK) {
		viewer->purpose = relationship_purpose(viewer, relationship);
		viewer->reason = TEXT_ABSENT;
	}
	return status;
}

/* A refusal is worth an entry: somebody tried. */
static enum status refuse(struct visit *visit, struct error *error)
{
	struct audit_entry entry = visit_entry(visit, "page.refused", "refused");
	entry.detail = arena_format(
		visit->arena, "route=%s capability=%s", visit->route->path,
		visit->route->access == ACCESS_CAPABILITY ? capability_name(visit->route->capability) : "none");
	visit_record(visit, &entry);
	error_set(error, STATUS_REFUSED, "web.capability", "Your role does not include this page.");
	error_remedy(error, "If you need it for your work, ask the people who look after OneView in your council.");
	return STATUS_REFUSED;
}

/* The one page that somebody gets until they have done what it asks for; NULL: all. */
static const char *to_do_first(const struct visit *visit)
{
	const struct account *account = &visit->session.account;
	/* Whom the council's identity provider let in has shown there whatever the council asks for; what an account
	 * has besides says nothing of how this session began. */
	bool by_provider = visit->session.began == SESSION_BY_PROVIDER;
	if (account->must_change_password && !by_provider)
		return "/password";
	if (visit->viewer.role && visit->viewer.role->second_factor && !account->second_factor && !by_provider)
		return "/second-factor";
	switch (admission_of(visit->profile, account, date_today())) {
	case ADMISSION_TRAINING:
		return "/training";
	case ADMISSION_ACCEPTANCE:
		return "/acceptable-use";
	default:
		return NULL;
	}
}

/* What they were writing when it fell due is kept: they find it under /draft. */
static enum status send_to(struct visit *visit, const char *first, struct error *error)
{
	bool kept;
	enum status status = draft_keep_form(visit, &kept, error);
	return status ? status : visit_redirect(visit, "%s", first);
}

/* A program can do neither: whoever answers for it does. */
static enum status check_program(const struct visit *visit, struct error *error)
{
	if (admission_of(visit->profile, &visit->session.account, date_today()) == ADMITTED)
		return STATUS_OK;
	error_set(error, STATUS_REFUSED, "web.admission",
		  "The token's account has no valid training, or has not accepted the statement on acceptable use.");
	error_remedy(error, "\"oneview user training\" records both.");
	return STATUS_REFUSED;
}

/* Whether the handler may ask the door about somebody. A partner's page has its purpose of its role. */
static bool may_show_people(const struct route *route)
{
	return route->needs_purpose ||
	       (route->capability == CAPABILITY_PARTNER_ENQUIRE && route->audit != RECORDS_NOTHING);
}

/* Each page that shows somebody counts, whichever way it was asked for. */
static enum status check_often(struct visit *visit, struct error *error)
{
	int64_t subject = 0;
	struct store *desk;
	struct limits_answer answer;
	struct limits_asker asker = visit_asker(visit);
	const struct route *route = visit->route;
	if (!may_show_people(route) || visit->site->settings->without_limits)
		return STATUS_OK;
	if (route->audit != RECORDS_LOOK || route->capability != CAPABILITY_RESIDENT_OPEN ||
	    !visit_id_parameter(visit, 0, &subject))
		subject = 0;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = limits_open(visit->site->asked, &asker, subject, desk, &answer, error);
	if (status == STATUS_OK && answer.over)
		return visit_too_often(visit, answer.over, answer.most, error);
	visit->counted = status == STATUS_OK;
	if (status == STATUS_OK && answer.bulk)
		visit_notice_bulk(visit, answer.bulk);
	return status;
}

/* A list of work, or a form sent back as incomplete, shows nobody. Whom one may not see counts like whom one may. */
static void count_what_was_shown(struct visit *visit)
{
	struct limits_asker asker = visit_asker(visit);
	if (visit->counted && !visit->asked_door && visit->route->audit != RECORDS_LOOK)
		limits_give_back(visit->site->asked, &asker);
}

/* Whoever belongs to a partner has their page, and what concerns their own account. */
static bool visit_may_reach(const struct visit *visit)
{
	static const char *const own[] = {"/",         "/password", "/second-factor",   "/sign-out", "/acceptable-use",
					  "/training", "/account",  "/account/sessions"};
	const struct route *route = visit->route;
	if (route->access == ACCESS_CAPABILITY)
		return visit_can(visit, route->capability);
	bool reaches = !visit->viewer.role || !visit->viewer.role->partner.len;
	for (size_t i = 0; i < sizeof own / sizeof *own && !reaches; i++)
		reaches = !strcmp(route->path, own[i]);
	return reaches;
}

static enum status check_access(struct visit *visit, struct error *error)
{
	const struct route *route = visit->route;
	if (route->access == ACCESS_EVERYBODY)
		return STATUS_OK;
	if (!visit->signed_in)
		return sign_in_first(visit, error);
	if (visit->by_token && route->access == ACCESS_SIGNED_IN && visit->request->method != METHOD_GET)
		return error_set(error, STATUS_REFUSED, "web.token", "Sessions and passwords are not for tokens.");
	enum status status = visit->by_token ? check_program(visit, error) : STATUS_OK;
	if (status)
		return status;
	const char *first = visit->by_token ? NULL : to_do_first(visit);
	if (first && !text_is(visit->request->path, first) && !text_is(visit->request->path, "/sign-out"))
		return send_to(visit, first, error);
	if (!visit_may_reach(visit))
		return refuse(visit, error);
	if (policy_is_behind(visit->snapshot->policy, visit->session.policy_generation))
		status = snapshot_follow_policy(visit->site, visit->snapshot, visit->desk, NULL, error);
	if (status == STATUS_OK)
		status = know_caseload(visit, error);
	if (status == STATUS_OK && route->needs_purpose && !visit->viewer.purpose)
		return purpose_first(visit, error);
	return status;
}

/* "https://host:port" must end in what the browser put into Host. */
static bool same_origin(const struct request *request)
{
	if (request->fetch_site.len && !text_is(request->fetch_site, "same-origin"))
		return false;
	if (!request->origin.len)
		return true;
	struct text host = request->origin;
	size_t scheme = text_find(host, TEXT("://"));
	if (scheme == host.len)
		return false;
	return text_equal_ignoring_case(text_slice(host.at + scheme + 3, host.len - scheme - 3), request->host);
}

static bool token_matches(const struct visit *visit)
{
	struct text given = visit_field(visit, "csrf");
	if (visit->route->csrf == CSRF_SESSION)
		return visit->signed_in && session_csrf_matches(&visit->session, given);
	struct text kept = pairs_get(&visit->request->cookies, form_cookie);
	return kept.len >= 32 && kept.len == given.len && sodium_memcmp(kept.at, given.at, given.len) == 0;
}

/* Somebody else's page may have sent it: worth an entry, where it is known whose session it used. */
static void record_form(struct visit *visit)
{
	log_event(LOG_WARNING, "web.csrf", "a form without its token, or from elsewhere, for %s", visit->route->path);
	if (!visit->signed_in || !limits_may_note_of(visit->site->asked, visit->viewer.user_id))
		return;
	struct audit_entry entry = visit_entry(visit, "form.refused", "refused");
	entry.detail = arena_format(visit->arena, "route=%s", visit->route->path);
	visit_record(visit, &entry);
}

static enum status check_form(struct visit *visit, struct error *error)
{
	if (visit->request->method == METHOD_GET || visit->answered || visit->by_token)
		return STATUS_OK;
	if (same_origin(visit->request) && (visit->route->csrf == CSRF_NONE || token_matches(visit)))
		return STATUS_OK;
	record_form(visit);
	error_set(error, STATUS_REFUSED, "web.csrf", "This form is too old, or did not come from OneView.");
	error_remedy(error, "Go back, reload the page and send the form again.");
	return STATUS_REFUSED;
}

/* ---- the visit --------------------------------------------------------------------------------------------- */

static enum status check_audit(const struct visit *visit, struct error *error)
{
	bool wanted = visit->route->audit == RECORDS_LOOK || visit->route->audit == RECORDS_CHANGE;
	if (!wanted || !visit->handled || visit->entries || (visit->answered && visit->request->method == METHOD_GET))
		return STATUS_OK;
	return error_set(error, STATUS_INTERNAL, "web.unaudited", "the handler of %s recorded nothing",
			 visit->route->path);
}

static void record_print(struct visit *visit)
{
	int64_t id;
	if (visit->route->audit != RECORDS_LOOK || visit->request->method != METHOD_GET || visit->answered)
		return;
	struct audit_entry entry = visit_entry(visit, "page.print", "allowed");
	bool resident = text_starts_with(text_of(visit->route->path), TEXT("/residents/"));
	bool household = text_starts_with(text_of(visit->route->path), TEXT("/households/"));
	if ((resident || household) && visit_id_parameter(visit, 0, &id)) {
		entry.subject_kind = resident ? TEXT("resident") : TEXT("household");
		entry.subject_id = id;
	}
	entry.detail = arena_format(visit->arena, "route=%s", visit->route->path);
	visit_record(visit, &entry);
}

/* The pool rolls back what a handler began and did not commit, before anything is recorded or answered: one that ends
 * with an error need not do it itself. */
static void give_back(struct visit *visit)
{
	if (visit->grid)
		policy_grid_done(visit->grid);
	if (visit->data)
		store_pool_give(visit->site->data, visit->data);
	if (visit->desk)
		store_pool_give(visit->site->desk, visit->desk);
	visit->grid = NULL;
	visit->data = visit->desk = NULL;
}

static void run(struct request *request)
{
	struct error error;
	struct visit *visit = request->site;
	error_clear(&error);
	enum status status = check_read(visit, &error);
	bool anybody = visit->route && visit->route->access == ACCESS_EVERYBODY && visit->route->csrf == CSRF_NONE;
	if (status == STATUS_OK && !anybody)
		status = find_session(visit, &error);
	if (status == STATUS_OK && !visit->route)
		status = find_route(visit, &error);
	if (status == STATUS_OK)
		status = check_access(visit, &error);
	if (status == STATUS_OK)
		status = check_form(visit, &error);
	if (status == STATUS_OK && !visit->answered)
		status = check_often(visit, &error);
	if (status == STATUS_OK && !visit->answered) {
		visit->handled = true;
		status = visit->route->handler(visit, &error);
	}
	if (status == STATUS_OK && visit->signed_in && text_is(visit_query(visit, "print"), "1"))
		record_print(visit);
	if (status == STATUS_OK && visit->handled && visit->signed_in && request->method == METHOD_POST)
		status = draft_sent(visit, &error);
	if (status == STATUS_OK)
		status = check_audit(visit, &error);
	count_what_was_shown(visit);
	give_back(visit);
	site_finish(visit, status, &error);
}

static bool wants_json(const struct request *request)
{
	struct text accept = request->accept, json = TEXT("application/json"), html = TEXT("text/html");
	return accept.len && text_find(accept, json) < accept.len && text_find(accept, html) == accept.len;
}

void site_answer(struct request *request)
{
	struct site *site = request->owner->context;
	struct visit *visit = ARENA_NEW(&request->arena, struct visit);
	visit->request = request;
	visit->site = site;
	visit->arena = &request->arena;
	visit->json = wants_json(request) || scim_asked(request);
	visit->snapshot = snapshot_hold(site);
	visit->profile = visit->snapshot->profile;
	visit->document = document_object(visit->arena);
	request->site = visit;
	bool other_method;
	visit->route =
		request->path.at ? route_find(request->method, request->path, visit->parameters, &other_method) : NULL;
	if (!visit->route || !visit->route->slow) {
		run(request);
	} else if (!request_defer(request, run)) {
		struct error error;
		error_set(&error, STATUS_REFUSED, "web.often", "Many people are doing this just now.");
		error_remedy(&error, "Wait a minute and try again.");
		site_finish(visit, STATUS_REFUSED, &error);
	}
}

void site_before_send(struct request *request)
{
	struct visit *visit = request->site;
	if (!visit || !atomic_load(&visit->audit_failed))
		return;
	struct response *response = &request->response;
	buf_wipe(&response->body);
	response->headers_n = 0;
	response->status = 503;
	response->content_type = "text/html; charset=utf-8";
	response->fixed = (struct static_body){visit->site->unavailable_page.at, visit->site->unavailable_page.len};
}

void site_sent(struct request *request)
{
	struct visit *visit = request->site;
	if (!visit)
		return;
	metrics_count(&visit->site->metrics, instant_now() - request->started);
	snapshot_release(visit->site, visit->snapshot);
}
