#include "profile/profile_int.h"

/* What the register says of an agreement besides what it covers, for whom and until when: the fields of the ICO's
 * data-sharing code with its decision form, and of UK GDPR article 30. */

static void read_party(struct reader *r, struct yaml_node *node, struct profile_party *party)
{
	static const char *const keys[] = {"name", "part", "dpo", NULL};
	*party = (struct profile_party){.name = TEXT_ABSENT, .dpo = TEXT_ABSENT};
	if (node->kind == YAML_SCALAR) { /* a service of the controller, by its name alone */
		party->name = scalar_text(r, node, "parties");
		return;
	}
	if (!read_mapping(r, node, "a party", keys))
		return;
	party->name = read_text(r, node, "name", true);
	party->part = (enum party_part)read_enum(r, node, "part", party_part_names, true, PARTY_SERVICE);
	party->dpo = read_text(r, node, "dpo", false);
	if ((party->part == PARTY_CONTROLLER || party->part == PARTY_JOINT_CONTROLLER) && text_is_absent(party->dpo)) {
		problem(r, node, "a %s needs `dpo`: how its data protection officer is reached",
			party->part == PARTY_CONTROLLER ? "controller" : "joint controller");
		remedy(r, "Add `dpo: dpo@example.org` (UK GDPR article 30(1)(a)).");
	}
}

static void read_parties(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement)
{
	struct list list = read_list(r, node, "parties", true);
	struct profile_party *parties = ARENA_ARRAY(r->loader->arena, list.count, struct profile_party);
	for (size_t i = 0; i < list.count; i++)
		read_party(r, list.at[i], &parties[i]);
	agreement->parties = parties;
	agreement->party_count = list.count;
}

static void read_decision(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement)
{
	static const char *const dpia_keys[] = {"reference", "outcome", NULL};
	static const char *const decision_keys[] = {"outcome", "by", "on", NULL};
	struct yaml_node *dpia = read_key(r, node, "dpia", false), *decision = read_key(r, node, "decision", false);
	if (dpia && read_mapping(r, dpia, "`dpia`", dpia_keys)) {
		agreement->dpia_reference = read_text(r, dpia, "reference", true);
		agreement->dpia_outcome = read_text(r, dpia, "outcome", true);
	}
	if (decision && read_mapping(r, decision, "`decision`", decision_keys)) {
		agreement->decision = read_text(r, decision, "outcome", true);
		agreement->decided_by = read_text(r, decision, "by", true);
		agreement->decided_on = read_date(r, decision, "on", true);
	}
	if (!decision && agreement->status == AGREEMENT_APPROVED) {
		problem(r, node, "the agreement `%s` is approved, and nobody is named who decided it",
			agreement->id.at);
		remedy(r, "Add `decision: {outcome: ..., by: ..., on: YYYY-MM-DD}`, or write `status: draft`.");
	}
}

/* A lawful basis that sounds of consent must say whether it is one: taken for public task, it would show what only the
 * resident can let be shown. */
static bool read_consent(struct reader *r, const struct yaml_node *node, const struct profile_agreement *agreement)
{
	const struct yaml_node *written = yaml_get(node, "consent");
	struct text basis = agreement->lawful_basis;
	if (!written && !text_is_absent(basis) && (strcasestr(basis.at, "consent") || strstr(basis.at, "6(1)(a)"))) {
		problem(r, yaml_get(node, "lawful_basis"),
			"the lawful basis of the agreement `%s` speaks of consent, and it is not said whether it is "
			"that",
			agreement->id.at);
		remedy(r, "Add `consent: true`: then values are shown only of residents who gave it. Or `consent: "
			  "false`.");
	}
	return read_bool(r, node, "consent", false);
}

bool read_register(struct reader *r, const struct yaml_node *node, struct profile_agreement *agreement)
{
	static const char *const keys[] = {"id",
					   "title",
					   "status",
					   "controller",
					   "dpo",
					   "parties",
					   "lawful_basis",
					   "consent",
					   "delete_after",
					   "special_condition",
					   "criminal_condition",
					   "schedule_1_condition",
					   "covers",
					   "from",
					   "to",
					   "review",
					   "recipients",
					   "purposes",
					   "compartment",
					   "clauses",
					   "dpia",
					   "decision",
#define TERM_KEY(name, key, title) key,
					   PROFILE_TERMS(TERM_KEY)
#undef TERM_KEY
						   NULL};
	if (!read_mapping(r, node, "an agreement", keys))
		return false;
	agreement->status =
		(enum agreement_status)read_enum(r, node, "status", agreement_status_names, true, AGREEMENT_DRAFT);
	agreement->controller = read_text(r, node, "controller", true);
	agreement->dpo = read_text(r, node, "dpo", false);
	agreement->lawful_basis = read_text(r, node, "lawful_basis", true);
	agreement->consent = read_consent(r, node, agreement);
	read_period(r, node, "delete_after", false, &agreement->delete_after);
	agreement->special_condition = read_text(r, node, "special_condition", false);
	agreement->criminal_condition = read_text(r, node, "criminal_condition", false);
	agreement->schedule_1_condition = read_text(r, node, "schedule_1_condition", false);
	for (int i = 0; i < TERM_COUNT; i++)
		agreement->terms[i] = read_text(r, node, term_names[i], false);
	read_parties(r, node, agreement);
	read_decision(r, node, agreement);
	return true;
}

/* Data Protection Act 2018 section 10(2) and (3): which conditions of article 9(2) hold only together with one of
 * schedule 1. */
static bool needs_schedule_1(struct text condition)
{
	static const char *const letters = "bghij";
	const char *at = text_is_absent(condition) ? NULL : strstr(condition.at, "9(2)(");
	return at && at[5] && strchr(letters, at[5]);
}

static void check_schedule_1(struct reader *r, const struct yaml_node *node, const struct profile_agreement *agreement)
{
	if (!text_is_absent(agreement->schedule_1_condition) || !needs_schedule_1(agreement->special_condition))
		return;
	problem(r, yaml_get(node, "special_condition"),
		"the agreement `%s` relies on a condition that needs one of schedule 1 beside it", agreement->id.at);
	remedy(r, "Add `schedule_1_condition:` (Data Protection Act 2018 section 10(2) and (3)).");
}

static void name_missing(char *missing, size_t size, bool is_missing, const char *key)
{
	size_t at = strlen(missing);
	if (is_missing)
		snprintf(missing + at, size - at, "%s`%s`", at ? ", " : "", key);
}

void check_register(struct reader *r, const struct yaml_node *node, const struct profile_agreement *agreement)
{
	char missing[400] = "";
	check_schedule_1(r, node, agreement);
	if (agreement->status != AGREEMENT_APPROVED)
		return;
	name_missing(missing, sizeof missing, text_is_absent(agreement->dpo), "dpo");
	for (int i = 0; i < TERM_COUNT; i++)
		name_missing(missing, sizeof missing, text_is_absent(agreement->terms[i]), term_names[i]);
	name_missing(missing, sizeof missing, text_is_absent(agreement->dpia_reference), "dpia");
	name_missing(missing, sizeof missing, agreement->review == DATE_UNKNOWN, "review");
	if (!*missing)
		return;
	warning(r, node, "the register does not say everything of the agreement `%s`: %s", agreement->id.at, missing);
	remedy(r, "Add them; docs/formats/profile.md says what each is.");
}
