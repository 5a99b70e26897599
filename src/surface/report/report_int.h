/* Charts: numbers into places on a canvas 640 wide; the templates draw what is put here. */
#ifndef REPORT_REPORT_INT_H
#define REPORT_REPORT_INT_H

#include "report/report.h"
#include "web/document.h"

struct chart { /* head of every chart */
	const char *id, *title, *says;
	const char *key; /* where it stands in the document; NULL: its id */
};

struct bar {
	struct text label;
	bool heading;      /* the label alone */
	double from, to;   /* in the chart's units; the bar lies between */
	double second;     /* a thinner bar from 0 under the first; NAN: none */
	const char *class; /* "m", "u", "good", "bad", "sum" */
	char shown[48];    /* the numbers, as text */
};
/* Bars that lie, a row each. LEAST and MOST are the ends of the scale, which holds 0. */
void chart_bars(struct value *page, const struct chart *chart, const struct bar *bars, size_t count, double least,
		double most);

struct column {
	char label[24];
	double value;
	const char *class;
	char shown[32];
};
/* Bars that stand; a label under every STEPth. */
void chart_columns(struct value *page, const struct chart *chart, const struct column *columns, size_t count,
		   size_t step, const char *label_heading, const char *value_heading);

enum { CHART_LINES = 3 };
struct line_point {
	double x, y[CHART_LINES];
};
/* Lines over a common x; y from 0 to 1. NAMES end with NULL. */
void chart_lines(struct value *page, const struct chart *chart, const struct line_point *points, size_t count,
		 const char *const *names, const char *x_heading, double mark);

#endif
