/* Thresholds at which a whole extract waits for a person. */
#include "intake/intake_int.h"

static bool is_of_the_future(const struct extract_job *job, char *reason, size_t size)
{
	date today = date_today();
	char its[DATE_TEXT_SIZE], now[DATE_TEXT_SIZE];
	if (job->result.as_at <= today + 1) /* a day for those who live east of Greenwich */
		return false;
	snprintf(reason, size, "As at %s, after today (%s): every true delivery until then would come too late",
		 date_format_iso(job->result.as_at, its), date_format_iso(today, now));
	return true;
}

bool extract_comes_at_a_wrong_time(const struct intake *intake, const struct extract_job *job, char *reason,
				   size_t size)
{
	const struct known_extract *last = intake_last_loaded(intake, job->plan, false);
	char loaded[DATE_TEXT_SIZE], its[DATE_TEXT_SIZE];
	if (is_of_the_future(job, reason, size))
		return true;
	if (!last || last->as_at <= job->result.as_at)
		return false;
	snprintf(reason, size, "As at %s, older than what is loaded (%s): it would put old values over newer ones",
		 date_format_iso(job->result.as_at, its), date_format_iso(last->as_at, loaded));
	return true;
}

bool extract_must_wait(const struct intake *intake, const struct extract_job *job, char *reason, size_t size)
{
	const struct profile_feed *feed = job->plan->feed;
	const struct intake_result *result = &job->result;
	const struct known_extract *full = intake_last_loaded(intake, job->plan, true);
	const struct known_extract *any = intake_last_loaded(intake, job->plan, false);
	uint64_t good = result->rows_loaded + result->rows_unchanged;
	if (job->is_full && full && full->rows_read > 0 && good == 0) {
		snprintf(reason, size, "A full delivery without a good row would end all rows of this feed");
		return true;
	}
	if (job->is_full && full && feed->rows_fall_by >= 0 &&
	    (double)result->rows_read < (double)full->rows_read * (1 - feed->rows_fall_by)) {
		snprintf(reason, size, "%llu rows where the last full delivery had %lld: fewer by more than %.0f %%",
			 (unsigned long long)result->rows_read, (long long)full->rows_read, feed->rows_fall_by * 100);
		return true;
	}
	/* A file of changes is small and much of it new: it is held against the last full delivery. */
	uint64_t base = good;
	if (!job->is_full && full && (uint64_t)full->rows_read > base)
		base = (uint64_t)full->rows_read;
	if (any && feed->new_clients_above >= 0 && good > 0 &&
	    (double)result->new_clients > (double)base * feed->new_clients_above) {
		snprintf(reason, size, "%llu clients never seen before against %llu rows: more than %.0f %%",
			 (unsigned long long)result->new_clients, (unsigned long long)base,
			 feed->new_clients_above * 100);
		return true;
	}
	return false;
}
