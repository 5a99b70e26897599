#include "web/pages/pages.h"

#define EVERYBODY ACCESS_EVERYBODY, CAPABILITY_COUNT
#define SIGNED_IN ACCESS_SIGNED_IN, CAPABILITY_COUNT
#define MAY(capability) ACCESS_CAPABILITY, CAPABILITY_##capability

enum { NO_PURPOSE = false, PURPOSE = true, AT_ONCE = false, SLOW = true };

/* method, path, who may, purpose needed, form token, what is recorded, slow, handler, summary */
const struct route routes[] = {
	{METHOD_GET, "/", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_home,
	 "What needs attention, and how fresh each source's data is"},
	{METHOD_GET, "/sign-in", EVERYBODY, NO_PURPOSE, CSRF_COOKIE, RECORDS_NOTHING, AT_ONCE, page_sign_in,
	 "The form for signing in"},
	{METHOD_POST, "/sign-in", EVERYBODY, NO_PURPOSE, CSRF_COOKIE, RECORDS_CHANGE, SLOW, page_sign_in_post,
	 "Signs in: username, password"},
	{METHOD_GET, "/sign-in/code", EVERYBODY, NO_PURPOSE, CSRF_COOKIE, RECORDS_NOTHING, AT_ONCE, page_sign_in_code,
	 "The form for the code that follows the password"},
	{METHOD_POST, "/sign-in/code", EVERYBODY, NO_PURPOSE, CSRF_COOKIE, RECORDS_CHANGE, AT_ONCE,
	 page_sign_in_code_post, "Ends signing in: code of the authenticator app, or a recovery code"},
	{METHOD_GET, "/sign-in/provider", EVERYBODY, NO_PURPOSE, CSRF_COOKIE, RECORDS_ON_CHANGE, SLOW, page_provider,
	 "Sends the browser to the council's identity provider"},
	{METHOD_GET, "/sign-in/provider/back", EVERYBODY, NO_PURPOSE, CSRF_COOKIE, RECORDS_CHANGE, SLOW,
	 page_provider_back, "Where the identity provider sends the browser back to: state, code"},
	{METHOD_GET, "/second-factor", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE,
	 page_second_factor, "Whether an authenticator app is set up"},
	{METHOD_POST, "/second-factor", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, AT_ONCE,
	 page_second_factor_post, "Sets an authenticator app up, or takes it away: do (begin, confirm, remove), code"},
	{METHOD_GET, "/acceptable-use", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE,
	 page_acceptable_use, "The statement on acceptable use, and whether the viewer has accepted it"},
	{METHOD_POST, "/acceptable-use", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, AT_ONCE,
	 page_acceptable_use_post, "Accepts it: version, accept (yes)"},
	{METHOD_GET, "/training", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_training,
	 "Until when the viewer's training is valid, and what to do"},
	{METHOD_POST, "/sign-out", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_CHANGE, AT_ONCE, page_sign_out,
	 "Ends the session"},
	{METHOD_GET, "/purpose", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_purpose,
	 "The purposes the role may name"},
	{METHOD_POST, "/purpose", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, AT_ONCE, page_purpose_post,
	 "Chooses a purpose for the session: purpose, reason"},
	{METHOD_GET, "/password", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_password,
	 "The form for a new password"},
	{METHOD_POST, "/password", SIGNED_IN, NO_PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, SLOW, page_password_post,
	 "Changes the password: old, new"},
	{METHOD_GET, "/search", MAY(SEARCH), NO_PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, AT_ONCE, page_search,
	 "The search form, and with s= the results of a search made before"},
	{METHOD_POST, "/search", MAY(SEARCH), NO_PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, AT_ONCE, page_search_post,
	 "Searches residents: q (never part of an address)"},
	{METHOD_GET, "/residents/{resident}", MAY(RESIDENT_OPEN), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_resident, "One resident: who works with them, identity, household, services, chronology"},
	{METHOD_GET, "/residents/{resident}/rights", MAY(RIGHTS_MANAGE), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_rights, "What a resident objected to, had restricted, or agreed to"},
	{METHOD_POST, "/residents/{resident}/rights", MAY(RIGHTS_MANAGE), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_rights_post,
	 "Records or lifts it: kind (objection, restriction, consent), purpose, agreement, reason, do (set, lift)"},
	{METHOD_GET, "/residents/{resident}/summary", MAY(RESIDENT_OPEN), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_summary, "A case summary, every sentence with its records, and what is not known: layout, since"},
	{METHOD_GET, "/residents/{resident}/rows/{row}", MAY(RESIDENT_OPEN), PURPOSE, CSRF_SESSION, RECORDS_LOOK,
	 AT_ONCE, page_summary_row, "The row behind a sentence, with its words and its origin: RECORD-FEED-ROW"},
	{METHOD_POST, "/residents/{resident}/rows/{row}", MAY(REPORTS_MAKE), PURPOSE, CSRF_SESSION, RECORDS_CHANGE,
	 AT_ONCE, page_summary_row_mark,
	 "Says that a note was read wrongly: factor, start, end, version, verdict (right takes it back)"},
	{METHOD_GET, "/residents/by/{source}/{client}/summary", MAY(RESIDENT_OPEN), PURPOSE, CSRF_SESSION, RECORDS_LOOK,
	 AT_ONCE, page_summary_by_source,
	 "The case summary of a source's client, for a link from its system: layout, since"},
	{METHOD_GET, "/households/{household}", MAY(HOUSEHOLD_OPEN), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_household, "One household: members, relations, history, chronology of all; as on a day: at"},
	{METHOD_GET, "/properties/{uprn}", MAY(PROPERTY_OPEN), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_property, "One property: class, building, place, who lives there by household; as on a day: at"},
	{METHOD_GET, "/feeds", MAY(FEEDS_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_feeds,
	 "Every feed and its state"},
	{METHOD_GET, "/feeds/{feed}", MAY(FEEDS_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_feed,
	 "One feed: columns, extracts, quality over time"},
	{METHOD_GET, "/feeds/{feed}/extracts/{extract}", MAY(FEEDS_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING,
	 AT_ONCE, page_extract, "One extract: rows, rules, columns"},
	{METHOD_POST, "/feeds/{feed}/extracts/{extract}", MAY(FEEDS_RELEASE), NO_PURPOSE, CSRF_SESSION, RECORDS_CHANGE,
	 AT_ONCE, page_extract_release, "Lets a held extract through"},
	{METHOD_GET, "/feeds/{feed}/extracts/{extract}/rows.csv", MAY(QUARANTINE_VALUES), NO_PURPOSE, CSRF_SESSION,
	 RECORDS_LOOK, SLOW, page_extract_values, "The rows to fix, with their values, for the source's owner"},
	{METHOD_GET, "/quarantine", MAY(QUARANTINE_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE,
	 page_quarantine, "Rows turned away: place and reason"},
	{METHOD_GET, "/reports", MAY(REPORTS_MAKE), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_reports,
	 "Reports that something is wrong"},
	{METHOD_GET, "/reports/new", MAY(REPORTS_MAKE), PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE,
	 page_report_new, "The form for a report"},
	{METHOD_POST, "/reports", MAY(REPORTS_MAKE), PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, AT_ONCE,
	 page_report_post, "Makes a report: resident, feed, element, text"},
	{METHOD_GET, "/households/{household}/wrong", MAY(REPORTS_MAKE), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_household_wrong, "The form for a report that a household is wrong"},
	{METHOD_POST, "/households/{household}/wrong", MAY(REPORTS_MAKE), PURPOSE, CSRF_SESSION, RECORDS_CHANGE,
	 AT_ONCE, page_household_wrong_post,
	 "Reports that a household is wrong: what (apart, together), first, second, with, other, text"},
	{METHOD_GET, "/reports/households/{report}", MAY(REPORTS_MAKE), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_household_report, "A report that a household is wrong, with what is known of the two, and its answer"},
	{METHOD_POST, "/reports/households/{report}", MAY(LINKS_REVIEW), PURPOSE, CSRF_SESSION, RECORDS_CHANGE, AT_ONCE,
	 page_household_report_post, "Decides: verdict (together, apart, unclear), reply"},
	{METHOD_POST, "/reports/households/{report}/undo", MAY(LINKS_REVIEW), PURPOSE, CSRF_SESSION, RECORDS_CHANGE,
	 AT_ONCE, page_household_report_undo, "Takes the decision about a household back"},
	{METHOD_GET, "/review/households", MAY(LINKS_REVIEW), PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE,
	 page_review_households, "Reports that a household is wrong: those that wait, and those answered"},
	{METHOD_GET, "/reports/{report}", MAY(REPORTS_MAKE), NO_PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_report, "One report and its reply"},
	{METHOD_POST, "/reports/{report}", MAY(REPORTS_MANAGE), NO_PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, AT_ONCE,
	 page_report_reply, "Answers a report: status, reply"},
	{METHOD_GET, "/lists", MAY(LISTS_WORK), PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_lists,
	 "The lists for investigators of this role"},
	{METHOD_GET, "/lists/{list}", MAY(LISTS_WORK), PURPOSE, CSRF_SESSION, RECORDS_LOOK, SLOW, page_list,
	 "One list by priority, with reasons: state (done), ward"},
	{METHOD_GET, "/lists/{list}/rows.csv", MAY(LISTS_WORK), PURPOSE, CSRF_SESSION, RECORDS_LOOK, SLOW,
	 page_list_csv, "The rows of one list for a spreadsheet: state (done), ward"},
	{METHOD_GET, "/lists/{list}/{row}", MAY(LISTS_WORK), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_list_row, "One row: who it is about, why, and what came of it"},
	{METHOD_POST, "/lists/{list}/{row}", MAY(LISTS_WORK), PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, AT_ONCE,
	 page_list_outcome, "Records what was found: outcome, note"},
	{METHOD_GET, "/review", MAY(LINKS_REVIEW), PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_review,
	 "Doubtful links, ordered by what a decision would change: show, kind, chance, source"},
	{METHOD_GET, "/review/decisions/{decision}", MAY(LINKS_REVIEW), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_review_decision, "One decision: what it changed, and who had seen it"},
	{METHOD_POST, "/review/decisions/{decision}", MAY(LINKS_REVIEW), PURPOSE, CSRF_SESSION, RECORDS_CHANGE, SLOW,
	 page_review_undo, "Takes a decision back"},
	{METHOD_GET, "/review/{pair}", MAY(LINKS_EXPLAIN), PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 page_review_pair, "Two records side by side, and why they are or are not one person: NUMBER-NUMBER"},
	{METHOD_POST, "/review/{pair}", MAY(LINKS_REVIEW), PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, SLOW,
	 page_review_post, "Decides: verdict (same, different, unsure), second"},
	{METHOD_GET, "/explain", MAY(LINKS_EXPLAIN), PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_explain,
	 "The most alike records of two residents: a, b"},
	{METHOD_GET, "/admin/users", MAY(USERS_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_users,
	 "Users and roles"},
	{METHOD_GET, "/admin/users/new", MAY(USERS_MANAGE), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE,
	 page_user_new, "The form for a new user"},
	{METHOD_POST, "/admin/users", MAY(USERS_MANAGE), NO_PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, SLOW,
	 page_user_create, "Adds a user: username, name, role, team"},
	{METHOD_GET, "/admin/users/{user}", MAY(USERS_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE,
	 page_user, "One user"},
	{METHOD_POST, "/admin/users/{user}", MAY(USERS_MANAGE), NO_PURPOSE, CSRF_SESSION, RECORDS_ON_CHANGE, SLOW,
	 page_user_post, "Changes a user: name, role, team, status, reset, factor"},
	{METHOD_GET, "/scim/v2/ServiceProviderConfig", MAY(USERS_PROVISION), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING,
	 AT_ONCE, scim_config, "What of SCIM 2.0 there is here"},
	{METHOD_GET, "/scim/v2/Users", MAY(USERS_PROVISION), NO_PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 scim_users, "Users that SCIM made: filter (userName eq), startIndex, count"},
	{METHOD_POST, "/scim/v2/Users", MAY(USERS_PROVISION), NO_PURPOSE, CSRF_SESSION, RECORDS_CHANGE, AT_ONCE,
	 scim_create, "Somebody joins: userName, displayName, roles or title"},
	{METHOD_GET, "/scim/v2/Users/{user}", MAY(USERS_PROVISION), NO_PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE,
	 scim_user, "One user that SCIM made"},
	{METHOD_PUT, "/scim/v2/Users/{user}", MAY(USERS_PROVISION), NO_PURPOSE, CSRF_SESSION, RECORDS_CHANGE, AT_ONCE,
	 scim_replace, "Says anew what a user is; active false: has left"},
	{METHOD_PATCH, "/scim/v2/Users/{user}", MAY(USERS_PROVISION), NO_PURPOSE, CSRF_SESSION, RECORDS_CHANGE, AT_ONCE,
	 scim_patch, "Changes what a user is: Operations"},
	{METHOD_DELETE, "/scim/v2/Users/{user}", MAY(USERS_PROVISION), NO_PURPOSE, CSRF_SESSION, RECORDS_CHANGE,
	 AT_ONCE, scim_delete, "Disables the account: what they did stays in the audit"},
	{METHOD_GET, "/access", MAY(AGREEMENTS_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_access,
	 "Why the viewer may or may not see an element: element, purpose"},
	{METHOD_GET, "/agreements", MAY(AGREEMENTS_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE,
	 page_agreements, "Data-sharing agreements"},
	{METHOD_GET, "/agreements/{agreement}", MAY(AGREEMENTS_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING,
	 AT_ONCE, page_agreement, "One agreement: elements, recipients, purposes, clauses"},
	{METHOD_POST, "/agreements/{agreement}/propose", MAY(AGREEMENTS_MANAGE), NO_PURPOSE, CSRF_SESSION,
	 RECORDS_ON_CHANGE, AT_ONCE, page_agreement_propose,
	 "Proposes to end, suspend or reinstate an agreement: action, reason"},
	{METHOD_POST, "/agreements/{agreement}/answer", MAY(AGREEMENTS_MANAGE), NO_PURPOSE, CSRF_SESSION,
	 RECORDS_ON_CHANGE, AT_ONCE, page_agreement_answer,
	 "Answers what somebody else proposed: proposal, answer (confirm, reject)"},
	{METHOD_GET, "/audit/unusual", MAY(AUDIT_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_LOOK, SLOW,
	 page_audit_unusual, "Accesses that somebody should ask about, and a sample: days, sample, seed"},
	{METHOD_POST, "/audit/review", MAY(AUDIT_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_CHANGE, AT_ONCE,
	 page_audit_review, "What an access was, found by asking: entry, result (fine, question, breach)"},
	{METHOD_GET, "/audit/entries.csv", MAY(AUDIT_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_LOOK, SLOW,
	 page_audit_csv, "Entries of the audit for a spreadsheet: user, action, subject, purpose, outcome, from, to"},
	{METHOD_GET, "/audit", MAY(AUDIT_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_LOOK, AT_ONCE, page_audit,
	 "Who looked at whom, when and why"},
	{METHOD_GET, "/status", MAY(STATUS_READ), NO_PURPOSE, CSRF_SESSION, RECORDS_NOTHING, AT_ONCE, page_status,
	 "State of the data, the audit and the last runs"},
	{METHOD_GET, "/transparency", EVERYBODY, NO_PURPOSE, CSRF_NONE, RECORDS_NOTHING, AT_ONCE, page_transparency,
	 "For the public: feeds, purposes, agreements, models, lists and volumes"},
	{METHOD_GET, "/healthz", EVERYBODY, NO_PURPOSE, CSRF_NONE, RECORDS_NOTHING, AT_ONCE, page_health,
	 "200 while pages can be served, else 503"},
	{METHOD_GET, "/metrics", EVERYBODY, NO_PURPOSE, CSRF_NONE, RECORDS_NOTHING, AT_ONCE, page_metrics,
	 "Counters for Prometheus"},
	{METHOD_GET, "/openapi.json", EVERYBODY, NO_PURPOSE, CSRF_NONE, RECORDS_NOTHING, AT_ONCE, page_openapi,
	 "This description"},
};
const size_t route_count = sizeof routes / sizeof *routes;

/* A pattern's part in braces takes one part of the path, not empty. */
static bool matches(struct text pattern, struct text path, struct text parameters[ROUTE_PARAMETERS_MOST])
{
	struct text wanted, given;
	size_t count = 0;
	for (;;) {
		bool more = text_split(&pattern, '/', &wanted);
		if (more != text_split(&path, '/', &given))
			return false;
		if (!more)
			return true;
		bool parameter = wanted.len && wanted.at[0] == '{';
		if (parameter ? !given.len : !text_equal(wanted, given))
			return false;
		if (parameter)
			parameters[count++] = given;
	}
}

/* Literal paths come before patterns that would take them: /reports/new before /reports/{report}. */
const struct route *route_find(enum method method, struct text path, struct text parameters[ROUTE_PARAMETERS_MOST],
			       bool *other_method)
{
	*other_method = false;
	for (size_t i = 0; i < route_count; i++) {
		if (!matches(text_of(routes[i].path), path, parameters))
			continue;
		if (routes[i].method == method)
			return &routes[i];
		*other_method = true;
	}
	return NULL;
}
