/* The workspace's gazetteer while a refresh matches against it. */
#ifndef ADDRESS_WORKSPACE_INT_H
#define ADDRESS_WORKSPACE_INT_H

#include "address/address.h"
#include "base/map.h"
#include "reading/reading.h"
#include "vault/vault.h"

struct property { /* of a gazetteer; texts in the arena */
	int64_t id;
	struct text uprn, parent, address, postcode, organisation;
	double latitude, longitude;
	char class[8], ward[16];
	int64_t decile;
	bool historic;
};

struct elements {
	unsigned parent, flat, building, number, suffix, number_to, street, locality, town, postcode, organisation;
	unsigned latitude, longitude, uprn, address;
};

struct work {
	struct reading *reading;
	const struct vault *vault;
	struct store *data;
	struct elements elements;
	struct arena arena;
	struct property *properties;
	size_t property_count, property_capacity;
	struct text_map by_uprn; /* -> property number + 1 */
	struct gazetteer *gazetteer;
	const struct gazetteer *whole; /* of which GAZETTEER has the entries that changed */
	bool *moved;                   /* by address: came to another property in this run */
};

void address_work_init(struct work *work, struct reading *reading, const struct elements *elements);
void address_work_release(struct work *work);
void address_work_find_elements(struct elements *out, const struct vault_elements *all);
/* Properties of BATCH, and a gazetteer of all its addresses. */
void address_work_read_gazetteer(struct work *work, const struct reading_batch *batch);
uint32_t address_work_property_of_uprn(const struct work *work, struct text uprn); /* UINT32_MAX: unknown */
/* ONLY: those with these ids; NULL: all. */
enum status address_work_write_properties(struct work *work, const struct vault_elements *elements,
					  const struct id_map *only, struct error *error) MUST_CHECK;

#endif
