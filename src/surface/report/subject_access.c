#include "report/subject_access.h"

#include "base/file.h"
#include "web/subject_access.h"

#include <stdlib.h>

enum { COPY_LARGEST = 256 << 20, PATH_ROOM = 1024 };

static enum status write_file(const char *folder, const char *name, const struct buf *content, struct error *error)
{
	char path[PATH_ROOM];
	if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
		return error_set(error, STATUS_INVALID, "rights.path", "the folder's name is too long");
	if (content->failed)
		return error_set(error, STATUS_TOO_LARGE, "rights.large", "the copy is larger than %d MB",
				 COPY_LARGEST >> 20);
	return file_replace(path, buf_text(content), 0600, error);
}

static enum status write_paper(const struct rights_copy *copy, const struct profile *profile, const char *folder,
			       bool for_staff, struct error *error)
{
	struct arena arena;
	struct buf out;
	arena_init(&arena, COPY_LARGEST);
	arena_keep_secret(&arena);
	buf_init(&out, COPY_LARGEST);
	struct value *document = subject_access_document(copy, profile, for_staff, &arena);
	enum status status = subject_access_render(&out, document, error);
	if (status == STATUS_OK)
		status = write_file(folder, for_staff ? "to-confirm.html" : "copy.html", &out, error);
	buf_wipe(&out);
	if (!for_staff && status == STATUS_OK) {
		document_emit_json(document, &out);
		status = write_file(folder, "copy.json", &out, error);
		buf_wipe(&out);
		if (status == STATUS_OK)
			status = subject_access_pdf(&out, document, error);
		if (status == STATUS_OK)
			status = write_file(folder, "copy.pdf", &out, error);
	}
	buf_wipe(&out);
	buf_release(&out);
	arena_release(&arena);
	return status;
}

static enum status remove_old(const char *folder, const char *name, struct error *error)
{
	char path[PATH_ROOM];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (remove(path) != 0 && file_exists(path))
		return error_set(error, STATUS_IO, "rights.old", "%s of an earlier copy cannot be removed", name);
	return STATUS_OK;
}

enum status report_subject_access(struct subject_access_report *out, const struct rights_copy *copy,
				  const struct profile *profile, const char *folder, struct error *error)
{
	*out = (struct subject_access_report){.to_confirm = copy->waiting + copy->unconfirmed > 0};
	enum status status = file_make_folder(folder, 0700, error);
	if (status == STATUS_OK)
		status = remove_old(folder, "to-confirm.html", error);
	if (status == STATUS_OK)
		status = remove_old(folder, "copy.pdf", error);
	if (status == STATUS_OK)
		status = write_paper(copy, profile, folder, false, error);
	if (status == STATUS_OK && out->to_confirm)
		status = write_paper(copy, profile, folder, true, error);
	return status;
}
