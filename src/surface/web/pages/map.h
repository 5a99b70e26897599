/* Where a property is, drawn without a map server: the profile's ward boundaries and a dot. */
#ifndef WEB_PAGES_MAP_H
#define WEB_PAGES_MAP_H

#include "view/view.h"
#include "web/document.h"

/* "map" of DOCUMENT: view_box, wards, own_ward, dot and, in words, text. False, and nothing, where the profile has no
 * boundaries or the property no place. */
bool put_map(struct value *document, const struct profile *profile, const struct view_property *property);

#endif
