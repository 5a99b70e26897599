/* Renders the fixtures of documents through the real templates, to be looked at and to be timed:
 *
 *     render_fixtures FOLDER OUT       each FOLDER/NAME.json through the template NAME to OUT/NAME.html
 *     render_fixtures --time FILE      JSON: microseconds a page for FILE, through its template
 */
#include "base/file.h"
#include "web/templates.h"

#include <time.h>

static struct text template_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct text name = text_of(slash ? slash + 1 : path);
	name.len = text_find_char(name, '.');
	return name;
}

static enum status render_file(const struct template_set *set, const char *path, struct buf *out, int times,
			       struct error *error)
{
	struct buf json;
	struct arena arena;
	buf_init(&json, 8 << 20);
	arena_init(&arena, 64 << 20);
	enum status status = file_read(path, &json, error);
	struct value *document;
	const struct template *template = template_find(set, template_name(path));
	if (status == STATUS_OK && !document_parse_json(&arena, buf_text(&json), &document))
		status = error_set(error, STATUS_INVALID, "fixture.json", "%s is not JSON", path);
	if (status == STATUS_OK && !template)
		status = error_set(error, STATUS_NOT_FOUND, "fixture.template", "no template for %s", path);
	for (int i = 0; i < times && status == STATUS_OK; i++) {
		buf_clear(out);
		status = template_render(template, document, out, error);
	}
	buf_release(&json);
	arena_release(&arena);
	return status;
}

static enum status render_folder(const struct template_set *set, const char *from, const char *to, struct error *error)
{
	struct arena arena;
	struct buf out;
	struct text *names;
	size_t count = 0;
	arena_init(&arena, 1 << 20);
	buf_init(&out, TEMPLATE_OUTPUT_LARGEST);
	enum status status = file_make_folder(to, 0755, error);
	if (status == STATUS_OK)
		status = file_list(from, &arena, &names, &count, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		char path[600], target[600];
		struct text name = template_name(names[i].at);
		snprintf(path, sizeof path, "%s/%.*s", from, TEXT_ARG(names[i]));
		snprintf(target, sizeof target, "%s/%.*s.html", to, TEXT_ARG(name));
		status = render_file(set, path, &out, 1, error);
		if (status == STATUS_OK)
			status = file_replace(target, buf_text(&out), 0644, error);
	}
	buf_release(&out);
	arena_release(&arena);
	return status;
}

static enum status time_file(const struct template_set *set, const char *path, struct error *error)
{
	enum { TIMES = 5000 };
	struct timespec begun, ended;
	struct buf out;
	buf_init(&out, TEMPLATE_OUTPUT_LARGEST);
	enum status status = render_file(set, path, &out, 10, error);
	clock_gettime(CLOCK_MONOTONIC, &begun);
	if (status == STATUS_OK)
		status = render_file(set, path, &out, TIMES, error);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	double us = (double)(ended.tv_sec - begun.tv_sec) * 1e6 + (double)(ended.tv_nsec - begun.tv_nsec) / 1e3;
	printf("{\"bench\":\"render\",\"bytes\":%zu,\"microseconds\":%.1f}\n", out.len, us / TIMES);
	buf_release(&out);
	return status;
}

int main(int argc, char **argv)
{
	struct error error;
	struct template_set *set = NULL;
	if (argc != 3)
		return 2;
	enum status status = templates_load(&set, &error);
	if (status == STATUS_OK)
		status = !strcmp(argv[1], "--time") ? time_file(set, argv[2], &error)
						    : render_folder(set, argv[1], argv[2], &error);
	if (status != STATUS_OK)
		error_print(&error, stderr);
	template_set_free(set);
	return status == STATUS_OK ? 0 : 1;
}
