/* Words into lines, lines onto pages, and what they are into the tree of structure. */
#include "web/pdf_int.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A4, in points. */
static const double left = 57, top = 785, bottom = 62, width = 481;
static const double leading = 1.32, cell_gap = 6;

enum { TEXT_LARGEST = 64 << 20 };

struct look {
	double size, above, below;
	bool bold;
};
static const struct look looks[] = {
	{10, 0, 5, false}, {20, 0, 8, true}, {15, 16, 6, true}, {11.5, 11, 3, true}, {8.5, 0, 4, false}};
enum { LOOK_BODY = 0, LOOK_NOTE = 4 };

/* ---- structure ------------------------------------------------------------------------------------------ */

static void add_kid(struct pdf *pdf, int parent, struct pdf_kid kid)
{
	struct pdf_node *node = &pdf->nodes[parent];
	ARRAY_GROW(pdf->kids, pdf->kid_count, pdf->kid_capacity);
	kid.next = NONE;
	pdf->kids[pdf->kid_count] = kid;
	if (node->last == NONE)
		node->first = (int)pdf->kid_count;
	else
		pdf->kids[node->last].next = (int)pdf->kid_count;
	node->last = (int)pdf->kid_count++;
}

int pdf_node_add(struct pdf *pdf, const char *type, int parent)
{
	int number = (int)pdf->node_count;
	ARRAY_GROW(pdf->nodes, pdf->node_count, pdf->node_capacity);
	pdf->nodes[pdf->node_count++] = (struct pdf_node){type, parent, NONE, NONE};
	if (parent != NONE)
		add_kid(pdf, parent, (struct pdf_kid){.node = number});
	return number;
}

static struct pdf_page *page_of(struct pdf *pdf)
{
	return &pdf->pages[pdf->page_count - 1];
}

static void begin_marked(struct pdf *pdf, int node)
{
	struct pdf_page *page = page_of(pdf);
	ARRAY_GROW(page->marks, page->mark_count, page->mark_capacity);
	page->marks[page->mark_count] = (struct pdf_mark){node};
	add_kid(pdf, node,
		(struct pdf_kid){.node = NONE, .page = (int)pdf->page_count - 1, .mark = (int)page->mark_count});
	buf_format(&page->content, "/%s<</MCID %zu>>BDC\n", pdf->nodes[node].type, page->mark_count++);
}

static void end_marked(struct pdf *pdf)
{
	buf_format(&page_of(pdf)->content, "EMC\n");
}

/* ---- lines ----------------------------------------------------------------------------------------------- */

struct lines {
	struct text *at;
	size_t count, capacity;
};

/* What has no place on a line becomes a blank. */
static uint32_t next_character(struct text words, size_t *at)
{
	uint32_t character = utf8_next(words, at);
	return character < 32 || character == 0xa0 ? ' ' : character;
}

static double width_of(struct pdf *pdf, struct text words, double size)
{
	double sum = 0;
	for (size_t at = 0; at < words.len;)
		sum += pdf_font_width(&pdf->font, pdf_font_glyph(&pdf->font, next_character(words, &at)));
	return sum * size / 1000;
}

/* How much of WORDS goes on one line: up to a blank, else as many characters as there is room for. */
static size_t fitting(struct pdf *pdf, struct text words, double size, double room)
{
	size_t blank = 0, at = 0;
	double sum = 0;
	while (at < words.len) {
		size_t before = at;
		uint32_t character = next_character(words, &at);
		if (words.at[before] == '\n')
			return before;
		sum += pdf_font_width(&pdf->font, pdf_font_glyph(&pdf->font, character)) * size / 1000;
		if (character == ' ')
			blank = before;
		if (sum > room && character != ' ')
			return blank ? blank : before ? before : at;
	}
	return words.len;
}

static void break_lines(struct lines *lines, struct pdf *pdf, struct text words, double size, double room)
{
	*lines = (struct lines){.at = NULL};
	if (utf8_first_invalid(words) < words.len)
		words = TEXT("(this text is not valid UTF-8)");
	while (words.len) {
		size_t len = fitting(pdf, words, size, room);
		bool blank = len < words.len && (words.at[len] == ' ' || words.at[len] == '\n');
		ARRAY_GROW(lines->at, lines->count, lines->capacity);
		/* with its blank: whoever hears the page would hear two words as one */
		lines->at[lines->count++] = text_slice(words.at, len + blank);
		words = text_slice(words.at + len + blank, words.len - len - blank);
	}
}

static void draw_line(struct pdf *pdf, struct text words, double x, double y, const struct look *look)
{
	struct buf *out = &page_of(pdf)->content;
	buf_format(out, "BT /F1 %.1f Tf %d Tr %.2f w %.1f %.1f Td <", look->size, look->bold ? 2 : 0, look->size / 34,
		   x, y);
	for (size_t at = 0; at < words.len;)
		buf_format(out, "%04x", pdf_font_glyph(&pdf->font, next_character(words, &at)));
	buf_format(out, "> Tj ET\n");
}

/* ---- pages ------------------------------------------------------------------------------------------------ */

void pdf_begin_page(struct pdf *pdf)
{
	static const struct look look = {8, 0, 0, false};
	char number[24];
	ARRAY_GROW(pdf->pages, pdf->page_count, pdf->page_capacity);
	pdf->pages[pdf->page_count] = (struct pdf_page){.marks = NULL};
	buf_init(&pdf->pages[pdf->page_count++].content, TEXT_LARGEST);
	snprintf(number, sizeof number, "%zu", pdf->page_count);
	buf_format(&page_of(pdf)->content, "/Artifact <</Type/Pagination>>BDC\n");
	draw_line(pdf, buf_text(&pdf->title), left, 34, &look);
	draw_line(pdf, text_of(number), left + width - width_of(pdf, text_of(number), 8), 34, &look);
	end_marked(pdf);
	pdf->y = top;
}

static void need(struct pdf *pdf, double height)
{
	if (pdf->y - height < bottom && pdf->y < top)
		pdf_begin_page(pdf);
}

/* Words of one element, over as many pages as they need. */
static void flow(struct pdf *pdf, int node, struct text words, double indent, const struct look *look)
{
	struct lines lines;
	double step = look->size * leading;
	break_lines(&lines, pdf, words, look->size, width - indent);
	need(pdf, look->above + step * (look->bold ? 3 : 1)); /* a heading stays with what it is of */
	if (pdf->y < top)
		pdf->y -= look->above;
	for (size_t i = 0; i < lines.count;) {
		need(pdf, step);
		begin_marked(pdf, node);
		for (; i < lines.count && pdf->y - step >= bottom; i++, pdf->y -= step)
			draw_line(pdf, lines.at[i], left + indent, pdf->y - look->size, look);
		end_marked(pdf);
	}
	pdf->y -= look->below;
	free(lines.at);
}

/* ---- blocks ------------------------------------------------------------------------------------------------ */

void pdf_heading(struct pdf *pdf, int level, struct text words)
{
	static const char *const types[] = {"P", "H1", "H2", "H3"};
	const struct look *look = &looks[level];
	int node = pdf_node_add(pdf, types[level], 0);
	flow(pdf, node, words, 0, look);
	ARRAY_GROW(pdf->bookmarks, pdf->bookmark_count, pdf->bookmark_capacity);
	char *kept = memory_alloc(words.len + 1, 1);
	if (words.len)
		memcpy(kept, words.at, words.len);
	pdf->bookmarks[pdf->bookmark_count++] =
		(struct pdf_bookmark){level, (int)pdf->page_count - 1, pdf->y + look->below + look->size * 1.6, kept};
}

void pdf_paragraph(struct pdf *pdf, struct text words)
{
	if (words.len)
		flow(pdf, pdf_node_add(pdf, "P", 0), words, 0, &looks[LOOK_BODY]);
}

void pdf_note(struct pdf *pdf, struct text words)
{
	if (words.len)
		flow(pdf, pdf_node_add(pdf, "P", 0), words, 0, &looks[LOOK_NOTE]);
}

void pdf_list_begin(struct pdf *pdf)
{
	pdf->list = pdf_node_add(pdf, "L", 0);
}

void pdf_list_item(struct pdf *pdf, struct text words)
{
	const struct look *look = &looks[LOOK_BODY];
	int item = pdf_node_add(pdf, "LI", pdf->list);
	need(pdf, look->size * leading);
	int label = pdf_node_add(pdf, "Lbl", item);
	begin_marked(pdf, label);
	draw_line(pdf, TEXT("\xe2\x80\xa2"), left + 4, pdf->y - look->size, look);
	end_marked(pdf);
	flow(pdf, pdf_node_add(pdf, "LBody", item), words, 16, look);
}

void pdf_list_end(struct pdf *pdf)
{
	pdf->list = NONE;
}

/* ---- tables ------------------------------------------------------------------------------------------------- */

static void draw_rule(struct pdf *pdf)
{
	buf_format(&page_of(pdf)->content, "/Artifact BMC\n0.7 G 0.5 w %.1f %.1f m %.1f %.1f l S 0 G\nEMC\n", left,
		   pdf->y + 2.0, left + width, pdf->y + 2.0);
}

/* Lines of STEP that go on the page: the one that need() made room for, and more by the same reckoning. A quotient may
 * say none where need() says one, and then no page would ever do. */
static size_t room_for(const struct pdf *pdf, double step)
{
	size_t room = 1;
	while (pdf->y - (double)(room + 1) * step >= bottom)
		room++;
	return room;
}

/* A row that fits stays on one page; one that is longer than a page goes over. */
static void draw_row(struct pdf *pdf, const struct text *cells, const int *nodes, const struct look *look)
{
	struct lines lines[PDF_COLUMNS_MOST];
	double step = look->size * leading, x;
	size_t most = 0, done = 0;
	for (size_t c = 0; c < pdf->columns; c++) {
		break_lines(&lines[c], pdf, cells[c], look->size, pdf->widths[c] - cell_gap);
		most = lines[c].count > most ? lines[c].count : most;
	}
	if ((double)most * step < top - bottom)
		need(pdf, (double)most * step);
	while (done < most) {
		need(pdf, step);
		size_t room = room_for(pdf, step), end = done + room < most ? done + room : most;
		x = left;
		for (size_t c = 0; c < pdf->columns; x += pdf->widths[c++]) {
			if (done >= lines[c].count)
				continue;
			struct look own = *look;
			own.bold = look->bold || (pdf->row_headings && c == 0);
			begin_marked(pdf, nodes[c]);
			for (size_t i = done; i < end && i < lines[c].count; i++)
				draw_line(pdf, lines[c].at[i], x, pdf->y - look->size - (double)(i - done) * step,
					  &own);
			end_marked(pdf);
		}
		pdf->y -= (double)(end - done) * step;
		done = end;
	}
	pdf->y -= 3;
	draw_rule(pdf);
	for (size_t c = 0; c < pdf->columns; c++)
		free(lines[c].at);
}

static void add_row(struct pdf *pdf, const struct text *cells, int parent, bool headings)
{
	static const struct look look = {8.5, 0, 0, false}, bold = {8.5, 0, 0, true};
	int nodes[PDF_COLUMNS_MOST], row = pdf_node_add(pdf, "TR", parent);
	for (size_t c = 0; c < pdf->columns; c++)
		nodes[c] = pdf_node_add(pdf, headings ? "TH" : pdf->row_headings && c == 0 ? "TH " : "TD", row);
	draw_row(pdf, cells, nodes, headings ? &bold : &look);
}

void pdf_table_begin(struct pdf *pdf, const struct text *headings, size_t columns, const int *shares)
{
	int sum = 0;
	pdf->columns = columns < PDF_COLUMNS_MOST ? columns : PDF_COLUMNS_MOST;
	for (size_t c = 0; c < pdf->columns; c++)
		sum += shares ? shares[c] : 1;
	for (size_t c = 0; c < pdf->columns; c++)
		pdf->widths[c] = width * (shares ? shares[c] : 1) / sum;
	pdf->row_headings = !headings;
	pdf->table = pdf_node_add(pdf, "Table", 0);
	if (headings) {
		need(pdf, 40);
		add_row(pdf, headings, pdf_node_add(pdf, "THead", pdf->table), true);
	}
	pdf->body = pdf_node_add(pdf, "TBody", pdf->table);
}

void pdf_table_row(struct pdf *pdf, const struct text *cells)
{
	add_row(pdf, cells, pdf->body, false);
}

void pdf_table_end(struct pdf *pdf)
{
	pdf->table = NONE;
	pdf->y -= 6;
}

/* ---- life ------------------------------------------------------------------------------------------------------ */

enum status pdf_new(struct pdf **out, struct text title, struct text language, struct error *error)
{
	struct pdf *pdf = memory_alloc(1, sizeof *pdf);
	enum status status = pdf_font_open(&pdf->font, error);
	if (status != STATUS_OK) {
		free(pdf);
		return status;
	}
	pdf->list = pdf->table = NONE;
	buf_init(&pdf->title, 4096);
	buf_init(&pdf->language, 64);
	buf_append_text(&pdf->title, title);
	buf_append_text(&pdf->language, language);
	pdf_node_add(pdf, "Document", NONE);
	pdf_begin_page(pdf);
	*out = pdf;
	return STATUS_OK;
}

void pdf_free(struct pdf *pdf)
{
	if (!pdf)
		return;
	for (size_t i = 0; i < pdf->page_count; i++) {
		buf_wipe(&pdf->pages[i].content);
		buf_release(&pdf->pages[i].content);
		free(pdf->pages[i].marks);
	}
	for (size_t i = 0; i < pdf->bookmark_count; i++) {
		explicit_bzero(pdf->bookmarks[i].words, strlen(pdf->bookmarks[i].words));
		free(pdf->bookmarks[i].words);
	}
	pdf_font_close(&pdf->font);
	buf_release(&pdf->title);
	buf_release(&pdf->language);
	free(pdf->pages);
	free(pdf->nodes);
	free(pdf->kids);
	free(pdf->bookmarks);
	free(pdf);
}
