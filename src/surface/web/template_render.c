/* The renderer: instructions and a document to a page. */
#include "web/template_int.h"

#include <assert.h>

struct indent {
	const struct indent *outer;
	struct text text;
};

struct renderer {
	const struct value *stack[TEMPLATE_DEEPEST + 1]; /* contexts, the innermost last */
	size_t stack_n, depth;
	const struct indent *indent;
	enum template_dialect dialect;
	struct buf *out;
	bool too_deep;
};

static const unsigned char needs_escape[256] = {['&'] = 1, ['<'] = 1, ['>'] = 1, ['"'] = 1, ['\''] = 1};

static struct text entity_of(char c)
{
	switch (c) {
	case '&':
		return TEXT("&amp;");
	case '<':
		return TEXT("&lt;");
	case '>':
		return TEXT("&gt;");
	case '"':
		return TEXT("&quot;");
	default:
		return TEXT("&#39;");
	}
}

void template_append_escaped(struct buf *out, struct text t)
{
	size_t start = 0;
	for (size_t i = 0; i < t.len; i++) {
		if (!needs_escape[(unsigned char)t.at[i]])
			continue;
		buf_append(out, t.at + start, i - start);
		buf_append_text(out, entity_of(t.at[i]));
		start = i + 1;
	}
	buf_append(out, t.at + start, t.len - start);
}

static const struct value *member(const struct value *object, const struct name_part *part)
{
	if (object->kind != VALUE_OBJECT)
		return NULL;
	for (const struct value *v = object->first; v; v = v->next)
		if (v->key_mark == part->mark && v->key_len == part->name.len &&
		    memcmp(v->key, part->name.at, part->name.len) == 0)
			return v;
	return NULL;
}

/* The first part of a name is looked for in every context, innermost first; the others only
 * in what the first one found. */
static const struct value *resolve(const struct renderer *r, const struct instruction *in)
{
	const struct value *found = in->parts_n ? NULL : r->stack[r->stack_n - 1];
	for (size_t i = r->stack_n; i-- && !found;)
		found = member(r->stack[i], &in->parts[0]);
	for (uint32_t i = 1; i < in->parts_n && found; i++)
		found = member(found, &in->parts[i]);
	return found;
}

static bool is_true(const struct value *value)
{
	if (!value)
		return false;
	switch (value->kind) {
	case VALUE_NULL:
	case VALUE_FALSE:
		return false;
	case VALUE_INT:
		return value->number != 0;
	case VALUE_TEXT:
	case VALUE_MARKUP:
		return value->text.len != 0;
	case VALUE_ARRAY:
		return value->count != 0;
	default:
		return true;
	}
}

static struct text as_text(const struct value *value, char scratch[32])
{
	switch (value->kind) {
	case VALUE_TEXT:
	case VALUE_MARKUP:
		return value->text;
	case VALUE_INT:
		return text_slice(scratch, (size_t)snprintf(scratch, 32, "%lld", (long long)value->number));
	case VALUE_DECIMAL:
		return text_slice(scratch, (size_t)snprintf(scratch, 32, "%.15g", value->decimal));
	case VALUE_TRUE:
		return TEXT("true");
	case VALUE_FALSE:
		return TEXT("false");
	default:
		return TEXT("");
	}
}

static bool is_safe_address(struct text t)
{
	static const char *const starts[] = {"#", "?", "https://", "http://", "mailto:", "tel:"};
	if (t.len && t.at[0] == '/')
		return t.len == 1 || (t.at[1] != '/' && t.at[1] != '\\');
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (text_starts_with(t, text_of(starts[i])))
			return true;
	return t.len == 0;
}

static void render_value(struct renderer *r, const struct instruction *in)
{
	char scratch[32];
	const struct value *value = resolve(r, in);
	if (!value)
		return;
	struct text text = as_text(value, scratch);
	if (in->operation == OP_ADDRESS && !is_safe_address(text))
		text = TEXT("#");
	bool raw = in->operation == OP_RAW && (r->dialect == TEMPLATE_SPEC || value->kind == VALUE_MARKUP);
	if (raw)
		buf_append_text(r->out, text);
	else
		template_append_escaped(r->out, text);
}

static void render_indent(const struct indent *indent, struct buf *out)
{
	if (!indent)
		return;
	render_indent(indent->outer, out);
	buf_append_text(out, indent->text);
}

static void render_range(struct renderer *r, const struct template *t, size_t from, size_t end);

static bool go_deeper(struct renderer *r)
{
	if (r->depth < TEMPLATE_DEEPEST) {
		r->depth++;
		return true;
	}
	r->too_deep = true;
	return false;
}

static void render_with(struct renderer *r, const struct template *t, const struct value *context, size_t from,
			size_t end)
{
	if (!go_deeper(r))
		return;
	r->stack[r->stack_n++] = context;
	render_range(r, t, from, end);
	r->stack_n--;
	r->depth--;
}

static void render_section(struct renderer *r, const struct template *t, size_t at)
{
	const struct instruction *in = &t->code[at];
	const struct value *value = resolve(r, in);
	if (in->operation == OP_INVERTED) {
		if (!is_true(value))
			render_range(r, t, at + 1, in->end);
	} else if (is_true(value) && value->kind == VALUE_ARRAY) {
		for (const struct value *item = value->first; item && !r->out->failed && !r->too_deep;
		     item = item->next)
			render_with(r, t, item, at + 1, in->end);
	} else if (is_true(value)) {
		render_with(r, t, value, at + 1, in->end);
	}
}

static void render_partial(struct renderer *r, const struct instruction *in)
{
	if (!in->partial || !go_deeper(r))
		return;
	struct indent indent = {r->indent, in->indent};
	const struct indent *outer = r->indent;
	if (in->indent.len)
		r->indent = &indent;
	render_range(r, in->partial, 0, in->partial->code_n);
	r->indent = outer;
	r->depth--;
}

static void render_range(struct renderer *r, const struct template *t, size_t from, size_t end)
{
	for (size_t i = from; i < end && !r->out->failed && !r->too_deep; i++) {
		const struct instruction *in = &t->code[i];
		switch (in->operation) {
		case OP_LITERAL:
			buf_append(r->out, t->literals.at + in->literal, in->len);
			break;
		case OP_ESCAPED:
		case OP_RAW:
		case OP_ADDRESS:
			render_value(r, in);
			break;
		case OP_SECTION:
		case OP_INVERTED:
			render_section(r, t, i);
			i = in->end;
			break;
		case OP_PARTIAL:
			render_partial(r, in);
			break;
		case OP_INDENT:
			render_indent(r->indent, r->out);
			break;
		case OP_END:
			break;
		}
	}
}

enum status template_render(const struct template *template, const struct value *document, struct buf *out,
			    struct error *error)
{
	struct renderer r = {.dialect = template->dialect, .out = out};
	r.stack[r.stack_n++] = document;
	render_range(&r, template, 0, template->code_n);
	if (r.too_deep)
		return error_set(error, STATUS_TOO_LARGE, "template.depth", "the page is nested too deep");
	if (out->failed)
		return error_set(error, STATUS_TOO_LARGE, "template.output", "the page is too large");
	return STATUS_OK;
}
