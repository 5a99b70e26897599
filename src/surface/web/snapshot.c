/* Profile, policy and door, and how they follow a changed profile and a new state of the data. */
#include "web/site.h"

#include "base/log.h"
#include "base/memory.h"
#include "runs/configuration.h"

static void snapshot_free(struct snapshot *snapshot)
{
	disclosure_close_door(snapshot->disclosure);
	policy_close(snapshot->policy);
	profile_free(snapshot->profile);
	free(snapshot);
}

struct snapshot *snapshot_hold(struct site *site)
{
	pthread_mutex_lock(&site->snapshot_lock);
	struct snapshot *snapshot = site->snapshot;
	atomic_fetch_add(&snapshot->holders, 1);
	pthread_mutex_unlock(&site->snapshot_lock);
	return snapshot;
}

void snapshot_release(struct site *site, struct snapshot *snapshot)
{
	(void)site;
	if (snapshot && atomic_fetch_sub(&snapshot->holders, 1) == 1)
		snapshot_free(snapshot);
}

static enum status load_policy(struct site *site, struct policy *policy, struct error *error)
{
	struct store *data = NULL, *desk = NULL;
	enum status status = store_pool_take(site->data, &data, error);
	if (status == STATUS_OK)
		status = store_pool_take(site->desk, &desk, error);
	if (status == STATUS_OK)
		status = policy_load(policy, data, desk, error);
	if (desk)
		store_pool_give(site->desk, desk);
	if (data)
		store_pool_give(site->data, data);
	return status;
}

/* PROFILE belongs to the snapshot when this succeeds. */
static enum status snapshot_make(struct site *site, struct profile *profile, struct snapshot **out, struct error *error)
{
	struct snapshot *snapshot = memory_alloc(1, sizeof *snapshot);
	atomic_store(&snapshot->holders, 1);
	enum status status = policy_open(&snapshot->policy, profile, error);
	if (status == STATUS_OK)
		status = load_policy(site, snapshot->policy, error);
	struct disclosure_parts parts = {profile, site->vault, snapshot->policy, site->audit, site->data, site->desk};
	if (status == STATUS_OK)
		status = disclosure_open_door(&snapshot->disclosure, &parts, error);
	if (status != STATUS_OK) {
		snapshot_free(snapshot); /* its profile is not set: the caller's */
		return status;
	}
	snapshot->profile = profile;
	*out = snapshot;
	return STATUS_OK;
}

static void snapshot_switch(struct site *site, struct snapshot *newer)
{
	pthread_mutex_lock(&site->snapshot_lock);
	struct snapshot *older = site->snapshot;
	site->snapshot = newer;
	pthread_mutex_unlock(&site->snapshot_lock);
	snapshot_release(site, older);
}

/* ---- a changed profile ------------------------------------------------------------------------------- */

/* "feeds/tenancies.yaml, line 12: ...": the folder is known. */
static void put_problem(const struct site *site, const struct error *error, struct buf *out)
{
	size_t folder = strlen(site->workspace->paths.profile);
	const char *file = error->file;
	if (strncmp(file, site->workspace->paths.profile, folder) == 0 && file[folder] == '/')
		file += folder + 1;
	if (file[0])
		buf_format(out, "%s, line %u: ", file, error->line);
	buf_format(out, "%s", error->message);
	if (error->remedy[0])
		buf_format(out, " (%s)", error->remedy);
}

/* Told in the log once, and on the status page for as long as it is so; NULL: there is none any more. */
static void note_problem(struct site *site, const struct error *error)
{
	struct buf problem;
	buf_init(&problem, 4096);
	if (error)
		put_problem(site, error, &problem);
	pthread_mutex_lock(&site->snapshot_lock);
	bool is_new = !text_equal(buf_text(&problem), buf_text(&site->profile_problem));
	struct buf old = site->profile_problem;
	site->profile_problem = problem;
	pthread_mutex_unlock(&site->snapshot_lock);
	buf_release(&old);
	if (is_new && problem.len)
		log_event(LOG_ERROR, "web.profile", "the profile has changed, but the one before stays in force: %.*s",
			  TEXT_ARG(buf_text(&problem)));
}

struct text snapshot_problem(struct site *site, struct arena *arena)
{
	pthread_mutex_lock(&site->snapshot_lock);
	struct text problem = arena_text(arena, buf_text(&site->profile_problem));
	pthread_mutex_unlock(&site->snapshot_lock);
	return problem;
}

/* A configuration that is not the one of last time is in the audit before a page is made by it: at the start as well.
 */
static enum status record_change(struct site *site, const struct profile *profile, struct error *error)
{
	char name[128];
	struct store *desk;
	enum status status = store_pool_take(site->desk, &desk, error);
	if (status != STATUS_OK)
		return status;
	status = configuration_record(desk, &site->audit_key, site->workspace, profile,
				      workspace_operator(name, sizeof name), NULL, error);
	store_pool_give(site->desk, desk);
	return status;
}

/* The new profile's index is built before it takes the old one's place. */
static enum status take_profile(struct site *site, struct profile *profile, struct error *error)
{
	struct snapshot *newer = NULL;
	bool first = site->snapshot == NULL;
	enum status status = snapshot_make(site, profile, &newer, error);
	if (status != STATUS_OK)
		return status;
	if (!first)
		status = disclosure_refresh(newer->disclosure, NULL, error);
	if (status != STATUS_OK) {
		newer->profile = NULL; /* the caller's */
		snapshot_release(site, newer);
		return status;
	}
	status = record_change(site, profile, error);
	if (status != STATUS_OK) {
		newer->profile = NULL;
		snapshot_release(site, newer);
		return status;
	}
	snapshot_switch(site, newer);
	if (!first)
		log_event(LOG_INFO, "web.profile", "the profile has changed: version %s", profile->version);
	return STATUS_OK;
}

/* Each snapshot loads a profile for itself, so that it can outlive the next change. */
static enum status follow_profile(struct site *site, struct error *error)
{
	struct profile *profile = NULL;
	enum status status = profile_load(&profile, site->workspace->paths.profile, error);
	if (status == STATUS_OK && site->snapshot && strcmp(profile->version, site->snapshot->profile->version) == 0) {
		profile_free(profile);
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		status = take_profile(site, profile, error);
	if (status != STATUS_OK)
		profile_free(profile);
	return status;
}

/* ---- a new state of the data --------------------------------------------------------------------------- */

static enum status data_generation(struct site *site, int64_t *generation, struct error *error)
{
	struct store *data;
	enum status status = store_pool_take(site->data, &data, error);
	if (status != STATUS_OK)
		return status;
	status = run_generation(data, generation, error);
	store_pool_give(site->data, data);
	return status;
}

/* Marks and agreements that a person has ended since the policy was loaded. */
enum status snapshot_follow_policy(struct site *site, struct snapshot *snapshot, struct store *desk, struct store *data,
				   struct error *error)
{
	bool stale = false;
	enum status status = policy_is_stale(snapshot->policy, desk, data, &stale, error);
	return status == STATUS_OK && stale ? load_policy(site, snapshot->policy, error) : status;
}

static enum status follow_policy(struct site *site, struct error *error)
{
	struct store *desk = NULL, *data = NULL;
	enum status status = store_pool_take(site->desk, &desk, error);
	if (status == STATUS_OK)
		status = store_pool_take(site->data, &data, error);
	if (status == STATUS_OK)
		status = snapshot_follow_policy(site, site->snapshot, desk, data, error);
	if (data)
		store_pool_give(site->data, data);
	if (desk)
		store_pool_give(site->desk, desk);
	return status;
}

static enum status follow_data(struct site *site, struct error *error)
{
	int64_t generation = 0;
	bool rebuilt = false;
	struct snapshot *snapshot = site->snapshot; /* only the follower switches it */
	enum status status = data_generation(site, &generation, error);
	if (status == STATUS_OK)
		status = follow_policy(site, error);
	if (status == STATUS_OK)
		status = disclosure_refresh(snapshot->disclosure, &rebuilt, error);
	if (status != STATUS_OK)
		return status;
	if (rebuilt)
		log_event(LOG_INFO, "web.generation", "now showing generation %lld", (long long)generation);
	atomic_store(&site->generation, generation);
	atomic_store(&site->searchable, true);
	return STATUS_OK;
}

/* A profile is read whole to see whether it has changed, so that is looked at now and then only. One that cannot be
 * taken changes nothing: pages go on with the one before, and with new data. */
enum status snapshot_refresh(struct site *site, struct error *error)
{
	enum { LOOK_SECONDS = 10 };
	unsigned seconds = site->settings->profile_seconds ? site->settings->profile_seconds : LOOK_SECONDS;
	instant now = instant_now();
	if (now - site->profile_looked_at > (instant)seconds * 1000000) {
		enum status status = follow_profile(site, error);
		site->profile_looked_at = now;
		if (status != STATUS_OK && !site->snapshot)
			return status;
		note_problem(site, status == STATUS_OK ? NULL : error);
	}
	return site->keeper ? follow_data(site, error) : STATUS_OK;
}
