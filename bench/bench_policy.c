/* bench_policy PROFILE: what a decision costs, as JSON. */
#include "base/json.h"
#include "policy/policy.h"

enum { DECISIONS = 10000000 };

int main(int argc, char **argv)
{
	struct error error;
	struct profile *profile;
	struct policy *policy;
	if (argc != 2) {
		fprintf(stderr, "bench_policy PROFILE\n");
		return 2;
	}
	if (profile_load(&profile, argv[1], &error) || policy_open(&policy, profile, &error))
		return error_print(&error, stderr), 1;
	const struct profile_role *role = &profile->roles.at[0];
	struct viewer viewer = {.role = role, .purpose = role->purpose_count ? role->purposes[0] : NULL};
	instant start = instant_now();
	const struct policy_grid *grid = policy_grid(policy, &viewer, date_today());
	double first = (double)(instant_now() - start);
	uint64_t allowed = 0;
	start = instant_now();
	for (size_t i = 0; i < DECISIONS; i++) {
		const struct profile_feed *feed = &profile->feeds.at[i % profile->feeds.count];
		allowed += policy_decide(grid, feed, &profile->elements.at[i * 31 % profile->elements.count]).verdict ==
			   POLICY_ALLOW;
	}
	double each = (double)(instant_now() - start) * 1e3 / DECISIONS;
	start = instant_now();
	for (int i = 0; i < 100000; i++)
		policy_grid_done(policy_grid(policy, &viewer, date_today()));
	double again = (double)(instant_now() - start) * 1e3 / 100000;
	policy_grid_done(grid);

	struct buf text;
	struct json out;
	buf_init(&text, 1 << 16);
	json_init(&out, &text);
	out.pretty = true;
	json_begin_object(&out, NULL);
	json_put_int(&out, "elements", (int64_t)profile->elements.count);
	json_put_int(&out, "agreements", (int64_t)profile->agreements.count);
	json_put_double(&out, "first_grid_microseconds", first, 0);
	json_put_double(&out, "grid_again_nanoseconds", again, 0);
	json_put_double(&out, "decision_nanoseconds", each, 1);
	json_put_int(&out, "allowed", (int64_t)allowed);
	json_end(&out);
	puts(text.at);
	buf_release(&text);
	policy_close(policy);
	profile_free(profile);
	return 0;
}
