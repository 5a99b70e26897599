#include "base/memory.h"
#include "store/store_int.h"

#include <ctype.h>

char *store_copy(const char *string)
{
	size_t size = strlen(string) + 1;
	return memcpy(memory_alloc(size, 1), string, size);
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The number of the parameter NAME, made when it is new; PARAMETERS_MAX when there are too many. */
static unsigned parameter_number(struct statement *statement, struct text name)
{
	for (unsigned i = 0; i < statement->parameter_count; i++)
		if (text_is(name, statement->parameter_names[i]))
			return i;
	if (statement->parameter_count == PARAMETERS_MAX)
		return PARAMETERS_MAX;
	char *copy = memory_alloc(name.len + 1, 1);
	memcpy(copy, name.at, name.len);
	statement->parameter_names[statement->parameter_count] = copy;
	return statement->parameter_count++;
}

/* Length of what starts at AT and holds no parameters: a quoted text, a comment, "::"; else 0. */
static size_t opaque_length(const char *at)
{
	if (*at == '\'' || *at == '"') {
		const char *end = strchr(at + 1, *at);
		return end ? (size_t)(end - at) + 1 : strlen(at);
	}
	if (at[0] == '-' && at[1] == '-')
		return strcspn(at, "\n");
	if (at[0] == '/' && at[1] == '*') {
		const char *end = strstr(at + 2, "*/");
		return end ? (size_t)(end - at) + 2 : strlen(at);
	}
	return at[0] == ':' && at[1] == ':' ? 2 : 0;
}

/* The parameter at AT (its number, and its length in *LEN), or PARAMETERS_MAX when there is none. */
static unsigned parameter_at(struct statement *statement, const char *at, size_t *len)
{
	if (at[0] != ':' || !is_name(at[1]))
		return PARAMETERS_MAX;
	*len = 1;
	while (is_name(at[*len]))
		(*len)++;
	return parameter_number(statement, text_slice(at + 1, *len - 1));
}

enum status sql_read_parameters(struct statement *statement, const char *sql, struct error *error)
{
	statement->sql = store_copy(sql);
	size_t len;
	for (const char *at = sql; *at; at += len) {
		len = opaque_length(at);
		if (len)
			continue;
		len = 1;
		if (parameter_at(statement, at, &len) == PARAMETERS_MAX && len > 1)
			return error_set(error, STATUS_INTERNAL, "store.parameter",
					 "A statement has more than %d parameters", PARAMETERS_MAX);
	}
	statement_forget_bindings(statement);
	return STATUS_OK;
}

void sql_render(struct statement *statement, uint64_t as_null, struct buf *out)
{
	size_t len;
	for (const char *at = statement->sql; *at; at += len) {
		len = opaque_length(at);
		size_t plain = len ? len : 1;
		unsigned number = PARAMETERS_MAX;
		if (!len) {
			len = 1;
			number = parameter_at(statement, at, &len);
		}
		if (number == PARAMETERS_MAX)
			buf_append(out, at, plain);
		else if (as_null & UINT64_C(1) << number)
			buf_append_text(out, TEXT("NULL"));
		else
			buf_format(out, statement->store->kind == STORE_SQLITE ? "?%u" : "$%u", number + 1);
	}
}
