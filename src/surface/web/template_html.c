/* Follows the HTML of a template just closely enough to know whether an escaped value is safe
 * where it stands: text and quoted attribute values are, everything else is not. */
#include "web/template_int.h"

#include <ctype.h>

static void append_lower(char *name, size_t size, char c)
{
	size_t len = strlen(name);
	if (len + 1 < size) {
		name[len] = (char)tolower((unsigned char)c);
		name[len + 1] = '\0';
	}
}

static bool is_code(const char *tag)
{
	return !strcmp(tag, "script") || !strcmp(tag, "style");
}

static void tag_ends(struct html_state *state)
{
	state->place = !state->closing && is_code(state->tag) ? HTML_CODE : HTML_TEXT;
}

static void attribute_starts(struct html_state *state)
{
	state->attribute[0] = '\0';
	state->naming_attribute = true;
}

static void in_tag(struct html_state *state, char c)
{
	if (c == '>') {
		tag_ends(state);
	} else if (state->naming_tag) {
		if (c == '/' && !state->tag[0])
			state->closing = true;
		else if (isspace((unsigned char)c) || c == '/')
			state->naming_tag = false;
		else
			append_lower(state->tag, sizeof state->tag, c);
	} else if (c == '=') {
		state->place = HTML_VALUE_BARE;
		state->value_len = 0;
		state->naming_attribute = false;
	} else if (isspace((unsigned char)c) || c == '/') {
		state->naming_attribute = false;
	} else {
		if (!state->naming_attribute)
			attribute_starts(state);
		append_lower(state->attribute, sizeof state->attribute, c);
	}
}

static void in_value(struct html_state *state, char c)
{
	bool bare = state->place == HTML_VALUE_BARE;
	if (bare && state->value_len == 0 && (c == '"' || c == '\'')) {
		state->place = c == '"' ? HTML_VALUE_DOUBLE : HTML_VALUE_SINGLE;
		return;
	}
	if (bare && c == '>') {
		tag_ends(state);
		return;
	}
	bool ends = bare ? isspace((unsigned char)c) && state->value_len
			 : c == (state->place == HTML_VALUE_DOUBLE ? '"' : '\'');
	if (ends)
		state->place = HTML_TAG;
	else if (!bare || !isspace((unsigned char)c))
		state->value_len++;
}

static void tag_starts(struct html_state *state)
{
	*state = (struct html_state){.place = HTML_TAG, .naming_tag = true};
}

static bool ends_code(const struct html_state *state, struct text rest)
{
	size_t len = strlen(state->tag);
	return rest.len > len + 2 && rest.at[1] == '/' &&
	       text_equal_ignoring_case(text_slice(rest.at + 2, len), text_of(state->tag));
}

void html_follow(struct html_state *state, struct text literal)
{
	for (size_t i = 0; i < literal.len; i++) {
		char c = literal.at[i];
		struct text rest = text_slice(literal.at + i, literal.len - i);
		switch (state->place) {
		case HTML_TEXT:
			if (text_starts_with(rest, TEXT("<!--")))
				state->place = HTML_COMMENT;
			else if (c == '<')
				tag_starts(state);
			break;
		case HTML_COMMENT:
			if (text_starts_with(rest, TEXT("-->"))) {
				state->place = HTML_TEXT;
				i += 2;
			}
			break;
		case HTML_CODE:
			if (c == '<' && ends_code(state, rest))
				tag_starts(state);
			break;
		case HTML_TAG:
			in_tag(state, c);
			break;
		default:
			in_value(state, c);
		}
	}
}

bool html_allows_value(const struct html_state *state, bool *address)
{
	static const char *const addresses[] = {"href", "src", "action", "formaction", "poster", "cite", "data"};
	*address = false;
	if (state->place == HTML_TEXT)
		return true;
	if (state->place != HTML_VALUE_DOUBLE && state->place != HTML_VALUE_SINGLE)
		return false;
	if (!strcmp(state->attribute, "style") || !strncmp(state->attribute, "on", 2) ||
	    !strcmp(state->attribute, "srcdoc") || !strcmp(state->attribute, "srcset"))
		return false;
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
		if (!strcmp(state->attribute, addresses[i]) && state->value_len == 0)
			*address = true;
	return true;
}

void html_value_passed(struct html_state *state)
{
	if (state->place == HTML_VALUE_DOUBLE || state->place == HTML_VALUE_SINGLE)
		state->value_len++;
}
