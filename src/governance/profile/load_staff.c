#include "profile/profile_int.h"

/* `staff` in profile.yaml: job codes, acceptable use, training, breached passwords. */

enum { MONTHS_MOST = 60 };

/* A role, or a mapping with it and what else comes with the job. */
static struct profile_job read_job(struct reader *r, struct text code, const struct yaml_node *node)
{
	static const char *const keys[] = {"role", "teams", "worker_numbers", NULL};
	struct profile_job job = {.code = code};
	if (node->kind != YAML_MAPPING) {
		job.role = scalar_reference(r, node, KIND_ROLE);
	} else if (read_mapping(r, node, "a job", keys)) {
		job.role = read_reference(r, node, "role", KIND_ROLE, true);
		job.teams = (const struct profile_team **)read_references(r, node, "teams", KIND_TEAM, false,
									  &job.team_count);
		job.worker_numbers = read_bool(r, node, "worker_numbers", false);
	}
	return job;
}

static void read_jobs(struct reader *r, const struct yaml_node *node, struct profile_staff *staff)
{
	struct yaml_node *jobs = read_key(r, node, "jobs", false);
	if (!jobs)
		return;
	if (jobs->kind != YAML_MAPPING) {
		problem(r, jobs, "`jobs` must be a mapping of job codes to roles");
		remedy(r, "Write `jobs: {\"CT-ADVISER\": contact_centre}`, each code as the HR extract has it.");
		return;
	}
	staff->jobs = ARENA_ARRAY(r->loader->arena, jobs->count, struct profile_job);
	for (size_t i = 0; i < jobs->count; i++)
		staff->jobs[staff->job_count++] = read_job(r, jobs->keys[i], jobs->items[i]);
}

static void read_use(struct reader *r, const struct yaml_node *node, struct profile_staff *staff)
{
	static const char *const keys[] = {"version", "text", NULL};
	struct yaml_node *use = read_key(r, node, "acceptable_use", false);
	if (!use || !read_mapping(r, use, "`acceptable_use`", keys))
		return;
	staff->use_version = read_text(r, use, "version", true);
	staff->use_text = read_texts(r, use, "text", true, &staff->use_text_count);
}

static void read_training(struct reader *r, const struct yaml_node *node, struct profile_staff *staff)
{
	static const char *const keys[] = {"title", "valid_months", "roles", "where", "ask", NULL};
	struct yaml_node *training = read_key(r, node, "training", false);
	if (!training || !read_mapping(r, training, "`training`", keys))
		return;
	double months = read_number(r, training, "valid_months", 0);
	staff->training = read_text(r, training, "title", true);
	staff->training_where = read_text(r, training, "where", true);
	staff->training_ask = read_text(r, training, "ask", true);
	staff->training_months = (int)months;
	staff->training_roles = (const struct profile_role **)read_references(r, training, "roles", KIND_ROLE, false,
									      &staff->training_role_count);
	if (months >= 1 && months <= MONTHS_MOST && months == (int)months)
		return;
	problem(r, training, "`training` needs `valid_months`: a whole number from 1 to %d", MONTHS_MOST);
	remedy(r, "Write `valid_months: 12`: who was trained longer ago is let in again after new training.");
}

void fill_staff(struct loader *loader)
{
	static const char *const keys[] = {"jobs", "acceptable_use", "training", "breached_passwords", NULL};
	static const char *const needs[] = {"optional", "required", NULL};
	struct profile_staff *staff = &loader->profile->staff;
	struct file *file = loader_file(loader, "profile.yaml");
	struct reader r = {loader, file};
	staff->use_version = staff->training = TEXT_ABSENT;
	struct yaml_node *node = file && file->root->kind == YAML_MAPPING ? yaml_get(file->root, "staff") : NULL;
	if (!node || !read_mapping(&r, node, "`staff`", keys))
		return;
	read_jobs(&r, node, staff);
	read_use(&r, node, staff);
	read_training(&r, node, staff);
	staff->breached_required = read_enum(&r, node, "breached_passwords", needs, false, 0) == 1;
}
