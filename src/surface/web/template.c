/* The compiler: source text to instructions. */
#include "base/memory.h"
#include "web/template_int.h"

enum { DELIMITER_LONGEST = 16, NAME_PARTS_MOST = 16 };

struct open_section {
	size_t instruction;
	struct text name;
	struct html_state html;
};

struct compiler {
	struct template_set *set;
	struct template *template;
	struct text source;
	size_t at;
	struct text open, close;
	struct open_section sections[TEMPLATE_DEEPEST];
	size_t sections_n;
	struct html_state html;
	struct error *error;
};

struct tag {
	char kind; /* # ^ / > = ! & { or 'v' for an escaped value */
	struct text content;
	size_t end; /* of the tag in the source */
};

static unsigned line_at(const struct compiler *c, size_t at)
{
	unsigned line = 1;
	for (size_t i = 0; i < at && i < c->source.len; i++)
		line += c->source.at[i] == '\n';
	return line;
}

static enum status wrong(struct compiler *c, const char *message, const char *remedy)
{
	error_set(c->error, STATUS_INVALID, "template.syntax", "%s", message);
	error_remedy(c->error, "%s", remedy);
	char name[200];
	snprintf(name, sizeof name, "%.*s.mustache", TEXT_ARG(c->template->name));
	error_at(c->error, name, line_at(c, c->at), 0);
	return STATUS_INVALID;
}

static struct instruction *emit(struct compiler *c, enum operation operation)
{
	struct template *t = c->template;
	ARRAY_GROW(t->code, t->code_n, t->code_cap);
	struct instruction *i = &t->code[t->code_n++];
	*i = (struct instruction){.operation = operation, .line = line_at(c, c->at)};
	return i;
}

static void emit_literal(struct compiler *c, struct text text)
{
	struct template *t = c->template;
	if (!text.len)
		return;
	if (!t->code_n || t->code[t->code_n - 1].operation != OP_LITERAL)
		emit(c, OP_LITERAL)->literal = t->literals.len;
	t->code[t->code_n - 1].len += text.len;
	buf_append_text(&t->literals, text);
	html_follow(&c->html, text);
}

static bool at_text(const struct compiler *c, size_t at, struct text wanted)
{
	return text_starts_with(text_slice(c->source.at + at, c->source.len - at), wanted);
}

/* Reads the tag whose opening delimiter is at AT. */
static enum status read_tag(struct compiler *c, size_t at, struct tag *tag)
{
	size_t from = at + c->open.len;
	char kind = from < c->source.len ? c->source.at[from] : '\0';
	bool marked = kind && strchr("#^/>=!&{", kind);
	tag->kind = marked ? kind : 'v';
	from += marked;
	struct text rest = text_slice(c->source.at + from, c->source.len - from);
	char closing[DELIMITER_LONGEST + 2];
	snprintf(closing, sizeof closing, "%s%.*s", kind == '{' ? "}" : kind == '=' ? "=" : "", TEXT_ARG(c->close));
	size_t len = text_find(rest, text_of(closing));
	c->at = at;
	if (len == rest.len)
		return wrong(c, "a tag is not closed", "write the closing delimiter, for example }}");
	tag->content = text_trim(text_slice(rest.at, len));
	tag->end = from + len + strlen(closing);
	return STATUS_OK;
}

static enum status set_names(struct compiler *c, struct instruction *i, struct text name)
{
	if (text_is(name, "."))
		return STATUS_OK;
	struct name_part *parts = ARENA_ARRAY(&c->set->arena, NAME_PARTS_MOST, struct name_part);
	struct text part, rest = arena_text(&c->set->arena, name);
	while (text_split(&rest, '.', &part)) {
		if (!part.len || i->parts_n == NAME_PARTS_MOST || text_find_char(part, ' ') < part.len)
			return wrong(c, "a name cannot be read",
				     "write names as letters, digits and _, joined by dots");
		parts[i->parts_n++] = (struct name_part){part, document_key_mark(part.at, part.len)};
	}
	i->parts = parts;
	return STATUS_OK;
}

static enum status set_delimiters(struct compiler *c, struct text content)
{
	size_t gap = 0;
	while (gap < content.len && content.at[gap] != ' ' && content.at[gap] != '\t' && content.at[gap] != '\n')
		gap++;
	struct text open = text_slice(content.at, gap);
	struct text close = text_trim(text_slice(content.at + gap, content.len - gap));
	if (!open.len || !close.len || open.len > DELIMITER_LONGEST || close.len > DELIMITER_LONGEST ||
	    text_find_char(close, ' ') < close.len || text_find_char(open, '=') < open.len ||
	    text_find_char(close, '=') < close.len)
		return wrong(c, "the new delimiters cannot be read", "write them as {{=<% %>=}}");
	c->open = open;
	c->close = close;
	return STATUS_OK;
}

static enum status compile_value(struct compiler *c, const struct tag *tag)
{
	bool address = false, pages = c->set->dialect == TEMPLATE_PAGES;
	if (pages && !html_allows_value(&c->html, &address))
		return wrong(c, "a value stands where escaping does not make it safe",
			     "put values only into text and quoted attributes, never into a script, a style, an on... "
			     "attribute or a bare attribute");
	if (pages && tag->kind != 'v' && c->html.place != HTML_TEXT)
		return wrong(c, "markup stands inside a tag", "use {{{ }}} only between tags");
	enum operation raw = tag->kind == 'v' ? OP_ESCAPED : OP_RAW;
	struct instruction *i = emit(c, address ? OP_ADDRESS : raw);
	html_value_passed(&c->html);
	return set_names(c, i, tag->content);
}

static enum status compile_section(struct compiler *c, const struct tag *tag)
{
	if (c->sections_n == TEMPLATE_DEEPEST)
		return wrong(c, "sections are nested too deep", "move the inner ones into a partial");
	c->sections[c->sections_n++] = (struct open_section){c->template->code_n, tag->content, c->html};
	return set_names(c, emit(c, tag->kind == '#' ? OP_SECTION : OP_INVERTED), tag->content);
}

static enum status compile_end(struct compiler *c, const struct tag *tag)
{
	if (!c->sections_n || !text_equal(c->sections[c->sections_n - 1].name, tag->content))
		return wrong(c, "a section is closed that is not the one open",
			     "close sections in the order in which they were opened, last first");
	struct open_section *section = &c->sections[--c->sections_n];
	if (c->set->dialect == TEMPLATE_PAGES && section->html.place != c->html.place)
		return wrong(c, "a section begins and ends in different places of the HTML",
			     "let a section hold whole elements, whole attributes, or text");
	c->template->code[section->instruction].end = (uint32_t)c->template->code_n;
	emit(c, OP_END);
	return STATUS_OK;
}

static enum status compile_partial(struct compiler *c, const struct tag *tag, struct text indent)
{
	if (c->set->dialect == TEMPLATE_PAGES && c->html.place != HTML_TEXT)
		return wrong(c, "a partial stands inside a tag", "use partials only between tags");
	struct instruction *i = emit(c, OP_PARTIAL);
	i->partial_name = arena_text(&c->set->arena, tag->content);
	i->indent = arena_text(&c->set->arena, indent);
	return STATUS_OK;
}

static enum status compile_tag(struct compiler *c, const struct tag *tag, struct text indent)
{
	switch (tag->kind) {
	case '!':
		return STATUS_OK;
	case '=':
		return set_delimiters(c, tag->content);
	case '#':
	case '^':
		return compile_section(c, tag);
	case '/':
		return compile_end(c, tag);
	case '>':
		return compile_partial(c, tag, indent);
	default:
		return compile_value(c, tag);
	}
}

static size_t skip_blanks(const struct compiler *c, size_t at)
{
	while (at < c->source.len && (c->source.at[at] == ' ' || c->source.at[at] == '\t'))
		at++;
	return at;
}

/* A tag alone on its line takes the whole line with it. */
static enum status try_standalone(struct compiler *c, bool *taken)
{
	size_t from = c->at, tag_at = skip_blanks(c, from);
	*taken = false;
	if (!at_text(c, tag_at, c->open))
		return STATUS_OK;
	struct tag tag;
	enum status status = read_tag(c, tag_at, &tag);
	if (status != STATUS_OK)
		return status;
	c->at = from;
	size_t end = skip_blanks(c, tag.end);
	bool line_ends = end == c->source.len || c->source.at[end] == '\n' || at_text(c, end, TEXT("\r\n"));
	if (!line_ends || !strchr("#^/>=!", tag.kind))
		return STATUS_OK;
	*taken = true;
	status = compile_tag(c, &tag, text_slice(c->source.at + from, tag_at - from));
	size_t newline = text_find_char(text_slice(c->source.at + end, c->source.len - end), '\n');
	c->at = end + newline < c->source.len ? end + newline + 1 : c->source.len;
	return status;
}

static void start_line(struct compiler *c)
{
	if (c->set->dialect == TEMPLATE_SPEC)
		emit(c, OP_INDENT);
	else if (c->html.place == HTML_TEXT || c->html.place == HTML_TAG)
		c->at = skip_blanks(c, c->at);
}

/* One run of literal text, up to the next tag or behind the next newline, or one tag. */
static enum status compile_piece(struct compiler *c, bool *line_ended)
{
	struct text rest = text_slice(c->source.at + c->at, c->source.len - c->at);
	size_t tag_at = text_find(rest, c->open), newline = text_find_char(rest, '\n');
	*line_ended = newline < tag_at;
	size_t len = *line_ended ? newline + 1 : tag_at;
	if (len) {
		emit_literal(c, text_slice(rest.at, len));
		c->at += len;
		return STATUS_OK;
	}
	struct tag tag;
	enum status status = read_tag(c, c->at, &tag);
	if (status != STATUS_OK)
		return status;
	status = compile_tag(c, &tag, TEXT_ABSENT);
	c->at = tag.end;
	return status;
}

static enum status compile(struct compiler *c)
{
	bool at_line_start = true;
	while (c->at < c->source.len) {
		bool taken = false;
		enum status status = STATUS_OK;
		if (at_line_start) {
			status = try_standalone(c, &taken);
			if (status == STATUS_OK && !taken)
				start_line(c);
		}
		/* Blanks at the start of a page's last line may have been all that was left. */
		if (status == STATUS_OK && !taken && c->at < c->source.len)
			status = compile_piece(c, &at_line_start);
		if (status != STATUS_OK)
			return status;
	}
	if (c->sections_n)
		return wrong(c, "a section is not closed", "write {{/name}} for each {{#name}} and {{^name}}");
	if (c->set->dialect == TEMPLATE_PAGES && c->html.place != HTML_TEXT)
		return wrong(c, "the template ends inside a tag", "close the tag");
	return STATUS_OK;
}

struct template_set *template_set_new(enum template_dialect dialect)
{
	struct template_set *set = memory_alloc(1, sizeof *set);
	set->dialect = dialect;
	arena_init(&set->arena, 64 << 20);
	text_map_init(&set->names);
	return set;
}

static void template_free(struct template *template)
{
	buf_release(&template->literals);
	free(template->code);
}

void template_set_free(struct template_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++)
		template_free(set->templates[i]);
	free(set->templates);
	text_map_release(&set->names);
	arena_release(&set->arena);
	free(set);
}

enum status template_set_add(struct template_set *set, struct text name, struct text source, struct error *error)
{
	if (source.len > TEMPLATE_LARGEST)
		return error_set(error, STATUS_TOO_LARGE, "template.large", "the template \"%.*s\" is too large",
				 TEXT_ARG(name));
	struct template *template = ARENA_NEW(&set->arena, struct template);
	template->name = arena_text(&set->arena, name);
	template->dialect = set->dialect;
	buf_init(&template->literals, TEMPLATE_LARGEST + 1);
	struct compiler c = {.set = set, .template = template, .open = TEXT("{{"), .close = TEXT("}}"), .error = error};
	c.source = arena_text(&set->arena, text_is_absent(source) ? TEXT("") : source);
	enum status status = compile(&c);
	bool is_new = false;
	if (status == STATUS_OK)
		*text_map_put(&set->names, template->name, &is_new) = set->count;
	if (status == STATUS_OK && !is_new)
		status = error_set(error, STATUS_CONFLICT, "template.twice", "the template \"%.*s\" is there twice",
				   TEXT_ARG(name));
	if (status != STATUS_OK) {
		template_free(template);
		return status;
	}
	ARRAY_GROW(set->templates, set->count, set->capacity);
	set->templates[set->count++] = template;
	return STATUS_OK;
}

static enum status link_one(struct template_set *set, struct template *template, struct error *error)
{
	for (size_t i = 0; i < template->code_n; i++) {
		struct instruction *in = &template->code[i];
		if (in->operation != OP_PARTIAL)
			continue;
		in->partial = template_find(set, in->partial_name);
		if (in->partial || set->dialect == TEMPLATE_SPEC)
			continue;
		char file[200];
		snprintf(file, sizeof file, "%.*s.mustache", TEXT_ARG(template->name));
		error_set(error, STATUS_INVALID, "template.partial", "there is no partial \"%.*s\"",
			  TEXT_ARG(in->partial_name));
		error_at(error, file, in->line, 0);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

enum status template_set_link(struct template_set *set, struct error *error)
{
	for (size_t i = 0; i < set->count; i++) {
		enum status status = link_one(set, set->templates[i], error);
		if (status != STATUS_OK)
			return status;
	}
	set->linked = true;
	return STATUS_OK;
}

const struct template *template_find(const struct template_set *set, struct text name)
{
	const uint64_t *index = text_map_get(&set->names, name);
	return index ? set->templates[*index] : NULL;
}
