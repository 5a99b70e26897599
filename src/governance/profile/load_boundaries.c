/* Ward boundaries for maps: a GeoJSON file beside profile.yaml. JSON is YAML, so that problems come with their line. */
#include "profile/profile_int.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"

#include <limits.h>
#include <stdlib.h>

struct boundaries {
	struct reader *r;
	struct text code; /* the property that names the ward */
	struct profile_boundary *at;
	size_t count, capacity;
};

static bool read_point(struct profile_point *out, const struct yaml_node *node)
{
	return node->kind == YAML_SEQUENCE && node->count >= 2 &&
	       text_parse_double(node->items[0]->text, &out->longitude) &&
	       text_parse_double(node->items[1]->text, &out->latitude) && out->longitude >= -180 &&
	       out->longitude <= 180 && out->latitude >= -90 && out->latitude <= 90;
}

static void add_ring(struct boundaries *b, struct text code, const struct yaml_node *ring)
{
	if (ring->kind != YAML_SEQUENCE || ring->count < 4) {
		problem(b->r, ring, "the boundary of the ward `%.*s` must be a closed line of four points or more",
			TEXT_ARG(code));
		remedy(b->r, "Export the wards again, as GeoJSON.");
		return;
	}
	struct profile_point *points = ARENA_ARRAY(b->r->loader->arena, ring->count, struct profile_point);
	for (size_t i = 0; i < ring->count; i++) {
		if (read_point(&points[i], ring->items[i]))
			continue;
		problem(b->r, ring->items[i], "a point of the ward `%.*s` is not a longitude and a latitude",
			TEXT_ARG(code));
		remedy(b->r, "Export the wards in WGS 84 (EPSG:4326), not in national grid metres.");
		return;
	}
	ARRAY_GROW(b->at, b->count, b->capacity);
	b->at[b->count++] = (struct profile_boundary){code, points, ring->count};
}

/* Of a polygon the outer line; holes in a ward are not drawn. */
static void add_polygon(struct boundaries *b, struct text code, const struct yaml_node *polygon)
{
	if (polygon->kind == YAML_SEQUENCE && polygon->count)
		add_ring(b, code, polygon->items[0]);
}

static void add_feature(struct boundaries *b, const struct yaml_node *feature)
{
	const struct yaml_node *geometry = yaml_get(feature, "geometry"),
			       *coordinates = yaml_get(geometry, "coordinates"), *type = yaml_get(geometry, "type"),
			       *code = yaml_get(yaml_get(feature, "properties"), b->code.at);
	if (!code || code->kind != YAML_SCALAR || text_is_empty(code->text)) {
		problem(b->r, feature, "this feature has no property `%s`", b->code.at);
		remedy(b->r,
		       "Write in profile.yaml which property has the ward's code: `ward_boundaries: {code: WD24CD}`.");
		return;
	}
	struct text ward = arena_text(b->r->loader->arena, code->text);
	bool many = type && type->kind == YAML_SCALAR && text_is(type->text, "MultiPolygon");
	if (!coordinates || coordinates->kind != YAML_SEQUENCE ||
	    (!many && !(type && type->kind == YAML_SCALAR && text_is(type->text, "Polygon")))) {
		problem(b->r, feature, "the ward `%s` has no Polygon or MultiPolygon", ward.at);
		remedy(b->r, "Export the wards as areas, not as points or lines.");
		return;
	}
	if (!many)
		add_polygon(b, ward, coordinates);
	for (size_t i = 0; many && i < coordinates->count; i++)
		add_polygon(b, ward, coordinates->items[i]);
}

static void read_features(struct reader *r, struct profile *profile, struct text code)
{
	const struct yaml_node *features = yaml_get(r->file->root, "features");
	if (!features || features->kind != YAML_SEQUENCE) {
		problem(r, r->file->root, "this is not a GeoJSON FeatureCollection");
		remedy(r, "Export the wards as GeoJSON: {\"type\": \"FeatureCollection\", \"features\": [...]}.");
		return;
	}
	struct boundaries b = {.r = r, .code = code};
	for (size_t i = 0; i < features->count; i++)
		add_feature(&b, features->items[i]);
	struct profile_boundary *kept = ARENA_ARRAY(r->loader->arena, b.count, struct profile_boundary);
	if (b.count)
		memcpy(kept, b.at, b.count * sizeof *kept);
	free(b.at);
	profile->boundaries.at = kept;
	profile->boundaries.count = b.count;
}

void fill_boundaries(struct reader *r)
{
	static const char *const keys[] = {"file", "code", NULL};
	struct loader *loader = r->loader;
	const struct yaml_node *written = yaml_get(r->file->root, "ward_boundaries");
	char path[PATH_MAX];
	struct file file = {0};
	if (!written || !read_mapping(r, written, "ward_boundaries", keys))
		return;
	struct text name = read_text(r, written, "file", true), code = read_text(r, written, "code", true);
	if (text_is_empty(name) || text_is_empty(code))
		return;
	if (memchr(name.at, '/', name.len)) {
		problem(r, written, "`file: %s` must lie in the profile's own folder", name.at);
		remedy(r, "Put the file beside profile.yaml and write only its name.");
		return;
	}
	snprintf(path, sizeof path, "%s/%s", loader->profile->folder.at, name.at);
	if (!file_exists(path)) {
		problem(r, written, "there is no file `%s` beside profile.yaml", name.at);
		remedy(r, "Put the wards' boundaries there as GeoJSON, or leave `ward_boundaries` out: maps then have "
			  "none.");
		return;
	}
	if (!loader_read(loader, &file, path, name.at))
		return;
	struct reader inside = {loader, &file};
	read_features(&inside, loader->profile, code);
}
