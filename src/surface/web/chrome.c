#include "web/chrome.h"

#include "policy/admission.h"

static const struct {
	const char *title, *href;
	enum capability capability;
} navigation[] = {
	{"Search", "/search", CAPABILITY_SEARCH},
	{"Caseload", "/caseload", CAPABILITY_CASELOAD_OPEN},
	{"Break-glass", "/break-glass", CAPABILITY_BREAK_GLASS_USE},
	{"Break-glass", "/break-glass/reviews", CAPABILITY_BREAK_GLASS_REVIEW},
	{"Team's accesses", "/accesses", CAPABILITY_ACCESSES_REVIEW},
	{"Ask", "/partner", CAPABILITY_PARTNER_ENQUIRE},
	{"Feeds", "/feeds", CAPABILITY_FEEDS_READ},
	{"Quarantine", "/quarantine", CAPABILITY_QUARANTINE_READ},
	{"Reports", "/reports", CAPABILITY_REPORTS_MAKE},
	{"Lists", "/lists", CAPABILITY_LISTS_WORK},
	{"Review", "/review", CAPABILITY_LINKS_REVIEW},
	{"Agreements", "/agreements", CAPABILITY_AGREEMENTS_READ},
	{"Requests", "/access-requests", CAPABILITY_RIGHTS_MANAGE},
	{"Corrections", "/corrections", CAPABILITY_RIGHTS_MANAGE},
	{"Retention", "/retention", CAPABILITY_RIGHTS_MANAGE},
	{"Audit", "/audit", CAPABILITY_AUDIT_READ},
	{"Users", "/admin/users", CAPABILITY_USERS_READ},
};

static void put_place(struct value *places, const char *title, const char *href, struct text path)
{
	struct value *place = add_object(places);
	bool home = !strcmp(href, "/");
	put_string(place, "title", title);
	put_string(place, "href", href);
	put_bool(place, "current", home ? text_is(path, "/") : text_starts_with(path, text_of(href)));
}

static void put_navigation(const struct visit *visit, struct value *page)
{
	struct value *places = put_array(page, "navigation");
	struct text path = visit->request->path;
	if (!visit_can(visit, CAPABILITY_PARTNER_ENQUIRE)) /* whose home is the one page that they have */
		put_place(places, "Home", "/", path);
	for (size_t i = 0; i < sizeof navigation / sizeof *navigation; i++)
		if (visit_can(visit, navigation[i].capability))
			put_place(places, navigation[i].title, navigation[i].href, path);
}

static void put_user(struct visit *visit, struct value *page)
{
	const struct viewer *viewer = &visit->viewer;
	struct value *user = put_object(page, "user");
	put_text(user, "name", viewer->display_name);
	put_text(user, "role", viewer->role ? viewer->role->title : TEXT("no role"));
	put_string(user, "csrf", visit->session.csrf);
	put_bool(user, "may_see_status", visit_can(visit, CAPABILITY_STATUS_READ));
	if (!viewer->purpose || viewer->role->partner.len) /* a partner's is always the same one */
		return;
	struct value *purpose = put_object(page, "purpose");
	put_text(purpose, "title", viewer->purpose->title);
	put_text(purpose, "reason", visit_reason(visit));
}

/* In time, so that nobody is shut out in the middle of a case. */
static void put_training(const struct visit *visit, struct value *page)
{
	const struct account *account = &visit->session.account;
	int left = admission_days_left(visit->profile, account, date_today());
	if (left < 0 || left > ADMISSION_WARNING_DAYS || text_is(visit->request->path, "/training"))
		return;
	struct value *training = put_object(page, "training");
	put_text(training, "title", visit->profile->staff.training);
	put_long_date(training, "until", account->training_until);
}

static void put_service(const struct site *site, const struct profile *profile, struct value *page, const char *title)
{
	put_string(page, "title", title);
	put_string(page, "service", "OneView");
	put_text(page, "council", profile->council.len ? profile->council : profile->title);
	assets_put(site->assets, put_object(page, "assets"));
}

/* A page about somebody is printed by way of an address that records it. What a browser prints by itself no server
 * sees. */
static void put_print(const struct visit *visit, struct value *page)
{
	const struct request *request = visit->request;
	bool about_people = visit->route && visit->route->audit == RECORDS_LOOK && request->method == METHOD_GET;
	if (!about_people || request->response.status != 200)
		return;
	if (text_is(visit_query(visit, "print"), "1"))
		put_bool(page, "printing", true);
	else
		put_format(page, "print_href", "%s%cprint=1", request->uri, strchr(request->uri, '?') ? '&' : '?');
}

void chrome_put(struct visit *visit)
{
	struct value *document = visit->document;
	struct value *page = put_object(document, "page");
	put_service(visit->site, visit->profile, page, visit->title ? visit->title : "");
	if (visit->signed_in) {
		put_user(visit, page);
		put_print(visit, page);
		bool admitted = admission_of(visit->profile, &visit->session.account, date_today()) == ADMITTED;
		if (admitted) {
			put_navigation(visit, page);
			put_training(visit, page);
		} else {
			put_bool(page, "barred", true);
		}
		if (!document_member(document, TEXT("csrf")))
			put_string(document, "csrf", visit->session.csrf);
	}
}

enum status chrome_make_unavailable(struct site *site, struct error *error)
{
	struct arena arena;
	arena_init(&arena, 1 << 20);
	struct value *document = document_object(&arena);
	put_service(site, site->workspace->profile, put_object(document, "page"), "Not available just now");
	put_string(document, "heading", "Not available just now");
	put_string(document, "message",
		   "OneView cannot write its audit at the moment, and shows nothing that is not recorded.");
	put_string(document, "remedy",
		   "Try again in a few minutes. If it lasts, tell the people who look after OneView.");
	buf_init(&site->unavailable_page, 1 << 20);
	enum status status = template_render(template_find(site->templates, TEXT("error")), document,
					     &site->unavailable_page, error);
	arena_release(&arena);
	return status;
}
