/* A template, a NUL, a document as JSON: compiled and rendered in both dialects. */
#include "fuzz.h"
#include "web/template.h"

static void render(enum template_dialect dialect, struct text source, const struct value *document)
{
	struct error error;
	struct buf out;
	buf_init(&out, 1 << 18);
	struct template_set *set = template_set_new(dialect);
	enum status status = template_set_add(set, TEXT("part"), TEXT("  <b>{{a}}{{>main}}</b>\n"), &error);
	if (status == STATUS_OK)
		status = template_set_add(set, TEXT("main"), source, &error);
	if (status == STATUS_OK)
		status = template_set_link(set, &error);
	if (status == STATUS_OK)
		status = template_render(template_find(set, TEXT("main")), document, &out, &error);
	template_set_free(set);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct value *document;
	struct text input = text_slice((const char *)data, size), source = input,
		    json = TEXT("{\"a\":[1,{\"b\":\"<\"}]}");
	source.len = text_find_char(input, '\0');
	if (source.len < input.len)
		json = text_slice(input.at + source.len + 1, input.len - source.len - 1);
	arena_init(&arena, 64 << 20);
	if (source.len < 4096 && document_parse_json(&arena, json, &document)) {
		render(TEMPLATE_PAGES, source, document);
		render(TEMPLATE_SPEC, source, document);
	}
	arena_release(&arena);
	return 0;
}
