/* Styles and scripts: read once, served from memory under names that carry their hash, for ever. */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include "base/error.h"
#include "web/document.h"
#include "web/request.h"

struct assets;

/* FOLDER holds what frontend/build.mjs made; NULL: looked for beside the program. */
enum status assets_open(struct assets **out, const char *folder, struct error *error) MUST_CHECK;
void assets_close(struct assets *assets);
/* Answers "/static/NAME"; false when there is no such file. */
bool assets_answer(const struct assets *assets, struct request *request);
/* "css", "js" and "icon": the addresses for the page. */
void assets_put(const struct assets *assets, struct value *object);

#endif
