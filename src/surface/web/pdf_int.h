/* Inside the PDF writer: pages, marked content and the tree of structure, as they are made and then written. */
#ifndef WEB_PDF_INT_H
#define WEB_PDF_INT_H

#include "web/pdf.h"
#include "web/pdf_font.h"

enum { NONE = -1 };

struct pdf_node { /* an element of structure */
	const char *type;
	int parent;
	int first, last; /* of its kids */
};
struct pdf_kid { /* a node, or (node NONE) marked content of a page */
	int node, page, mark;
	int next;
};
struct pdf_mark { /* by its number on the page: whose it is */
	int node;
};
struct pdf_page {
	struct buf content;
	struct pdf_mark *marks;
	size_t mark_count, mark_capacity;
};
struct pdf_bookmark {
	int level, page;
	double top;
	char *words;
};

struct pdf {
	struct pdf_font font;
	struct buf title, language;
	struct pdf_page *pages;
	size_t page_count, page_capacity;
	struct pdf_node *nodes;
	size_t node_count, node_capacity;
	struct pdf_kid *kids;
	size_t kid_count, kid_capacity;
	struct pdf_bookmark *bookmarks;
	size_t bookmark_count, bookmark_capacity;
	double y;        /* where the next line's top is */
	int list, table; /* open ones; NONE */
	int body;        /* of the table */
	size_t columns;
	double widths[PDF_COLUMNS_MOST];
	bool row_headings;
};

int pdf_node_add(struct pdf *pdf, const char *type, int parent);
void pdf_begin_page(struct pdf *pdf);

#endif
