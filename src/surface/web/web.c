/* web_serve(): opens everything, listens, follows changes, stops. */
#include "web/web.h"

#include "base/interrupt.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/threads.h"
#include "web/chrome.h"
#include "web/relink.h"
#include "web/templates.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

enum { TICK_MICROSECONDS = 1000000, STOP_SECONDS = 10, FOLLOWER_NICE = 10 };

static atomic_bool stop_requested;

void web_stop(void)
{
	atomic_store(&stop_requested, true);
}

/* On SQLite a page's thread computes; on PostgreSQL it waits for the server for most of the page. */
static unsigned page_threads(const struct site *site)
{
	unsigned processors = threads_available();
	if (site->settings->threads)
		return site->settings->threads;
	if (!text_starts_with(text_of(site->workspace->address), TEXT("sqlite:")))
		return processors < 4 ? 4 * processors : 16;
	return processors < 2 ? 2 : processors > 4 ? 4 : processors;
}

/* The pools open stores as they are. Serving brings none up to date (a refresh may be at work), so an older one must be
 * told before a page asks it for what it does not have yet. */
static enum status check_stores(const struct site *site, struct error *error)
{
	enum status status = STATUS_OK;
	for (int shelf = STORE_DATA; shelf <= STORE_DESK && status == STATUS_OK; shelf++) {
		struct store *store;
		status = workspace_store(site->workspace, (enum store_shelf)shelf, STORE_READ, &store, error);
		store_close(store);
	}
	return status;
}

static enum status open_stores(struct site *site, struct error *error)
{
	unsigned size = page_threads(site) + 4;
	const char *address = site->workspace->address;
	enum status status = check_stores(site, error);
	if (status == STATUS_OK)
		status = store_pool_open(&site->data, address, STORE_DATA, STORE_READ, size, error);
	if (status == STATUS_OK)
		status = store_pool_open(&site->desk, address, STORE_DESK, STORE_WRITE, size, error);
	return status;
}

static enum status open_vault(struct site *site, struct error *error)
{
	struct store *data;
	enum status status = store_pool_take(site->data, &data, error);
	if (status != STATUS_OK)
		return status;
	status = disclosure_open_vault(&site->vault, site->workspace->paths.master_key, data, error);
	store_pool_give(site->data, data);
	return status;
}

enum status site_open(struct site **out, const struct web_settings *settings, struct error *error)
{
	struct site *site = memory_alloc(1, sizeof *site);
	site->settings = settings;
	site->started = instant_now();
	pthread_mutex_init(&site->snapshot_lock, NULL);
	buf_init(&site->profile_problem, 4096);
	site->searches = searches_new();
	site->seen = seen_new();
	site->limits.marks = session_marks_new();
	enum status status = workspace_open(&site->workspace, settings->workspace, error);
	if (status == STATUS_OK)
		status = templates_load(&site->templates, error);
	if (status == STATUS_OK)
		status = assets_open(&site->assets, settings->static_folder, error);
	if (status == STATUS_OK)
		status = open_stores(site, error);
	if (status == STATUS_OK)
		status = workspace_lock_served(site->workspace, "serve", &site->served, error);
	if (status == STATUS_OK)
		status = open_vault(site, error);
	if (status == STATUS_OK)
		status = workspace_audit_key(site->workspace, &site->audit_key, error);
	if (status == STATUS_OK)
		status = workspace_audit(site->workspace, &site->audit, error);
	if (status == STATUS_OK)
		status = snapshot_refresh(site, error);
	if (status == STATUS_OK)
		status = chrome_make_unavailable(site, error);
	if (status == STATUS_OK)
		status = relinker_start(&site->relinker, site, error);
	if (status == STATUS_OK)
		*out = site;
	else
		site_close(site);
	return status;
}

static void flush_desk(struct site *site, bool sweep)
{
	struct error error;
	struct store *desk;
	enum status status = store_pool_take(site->desk, &desk, &error);
	if (status == STATUS_OK) {
		status = seen_flush(site->seen, desk, &error);
		if (status == STATUS_OK)
			status = session_marks_flush(site->limits.marks, desk, &error);
		if (status == STATUS_OK && sweep)
			status = session_sweep(desk, &site->limits, &error);
		store_pool_give(site->desk, desk);
	}
	if (status != STATUS_OK)
		log_error(&error);
}

void site_close(struct site *site)
{
	if (!site)
		return;
	relinker_stop(site->relinker);
	if (site->desk && site->seen)
		flush_desk(site, false);
	snapshot_release(site, site->snapshot);
	audit_close(site->audit);
	disclosure_close_vault(site->vault);
	if (site->data)
		store_pool_close(site->data);
	if (site->desk)
		store_pool_close(site->desk);
	assets_close(site->assets);
	template_set_free(site->templates);
	workspace_unlock(site->served);
	workspace_close(site->workspace);
	searches_free(site->searches);
	seen_free(site->seen);
	session_marks_free(site->limits.marks);
	buf_release(&site->unavailable_page);
	buf_release(&site->profile_problem);
	explicit_bzero(&site->audit_key, sizeof site->audit_key);
	pthread_mutex_destroy(&site->snapshot_lock);
	free(site);
}

void site_tick(struct site *site)
{
	instant now = instant_now();
	bool sweep = now - site->swept > 3600 * INT64_C(1000000);
	server_tick(site->server);
	flush_desk(site, sweep);
	if (sweep)
		site->swept = now;
}

static bool is_stopping(void)
{
	return atomic_load(&stop_requested) || interrupt_requested();
}

static void every_second(struct site *site, void (*work)(struct site *site))
{
	instant next = 0;
	while (!is_stopping()) {
		if (instant_now() >= next) {
			work(site);
			next = instant_now() + TICK_MICROSECONDS;
		}
		usleep(50000);
	}
}

static void follow(struct site *site)
{
	struct error error;
	enum status status = workspace_keep_served(site->served, &error);
	if (status == STATUS_CONFLICT) /* the key in memory is the old one */
		web_stop();
	else if (status == STATUS_OK)
		status = snapshot_refresh(site, &error);
	if (status != STATUS_OK)
		log_error(&error);
}

/* A new index is seconds of work on all processors: in a thread of its own, which is also the one that its helpers
 * are made by, so that all of them give way to pages. A page may ask while the first index is still being built: it
 * is then told so. */
static void *run_follower(void *context)
{
	setpriority(PRIO_PROCESS, (id_t)gettid(), FOLLOWER_NICE);
	every_second(context, follow);
	return NULL;
}

static enum status run_until_stopped(struct site *site, struct error *error)
{
	pthread_t follower;
	int failed = pthread_create(&follower, NULL, run_follower, site);
	if (failed)
		return error_set_errno(error, failed, "web.follower", "a thread of the web server did not start");
	every_second(site, site_tick);
	pthread_join(follower, NULL);
	return STATUS_OK;
}

static struct server_settings server_settings_of(const struct web_settings *settings, struct site *site)
{
	return (struct server_settings){
		.address = settings->address,
		.port = settings->port,
		.threads = page_threads(site),
		.slow_threads = 2,
		.connections = settings->connections,
		.idle_seconds = settings->idle_seconds,
		.secure_transport = settings->secure_cookies,
		.answer = site_answer,
		.before_send = site_before_send,
		.sent = site_sent,
		.context = site,
	};
}

enum status web_serve(const struct web_settings *settings, struct error *error)
{
	struct site *site;
	atomic_store(&stop_requested, false);
	enum status status = site_open(&site, settings, error);
	if (status != STATUS_OK)
		return status;
	struct server_settings server = server_settings_of(settings, site);
	status = server_start(&site->server, &server, error);
	if (status == STATUS_OK) {
		const char *address = settings->address ? settings->address : "127.0.0.1";
		log_event(LOG_INFO, "web.listening", "%s port %u", address, server_port(site->server));
		if (settings->ready)
			settings->ready(settings->context, address, server_port(site->server));
		status = run_until_stopped(site, error);
		server_stop(site->server, STOP_SECONDS);
		log_event(LOG_INFO, "web.stopped", "stopped");
	}
	site_close(site);
	return status;
}
