/* Wards with their boundaries, and small areas with their deprivation.
 *
 * The borough is five bands, cut by wandering lines into seventeen wards. A band's lines
 * are piecewise linear between points every LINE_STEP metres, the same for the wards on
 * both sides, so that boundaries meet without gap or overlap.
 */
#include "world_int.h"

#include <math.h>

enum { BANDS = 5, LINE_STEP = 100, SIDE_POINTS = 12 };
static const double west = 556000, south = 175000, width = 6400, band_height = 1300;
static const int band_wards[BANDS] = {3, 4, 3, 4, 3};

static const struct {
	const char *name;
	double deprivation; /* from the outer, leafier north to the old docks in the south */
} ward_table[BOROUGH_WARDS] = {
	{"Creekside", 0.88},         {"Saltmarsh", 0.84},  {"Gasworks & Reach", 0.80}, {"Thornwick", 0.82},
	{"Abbey Wharf", 0.78},       {"Goosefield", 0.70}, {"Fanshawe", 0.74},         {"Market", 0.68},
	{"Kingsbarn", 0.60},         {"St Alban's", 0.66}, {"Ropewalk", 0.62},         {"Parsloe", 0.58},
	{"Heron Park", 0.52},        {"Longmead", 0.48},   {"Ashgrove", 0.42},         {"Beacon Hill", 0.34},
	{"Chase & Whitebarn", 0.28},
};

/* A wandering line made of a few waves that the seed shifts. */
static double wander(uint64_t seed, unsigned line, double at, double size)
{
	struct random r;
	random_start(&r, seed, STREAM_WARDS, line, 0);
	double sum = 0;
	for (int wave = 1; wave <= 5; wave++) {
		double phase = random_uniform(&r) * 2 * M_PI, weight = (0.5 + random_uniform(&r)) / wave;
		sum += weight * sin(at * wave * 2 * M_PI + phase);
	}
	return sum * size;
}

/* Northing of line ROW (0 the southern edge, BANDS the northern) at EASTING. */
static double row_line(const struct world *w, unsigned row, double easting)
{
	double step = floor((easting - west) / LINE_STEP), from = step * LINE_STEP,
	       part = (easting - west - from) / LINE_STEP;
	double a = wander(w->b->plan.seed, row, from / width, 110);
	double b = wander(w->b->plan.seed, row, (from + LINE_STEP) / width, 110);
	return south + row * band_height + a + (b - a) * part;
}

static void band_of(uint32_t ward, unsigned *band, unsigned *place)
{
	*band = 0;
	while (ward >= (unsigned)band_wards[*band])
		ward -= (unsigned)band_wards[(*band)++];
	*place = ward;
}

/* Easting of divider PLACE (0 .. wards of the band) of BAND at height UP, 0 .. 1; straight at
 * both ends, where it must meet the row lines. */
static double divider(const struct world *w, unsigned band, unsigned place, double up)
{
	double base = west + width * place / band_wards[band];
	double edge = place == 0 || place == (unsigned)band_wards[band] ? 60 : 90;
	double step = floor(up * SIDE_POINTS), part = up * SIDE_POINTS - step;
	double offset[2];
	for (int i = 0; i < 2; i++) {
		double at = (step + i) / SIDE_POINTS, damp = at <= 0 || at >= 1 ? 0 : sin(at * M_PI);
		offset[i] = damp * wander(w->b->plan.seed, 100 + band * 10 + place, at, edge);
	}
	return base + offset[0] + (offset[1] - offset[0]) * part;
}

void ward_point(const struct world *w, uint32_t ward, double across, double up, double *easting, double *northing)
{
	unsigned band, place;
	band_of(ward, &band, &place);
	double left = divider(w, band, place, up), right = divider(w, band, place + 1, up);
	*easting = left + across * (right - left);
	double low = row_line(w, band, *easting), high = row_line(w, band + 1, *easting);
	*northing = low + up * (high - low);
}

/* Ray casting over the closed ring. */
bool ward_contains(const struct world *w, uint32_t ward, double easting, double northing)
{
	const struct ward *at = &w->b->wards[ward];
	bool inside = false;
	for (uint32_t i = 0; i + 1 < at->boundary_count; i++) {
		const double *a = at->boundary[i], *z = at->boundary[i + 1];
		if ((a[1] > northing) != (z[1] > northing) &&
		    easting < (z[0] - a[0]) * (northing - a[1]) / (z[1] - a[1]) + a[0])
			inside = !inside;
	}
	return inside;
}

static void boundary_add(struct ward *ward, double easting, double northing)
{
	double(*at)[2] = &ward->boundary[ward->boundary_count];
	if (ward->boundary_count && fabs(at[-1][0] - easting) < 0.01 && fabs(at[-1][1] - northing) < 0.01)
		return;
	(*at)[0] = easting;
	(*at)[1] = northing;
	ward->boundary_count++;
}

/* Along the row line between two dividers, in either direction, through its grid points. */
static void boundary_row(struct world *w, struct ward *ward, unsigned row, double from, double to)
{
	boundary_add(ward, from, row_line(w, row, from));
	if (from < to)
		for (double e = west + (floor((from - west) / LINE_STEP) + 1) * LINE_STEP; e < to; e += LINE_STEP)
			boundary_add(ward, e, row_line(w, row, e));
	else
		for (double e = west + (ceil((from - west) / LINE_STEP) - 1) * LINE_STEP; e > to; e -= LINE_STEP)
			boundary_add(ward, e, row_line(w, row, e));
	boundary_add(ward, to, row_line(w, row, to));
}

static void boundary_side(struct world *w, struct ward *ward, unsigned band, unsigned place, bool upwards)
{
	for (int i = 1; i < SIDE_POINTS; i++) {
		double up = (double)(upwards ? i : SIDE_POINTS - i) / SIDE_POINTS,
		       easting = divider(w, band, place, up);
		double low = row_line(w, band, easting), high = row_line(w, band + 1, easting);
		boundary_add(ward, easting, low + up * (high - low));
	}
}

static void make_boundary(struct world *w, uint32_t number, struct ward *ward)
{
	unsigned band, place;
	band_of(number, &band, &place);
	double left = west + width * place / band_wards[band], right = west + width * (place + 1) / band_wards[band];
	ward->boundary = arena_alloc(&w->b->arena, 240 * sizeof *ward->boundary);
	boundary_row(w, ward, band, left, right);
	boundary_side(w, ward, band, place + 1, true);
	boundary_row(w, ward, band + 1, right, left);
	boundary_side(w, ward, band, place, false);
	boundary_add(ward, ward->boundary[0][0], ward->boundary[0][1]);
}

void world_make_wards(struct world *w)
{
	for (uint32_t i = 0; i < BOROUGH_WARDS; i++) {
		struct ward *ward = &w->b->wards[i];
		ward->name = ward_table[i].name;
		ward->code = arena_format(&w->b->arena, "E05099%03u", i + 1).at;
		ward->deprivation = ward_table[i].deprivation;
		ward_point(w, i, 0.5, 0.5, &ward->easting, &ward->northing);
		make_boundary(w, i, ward);
	}
}

/* Score against England to tenth: an even score would fill each decile alike. */
static uint8_t decile_of(double deprivation)
{
	int decile = 10 - (int)(deprivation * 10);
	return (uint8_t)(decile < 1 ? 1 : decile > 10 ? 10 : decile);
}

void world_make_areas(struct world *w)
{
	struct borough *b = w->b;
	uint32_t a_ward = (b->plan.people + BOROUGH_WARDS * 800) / (BOROUGH_WARDS * 1600);
	if (a_ward < 1)
		a_ward = 1;
	uint32_t side = (uint32_t)ceil(sqrt(a_ward));
	for (uint32_t i = 0; i < BOROUGH_WARDS * a_ward; i++) {
		struct random r;
		random_start(&r, b->plan.seed, STREAM_WARDS, 1000 + i, 0);
		struct area *area = WORLD_ADD(w, areas, area);
		uint32_t column = i % a_ward % side, row = i % a_ward / side;
		area->ward = i / a_ward;
		area->code = arena_format(&b->arena, "E01099%03u", i + 1).at;
		double rows = ceil((double)a_ward / side);
		ward_point(w, area->ward, (column + 0.5) / side, (row + 0.5) / rows, &area->easting, &area->northing);
		double score = b->wards[area->ward].deprivation + random_normal(&r, 0, 0.11);
		area->deprivation = score < 0.05 ? 0.05 : score > 0.98 ? 0.98 : score;
		area->decile = decile_of(area->deprivation);
	}
}
