/* A dot on the wards, as numbers for the template's drawing, and what the drawing says, in words. */
#include "web/pages/map.h"

#include <math.h>

/* Units of the drawing. Points nearer than a step to the one before are left out: nobody would see them. */
static const double map_width = 400, map_margin = 4, step = 2.5;

struct frame { /* where the wards lie, and how degrees become units */
	double west, east, south, north;
	double across; /* degrees of longitude, against those of latitude */
	double scale, height;
};

static bool frame_wards(struct frame *frame, const struct profile *profile)
{
	*frame = (struct frame){.west = 180, .east = -180, .south = 90, .north = -90};
	for (size_t i = 0; i < profile->boundaries.count; i++) {
		const struct profile_boundary *ward = &profile->boundaries.at[i];
		for (size_t p = 0; p < ward->point_count; p++) {
			frame->west = fmin(frame->west, ward->points[p].longitude);
			frame->east = fmax(frame->east, ward->points[p].longitude);
			frame->south = fmin(frame->south, ward->points[p].latitude);
			frame->north = fmax(frame->north, ward->points[p].latitude);
		}
	}
	if (frame->west >= frame->east || frame->south >= frame->north)
		return false;
	frame->across = cos((frame->south + frame->north) / 2 * M_PI / 180);
	frame->scale = (map_width - 2 * map_margin) / ((frame->east - frame->west) * frame->across);
	frame->height = (frame->north - frame->south) * frame->scale + 2 * map_margin;
	return true;
}

static double x_of(const struct frame *frame, double longitude)
{
	return map_margin + (longitude - frame->west) * frame->across * frame->scale;
}

static double y_of(const struct frame *frame, double latitude)
{
	return map_margin + (frame->north - latitude) * frame->scale;
}

static struct text points_of(struct arena *arena, const struct frame *frame, const struct profile_boundary *ward)
{
	struct buf out;
	double last_x = -1000, last_y = -1000;
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < ward->point_count; i++) {
		double x = x_of(frame, ward->points[i].longitude), y = y_of(frame, ward->points[i].latitude);
		if (hypot(x - last_x, y - last_y) < step)
			continue;
		buf_format(&out, "%s%.1f,%.1f", out.len ? " " : "", x, y);
		last_x = x;
		last_y = y;
	}
	struct text points = arena_text(arena, buf_text(&out));
	buf_release(&out);
	return points;
}

static void put_wards(struct value *map, const struct frame *frame, const struct profile *profile, struct text own)
{
	struct value *wards = put_array(map, "wards"), *mine = put_array(map, "own_ward");
	for (size_t i = 0; i < profile->boundaries.count; i++) {
		const struct profile_boundary *ward = &profile->boundaries.at[i];
		bool is_own = text_equal(ward->code, own);
		put_text(add_object(is_own ? mine : wards), "points", points_of(map->arena, frame, ward));
	}
}

/* By ninths of the area: "in the south-west of", "in the middle of". */
static const char *part_of(const struct frame *frame, double latitude, double longitude)
{
	static const char *const words[3][3] = {{"in the south-west of", "in the south of", "in the south-east of"},
						{"in the west of", "in the middle of", "in the east of"},
						{"in the north-west of", "in the north of", "in the north-east of"}};
	double up = (latitude - frame->south) / (frame->north - frame->south),
	       right = (longitude - frame->west) / (frame->east - frame->west);
	if (up < 0 || up > 1 || right < 0 || right > 1)
		return "outside";
	return words[up < 1.0 / 3 ? 0 : up < 2.0 / 3 ? 1 : 2][right < 1.0 / 3 ? 0 : right < 2.0 / 3 ? 1 : 2];
}

bool put_map(struct value *document, const struct profile *profile, const struct view_property *property)
{
	struct frame frame;
	if (!property->has_place || !frame_wards(&frame, profile))
		return false;
	const char *part = part_of(&frame, property->latitude, property->longitude);
	struct value *map = put_object(document, "map");
	put_format(map, "view_box", "0 0 %.0f %.0f", map_width, frame.height);
	put_wards(map, &frame, profile, property->ward_code);
	if (strcmp(part, "outside") != 0) {
		struct value *dot = put_object(map, "dot");
		put_format(dot, "x", "%.1f", x_of(&frame, property->longitude));
		put_format(dot, "y", "%.1f", y_of(&frame, property->latitude));
	}
	if (property->ward.len)
		put_format(map, "text", "In the ward %.*s, %s the council's area.", TEXT_ARG(property->ward), part);
	else
		put_format(map, "text", "It is %s the council's area.", part);
	return true;
}
