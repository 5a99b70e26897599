#include "web/pdf_font.h"

#include "base/memory.h"

#include <stdlib.h>

extern const char font_sans[];
extern const unsigned long font_sans_len;

/* ---- numbers, most significant byte first ---------------------------------------------------------- */

static unsigned u8(const struct pdf_font *font, size_t at)
{
	return at < font->file.len ? (unsigned char)font->file.at[at] : 0;
}

static unsigned u16(const struct pdf_font *font, size_t at)
{
	return u8(font, at) << 8 | u8(font, at + 1);
}

static int s16(const struct pdf_font *font, size_t at)
{
	return (int16_t)u16(font, at);
}

static uint32_t u32(const struct pdf_font *font, size_t at)
{
	return (uint32_t)u16(font, at) << 16 | u16(font, at + 2);
}

static void put16(struct buf *out, unsigned number)
{
	buf_append_char(out, (char)(number >> 8));
	buf_append_char(out, (char)number);
}

static void put32(struct buf *out, uint32_t number)
{
	put16(out, number >> 16);
	put16(out, number & 0xffff);
}

/* ---- reading --------------------------------------------------------------------------------------- */

static size_t find_table(const struct pdf_font *font, const char *tag, size_t *len)
{
	for (unsigned i = 0; i < u16(font, 4); i++) {
		size_t at = 12 + 16 * (size_t)i;
		if (at + 16 > font->file.len || memcmp(font->file.at + at, tag, 4) != 0)
			continue;
		*len = u32(font, at + 12);
		return u32(font, at + 8) + *len <= font->file.len ? u32(font, at + 8) : 0;
	}
	return 0;
}

/* The map of all of Unicode (format 12), else that of its first plane (format 4). */
static size_t find_map(const struct pdf_font *font, size_t cmap)
{
	size_t best = 0;
	for (unsigned i = 0; i < u16(font, cmap + 2); i++) {
		size_t entry = cmap + 4 + 8 * (size_t)i, at = cmap + u32(font, entry + 4);
		unsigned format = u16(font, at);
		if (u16(font, entry) == 3 && (format == 12 || (format == 4 && !best)))
			best = at;
	}
	return best;
}

enum status pdf_font_open(struct pdf_font *font, struct error *error)
{
	size_t len = 0;
	*font = (struct pdf_font){.file = text_slice(font_sans, font_sans_len)};
	font->head = find_table(font, "head", &len);
	font->hhea = find_table(font, "hhea", &len);
	font->hmtx = find_table(font, "hmtx", &len);
	font->loca = find_table(font, "loca", &len);
	font->glyf = find_table(font, "glyf", &len);
	size_t maxp = find_table(font, "maxp", &len), cmap = find_table(font, "cmap", &len);
	font->cmap = cmap ? find_map(font, cmap) : 0;
	if (!font->head || !font->hhea || !font->hmtx || !font->loca || !font->glyf || !maxp || !font->cmap)
		return error_set(error, STATUS_CORRUPT, "pdf.font", "the font in this program cannot be read");
	font->glyphs = u16(font, maxp + 4);
	font->advances = u16(font, font->hhea + 34);
	font->units = u16(font, font->head + 18);
	font->long_offsets = u16(font, font->head + 50) != 0;
	if (!font->glyphs || !font->advances || !font->units)
		return error_set(error, STATUS_CORRUPT, "pdf.font", "the font in this program has no glyphs");
	font->used = memory_alloc(font->glyphs, sizeof *font->used);
	return STATUS_OK;
}

void pdf_font_close(struct pdf_font *font)
{
	free(font->used);
	font->used = NULL;
}

static unsigned find_in_groups(const struct pdf_font *font, uint32_t character)
{
	uint32_t low = 0, high = u32(font, font->cmap + 12);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		size_t group = font->cmap + 16 + 12 * (size_t)middle;
		if (character > u32(font, group + 4))
			low = middle + 1;
		else if (character < u32(font, group))
			high = middle;
		else
			return u32(font, group + 8) + (character - u32(font, group));
	}
	return 0;
}

static unsigned find_in_segments(const struct pdf_font *font, uint32_t character)
{
	size_t count = u16(font, font->cmap + 6) / 2, ends = font->cmap + 14, starts = ends + 2 * count + 2;
	for (size_t i = 0; i < count && character <= 0xffff; i++) {
		unsigned start = u16(font, starts + 2 * i);
		size_t delta = starts + 2 * count + 2 * i, range = delta + 2 * count;
		if (character > u16(font, ends + 2 * i))
			continue;
		if (character < start)
			return 0;
		unsigned offset = u16(font, range);
		unsigned glyph = offset ? u16(font, range + offset + 2 * (character - start)) : character;
		return glyph || !offset ? (glyph + u16(font, delta)) & 0xffff : 0;
	}
	return 0;
}

unsigned pdf_font_glyph(struct pdf_font *font, uint32_t character)
{
	unsigned glyph =
		u16(font, font->cmap) == 12 ? find_in_groups(font, character) : find_in_segments(font, character);
	if (glyph >= font->glyphs)
		glyph = 0;
	if (!font->used[glyph])
		font->used[glyph] = glyph ? character : 0xfffd;
	return glyph;
}

static int thousandths(const struct pdf_font *font, int units)
{
	return units * 1000 / (int)font->units;
}

int pdf_font_width(const struct pdf_font *font, unsigned glyph)
{
	unsigned row = glyph < font->advances ? glyph : font->advances - 1;
	return thousandths(font, (int)u16(font, font->hmtx + 4 * (size_t)row));
}

int pdf_font_metric(const struct pdf_font *font, enum pdf_metric metric)
{
	const size_t places[] = {
		[METRIC_ASCENT] = font->hhea + 4,  [METRIC_DESCENT] = font->hhea + 6, [METRIC_LEFT] = font->head + 36,
		[METRIC_BOTTOM] = font->head + 38, [METRIC_RIGHT] = font->head + 40,  [METRIC_TOP] = font->head + 42};
	return thousandths(font, s16(font, places[metric]));
}

/* ---- only what was used --------------------------------------------------------------------------------- */

static size_t glyph_place(const struct pdf_font *font, unsigned glyph)
{
	return font->long_offsets ? u32(font, font->loca + 4 * (size_t)glyph)
				  : 2 * (size_t)u16(font, font->loca + 2 * (size_t)glyph);
}

/* Parts of a glyph that is put together of others (an accented letter) are used with it. */
static void use_parts(struct pdf_font *font, unsigned glyph)
{
	enum { WORDS = 1, SCALE = 8, MORE = 32, TWO_SCALES = 64, FOUR_SCALES = 128 };
	size_t at = font->glyf + glyph_place(font, glyph);
	if (glyph_place(font, glyph) == glyph_place(font, glyph + 1) || s16(font, at) >= 0)
		return;
	unsigned flags = MORE;
	for (at += 10; flags & MORE;) {
		flags = u16(font, at);
		unsigned part = u16(font, at + 2);
		at += 4 + (flags & WORDS ? 4U : 2U);
		at += flags & SCALE ? 2U : flags & TWO_SCALES ? 4U : flags & FOUR_SCALES ? 8U : 0U;
		if (part >= font->glyphs || font->used[part])
			continue;
		font->used[part] = UINT32_MAX; /* has no character of its own here */
		use_parts(font, part);
	}
}

static void cut_glyphs(struct pdf_font *font, struct buf *loca, struct buf *glyf)
{
	font->used[0] = font->used[0] ? font->used[0] : UINT32_MAX;
	for (unsigned g = 0; g < font->glyphs; g++)
		if (font->used[g])
			use_parts(font, g);
	for (unsigned g = 0; g < font->glyphs; g++) {
		size_t at = glyph_place(font, g), end = glyph_place(font, g + 1);
		put32(loca, (uint32_t)glyf->len);
		if (font->used[g] && end > at && font->glyf + end <= font->file.len)
			buf_append(glyf, font->file.at + font->glyf + at, end - at);
		while (glyf->len % 4)
			buf_append_char(glyf, '\0');
	}
	put32(loca, (uint32_t)glyf->len);
}

static uint32_t checksum(struct text table)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < table.len; i++)
		sum += (uint32_t)(unsigned char)table.at[i] << (24 - 8 * (i % 4));
	return sum;
}

enum { KEPT_TABLES = 9 };

static void write_tables(struct buf *out, const char *const *tags, const struct text *tables)
{
	size_t at = 12 + 16 * (size_t)KEPT_TABLES;
	put32(out, 0x10000);
	put16(out, KEPT_TABLES);
	put16(out, 128); /* for a binary search over nine tables */
	put16(out, 3);
	put16(out, KEPT_TABLES * 16 - 128);
	for (size_t i = 0; i < KEPT_TABLES; i++) {
		buf_append(out, tags[i], 4);
		put32(out, checksum(tables[i]));
		put32(out, (uint32_t)at);
		put32(out, (uint32_t)tables[i].len);
		at += (tables[i].len + 3) / 4 * 4;
	}
	for (size_t i = 0; i < KEPT_TABLES; i++) {
		buf_append_text(out, tables[i]);
		while (out->len % 4)
			buf_append_char(out, '\0');
	}
}

void pdf_font_subset(struct pdf_font *font, struct buf *out)
{
	static const char *const tags[KEPT_TABLES] = {"cvt ", "fpgm", "glyf", "head", "hhea",
						      "hmtx", "loca", "maxp", "prep"};
	enum { GLYF = 2, HEAD = 3, LOCA = 6 };
	struct text tables[KEPT_TABLES];
	struct buf loca, glyf, head;
	buf_init(&loca, 1 << 20);
	buf_init(&glyf, 4 << 20);
	buf_init(&head, 4096);
	cut_glyphs(font, &loca, &glyf);
	for (size_t i = 0; i < KEPT_TABLES; i++) {
		size_t len = 0, at = find_table(font, tags[i], &len);
		tables[i] = text_slice(font->file.at + at, at ? len : 0);
	}
	buf_append_text(&head, tables[HEAD]);
	if (head.len > 51)
		head.at[51] = 1; /* offsets are of four bytes now */
	tables[HEAD] = buf_text(&head);
	tables[GLYF] = buf_text(&glyf);
	tables[LOCA] = buf_text(&loca);
	write_tables(out, tags, tables);
	buf_release(&loca);
	buf_release(&glyf);
	buf_release(&head);
}
