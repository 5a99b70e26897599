/* Who is how related to whom, drawn: parents above children, a dashed frame where it is not sure that somebody
 * belongs there. The template writes the numbers down; the same stands in words below the drawing. */
#include "web/pages/household.h"

#include "base/utf8.h"
#include "web/pages/people.h"

#include <stdlib.h>

/* Units of the drawing. */
enum {
	BOX_WIDTH = 190,
	BOX_HEIGHT = 62,
	GAP_ACROSS = 34,
	GAP_DOWN = 56,
	MARGIN = 8,
	ROW_MOST = 4,   /* what fits a page of 960 pixels without scrolling */
	NAME_MOST = 18, /* letters that fit a box */
	DRAWN_MOST = 24,
	LEVEL_MOST = 5
};

struct box {
	const struct view_member *member;
	int level, row, x, y;
};

struct graph {
	const struct view_household *view;
	struct box boxes[DRAWN_MOST];
	size_t count;
	int rows, across; /* how many of them, and how many boxes the widest has */
};

static struct box *box_of(struct graph *graph, int64_t resident_id)
{
	for (size_t i = 0; i < graph->count; i++) {
		if (graph->boxes[i].member->resident_id == resident_id)
			return &graph->boxes[i];
	}
	return NULL;
}

static bool is_parent(const struct view_relation *relation)
{
	return text_is(relation->kind, "parent");
}

/* Of one age, for the drawing: partners, brothers and sisters, who let a home together. */
static bool is_beside(const struct view_relation *relation)
{
	return text_is(relation->kind, "partner") || text_is(relation->kind, "sibling") ||
	       text_is(relation->kind, "joint_tenant");
}

static int higher(int a, int b)
{
	return a > b ? a : b;
}

/* A child stands below its parents. Sources may contradict each other, so that there may be a circle: after as many
 * rounds as there are people it is left as it is. */
static void place_levels(struct graph *graph)
{
	bool changed = true;
	for (size_t round = 0; changed && round < graph->count; round++) {
		changed = false;
		for (size_t i = 0; i < graph->view->relation_count; i++) {
			const struct view_relation *relation = &graph->view->relations[i];
			struct box *a = box_of(graph, relation->resident_id), *b = box_of(graph, relation->other_id);
			if (!a || !b || (!is_parent(relation) && !is_beside(relation)))
				continue;
			int below = is_parent(relation) ? a->level + 1 : higher(a->level, b->level);
			int above = is_parent(relation) ? a->level : below;
			changed |= below > b->level || above > a->level;
			b->level = higher(b->level, below > LEVEL_MOST ? LEVEL_MOST : below);
			a->level = higher(a->level, above > LEVEL_MOST ? LEVEL_MOST : above);
		}
	}
}

static bool are_partners(const struct view_household *view, int64_t a, int64_t b)
{
	for (size_t i = 0; i < view->relation_count; i++) {
		const struct view_relation *relation = &view->relations[i];
		if (text_is(relation->kind, "partner") && ((relation->resident_id == a && relation->other_id == b) ||
							   (relation->resident_id == b && relation->other_id == a)))
			return true;
	}
	return false;
}

/* Those of a level in the order of the household, but for partners, who stand beside each other. */
static size_t boxes_of_level(struct graph *graph, int level, struct box *here[DRAWN_MOST])
{
	bool placed[DRAWN_MOST] = {false};
	size_t count = 0;
	for (size_t i = 0; i < graph->count; i++) {
		if (graph->boxes[i].level != level || placed[i])
			continue;
		placed[i] = true;
		here[count++] = &graph->boxes[i];
		for (size_t k = i + 1; k < graph->count; k++) {
			if (graph->boxes[k].level != level || placed[k] ||
			    !are_partners(graph->view, graph->boxes[i].member->resident_id,
					  graph->boxes[k].member->resident_id))
				continue;
			placed[k] = true;
			here[count++] = &graph->boxes[k];
		}
	}
	return count;
}

static int width_of(int across)
{
	return across * BOX_WIDTH + (across - 1) * GAP_ACROSS;
}

/* At most ROW_MOST in a row; of a level as many rows as it needs. */
static void place_rows(struct graph *graph)
{
	struct box *here[DRAWN_MOST];
	for (int level = 0; level <= LEVEL_MOST; level++)
		graph->across = higher(graph->across, (int)boxes_of_level(graph, level, here));
	if (graph->across > ROW_MOST)
		graph->across = ROW_MOST;
	for (int level = 0; level <= LEVEL_MOST; level++) {
		int count = (int)boxes_of_level(graph, level, here);
		for (int first = 0; first < count; first += ROW_MOST, graph->rows++) {
			int in_row = count - first < ROW_MOST ? count - first : ROW_MOST;
			int left = MARGIN + (width_of(graph->across) - width_of(in_row)) / 2;
			for (int k = 0; k < in_row; k++) {
				here[first + k]->row = graph->rows;
				here[first + k]->x = left + k * (BOX_WIDTH + GAP_ACROSS);
				here[first + k]->y = MARGIN + graph->rows * (BOX_HEIGHT + GAP_DOWN);
			}
		}
	}
}

static struct text fitting_name(struct arena *arena, struct text name)
{
	size_t at = 0, letters = 0, cut = 0;
	while (at < name.len) {
		if (letters == NAME_MOST - 1)
			cut = at;
		utf8_next(name, &at);
		letters++;
	}
	if (letters <= NAME_MOST)
		return name;
	return arena_format(arena, "%.*s\xe2\x80\xa6", (int)cut, name.at);
}

static void put_boxes(struct value *graph_value, const struct graph *graph)
{
	bool any_uncertain = false;
	struct value *boxes = put_array(graph_value, "boxes");
	for (size_t i = 0; i < graph->count; i++) {
		const struct box *box = &graph->boxes[i];
		const struct view_member *member = box->member;
		struct text name = member->name.len ? member->name : TEXT("Name withheld");
		struct value *row = add_object(boxes);
		put_int(row, "x", box->x);
		put_int(row, "y", box->y);
		put_int(row, "middle", box->x + BOX_WIDTH / 2);
		put_int(row, "name_y", box->y + 26);
		put_int(row, "age_y", box->y + 48);
		put_text(row, "name", fitting_name(boxes->arena, name));
		bool uncertain = text_is(member->certainty, "uncertain");
		put_bool(row, "uncertain", uncertain);
		any_uncertain |= uncertain;
		struct text age = member->age >= 0 ? arena_format(boxes->arena, "%d", member->age) : TEXT("");
		put_format(row, "detail", "%.*s%s%s", TEXT_ARG(age), age.len && uncertain ? ", " : "",
			   uncertain ? "uncertain" : "");
	}
	put_bool(graph_value, "any_uncertain", any_uncertain);
}

/* Of two rows the rows between them are of the lower one's level: full, so that their gaps are known. */
static bool is_reached_past_rows(const struct graph *graph, const struct box *upper, const struct box *lower)
{
	if (upper->level == lower->level)
		return false;
	for (size_t i = 0; i < graph->count; i++) {
		const struct box *box = &graph->boxes[i];
		if (box->row > upper->row && box->row < lower->row && box->level != lower->level)
			return false;
	}
	return true;
}

/* Between the boxes of the rows that it passes, in the gap nearest to where it is going. */
static void put_path_past_rows(struct value *row, const struct box *upper, const struct box *lower)
{
	int lx = lower->x + BOX_WIDTH / 2, gap = 0;
	for (int k = 1; k < ROW_MOST; k++) {
		int x = MARGIN + k * (BOX_WIDTH + GAP_ACROSS) - GAP_ACROSS / 2;
		if (k == 1 || abs(x - lx) < abs(gap - lx))
			gap = x;
	}
	int first = upper->y + BOX_HEIGHT + GAP_DOWN / 2, last = lower->y - GAP_DOWN / 2;
	put_format(row, "path", "M%d %d V%d H%d V%d H%d V%d", upper->x + BOX_WIDTH / 2, upper->y + BOX_HEIGHT, first,
		   gap, last, lx, lower->y);
}

/* Straight down from a parent to a child, between two beside each other, else around below. */
static void put_line(struct value *lines, const struct view_relation *relation, const struct box *a,
		     const struct box *b)
{
	static const struct {
		const char *kind, *label;
	} labels[] = {{"partner", "partners"},
		      {"carer", "carer"},
		      {"sibling", "siblings"},
		      {"tenant", "tenant"},
		      {"joint_tenant", "joint tenants"}};
	struct value *row = add_object(lines);
	int ax = a->x + BOX_WIDTH / 2, bx = b->x + BOX_WIDTH / 2;
	const struct box *upper = a->row <= b->row ? a : b, *lower = upper == a ? b : a;
	int ux = upper == a ? ax : bx, lx = upper == a ? bx : ax, label_x, label_y;
	if (abs(a->row - b->row) > 1) {
		put_path_past_rows(row, upper, lower);
		label_x = lx;
		label_y = lower->y - GAP_DOWN / 2 + 4;
	} else if (a->row != b->row) {
		int from = upper->y + BOX_HEIGHT, to = lower->y, half = lower->y - GAP_DOWN / 2;
		put_format(row, "path", "M%d %d V%d H%d V%d", ux, from, half, lx, to);
		label_x = lx;
		label_y = half + 4;
	} else if (abs(a->x - b->x) <= BOX_WIDTH + GAP_ACROSS) {
		int left = a->x < b->x ? a->x : b->x, middle = a->y + BOX_HEIGHT / 2;
		put_format(row, "path", "M%d %d H%d", left + BOX_WIDTH, middle, left + BOX_WIDTH + GAP_ACROSS);
		label_x = left + BOX_WIDTH + GAP_ACROSS / 2;
		label_y = a->y + BOX_HEIGHT + 16;
	} else {
		int base = a->y + BOX_HEIGHT, dip = base + GAP_DOWN / 3;
		put_format(row, "path", "M%d %d V%d H%d V%d", ax, base, dip, bx, base);
		label_x = (ax + bx) / 2;
		label_y = dip + 4;
	}
	put_int(row, "label_x", label_x);
	put_int(row, "label_y", label_y);
	put_bool(row, "parent", is_parent(relation));
	const char *label = NULL;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		if (text_is(relation->kind, labels[i].kind))
			label = labels[i].label;
	}
	put_string(row, "label", label);
}

static bool is_child_of(const struct view_household *view, int64_t child, int64_t parent)
{
	for (size_t i = 0; i < view->relation_count; i++) {
		const struct view_relation *relation = &view->relations[i];
		if (is_parent(relation) && relation->resident_id == parent && relation->other_id == child)
			return true;
	}
	return false;
}

/* What a nearer relation between the two, or a common parent, says already is not drawn a second time. */
static bool says_nothing_new(const struct view_household *view, const struct view_relation *relation)
{
	bool vague = text_is(relation->kind, "household") || text_is(relation->kind, "tenant") ||
		     text_is(relation->kind, "joint_tenant");
	for (size_t i = 0; i < view->relation_count; i++) {
		const struct view_relation *other = &view->relations[i];
		bool same_two =
			(other->resident_id == relation->resident_id && other->other_id == relation->other_id) ||
			(other->resident_id == relation->other_id && other->other_id == relation->resident_id);
		if (vague && other != relation && same_two && !text_is(other->kind, "household") &&
		    !text_is(other->kind, "tenant") && !text_is(other->kind, "joint_tenant"))
			return true;
		if (text_is(relation->kind, "sibling") && is_parent(other) &&
		    is_child_of(view, relation->resident_id, other->resident_id) &&
		    is_child_of(view, relation->other_id, other->resident_id))
			return true;
	}
	return text_is(relation->kind, "household");
}

static size_t put_lines(struct value *graph_value, struct graph *graph)
{
	struct value *lines = put_array(graph_value, "lines");
	for (size_t i = 0; i < graph->view->relation_count; i++) {
		const struct view_relation *relation = &graph->view->relations[i];
		const struct box *a = box_of(graph, relation->resident_id), *b = box_of(graph, relation->other_id);
		if (!a || !b || a == b || says_nothing_new(graph->view, relation))
			continue;
		/* A line past a row of others would seem to come from there: the words say it. */
		const struct box *upper = a->row <= b->row ? a : b, *lower = upper == a ? b : a;
		if (lower->row - upper->row <= 1 || is_reached_past_rows(graph, upper, lower))
			put_line(lines, relation, a, b);
	}
	return lines->count;
}

static struct text name_in(const struct view_household *view, int64_t resident_id)
{
	for (size_t i = 0; i < view->member_count; i++) {
		if (view->members[i].resident_id == resident_id && view->members[i].name.len)
			return view->members[i].name;
	}
	return TEXT("Name withheld");
}

static bool say_the_same(const struct view_relation *a, const struct view_relation *b)
{
	if (a->resident_id != b->resident_id || !text_equal(a->words, b->words) || a->from != b->from ||
	    a->to != b->to || a->source_count != b->source_count)
		return false;
	for (size_t i = 0; i < a->source_count; i++) {
		if (a->sources[i] != b->sources[i])
			return false;
	}
	return true;
}

/* "Bea, Cy and Di": of whom all that RELATION says is said as well, from it on. */
static struct text names_of_others(const struct view_household *view, size_t relation, bool *told, struct arena *arena)
{
	struct text words = TEXT_ABSENT, last = TEXT_ABSENT;
	for (size_t i = relation; i < view->relation_count; i++) {
		if (told[i] || !say_the_same(&view->relations[relation], &view->relations[i]))
			continue;
		told[i] = true;
		if (last.len)
			words = words.len ? arena_format(arena, "%.*s, %.*s", TEXT_ARG(words), TEXT_ARG(last)) : last;
		last = name_in(view, view->relations[i].other_id);
	}
	return words.len ? arena_format(arena, "%.*s and %.*s", TEXT_ARG(words), TEXT_ARG(last)) : last;
}

/* What is said of one person alike is one line: in a family of nine each would else have a dozen. */
static void put_relation_lines(struct value *document, const struct view_household *view)
{
	struct value *lines = put_array(document, "relation_lines");
	bool *told = ARENA_ARRAY(document->arena, view->relation_count + 1, bool);
	for (size_t i = 0; i < view->relation_count; i++) {
		const struct view_relation *relation = &view->relations[i];
		if (told[i])
			continue;
		struct text others = names_of_others(view, i, told, document->arena);
		struct value *line = add_object(lines);
		put_format(line, "text", "%.*s: %.*s %.*s", TEXT_ARG(name_in(view, relation->resident_id)),
			   TEXT_ARG(relation->words), TEXT_ARG(others));
		put_text(line, "period", people_period(document->arena, relation->from, relation->to));
		put_text(line, "sources", source_titles(document->arena, relation->sources, relation->source_count));
	}
}

static void put_relations(struct value *document, const struct view_household *view)
{
	put_bool(document, "has_relations", view->relation_count > 0);
	struct value *relations = put_array(document, "relations");
	for (size_t i = 0; i < view->relation_count; i++) {
		const struct view_relation *relation = &view->relations[i];
		struct value *row = add_object(relations);
		put_format(row, "text", "%.*s: %.*s %.*s", TEXT_ARG(name_in(view, relation->resident_id)),
			   TEXT_ARG(relation->words), TEXT_ARG(name_in(view, relation->other_id)));
		put_text(row, "kind", relation->kind);
		put_text(row, "period", people_period(document->arena, relation->from, relation->to));
		put_text(row, "sources", source_titles(document->arena, relation->sources, relation->source_count));
	}
}

void put_household_graph(struct value *document, const struct view_household *view)
{
	struct graph graph = {.view = view};
	for (size_t i = 0; i < view->member_count && graph.count < DRAWN_MOST; i++) {
		if (view->members[i].current)
			graph.boxes[graph.count++] = (struct box){.member = &view->members[i]};
	}
	put_bool(document, "has_graph", graph.count > 1);
	put_relations(document, view);
	put_relation_lines(document, view);
	if (graph.count < 2)
		return;
	place_levels(&graph);
	place_rows(&graph);
	struct value *drawn = put_object(document, "graph");
	put_int(drawn, "width", BOX_WIDTH);
	put_int(drawn, "height", BOX_HEIGHT);
	put_boxes(drawn, &graph);
	size_t lines = put_lines(drawn, &graph);
	put_bool(drawn, "drawn", lines > 0);
	/* lines below the lowest row have room */
	int across = 2 * MARGIN + width_of(graph.across),
	    down = 2 * MARGIN + graph.rows * BOX_HEIGHT + (graph.rows - 1) * GAP_DOWN + (lines ? GAP_DOWN / 2 : 0);
	put_int(drawn, "across", across);
	put_format(drawn, "view_box", "0 0 %d %d", across, down);
}
