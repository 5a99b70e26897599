/* What may be known of a resident without knowing who it is: month of birth, whether dead, and which of the families
 * at one home. For the evidence side, in the table resident_trait (schema.sql).
 */
#ifndef TRAITS_TRAITS_H
#define TRAITS_TRAITS_H

#include "base/date.h"
#include "base/error.h"

#include <stddef.h>

struct policy;
struct reading;

struct traits_report {
	size_t residents, with_birth, dead, changed;
};
/* From the reading, the residents that linking wrote and the homes that the household room did, as far as an agreement
 * in force lets dates and names of their source be used; writes what differs, in one transaction. */
enum status traits_refresh(const struct reading *reading, struct policy *policy, date today,
			   struct traits_report *report, struct error *error) MUST_CHECK;

struct places_report {
	size_t rows, placed;
};
/* Rows about properties of feeds that are not a gazetteer (licences, addresses that must not become known) find their
 * property, by UPRN or by an address that another row has in the same words: into record_property, in one transaction.
 * Behind the addresses, before restrictions. */
enum status listed_places_refresh(const struct reading *reading, struct places_report *report,
				  struct error *error) MUST_CHECK;

#endif
