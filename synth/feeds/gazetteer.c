/* The gazetteer in AddressBase Plus columns, its other addresses, and the wards as GeoJSON. */
#include "feeds_int.h"

#include "base/file.h"

static date first_day(date d)
{
	return d == DATE_UNKNOWN || d < date_of(1800, 1, 1) ? date_of(2001, 1, 1) : d;
}

static void field_coordinates(struct writer *w, const struct property *p)
{
	field_format(w, "%.2f", p->easting);
	field_format(w, "%.2f", p->northing);
	field_format(w, "%.7f", p->latitude);
	field_format(w, "%.7f", p->longitude);
}

static void field_uprn(struct writer *w, uint64_t uprn)
{
	field_format(w, "%llu", (unsigned long long)uprn);
}

/* SAO, PAO, USRN, street, locality, town, postcode: the same columns in both feeds. */
static void field_lpi(struct writer *w, const struct address *a)
{
	const struct borough *b = w->b;
	const struct street *street = &b->streets[a->street];
	field_text(w, a->sao_text);
	if (a->pao_from)
		field_int(w, a->pao_from);
	else
		field_empty(w);
	field_text(w, a->pao_suffix ? (char[]){a->pao_suffix, 0} : "");
	if (a->pao_to)
		field_int(w, a->pao_to);
	else
		field_empty(w);
	field_text(w, a->pao_text);
	field_int(w, street->usrn);
	field_text(w, street->name);
	field_text(w, street->locality ? street->locality : "");
	field_text(w, borough_town);
	field_text(w, b->postcodes[a->postcode].code);
}

static void property_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	const struct property *p = &b->properties[due->a];
	bool gone = p->to != DATE_UNKNOWN && p->to <= w->as_at;
	row_begin(w);
	field_uprn(w, p->uprn);
	field_text(w, w->month ? "U" : "I");
	field_text(w, gone ? "4" : p->status == ADDRESS_PROVISIONAL ? "1" : "2");
	field_text(w, p->class_code);
	if (p->parent != NOTHING)
		field_uprn(w, b->properties[p->parent].uprn);
	else
		field_empty(w);
	field_coordinates(w, p);
	field_int(w, gone ? ADDRESS_HISTORIC : p->status ? p->status : ADDRESS_APPROVED);
	field_date(w, first_day(p->from));
	field_date(w, gone ? p->to : DATE_UNKNOWN);
	field_text(w, p->place != NOTHING && p->kind != PROPERTY_REFUGE ? b->places[p->place].name : "");
	field_lpi(w, &b->addresses[p->address]);
	field_text(w, b->wards[p->ward].code);
	field_text(w, b->areas[p->area].code);
	field_int(w, p->decile);
	field_text(w, p->band ? (char[]){p->band, 0} : "");
	row_end(w);
}

void feed_gazetteer(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->property_count; i++)
		due_add_spell(w, &list, first_day(b->properties[i].from), b->properties[i].to, DATE_UNKNOWN + 1, i, 0,
			      0);
	due_write(w, &list, property_row);
}

static void other_row(struct writer *w, const struct due *due)
{
	const struct address *a = &w->b->addresses[due->a];
	bool gone = a->to != DATE_UNKNOWN && a->to <= w->as_at;
	row_begin(w);
	field_number(w, "0399L", due->a, 9);
	field_uprn(w, w->b->properties[a->property].uprn);
	field_int(w, a->status);
	field_date(w, first_day(a->from));
	field_date(w, gone ? a->to : DATE_UNKNOWN);
	field_lpi(w, a);
	row_end(w);
}

void feed_gazetteer_other(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->address_count; i++) {
		const struct address *a = &b->addresses[i];
		if (b->properties[a->property].address != i)
			due_add_spell(w, &list, first_day(a->from), a->to, DATE_UNKNOWN + 1, i, 0, 0);
	}
	due_write(w, &list, other_row);
}

/* ---- the list of addresses that must not become known: every month in full ---- */

static void restricted_row(struct writer *w, uint32_t number)
{
	const struct property *p = &w->b->properties[number];
	struct written a;
	write_address(w, KEEPER_RESTRICTED, number, number, &a);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, "RA", scrambled(number, 6, 66), 6);
	field_text(w, "REF");
	field_text(w, a.uprn_field);
	field_text(w, a.one);
	field_text(w, a.postcode);
	field_date(w, first_day(p->from));
	field_date(w, p->to != DATE_UNKNOWN && p->to <= w->as_at ? p->to : DATE_UNKNOWN);
	row_end(w);
}

void feed_restricted(struct writer *w)
{
	const struct borough *b = w->b;
	for (unsigned m = 0; m < b->plan.months && !w->status; m++) {
		date as_at = writer_month_end(w, m);
		writer_open(w, m, as_at);
		for (uint32_t i = 0; i < b->property_count; i++)
			if (b->properties[i].kind == PROPERTY_REFUGE && first_day(b->properties[i].from) <= as_at)
				restricted_row(w, i);
		writer_close(w);
	}
}

/* ---- wards.geojson ---- */

static void ward_json(const struct ward *ward, struct buf *out)
{
	buf_append_text(out, TEXT("{\"type\": \"Feature\", \"properties\": {\"WD24CD\": "));
	buf_append_json(out, text_of(ward->code));
	buf_append_text(out, TEXT(", \"WD24NM\": "));
	buf_append_json(out, text_of(ward->name));
	buf_append_text(out, TEXT("}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [["));
	for (uint32_t i = 0; i < ward->boundary_count; i++) {
		double latitude, longitude;
		geo_to_latitude(ward->boundary[i][0], ward->boundary[i][1], &latitude, &longitude);
		buf_format(out, "%s[%.6f, %.6f]", i ? ", " : "", longitude, latitude);
	}
	buf_append_text(out, TEXT("]]}}"));
}

enum status wards_write(const struct borough *b, const char *out, struct error *error)
{
	struct buf json;
	char path[4096];
	buf_init(&json, 64 << 20);
	buf_append_text(&json, TEXT("{\"type\": \"FeatureCollection\", \"features\": [\n"));
	for (size_t i = 0; i < BOROUGH_WARDS; i++) {
		ward_json(&b->wards[i], &json);
		buf_append_text(&json, i + 1 < BOROUGH_WARDS ? TEXT(",\n") : TEXT("\n"));
	}
	buf_append_text(&json, TEXT("]}\n"));
	snprintf(path, sizeof path, "%s/wards.geojson", out);
	enum status status = file_replace(path, buf_text(&json), 0644, error);
	buf_release(&json);
	return status;
}
