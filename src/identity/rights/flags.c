#include "rights/flags.h"

#include "base/id.h"
#include "rights/rights_int.h"
#include "vault/disclosure.h"

enum { WORDS_OF_FLAG = 31, SEALED_LONGEST = 4 * FLAG_REASON_LONGEST + 256 };

const struct sealed_rows rights_sealed_reasons = {
	.title = "reasons of residents' flags",
	.select = "SELECT act_id AS record_id, 0 AS feed_no, 0 AS row_key, 31 AS version, 5 AS part, reason_sealed AS "
		  "sealed FROM flag_act WHERE act_id > :record_id ORDER BY act_id LIMIT :most",
	.update = "UPDATE flag_act SET reason_sealed = :sealed WHERE act_id = :record_id",
	.place = {"record_id"}};

/* ---- what an order may say --------------------------------------------------------------------------- */

static enum status invalid(const char *code, const char *message, const char *remedy, struct error *error)
{
	error_set(error, STATUS_INVALID, code, "%s", message);
	error_remedy(error, "%s", remedy);
	return STATUS_INVALID;
}

static enum status check_order(const struct rights_flag *order, const struct profile *profile, struct error *error)
{
	const struct profile_purpose *purpose = profile_purpose(profile, order->about);
	const struct profile_agreement *agreement = profile_agreement(profile, order->about);
	if (order->kind == FLAG_OBJECTION && (!purpose || purpose->residents_rights))
		return invalid("rights.flag_about", "An objection is to a purpose of the profile",
			       "purposes.yaml has their ids; answering residents is none that anybody can object to",
			       error);
	if (order->kind == FLAG_CONSENT && (!agreement || !agreement->consent))
		return invalid("rights.flag_about", "Consent is given to an agreement that rests on consent",
			       "agreements.yaml has them, with `consent: true`", error);
	if (order->reason.len < FLAG_REASON_SHORTEST || order->reason.len > FLAG_REASON_LONGEST)
		return invalid("rights.flag_reason", "Say why, in 3 to 500 characters",
			       "a reference of the resident's letter will do", error);
	return STATUS_OK;
}

static enum status records_of(struct flag_record **out, size_t *count, const struct rights_parts *parts,
			      int64_t resident_id, struct arena *arena, struct error *error)
{
	struct statement *query;
	size_t capacity = 64;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(arena, capacity, struct flag_record);
	enum status status = store_prepare(
		&query, parts->data,
		"SELECT s.source_id AS source_id, r.client_hash AS client_hash FROM resident_record m JOIN record r ON "
		"r.record_id = m.record_id JOIN source s ON s.source_no = r.source_no WHERE m.resident_id = :resident "
		"ORDER BY r.record_id",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", resident_id);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		if (*count == capacity) {
			struct flag_record *more = ARENA_ARRAY(arena, 2 * capacity, struct flag_record);
			memcpy(more, *out, capacity * sizeof *more);
			*out = more;
			capacity *= 2;
		}
		(*out)[(*count)++] = (struct flag_record){copied_text(query, "source_id", arena),
							  copied_number(query, "client_hash")};
	}
	statement_done(query);
	if (status == STATUS_OK && !*count) {
		error_set(error, STATUS_NOT_FOUND, "rights.nobody", "no resident with this id has any records");
		error_remedy(error, "give the 13 characters that stand in the address of the resident's page");
		return STATUS_NOT_FOUND;
	}
	return status;
}

static enum status seal_and_do(struct flag_act *act, const struct rights_flag *order, const struct rights_parts *parts,
			       struct error *error)
{
	struct buf sealed;
	buf_init(&sealed, SEALED_LONGEST);
	disclosure_seal_words(parts->vault, act->act_id, WORDS_OF_FLAG, order->reason, &sealed);
	act->reason_sealed = buf_text(&sealed);
	enum status status = flag_do(parts->desk, act, error);
	buf_release(&sealed);
	return status;
}

enum status rights_flag_do(const struct rights_flag *order, const struct rights_parts *parts, int64_t resident_id,
			   struct error *error)
{
	struct arena arena;
	struct flag_record *records;
	struct flag_act act = {.act_id = id_random(),
			       .kind = order->kind,
			       .about = order->kind == FLAG_RESTRICTION || order->kind == FLAG_HOLD ? TEXT("")
												    : order->about,
			       .holds = order->holds,
			       .by = order->by};
	enum status status = check_order(order, parts->profile, error);
	if (status != STATUS_OK)
		return status;
	arena_init(&arena, 16 << 20);
	status = records_of(&records, &act.record_count, parts, resident_id, &arena, error);
	act.records = records;
	if (status == STATUS_OK)
		status = seal_and_do(&act, order, parts, error);
	arena_release(&arena);
	return status;
}

/* ---- reading ------------------------------------------------------------------------------------------ */

static struct text title_of(const struct flag_act *act, const struct profile *profile, struct arena *arena)
{
	const struct profile_purpose *purpose = profile_purpose(profile, act->about);
	const struct profile_agreement *agreement = profile_agreement(profile, act->about);
	if (act->kind == FLAG_RESTRICTION)
		return act->holds ? TEXT("Processing restricted") : TEXT("Restriction of processing lifted");
	if (act->kind == FLAG_HOLD)
		return act->holds ? TEXT("Held for a legal claim") : TEXT("Legal hold lifted");
	if (act->kind == FLAG_OBJECTION)
		return arena_format(arena, "Objection to %s%s", purpose ? purpose->title.at : act->about.at,
				    act->holds ? "" : " taken back");
	return arena_format(arena, "Consent to %s%s", agreement ? agreement->title.at : act->about.at,
			    act->holds ? "" : " withdrawn");
}

static enum status read_flag(struct rights_flag *out, const struct flag_act *act, const struct rights_parts *parts,
			     struct arena *arena, struct error *error)
{
	struct buf plain;
	buf_init(&plain, SEALED_LONGEST);
	enum status status =
		disclosure_unseal_words(parts->vault, act->act_id, WORDS_OF_FLAG, act->reason_sealed, &plain, error);
	*out = (struct rights_flag){.kind = act->kind,
				    .about = act->about,
				    .holds = act->holds,
				    .reason = arena_text(arena, buf_text(&plain)),
				    .by = act->by,
				    .at = act->at,
				    .current = act->current,
				    .title = title_of(act, parts->profile, arena)};
	buf_wipe(&plain);
	buf_release(&plain);
	return status;
}

enum status rights_flags(struct rights_flag **out, size_t *count, const struct rights_parts *parts, int64_t resident_id,
			 struct arena *arena, struct error *error)
{
	struct flag_record *records;
	struct flag_act *acts;
	size_t record_count;
	*count = 0;
	enum status status = records_of(&records, &record_count, parts, resident_id, arena, error);
	if (status == STATUS_OK)
		status = flag_acts(&acts, count, parts->desk, records, record_count, arena, error);
	if (status != STATUS_OK)
		return status;
	*out = ARENA_ARRAY(arena, *count + 1, struct rights_flag);
	for (size_t i = 0; i < *count && status == STATUS_OK; i++)
		status = read_flag(&(*out)[i], &acts[i], parts, arena, error);
	return status;
}

size_t rights_bounds_lines(struct text **out, const struct policy *policy, const struct profile *profile,
			   const struct policy_bounds *bounds, struct arena *arena)
{
	size_t count = 0;
	*out = ARENA_ARRAY(arena, profile->purposes.count + profile->agreements.count + 2, struct text);
	if (bounds->restricted)
		(*out)[count++] = TEXT("Processing is restricted: the data is stored, and used only to answer the "
				       "resident");
	if (bounds->held)
		(*out)[count++] = TEXT("Held for a legal claim: nothing is deleted when its time is over");
	for (size_t i = 0; i < profile->purposes.count; i++)
		if (bounds->objections >> i & 1)
			(*out)[count++] = arena_format(arena, "Objects to: %s", profile->purposes.at[i].title.at);
	for (size_t i = 0; i < profile->agreements.count; i++)
		if (policy_has_consent(policy, bounds, &profile->agreements.at[i]))
			(*out)[count++] = arena_format(arena, "Consents to: %s", profile->agreements.at[i].title.at);
	return count;
}

enum status rights_flags_generation(struct store *desk, int64_t *generation, struct error *error)
{
	return store_query_int(desk, "SELECT COALESCE(MAX(act_no), 0) FROM flag_act", generation, error);
}
