/* State for people (/status), load balancers (/healthz) and Prometheus (/metrics); the OpenAPI description. */
#include "policy/password.h"
#include "rights/erasure.h"
#include "web/pages/break_glass.h"
#include "web/pages/pages.h"

#include <inttypes.h>

static void put_run(struct value *runs, const struct run_record *run)
{
	static const char *const colours[] = {
		[RUN_RUNNING] = "blue", [RUN_FINISHED] = "green", [RUN_FAILED] = "red", [RUN_STOPPED] = "yellow"};
	struct value *row = add_object(runs);
	put_int(row, "number", run->run_id);
	put_text(row, "kind", run->kind);
	put_long_instant(row, "started_text", run->started);
	put_long_instant(row, "finished_text", run->finished);
	put_string(row, "state", run_status_name(run->status));
	put_string(row, "colour", colours[run->status]);
}

static void put_number(struct visit *visit, struct value *facts, const char *title, uint64_t number)
{
	put_fact(facts, title, arena_format(visit->arena, "%" PRIu64, number));
}

static void put_numbers(struct visit *visit)
{
	struct audit_numbers audit;
	struct disclosure_numbers door;
	struct value *facts = put_array(visit->document, "facts");
	const struct site *site = visit->site;
	audit_numbers(site->audit, &audit);
	disclosure_numbers(visit->snapshot->disclosure, &door);
	put_fact(facts, "Workspace", text_of(site->workspace->title));
	put_fact(facts, "Profile",
		 arena_format(visit->arena, "%.*s, version %.12s", TEXT_ARG(visit->profile->title),
			      visit->profile->version));
	struct text problem = snapshot_problem(visit->site, visit->arena);
	if (!text_is_empty(problem))
		put_fact(facts, "The profile was changed, but the one before stays in force", problem);
	put_number(visit, facts, "State of the data", (uint64_t)atomic_load(&site->generation));
	put_number(visit, facts, "Residents that can be found", door.residents);
	put_number(visit, facts, "Searches since the start", door.finds);
	put_number(visit, facts, "Pages about somebody since the start", door.opens);
	put_number(visit, facts, "Refusals since the start", door.refusals);
	struct limits_numbers asked = limits_numbers(site->asked);
	put_number(visit, facts, "Times that somebody asked too often since the start", asked.refused);
	put_number(visit, facts, "Times that somebody opened many residents in an hour since the start", asked.bulk);
	put_number(visit, facts, "Audit entries written since the start", audit.written);
	put_number(visit, facts, "Audit entries that could not be written", audit.failed);
	bool locked = site->memory_locked && keeper_counts(visit->site->keeper).server.memory_locked;
	bool breaches = password_breaches_known(site->workspace->folder);
	put_fact(facts, "Passwords of known breaches",
		 breaches                                  ? TEXT("Refused")
		 : visit->profile->staff.breached_required ? TEXT("The list is missing: no password can be set")
							   : TEXT("Not known: there is no list"));
	put_fact(facts, "Memory",
		 locked ? TEXT("Locked: nothing of it is written to swap")
			: TEXT("Not locked: values may be written to swap. Give the service LimitMEMLOCK=infinity"));
	struct value *since = add_object(facts);
	put_string(since, "title", "Running since");
	put_long_instant(since, "value", site->started);
}

/* Agreements that run although the day has come on which somebody was to look at them again. */
static bool put_reviews(struct visit *visit)
{
	struct value *reviews = put_array(visit->document, "reviews");
	const struct profile *profile = visit->profile;
	bool any = false;
	for (size_t i = 0; i < profile->agreements.count; i++) {
		const struct profile_agreement *agreement = &profile->agreements.at[i];
		if (!agreement_review_is_due(agreement, date_today()) ||
		    !policy_agreement_runs(visit->snapshot->policy, agreement, date_today()))
			continue;
		struct value *row = add_object(reviews);
		put_text(row, "name", agreement->title);
		put_format(row, "href", "/agreements/%.*s", TEXT_ARG(agreement->id));
		put_long_date(row, "review_text", agreement->review);
		any = true;
	}
	put_bool(visit->document, "has_reviews", any);
	return any;
}

enum status page_status(struct visit *visit, struct error *error)
{
	size_t count;
	struct store *data;
	struct run_record *runs;
	struct audit_numbers audit;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = run_list(data, visit->arena, 20, &runs, &count, error);
	if (status != STATUS_OK)
		return status;
	struct store *desk;
	int64_t cut_off;
	status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = rights_erase_unfinished(desk, &cut_off, error);
	if (status != STATUS_OK)
		return status;
	audit_numbers(visit->site->audit, &audit);
	bool ready = atomic_load(&visit->site->searchable);
	bool problem = !text_is_empty(snapshot_problem(visit->site, visit->arena));
	bool reviews = put_reviews(visit);
	put_string(visit->document, "state",
		   audit.failed ? "The audit has failed"
		   : !ready     ? "Getting ready"
		   : cut_off    ? "Serving, and an erasure was cut off"
		   : problem    ? "Serving, with the profile of before"
		   : reviews    ? "Serving, and an agreement's review is due"
				: "Serving");
	put_string(visit->document, "colour",
		   audit.failed                                ? "red"
		   : ready && !problem && !reviews && !cut_off ? "green"
							       : "yellow");
	put_numbers(visit);
	size_t waiting;
	status = glass_waiting(visit, &waiting, error);
	if (status != STATUS_OK)
		return status;
	put_int(visit->document, "glass_waiting", (int64_t)waiting);
	put_bool(visit->document, "has_glass", waiting > 0);
	put_bool(visit->document, "has_runs", count > 0);
	struct value *rows = put_array(visit->document, "runs");
	for (size_t i = 0; i < count; i++)
		put_run(rows, &runs[i]);
	return visit_page(visit, "status", "Status");
}

static void plain(struct visit *visit, const char *type)
{
	visit->request->response.status = 200;
	visit->request->response.content_type = type;
	visit->answered = true;
}

enum status page_health(struct visit *visit, struct error *error)
{
	int64_t generation;
	struct store *data, *desk;
	bool ready = atomic_load(&visit->site->searchable);
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = run_generation(data, &generation, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	plain(visit, "application/json");
	if (status != STATUS_OK)
		visit->request->response.status = 503;
	put_string(visit->document, "status", status != STATUS_OK ? "failing" : ready ? "serving" : "getting ready");
	document_emit_json(visit->document, &visit->request->response.body);
	return STATUS_OK;
}

static void emit(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	buf_format(out, "# HELP oneview_%s %s\n# TYPE oneview_%s %s\noneview_%s %" PRIu64 "\n", name, help, name, type,
		   name, value);
}

static void emit_server(struct buf *out, const struct keeper_counts *all)
{
	const struct server_counts *counts = &all->server;
	emit(out, "connections", "gauge", "Open connections.", counts->connections);
	emit(out, "connections_total", "counter", "Connections since the start.", counts->connections_total);
	emit(out, "requests_total", "counter", "Requests since the start.", counts->requests);
	emit(out, "cut_off_total", "counter", "Clients cut off for being too slow.", counts->cut_off);
	emit(out, "slow_waiting", "gauge", "Requests that wait for a thread for slow work.", all->slow_waiting);
	buf_format(out,
		   "# HELP oneview_answers_total Answers by class of status.\n# TYPE oneview_answers_total counter\n");
	for (unsigned i = 1; i < 6; i++)
		buf_format(out, "oneview_answers_total{class=\"%uxx\"} %" PRIu64 "\n", i, counts->status_class[i]);
}

enum status page_metrics(struct visit *visit, struct error *error)
{
	(void)error;
	struct audit_numbers audit;
	struct disclosure_numbers door;
	struct keeper_counts counts = keeper_counts(visit->site->keeper);
	struct buf *out = &visit->request->response.body;
	audit_numbers(visit->site->audit, &audit);
	disclosure_numbers(visit->snapshot->disclosure, &door);
	plain(visit, "text/plain; version=0.0.4; charset=utf-8");
	emit_server(out, &counts);
	emit(out, "audit_entries_total", "counter", "Audit entries written.", audit.written);
	emit(out, "audit_commits_total", "counter", "Commits that carried them.", audit.commits);
	emit(out, "audit_failed_total", "counter", "Audit entries that could not be written.", audit.failed);
	emit(out, "audit_waiting", "gauge", "Audit entries on their way to the disk.", audit.waiting);
	emit(out, "finds_total", "counter", "Searches.", door.finds);
	emit(out, "opens_total", "counter", "Residents, households and properties opened.", door.opens);
	emit(out, "refusals_total", "counter", "Questions refused at the door.", door.refusals);
	struct limits_numbers asked = limits_numbers(visit->site->asked);
	emit(out, "asked_too_often_total", "counter", "Questions refused for being too many.", asked.refused);
	emit(out, "bulk_noticed_total", "counter", "Times that a user opened many residents in an hour.", asked.bulk);
	emit(out, "index_residents", "gauge", "Residents that can be found.", door.residents);
	emit(out, "index_bytes", "gauge", "Size of the search index.", door.index_bytes);
	emit(out, "generation", "gauge", "State of the data that is shown.", (uint64_t)door.generation);
	metrics_emit(&visit->site->metrics, out);
	return STATUS_OK;
}

enum status page_openapi(struct visit *visit, struct error *error)
{
	(void)error;
	openapi_document(visit->document);
	plain(visit, "application/json");
	document_emit_json(visit->document, &visit->request->response.body);
	return STATUS_OK;
}
