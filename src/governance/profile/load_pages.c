#include "profile/profile_int.h"

/* Event rules, and what the pages show. None of these may draw on identity: titles and tables
 * are made on the evidence side, from facts alone. */

static void check_evidence(struct reader *r, const struct yaml_node *node, const struct profile_element *element,
			   const char *where)
{
	if (!element || element->category != CATEGORY_IDENTITY)
		return;
	problem(r, node, "%s uses the identity element `%s`", where, element->id.at);
	remedy(r, "Identity is shown through disclosure only: choose an element of another category.");
}

const struct profile_element *placeholder_element(struct reader *r, const struct yaml_node *node, struct text id,
						  const struct profile_feed *feed)
{
	const struct text_map *ids = &r->loader->profile->inside->ids[KIND_ELEMENT];
	const uint64_t *number = text_map_get(ids, id);
	if (!number) {
		problem(r, node, "{%.*s} is not a registered element", TEXT_ARG(id));
		remedy_nearest(r, id, ids->keys, ids->count, "Write an element of the feed in braces.");
		return NULL;
	}
	const struct profile_element *element =
		(const struct profile_element *)r->loader->things[KIND_ELEMENT] + *number;
	if (feed && !feed_column(feed, element)) {
		problem(r, node, "{%s}: the feed `%s` has no such column", element->id.at, feed->id.at);
		remedy(r, "Write an element of the feed in braces.");
		return NULL;
	}
	check_evidence(r, node, element, "what is written");
	return element;
}

static void check_title(struct reader *r, const struct yaml_node *node, struct text title,
			const struct profile_feed *feed)
{
	while (title.len) {
		size_t open = text_find_char(title, '{');
		if (open == title.len)
			return;
		title = text_slice(title.at + open + 1, title.len - open - 1);
		size_t close = text_find_char(title, '}');
		if (close == title.len) {
			problem(r, node, "a { in the title without its }");
			remedy(r, "Write {element}.");
			return;
		}
		placeholder_element(r, node, text_slice(title.at, close), feed);
		title = text_slice(title.at + close + 1, title.len - close - 1);
	}
}

void check_date(struct reader *r, const struct yaml_node *node, const char *key, const struct profile_feed *feed,
		const struct profile_element *element)
{
	const struct profile_column *column = feed && element ? feed_column(feed, element) : NULL;
	if (!column || column->type == COLUMN_DATE || column->type == COLUMN_DATETIME || column->type == COLUMN_JSON)
		return;
	problem(r, yaml_get(node, key), "`%s: %s` is a column of type %s, not a date", key, element->id.at,
		column_type_name(column->type));
	remedy(r, "Name a date column.");
}

static void fill_event(struct reader *r, const struct yaml_node *node, struct profile_event *event)
{
	static const char *const keys[] = {"id",   "feed",       "date",    "kind", "title",
					   "when", "importance", "changed", NULL};
	if (!read_mapping(r, node, "an event rule", keys))
		return;
	event->kind = read_text(r, node, "kind", true);
	event->title = read_text(r, node, "title", true);
	event->importance =
		(enum event_importance)read_enum(r, node, "importance", importance_names, false, IMPORTANCE_NORMAL);
	event->feed = read_reference(r, node, "feed", KIND_FEED, true);
	if (!event->feed)
		return;
	event->date = read_column(r, node, "date", event->feed, true);
	event->changed = read_column(r, node, "changed", event->feed, false);
	check_date(r, node, "date", event->feed, event->date);
	check_title(r, yaml_get(node, "title"), event->title, event->feed);
	read_condition(r, node, "when", &event->feed, 1, &event->when);
}

void fill_events(struct loader *loader)
{
	struct profile_event *events = loader->things[KIND_EVENT];
	for (size_t i = 0; i < loader->entry_count[KIND_EVENT]; i++) {
		struct yaml_node *node;
		struct reader r = entry_reader(loader, KIND_EVENT, i, &node);
		fill_event(&r, node, &events[i]);
	}
}

/* ---- pages.yaml --------------------------------------------------------------------------- */

static const struct profile_element *read_in_feeds(struct reader *r, const struct yaml_node *mapping, const char *key,
						   const struct profile_feed *const *feeds, size_t feed_count)
{
	struct yaml_node *node = read_key(r, mapping, key, false);
	if (!node)
		return NULL;
	const struct profile_element *element = scalar_reference(r, node, KIND_ELEMENT);
	for (size_t i = 0; element && i < feed_count; i++) {
		if (feed_column(feeds[i], element))
			return element;
	}
	if (element && feed_count) {
		problem(r, node, "none of the feeds of this card has a column for `%s`", element->id.at);
		remedy(r, "Name an element of one of its feeds.");
	}
	return NULL;
}

static void read_known_to(struct reader *r, const struct yaml_node *node, struct profile_known_to *card)
{
	static const char *const keys[] = {"title",        "source", "feeds",        "active",       "status", "since",
					   "last_contact", "worker", "worker_phone", "worker_email", "team",   NULL};
	if (!read_mapping(r, node, "a card of `known_to`", keys))
		return;
	card->title = read_text(r, node, "title", true);
	card->source = read_reference(r, node, "source", KIND_SOURCE, true);
	card->feeds =
		(const struct profile_feed **)read_references(r, node, "feeds", KIND_FEED, true, &card->feed_count);
	for (size_t i = 0; i < card->feed_count; i++) {
		if (card->source && card->feeds[i]->source && card->feeds[i]->source != card->source) {
			problem(r, yaml_get(node, "feeds"), "the feed `%s` belongs to the source `%s`",
				card->feeds[i]->id.at, card->feeds[i]->source->id.at);
			remedy(r, "A card shows one source: move the feed to a card of its own.");
		}
	}
	read_condition(r, node, "active", card->feeds, card->feed_count, &card->active);
	struct {
		const char *key;
		const struct profile_element **to;
	} elements[] = {{"status", &card->status},
			{"since", &card->since},
			{"last_contact", &card->last_contact},
			{"worker", &card->worker},
			{"worker_phone", &card->worker_phone},
			{"worker_email", &card->worker_email},
			{"team", &card->team}};
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		*elements[i].to = read_in_feeds(r, node, elements[i].key, card->feeds, card->feed_count);
}

static void read_section(struct reader *r, const struct yaml_node *node, struct profile_section *section)
{
	static const char *const keys[] = {"title", "feed", "elements", "current", NULL};
	if (!read_mapping(r, node, "a section", keys))
		return;
	section->title = read_text(r, node, "title", true);
	section->feed = read_reference(r, node, "feed", KIND_FEED, true);
	section->elements = read_columns(r, node, "elements", section->feed, true, &section->element_count);
	if (section->feed)
		read_condition(r, node, "current", &section->feed, 1, &section->current);
}

static void read_balance(struct reader *r, const struct yaml_node *node, struct profile_balance *balance)
{
	static const char *const keys[] = {"title", "feed", "amount", "date", "debt", NULL};
	static const char *const debts[] = {"negative", "positive", NULL};
	if (!read_mapping(r, node, "a balance", keys))
		return;
	balance->title = read_text(r, node, "title", true);
	balance->feed = read_reference(r, node, "feed", KIND_FEED, true);
	balance->debt_is_positive = read_enum(r, node, "debt", debts, false, 1) == 1;
	if (!balance->feed)
		return;
	balance->amount = read_column(r, node, "amount", balance->feed, true);
	balance->on = read_column(r, node, "date", balance->feed, false);
	check_date(r, node, "date", balance->feed, balance->on);
	check_evidence(r, yaml_get(node, "amount"), balance->amount, "the balance");
}

static void read_marker(struct reader *r, const struct yaml_node *node, struct profile_marker *marker)
{
	static const char *const keys[] = {"title", "feed", "when", "importance", NULL};
	if (!read_mapping(r, node, "a marker", keys))
		return;
	marker->title = read_text(r, node, "title", true);
	marker->feed = read_reference(r, node, "feed", KIND_FEED, true);
	marker->importance =
		(enum event_importance)read_enum(r, node, "importance", importance_names, false, IMPORTANCE_HIGH);
	if (marker->feed) {
		read_condition(r, node, "when", &marker->feed, 1, &marker->when);
		check_title(r, yaml_get(node, "title"), marker->title, marker->feed);
	}
}

static struct profile_element_list read_element_list(struct reader *r, const struct yaml_node *root, const char *key)
{
	struct profile_element_list list = {0};
	list.at = (const struct profile_element **)read_references(r, root, key, KIND_ELEMENT, false, &list.count);
	return list;
}

#define READ_PAGE_LIST(r, root, key, type, array, read) \
	do { \
		struct list list = read_list(r, root, key, false); \
		type *things = ARENA_ARRAY((r)->loader->arena, list.count, type); \
		for (size_t i = 0; i < list.count; i++) { \
			things[i].place = place_of(r, list.at[i]); \
			read(r, list.at[i], &things[i]); \
		} \
		(array).at = things; \
		(array).count = list.count; \
	} while (0)

void fill_pages(struct loader *loader)
{
	static const char *const keys[] = {"known_to", "identity", "contact", "sections", "balances", "markers", NULL};
	struct profile *profile = loader->profile;
	struct file *file = loader_file(loader, "pages.yaml");
	if (!file)
		return;
	struct reader r = {loader, file};
	if (!read_mapping(&r, file->root, "pages.yaml", keys))
		return;
	READ_PAGE_LIST(&r, file->root, "known_to", struct profile_known_to, profile->known_to, read_known_to);
	READ_PAGE_LIST(&r, file->root, "sections", struct profile_section, profile->sections, read_section);
	READ_PAGE_LIST(&r, file->root, "balances", struct profile_balance, profile->balances, read_balance);
	READ_PAGE_LIST(&r, file->root, "markers", struct profile_marker, profile->markers, read_marker);
	profile->identity = read_element_list(&r, file->root, "identity");
	profile->contact = read_element_list(&r, file->root, "contact");
}
