/* How a gazetteer's CSV is laid out: docs/formats/address.md. */
#ifndef ADDRESS_LAYOUT_H
#define ADDRESS_LAYOUT_H

#include "address/address.h"
#include "base/arena.h"

/* In the words of BS 7666: SAO secondary, PAO primary addressable object. */
enum layout_field {
	FIELD_UPRN,
	FIELD_PARENT,
	FIELD_SUCCESSOR,
	FIELD_USRN,
	FIELD_STATUS,
	FIELD_CLASS,
	FIELD_ADDRESS, /* all in one line */
	FIELD_SAO_NUMBER,
	FIELD_SAO_SUFFIX,
	FIELD_SAO_NUMBER_TO,
	FIELD_SAO_TEXT,
	FIELD_PAO_NUMBER,
	FIELD_PAO_SUFFIX,
	FIELD_PAO_NUMBER_TO,
	FIELD_PAO_SUFFIX_TO,
	FIELD_PAO_TEXT,
	FIELD_ORGANISATION,
	FIELD_STREET,
	FIELD_LOCALITY,
	FIELD_TOWN,
	FIELD_POSTCODE,
	FIELD_X, /* checked to be numbers; matching has no use for them */
	FIELD_Y,
	FIELD_LATITUDE,
	FIELD_LONGITUDE,
	FIELD_WARD,
	FIELDS
};
extern const char *const layout_field_names[FIELDS]; /* "uprn", "sao_text" ... */

/* What a row is about; a file of several kinds of rows has a column that tells them apart. */
enum layout_kind {
	ROW_ALL, /* property and address in one */
	ROW_PROPERTY,
	ROW_ADDRESS,
	ROW_STREET,
	ROW_ORGANISATION,
	ROW_CLASS,
	ROW_SUCCESSOR
};

enum { LAYOUT_CHOICES = 3, LAYOUT_RECORDS = 16, LAYOUT_STATUSES = 16 };
struct layout_record {
	struct text type; /* what the telling column says; absent when there is none */
	enum layout_kind kind;
	struct text names[FIELDS][LAYOUT_CHOICES]; /* columns, with a ? behind those that may be missing; the first
						      that is not empty counts */
	size_t places[FIELDS][LAYOUT_CHOICES];     /* from 1; 0 none */
};
struct layout {
	bool header;
	char delimiter;     /* '\0': as the file looks */
	size_t type_column; /* from 1; 0: all rows are of the first record */
	struct layout_record records[LAYOUT_RECORDS];
	size_t record_count;
	struct {
		struct text code;
		enum gazetteer_status status;
	} statuses[LAYOUT_STATUSES];
	size_t status_count;
};

/* PATH NULL: columns known by their names. Texts are ARENA's. */
enum status layout_read(struct layout *out, struct arena *arena, const char *path, struct error *error) MUST_CHECK;
/* Finds the columns that are named in the header's FIELDS; FILE is for messages. */
enum status layout_bind(struct layout *layout, const struct text *fields, size_t count, const char *file,
			struct error *error) MUST_CHECK;
/* The first value of FIELD that is not empty, trimmed; absent when there is none. */
struct text layout_value(const struct layout_record *record, enum layout_field field, const struct text *fields,
			 size_t count);
const struct layout_record *layout_record_of(const struct layout *layout, const struct text *fields, size_t count);
/* False: CODE is not one that the layout knows. */
bool layout_status(const struct layout *layout, struct text code, enum gazetteer_status *out);

#endif
