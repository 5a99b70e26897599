#include "profile/profile_int.h"

#include "base/buf.h"
#include "base/memory.h"

static struct profile_problem *add(struct loader *loader, const char *file, unsigned line, unsigned column,
				   const char *format, va_list args)
{
	struct profile_problems *problems = loader->problems;
	if (!problems->inside) {
		problems->inside = memory_alloc(1, sizeof *problems->inside);
		arena_init(&problems->inside->arena, 64 << 20);
	}
	ARRAY_GROW(problems->at, problems->count, problems->inside->capacity);
	struct arena *arena = &problems->inside->arena;
	struct profile_problem *added = &problems->at[problems->count++];
	*added = (struct profile_problem){arena_copy(arena, text_of(file)),       line, column,
					  arena_format_v(arena, format, args).at, "",   false};
	return added;
}

void problem_at(struct loader *loader, const char *file, unsigned line, unsigned column, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(loader, file, line, column, format, args);
	va_end(args);
	loader->problems->errors++;
}

void problem(struct reader *r, const struct yaml_node *node, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(r->loader, r->file->name, node ? node->line : 1, node ? node->column : 1, format, args);
	va_end(args);
	r->loader->problems->errors++;
}

void warning(struct reader *r, const struct yaml_node *node, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(r->loader, r->file->name, node ? node->line : 1, node ? node->column : 1, format, args)->warning = true;
	va_end(args);
}

void remedy(struct reader *r, const char *format, ...)
{
	struct profile_problems *problems = r->loader->problems;
	va_list args;
	va_start(args, format);
	problems->at[problems->count - 1].remedy = arena_format_v(&problems->inside->arena, format, args).at;
	va_end(args);
}

void remedy_nearest(struct reader *r, struct text written, const struct text *candidates, size_t count,
		    const char *otherwise)
{
	struct text nearest = text_nearest(written, candidates, count);
	if (!text_is_absent(nearest)) {
		remedy(r, "Did you mean `%.*s`?", TEXT_ARG(nearest));
		return;
	}
	if (count == 0 || count > 16) {
		remedy(r, "%s", otherwise);
		return;
	}
	struct buf all;
	buf_init(&all, 4096);
	for (size_t i = 0; i < count; i++)
		buf_format(&all, "%s%.*s", i ? ", " : "", TEXT_ARG(candidates[i]));
	remedy(r, "Use one of: %s.", all.at);
	buf_release(&all);
}

static int compare_problems(const void *left, const void *right)
{
	const struct profile_problem *a = left, *b = right;
	int by_file = strcmp(a->file, b->file);
	if (by_file)
		return by_file;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return strcmp(a->message, b->message);
}

void problems_sort(struct profile_problems *problems)
{
	if (problems->count)
		qsort(problems->at, problems->count, sizeof *problems->at, compare_problems);
}

void profile_problems_release(struct profile_problems *problems)
{
	if (problems->inside) {
		arena_release(&problems->inside->arena);
		free(problems->inside);
	}
	free(problems->at);
	*problems = (struct profile_problems){0};
}

void profile_problems_print(const struct profile_problems *problems, FILE *out)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct profile_problem *p = &problems->at[i];
		fprintf(out, "%s:%u:%u: %s%s\n", p->file, p->line, p->column, p->warning ? "warning: " : "",
			p->message);
		if (*p->remedy)
			fprintf(out, "    %s\n", p->remedy);
	}
}
