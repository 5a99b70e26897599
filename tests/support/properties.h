/* A property of the gazetteer, sealed as intake seals it. Include after <cmocka.h>. */
#ifndef TESTS_SUPPORT_PROPERTIES_H
#define TESTS_SUPPORT_PROPERTIES_H

#include "support/databases.h"
#include "vault/vault.h"

struct test_property {
	int64_t id, parent; /* parent 0: none */
	const char *uprn, *address, *class, *kind, *ward;
	double latitude, longitude;
};

static inline void test_property_add(struct store *data, struct vault *vault, const struct test_property *property)
{
	struct error e;
	struct buf packed, sealed;
	struct vault_elements elements;
	struct statement *insert;
	buf_init(&packed, 4096);
	buf_init(&sealed, 4096);
	assert_ok(vault_elements_load(&elements, data, &e), &e);
	vault_values_append(&packed, vault_element_no(&elements, TEXT("uprn")), text_of(property->uprn));
	vault_values_append(&packed, vault_element_no(&elements, TEXT("address")), text_of(property->address));
	vault_seal(vault, &(struct vault_place){.record_id = property->id, .part = VAULT_PROPERTY}, buf_text(&packed),
		   &sealed);
	assert_ok(store_prepare(&insert, data,
				"INSERT INTO property (property_id, parent_property_id, uprn_hash, class, kind, ward, "
				"latitude, longitude, sealed) VALUES (:id, :parent, :uprn, :class, :kind, :ward, "
				":latitude, :longitude, :sealed)",
				&e),
		  &e);
	statement_bind_int(insert, "id", property->id);
	if (property->parent)
		statement_bind_int(insert, "parent", property->parent);
	else
		statement_bind_null(insert, "parent");
	statement_bind_int(insert, "uprn", vault_hash64(vault, VAULT_UPRN, text_of(property->uprn)));
	statement_bind_text(insert, "class", text_of(property->class));
	statement_bind_text(insert, "kind", text_of(property->kind));
	statement_bind_text(insert, "ward", text_of(property->ward ? property->ward : ""));
	statement_bind_double(insert, "latitude", property->latitude);
	statement_bind_double(insert, "longitude", property->longitude);
	statement_bind_blob(insert, "sealed", sealed.at, sealed.len);
	assert_ok(statement_run(insert, NULL, &e), &e);
	statement_done(insert);
	vault_elements_release(&elements);
	buf_release(&packed);
	buf_release(&sealed);
}

#endif
