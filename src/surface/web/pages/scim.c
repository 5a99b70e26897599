/* SCIM 2.0 (RFC 7643, 7644): the council's identity system says who joins, moves and leaves, one user at a time.
 *
 * A user here is an account that SCIM made; accounts made by hand or by a staff file are not there for it. What a user
 * becomes is worked out and done by governance/policy/staff.h, as for a staff file.
 */
#include "web/pages/scim.h"
#include "base/id.h"
#include "policy/staff.h"
#include "web/pages/pages.h"

#include <jansson.h>

#define SCHEMA_USER "urn:ietf:params:scim:schemas:core:2.0:User"
#define SCHEMA_ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define SCHEMA_ERROR "urn:ietf:params:scim:api:messages:2.0:Error"
#define SCHEMA_LIST "urn:ietf:params:scim:api:messages:2.0:ListResponse"
#define SCHEMA_CONFIG "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"

enum { RESULTS_MOST = 200 };

bool scim_asked(const struct request *request)
{
	return request->path.at && text_starts_with(request->path, TEXT("/scim/v2/"));
}

/* RFC 7644 section 3.12. */
void scim_put_error(struct value *document, unsigned status, const struct error *error)
{
	static const struct {
		const char *code, *type;
	} types[] = {{"scim.filter", "invalidFilter"},     {"scim.syntax", "invalidSyntax"},
		     {"scim.path", "invalidPath"},         {"scim.mutability", "mutability"},
		     {"scim.value", "invalidValue"},       {"account.form", "invalidValue"},
		     {"staff.reach", "invalidValue"},

		     {"account.username", "invalidValue"}, {"account.exists", "uniqueness"}};
	add_text(put_array(document, "schemas"), TEXT(SCHEMA_ERROR));
	put_format(document, "status", "%u", status);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (!strcmp(types[i].code, error->code))
			put_string(document, "scimType", types[i].type);
	put_format(document, "detail", "%s%s%s",
		   status >= 500 ? "Nothing was changed. Try again in a minute." : error->message,
		   status < 500 && error->remedy[0] ? " " : "", status < 500 ? error->remedy : "");
}

static enum status wrong(struct error *error, const char *code, const char *message, const char *remedy)
{
	error_set(error, STATUS_INVALID, code, "%s", message);
	error_remedy(error, "%s", remedy);
	return STATUS_INVALID;
}

/* Sessions of people are for pages: a browser could be made to send what it is told. */
static enum status by_token_only(const struct visit *visit, struct error *error)
{
	if (visit->by_token)
		return STATUS_OK;
	error_set(error, STATUS_REFUSED, "scim.token", "SCIM is for programs with a token.");
	error_remedy(error, "\"oneview token add\" makes one, with the capability users.provision.");
	return STATUS_REFUSED;
}

/* ---- a user as SCIM has it ------------------------------------------------------------------------- */

static void put_enterprise(struct value *user, const struct account *account)
{
	struct value *more = put_object(user, SCHEMA_ENTERPRISE);
	if (account->team.len)
		put_text(more, "department", account->team);
	if (account->organisation.len)
		put_text(more, "organization", account->organisation);
	if (account->worker_ids.len)
		put_text(more, "employeeNumber", account->worker_ids);
	if (account->manager.len)
		put_text(put_object(more, "manager"), "value", account->manager);
}

static void put_user(struct value *user, const struct account *account)
{
	char id[ID_TEXT_SIZE];
	struct value *schemas = put_array(user, "schemas");
	add_text(schemas, TEXT(SCHEMA_USER));
	add_text(schemas, TEXT(SCHEMA_ENTERPRISE));
	put_id(user, "id", account->user_id);
	put_text(user, "userName", account->username);
	if (account->provisioned_id.len)
		put_text(user, "externalId", account->provisioned_id);
	put_text(user, "displayName", account->display_name);
	put_bool(user, "active", account->status == ACCOUNT_ACTIVE && !account_is_over(account, date_today()));
	put_text(add_object(put_array(user, "roles")), "value", account->role);
	put_enterprise(user, account);
	struct value *meta = put_object(user, "meta");
	put_string(meta, "resourceType", "User");
	put_instant(meta, "created", account->created);
	put_format(meta, "location", "/scim/v2/Users/%s", id_format(account->user_id, id));
}

static void put_list(struct value *document, size_t total, size_t first)
{
	add_text(put_array(document, "schemas"), TEXT(SCHEMA_LIST));
	put_int(document, "totalResults", (int64_t)total);
	put_int(document, "startIndex", (int64_t)first);
}

static struct audit_entry entry_about(struct visit *visit, const char *action, int64_t user_id)
{
	struct audit_entry entry = visit_entry(visit, action, "allowed");
	entry.subject_kind = TEXT("account");
	entry.subject_id = user_id;
	return entry;
}

static enum status find_user(struct visit *visit, struct store **desk, struct account *account, struct error *error)
{
	int64_t id;
	enum status status = by_token_only(visit, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, desk, error);
	if (status)
		return status;
	status = visit_id_parameter(visit, 0, &id) ? account_get(*desk, id, visit->arena, account, error)
						   : STATUS_NOT_FOUND;
	if (status == STATUS_NOT_FOUND || (status == STATUS_OK && account->kept_by != KEPT_BY_SCIM))
		return error_set(error, STATUS_NOT_FOUND, "scim.user", "There is no user with this id that SCIM made.");
	return status;
}

/* Begins a transaction in which nobody else changes the user. */
static enum status lock_user(struct visit *visit, struct store **desk, struct account *account, struct error *error)
{
	enum status status = find_user(visit, desk, account, error);
	if (status == STATUS_OK)
		status = store_begin(*desk, error);
	if (status)
		return status;
	status = account_lock(*desk, account->user_id, visit->arena, account, error);
	if (status)
		store_rollback(*desk);
	return status;
}

/* ---- reading ---------------------------------------------------------------------------------------- */

/* The one filter there is: userName eq "NAME". */
static bool read_filter(struct text filter, struct text *name)
{
	struct text attribute, operator;
	if (!text_split(&filter, ' ', &attribute) || !text_split(&filter, ' ', &operator))
		return false;
	filter = text_trim(filter);
	bool quoted = filter.len >= 2 && filter.at[0] == '"' && filter.at[filter.len - 1] == '"';
	*name = quoted ? text_slice(filter.at + 1, filter.len - 2) : TEXT("");
	return quoted && text_equal_ignoring_case(attribute, TEXT("userName")) &&
	       text_equal_ignoring_case(operator, TEXT("eq"));
}

static size_t asked(const struct visit *visit, const char *name, int64_t least, int64_t most, int64_t usual)
{
	int64_t number;
	if (!text_parse_int64(visit_query(visit, name), &number))
		return (size_t)usual;
	return (size_t)(number < least ? least : number > most ? most : number);
}

enum status scim_users(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct account *accounts;
	struct text filter = visit_query(visit, "filter"), name = TEXT_ABSENT;
	size_t count, total = 0, shown = 0, first = asked(visit, "startIndex", 1, 1000000, 1),
		      most = asked(visit, "count", 0, RESULTS_MOST, 100);
	enum status status = by_token_only(visit, error);
	if (status == STATUS_OK && filter.len && !read_filter(filter, &name))
		status = wrong(error, "scim.filter", "This filter is not supported.",
			       "Ask with filter=userName eq \"NAME\".");
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = account_list(desk, visit->arena, &accounts, &count, error);
	if (status)
		return status;
	struct value *users = document_array(visit->arena);
	for (size_t i = 0; i < count; i++) {
		bool wanted = accounts[i].kept_by == KEPT_BY_SCIM &&
			      (text_is_absent(name) || text_equal_ignoring_case(name, accounts[i].username));
		total += wanted;
		if (wanted && total >= first && shown < most) {
			put_user(add_object(users), &accounts[i]);
			shown++;
		}
	}
	put_list(visit->document, total, first);
	put_int(visit->document, "itemsPerPage", (int64_t)shown);
	struct value *resources = put_array(visit->document, "Resources");
	resources->first = users->first;
	resources->last = users->last;
	resources->count = users->count;
	struct audit_entry entry = visit_entry(visit, "scim.read", "allowed");
	entry.detail = arena_format(visit->arena, "users=%zu", shown);
	visit_record(visit, &entry);
	return STATUS_OK;
}

enum status scim_user(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct account account;
	enum status status = find_user(visit, &desk, &account, error);
	if (status)
		return status;
	put_user(visit->document, &account);
	struct audit_entry entry = entry_about(visit, "scim.read", account.user_id);
	visit_record(visit, &entry);
	return STATUS_OK;
}

static void put_support(struct value *document, const char *what, bool yes)
{
	put_bool(put_object(document, what), "supported", yes);
}

enum status scim_config(struct visit *visit, struct error *error)
{
	struct value *document = visit->document;
	enum status status = by_token_only(visit, error);
	if (status)
		return status;
	add_text(put_array(document, "schemas"), TEXT(SCHEMA_CONFIG));
	put_support(document, "patch", true);
	struct value *bulk = put_object(document, "bulk"), *filter = put_object(document, "filter");
	put_bool(bulk, "supported", false);
	put_int(bulk, "maxOperations", 0);
	put_int(bulk, "maxPayloadSize", 0);
	put_bool(filter, "supported", true);
	put_int(filter, "maxResults", RESULTS_MOST);
	put_support(document, "changePassword", false);
	put_support(document, "sort", false);
	put_support(document, "etag", false);
	struct value *scheme = add_object(put_array(document, "authenticationSchemes"));
	put_string(scheme, "type", "oauthbearertoken");
	put_string(scheme, "name", "Token");
	put_string(scheme, "description", "A token made by \"oneview token add\", with the capability users.provision");
	return STATUS_OK;
}

/* ---- what is sent ------------------------------------------------------------------------------------- */

static struct text text_in(struct visit *visit, const json_t *value)
{
	if (!json_is_string(value))
		return TEXT("");
	return arena_text(visit->arena, text_trim(text_slice(json_string_value(value), json_string_length(value))));
}

static enum status read_body(struct visit *visit, json_t **out, struct error *error)
{
	json_error_t ignored;
	struct text body = pairs_get(&visit->request->form, "body");
	*out = text_is_absent(body) ? NULL : json_loadb(body.at, body.len, JSON_REJECT_DUPLICATES, &ignored);
	if (json_is_object(*out))
		return STATUS_OK;
	json_decref(*out);
	*out = NULL;
	return wrong(error, "scim.syntax", "The body is not a JSON object.",
		     "Send it as application/scim+json, of at most 64 KB.");
}

/* Some systems send "True" and "False" in words. */
static bool read_active(const json_t *value, bool *active)
{
	bool words = json_is_string(value);
	struct text word = words ? text_of(json_string_value(value)) : TEXT("");
	bool yes = json_is_true(value) || (words && text_equal_ignoring_case(word, TEXT("true")));
	bool no = json_is_false(value) || (words && text_equal_ignoring_case(word, TEXT("false")));
	*active = yes;
	return yes || no;
}

static enum status set_role(struct visit *visit, struct staff_person *person, struct text code, struct error *error)
{
	const struct profile_role *role = profile_job_role(visit->profile, code);
	if (!role)
		return wrong(
			error, "scim.value", "The role is neither a job code of the profile nor the role of one.",
			"Send it as roles[0].value or title; `staff: jobs:` of the profile lists which may be sent.");
	person->role = role->id;
	if (!person->team.len && role->team)
		person->team = role->team->id;
	return STATUS_OK;
}

static enum status set_team(struct visit *visit, struct staff_person *person, struct text team, struct error *error)
{
	if (team.len && !profile_team(visit->profile, team))
		return wrong(error, "scim.value", "The department is no team of the profile.",
			     "Send the id of a team of roles.yaml, or leave it out.");
	person->team = team;
	return STATUS_OK;
}

/* One attribute, by its name or, in PATCH, its path. Others are ignored: RFC 7644 section 3.3 lets a service do so. */
static enum status set_attribute(struct visit *visit, struct staff_person *person, struct text name,
				 const json_t *value, struct error *error)
{
	struct text enterprise = TEXT(SCHEMA_ENTERPRISE ":");
	if (text_starts_with(name, enterprise))
		name = text_slice(name.at + enterprise.len, name.len - enterprise.len);
	if (text_is(name, SCHEMA_ENTERPRISE) || text_is(name, "name")) {
		const char *key;
		json_t *member;
		enum status status = STATUS_OK;
		json_object_foreach((json_t *)(uintptr_t)value, key, member)
		{
			if (status == STATUS_OK)
				status = set_attribute(visit, person, text_of(key), member, error);
		}
		return status;
	}
	if (text_is(name, "active")) {
		bool active = true;
		if (!read_active(value, &active))
			return wrong(error, "scim.value", "active is true or false.", "Send one of the two.");
		person->left = !active;
	} else if (text_is(name, "userName")) {
		if (!text_equal_ignoring_case(text_in(visit, value), person->username))
			return wrong(error, "scim.mutability", "A user name stays.", "Make another user instead.");
	} else if (text_is(name, "externalId")) {
		person->provisioned_id = text_in(visit, value);
	} else if (text_is(name, "displayName")) {
		person->display_name = text_in(visit, value);
	} else if ((text_is(name, "formatted") || text_is(name, "name.formatted")) && !person->display_name.len) {
		person->display_name = text_in(visit, value);
	} else if (text_is(name, "roles")) {
		const json_t *first = json_is_array(value) ? json_array_get(value, 0) : value;
		struct text code = text_in(visit, json_is_object(first) ? json_object_get(first, "value") : first);
		return set_role(visit, person, code, error);
	} else if (text_is(name, "title") && !person->role.len) {
		return set_role(visit, person, text_in(visit, value), error);
	} else if (text_is(name, "department")) {
		return set_team(visit, person, text_in(visit, value), error);
	} else if (text_is(name, "organization")) {
		person->organisation = text_in(visit, value);
	} else if (text_is(name, "employeeNumber")) {
		person->worker_ids = text_in(visit, value);
	} else if (text_is(name, "manager") || text_is(name, "manager.value")) {
		person->manager = text_in(visit, json_is_object(value) ? json_object_get(value, "value") : value);
	}
	return STATUS_OK;
}

static enum status set_all(struct visit *visit, struct staff_person *person, const json_t *body, struct error *error)
{
	const char *key;
	json_t *value;
	enum status status = STATUS_OK;
	json_object_foreach((json_t *)(uintptr_t)body, key, value)
	{
		if (status == STATUS_OK)
			status = set_attribute(visit, person, text_of(key), value, error);
	}
	if (status == STATUS_OK && !person->role.len)
		status =
			wrong(error, "scim.value", "The user has no role.",
			      "Send it as roles[0].value or title; `staff: jobs:` of the profile maps codes to roles.");
	return status;
}

/* PATCH, RFC 7644 section 3.5.2: `add` and `replace` of single attributes; `remove` of what may be missing. */
static enum status patch_one(struct visit *visit, struct staff_person *person, const json_t *operation,
			     struct error *error)
{
	struct text what = text_in(visit, json_object_get(operation, "op")),
		    path = text_in(visit, json_object_get(operation, "path"));
	const json_t *value = json_object_get(operation, "value");
	bool sets = text_equal_ignoring_case(what, TEXT("replace")) || text_equal_ignoring_case(what, TEXT("add"));
	if (sets && !path.len && json_is_object(value))
		return set_all(visit, person, value, error);
	if (sets && path.len && !text_is(path, "name.formatted") && text_find_char(path, '[') == path.len)
		return set_attribute(visit, person, path, value, error);
	if (!text_equal_ignoring_case(what, TEXT("remove")))
		return wrong(error, "scim.path", "This operation cannot be done here.",
			     "Replace active, displayName, roles, or attributes of the enterprise schema.");
	if (text_is(path, "active") || text_is(path, "roles") || text_is(path, "displayName"))
		return wrong(error, "scim.mutability", "This attribute cannot be removed.", "Replace it.");
	return set_attribute(visit, person, path, NULL, error);
}

static enum status patch_all(struct visit *visit, struct staff_person *person, const json_t *body, struct error *error)
{
	const json_t *operation;
	size_t i;
	enum status status = STATUS_OK;
	const json_t *operations = json_object_get(body, "Operations");
	if (!json_is_array(operations) || !json_array_size(operations))
		return wrong(error, "scim.syntax", "There are no Operations.",
			     "Send at least one, as RFC 7644 has it.");
	json_array_foreach(operations, i, operation)
	{
		if (status == STATUS_OK)
			status = patch_one(visit, person, operation, error);
	}
	return status;
}

/* ---- changing ------------------------------------------------------------------------------------------ */

static struct staff_person person_of(const struct account *account)
{
	bool over = account_is_over(account, date_today());
	return (struct staff_person){.username = account->username,
				     .display_name = account->display_name,
				     .role = account->role,
				     .team = account->team,
				     .organisation = account->organisation,
				     .manager = account->manager,
				     .worker_ids = account->worker_ids,
				     .left = account->status != ACCOUNT_ACTIVE || over,
				     .start = DATE_UNKNOWN,
				     .end = over ? DATE_UNKNOWN : account->ends,
				     .training_until = DATE_UNKNOWN};
}

/* The change and its audit entry: the end of the transaction that DESK is in. */
static enum status apply(struct visit *visit, struct store *desk, struct staff_change *change, struct error *error)
{
	enum status status = STATUS_OK;
	if (change->kind == STAFF_BARRED && !change->person->left)
		status = error_set(error, STATUS_CONFLICT, "scim.barred",
				   "This user was disabled by hand here, and only that lets them in again.");
	if (status == STATUS_OK)
		status = staff_apply(desk, change, KEPT_BY_SCIM, error);
	struct audit_entry entry = entry_about(visit,
					       change->kind == STAFF_JOINS    ? "account.create"
					       : change->kind == STAFF_LEAVES ? "account.disable"
									      : "account.update",
					       change->account.user_id);
	entry.detail = arena_format(visit->arena, "SCIM: %s role=%.*s", staff_kind_name(change->kind),
				    TEXT_ARG(change->account.role));
	return visit_commit(visit, desk, status, &entry, error);
}

static enum status change_user(struct visit *visit, struct store *desk, const struct staff_person *person,
			       const struct account *before, struct error *error)
{
	struct staff_change change = staff_compare(person, before, date_today());
	enum status status = staff_check_reach(person, before, visit->profile, error);
	if (status) {
		store_rollback(desk);
		return status;
	}
	status = apply(visit, desk, &change, error);
	if (status == STATUS_OK)
		status = account_get(desk, change.account.user_id, visit->arena, &change.account, error);
	if (status == STATUS_OK)
		put_user(visit->document, &change.account);
	return status;
}

enum status scim_create(struct visit *visit, struct error *error)
{
	json_t *body = NULL;
	struct store *desk;
	struct account there;
	char id[ID_TEXT_SIZE];
	struct staff_person person = {.start = DATE_UNKNOWN, .end = DATE_UNKNOWN, .training_until = DATE_UNKNOWN};
	enum status status = by_token_only(visit, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = read_body(visit, &body, error);
	if (status == STATUS_OK) {
		person.username = text_in(visit, json_object_get(body, "userName"));
		status = set_all(visit, &person, body, error);
	}
	json_decref(body);
	if (status)
		return status;
	if (person.left)
		return wrong(error, "scim.value", "A user who is not active needs no account.", "Send active: true.");
	if (!person.display_name.len)
		person.display_name = person.username;
	if (account_find(desk, person.username, visit->arena, &there, error) == STATUS_OK)
		return error_set(error, STATUS_CONFLICT, "account.exists", "There is an account with this user name.");
	error_clear(error);
	status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = change_user(visit, desk, &person, NULL, error);
	if (status)
		return status;
	status = account_find(desk, person.username, visit->arena, &there, error);
	if (status)
		return status;
	visit->request->response.status = 201;
	response_header(visit->request, "Location",
			arena_format(visit->arena, "/scim/v2/Users/%s", id_format(there.user_id, id)).at);
	return STATUS_OK;
}

typedef enum status read_change(struct visit *visit, struct staff_person *person, const json_t *body,
				struct error *error);

static enum status change_by(struct visit *visit, struct staff_person *person, const struct account *account,
			     struct store *desk, read_change *read, struct error *error)
{
	json_t *body;
	enum status status = read_body(visit, &body, error);
	if (status == STATUS_OK)
		status = read(visit, person, body, error);
	json_decref(body);
	if (status == STATUS_OK)
		return change_user(visit, desk, person, account, error);
	store_rollback(desk);
	return status;
}

/* PUT: what it does not say is forgotten, but whether they have left: one that does not speak of it brings nobody back.
 */
enum status scim_replace(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct account account;
	enum status status = lock_user(visit, &desk, &account, error);
	if (status)
		return status;
	struct staff_person kept = person_of(&account), person = {.username = kept.username,
								  .left = kept.left,
								  .start = DATE_UNKNOWN,
								  .end = kept.end,
								  .training_until = DATE_UNKNOWN};
	return change_by(visit, &person, &account, desk, set_all, error);
}

enum status scim_patch(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct account account;
	enum status status = lock_user(visit, &desk, &account, error);
	if (status)
		return status;
	struct staff_person person = person_of(&account);
	return change_by(visit, &person, &account, desk, patch_all, error);
}

/* An account is never deleted: the audit names it. It is closed. */
enum status scim_delete(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct account account;
	enum status status = lock_user(visit, &desk, &account, error);
	if (status)
		return status;
	struct staff_person person = person_of(&account);
	person.left = true;
	status = change_user(visit, desk, &person, &account, error);
	if (status)
		return status;
	visit->request->response.status = 204;
	visit->answered = true;
	return STATUS_OK;
}
