/* UTF-8: checked, decoded, and made from what councils' systems export. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"

/* Offset of the first byte that is not part of valid UTF-8 (RFC 3629), or t.len. */
size_t utf8_first_invalid(struct text t);
/* Decodes the code point at *AT and moves behind it; T must be valid. */
uint32_t utf8_next(struct text t, size_t *at);
void utf8_append(struct buf *out, uint32_t code_point);
/* Windows-1252 to UTF-8. The five undefined bytes become U+FFFD; their count is returned. */
size_t utf8_append_windows_1252(struct buf *out, struct text t);
size_t utf8_count(struct text t); /* code points in valid T */

#endif
