/* A whole workspace for tests: the village of tests/data, loaded, every record a resident of its own, with a user
 * of each role, and the server on a free port in a thread of the test's. Include after <cmocka.h>. */
#ifndef TESTS_WEB_VILLAGE_H
#define TESTS_WEB_VILLAGE_H

#include "base/file.h"
#include "base/id.h"
#include "client.h"
#include "intake/intake.h"
#include "policy/account.h"
#include "runs/runs.h"
#include "runs/workspace.h"
#include "support/databases.h"
#include "vault/vault.h"
#include "web/web.h"

#include <pthread.h>
#include <stdatomic.h>

static const char village_password[] = "correct horse battery";

struct village {
	struct test_database db;
	char folder[300];
	struct workspace *workspace;
	struct web_settings settings;
	void (*taken_over)(void *context, int line); /* for the next village_start() */
	unsigned sign_in_failures;                   /* likewise */
	pthread_t thread;
	atomic_uint port;
	struct buf out;
	char cookie[200], csrf[100];
};

static inline void village_copy(const char *from, const char *to)
{
	struct error e;
	struct buf content;
	buf_init(&content, 1 << 22);
	assert_ok(file_read(from, &content, &e), &e);
	assert_ok(file_replace(to, buf_text(&content), 0600, &e), &e);
	buf_release(&content);
}

static inline void village_load(struct village *v, const char *source)
{
	struct error e;
	struct vault *vault;
	struct store *data;
	struct intake *intake;
	struct intake_totals totals;
	static const char *const files[] = {"census_20260101.csv", "ctax_20260101.txt", "tenancies_20260101.csv"};
	for (size_t i = 0; i < 3; i++) {
		char from[600], to[900];
		snprintf(from, sizeof from, "%s/tests/data/village/january/%s", source, files[i]);
		snprintf(to, sizeof to, "%s/%s", v->workspace->paths.inbox, files[i]);
		village_copy(from, to);
	}
	assert_ok(vault_open(&vault, v->workspace->paths.master_key, &e), &e);
	assert_ok(workspace_store(v->workspace, STORE_DATA, STORE_WRITE, &data, &e), &e);
	assert_ok(vault_check_store(vault, data, &e), &e);
	struct intake_settings settings = {.profile = v->workspace->profile,
					   .vault = vault,
					   .store = data,
					   .inbox = v->workspace->paths.inbox,
					   .settle_ms = 1};
	usleep(5000);
	assert_ok(intake_open(&intake, &settings, &e), &e);
	assert_ok(intake_inbox(intake, NULL, NULL, &totals, &e), &e);
	assert_true(totals.loaded >= 2);
	intake_close(intake);
	assert_ok(
		store_execute(
			data,
			"INSERT INTO resident (resident_id, since_run, integrity) SELECT record_id + 1000, 1, 1.0 FROM "
			"record; INSERT INTO resident_record (resident_id, record_id) SELECT record_id + 1000, "
			"record_id "
			"FROM record",
			&e),
		&e);
	int64_t generation;
	assert_ok(intake_show(data, &e), &e);
	assert_ok(run_publish(data, &generation, &e), &e);
	store_close(data);
	vault_close(vault);
}

static inline void village_user(struct village *v, const char *name, const char *role)
{
	struct error e;
	int64_t id;
	struct store *desk;
	struct account account = {.username = text_of(name), .display_name = text_of(name), .role = text_of(role)};
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(account_create(desk, &account, text_of(village_password), &id, &e), &e);
	store_close(desk);
}

static inline void village_ready(void *context, const char *address, unsigned port)
{
	(void)address;
	struct village *v = context;
	atomic_store(&v->port, port);
}

static inline void *village_serve(void *context)
{
	struct error e;
	struct village *v = context;
	if (web_serve(&v->settings, &e) != STATUS_OK) {
		error_print(&e, stderr);
		abort();
	}
	return NULL;
}

static inline void village_start(struct village *v)
{
	atomic_store(&v->port, 0);
	v->settings = (struct web_settings){.workspace = v->folder,
					    .threads = 2,
					    .profile_seconds = 1,
					    .ready = village_ready,
					    .context = v,
					    .sign_in_failures = v->sign_in_failures,
					    .taken_over = v->taken_over};
	assert_int_equal(pthread_create(&v->thread, NULL, village_serve, v), 0);
	while (!atomic_load(&v->port))
		usleep(1000);
}

static inline void village_stop(struct village *v)
{
	web_stop();
	pthread_join(v->thread, NULL);
}

static inline struct village *village_make(void)
{
	struct error e;
	struct village *v = calloc(1, sizeof *v);
	const char *source = getenv("ONEVIEW_SOURCE");
	char profile[500];
	snprintf(profile, sizeof profile, "%s/tests/data/village/profile", source);
	test_database_make(&v->db);
	snprintf(v->folder, sizeof v->folder, "%s/workspace", v->db.folder);
	struct workspace_options options = {.profile = profile,
					    .address = v->db.kind == STORE_SQLITE ? NULL : v->db.address};
	assert_ok(workspace_init(v->folder, &options, &e), &e);
	assert_ok(workspace_open(&v->workspace, v->folder, &e), &e);
	assert_ok(vault_create_key(v->workspace->paths.master_key, &e), &e);
	village_load(v, source);
	village_user(v, "rosa", "front_line");
	village_user(v, "admin", "administrator");
	buf_init(&v->out, 8 << 20);
	village_start(v);
	return v;
}

static inline void village_remove(struct village *v)
{
	village_stop(v);
	workspace_close(v->workspace);
	buf_release(&v->out);
	test_database_drop(&v->db);
	free(v);
}

/* ---- a browser of a few lines: one cookie jar, forms with the page's token ------------------------------ */

static inline const char *village_header(const struct village *v, const char *name, char out[500])
{
	char wanted[100];
	snprintf(wanted, sizeof wanted, "\r\n%s: ", name);
	const char *at = v->out.at ? strstr(v->out.at, wanted) : NULL;
	if (!at)
		return NULL;
	at += strlen(wanted);
	size_t len = strcspn(at, "\r");
	snprintf(out, 500, "%.*s", (int)(len < 499 ? len : 499), at);
	return out;
}

static inline void village_keep(struct village *v)
{
	char value[500];
	if (village_header(v, "Set-Cookie", value)) {
		value[strcspn(value, ";")] = '\0';
		snprintf(v->cookie, sizeof v->cookie, "%s", value);
	}
	const char *token = v->out.at ? strstr(v->out.at, "name=\"csrf\" value=\"") : NULL;
	if (token)
		snprintf(v->csrf, sizeof v->csrf, "%.*s", (int)strcspn(token + 19, "\""), token + 19);
}

static inline int village_get_as(struct village *v, const char *path, const char *accept)
{
	char request[2000];
	snprintf(request, sizeof request,
		 "GET %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAccept: %s\r\nCookie: %s\r\n\r\n", path, accept,
		 v->cookie);
	client_ask(atomic_load(&v->port), text_of(request), &v->out);
	village_keep(v);
	return client_status(&v->out);
}

static inline int village_get(struct village *v, const char *path)
{
	return village_get_as(v, path, "text/html");
}

static inline int village_post_from(struct village *v, const char *path, const char *form, const char *more)
{
	char request[4000], body[2000];
	snprintf(body, sizeof body, "%s%scsrf=%s", form, form[0] ? "&" : "", v->csrf);
	snprintf(request, sizeof request,
		 "POST %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\nCookie: %s\r\n%sContent-Type: "
		 "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
		 path, v->cookie, more, strlen(body), body);
	client_ask(atomic_load(&v->port), text_of(request), &v->out);
	village_keep(v);
	return client_status(&v->out);
}

static inline int village_post(struct village *v, const char *path, const char *form)
{
	return village_post_from(v, path, form, "");
}

static inline bool village_shows(const struct village *v, const char *words)
{
	return v->out.at && strstr(v->out.at, words);
}

static inline void village_sign_in(struct village *v, const char *name)
{
	char form[300];
	v->cookie[0] = '\0';
	assert_int_equal(village_get(v, "/sign-in"), 200);
	snprintf(form, sizeof form, "username=%s&password=correct+horse+battery", name);
	assert_int_equal(village_post(v, "/sign-in", form), 303);
	assert_int_equal(village_get(v, "/"), 200);
}

static inline int64_t village_query(struct village *v, enum store_shelf shelf, const char *sql)
{
	struct error e;
	struct store *store;
	assert_ok(workspace_store(v->workspace, shelf, STORE_READ, &store, &e), &e);
	int64_t value = test_query(store, sql);
	store_close(store);
	return value;
}

#endif
