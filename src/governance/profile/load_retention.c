/* How long a feed's rows are kept, and how long what an ended agreement covered may stay. */
#include "profile/profile_int.h"

static const char *const from_names[] = {"last_row", "end", "birthday", NULL};
static const char *const action_names[] = {"delete", "hold", NULL};

const char *retention_from_name(enum retention_from from)
{
	return from_names[from];
}

/* "6 years", "18 months", "30 days". */
static bool parse_period(struct text written, struct profile_period *out)
{
	static const struct {
		const char *name;
		bool days;
		int each;
	} units[] = {{"day", true, 1}, {"week", true, 7}, {"month", false, 1}, {"year", false, 12}};
	enum { MOST = 36500 };
	size_t blank = text_find_char(written, ' ');
	int64_t number;
	struct text unit = blank < written.len ? text_slice(written.at + blank + 1, written.len - blank - 1) : TEXT("");
	if (!text_parse_int64(text_slice(written.at, blank), &number) || number < 0 || number > MOST)
		return false;
	if (unit.len > 1 && unit.at[unit.len - 1] == 's')
		unit.len--;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!text_is(unit, units[i].name))
			continue;
		int amount = (int)number * units[i].each;
		*out = (struct profile_period){.given = true,
					       .written = written,
					       .days = units[i].days ? amount : 0,
					       .months = units[i].days ? 0 : amount};
		return true;
	}
	return false;
}

void read_period(struct reader *r, const struct yaml_node *node, const char *key, bool required,
		 struct profile_period *out)
{
	struct text written = read_text(r, node, key, required);
	if (text_is_absent(written) || parse_period(written, out))
		return;
	problem(r, yaml_get(node, key), "`%s: %s` is not a period", key, written.at);
	remedy(r, "Write a number and a unit: 30 days, 6 weeks, 18 months, 7 years.");
}

date period_after(const struct profile_period *period, date from)
{
	return from == DATE_UNKNOWN ? DATE_UNKNOWN : date_add_months(from, period->months) + period->days;
}

static void check_retention(struct reader *r, const struct yaml_node *written, const struct profile_feed *feed,
			    double birthday)
{
	const struct profile_retention *retention = &feed->retention;
	bool whole = birthday == (double)(int)birthday && birthday >= 1 && birthday <= 130;
	if (!feed->client) {
		problem(r, written, "`retention` is for rows of residents, and this feed has no `client`");
		remedy(r, "Leave it out: `delete_by` is for a feed as a whole.");
	}
	if (retention->from == RETENTION_FROM_END && !feed->valid_to) {
		problem(r, yaml_get(written, "from"), "`from: end` needs to know when something ended");
		remedy(r, "Give the feed its `valid_to`, or write `from: last_row`.");
	}
	if ((retention->from == RETENTION_FROM_BIRTHDAY) != (birthday >= 0) || (birthday >= 0 && !whole)) {
		problem(r, written, "`from: birthday` and `birthday` belong together");
		remedy(r, "Write both: `from: birthday`, `birthday: 25`.");
	}
}

void read_retention(struct reader *r, const struct yaml_node *node, struct profile_feed *feed)
{
	static const char *const keys[] = {"keep", "from", "birthday", "action", "why", NULL};
	const struct yaml_node *written = yaml_get(node, "retention");
	struct profile_retention *retention = &feed->retention;
	if (!written || !read_mapping(r, written, "`retention`", keys))
		return;
	retention->place = place_of(r, written);
	read_period(r, written, "keep", true, &retention->keep);
	retention->from = (enum retention_from)read_enum(r, written, "from", from_names, true, RETENTION_FROM_LAST_ROW);
	retention->holds = read_enum(r, written, "action", action_names, false, 0) == 1;
	retention->why = read_text(r, written, "why", false);
	double birthday = read_number(r, written, "birthday", -1);
	retention->birthday = birthday >= 0 && birthday < 1000 ? (int)birthday : 0;
	check_retention(r, written, feed, birthday);
}
