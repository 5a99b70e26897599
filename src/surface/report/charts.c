#include "report/report_int.h"

#include <math.h>

enum { WIDTH = 640, LABELS = 232, PLOT = 330, ROW = 24, HEAD = 30, FOOT = 26 };

static struct value *begin(struct value *page, const char *kind, const struct chart *chart)
{
	struct value *out = put_object(page, chart->key ? chart->key : chart->id);
	put_string(out, "id", chart->id);
	put_string(out, "title", chart->title);
	put_string(out, "says", chart->says);
	put_bool(out, kind, true);
	return out;
}

static void put_place(struct value *out, const char *key, double place)
{
	put_format(out, key, "%.1f", place);
}

/* ---- bars that lie ------------------------------------------------------------------------------------------ */

static double place_of(double value, double least, double most)
{
	return LABELS + (value - least) / (most - least) * PLOT;
}

/* Round steps: about five over the scale. */
static double step_of(double range)
{
	double step = pow(10, floor(log10(range / 5)));
	return range / step > 25 ? step * 10 : range / step > 12 ? step * 5 : range / step > 6 ? step * 2 : step;
}

static void put_grid(struct value *out, double least, double most, double bottom)
{
	struct value *grid = put_array(out, "grid");
	double step = step_of(most - least);
	for (double at = ceil(least / step) * step; at <= most + step / 1000; at += step) {
		struct value *line = add_object(grid);
		put_place(line, "x", place_of(at, least, most));
		put_place(line, "bottom", bottom);
		put_place(line, "below", bottom + 17);
		put_format(line, "label", "%g", fabs(at) < step / 1000 ? 0 : at);
		put_bool(line, "zero", fabs(at) < step / 1000);
	}
}

static void put_rectangle(struct value *rectangles, double a, double b, double y, double height, const char *class)
{
	struct value *rectangle = add_object(rectangles);
	put_place(rectangle, "x", a < b ? a : b);
	put_place(rectangle, "y", y);
	put_place(rectangle, "width", fabs(b - a) < 1 ? 1 : fabs(b - a));
	put_place(rectangle, "height", height);
	put_string(rectangle, "class", class);
}

/* Long labels are cut in the picture; the table has them whole. */
static void put_label(struct value *row, struct text label)
{
	enum { LONGEST = 30 };
	put_text(row, "label", label);
	if (label.len <= LONGEST)
		put_text(row, "short", label);
	else
		put_format(row, "short", "%.*s…", LONGEST - 1, label.at);
}

void chart_bars(struct value *page, const struct chart *chart, const struct bar *bars, size_t count, double least,
		double most)
{
	struct value *out = begin(page, "bars", chart), *rows = put_array(out, "rows");
	double y = 0;
	if (!(most > least))
		most = least + 1;
	for (size_t i = 0; i < count; i++) {
		const struct bar *bar = &bars[i];
		struct value *row = add_object(rows);
		y += bar->heading && i > 0 ? HEAD - ROW : 0;
		put_label(row, bar->label);
		put_place(row, "y", y + 16);
		put_bool(row, "heading", bar->heading);
		y += ROW;
		if (bar->heading)
			continue;
		struct value *rectangles = put_array(row, "rectangles");
		bool two = !isnan(bar->second);
		double a = place_of(bar->from, least, most), b = place_of(bar->to, least, most),
		       zero = place_of(0, least, most), second = two ? place_of(bar->second, least, most) : zero;
		put_rectangle(rectangles, a, b, y - ROW + 3, two ? 9 : 18, bar->class);
		if (two)
			put_rectangle(rectangles, zero, second, y - ROW + 12, 9, "u");
		double end = a > b ? a : b;
		put_place(row, "end", (second > end ? second : end) + 6);
		put_string(row, "shown", bar->shown);
	}
	put_grid(out, least, most, y);
	put_place(out, "height", y + FOOT);
	put_int(out, "width", WIDTH + 70);
}

/* ---- bars that stand ------------------------------------------------------------------------------------------- */

enum { LEFT = 64, TALL = 220, STANDING = 600 };

static void put_heights(struct value *out, double most)
{
	struct value *grid = put_array(out, "grid");
	double step = step_of(most);
	for (double at = 0; at <= most + step / 1000; at += step) {
		struct value *line = add_object(grid);
		put_place(line, "y", 10 + TALL - at / most * TALL);
		put_place(line, "below", 15 + TALL - at / most * TALL);
		put_format(line, "label", at >= 1e6 ? "%.3gM" : "%.6g", at >= 1e6 ? at / 1e6 : at);
	}
}

void chart_columns(struct value *page, const struct chart *chart, const struct column *columns, size_t count,
		   size_t step, const char *label_heading, const char *value_heading)
{
	struct value *out = begin(page, "columns", chart), *rows = put_array(out, "rows");
	double most = 0, width = (double)STANDING / (double)(count ? count : 1);
	for (size_t i = 0; i < count; i++)
		most = columns[i].value > most ? columns[i].value : most;
	most = most > 0 ? most : 1;
	for (size_t i = 0; i < count; i++) {
		struct value *row = add_object(rows);
		double height = columns[i].value / most * TALL;
		put_string(row, "label", columns[i].label);
		put_string(row, "shown", columns[i].shown);
		put_string(row, "class", columns[i].class);
		put_bool(row, "labelled", i % step == 0);
		put_place(row, "x", LEFT + width * (double)i + (width > 4 ? 1 : 0));
		put_place(row, "middle", LEFT + width * ((double)i + 0.5));
		put_place(row, "y", 10 + TALL - height);
		put_place(row, "width", width > 4 ? width - 2 : width);
		put_place(row, "height", height);
	}
	put_heights(out, most);
	put_string(out, "label_heading", label_heading);
	put_string(out, "value_heading", value_heading);
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static double line_x(double x, double least, double most)
{
	return LEFT + (x - least) / (most - least) * STANDING;
}

static void put_line(struct value *lines, const struct line_point *points, size_t count, size_t which, const char *name,
		     double least, double most)
{
	struct value *line = add_object(lines);
	struct text path = TEXT("");
	for (size_t i = 0; i < count; i++)
		path = arena_format(lines->arena, "%.*s%s%.1f,%.1f", TEXT_ARG(path), i ? " " : "",
				    line_x(points[i].x, least, most), 10 + TALL - points[i].y[which] * TALL);
	put_string(line, "name", name);
	put_text(line, "points", path);
	put_format(line, "class", "line%zu", which + 1);
	put_place(line, "legend_y", 14 + 20 * (double)which);
	put_place(line, "legend_text_y", 19 + 20 * (double)which);
}

static void put_points(struct value *out, const struct line_point *points, size_t count, size_t lines)
{
	struct value *rows = put_array(out, "rows");
	for (size_t i = 0; i < count; i++) {
		struct value *row = add_object(rows);
		put_format(row, "x", "%.1f", points[i].x);
		struct value *cells = put_array(row, "cells");
		for (size_t k = 0; k < lines; k++)
			put_format(add_object(cells), "shown", "%.4f", points[i].y[k]);
	}
}

void chart_lines(struct value *page, const struct chart *chart, const struct line_point *points, size_t count,
		 const char *const *names, const char *x_heading, double mark)
{
	struct value *out = begin(page, "lines", chart), *lines = put_array(out, "series"),
		     *ticks = put_array(out, "ticks");
	double least = count ? points[0].x : 0, most = count ? points[count - 1].x : 1;
	size_t line_count = 0;
	if (!(most > least))
		most = least + 1;
	for (; names[line_count]; line_count++)
		put_line(lines, points, count, line_count, names[line_count], least, most);
	double step = step_of(most - least);
	for (double at = ceil(least / step) * step; at <= most; at += step) {
		struct value *tick = add_object(ticks);
		put_place(tick, "x", line_x(at, least, most));
		put_format(tick, "label", "%g", fabs(at) < step / 1000 ? 0 : at);
	}
	put_heights(out, 1);
	if (mark >= least && mark <= most)
		put_place(out, "mark", line_x(mark, least, most));
	put_string(out, "x_heading", x_heading);
	put_points(out, points, count, line_count);
}
