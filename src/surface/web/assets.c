#include "web/assets.h"

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"

#include <unistd.h>

enum { ASSETS_MOST = 32, ASSET_LARGEST = 4 << 20 };

struct asset {
	struct text logical, name, address;
	const char *type;
	char tag[80];
	struct buf plain, gzip, brotli;
};

struct assets {
	struct arena arena;
	struct asset at[ASSETS_MOST];
	size_t count;
};

static const char *type_of(struct text name)
{
	static const struct {
		const char *ending, *type;
	} types[] = {
		{".css", "text/css; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".svg", "image/svg+xml"},
		{".png", "image/png"},
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (text_ends_with(name, text_of(types[i].ending)))
			return types[i].type;
	return "application/octet-stream";
}

static enum status read_asset(struct assets *assets, const char *folder, struct text logical, struct text name,
			      struct error *error)
{
	struct asset *asset = &assets->at[assets->count];
	char path[1024];
	asset->logical = arena_text(&assets->arena, logical);
	asset->name = arena_text(&assets->arena, name);
	asset->address = arena_format(&assets->arena, "/static/%.*s", TEXT_ARG(name));
	asset->type = type_of(name);
	snprintf(asset->tag, sizeof asset->tag, "\"%.*s\"", (int)(name.len < 70 ? name.len : 70), name.at);
	struct buf *const bodies[] = {&asset->plain, &asset->gzip, &asset->brotli};
	static const char *const endings[] = {"", ".gz", ".br"};
	assets->count++;
	for (size_t i = 0; i < 3; i++) {
		buf_init(bodies[i], ASSET_LARGEST);
		snprintf(path, sizeof path, "%s/%.*s%s", folder, TEXT_ARG(name), endings[i]);
		enum status status = file_read(path, bodies[i], error);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static enum status read_manifest(struct assets *assets, const char *folder, struct error *error)
{
	char path[1024];
	struct buf manifest;
	buf_init(&manifest, 1 << 20);
	snprintf(path, sizeof path, "%s/manifest.txt", folder);
	enum status status = file_read(path, &manifest, error);
	struct text line, rest = buf_text(&manifest);
	while (status == STATUS_OK && rest.len && assets->count < ASSETS_MOST && text_split(&rest, '\n', &line)) {
		size_t gap = text_find_char(line, ' ');
		if (gap < line.len)
			status = read_asset(assets, folder, text_slice(line.at, gap),
					    text_slice(line.at + gap + 1, line.len - gap - 1), error);
	}
	buf_release(&manifest);
	return status;
}

/* Beside the program when it is installed, and in the sources when it was only built. */
static void find_folder(char *out, size_t size)
{
	static const char *const places[] = {"static",
					     "../share/oneview/static",
					     "../frontend/dist",
					     "../../frontend/dist",
					     "../../../frontend/dist",
					     "../../../../frontend/dist"};
	char program[512];
	ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
	struct text folder = text_slice(program, len > 0 ? (size_t)len : 0);
	while (folder.len && folder.at[folder.len - 1] != '/')
		folder.len--;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char manifest[1024];
		snprintf(out, size, "%.*s%s", TEXT_ARG(folder), places[i]);
		snprintf(manifest, sizeof manifest, "%s/manifest.txt", out);
		if (file_exists(manifest))
			return;
	}
	out[0] = '\0';
}

enum status assets_open(struct assets **out, const char *folder, struct error *error)
{
	char found[700];
	struct assets *assets = memory_alloc(1, sizeof *assets);
	arena_init(&assets->arena, 1 << 20);
	if (!folder) {
		find_folder(found, sizeof found);
		folder = found;
	}
	if (!folder[0]) {
		log_event(LOG_WARNING, "web.assets", "no styles and scripts were found: pages will be plain");
		*out = assets;
		return STATUS_OK;
	}
	enum status status = read_manifest(assets, folder, error);
	if (status == STATUS_OK)
		*out = assets;
	else
		assets_close(assets);
	return status;
}

void assets_close(struct assets *assets)
{
	if (!assets)
		return;
	for (size_t i = 0; i < assets->count; i++) {
		buf_release(&assets->at[i].plain);
		buf_release(&assets->at[i].gzip);
		buf_release(&assets->at[i].brotli);
	}
	arena_release(&assets->arena);
	free(assets);
}

static bool accepts(struct text header, const char *coding)
{
	struct text part;
	while (header.len && text_split(&header, ',', &part)) {
		part = text_trim(part);
		struct text name = text_trim(text_slice(part.at, text_find_char(part, ';')));
		struct text rest = text_slice(part.at, part.len);
		if (text_equal_ignoring_case(name, text_of(coding)))
			return text_find(rest, TEXT("q=0")) == rest.len || text_find(rest, TEXT("q=0.")) < rest.len;
	}
	return false;
}

static const struct asset *asset_find(const struct assets *assets, struct text path)
{
	for (size_t i = 0; i < assets->count; i++)
		if (text_equal(assets->at[i].address, path))
			return &assets->at[i];
	return NULL;
}

bool assets_answer(const struct assets *assets, struct request *request)
{
	const struct asset *asset = asset_find(assets, request->path);
	if (!asset)
		return false;
	struct response *response = &request->response;
	response_header(request, "Cache-Control", "public, max-age=31536000, immutable");
	response_header(request, "Vary", "Accept-Encoding");
	response_header(request, "ETag", asset->tag);
	response->content_type = asset->type;
	response->status = 200;
	if (text_is(request->if_none_match, asset->tag)) {
		response->status = 304;
		return true;
	}
	const struct buf *body = &asset->plain;
	if (asset->brotli.len && accepts(request->accept_encoding, "br")) {
		body = &asset->brotli;
		response_header(request, "Content-Encoding", "br");
	} else if (asset->gzip.len && accepts(request->accept_encoding, "gzip")) {
		body = &asset->gzip;
		response_header(request, "Content-Encoding", "gzip");
	}
	response->fixed = (struct static_body){body->at, body->len};
	return true;
}

void assets_put(const struct assets *assets, struct value *object)
{
	static const char *const wanted[][2] = {{"css", "oneview.css"}, {"js", "oneview.js"}, {"icon", "icon.svg"}};
	for (size_t w = 0; w < 3; w++)
		for (size_t i = 0; i < assets->count; i++)
			if (text_is(assets->at[i].logical, wanted[w][1]))
				put_text(object, wanted[w][0], assets->at[i].address);
}
