/* What the compiler (template.c), the follower of HTML (template_html.c) and the renderer
 * (template_render.c) share. */
#ifndef WEB_TEMPLATE_INT_H
#define WEB_TEMPLATE_INT_H

#include "base/map.h"
#include "web/template.h"

enum operation {
	OP_LITERAL,
	OP_ESCAPED,
	OP_RAW,
	OP_ADDRESS, /* escaped, and only an address that cannot run script */
	OP_SECTION,
	OP_INVERTED,
	OP_END,
	OP_PARTIAL,
	OP_INDENT, /* a line begins: what standalone partials put before each of their lines */
};

struct name_part {
	struct text name;
	uint32_t mark;
};

struct instruction {
	enum operation operation;
	uint32_t end;     /* OP_SECTION, OP_INVERTED: index of its OP_END */
	uint32_t parts_n; /* 0 is "." */
	const struct name_part *parts;
	size_t literal, len; /* OP_LITERAL: place in the template's literals */
	struct text partial_name, indent;
	const struct template *partial;
	unsigned line;
};

struct template
{
	struct text name;
	struct instruction *code;
	size_t code_n, code_cap;
	struct buf literals;
	enum template_dialect dialect;
};

struct template_set {
	enum template_dialect dialect;
	struct arena arena;
	struct text_map names; /* index into templates */
	struct template **templates;
	size_t count, capacity;
	bool linked;
};

/* Where in the HTML the compiler stands. */
enum html_place { HTML_TEXT, HTML_TAG, HTML_VALUE_DOUBLE, HTML_VALUE_SINGLE, HTML_VALUE_BARE, HTML_COMMENT, HTML_CODE };

struct html_state {
	enum html_place place;
	char tag[16];       /* the element whose tag we are in, or whose code we are in */
	char attribute[24]; /* the attribute whose value we are in or may enter */
	size_t value_len;   /* of the attribute's value so far */
	bool naming_tag, naming_attribute;
	bool closing;
};

void html_follow(struct html_state *state, struct text literal);
/* May an escaped value stand here? Sets *ADDRESS where it would begin an address. */
bool html_allows_value(const struct html_state *state, bool *address);
void html_value_passed(struct html_state *state);

#endif
