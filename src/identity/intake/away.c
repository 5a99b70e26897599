/* A thread that seals files into the archive, loaded or to wait there, while the next ones are read.  The clear file
 * goes only when the database is durable: until then a lost commit could still need it. */
#include "base/memory.h"
#include "intake/intake_int.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct away_file {
	struct extract_job *job;
};

struct away {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	const struct vault *vault;
	const char *archive;
	const struct id_map *refused;
	struct away_file *files;
	size_t count, capacity, next, removed;
	bool stop, busy;
	enum status status;
	struct error error;
};

static bool is_same_file(const struct extract_job *job)
{
	struct stat info;
	return stat(job->path, &info) == 0 && (int64_t)info.st_dev == job->device &&
	       (int64_t)info.st_ino == job->inode && info.st_size == job->size &&
	       info.st_mtim.tv_sec * INT64_C(1000000000) + info.st_mtim.tv_nsec == job->mtime_ns;
}

static enum status seal_one(struct away *away, struct extract_job *job, struct error *error)
{
	char target[4400];
	if (!is_same_file(job))
		return STATUS_OK; /* changed since it was read: it is another extract, for the next run */
	snprintf(target, sizeof target, "%s/%s", away->archive, job->archive_name);
	bool was_read = job->result.outcome == EXTRACT_LOADED && !job->was_loaded;
	bool whole = was_read ? !job->refused_rows : !away->refused->count;
	enum status status =
		whole ? vault_seal_file(away->vault, job->path, target, job->result.extract_id, false, error)
		      : without_seal(job, away->vault, away->refused, target, error);
	job->sealed_away = status == STATUS_OK;
	return status;
}

static void *away_run(void *argument)
{
	struct away *away = argument;
	pthread_mutex_lock(&away->lock);
	while (!away->stop || away->next < away->count) {
		if (away->next == away->count) {
			pthread_cond_wait(&away->changed, &away->lock);
			continue;
		}
		struct extract_job *job = away->files[away->next].job;
		away->busy = true;
		pthread_mutex_unlock(&away->lock);
		struct error error;
		enum status status = seal_one(away, job, &error);
		pthread_mutex_lock(&away->lock);
		if (status && !away->status) {
			away->status = status;
			away->error = error;
		}
		away->next++;
		away->busy = false;
		pthread_cond_broadcast(&away->changed);
	}
	pthread_mutex_unlock(&away->lock);
	return NULL;
}

struct away *away_start(const struct vault *vault, const char *archive, const struct id_map *refused)
{
	struct away *away = memory_alloc(1, sizeof *away);
	away->vault = vault;
	away->archive = archive;
	away->refused = refused;
	pthread_mutex_init(&away->lock, NULL);
	pthread_cond_init(&away->changed, NULL);
	if (pthread_create(&away->thread, NULL, away_run, away)) {
		free(away);
		return NULL;
	}
	return away;
}

void away_add(struct away *away, struct extract_job *job)
{
	pthread_mutex_lock(&away->lock);
	ARRAY_GROW(away->files, away->count, away->capacity);
	away->files[away->count++] = (struct away_file){.job = job};
	pthread_cond_broadcast(&away->changed);
	pthread_mutex_unlock(&away->lock);
}

/* The clear files whose archives are whole; those that changed since are other extracts. */
static enum status remove_clear(struct away *away, struct error *error)
{
	const char **paths = memory_alloc(away->count + 1, sizeof *paths);
	size_t count = 0;
	enum status status = vault_sync_folder(away->archive, error);
	for (; status == STATUS_OK && away->removed < away->count; away->removed++) {
		const struct extract_job *job = away->files[away->removed].job;
		if (job->sealed_away && !job->waited && is_same_file(job))
			paths[count++] = job->path;
	}
	if (status == STATUS_OK)
		status = vault_remove_files(paths, count, error);
	free(paths);
	return status;
}

enum status away_finish(struct away *away, bool durable, struct error *error)
{
	pthread_mutex_lock(&away->lock);
	while (away->next < away->count || away->busy)
		pthread_cond_wait(&away->changed, &away->lock);
	enum status status = away->status;
	if (status && error)
		*error = away->error;
	away->status = STATUS_OK;
	pthread_mutex_unlock(&away->lock);
	struct error why;
	enum status removed = durable && away->removed < away->count ? remove_clear(away, &why) : STATUS_OK;
	if (removed && !status) {
		status = removed;
		*error = why;
	}
	return status;
}

void away_stop(struct away *away)
{
	if (!away)
		return;
	pthread_mutex_lock(&away->lock);
	away->stop = true;
	pthread_cond_broadcast(&away->changed);
	pthread_mutex_unlock(&away->lock);
	pthread_join(away->thread, NULL);
	pthread_mutex_destroy(&away->lock);
	pthread_cond_destroy(&away->changed);
	free(away->files);
	free(away);
}
