/* One TrueType font inside a document: which glyph a character has, how wide it is, and the font with only the glyphs
 * that were used (OpenType 1.9: head, hhea, maxp, hmtx, loca, glyf, cmap formats 4 and 12).
 *
 * The font is part of the program, so what is read here is ours; a table that does not fit all the same is refused.
 * Characters are set one by one: no ligatures, no joined scripts.
 */
#ifndef WEB_PDF_FONT_H
#define WEB_PDF_FONT_H

#include "base/buf.h"
#include "base/error.h"

struct pdf_font {
	struct text file;
	size_t head, hhea, hmtx, loca, glyf, cmap; /* where the tables begin */
	unsigned glyphs, advances, units;
	bool long_offsets;
	uint32_t *used; /* by glyph: the character that it was used for first, 0: not */
};
enum status pdf_font_open(struct pdf_font *font, struct error *error) MUST_CHECK;
void pdf_font_close(struct pdf_font *font);
unsigned pdf_font_glyph(struct pdf_font *font, uint32_t character); /* from now on used; 0: the font has none */
int pdf_font_width(const struct pdf_font *font, unsigned glyph);    /* in thousandths of the size */
enum pdf_metric { METRIC_ASCENT, METRIC_DESCENT, METRIC_LEFT, METRIC_BOTTOM, METRIC_RIGHT, METRIC_TOP };
int pdf_font_metric(const struct pdf_font *font, enum pdf_metric metric); /* likewise */
/* A TrueType file whose other glyphs are empty; numbers of glyphs stay. */
void pdf_font_subset(struct pdf_font *font, struct buf *out);

#endif
