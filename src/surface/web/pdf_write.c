/* The file: objects by number, and where each begins (ISO 32000-1, 7.5). */
#include "web/pdf_int.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <zlib.h>

/* Objects in this order; behind them pages, bookmarks and elements of structure. */
enum object {
	CATALOG = 1,
	PAGES,
	TREE,
	PARENTS,
	INFO,
	METADATA,
	FONT,
	FONT_CID,
	FONT_DESCRIPTOR,
	FONT_FILE,
	FONT_UNICODE,
	OUTLINES,
	FIRST_PAGE
};

struct writing {
	struct pdf *pdf;
	struct buf *out;
	size_t *places; /* by number of object */
	size_t count;
};

static int page_object(int page)
{
	return FIRST_PAGE + 2 * page;
}

static int bookmark_object(const struct pdf *pdf, int bookmark)
{
	return page_object((int)pdf->page_count) + bookmark;
}

static int node_object(const struct pdf *pdf, int node)
{
	return bookmark_object(pdf, (int)pdf->bookmark_count) + node;
}

static void begin(struct writing *w, int number)
{
	w->places[number] = w->out->len;
	buf_format(w->out, "%d 0 obj\n", number);
}

static void end(struct writing *w)
{
	buf_format(w->out, "\nendobj\n");
}

/* UTF-16 with its mark, in hexadecimal: a text string of any characters. */
static void put_string16(struct buf *out, struct text words)
{
	buf_format(out, "<FEFF");
	for (size_t at = 0; utf8_first_invalid(words) == words.len && at < words.len;) {
		uint32_t character = utf8_next(words, &at);
		if (character > 0xffff)
			buf_format(out, "%04X%04X", 0xd7c0 + (character >> 10), 0xdc00 + (character & 0x3ff));
		else
			buf_format(out, "%04X", character);
	}
	buf_format(out, ">");
}

static void put_stream(struct writing *w, int number, const char *more, struct text bytes)
{
	uLongf len = compressBound(bytes.len);
	unsigned char *small = memory_alloc(len, 1);
	int failed = compress2(small, &len, (const unsigned char *)bytes.at, bytes.len, 6);
	begin(w, number);
	if (failed)
		buf_format(w->out, "<<%s/Length %zu>>stream\n%.*s", more, bytes.len, 0, "");
	else
		buf_format(w->out, "<<%s/Filter/FlateDecode/Length %lu>>stream\n", more, (unsigned long)len);
	buf_append(w->out, failed ? (const void *)bytes.at : small, failed ? bytes.len : len);
	buf_format(w->out, "\nendstream");
	end(w);
	explicit_bzero(small, len);
	free(small);
}

/* ---- the parts ------------------------------------------------------------------------------------------- */

static void write_catalog(struct writing *w)
{
	const struct pdf *pdf = w->pdf;
	begin(w, CATALOG);
	buf_format(
		w->out,
		"<</Type/Catalog/Pages %d 0 R/Lang(%.*s)/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R/Outlines %d 0 R"
		"/PageMode/UseOutlines/ViewerPreferences<</DisplayDocTitle true>>/Metadata %d 0 R>>",
		PAGES, TEXT_ARG(buf_text(&pdf->language)), TREE, OUTLINES, METADATA);
	end(w);
	begin(w, INFO);
	buf_format(w->out, "<</Title");
	put_string16(w->out, buf_text(&pdf->title));
	buf_format(w->out, "/Producer(OneView)>>");
	end(w);
}

static void put_xml(struct buf *out, struct text words)
{
	for (size_t i = 0; i < words.len; i++) {
		if (words.at[i] == '&' || words.at[i] == '<' || words.at[i] == '>')
			buf_format(out, "&#%d;", words.at[i]);
		else
			buf_append_char(out, words.at[i]);
	}
}

static void write_metadata(struct writing *w)
{
	struct buf xml;
	buf_init(&xml, 64 << 10);
	buf_format(&xml,
		   "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta "
		   "xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
		   "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title><rdf:Alt>"
		   "<rdf:li xml:lang=\"x-default\">");
	put_xml(&xml, buf_text(&w->pdf->title));
	buf_format(&xml,
		   "</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>%.*s</rdf:li></rdf:Bag></dc:language>"
		   "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>",
		   TEXT_ARG(buf_text(&w->pdf->language)));
	begin(w, METADATA);
	buf_format(w->out, "<</Type/Metadata/Subtype/XML/Length %zu>>stream\n", xml.len);
	buf_append_text(w->out, buf_text(&xml));
	buf_format(w->out, "\nendstream");
	end(w);
	buf_release(&xml);
}

static void write_pages(struct writing *w)
{
	const struct pdf *pdf = w->pdf;
	begin(w, PAGES);
	buf_format(w->out, "<</Type/Pages/Count %zu/Kids[", pdf->page_count);
	for (size_t i = 0; i < pdf->page_count; i++)
		buf_format(w->out, "%d 0 R ", page_object((int)i));
	buf_format(w->out, "]/MediaBox[0 0 595 842]/Resources<</Font<</F1 %d 0 R>>>>>>", FONT);
	end(w);
	for (size_t i = 0; i < pdf->page_count; i++) {
		begin(w, page_object((int)i));
		buf_format(w->out, "<</Type/Page/Parent %d 0 R/Contents %d 0 R/StructParents %zu/Tabs/S>>", PAGES,
			   page_object((int)i) + 1, i);
		end(w);
		put_stream(w, page_object((int)i) + 1, "", buf_text(&pdf->pages[i].content));
	}
}

static void write_font(struct writing *w)
{
	struct pdf_font *font = &w->pdf->font;
	begin(w, FONT);
	buf_format(w->out,
		   "<</Type/Font/Subtype/Type0/BaseFont/ONEVIE+DejaVuSans/Encoding/Identity-H/DescendantFonts[%d 0 R]"
		   "/ToUnicode %d 0 R>>",
		   FONT_CID, FONT_UNICODE);
	end(w);
	begin(w, FONT_CID);
	buf_format(w->out,
		   "<</Type/Font/Subtype/CIDFontType2/BaseFont/ONEVIE+DejaVuSans/CIDSystemInfo<</Registry(Adobe)"
		   "/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[",
		   FONT_DESCRIPTOR);
	for (unsigned g = 0; g < font->glyphs; g++)
		if (font->used[g])
			buf_format(w->out, "%u[%d]", g, pdf_font_width(font, g));
	buf_format(w->out, "]>>");
	end(w);
	begin(w, FONT_DESCRIPTOR);
	buf_format(
		w->out,
		"<</Type/FontDescriptor/FontName/ONEVIE+DejaVuSans/Flags 4/ItalicAngle 0/StemV 80/Ascent %d/Descent %d"
		"/CapHeight 729/FontBBox[%d %d %d %d]/FontFile2 %d 0 R>>",
		pdf_font_metric(font, METRIC_ASCENT), pdf_font_metric(font, METRIC_DESCENT),
		pdf_font_metric(font, METRIC_LEFT), pdf_font_metric(font, METRIC_BOTTOM),
		pdf_font_metric(font, METRIC_RIGHT), pdf_font_metric(font, METRIC_TOP), FONT_FILE);
	end(w);
}

static void write_font_file(struct writing *w)
{
	char length[60];
	struct buf file;
	buf_init(&file, 8 << 20);
	pdf_font_subset(&w->pdf->font, &file);
	snprintf(length, sizeof length, "/Length1 %zu", file.len);
	put_stream(w, FONT_FILE, length, buf_text(&file));
	buf_release(&file);
}

/* From glyphs back to characters, a hundred to a section at most. */
static void write_unicode(struct writing *w)
{
	const struct pdf_font *font = &w->pdf->font;
	struct buf map, part;
	size_t in_part = 0;
	buf_init(&map, 4 << 20);
	buf_init(&part, 64 << 10);
	buf_format(&map,
		   "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /OneView def /CMapType 2 "
		   "def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n");
	for (unsigned g = 0; g <= font->glyphs; g++) {
		if (g < font->glyphs && font->used[g] && font->used[g] != UINT32_MAX) {
			uint32_t character = font->used[g];
			if (character > 0xffff)
				buf_format(&part, "<%04X> <%04X%04X>\n", g, 0xd7c0 + (character >> 10),
					   0xdc00 + (character & 0x3ff));
			else
				buf_format(&part, "<%04X> <%04X>\n", g, character);
			in_part++;
		}
		if (in_part && (in_part == 100 || g == font->glyphs)) {
			buf_format(&map, "%zu beginbfchar\n%.*sendbfchar\n", in_part, TEXT_ARG(buf_text(&part)));
			buf_clear(&part);
			in_part = 0;
		}
	}
	buf_format(&map, "endcmap end end");
	put_stream(w, FONT_UNICODE, "", buf_text(&map));
	buf_release(&map);
	buf_release(&part);
}

/* ---- bookmarks ---------------------------------------------------------------------------------------------- */

static int neighbour(const struct pdf *pdf, int at, int step)
{
	int level = pdf->bookmarks[at].level;
	for (int i = at + step; i >= 0 && i < (int)pdf->bookmark_count && pdf->bookmarks[i].level >= level; i += step)
		if (pdf->bookmarks[i].level == level)
			return i;
	return NONE;
}

static int parent_of(const struct pdf *pdf, int at)
{
	int parent = at - 1;
	while (parent >= 0 && pdf->bookmarks[parent].level >= pdf->bookmarks[at].level)
		parent--;
	return parent;
}

static void put_reference(struct writing *w, const char *key, int bookmark)
{
	if (bookmark != NONE)
		buf_format(w->out, "/%s %d 0 R", key, bookmark_object(w->pdf, bookmark));
}

/* FIRST of a list, its last, and how many there are. */
static void put_children(struct writing *w, int first, bool open)
{
	int last = first, count = 0;
	for (int i = first; i != NONE; i = neighbour(w->pdf, i, 1), count++)
		last = i;
	put_reference(w, "First", first);
	put_reference(w, "Last", last);
	if (count)
		buf_format(w->out, "/Count %d", open ? count : -count);
}

static void write_bookmarks(struct writing *w)
{
	const struct pdf *pdf = w->pdf;
	begin(w, OUTLINES);
	buf_format(w->out, "<</Type/Outlines");
	put_children(w, pdf->bookmark_count ? 0 : NONE, true);
	buf_format(w->out, ">>");
	end(w);
	for (int i = 0; i < (int)pdf->bookmark_count; i++) {
		const struct pdf_bookmark *own = &pdf->bookmarks[i];
		int parent = parent_of(pdf, i);
		bool has_children = i + 1 < (int)pdf->bookmark_count && pdf->bookmarks[i + 1].level > own->level;
		begin(w, bookmark_object(pdf, i));
		buf_format(w->out, "<</Title");
		put_string16(w->out, text_of(own->words));
		buf_format(w->out, "/Parent %d 0 R/Dest[%d 0 R/XYZ 0 %.0f null]",
			   parent == NONE ? OUTLINES : bookmark_object(pdf, parent), page_object(own->page), own->top);
		put_reference(w, "Prev", neighbour(pdf, i, -1));
		put_reference(w, "Next", neighbour(pdf, i, 1));
		put_children(w, has_children ? i + 1 : NONE, own->level == 1);
		buf_format(w->out, ">>");
		end(w);
	}
}

/* ---- structure ------------------------------------------------------------------------------------------------ */

static void put_kids(struct writing *w, const struct pdf_node *node)
{
	const struct pdf *pdf = w->pdf;
	buf_format(w->out, "/K[");
	for (int k = node->first; k != NONE; k = pdf->kids[k].next) {
		const struct pdf_kid *kid = &pdf->kids[k];
		if (kid->node != NONE)
			buf_format(w->out, "%d 0 R ", node_object(pdf, kid->node));
		else
			buf_format(w->out, "<</Type/MCR/Pg %d 0 R/MCID %d>>", page_object(kid->page), kid->mark);
	}
	buf_format(w->out, "]");
}

/* "TH " is the heading of a row, "TH" that of a column. */
static void write_nodes(struct writing *w)
{
	const struct pdf *pdf = w->pdf;
	for (int n = 0; n < (int)pdf->node_count; n++) {
		const struct pdf_node *node = &pdf->nodes[n];
		bool heading = node->type[0] == 'T' && node->type[1] == 'H' && node->type[2] != 'e';
		begin(w, node_object(pdf, n));
		buf_format(w->out, "<</Type/StructElem/S/%.*s/P %d 0 R", heading ? 2 : 10, node->type,
			   node->parent == NONE ? TREE : node_object(pdf, node->parent));
		if (heading)
			buf_format(w->out, "/A<</O/Table/Scope/%s>>", node->type[2] ? "Row" : "Column");
		put_kids(w, node);
		buf_format(w->out, ">>");
		end(w);
	}
}

static void write_tree(struct writing *w)
{
	const struct pdf *pdf = w->pdf;
	begin(w, TREE);
	buf_format(w->out, "<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %zu>>",
		   node_object(pdf, 0), PARENTS, pdf->page_count);
	end(w);
	begin(w, PARENTS);
	buf_format(w->out, "<</Nums[");
	for (size_t p = 0; p < pdf->page_count; p++) {
		buf_format(w->out, "%zu[", p);
		for (size_t m = 0; m < pdf->pages[p].mark_count; m++)
			buf_format(w->out, "%d 0 R ", node_object(pdf, pdf->pages[p].marks[m].node));
		buf_format(w->out, "]");
	}
	buf_format(w->out, "]>>");
	end(w);
	write_nodes(w);
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void write_end(struct writing *w)
{
	size_t start = w->out->len;
	buf_format(w->out, "xref\n0 %zu\n0000000000 65535 f \n", w->count);
	for (size_t i = 1; i < w->count; i++)
		buf_format(w->out, "%010zu 00000 n \n", w->places[i]);
	buf_format(w->out, "trailer<</Size %zu/Root %d 0 R/Info %d 0 R>>\nstartxref\n%zu\n%%%%EOF\n", w->count, CATALOG,
		   INFO, start);
}

enum status pdf_write(struct pdf *pdf, struct buf *out, struct error *error)
{
	struct writing w = {.pdf = pdf, .out = out, .count = (size_t)node_object(pdf, (int)pdf->node_count)};
	w.places = memory_alloc(w.count, sizeof *w.places);
	buf_clear(out);
	buf_format(out, "%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n");
	write_catalog(&w);
	write_metadata(&w);
	write_pages(&w);
	write_font(&w);
	write_font_file(&w);
	write_unicode(&w);
	write_bookmarks(&w);
	write_tree(&w);
	write_end(&w);
	free(w.places);
	if (out->failed)
		return error_set(error, STATUS_TOO_LARGE, "pdf.large", "the document is too large for one PDF");
	return STATUS_OK;
}
