/* What a feed says of how people are related, and of who works with them. */
#include "profile/profile_int.h"

static const char *const role_names[] = {"head",   "partner",  "child",  "sibling", "carer",
					 "tenant", "occupant", "member", NULL};

const char *family_role_name(enum family_role role)
{
	return role_names[role];
}

bool family_role_parse(struct text name, enum family_role *out)
{
	int at;
	if (!name_parse(role_names, name, &at))
		return false;
	*out = (enum family_role)at;
	return true;
}

static bool is_code_of(const struct profile_column *column, struct text value)
{
	for (size_t i = 0; column && i < column->code_count; i++) {
		if (text_equal(column->codes[i].to, value))
			return true;
	}
	return false;
}

static void read_role(struct reader *r, const struct yaml_node *key, const struct yaml_node *value,
		      const struct profile_feed *feed, struct profile_code *out)
{
	enum family_role role;
	const struct profile_element *element = feed->relationships.role;
	out->from = arena_text(r->loader->arena, key->text);
	out->to = scalar_text(r, value, "roles");
	if (element && !is_code_of(feed_column(feed, element), out->from)) {
		problem(r, key, "`%s` is no code of `%s`", out->from.at, element->id.at);
		remedy(r, "Write what the code means, as the column's `codes` have it.");
	}
	if (!family_role_parse(out->to, &role)) {
		struct text names[FAMILY_ROLE_COUNT];
		for (int i = 0; i < FAMILY_ROLE_COUNT; i++)
			names[i] = text_of(role_names[i]);
		problem(r, value, "there is no role `%.*s`", TEXT_ARG(out->to));
		remedy_nearest(r, out->to, names, FAMILY_ROLE_COUNT,
			       "Write head, partner, child, sibling, carer, tenant, occupant or member.");
	}
}

static void read_roles(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	struct profile_relationships *relationships = &feed->relationships;
	struct yaml_node *roles = read_key(r, node, "roles", relationships->role != NULL);
	if (!roles)
		return;
	if (roles->kind != YAML_MAPPING || !relationships->role) {
		problem(r, roles, "`roles` says what each value of `role` means");
		remedy(r, "Write `role: ELEMENT` and `roles: {claimant: head, dependant: child}`.");
		return;
	}
	struct profile_code *codes = ARENA_ARRAY(r->loader->arena, roles->count, struct profile_code);
	for (size_t i = 0; i < roles->count; i++)
		read_role(r, roles->key_nodes[i], roles->items[i], feed, &codes[i]);
	relationships->roles = codes;
	relationships->role_count = roles->count;
}

void read_relationships(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	static const char *const keys[] = {"group", "role", "roles", "everyone", "parents", NULL};
	struct profile_relationships *relationships = &feed->relationships;
	struct yaml_node *written = read_key(r, node, "relationships", false);
	relationships->everyone = FAMILY_MEMBER;
	if (!written || !read_mapping(r, written, "`relationships`", keys))
		return;
	relationships->group = read_column(r, written, "group", feed, false);
	relationships->role = read_column(r, written, "role", feed, false);
	relationships->everyone = (enum family_role)read_enum(r, written, "everyone", role_names, false, FAMILY_MEMBER);
	if (read_key(r, written, "parents", false))
		relationships->parents = read_columns(r, written, "parents", feed, false, &relationships->parent_count);
	read_roles(r, written, feed);
	if (!relationships->group && relationships->parent_count == 0) {
		problem(r, written, "`relationships` needs `group` or `parents`");
		remedy(r, "Name the column whose equal values make a family, or the columns with a parent's name.");
	}
}

/* `caseload: {worker: worker_id, team: team_name, when: CONDITION}`. Names of workers are sealed, numbers are not. */
void read_caseload(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	static const char *const keys[] = {"worker", "team", "when", NULL};
	struct profile_caseload *caseload = &feed->caseload;
	const struct profile_feed *const self[] = {feed};
	struct yaml_node *written = read_key(r, node, "caseload", false);
	if (!written || !read_mapping(r, written, "`caseload`", keys))
		return;
	caseload->worker = read_column(r, written, "worker", feed, false);
	caseload->team = read_column(r, written, "team", feed, false);
	read_condition(r, written, "when", self, 1, &caseload->when);
	const struct profile_element *said[] = {caseload->worker, caseload->team};
	for (size_t i = 0; i < 2; i++) {
		if (!said[i] || said[i]->category != CATEGORY_IDENTITY)
			continue;
		problem(r, written, "`%s` is an identity element, which is sealed", said[i]->id.at);
		remedy(r, "Take the worker's number in the source, not a name.");
	}
	if (!caseload->worker && !caseload->team) {
		problem(r, written, "`caseload` says neither which worker nor which team");
		remedy(r, "Name the column with the worker's number: `caseload: {worker: worker_id}`.");
	}
}
