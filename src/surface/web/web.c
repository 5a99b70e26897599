/* web_serve(): opens everything, listens, follows changes, stops. */
#include "web/web.h"
#include "policy/draft.h"

#include "audit/checkpoint.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/threads.h"
#include "rights/replay.h"
#include "web/chrome.h"
#include "web/confine.h"
#include "web/front.h"
#include "web/provider.h"
#include "web/relink.h"
#include "web/templates.h"

#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TICK_MICROSECONDS = 1000000, GLASS_SWEEP_MICROSECONDS = 5000000, STOP_SECONDS = 10, FOLLOWER_NICE = 10 };

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

/* Whoever was erased must not be shown again: not served until that is seen to. One that was cut off is told. */
static enum status check_erasures(struct site *site, struct error *error)
{
	struct store *data, *desk = NULL;
	int64_t unfinished = 0;
	enum status status = store_pool_take(site->data, &data, error);
	if (status != STATUS_OK)
		return status;
	status = store_pool_take(site->desk, &desk, error);
	if (status == STATUS_OK)
		status = rights_check_erased(data, desk, site->workspace->paths.erasures, error);
	if (status == STATUS_OK)
		status = rights_erase_unfinished(desk, &unfinished, error);
	if (desk)
		store_pool_give(site->desk, desk);
	store_pool_give(site->data, data);
	if (unfinished)
		log_event(LOG_WARNING, "web.erasure",
			  "%lld erasures were cut off: \"oneview erase --resume\" or the next refresh ends them",
			  (long long)unfinished);
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
	return status == STATUS_OK ? check_erasures(site, error) : status;
}

/* Before a key is read or a thread made. It connects to nothing but a database server and an identity provider. A
 * database file beside the workspace is the keeper's too; SQLite needs its folder, for what it writes beside it. */
static enum status confine(const struct workspace *workspace, bool *memory_locked, struct error *error)
{
	char database[sizeof workspace->address] = "";
	struct text sqlite = TEXT("sqlite:"), address = text_of(workspace->address);
	bool embedded = text_starts_with(address, sqlite);
	if (embedded) {
		snprintf(database, sizeof database, "%s", workspace->address + sqlite.len);
		dirname(database);
	}
	const char *own[] = {workspace->folder, "/dev/null", database[0] ? database : NULL, NULL};
	static const char *const read[] = {"/etc", "/usr", "/lib", "/lib64", "/proc", "/run", "/dev", NULL};
	struct confine_keeper keeper = {
		.own = own, .read = read, .network = !embedded || workspace->provider.issuer[0]};
	return confine_keeper(&keeper, memory_locked, error);
}

/* In the middle of a change of the key: as one who has both. */
static enum status lock_served(struct site *site, struct error *error)
{
	enum status status = workspace_lock_served(site->workspace, "serve", &site->served, error);
	site->key_changing = status == STATUS_CONFLICT;
	return site->key_changing ? workspace_lock_changing(site->workspace, "serve", &site->served, error) : status;
}

enum status site_open(struct site **out, const struct web_settings *settings, struct error *error)
{
	struct site *site = memory_alloc(1, sizeof *site);
	site->settings = settings;
	site->started = instant_now();
	pthread_mutex_init(&site->snapshot_lock, NULL);
	buf_init(&site->profile_problem, 4096);
	site->searches = searches_new();
	site->asked = limits_new(settings->sign_in_failures);
	site->seen = seen_new();
	site->limits.marks = session_marks_new();
	enum status status = workspace_open(&site->workspace, settings->workspace, error);
	if (status == STATUS_OK)
		status = templates_load(&site->templates, error);
	if (status == STATUS_OK)
		status = assets_open(&site->assets, settings->static_folder, error);
	if (status == STATUS_OK)
		status = provider_open(&site->provider, site->workspace, error);
	if (status == STATUS_OK)
		status = confine(site->workspace, &site->memory_locked, error);
	if (status == STATUS_OK)
		status = open_stores(site, error);
	if (status == STATUS_OK)
		status = lock_served(site, error);
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

static enum status sweep_desk(const struct site *site, struct store *desk, struct error *error)
{
	const struct session_limits limits = draft_sweep_limits(&site->limits);
	enum status status = session_sweep(desk, &limits, error);
	return status ? status : draft_sweep(desk, error);
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
			status = sweep_desk(site, desk, &error);
		if (status == STATUS_OK && instant_now() - site->glass_swept > GLASS_SWEEP_MICROSECONDS) {
			status = glass_sweep(site, desk, &error);
			site->glass_swept = instant_now();
		}
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
	limits_free(site->asked);
	seen_free(site->seen);
	provider_close(site->provider);
	session_marks_free(site->limits.marks);
	buf_release(&site->unavailable_page);
	buf_release(&site->profile_problem);
	explicit_bzero(&site->audit_key, sizeof site->audit_key);
	pthread_mutex_destroy(&site->snapshot_lock);
	free(site);
}

/* Another system takes the audit's checkpoints; a server that cannot sign goes on, and says so in its log. */
static void sign_audit(struct site *site)
{
	struct error error;
	struct store *desk;
	const struct audit_checkpoint_places places = {&site->audit_key, site->workspace->paths.signing_key,
						       site->workspace->paths.checkpoints};
	bool made = false;
	enum status status = store_pool_take(site->desk, &desk, &error);
	if (status == STATUS_OK) {
		status = audit_checkpoint_when_due(&made, desk, &places, &error);
		store_pool_give(site->desk, desk);
	}
	if (status != STATUS_OK)
		log_error(&error);
}

void site_tick(struct site *site)
{
	instant now = instant_now();
	if (now - site->signed_at > 60 * INT64_C(1000000)) {
		sign_audit(site);
		site->signed_at = now;
	}
	bool sweep = now - site->swept > 3600 * INT64_C(1000000);
	flush_desk(site, sweep);
	if (sweep)
		site->swept = now;
}

static bool is_stopping(struct site *site)
{
	return atomic_load(&stop_requested) || interrupt_requested() || keeper_is_alone(site->keeper);
}

static void every_second(struct site *site, void (*work)(struct site *site))
{
	instant next = 0;
	while (!is_stopping(site)) {
		if (instant_now() >= next) {
			work(site);
			next = instant_now() + TICK_MICROSECONDS;
		}
		usleep(50000);
	}
}

/* While the key is changed, a server is another kind of server: that is how the command knows that it has both keys. A
 * lock that is not to be had just now is asked for again in a second. */
static enum status follow_lock(struct site *site, bool changing, struct error *error)
{
	struct workspace_lock *lock;
	if (changing == site->key_changing)
		return STATUS_OK;
	enum status status = changing ? workspace_lock_changing(site->workspace, "serve", &lock, error)
				      : workspace_lock_served(site->workspace, "serve", &lock, error);
	if (status != STATUS_OK)
		return status == STATUS_CONFLICT ? STATUS_OK : status;
	workspace_unlock(site->served);
	site->served = lock;
	site->key_changing = changing;
	log_event(LOG_INFO, "web.key",
		  changing ? "the key is being changed: both keys are in use"
			   : "the change of the key is over: the old key is gone");
	return STATUS_OK;
}

static enum status follow_key(struct site *site, struct error *error)
{
	bool changing;
	enum status status = workspace_keep_served(site->served, error);
	if (status == STATUS_OK)
		status = disclosure_follow_key(site->vault, site->workspace->paths.master_key, &changing, error);
	return status == STATUS_OK ? follow_lock(site, changing, error) : status;
}

static void follow(struct site *site)
{
	struct error error;
	enum status status = follow_key(site, &error);
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

static enum status start_keeper(struct site *site, int line, struct error *error)
{
	struct keeper_settings keeper = {
		.line = line,
		.threads = page_threads(site),
		.slow_threads = 2,
		.answer = site_answer,
		.before_send = site_before_send,
		.sent = site_sent,
		.context = site,
	};
	return keeper_start(&site->keeper, &keeper, error);
}

/* With SITE open, and the web process waiting for its start. */
static enum status serve_site(struct site *site, int line, unsigned port, struct error *error)
{
	const struct web_settings *settings = site->settings;
	enum status status = start_keeper(site, line, error);
	if (status != STATUS_OK)
		return status;
	bool listening = keeper_wait_listening(site->keeper);
	if (listening) {
		const char *address = settings->address ? settings->address : "127.0.0.1";
		log_event(LOG_INFO, "web.listening", "%s port %u", address, port);
		if (settings->ready)
			settings->ready(settings->context, address, port);
		status = run_until_stopped(site, error);
	}
	bool alone = keeper_is_alone(site->keeper);
	keeper_stop(site->keeper, STOP_SECONDS + 2);
	log_event(LOG_INFO, "web.stopped", "stopped");
	if (!alone || status != STATUS_OK)
		return status;
	error_set(error, STATUS_IO, "web.front", "the web process has ended, or was turned away; the log says why");
	error_remedy(error, "start the server again");
	return STATUS_IO;
}

/* The web process is made first, while there is neither key nor thread for it to inherit. */
static pid_t start_front(const struct web_settings *settings, int listening, const int ends[2], struct error *error)
{
	pid_t front = fork();
	if (front < 0)
		error_set_errno(error, errno, "web.front", "the web process did not start");
	if (front != 0)
		return front;
	close(ends[0]);
	_exit(front_run(settings, listening, ends[1]));
}

static void end_front(pid_t front)
{
	for (int i = 0; i < 200; i++) {
		if (waitpid(front, NULL, WNOHANG) != 0)
			return;
		usleep(10000);
	}
	kill(front, SIGKILL);
	waitpid(front, NULL, 0);
}

enum status web_serve(const struct web_settings *settings, struct error *error)
{
	struct site *site = NULL;
	int listening, ends[2];
	atomic_store(&stop_requested, false);
	enum status status = server_listen(settings->address, settings->port, &listening, error);
	if (status != STATUS_OK)
		return status;
	status = line_pair(ends, error);
	unsigned port = server_port(listening);
	pid_t front = status == STATUS_OK ? start_front(settings, listening, ends, error) : -1;
	close(listening);
	if (status != STATUS_OK)
		return status;
	close(ends[1]);
	if (front < 0)
		status = STATUS_IO;
	if (status == STATUS_OK)
		status = site_open(&site, settings, error);
	if (status == STATUS_OK)
		status = serve_site(site, ends[0], port, error);
	close(ends[0]);
	if (front > 0)
		end_front(front);
	site_close(site);
	return status;
}
