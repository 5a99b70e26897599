#include "report/transparency_file.h"

#include "base/file.h"
#include "web/template.h"
#include "web/transparency.h"

extern const char template_transparency_file[], template_transparency_body[];
extern const unsigned long template_transparency_file_len, template_transparency_body_len;

enum { PAGE_LARGEST = 64 << 20 };

static enum status render(const struct value *document, struct buf *out, struct error *error)
{
	struct template_set *set = template_set_new(TEMPLATE_PAGES);
	enum status status =
		template_set_add(set, TEXT("transparency_file"),
				 text_slice(template_transparency_file, template_transparency_file_len), error);
	if (status == STATUS_OK)
		status =
			template_set_add(set, TEXT("transparency_body"),
					 text_slice(template_transparency_body, template_transparency_body_len), error);
	if (status == STATUS_OK)
		status = template_set_link(set, error);
	if (status == STATUS_OK)
		status = template_render(template_find(set, TEXT("transparency_file")), document, out, error);
	template_set_free(set);
	return status;
}

static enum status write_file(const char *folder, const char *name, const struct buf *content, struct error *error)
{
	char path[1024];
	if (content->failed || (size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
		return error_set(error, STATUS_TOO_LARGE, "rights.path", "the page or its folder's name is too long");
	return file_replace(path, buf_text(content), 0644, error);
}

enum status report_transparency(const struct profile *profile, struct policy *policy,
				const struct rights_transparency *numbers, const char *folder, struct error *error)
{
	struct arena arena;
	struct buf html, json;
	arena_init(&arena, PAGE_LARGEST);
	buf_init(&html, PAGE_LARGEST);
	buf_init(&json, PAGE_LARGEST);
	struct value *document = document_object(&arena);
	transparency_document(document, profile, policy, numbers);
	document_emit_json(document, &json);
	enum status status = render(document, &html, error);
	if (status == STATUS_OK)
		status = file_make_folder(folder, 0755, error);
	if (status == STATUS_OK)
		status = write_file(folder, "transparency.html", &html, error);
	if (status == STATUS_OK)
		status = write_file(folder, "transparency.json", &json, error);
	buf_release(&html);
	buf_release(&json);
	arena_release(&arena);
	return status;
}
