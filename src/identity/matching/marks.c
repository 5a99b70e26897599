/* Encodings of two keys or settings look alike and cannot be compared: refused before anything is. */
#include "encoding/encoding.h"
#include "matching/matching_int.h"

static enum status check_mark(const struct source *source, struct raw raw, struct text *seen, struct error *error)
{
	struct encoding encoding;
	struct text mark;
	/* a length with FIELD_DOUBLED in it is no encoding's */
	if (!encoding_parse(&encoding, &mark, text_slice(raw.at, raw.len)))
		return STATUS_OK;
	if (text_is_absent(*seen))
		*seen = mark;
	if (text_equal(*seen, mark))
		return STATUS_OK;
	error_set(error, STATUS_INVALID, "matching.encodings",
		  "Encodings made with two keys or settings (\"%.*s\" and \"%.*s\") cannot be compared",
		  TEXT_ARG(*seen), TEXT_ARG(mark));
	error_remedy(error, "Both sides encode with the same key file and the same options of \"oneview encode\"");
	error_at(error, source->path, 0, 0);
	return STATUS_INVALID;
}

enum status check_marks(const struct matching *matching, struct error *error)
{
	struct text seen = TEXT_ABSENT;
	enum status status = STATUS_OK;
	for (size_t s = 0; s < matching->source_count; s++) {
		const struct source *source = &matching->sources[s];
		for (size_t c = 0; c < source->column_count; c++) {
			const struct source_column *column = &source->columns[c];
			if (column->is.meaning < MEANING_ENCODING || column->is.meaning > MEANING_ENCODED_PLACE)
				continue;
			for (size_t v = 1; v <= column->count && status == STATUS_OK; v++)
				status = check_mark(source, column->values[v], &seen, error);
		}
	}
	return status;
}
