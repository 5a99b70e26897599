#include "policy/flags.h"

#include "base/log.h"
#include "base/memory.h"
#include "policy/policy_int.h"

static const char *const kind_names[] = {[FLAG_OBJECTION] = "objection",
					 [FLAG_RESTRICTION] = "restriction",
					 [FLAG_CONSENT] = "consent",
					 [FLAG_HOLD] = "hold"};

const char *flag_kind_name(enum flag_kind kind)
{
	return kind_names[kind];
}

bool flag_kind_parse(struct text name, enum flag_kind *out)
{
	for (int i = FLAG_OBJECTION; i <= FLAG_HOLD; i++) {
		if (!text_is(name, kind_names[i]))
			continue;
		*out = (enum flag_kind)i;
		return true;
	}
	return false;
}

/* ---- doing ------------------------------------------------------------------------------------- */

/* How many of the act's records stand already as it says; those of which nothing was ever done stand as not held. */
static enum status count_standing(struct store *desk, const struct flag_act *act, size_t *count, struct error *error)
{
	struct statement *query;
	bool row;
	*count = 0;
	enum status status = store_prepare(
		&query, desk,
		"SELECT a.holds FROM flag_act a JOIN flag_record r ON r.act_no = a.act_no WHERE r.client_hash = "
		":client AND r.source_id = :source AND a.kind = :kind AND a.about = :about ORDER BY a.act_no DESC "
		"LIMIT 1",
		error);
	for (size_t i = 0; status == STATUS_OK && i < act->record_count; i++) {
		statement_bind_int(query, "client", act->records[i].client_hash);
		statement_bind_text(query, "source", act->records[i].source_id);
		statement_bind_int(query, "kind", act->kind);
		statement_bind_text(query, "about", act->about);
		status = statement_step(query, &row, error);
		bool holds = status == STATUS_OK && row && statement_int(query, statement_column(query, "holds"));
		*count += holds == act->holds;
		statement_reset(query);
	}
	statement_done(query);
	return status;
}

static enum status insert_act(struct store *desk, struct flag_act *act, struct error *error)
{
	struct statement *insert;
	bool row;
	enum status status = store_prepare(
		&insert, desk,
		"INSERT INTO flag_act (act_id, kind, about, holds, reason_sealed, done_at, done_by) VALUES (:id, "
		":kind, :about, :holds, :reason, :now, :by) RETURNING act_no",
		error);
	if (status)
		return status;
	act->at = instant_now();
	statement_bind_int(insert, "id", act->act_id);
	statement_bind_int(insert, "kind", act->kind);
	statement_bind_text(insert, "about", act->about);
	statement_bind_int(insert, "holds", act->holds);
	statement_bind_blob(insert, "reason", act->reason_sealed.at, act->reason_sealed.len);
	statement_bind_int(insert, "now", act->at);
	statement_bind_text(insert, "by", act->by);
	status = statement_step(insert, &row, error);
	if (status == STATUS_OK && row)
		act->act_no = statement_int(insert, statement_column(insert, "act_no"));
	statement_done(insert);
	return status;
}

static enum status insert_records(struct store *desk, const struct flag_act *act, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(
		&insert, desk,
		"INSERT INTO flag_record (act_no, source_id, client_hash) VALUES (:act, :source, :client)", error);
	for (size_t i = 0; status == STATUS_OK && i < act->record_count; i++) {
		statement_bind_int(insert, "act", act->act_no);
		statement_bind_text(insert, "source", act->records[i].source_id);
		statement_bind_int(insert, "client", act->records[i].client_hash);
		status = statement_run(insert, NULL, error);
	}
	statement_done(insert);
	return status;
}

enum status flag_do(struct store *desk, struct flag_act *act, struct error *error)
{
	size_t standing;
	enum status status = count_standing(desk, act, &standing, error);
	if (status == STATUS_OK && standing == act->record_count) {
		error_set(error, STATUS_CONFLICT, "policy.flag_same",
			  act->holds ? "This is recorded already, for all of the resident's records"
				     : "There is nothing of this kind to lift or withdraw");
		error_remedy(error, "\"oneview rights flags\" and the resident's page of rights show what stands");
		return STATUS_CONFLICT;
	}
	if (status == STATUS_OK)
		status = insert_act(desk, act, error);
	if (status == STATUS_OK)
		status = insert_records(desk, act, error);
	return status == STATUS_OK ? policy_count_up(desk, error) : status;
}

/* ---- reading ------------------------------------------------------------------------------------ */

struct acts {
	struct flag_act *at;
	size_t count, capacity;
};

static void take_act(struct acts *acts, struct statement *row, struct arena *arena)
{
	int64_t act_no = statement_int(row, statement_column(row, "act_no"));
	for (size_t i = 0; i < acts->count; i++)
		if (acts->at[i].act_no == act_no) /* found by another record */
			return;
	ARRAY_GROW(acts->at, acts->count, acts->capacity);
	acts->at[acts->count++] = (struct flag_act){
		.act_no = act_no,
		.act_id = statement_int(row, statement_column(row, "act_id")),
		.kind = (enum flag_kind)statement_int(row, statement_column(row, "kind")),
		.about = arena_text(arena, statement_text(row, statement_column(row, "about"))),
		.holds = statement_int(row, statement_column(row, "holds")) != 0,
		.reason_sealed = arena_text(arena, statement_blob(row, statement_column(row, "reason_sealed"))),
		.at = statement_int(row, statement_column(row, "done_at")),
		.by = arena_text(arena, statement_text(row, statement_column(row, "done_by")))};
}

static int newest_first(const void *a, const void *b)
{
	const struct flag_act *left = a, *right = b;
	return (left->act_no < right->act_no) - (left->act_no > right->act_no);
}

enum status flag_acts(struct flag_act **out, size_t *count, struct store *desk, const struct flag_record *records,
		      size_t record_count, struct arena *arena, struct error *error)
{
	struct statement *query;
	struct acts acts = {0};
	bool row;
	enum status status = store_prepare(
		&query, desk,
		"SELECT a.act_no, a.act_id, a.kind, a.about, a.holds, a.reason_sealed, a.done_at, a.done_by FROM "
		"flag_record r JOIN flag_act a ON a.act_no = r.act_no WHERE r.client_hash = :client AND r.source_id = "
		":source ORDER BY a.act_no",
		error);
	for (size_t i = 0; status == STATUS_OK && i < record_count; i++) {
		statement_bind_int(query, "client", records[i].client_hash);
		statement_bind_text(query, "source", records[i].source_id);
		while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
			take_act(&acts, query, arena);
		statement_reset(query);
	}
	statement_done(query);
	*count = acts.count;
	*out = ARENA_ARRAY(arena, acts.count + 1, struct flag_act);
	if (acts.count) {
		qsort(acts.at, acts.count, sizeof *acts.at, newest_first);
		memcpy(*out, acts.at, acts.count * sizeof *acts.at);
	}
	free(acts.at);
	for (size_t i = 0; i < *count; i++) {
		(*out)[i].current = true;
		for (size_t j = 0; j < i; j++)
			(*out)[i].current &=
				(*out)[j].kind != (*out)[i].kind || !text_equal((*out)[j].about, (*out)[i].about);
	}
	return status;
}

/* ---- whose they are now -------------------------------------------------------------------------- */

/* Of one record, in the order of acts. */
struct record_flags {
	int64_t resident_id;
	struct policy_bounds says;
	uint64_t withdrawn; /* consents that were taken back */
};

struct loading {
	const struct policy *policy;
	struct policy_facts *facts;
	struct id_map number; /* record id to RECORDS */
	struct record_flags *records;
	size_t count, capacity, bounds_capacity;
	const uint64_t *sources; /* by consent's bit: bit set of source numbers that its agreement covers */
};

static uint64_t purpose_bit(const struct profile *profile, struct text id)
{
	const struct profile_purpose *purpose = profile_purpose(profile, id);
	if (purpose)
		return UINT64_C(1) << purpose->number;
	log_event(LOG_WARNING, "policy.flag",
		  "an objection names the purpose %.*s, which the profile does not have: it counts against all",
		  TEXT_ARG(id));
	return UINT64_MAX;
}

static void take_flag(struct loading *l, struct record_flags *record, enum flag_kind kind, struct text about,
		      bool holds)
{
	if (kind == FLAG_RESTRICTION)
		record->says.restricted = holds;
	if (kind == FLAG_HOLD)
		record->says.held = holds;
	if (kind == FLAG_OBJECTION) {
		uint64_t bit = purpose_bit(l->policy->profile, about);
		record->says.objections = holds ? record->says.objections | bit : record->says.objections & ~bit;
	}
	const struct profile_agreement *agreement =
		kind == FLAG_CONSENT ? profile_agreement(l->policy->profile, about) : NULL;
	uint64_t bit = agreement ? policy_consent_bit(l->policy, agreement) : 0;
	record->says.consents = holds ? record->says.consents | bit : record->says.consents & ~bit;
	record->withdrawn = holds ? record->withdrawn & ~bit : record->withdrawn | bit;
}

static struct record_flags *record_of(struct loading *l, int64_t record_id, int64_t resident_id)
{
	bool is_new;
	uint64_t *number = id_map_put(&l->number, (uint64_t)record_id, &is_new);
	if (is_new) {
		ARRAY_GROW(l->records, l->count, l->capacity);
		*number = l->count;
		l->records[l->count++] = (struct record_flags){.resident_id = resident_id};
	}
	return &l->records[*number];
}

/* The record and its resident, 0 when the data shelf has none of this source and client number. */
static enum status find_resident(struct statement *find, struct statement *flag, int64_t *record_id,
				 int64_t *resident_id, struct error *error)
{
	bool row;
	*record_id = *resident_id = 0;
	statement_bind_text(find, "source", statement_text(flag, statement_column(flag, "source_id")));
	statement_bind_int(find, "client", statement_int(flag, statement_column(flag, "client_hash")));
	enum status status = statement_step(find, &row, error);
	if (status == STATUS_OK && row) {
		*record_id = statement_int(find, statement_column(find, "record_id"));
		*resident_id = statement_int(find, statement_column(find, "resident_id"));
	}
	statement_reset(find);
	return status;
}

static enum status load_records(struct loading *l, struct store *data, struct store *desk, struct error *error)
{
	struct statement *flags, *find = NULL;
	bool row;
	int64_t record_id, resident_id;
	enum status status = store_prepare(
		&flags, desk,
		"SELECT a.kind, a.about, a.holds, r.source_id, r.client_hash FROM flag_act a JOIN flag_record r ON "
		"r.act_no = a.act_no ORDER BY a.act_no, r.source_id, r.client_hash",
		error);
	if (status)
		return status;
	while ((status = statement_step(flags, &row, error)) == STATUS_OK && row) {
		if (!find) /* most shelves have no flags */
			status = store_prepare(&find, data,
					       "SELECT r.record_id, m.resident_id FROM source s JOIN record r ON "
					       "r.source_no = s.source_no JOIN resident_record m ON m.record_id = "
					       "r.record_id WHERE s.source_id = :source AND r.client_hash = :client",
					       error);
		if (status == STATUS_OK)
			status = find_resident(find, flags, &record_id, &resident_id, error);
		if (status != STATUS_OK)
			break;
		if (resident_id)
			take_flag(l, record_of(l, record_id, resident_id),
				  (enum flag_kind)statement_int(flags, statement_column(flags, "kind")),
				  statement_text(flags, statement_column(flags, "about")),
				  statement_int(flags, statement_column(flags, "holds")) != 0);
	}
	statement_done(find);
	statement_done(flags);
	return status;
}

/* The resident's bounds before consent: the stricter of their records, and what any of them consents to. */
static void gather(struct loading *l, uint64_t *withdrawn)
{
	struct policy_facts *facts = l->facts;
	for (size_t i = 0; i < l->count; i++) {
		bool is_new;
		const struct record_flags *record = &l->records[i];
		uint64_t *number = id_map_put(&facts->flagged, (uint64_t)record->resident_id, &is_new);
		if (is_new) {
			ARRAY_GROW(facts->bounds, facts->bounds_count, l->bounds_capacity);
			*number = facts->bounds_count;
			facts->bounds[facts->bounds_count++] = (struct policy_bounds){0};
		}
		struct policy_bounds *bounds = &facts->bounds[*number];
		bounds->restricted |= record->says.restricted;
		bounds->held |= record->says.held;
		bounds->objections |= record->says.objections;
		bounds->consents |= record->says.consents;
		withdrawn[*number] |= record->withdrawn;
	}
}

static uint64_t covering(const struct loading *l, struct text source_id)
{
	uint64_t bits = 0;
	const struct profile_source *source = profile_source(l->policy->profile, source_id);
	size_t words = l->policy->profile->sources.count / 64 + 1;
	for (size_t bit = 0; source && bit < CONSENTS_MOST; bit++)
		if (l->sources[bit * words + source->number / 64] >> source->number % 64 & 1)
			bits |= UINT64_C(1) << bit;
	return bits;
}

/* Takes away the consents that one of the resident's records from a covered source does not have. */
static enum status ask_all_records(struct loading *l, struct statement *records, int64_t resident_id,
				   struct policy_bounds *bounds, struct error *error)
{
	bool row;
	enum status status;
	statement_bind_int(records, "resident", resident_id);
	while ((status = statement_step(records, &row, error)) == STATUS_OK && row) {
		const uint64_t *number = id_map_get(
			&l->number, (uint64_t)statement_int(records, statement_column(records, "record_id")));
		uint64_t has = number ? l->records[*number].says.consents : 0;
		bounds->consents &= has | ~covering(l, statement_text(records, statement_column(records, "source_id")));
	}
	statement_reset(records);
	return status;
}

static enum status settle_consents(struct loading *l, struct store *data, struct error *error)
{
	struct statement *records = NULL;
	enum status status = STATUS_OK;
	uint64_t *withdrawn = memory_alloc(l->count + 1, sizeof *withdrawn);
	gather(l, withdrawn);
	for (size_t i = 0; status == STATUS_OK && i < l->count; i++) {
		const uint64_t *number = id_map_get(&l->facts->flagged, (uint64_t)l->records[i].resident_id);
		struct policy_bounds *bounds = &l->facts->bounds[*number];
		bounds->consents &= ~withdrawn[*number];
		if (bounds->consents && !records)
			status = store_prepare(&records, data,
					       "SELECT m.record_id, s.source_id FROM resident_record m JOIN record r "
					       "ON r.record_id = m.record_id JOIN source s ON s.source_no = "
					       "r.source_no WHERE m.resident_id = :resident",
					       error);
		if (bounds->consents && status == STATUS_OK)
			status = ask_all_records(l, records, l->records[i].resident_id, bounds, error);
	}
	statement_done(records);
	free(withdrawn);
	return status;
}

static uint64_t *consented_sources(const struct policy *policy)
{
	const struct profile *profile = policy->profile;
	size_t words = profile->sources.count / 64 + 1, bit = 0;
	uint64_t *sources = memory_alloc(CONSENTS_MOST * words, sizeof *sources);
	for (size_t a = 0; a < profile->agreements.count; a++) {
		const struct profile_agreement *agreement = &profile->agreements.at[a];
		if (!agreement->consent)
			continue;
		for (size_t c = 0; c < agreement->cover_count; c++)
			for (size_t f = 0; f < profile->feeds.count; f++) {
				unsigned source = profile->feeds.at[f].source->number;
				if (agreement->covers[c].feeds[f / 64] >> f % 64 & 1)
					sources[bit * words + source / 64] |= UINT64_C(1) << source % 64;
			}
		bit++;
	}
	return sources;
}

enum status policy_load_flags(const struct policy *policy, struct policy_facts *facts, struct store *data,
			      struct store *desk, struct error *error)
{
	uint64_t *sources = consented_sources(policy);
	struct loading l = {.policy = policy, .facts = facts, .sources = sources};
	id_map_init(&l.number);
	enum status status = load_records(&l, data, desk, error);
	if (status == STATUS_OK)
		status = settle_consents(&l, data, error);
	id_map_release(&l.number);
	free(l.records);
	free(sources);
	return status;
}
