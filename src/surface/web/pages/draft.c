/* What somebody had written when they were signed out: to be sent, or thrown away. */
#include "policy/draft.h"
#include "web/pages/pages.h"

static const struct {
	const char *path, *title;
} forms[] = {{"/reports", "Report that something is wrong"},
	     {"/lists/", "What you found, for a row of a list"},
	     {"/households/", "Report that a household is wrong"},
	     {"/reports/households/", "Answer about a household"},
	     {"/reports/", "Answer to a report"}};

static const char *title_of(struct text path)
{
	const char *title = forms[0].title;
	if (text_is(path, forms[0].path))
		return title;
	for (size_t i = 1; i < sizeof forms / sizeof *forms; i++) {
		if (!text_starts_with(path, text_of(forms[i].path)))
			continue;
		title = forms[i].title;
		break;
	}
	return title;
}

/* Words can be changed before they are sent; what was chosen goes along as it was. */
static void put_fields(struct value *document, const struct pairs *form)
{
	static const struct {
		const char *name, *title;
	} words[] = {{"text", "What is wrong"}, {"reply", "Your reply"}, {"note", "Your note"}};
	struct value *texts = put_array(document, "texts"), *others = put_array(document, "others");
	for (size_t i = 0; i < form->count; i++) {
		const char *title = NULL;
		for (size_t w = 0; w < sizeof words / sizeof *words; w++)
			if (text_is(form->at[i].name, words[w].name))
				title = words[w].title;
		struct value *row = add_object(title ? texts : others);
		put_text(row, "name", form->at[i].name);
		put_text(row, "value", form->at[i].value);
		if (title)
			put_string(row, "title", title);
	}
}

static enum status put_draft(struct visit *visit, const struct draft *draft, struct error *error)
{
	struct buf plain;
	struct pairs form = {0};
	buf_init(&plain, 4 * MESSAGE_BODY_LARGEST);
	enum status status = disclosure_unseal_words(visit->site->vault, draft->draft_id, WORDS_OF_DRAFT, draft->sealed,
						     &plain, error);
	if (status == STATUS_OK && !form_parse(visit->arena, buf_text(&plain), &form))
		status = error_set(error, STATUS_CORRUPT, "draft.form", "What was kept is not whole.");
	buf_wipe(&plain);
	buf_release(&plain);
	if (status)
		return status;
	put_string(visit->document, "what", title_of(draft->path));
	put_text(visit->document, "action", draft->path);
	put_fields(visit->document, &form);
	struct audit_entry entry = visit_entry(visit, "draft.open", "allowed");
	visit_record(visit, &entry);
	return visit_page(visit, "draft", "What you were writing");
}

/* Not before they have said again why they look: the page that it goes to asks for that. */
enum status page_draft(struct visit *visit, struct error *error)
{
	struct draft draft;
	struct store *desk;
	struct text parameters[ROUTE_PARAMETERS_MOST];
	bool other;
	struct draft_owner owner = draft_owner_of(visit->viewer.username, visit->token);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = draft_find(desk, &owner, visit->arena, &draft, error);
	if (status == STATUS_NOT_FOUND)
		return visit_redirect(visit, "/");
	if (status)
		return status;
	const struct route *route = route_find(METHOD_POST, draft.path, parameters, &other);
	if (route && route->needs_purpose && !visit->viewer.purpose)
		return visit_redirect(visit, "/purpose?next=/draft");
	return put_draft(visit, &draft, error);
}

enum status page_draft_drop(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct draft_owner owner = draft_owner_of(visit->viewer.username, visit->token);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status)
		return status;
	status = draft_drop(desk, &owner, error);
	struct audit_entry entry = visit_entry(visit, "draft.drop", "allowed");
	status = visit_commit(visit, desk, status, &entry, error);
	return status ? status : visit_redirect(visit, "/");
}
