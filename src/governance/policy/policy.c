#include "policy/policy_int.h"

#include "base/memory.h"

const char *policy_rule_text(enum policy_rule rule)
{
	static const char *const texts[] = {
		[POLICY_RULE_NONE] = "",
		[POLICY_RULE_AGREEMENT] = "A data-sharing agreement allows it.",
		[POLICY_RULE_NO_PURPOSE] = "Say first why you need it.",
		[POLICY_RULE_OTHER_PURPOSE] = "Your role does not work for this purpose.",
		[POLICY_RULE_NO_AGREEMENT] = "No data-sharing agreement gives it to your role for this purpose.",
		[POLICY_RULE_AGREEMENT_ENDED] = "The data-sharing agreement for it is not in force.",
		[POLICY_RULE_NO_NAMES] = "Your role works without names.",
		[POLICY_RULE_NOT_FOR_DISPLAY] = "It is registered for statistics only.",
		[POLICY_RULE_SPECIAL_CATEGORY] =
			"It is special-category data, and the agreement states no condition for that.",
		[POLICY_RULE_CRIMINAL] = "It is criminal-offence data, and the agreement states no condition for that.",
		[POLICY_RULE_COMPARTMENT] = "It is kept apart, and the agreement does not open that compartment.",
		[POLICY_RULE_MONITORING] =
			"It is a protected characteristic, and the agreement keeps it for monitoring that people are "
			"treated alike.",
		[POLICY_RULE_OTHER_USE] = "The agreement does not let it be used in this way.",
		[POLICY_RULE_CONSENT] = "The agreement rests on consent, and the resident's consent is not recorded.",
		[POLICY_RULE_OBJECTION] = "The resident has objected to the use of their data for this purpose.",
		[POLICY_RULE_RESTRICTED] =
			"The resident has had processing restricted: their data is stored, and used only to answer "
			"them.",
	};
	return texts[rule];
}

/* ---- decisions worked out beforehand -------------------------------------------------------- */

/* How near an agreement came, so that the reason shown is the one that a person could act on. */
static int nearness(enum policy_rule rule)
{
	switch (rule) {
	case POLICY_RULE_AGREEMENT:
		return 4;
	case POLICY_RULE_SPECIAL_CATEGORY:
	case POLICY_RULE_CRIMINAL:
	case POLICY_RULE_COMPARTMENT:
	case POLICY_RULE_MONITORING:
	case POLICY_RULE_OTHER_USE:
	case POLICY_RULE_CONSENT:
		return 3;
	case POLICY_RULE_AGREEMENT_ENDED:
		return 2;
	default:
		return 1;
	}
}

static bool is_recipient(const struct profile_agreement *agreement, const struct viewer *viewer)
{
	if (!viewer->team && agreement->team_count)
		return false;
	return agreement_has_role(agreement, viewer->role) && agreement_has_team(agreement, viewer->team) &&
	       agreement_has_purpose(agreement, viewer->purpose);
}

/* What AGREEMENT, which covers it, says about ELEMENT of FEED (NULL: about knowing the resident at all). */
static enum policy_rule agreement_rule(const struct policy *policy, const struct profile_agreement *agreement,
				       const struct profile_feed *feed, const struct profile_element *element, date on,
				       uint64_t consents)
{
	if (!agreement_runs(agreement, on) || policy_has_ended(&policy->facts, agreement))
		return POLICY_RULE_AGREEMENT_ENDED;
	if (!text_is_empty(feed->compartment) && !text_equal(feed->compartment, agreement->compartment))
		return POLICY_RULE_COMPARTMENT;
	if (element && element->category == CATEGORY_SPECIAL && text_is_empty(agreement->special_condition))
		return POLICY_RULE_SPECIAL_CATEGORY;
	if (element && element->category == CATEGORY_CRIMINAL && text_is_empty(agreement->criminal_condition))
		return POLICY_RULE_CRIMINAL;
	if (agreement->consent && !(consents & policy_consent_bit(policy, agreement)))
		return POLICY_RULE_CONSENT;
	return POLICY_RULE_AGREEMENT;
}

static struct packed_decision refuse(enum policy_rule rule)
{
	return (struct packed_decision){POLICY_REFUSE, (uint8_t)rule, NO_NUMBER, NO_NUMBER};
}

/* The best that any agreement gives, of somebody who gave CONSENTS. */
static struct packed_decision ask_agreements(const struct policy *policy, const struct viewer *viewer,
					     const struct profile_feed *feed, const struct profile_element *element,
					     date on, uint64_t consents)
{
	const struct profile *profile = policy->profile;
	struct packed_decision best = refuse(POLICY_RULE_NO_AGREEMENT);
	for (size_t i = 0; i < profile->agreements.count; i++) {
		const struct profile_agreement *agreement = &profile->agreements.at[i];
		const struct profile_cover *cover = NULL;
		if (!is_recipient(agreement, viewer))
			continue;
		bool kept = element && element->category == CATEGORY_PROTECTED &&
			    agreement_lets_use(profile, agreement, feed, element, USE_MONITORING, &cover);
		bool covered = element ? agreement_covers(profile, agreement, feed, element, &cover)
				       : agreement_covers_presence(profile, agreement, feed, &cover);
		if (!covered && !kept)
			continue;
		enum policy_rule rule = agreement_rule(policy, agreement, feed, element, on, consents);
		if (rule == POLICY_RULE_AGREEMENT && !covered)
			rule = POLICY_RULE_MONITORING;
		if (nearness(rule) <= nearness((enum policy_rule)best.rule))
			continue;
		best = (struct packed_decision){rule == POLICY_RULE_AGREEMENT ? POLICY_ALLOW : POLICY_REFUSE,
						(uint8_t)rule, (uint16_t)i, (uint16_t)(cover - agreement->covers)};
	}
	return best;
}

static enum policy_rule viewer_rule(const struct viewer *viewer)
{
	if (!viewer->role)
		return POLICY_RULE_NO_AGREEMENT;
	if (!viewer->purpose)
		return POLICY_RULE_NO_PURPOSE;
	return role_has_purpose(viewer->role, viewer->purpose) ? POLICY_RULE_NONE : POLICY_RULE_OTHER_PURPOSE;
}

static struct packed_decision work_out(const struct policy *policy, const struct viewer *viewer,
				       const struct profile_feed *feed, const struct profile_element *element, date on,
				       uint64_t consents)
{
	enum policy_rule rule = viewer_rule(viewer);
	if (rule == POLICY_RULE_NONE && element && element->category == CATEGORY_IDENTITY && !viewer->role->names)
		rule = POLICY_RULE_NO_NAMES;
	if (rule == POLICY_RULE_NONE && element && !(element->uses & USE_DISPLAY))
		rule = POLICY_RULE_NOT_FOR_DISPLAY;
	return rule == POLICY_RULE_NONE ? ask_agreements(policy, viewer, feed, element, on, consents) : refuse(rule);
}

static void fill_feed(const struct policy *policy, struct policy_grid *grid, const struct viewer *viewer,
		      const struct profile_feed *feed)
{
	size_t elements = policy->profile->elements.count;
	struct packed_decision presence = work_out(policy, viewer, feed, NULL, grid->on, 0);
	grid->presence[feed->number] = presence;
	for (size_t i = 0; i < elements; i++) {
		uint16_t cell = policy->cell_of[feed->number * elements + i];
		if (cell == CELL_NONE)
			continue;
		struct packed_decision decision =
			work_out(policy, viewer, feed, &policy->profile->elements.at[i], grid->on, 0);
		if (decision.verdict == POLICY_REFUSE && presence.verdict == POLICY_ALLOW)
			decision.verdict = POLICY_REDACT;
		grid->cells[policy->first_cell[feed->number] + cell] = decision;
	}
}

static bool is_entitled(const struct profile_restriction *restriction, const struct viewer *viewer)
{
	for (size_t i = 0; i < restriction->role_count; i++)
		if (restriction->roles[i] == viewer->role)
			return true;
	for (size_t i = 0; i < restriction->team_count; i++)
		if (restriction->teams[i] == viewer->team)
			return true;
	return false;
}

/* ---- grids ----------------------------------------------------------------------------------- */

static uint64_t viewer_key(const struct viewer *viewer)
{
	uint64_t role = viewer->role ? viewer->role->number + 1 : 0;
	uint64_t team = viewer->team ? viewer->team->number + 1 : 0;
	uint64_t purpose = viewer->purpose ? viewer->purpose->number + 1 : 0;
	return role << 40 | team << 20 | purpose;
}

static struct policy_grid *make_grid(struct policy *policy, const struct viewer *viewer, uint64_t key, date on)
{
	const struct profile *profile = policy->profile;
	size_t cells = policy->first_cell[profile->feeds.count];
	struct policy_grid *grid = memory_alloc(1, sizeof *grid + cells * sizeof grid->cells[0]);
	grid->holders = 1; /* the policy's own */
	grid->policy = policy;
	grid->viewer_key = key;
	grid->viewer = (struct viewer){.role = viewer->role, .team = viewer->team, .purpose = viewer->purpose};
	grid->on = on;
	grid->presence = memory_alloc(profile->feeds.count, sizeof *grid->presence);
	for (size_t i = 0; i < profile->restrictions.count; i++)
		if (is_entitled(&profile->restrictions.at[i], viewer))
			grid->entitled |= UINT64_C(1) << i;
	pthread_rwlock_rdlock(&policy->facts_lock);
	grid->epoch = policy->epoch;
	for (size_t i = 0; i < profile->feeds.count; i++)
		fill_feed(policy, grid, viewer, &profile->feeds.at[i]);
	pthread_rwlock_unlock(&policy->facts_lock);
	return grid;
}

void policy_grid_done(const struct policy_grid *grid)
{
	struct policy_grid *mine = (struct policy_grid *)grid;
	if (!mine || atomic_fetch_sub(&mine->holders, 1) != 1)
		return;
	free(mine->presence);
	free(mine);
}

const struct policy_grid *policy_grid(struct policy *policy, const struct viewer *viewer, date on)
{
	uint64_t key = viewer_key(viewer);
	bool is_new;
	pthread_mutex_lock(&policy->grids_lock);
	uint64_t *index = id_map_put(&policy->grid_of, key, &is_new);
	if (is_new) {
		ARRAY_GROW(policy->grids, policy->grid_count, policy->grid_capacity);
		*index = policy->grid_count++;
		policy->grids[*index] = NULL;
	}
	struct policy_grid *grid = policy->grids[*index];
	if (!grid || grid->on != on || grid->epoch != policy->epoch) {
		policy_grid_done(grid);
		grid = policy->grids[*index] = make_grid(policy, viewer, key, on);
	}
	atomic_fetch_add(&grid->holders, 1);
	pthread_mutex_unlock(&policy->grids_lock);
	return grid;
}

static struct policy_decision unpack(const struct policy_grid *grid, struct packed_decision packed)
{
	struct policy_decision decision = {.verdict = (enum policy_verdict)packed.verdict,
					   .rule = (enum policy_rule)packed.rule};
	if (packed.agreement != NO_NUMBER) {
		decision.agreement = &grid->policy->profile->agreements.at[packed.agreement];
		decision.cover = &decision.agreement->covers[packed.cover];
	}
	return decision;
}

struct policy_decision policy_decide(const struct policy_grid *grid, const struct profile_feed *feed,
				     const struct profile_element *element)
{
	const struct policy *policy = grid->policy;
	uint16_t cell = policy->cell_of[feed->number * policy->profile->elements.count + element->number];
	if (cell == CELL_NONE)
		return (struct policy_decision){.verdict = POLICY_REFUSE, .rule = POLICY_RULE_NO_AGREEMENT};
	return unpack(grid, grid->cells[policy->first_cell[feed->number] + cell]);
}

struct policy_decision policy_decide_presence(const struct policy_grid *grid, const struct profile_feed *feed)
{
	return unpack(grid, grid->presence[feed->number]);
}

/* ---- of one resident ------------------------------------------------------------------------- */

static enum policy_rule flags_rule(const struct policy_grid *grid, const struct policy_bounds *bounds)
{
	const struct profile_purpose *purpose = grid->viewer.purpose;
	if (bounds->restricted && !(purpose && purpose->residents_rights))
		return POLICY_RULE_RESTRICTED;
	return purpose && bounds->objections >> purpose->number & 1 ? POLICY_RULE_OBJECTION : POLICY_RULE_NONE;
}

static bool is_protected_from(const struct policy_grid *grid, const struct policy_bounds *bounds)
{
	return (bounds->restrictions & grid->policy->hides_resident & ~grid->entitled) != 0;
}

bool policy_may_know_of(const struct policy_grid *grid, const struct policy_bounds *bounds)
{
	return !is_protected_from(grid, bounds) && flags_rule(grid, bounds) == POLICY_RULE_NONE;
}

uint64_t policy_epoch(struct policy *policy)
{
	return policy->epoch;
}

static void list_keys(const struct id_map *map, int64_t *ids, size_t *count)
{
	for (size_t i = 0; i < map->slot_count; i++)
		if (map->used[i])
			ids[(*count)++] = (int64_t)map->keys[i];
}

void policy_marked(struct policy *policy, enum policy_subject kind, int64_t **ids, size_t *count)
{
	*count = 0;
	pthread_rwlock_rdlock(&policy->facts_lock);
	const struct policy_facts *facts = &policy->facts;
	const struct id_map *marks = kind == POLICY_RESIDENT ? &facts->residents : &facts->properties;
	*ids = memory_alloc(marks->count + facts->flagged.count + 1, sizeof **ids);
	list_keys(marks, *ids, count);
	if (kind == POLICY_RESIDENT)
		list_keys(&facts->flagged, *ids, count);
	pthread_rwlock_unlock(&policy->facts_lock);
}

bool policy_is_hidden(struct policy *policy, const struct policy_grid *grid, enum policy_subject kind,
		      int64_t subject_id)
{
	const struct policy_bounds bounds = policy_bounds_of(policy, kind, subject_id);
	return is_protected_from(grid, &bounds);
}

enum policy_rule policy_why_unknown(const struct policy_grid *grid, const struct policy_bounds *bounds)
{
	return is_protected_from(grid, bounds) ? POLICY_RULE_NONE : flags_rule(grid, bounds);
}

static struct policy_decision decide_with_consent(const struct policy_grid *grid, const struct policy_bounds *bounds,
						  const struct profile_feed *feed,
						  const struct profile_element *element)
{
	struct policy *policy = (struct policy *)grid->policy;
	pthread_rwlock_rdlock(&policy->facts_lock);
	struct packed_decision packed = work_out(policy, &grid->viewer, feed, element, grid->on, bounds->consents);
	pthread_rwlock_unlock(&policy->facts_lock);
	return unpack(grid, packed);
}

struct policy_decision policy_decide_presence_of(const struct policy_grid *grid, const struct policy_bounds *bounds,
						 const struct profile_feed *feed)
{
	enum policy_rule rule = flags_rule(grid, bounds);
	if (rule != POLICY_RULE_NONE)
		return (struct policy_decision){.verdict = POLICY_REFUSE, .rule = rule};
	struct policy_decision decision = policy_decide_presence(grid, feed);
	return decision.rule == POLICY_RULE_CONSENT && bounds->consents ? decide_with_consent(grid, bounds, feed, NULL)
									: decision;
}

struct policy_decision policy_decide_of(const struct policy_grid *grid, const struct policy_bounds *bounds,
					const struct profile_feed *feed, const struct profile_element *element)
{
	enum policy_rule rule = flags_rule(grid, bounds);
	if (rule != POLICY_RULE_NONE)
		return (struct policy_decision){.verdict = POLICY_REFUSE, .rule = rule};
	struct policy_decision decision = policy_decide(grid, feed, element);
	if (decision.rule == POLICY_RULE_CONSENT && bounds->consents)
		decision = decide_with_consent(grid, bounds, feed, element);
	if (decision.verdict == POLICY_REFUSE && policy_decide_presence_of(grid, bounds, feed).verdict == POLICY_ALLOW)
		decision.verdict = POLICY_REDACT;
	return decision;
}

bool policy_has_consent(const struct policy *policy, const struct policy_bounds *bounds,
			const struct profile_agreement *agreement)
{
	return (bounds->consents & policy_consent_bit(policy, agreement)) != 0;
}

bool policy_may_count(const struct policy *policy, const struct policy_bounds *bounds,
		      const struct profile_purpose *purpose, const struct profile_agreement *agreement)
{
	return !bounds->restricted && !(bounds->objections >> purpose->number & 1) &&
	       (!agreement->consent || policy_has_consent(policy, bounds, agreement));
}

bool policy_is_unbound(const struct policy_bounds *bounds)
{
	return !bounds->restrictions && !bounds->restricted && !bounds->objections;
}

bool policy_may_know_address(const struct policy_grid *grid, uint64_t restrictions)
{
	return (restrictions & ~grid->entitled) == 0;
}

/* ---- the policy ------------------------------------------------------------------------------ */

static void number_cell(struct policy *policy, const struct profile_feed *feed, const struct profile_element *element,
			uint16_t *count)
{
	if (!element)
		return;
	uint16_t *cell = &policy->cell_of[feed->number * policy->profile->elements.count + element->number];
	if (*cell == CELL_NONE)
		*cell = (*count)++;
}

static void number_cells(struct policy *policy)
{
	const struct profile *profile = policy->profile;
	size_t size = profile->feeds.count * profile->elements.count;
	policy->cell_of = memory_alloc(size, sizeof *policy->cell_of);
	policy->first_cell = memory_alloc(profile->feeds.count + 1, sizeof *policy->first_cell);
	for (size_t i = 0; i < size; i++)
		policy->cell_of[i] = CELL_NONE;
	for (size_t i = 0; i < profile->feeds.count; i++) {
		const struct profile_feed *feed = &profile->feeds.at[i];
		uint16_t count = 0;
		for (size_t c = 0; c < feed->column_count; c++) {
			number_cell(policy, feed, feed->columns[c].element, &count);
			for (size_t f = 0; f < feed->columns[c].field_count; f++)
				number_cell(policy, feed, feed->columns[c].fields[f].element, &count);
		}
		policy->first_cell[i + 1] = policy->first_cell[i] + count;
	}
}

enum status policy_open(struct policy **out, const struct profile *profile, struct error *error)
{
	*out = NULL;
	if (profile->restrictions.count >= RESTRICTION_UNKNOWN_BIT || profile->agreements.count >= NO_NUMBER)
		return error_set(error, STATUS_TOO_LARGE, "policy.profile",
				 "The profile has more restrictions (%d) or agreements than can be kept",
				 RESTRICTION_UNKNOWN_BIT);
	size_t consents = 0;
	for (size_t i = 0; i < profile->agreements.count; i++)
		consents += profile->agreements.at[i].consent;
	if (profile->purposes.count > PURPOSES_MOST || consents > CONSENTS_MOST)
		return error_set(
			error, STATUS_TOO_LARGE, "policy.profile",
			"The profile has more than %d purposes, or more than %d agreements that rest on consent",
			PURPOSES_MOST, CONSENTS_MOST);
	struct policy *policy = memory_alloc(1, sizeof *policy);
	policy->profile = profile;
	policy->consent_bits = memory_alloc(profile->agreements.count + 1, sizeof *policy->consent_bits);
	for (size_t i = 0, bit = 0; i < profile->agreements.count; i++)
		if (profile->agreements.at[i].consent)
			policy->consent_bits[i] = UINT64_C(1) << bit++;
	/* A mark whose restriction the profile no longer has hides the subject from everybody. */
	policy->hides_resident = UINT64_C(1) << RESTRICTION_UNKNOWN_BIT;
	for (size_t i = 0; i < profile->restrictions.count; i++)
		if (profile->restrictions.at[i].hides == HIDES_RESIDENT)
			policy->hides_resident |= UINT64_C(1) << i;
	number_cells(policy);
	pthread_rwlock_init(&policy->facts_lock, NULL);
	pthread_mutex_init(&policy->grids_lock, NULL);
	id_map_init(&policy->grid_of);
	id_map_init(&policy->facts.residents);
	id_map_init(&policy->facts.properties);
	id_map_init(&policy->facts.flagged);
	*out = policy;
	return STATUS_OK;
}

void policy_close(struct policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->grid_count; i++)
		policy_grid_done(policy->grids[i]);
	free(policy->grids);
	id_map_release(&policy->grid_of);
	policy_facts_release(&policy->facts);
	pthread_rwlock_destroy(&policy->facts_lock);
	pthread_mutex_destroy(&policy->grids_lock);
	free(policy->cell_of);
	free(policy->first_cell);
	free(policy->consent_bits);
	free(policy);
}
