/* The same document as a PDF: headings, explanations, rows and tables, in the page's order. */
#include "web/pdf.h"
#include "web/subject_access.h"

static struct text said(const struct value *object, const char *key)
{
	const struct value *member = document_member(object, text_of(key));
	return member && member->kind == VALUE_TEXT ? member->text : TEXT("");
}

static int64_t number(const struct value *object, const char *key)
{
	const struct value *member = document_member(object, text_of(key));
	return member && member->kind == VALUE_INT ? member->number : 0;
}

static const struct value *first_of(const struct value *object, const char *key)
{
	const struct value *member = document_member(object, text_of(key));
	return member && member->kind == VALUE_ARRAY ? member->first : NULL;
}

static void write_head(struct pdf *pdf, const struct value *document)
{
	struct arena *arena = document->arena;
	struct text council = said(document, "council"), lead = said(document, "lead"), on = said(document, "date"),
		    resident = said(document, "resident"), waits = said(document, "waiting_words"),
		    withheld = said(document, "withheld_words");
	pdf_heading(pdf, 1, said(document, "title"));
	pdf_paragraph(pdf, council);
	pdf_paragraph(pdf, arena_format(arena, "%.*s Made on %.*s; resident %.*s.", TEXT_ARG(lead), TEXT_ARG(on),
					TEXT_ARG(resident)));
	pdf_list_begin(pdf);
	for (const struct value *n = first_of(document, "numbers"); n; n = n->next)
		pdf_list_item(pdf, arena_format(arena, "%.*s: %lld", TEXT_ARG(said(n, "title")),
						(long long)number(n, "value")));
	pdf_list_end(pdf);
	if (number(document, "waiting"))
		pdf_paragraph(pdf, arena_format(arena,
						"%lld %.*s not in this copy yet: two persons must first have confirmed "
						"that what it says of somebody else, or about safety, may be given to "
						"you.",
						(long long)number(document, "waiting"), TEXT_ARG(waits)));
	if (!number(document, "withheld"))
		return;
	pdf_paragraph(pdf, arena_format(arena,
					"%lld %.*s left out of this copy after two persons had looked, to protect "
					"somebody else or somebody's safety. You may ask for that to be looked at "
					"again, and complain to the Information Commissioner.",
					(long long)number(document, "withheld"), TEXT_ARG(withheld)));
	pdf_list_begin(pdf);
	for (const struct value *e = first_of(document, "exemptions"); e; e = e->next)
		pdf_list_item(pdf, arena_format(arena, "%.*s: %lld (%.*s)", TEXT_ARG(said(e, "title")),
						(long long)number(e, "count"), TEXT_ARG(said(e, "law"))));
	pdf_list_end(pdf);
}

static void write_explanations(struct pdf *pdf, const struct value *document)
{
	pdf_heading(pdf, 2, TEXT("How this works, and what it means for you"));
	for (const struct value *one = first_of(document, "explanations"); one; one = one->next) {
		pdf_heading(pdf, 3, said(one, "title"));
		for (const struct value *words = first_of(one, "paragraphs"); words; words = words->next)
			if (words->kind == VALUE_TEXT)
				pdf_paragraph(pdf, words->text);
	}
}

static struct text value_words(const struct value *document, const struct value *value)
{
	const struct value *disputed = document_member(value, TEXT("disputed"));
	struct text words = said(value, "value");
	return disputed && disputed->kind == VALUE_TRUE
		       ? arena_format(document->arena, "%.*s (You dispute this.)", TEXT_ARG(words))
		       : words;
}

static void write_rows(struct pdf *pdf, const struct value *document)
{
	static const int shares[] = {3, 7};
	pdf_heading(pdf, 2, said(document, "rows_title"));
	for (const struct value *row = first_of(document, "rows"); row; row = row->next) {
		pdf_heading(pdf, 3, said(row, "title"));
		pdf_note(pdf, said(row, "source"));
		pdf_table_begin(pdf, NULL, 2, shares);
		for (const struct value *value = first_of(row, "values"); value; value = value->next)
			pdf_table_row(pdf, (const struct text[]){said(value, "title"), value_words(document, value)});
		pdf_table_end(pdf);
	}
}

static size_t take_cells(struct text *cells, const struct value *first)
{
	size_t count = 0;
	for (; first && count < PDF_COLUMNS_MOST; first = first->next)
		cells[count++] = first->kind == VALUE_TEXT ? first->text : TEXT("");
	return count;
}

static void write_tables(struct pdf *pdf, const struct value *document)
{
	for (const struct value *table = first_of(document, "tables"); table; table = table->next) {
		struct text cells[PDF_COLUMNS_MOST];
		const struct value *row = first_of(table, "rows");
		pdf_heading(pdf, 2, said(table, "title"));
		pdf_paragraph(pdf, said(table, "says"));
		if (!row) {
			pdf_paragraph(pdf, TEXT("Nothing."));
			continue;
		}
		size_t columns = take_cells(cells, first_of(table, "headings"));
		pdf_table_begin(pdf, cells, columns, NULL);
		for (; row; row = row->next) {
			if (take_cells(cells, first_of(row, "cells")) == columns)
				pdf_table_row(pdf, cells);
		}
		pdf_table_end(pdf);
	}
}

enum status subject_access_pdf(struct buf *out, const struct value *document, struct error *error)
{
	struct pdf *pdf;
	enum status status = pdf_new(&pdf, said(document, "title"), TEXT("en-GB"), error);
	if (status != STATUS_OK)
		return status;
	write_head(pdf, document);
	if (first_of(document, "explanations"))
		write_explanations(pdf, document);
	write_rows(pdf, document);
	write_tables(pdf, document);
	status = pdf_write(pdf, out, error);
	pdf_free(pdf);
	return status;
}
