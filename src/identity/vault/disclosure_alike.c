#include "vault/disclosure_alike.h"

#include "clean/door.h"
#include "clean/fold.h"
#include "policy/staff.h"
#include "vault/disclosure.h"
#include "vault/vault.h"

#include <sodium.h>

enum { WORD_LONGEST = 80, POSTCODE_LONGEST = 12, ADDRESS_LONGEST = 400 };

/* Whatever of somebody is compared. */
struct self {
	struct text username;
	char surname[WORD_LONGEST], postcode[POSTCODE_LONGEST];
	struct door door;
};

struct selves {
	struct self *at;
	size_t count;
};

static void set_postcode(struct self *self, struct text written)
{
	if (clean_squeeze(self->postcode, sizeof self->postcode, written) >= sizeof self->postcode)
		self->postcode[0] = '\0';
}

static void set_door(struct self *self, struct text address)
{
	char folded[ADDRESS_LONGEST];
	size_t len = clean_fold(folded, sizeof folded, address);
	self->door = clean_door(text_slice(folded, len));
	sodium_memzero(folded, sizeof folded);
}

/* Where one column has the whole name, its last word. */
static void set_surname(struct self *self, struct text name, bool whole)
{
	char folded[ADDRESS_LONGEST];
	size_t len = clean_fold(folded, sizeof folded, name), from = len;
	while (whole && from > 0 && folded[from - 1] != ' ')
		from--;
	snprintf(self->surname, sizeof self->surname, "%s", folded + (whole ? from : 0));
	sodium_memzero(folded, sizeof folded);
}

static bool same_name(const struct self *a, const struct self *b)
{
	return a->surname[0] && !strcmp(a->surname, b->surname);
}

static bool same_address(const struct self *a, const struct self *b)
{
	return a->postcode[0] && !strcmp(a->postcode, b->postcode) && a->door.number &&
	       a->door.number == b->door.number;
}

/* ---- the users ---------------------------------------------------------------------------------------- */

static enum status open_self(struct self *out, const struct vault *vault, int64_t user_id, struct text sealed,
			     struct error *error)
{
	struct buf plain;
	struct text rest, line;
	buf_init(&plain, 1 << 12);
	enum status status = disclosure_unseal_words(vault, user_id, WORDS_OF_USER, sealed, &plain, error);
	if (status == STATUS_OK) {
		rest = buf_text(&plain);
		if (text_split(&rest, '\n', &line))
			set_surname(out, line, false);
		if (text_split(&rest, '\n', &line))
			set_door(out, line);
		if (text_split(&rest, '\n', &line))
			set_postcode(out, line);
	}
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

static enum status open_selves(struct selves *out, const struct vault *vault, struct store *desk, struct arena *arena,
			       struct error *error)
{
	struct account *accounts;
	size_t count;
	struct text sealed;
	enum status status = account_list(desk, arena, &accounts, &count, error);
	if (status)
		return status;
	*out = (struct selves){.at = ARENA_ARRAY(arena, count + 1, struct self)};
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct self self = {.username = accounts[i].username};
		status = staff_self(desk, accounts[i].user_id, arena, &sealed, error);
		if (status || text_is_absent(sealed))
			continue;
		status = open_self(&self, vault, accounts[i].user_id, sealed, error);
		out->at[out->count++] = self;
	}
	return status;
}

/* ---- a resident ------------------------------------------------------------------------------------------ */

enum { PERSON_ROWS_MOST = 200 };
struct person {
	struct self rows[PERSON_ROWS_MOST]; /* one for each row of a record: a name and address that belong together */
	size_t count;
};

static void add_row(struct person *person, const struct vault_elements *elements, const struct vault_row *row)
{
	unsigned number;
	struct text value;
	struct vault_values values = vault_values_of(row->packed);
	if (person->count == PERSON_ROWS_MOST)
		return;
	struct self *self = &person->rows[person->count++];
	*self = (struct self){0};
	while (vault_values_next(&values, &number, &value)) {
		struct text id = number < elements->count ? elements->ids[number] : TEXT_ABSENT;
		if (text_is(id, "family_name"))
			set_surname(self, value, false);
		else if (text_is(id, "full_name") && !self->surname[0])
			set_surname(self, value, true);
		else if (text_is(id, "postcode"))
			set_postcode(self, value);
		else if ((text_is(id, "address") || text_is(id, "address_line_1")) && !self->door.number)
			set_door(self, value);
	}
}

static enum status records_of(int64_t *records, size_t most, size_t *count, struct store *data, int64_t resident_id,
			      struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, data, "SELECT record_id FROM resident_record WHERE resident_id = :resident ORDER BY record_id",
		error);
	*count = 0;
	if (status)
		return status;
	statement_bind_int(query, "resident", resident_id);
	int column = statement_column(query, "record_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && *count < most)
		records[(*count)++] = statement_int(query, column);
	statement_done(query);
	return status;
}

static enum status open_person(struct person *out, const struct vault *vault, const struct vault_elements *elements,
			       struct store *data, int64_t resident_id, struct error *error)
{
	enum { RECORDS_MOST = 64 };
	int64_t records[RECORDS_MOST];
	size_t count, row_count;
	struct vault_row *rows;
	struct arena plain;
	out->count = 0;
	enum status status = records_of(records, RECORDS_MOST, &count, data, resident_id, error);
	arena_init(&plain, 64 << 20);
	arena_keep_secret(&plain);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = vault_open_record(&rows, &row_count, vault, data, records[i], VAULT_NEWEST, &plain, error);
		for (size_t r = 0; status == STATUS_OK && r < row_count; r++)
			add_row(out, elements, &rows[r]);
	}
	arena_release(&plain);
	return status;
}

/* ---- held against each other ----------------------------------------------------------------------------- */

static void compare(const struct person *person, const struct self *self, bool *name, bool *address)
{
	*name = *address = false;
	for (size_t i = 0; i < person->count; i++) {
		*name |= same_name(&person->rows[i], self);
		*address |= same_address(&person->rows[i], self);
	}
}

static void add(struct unusual_list *list, size_t *added, const struct unusual_access *look, enum unusual_kind kind,
		const char *why)
{
	if (added[kind] == UNUSUAL_MOST)
		return;
	added[kind]++;
	list->at[list->count] = *look;
	list->at[list->count].kind = kind;
	list->at[list->count++].why = text_of(why);
}

static void judge(struct unusual_list *list, size_t *added, const struct selves *selves, const struct person *person,
		  const struct unusual_access *look)
{
	bool name, address, colleague = false;
	for (size_t i = 0; i < selves->count; i++) {
		compare(person, &selves->at[i], &name, &address);
		if (!text_equal(selves->at[i].username, look->user_name)) {
			colleague |= name && address;
			continue;
		}
		if (address)
			add(list, added, look, UNUSUAL_OWN_ADDRESS,
			    name ? "The resident has the user's own surname and address"
				 : "The resident has the user's own address");
		else if (name)
			add(list, added, look, UNUSUAL_OWN_NAME, "The resident has the user's own surname");
	}
	if (colleague)
		add(list, added, look, UNUSUAL_COLLEAGUE,
		    "The resident has surname and address of another user: a colleague, or of their family");
}

enum status disclosure_find_alike(struct unusual_list *list, const struct vault *vault, struct store *data,
				  struct store *desk, const struct unusual_question *question, struct arena *arena,
				  struct error *error)
{
	struct selves selves;
	struct unusual_list looks;
	struct vault_elements elements;
	size_t added[UNUSUAL_KIND_COUNT] = {0};
	enum status status = open_selves(&selves, vault, desk, arena, error);
	if (status || !selves.count)
		return status;
	status = unusual_looks(&looks, desk, question, arena, error);
	if (status == STATUS_OK)
		status = vault_elements_load(&elements, data, error);
	if (status)
		return status;
	struct person *person = ARENA_NEW(arena, struct person);
	int64_t opened = 0;
	for (size_t i = 0; i < looks.count && status == STATUS_OK; i++) {
		if (looks.at[i].resident_id != opened)
			status = open_person(person, vault, &elements, data, looks.at[i].resident_id, error);
		opened = looks.at[i].resident_id;
		if (status == STATUS_OK)
			judge(list, added, &selves, person, &looks.at[i]);
	}
	sodium_memzero(person, sizeof *person);
	sodium_memzero(selves.at, selves.count * sizeof *selves.at);
	vault_elements_release(&elements);
	return status;
}
