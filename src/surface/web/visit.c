/* What handlers share: fields, pieces of documents, the audit entry of a visit. */
#include "web/site.h"

#include "base/id.h"
#include "base/log.h"
#include "base/london.h"
#include "base/utf8.h"

/* Once a request; what is read goes into its arena, and only so much. */
static enum status take(struct visit *visit, struct store_pool *pool, struct store **taken, struct store **out,
			struct error *error)
{
	enum status status = *taken ? STATUS_OK : store_pool_take(pool, taken, error);
	if (status == STATUS_OK)
		store_watch(*taken, visit->arena);
	*out = *taken;
	return status;
}

enum status visit_data(struct visit *visit, struct store **out, struct error *error)
{
	return take(visit, visit->site->data, &visit->data, out, error);
}

enum status visit_desk(struct visit *visit, struct store **out, struct error *error)
{
	return take(visit, visit->site->desk, &visit->desk, out, error);
}

const struct policy_grid *visit_grid(struct visit *visit)
{
	if (!visit->grid)
		visit->grid = policy_grid(visit->snapshot->policy, &visit->viewer, date_today());
	return visit->grid;
}

enum status visit_page(struct visit *visit, const char *template, const char *title)
{
	visit->template = template;
	visit->title = title;
	return STATUS_OK;
}

enum status visit_redirect(struct visit *visit, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct text path = arena_format_v(visit->arena, format, args);
	va_end(args);
	response_redirect(visit->request, path);
	visit->answered = true;
	return STATUS_OK;
}

void visit_form_error(struct visit *visit, const char *field, const char *message)
{
	struct value *errors = (struct value *)(uintptr_t)document_member(visit->document, TEXT("errors"));
	if (!errors) {
		put_bool(visit->document, "has_errors", true);
		errors = put_array(visit->document, "errors");
		visit->request->response.status = 422;
	}
	struct value *row = add_object(errors);
	put_string(row, "text", message);
	put_format(row, "href", "#%s", field);
	put_text(visit->document, arena_format(visit->arena, "%s_error", field).at, text_of(message));
}

/* ---- what users state ---------------------------------------------------------------------------- */

enum status visit_state(struct visit *visit, struct text words, struct text *reference, struct error *error)
{
	struct store *desk;
	enum status status = visit_desk(visit, &desk, error);
	return status ? status
		      : disclosure_keep_stated(reference, visit->site->vault, desk, words, visit->arena, error);
}

static struct text words_or_why_not(struct text words, enum status status, const struct error *error)
{
	if (status == STATUS_OK)
		return words;
	if (status == STATUS_NOT_FOUND)
		return TEXT("(these words are no longer kept)");
	log_error(error);
	return status == STATUS_CORRUPT ? TEXT("(these words are not those that were written)")
					: TEXT("(these words could not be read)");
}

struct text visit_stated(struct visit *visit, struct text reference)
{
	struct store *desk;
	struct error error;
	struct text words = TEXT_ABSENT;
	enum status status = visit_desk(visit, &desk, &error);
	if (status == STATUS_OK)
		status = disclosure_read_stated(&words, visit->site->vault, desk, reference, visit->arena, &error);
	return words_or_why_not(words, status, &error);
}

struct text visit_reason(struct visit *visit)
{
	struct error error;
	if (!text_is_absent(visit->reason_words) || text_is_absent(visit->viewer.reason))
		return visit->reason_words;
	enum status status = disclosure_unseal_stated(&visit->reason_words, visit->site->vault, visit->viewer.reason,
						      visit->session.reason_sealed, visit->arena, &error);
	visit->reason_words = words_or_why_not(visit->reason_words, status, &error);
	return visit->reason_words;
}

/* ---- audit ------------------------------------------------------------------------------------ */

struct audit_entry visit_entry(const struct visit *visit, const char *action, const char *outcome)
{
	const struct viewer *viewer = &visit->viewer;
	return (struct audit_entry){
		.user_name = viewer->username,
		.role = viewer->role ? viewer->role->id : TEXT_ABSENT,
		.team = viewer->team ? viewer->team->id : TEXT_ABSENT,
		.purpose = viewer->purpose ? viewer->purpose->id : TEXT_ABSENT,
		.reason = viewer->purpose ? viewer->reason : TEXT_ABSENT,
		.client = visit->request->from,
		.session_no = visit->session.session_id,
		.action = text_of(action),
		.outcome = text_of(outcome),
	};
}

struct audit_entry visit_entry_about(const struct visit *visit, const char *action, const char *kind, int64_t id,
				     struct text detail)
{
	struct audit_entry entry = visit_entry(visit, action, "allowed");
	entry.subject_kind = text_of(kind);
	entry.subject_id = id;
	entry.detail = detail;
	return entry;
}

void visit_expect_entry(struct visit *visit)
{
	visit->entries++;
	request_hold(visit->request);
}

void visit_audited(void *context, enum status status, const struct error *error)
{
	struct visit *visit = context;
	if (status != STATUS_OK) {
		atomic_store(&visit->audit_failed, true);
		if (error)
			log_error(error);
	}
	request_release(visit->request);
}

void visit_record(struct visit *visit, const struct audit_entry *entry)
{
	visit_expect_entry(visit);
	audit_submit(visit->site->audit, entry, visit_audited, visit);
}

enum status visit_commit(struct visit *visit, struct store *desk, enum status status, const struct audit_entry *entry,
			 struct error *error)
{
	if (status == STATUS_OK)
		status = audit_join(desk, &visit->site->audit_key, entry, error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	if (status != STATUS_OK)
		store_rollback(desk);
	visit->entries += status == STATUS_OK;
	return status;
}

struct limits_asker visit_asker(const struct visit *visit)
{
	static const struct profile_limits none = {0};
	const struct profile_role *role = visit->viewer.role;
	return (struct limits_asker){visit->viewer.user_id, visit->viewer.username, role ? &role->limits : &none};
}

enum status visit_too_often(struct visit *visit, const char *window, int most, struct error *error)
{
	struct audit_entry entry = visit_entry(visit, "page.refused", "refused");
	entry.detail = arena_format(visit->arena, "limit=%s most=%d", window, most);
	visit_record(visit, &entry);
	error_set(error, STATUS_REFUSED, "web.often", "You have opened more than %d pages about people this %s.", most,
		  window);
	error_remedy(error,
		     "Wait and try again. If your work needs more, ask the people who look after OneView in your "
		     "council to raise the limit of your role.");
	return STATUS_REFUSED;
}

void visit_notice(struct visit *visit, struct text detail)
{
	struct audit_entry entry = visit_entry(visit, "access.bulk", "noticed");
	entry.detail = detail;
	request_hold(visit->request);
	audit_submit(visit->site->audit, &entry, visit_audited, visit);
}

void visit_notice_bulk(struct visit *visit, int residents)
{
	visit_notice(visit, arena_format(visit->arena, "residents=%d this hour", residents));
	log_event(LOG_WARNING, "web.bulk", "a user has opened %d different residents this hour: see /audit/unusual",
		  residents);
}

void visit_ticket(struct visit *visit, struct disclosure_ticket *ticket)
{
	visit->asked_door = true;
	visit_expect_entry(visit);
	disclosure_when_durable(ticket, visit_audited, visit);
}

static void saw(struct visit *visit, int64_t resident_id)
{
	struct limits_asker asker = visit_asker(visit);
	int bulk = visit->site->settings->without_limits ? 0 : limits_saw(visit->site->asked, &asker, resident_id);
	if (bulk)
		visit_notice_bulk(visit, bulk);
}

static void saw_household(struct visit *visit, const struct disclosed_household *household)
{
	for (size_t i = 0; i < household->member_count; i++)
		if (household->members[i].to == DATE_UNKNOWN)
			saw(visit, household->members[i].person.resident_id);
}

void visit_opened_resident(struct visit *visit, const struct disclosure_resident *answer)
{
	visit_ticket(visit, answer->ticket);
	saw(visit, answer->resident_id);
}

void visit_opened_household(struct visit *visit, const struct disclosure_household *answer)
{
	visit_ticket(visit, answer->ticket);
	saw_household(visit, &answer->household);
}

void visit_opened_property(struct visit *visit, const struct disclosure_property *answer)
{
	visit_ticket(visit, answer->ticket);
	for (size_t i = 0; i < answer->household_count; i++)
		saw_household(visit, &answer->households[i]);
}

void visit_opened_pair(struct visit *visit, const struct disclosure_pair *answer)
{
	for (size_t i = 0; i < answer->ticket_count; i++)
		visit_ticket(visit, answer->tickets[i]);
	for (size_t i = 0; i < sizeof answer->sides / sizeof *answer->sides; i++)
		saw(visit, answer->sides[i].resident_id);
}

/* ---- input -------------------------------------------------------------------------------------- */

struct text visit_field(const struct visit *visit, const char *name)
{
	struct text value = text_trim(pairs_get(&visit->request->form, name));
	return text_is_absent(value) ? TEXT("") : value;
}

struct text visit_query(const struct visit *visit, const char *name)
{
	struct text value = text_trim(pairs_get(&visit->request->query, name));
	return text_is_absent(value) ? TEXT("") : value;
}

unsigned visit_page_number(const struct visit *visit)
{
	int64_t page;
	if (!text_parse_int64(visit_query(visit, "page"), &page) || page < 1 || page > 100000)
		return 1;
	return (unsigned)page;
}

bool visit_can(const struct visit *visit, enum capability capability)
{
	return viewer_can(&visit->viewer, capability);
}

bool visit_id_parameter(const struct visit *visit, size_t which, int64_t *id)
{
	return id_parse(visit->parameters[which], id);
}

struct text visit_safe_path(struct text path)
{
	if (!path.len || path.at[0] != '/' || (path.len > 1 && (path.at[1] == '/' || path.at[1] == '\\')))
		return TEXT("/");
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.at[i] <= ' ' || (unsigned char)path.at[i] >= 0x7f || path.at[i] == '\\')
			return TEXT("/");
	return path;
}

enum status visit_not_found(struct error *error)
{
	error_set(error, STATUS_NOT_FOUND, "web.not_found", "There is no such page, or it is not for you to see.");
	error_remedy(error, "Check the address. If it is about somebody you work with, check your purpose.");
	return STATUS_NOT_FOUND;
}

/* ---- pieces of documents -------------------------------------------------------------------------- */

void put_id(struct value *object, const char *key, int64_t id)
{
	char text[ID_TEXT_SIZE];
	put_text(object, key, arena_text(object->arena, text_of(id_format(id, text))));
}

void put_long_date(struct value *object, const char *key, date d)
{
	put_text(object, key, document_long_date(object->arena, d));
}

void put_long_instant(struct value *object, const char *key, instant at)
{
	if (at == INSTANT_UNKNOWN || at == 0) {
		put_null(object, key);
		return;
	}
	char clock[LONDON_TEXT_SIZE];
	struct text day = document_long_date(object->arena, instant_date(london_clock(at)));
	put_format(object, key, "%.*s at %s", TEXT_ARG(day), london_time(at, clock));
}

void put_share(struct value *object, const char *key, double share)
{
	if (share < 0)
		put_null(object, key);
	else
		put_format(object, key, "%.1f%%", share * 100);
}

void put_count(struct value *object, const char *key, int64_t count)
{
	char digits[24], out[32];
	int n = snprintf(digits, sizeof digits, "%lld", (long long)count), o = 0;
	for (int i = 0; i < n; i++) {
		out[o++] = digits[i];
		if ((n - i - 1) % 3 == 0 && i < n - 1 && digits[i] != '-')
			out[o++] = ',';
	}
	put_text(object, key, arena_text(object->arena, text_slice(out, (size_t)o)));
}

void put_fact(struct value *facts, const char *title, struct text value)
{
	if (!value.len)
		return;
	struct value *fact = add_object(facts);
	put_string(fact, "title", title);
	put_text(fact, "value", value);
}

void put_option(struct value *options, struct text id, struct text title, struct text chosen)
{
	struct value *option = add_object(options);
	put_text(option, "id", id);
	put_text(option, "title", title);
	put_bool(option, "chosen", text_equal(id, chosen));
}

void put_pagination(struct value *document, const char *base, unsigned page, size_t page_size, int64_t total)
{
	int64_t first = (int64_t)(page - 1) * (int64_t)page_size + 1, last = first + (int64_t)page_size - 1;
	if (total <= (int64_t)page_size && page == 1)
		return;
	struct value *pagination = put_object(document, "pagination");
	const char *joiner = strchr(base, '?') ? "&" : "?";
	put_int(pagination, "first", first);
	put_int(pagination, "last", last < total ? last : total);
	put_count(pagination, "total", total);
	if (page > 1)
		put_format(pagination, "previous", "%s%spage=%u", base, joiner, page - 1);
	if (last < total)
		put_format(pagination, "next", "%s%spage=%u", base, joiner, page + 1);
}
