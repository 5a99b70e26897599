#include "linking/refresh.h"

#include "address/address.h"
#include "base/map.h"
#include "base/memory.h"
#include "linking/linking_int.h"
#include "linking/people.h"
#include "linking/residents.h"
#include "reading/reading.h"
#include "store/difference.h"
#include "vault/vault.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

struct known {                        /* residents of earlier runs */
	struct id_map used;           /* every id there ever was -> index + 1 */
	int64_t *ids, *since, *ended; /* ended: 0 while it lives */
	size_t count, capacity, since_capacity, ended_capacity;
	struct id_map of_record; /* record -> resident */
};

struct refresh {
	struct store *data;
	const struct vault *vault;
	int64_t run_id;
	struct buf given; /* the model that was used and not trained; empty: a new one */
	struct people people;
	struct linking_run *run;
	struct known known;
	uint32_t *cluster; /* by record */
	struct residents_result residents;
	struct resident_row *rows; /* of the table */
	size_t row_count;
	uint32_t *links; /* numbers of those that are stored */
	size_t link_count;
};

struct resident_row {
	int64_t id, since, ended; /* ended: 0 while it lives */
	double integrity;
};

/* A model of a workspace serves until the records are many more or fewer: it is worth more pairs than a run of files
 * is. Sources and ages make many cells. */
static const double WORKSPACE_TRAINING_PAIRS = 3e6;

static double now_in_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- what was before --------------------------------------------------------------------------------- */

static enum status read_residents(struct known *known, struct store *data, struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, data, "SELECT resident_id, since_run, ended_run FROM resident", error);
	if (status != STATUS_OK)
		return status;
	int id = statement_column(query, "resident_id"), since = statement_column(query, "since_run");
	int ended = statement_column(query, "ended_run");
	bool row;
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		size_t n = known->count;
		ARRAY_GROW(known->ids, n, known->capacity);
		ARRAY_GROW(known->since, n, known->since_capacity);
		ARRAY_GROW(known->ended, n, known->ended_capacity);
		known->ids[n] = statement_int(query, id);
		known->since[n] = statement_int(query, since);
		known->ended[n] = statement_int(query, ended);
		*id_map_put(&known->used, (uint64_t)known->ids[n], NULL) = ++known->count;
	}
	statement_done(query);
	return status;
}

static enum status read_members(struct known *known, struct store *data, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, data, "SELECT record_id, resident_id FROM resident_record", error);
	if (status != STATUS_OK)
		return status;
	int record = statement_column(query, "record_id"), resident = statement_column(query, "resident_id");
	bool row;
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(&known->of_record, (uint64_t)statement_int(query, record), NULL) =
			(uint64_t)statement_int(query, resident);
	statement_done(query);
	return status;
}

/* ---- new ids ----------------------------------------------------------------------------------------------- */

int64_t linking_resident_id(const struct vault *vault, int64_t founder, unsigned attempt)
{
	char key[64];
	int len = snprintf(key, sizeof key, "resident\x1f%lld\x1f%u", (long long)founder, attempt);
	int64_t id = vault_hash64(vault, VAULT_CLIENT, text_slice(key, (size_t)len)) & INT64_MAX;
	return id ? id : 1;
}

static int64_t new_id(void *context, int64_t founder, unsigned attempt)
{
	const struct refresh *refresh = context;
	return linking_resident_id(refresh->vault, founder, attempt);
}

static int was_used(void *context, int64_t id)
{
	const struct refresh *refresh = context;
	return id_map_get(&refresh->known.used, (uint64_t)id) != NULL;
}

static void assign_residents(struct refresh *refresh)
{
	struct people *people = &refresh->people;
	int64_t *before = memory_alloc(people->count + 1, sizeof *before);
	refresh->cluster = memory_alloc(people->count + 1, sizeof *refresh->cluster);
	for (size_t i = 0; i < people->count; i++) {
		const uint64_t *resident = id_map_get(&refresh->known.of_record, (uint64_t)people->records[i]);
		before[i] = resident ? (int64_t)*resident : 0;
		refresh->cluster[i] = linking_cluster_of(refresh->run, i);
	}
	struct residents_input input = {.records = people->records,
					.cluster = refresh->cluster,
					.before = before,
					.count = people->count,
					.clusters = linking_run_report(refresh->run)->clusters,
					.new_id = new_id,
					.was_used = was_used,
					.context = refresh};
	residents_assign(&refresh->residents, &input);
	free(before);
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static enum status end_bulk(struct bulk *bulk, enum status status, struct error *error)
{
	if (status == STATUS_OK)
		return bulk_end(bulk, error);
	bulk_abandon(bulk);
	return status;
}

static void list_residents(struct refresh *refresh)
{
	const struct known *known = &refresh->known;
	size_t clusters = linking_run_report(refresh->run)->clusters;
	unsigned char *lives = memory_alloc(known->count + 1, 1);
	refresh->rows = memory_alloc(clusters + known->count + 1, sizeof *refresh->rows);
	for (size_t c = 0; c < clusters; c++) {
		int64_t id = refresh->residents.resident[c];
		const uint64_t *number = id_map_get(&known->used, (uint64_t)id);
		if (number)
			lives[*number - 1] = 1;
		refresh->rows[refresh->row_count++] =
			(struct resident_row){.id = id,
					      .since = number ? known->since[*number - 1] : refresh->run_id,
					      .integrity = linking_cluster_integrity(refresh->run, (uint32_t)c)};
	}
	for (size_t i = 0; i < known->count; i++) {
		if (!lives[i])
			refresh->rows[refresh->row_count++] =
				(struct resident_row){.id = known->ids[i],
						      .since = known->since[i],
						      .ended = known->ended[i] ? known->ended[i] : refresh->run_id};
	}
	free(lives);
}

static void give_resident(const void *context, size_t row, struct cell *cells)
{
	const struct resident_row *resident = &((const struct refresh *)context)->rows[row];
	cells[0] = cell_int(resident->id);
	cells[1] = cell_int(resident->since);
	cells[2] = resident->ended ? cell_int(resident->ended) : cell_null();
	cells[3] = cell_double(resident->integrity);
}

static enum status write_residents(struct refresh *refresh, struct error *error)
{
	static const struct difference_table table = {
		.name = "resident", .keys = {"resident_id"}, .values = {"since_run", "ended_run", "integrity"}};
	list_residents(refresh);
	return store_write_difference(refresh->data, &table, refresh->row_count, give_resident, refresh, NULL, error);
}

static void give_member(const void *context, size_t row, struct cell *cells)
{
	const struct refresh *refresh = context;
	cells[0] = cell_int(refresh->people.records[row]);
	cells[1] = cell_int(refresh->residents.resident[refresh->cluster[row]]);
}

static enum status write_members(struct refresh *refresh, struct error *error)
{
	static const struct difference_table table = {
		.name = "resident_record", .keys = {"record_id"}, .values = {"resident_id"}};
	return store_write_difference(refresh->data, &table, refresh->people.count, give_member, refresh, NULL, error);
}

static enum status write_history(struct refresh *refresh, struct error *error)
{
	struct bulk *bulk;
	struct id_map next; /* resident -> events so far */
	id_map_init(&next);
	enum status status = store_bulk_begin(&bulk, refresh->data, "resident_history",
					      "resident_id, run_id, sequence, what, other_resident_id, records", error);
	for (size_t i = 0; i < refresh->residents.event_count && status == STATUS_OK; i++) {
		const struct resident_event *event = &refresh->residents.events[i];
		bulk_int(bulk, event->resident_id);
		bulk_int(bulk, refresh->run_id);
		bulk_int(bulk, (int64_t)++ * id_map_put(&next, (uint64_t)event->resident_id, NULL));
		bulk_text(bulk, text_of(resident_change_name(event->change)));
		if (event->other)
			bulk_int(bulk, event->other);
		else
			bulk_null(bulk);
		bulk_int(bulk, event->records);
		status = bulk_row(bulk, error);
	}
	id_map_release(&next);
	return end_bulk(bulk, status, error);
}

static const char *status_word(const struct linking_link *link)
{
	static const char *const words[] = {"linked", "review", "apart"};
	return words[link->status];
}

/* Of certain links only the strongest of each record is kept: enough to say why the record is where it
 * is. Everything doubtful is kept; what is hardly likely is not: why() works it out when somebody asks. */
static void list_links(struct refresh *refresh, struct linking_outcome *out)
{
	size_t count;
	const struct linking_link *links = linking_links(refresh->run, &count);
	float *strongest = memory_alloc(refresh->people.count + 1, sizeof *strongest);
	for (size_t i = 0; i < count; i++) {
		if (links[i].weight > strongest[links[i].a])
			strongest[links[i].a] = links[i].weight;
		if (links[i].weight > strongest[links[i].b])
			strongest[links[i].b] = links[i].weight;
	}
	refresh->links = memory_alloc(count + 1, sizeof *refresh->links);
	for (size_t i = 0; i < count; i++) {
		const struct linking_link *link = &links[i];
		out->review += link->status == LINKING_REVIEW;
		if (link->status == LINKING_REVIEW ||
		    (link->status == LINKING_LINKED &&
		     (link->weight >= strongest[link->a] || link->weight >= strongest[link->b])))
			refresh->links[refresh->link_count++] = (uint32_t)i;
	}
	free(strongest);
}

static void give_link(const void *context, size_t row, struct cell *cells)
{
	const struct refresh *refresh = context;
	size_t count;
	const struct linking_link *link = &linking_links(refresh->run, &count)[refresh->links[row]];
	cells[0] = cell_int(refresh->people.records[link->a]);
	cells[1] = cell_int(refresh->people.records[link->b]);
	cells[2] = cell_double((double)link->weight);
	cells[3] = cell_double((double)link->probability);
	cells[4] = cell_int((int64_t)link->pattern);
	cells[5] = cell_int(link->rule);
	cells[6] = cell_text(text_of(status_word(link)));
}

static enum status write_links(struct refresh *refresh, struct linking_outcome *out, struct error *error)
{
	static const struct difference_table table = {.name = "link",
						      .keys = {"record_a", "record_b"},
						      .values = {"weight", "probability", "pattern", "rule", "status"}};
	list_links(refresh, out);
	return store_write_difference(refresh->data, &table, refresh->link_count, give_link, refresh, NULL, error);
}

static enum status write_model(struct refresh *refresh, struct error *error)
{
	struct statement *insert;
	struct buf model;
	enum status status =
		store_prepare(&insert, refresh->data,
			      "INSERT INTO linking_model (run_id, made, model) VALUES (:run_id, :made, :model)"
			      " ON CONFLICT (run_id) DO UPDATE SET made = excluded.made, model = excluded.model",
			      error);
	if (status != STATUS_OK)
		return status;
	buf_init(&model, 1 << 22);
	linking_model_json(refresh->run, &model);
	status = linking_model_describe(&model, buf_text(&refresh->given), refresh->data, refresh->run_id, error);
	if (status != STATUS_OK) {
		statement_done(insert);
		buf_release(&model);
		return status;
	}
	statement_bind_int(insert, "run_id", refresh->run_id);
	statement_bind_int(insert, "made", instant_now());
	statement_bind_text(insert, "model", buf_text(&model));
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	buf_release(&model);
	return status;
}

static enum status write_tables(struct refresh *refresh, struct linking_outcome *out, struct error *error)
{
	enum status status = store_begin(refresh->data, error);
	if (status != STATUS_OK)
		return status;
	status = write_residents(refresh, error);
	if (status == STATUS_OK)
		status = write_members(refresh, error);
	if (status == STATUS_OK)
		status = write_history(refresh, error);
	if (status == STATUS_OK)
		status = write_links(refresh, out, error);
	if (status == STATUS_OK && out->trained)
		status = write_model(refresh, error);
	if (status == STATUS_OK)
		return store_commit(refresh->data, error);
	store_rollback(refresh->data);
	return status;
}

/* More or fewer records than this, against those that the model was trained on, and a new one is trained. */
static const double DRIFT = 0.1;

/* The model of an earlier run serves as long as it fits the columns and the records are about as many: what month
 * adds tells it nothing new, and links stay as they were. */
static enum status find_model(struct refresh *refresh, const struct linking_settings *settings, struct buf *model,
			      bool *found, struct error *error)
{
	struct model scratch;
	struct error ignored;
	*found = false;
	if (settings->model || settings->retrain)
		return STATUS_OK;
	enum status status = linking_model_read(model, refresh->data, error);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	double now = (double)refresh->people.count, then = linking_model_records(model->at);
	struct linking_table *columns = linking_table_new(people_columns, PEOPLE_COLUMNS);
	*found = fabs(now - then) <= DRIFT * then && model_read(&scratch, columns, model->at, &ignored) == STATUS_OK;
	linking_table_free(columns);
	return STATUS_OK;
}

static enum status run_engine(struct refresh *refresh, const struct linking_settings *settings,
			      struct linking_outcome *out, struct error *error)
{
	struct linking_settings used = *settings;
	if (used.training_pairs == 0)
		used.training_pairs = WORKSPACE_TRAINING_PAIRS;
	bool found;
	enum status status = find_model(refresh, settings, &refresh->given, &found, error);
	if (status != STATUS_OK) {
		linking_table_free(refresh->people.table);
		return status;
	}
	if (!found)
		buf_clear(&refresh->given);
	if (settings->model)
		buf_append_text(&refresh->given, text_of(settings->model));
	used.model = refresh->given.len ? refresh->given.at : NULL;
	out->trained = !used.model;
	return linking_run_new(&refresh->run, refresh->people.table, &used, error);
}

static enum status refresh_all(struct refresh *refresh, struct reading *reading,
			       const struct linking_settings *settings, struct linking_outcome *out,
			       struct error *error)
{
	double start = now_in_seconds();
	enum status status = address_match_all(reading, error);
	if (status != STATUS_OK)
		return status;
	people_make(&refresh->people, reading);
	out->seconds_read = now_in_seconds() - start;
	status = run_engine(refresh, settings, out, error);
	double write_start = now_in_seconds();
	if (status == STATUS_OK)
		status = read_residents(&refresh->known, refresh->data, error);
	if (status == STATUS_OK)
		status = read_members(&refresh->known, refresh->data, error);
	if (status != STATUS_OK)
		return status;
	assign_residents(refresh);
	status = write_tables(refresh, out, error);
	out->seconds_write = now_in_seconds() - write_start;
	out->seconds = now_in_seconds() - start;
	return status;
}

static void sum_up(const struct refresh *refresh, struct linking_outcome *out)
{
	out->engine = *linking_run_report(refresh->run);
	out->records = refresh->people.count;
	out->residents = out->engine.clusters;
	for (size_t i = 0; i < refresh->residents.event_count; i++) {
		out->began += refresh->residents.events[i].change == RESIDENT_BEGAN;
		out->ended += refresh->residents.events[i].change == RESIDENT_ENDED;
		out->separated += refresh->residents.events[i].change == RESIDENT_SEPARATED;
	}
}

enum status linking_refresh(struct reading *reading, int64_t run_id, const struct linking_settings *settings,
			    struct linking_outcome *out, struct error *error)
{
	struct linking_settings defaults = {0};
	struct refresh refresh = {.data = reading->data, .vault = reading->vault, .run_id = run_id};
	memset(out, 0, sizeof *out);
	buf_init(&refresh.given, 1 << 22);
	id_map_init(&refresh.known.used);
	id_map_init(&refresh.known.of_record);
	enum status status = refresh_all(&refresh, reading, settings ? settings : &defaults, out, error);
	if (status == STATUS_OK)
		sum_up(&refresh, out);
	linking_run_free(refresh.run);
	buf_release(&refresh.given);
	people_release(&refresh.people);
	residents_release(&refresh.residents);
	id_map_release(&refresh.known.used);
	id_map_release(&refresh.known.of_record);
	free(refresh.known.ids);
	free(refresh.known.since);
	free(refresh.known.ended);
	free(refresh.cluster);
	free(refresh.rows);
	free(refresh.links);
	return status;
}
