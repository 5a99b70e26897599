/* The end of a request: a page, a document, or an error; and the entry of whatever refused. */
#include "web/site.h"

#include "base/log.h"
#include "web/chrome.h"
#include "web/pages/scim.h"

#include <sodium.h>

/* ---- errors are pages ------------------------------------------------------------------------------ */

static unsigned http_status(const struct visit *visit, enum status status)
{
	switch (status) {
	case STATUS_OK:
		return 200;
	case STATUS_USAGE:
	case STATUS_INVALID:
		return 400;
	case STATUS_NOT_FOUND:
		return 404;
	case STATUS_REFUSED:
		return visit->signed_in || visit->route ? 403 : 401;
	case STATUS_CONFLICT:
	case STATUS_HELD:
		return 409;
	case STATUS_TOO_LARGE:
		return 413;
	case STATUS_IO:
	case STATUS_INTERRUPTED:
		return 503;
	default:
		return 500;
	}
}

static const char *heading_of(unsigned status)
{
	switch (status) {
	case 400:
		return "That could not be read";
	case 401:
		return "You are not signed in";
	case 403:
		return "You may not do this";
	case 404:
		return "Page not found";
	case 405:
		return "That cannot be done here";
	case 409:
		return "That cannot be done as things are";
	case 413:
		return "That is too much at once";
	case 415:
		return "That is not a form";
	case 429:
		return "Too many requests";
	case 503:
		return "Not available just now";
	default:
		return "Something went wrong on our side";
	}
}

/* A person sees what to do; what went wrong inside goes to the log, under a reference both can name. */
static void fill_error(struct visit *visit, unsigned status, const struct error *error)
{
	bool inside = status == 500 || status == 503;
	struct value *document = visit->document = document_object(visit->arena);
	if (scim_asked(visit->request)) {
		scim_put_error(document, status, error);
		if (inside)
			log_error(error);
		visit->request->response.status = status;
		return;
	}
	put_int(document, "status", status);
	put_string(document, "heading", heading_of(status));
	put_text(document, "message",
		 inside ? TEXT("Your work is safe: nothing was changed that you were not told of. Try again in a "
			       "minute.")
			: arena_text(visit->arena, text_of(error->message)));
	put_text(document, "remedy",
		 inside || !error->remedy[0] ? TEXT_ABSENT : arena_text(visit->arena, text_of(error->remedy)));
	put_text(document, "code", arena_text(visit->arena, text_of(error->code)));
	struct value *link = add_object(put_array(document, "links"));
	put_string(link, "title", visit->signed_in ? "Go to the home page" : "Sign in");
	put_string(link, "href", visit->signed_in ? "/" : "/sign-in");
	if (inside) {
		uint32_t reference = randombytes_random();
		put_format(document, "reference", "%08x", reference);
		log_event(LOG_ERROR, "web.failed", "reference %08x, route %s", reference,
			  visit->route ? visit->route->path : "none");
		log_error(error);
	}
	visit->request->response.status = status;
	visit->template = "error";
	visit->title = heading_of(status);
}

/* ---- sending ------------------------------------------------------------------------------------------ */

/* Half an answer looks like a whole one that says less. */
static enum status cut_off(struct error *error)
{
	error_set(error, STATUS_TOO_LARGE, "web.answer", "The answer is larger than one answer may be.");
	error_remedy(error, "Ask for less at once.");
	return STATUS_TOO_LARGE;
}

static enum status render(struct visit *visit, struct error *error)
{
	struct response *response = &visit->request->response;
	buf_clear(&response->body);
	if (!response->status)
		response->status = 200;
	response_header(visit->request, "Vary", "Accept, Cookie");
	if (visit->json) {
		response->content_type = scim_asked(visit->request) ? SCIM_TYPE : "application/json; charset=utf-8";
		document_emit_json(visit->document, &response->body);
		return response->body.failed ? cut_off(error) : STATUS_OK;
	}
	response->content_type = "text/html; charset=utf-8";
	chrome_put(visit);
	const struct template *template = template_find(visit->site->templates, text_of(visit->template));
	if (!template)
		return error_set(error, STATUS_INTERNAL, "web.template", "there is no template \"%s\"",
				 visit->template);
	return template_render(template, visit->document, &response->body, error);
}

/* The errors of errors: no template, no session, no database. */
static void render_plain(struct visit *visit, unsigned status)
{
	struct response *response = &visit->request->response;
	buf_clear(&response->body);
	response->status = status;
	response->content_type = "text/plain; charset=utf-8";
	buf_format(&response->body, "%s. Try again in a minute.\n", heading_of(status));
}

static unsigned code_of(const struct visit *visit, enum status status, const struct error *error)
{
	return !strcmp(error->code, "web.method")    ? 405
	       : !strcmp(error->code, "web.often")   ? 429
	       : !strcmp(error->code, "web.type")    ? 415
	       : !strcmp(error->code, "web.sign_in") ? 401
						     : http_status(visit, status);
}

/* Whatever refused: somebody tried, and nothing else has said so. */
static void record_refusal(struct visit *visit, const struct error *error)
{
	bool known = visit->signed_in && strcmp(error->code, "web.csrf") != 0;
	if (!visit->signed_in && !strcmp(error->code, "web.often")) /* told once, by whoever counts */
		return;
	if (visit->entries || (!known && !limits_may_note(visit->site->asked, visit->request->from)))
		return;
	struct audit_entry entry = visit_entry(visit, "page.refused", "refused");
	entry.detail =
		arena_format(visit->arena, "route=%s why=%s", visit->route ? visit->route->path : "none", error->code);
	visit_record(visit, &entry);
}

void site_finish(struct visit *visit, enum status status, struct error *error)
{
	if (status == STATUS_OK && visit->answered && visit->request->response.body.failed) {
		visit->request->response.headers_n = 0;
		status = cut_off(error);
	}
	if (status != STATUS_OK) {
		unsigned code = code_of(visit, status, error);
		visit->answered = false;
		if (status == STATUS_REFUSED)
			record_refusal(visit, error);
		fill_error(visit, code, error);
		if (code == 429)
			response_header(visit->request, "Retry-After", "60");
	}
	if (visit->answered)
		return;
	status = render(visit, error);
	if (status == STATUS_TOO_LARGE) {
		fill_error(visit, 413, error);
		status = render(visit, error);
	}
	if (status != STATUS_OK) {
		log_error(error);
		render_plain(visit, 500);
	}
}
