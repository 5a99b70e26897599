#include "profile/profile_int.h"

/* File names of extracts: literal text, `*` for any characters, one {as_at:FORMAT}. */

bool date_pattern_valid(struct text pattern)
{
	/* A pattern is right when a date written by it can be read back by it. */
	unsigned years = 0, months = 0, days = 0;
	for (size_t i = 0; i < pattern.len;) {
		struct text rest = text_slice(pattern.at + i, pattern.len - i);
		size_t step = 1;
		if (text_starts_with(rest, TEXT("YYYY")))
			years++, step = 4;
		else if (text_starts_with(rest, TEXT("YY")))
			years++, step = 2;
		else if (text_starts_with(rest, TEXT("Mon")))
			months++, step = 3;
		else if (text_starts_with(rest, TEXT("MM")))
			months++, step = 2;
		else if (text_starts_with(rest, TEXT("DD")))
			days++, step = 2;
		else if ((rest.at[0] >= 'A' && rest.at[0] <= 'Z' && rest.at[0] != 'T') ||
			 (rest.at[0] >= 'a' && rest.at[0] <= 'z'))
			return false;
		i += step;
	}
	return years == 1 && months == 1 && days == 1;
}

static struct text placeholder_format(struct text inside)
{
	return text_slice(inside.at + 6, inside.len - 6); /* behind "as_at:" */
}

bool pattern_valid(struct text pattern, const char **why)
{
	unsigned dates = 0;
	*why = "it is empty";
	if (text_is_empty(pattern))
		return false;
	*why = "a path is not allowed, only a name";
	if (text_find_char(pattern, '/') < pattern.len)
		return false;
	for (size_t i = 0; i < pattern.len; i++) {
		if (pattern.at[i] == '}') {
			*why = "a } without its {";
			return false;
		}
		if (pattern.at[i] != '{')
			continue;
		struct text inside = text_slice(pattern.at + i + 1, pattern.len - i - 1);
		size_t end = text_find_char(inside, '}');
		*why = "a { without its }";
		if (end == inside.len)
			return false;
		inside.len = end;
		*why = "only {as_at:FORMAT} may stand in braces, with a whole date such as YYYYMMDD";
		if (!text_starts_with(inside, TEXT("as_at:")) || !date_pattern_valid(placeholder_format(inside)))
			return false;
		*why = "{as_at:...} may come once";
		if (++dates > 1)
			return false;
		i += end + 1;
	}
	return true;
}

static bool match(struct text pattern, struct text name, date *as_at)
{
	if (pattern.len == 0)
		return name.len == 0;
	struct text rest = text_slice(pattern.at + 1, pattern.len - 1);
	if (pattern.at[0] == '*') {
		for (size_t skip = 0; skip <= name.len; skip++) {
			if (match(rest, text_slice(name.at + skip, name.len - skip), as_at))
				return true;
		}
		return false;
	}
	if (pattern.at[0] == '{') {
		size_t end = text_find_char(pattern, '}');
		char format[32];
		struct text written = placeholder_format(text_slice(pattern.at + 1, end - 1));
		snprintf(format, sizeof format, "%.*s", TEXT_ARG(written));
		rest = text_slice(pattern.at + end + 1, pattern.len - end - 1);
		for (size_t len = 6; len <= name.len && len <= 16; len++) {
			struct text behind = text_slice(name.at + len, name.len - len);
			date d;
			if (date_parse(text_slice(name.at, len), format, 2090, &d) && match(rest, behind, as_at)) {
				*as_at = d;
				return true;
			}
		}
		return false;
	}
	return name.len && name.at[0] == pattern.at[0] && match(rest, text_slice(name.at + 1, name.len - 1), as_at);
}

bool profile_file_matches(const struct profile_feed *feed, struct text file_name, date *as_at)
{
	*as_at = DATE_UNKNOWN;
	return file_name.len <= 255 && match(feed->file, file_name, as_at);
}
