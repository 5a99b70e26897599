/* A tagged PDF of flowing text: headings with bookmarks, paragraphs, lists, tables (ISO 32000-1, 14.8).
 *
 *     struct pdf *pdf;
 *     status = pdf_new(&pdf, title, TEXT("en-GB"), error);
 *     pdf_heading(pdf, 1, title);
 *     pdf_paragraph(pdf, words);
 *     pdf_table_begin(pdf, headings, 3);  pdf_table_row(pdf, cells);  pdf_table_end(pdf);
 *     status = pdf_write(pdf, &out, error);
 *     pdf_free(pdf);
 *
 * The server may start no program, so this is written here and not printed by a browser.  Text is text: Unicode can be
 * read back from it, in the order of the document's structure.  Title, language and structure are there; the font is
 * embedded, cut to the glyphs used.  What is not there: a check by a validator of PDF/UA, and scripts that join or run
 * from right to left (characters are set one by one, from the left).
 */
#ifndef WEB_PDF_H
#define WEB_PDF_H

#include "base/buf.h"
#include "base/error.h"

struct pdf;
enum status pdf_new(struct pdf **out, struct text title, struct text language, struct error *error) MUST_CHECK;
void pdf_free(struct pdf *pdf); /* wipes what was written; NULL is fine */

void pdf_heading(struct pdf *pdf, int level, struct text words); /* 1 to 3 */
void pdf_paragraph(struct pdf *pdf, struct text words);
void pdf_note(struct pdf *pdf, struct text words); /* smaller */
void pdf_list_begin(struct pdf *pdf);
void pdf_list_item(struct pdf *pdf, struct text words);
void pdf_list_end(struct pdf *pdf);

enum { PDF_COLUMNS_MOST = 12 };
/* SHARES of the width, NULL: all alike. HEADINGS NULL: the first cell of each row is its heading. */
void pdf_table_begin(struct pdf *pdf, const struct text *headings, size_t columns, const int *shares);
void pdf_table_row(struct pdf *pdf, const struct text *cells);
void pdf_table_end(struct pdf *pdf);

/* STATUS_TOO_LARGE when OUT's ceiling is reached. */
enum status pdf_write(struct pdf *pdf, struct buf *out, struct error *error) MUST_CHECK;

#endif
