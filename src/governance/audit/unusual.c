#include "audit/unusual.h"

#include "base/london.h"
#include "maths/random.h"

#include <stdio.h>
#include <stdlib.h>

/* All statements give the same columns. Habits are compared as products of whole numbers, so that both databases agree.
 */
#define LOOKS \
	"audit_entry WHERE action = 'resident.open' AND subject_kind = 'resident' AND at >= :from_at AND at < " \
	":before_at AND outcome = "
#define HOUR "at / 3600000000"
#define DAY "at / 86400000000"
/* Office hours are those of the clock on the wall. Each :sN to :eN is a summer of local time, an hour ahead. */
#define SUMMER(n) "(at >= :s" #n " AND at < :e" #n ")"
#define LOCAL \
	"(at + CASE WHEN " SUMMER(0) " OR " SUMMER(1) " OR " SUMMER(2) " OR " SUMMER(3) " OR " SUMMER( \
		4) " OR " SUMMER(5) " OR " SUMMER(6) " OR " SUMMER(7) " OR " SUMMER(8) " OR " SUMMER(9) " OR " SUMMER(10) " THEN 3600000000 ELSE 0 END)"
#define LOCAL_HOUR LOCAL " / 3600000000"
#define LOCAL_DAY LOCAL " / 86400000000"
enum { SUMMERS = 11 };
/* Day 0 was a Thursday. */
#define OUTSIDE \
	"CASE WHEN (" LOCAL_HOUR ") % 24 < 7 OR (" LOCAL_HOUR ") % 24 >= 20 OR (" LOCAL_DAY \
	") % 7 IN (2, 3) THEN 1 ELSE " \
	"0 END"

/* What the door wrote of a look at somebody who is on no caseload of the user or their team, and not known to the
 * service that the team answers for. */
#define UNRELATED \
	"CASE WHEN detail LIKE '%relationship none%' AND detail NOT LIKE '%known to their service%' THEN 1 ELSE 0 END"

static const struct {
	const char *name, *sql;
	int64_t least;
} kinds[UNUSUAL_KIND_COUNT] = {
	[UNUSUAL_SPREE] =
		{"spree",
		 "WITH look AS (SELECT user_name, role, " HOUR
		 " AS hour, count(DISTINCT subject_id) AS n, min(at) AS at, "
		 "min(seq) AS first_seq, max(seq) AS last_seq FROM " LOOKS
		 "'allowed' AND user_name IS NOT NULL GROUP BY "
		 "user_name, role, " HOUR "), "
		 "own AS (SELECT user_name, CAST(sum(n) AS BIGINT) AS n, count(*) AS hours FROM look GROUP BY "
		 "user_name), "
		 "peers AS (SELECT role, CAST(sum(n) AS BIGINT) AS n, count(*) AS hours FROM look GROUP BY role) "
		 "SELECT look.user_name, look.role, 0 AS resident_id, look.at, look.first_seq, look.last_seq, look.n, "
		 "own.n - look.n AS own_n, own.hours - 1 AS own_of, peers.n - look.n AS role_n, peers.hours - 1 AS "
		 "role_of "
		 "FROM look JOIN own ON own.user_name = look.user_name JOIN peers ON peers.role = look.role "
		 "WHERE look.n >= :least AND look.n * (own.hours - 1) >= 3 * (own.n - look.n) "
		 "AND look.n * (peers.hours - 1) >= 3 * (peers.n - look.n) ORDER BY look.at DESC LIMIT :most",
		 UNUSUAL_SPREE_LEAST},
	[UNUSUAL_OUT_OF_HOURS] =
		{"out_of_hours",
		 "WITH look AS (SELECT user_name, role, at, seq, " LOCAL_DAY " AS day, " OUTSIDE
		 " AS outside FROM " LOOKS "'allowed' AND user_name IS NOT NULL), "
		 "own AS (SELECT user_name, role, CAST(sum(outside) AS BIGINT) AS n, count(*) AS looks FROM look GROUP "
		 "BY user_name, "
		 "role), "
		 "peers AS (SELECT role, CAST(sum(outside) AS BIGINT) AS n, count(*) AS looks FROM look GROUP BY "
		 "role), "
		 "day AS (SELECT user_name, role, day, count(*) AS n, min(at) AS at, min(seq) AS first_seq, max(seq) "
		 "AS last_seq "
		 "FROM look WHERE outside = 1 GROUP BY user_name, role, day) "
		 "SELECT day.user_name, day.role, 0 AS resident_id, day.at, day.first_seq, day.last_seq, day.n, "
		 "own.n - day.n AS own_n, own.looks - day.n AS own_of, peers.n - own.n AS role_n, peers.looks - "
		 "own.looks AS "
		 "role_of FROM day JOIN own ON own.user_name = day.user_name AND own.role = day.role "
		 "JOIN peers ON peers.role = day.role WHERE day.n >= :least AND (peers.n - own.n) * 5 <= peers.looks - "
		 "own.looks "
		 "ORDER BY day.at DESC LIMIT :most",
		 1},
	[UNUSUAL_REFUSED] = {"refused",
			     "SELECT user_name, role, 0 AS resident_id, min(at) AS at, min(seq) AS first_seq, max(seq) "
			     "AS last_seq, "
			     "count(*) AS n, 0 AS own_n, 0 AS own_of, 0 AS role_n, 0 AS role_of FROM " LOOKS
			     "'refused' AND user_name IS NOT NULL GROUP BY user_name, role, " DAY
			     " HAVING count(*) >= :least ORDER BY min(at) DESC LIMIT :most",
			     UNUSUAL_REFUSED_LEAST},
	[UNUSUAL_OFTEN] = {"often_looked_at",
			   "WITH look AS (SELECT subject_id, count(DISTINCT user_name) AS n, min(at) AS at, min(seq) "
			   "AS first_seq, "
			   "max(seq) AS last_seq FROM " LOOKS "'allowed' GROUP BY subject_id), "
			   "mean AS (SELECT CAST(sum(n) AS BIGINT) AS n, count(*) AS residents FROM look) "
			   "SELECT NULL AS user_name, NULL AS role, subject_id AS resident_id, look.at, "
			   "look.first_seq, look.last_seq, "
			   "look.n, mean.n AS own_n, mean.residents AS own_of, 0 AS role_n, 0 AS role_of FROM look "
			   "CROSS JOIN mean "
			   "WHERE look.n >= :least AND look.n * mean.residents >= 4 * mean.n ORDER BY look.n DESC, "
			   "subject_id LIMIT :most",
			   UNUSUAL_OFTEN_LEAST},
	[UNUSUAL_BULK] =
		{"bulk",
		 "SELECT user_name, role, 0 AS resident_id, at, seq AS first_seq, seq AS last_seq, 1 AS n, 0 AS "
		 "own_n, 0 AS own_of, 0 AS role_n, 0 AS role_of FROM audit_entry WHERE action = 'access.bulk' AND at "
		 ">= :from_at AND at < :before_at AND 1 >= :least ORDER BY at DESC LIMIT :most",
		 1},
	/* Of a day: looks, and how many of them at strangers; of others in the role likewise. */
	[UNUSUAL_UNRELATED] =
		{"no_relationship",
		 "WITH look AS (SELECT user_name, role, subject_id, at, seq, " DAY " AS day, " UNRELATED
		 " AS stranger FROM " LOOKS "'allowed' AND user_name IS NOT NULL), "
		 "own AS (SELECT user_name, role, CAST(sum(stranger) AS BIGINT) AS n, count(*) AS looks FROM look "
		 "GROUP BY user_name, role), "
		 "peers AS (SELECT role, CAST(sum(stranger) AS BIGINT) AS n, count(*) AS looks FROM look GROUP BY "
		 "role), "
		 "day AS (SELECT user_name, role, day, count(DISTINCT CASE WHEN stranger = 1 THEN subject_id END) AS "
		 "n, "
		 "CAST(sum(stranger) AS BIGINT) AS strangers, count(*) AS looks, min(CASE WHEN stranger = 1 THEN at "
		 "END) AS at, min(CASE WHEN stranger = 1 THEN seq END) AS first_seq, max(CASE WHEN stranger = 1 THEN "
		 "seq END) AS last_seq FROM look GROUP BY user_name, role, day) "
		 "SELECT day.user_name, day.role, 0 AS resident_id, day.at, day.first_seq, day.last_seq, day.n, "
		 "own.n - day.strangers AS own_n, own.looks - day.looks AS own_of, peers.n - own.n AS role_n, "
		 "peers.looks - own.looks AS role_of FROM day JOIN own ON own.user_name = day.user_name AND own.role = "
		 "day.role JOIN peers ON peers.role = day.role WHERE day.n >= :least AND peers.looks > own.looks AND "
		 "(peers.n - own.n) * 5 <= peers.looks - own.looks AND day.strangers * (peers.looks - own.looks) >= 3 "
		 "* day.looks * (peers.n - own.n) ORDER BY day.at DESC LIMIT :most",
		 1},
	/* The seven days that begin with a look: of those residents only of whom it can be. */
	[UNUSUAL_CELEBRITY] =
		{"celebrity",
		 "WITH look AS (SELECT user_name, role, subject_id, at, seq FROM " LOOKS
		 "'allowed' AND user_name IS NOT NULL AND " UNRELATED " = 1), "
		 "known AS (SELECT subject_id, count(DISTINCT user_name) AS n, count(DISTINCT role) AS roles FROM look "
		 "GROUP BY subject_id), "
		 "mean AS (SELECT CAST(sum(n) AS BIGINT) AS n, count(*) AS residents FROM known), "
		 "several AS (SELECT look.* FROM look JOIN known ON known.subject_id = look.subject_id WHERE known.n "
		 ">= "
		 ":least AND known.roles >= 2), "
		 "week AS (SELECT opened.subject_id, opened.seq, count(DISTINCT later.user_name) AS n, count(DISTINCT "
		 "later.role) AS roles, min(later.at) AS at, min(later.seq) AS first_seq, max(later.seq) AS last_seq "
		 "FROM "
		 "several opened JOIN several later ON later.subject_id = opened.subject_id AND later.at >= opened.at "
		 "AND later.at "
		 "< opened.at + 604800000000 GROUP BY opened.subject_id, opened.seq), "
		 "best AS (SELECT week.*, ROW_NUMBER() OVER (PARTITION BY subject_id ORDER BY n DESC, seq) AS place "
		 "FROM week WHERE n >= :least AND roles >= 2) "
		 "SELECT NULL AS user_name, NULL AS role, best.subject_id AS resident_id, best.at, best.first_seq, "
		 "best.last_seq, best.n, mean.n AS own_n, mean.residents AS own_of, best.roles AS role_n, 1 AS role_of "
		 "FROM best CROSS JOIN mean WHERE best.place = 1 AND best.n * mean.residents >= 4 * mean.n ORDER BY "
		 "best.n DESC, best.subject_id LIMIT :most",
		 UNUSUAL_CELEBRITY_LEAST},
	[UNUSUAL_OWN_NAME] = {"own_name", NULL, 0},
	[UNUSUAL_OWN_ADDRESS] = {"own_address", NULL, 0},
	[UNUSUAL_COLLEAGUE] = {"colleague", NULL, 0},
};

const char *unusual_kind_name(enum unusual_kind kind)
{
	return kinds[kind].name;
}

static double share(int64_t n, int64_t of)
{
	return of > 0 ? (double)n / (double)of : 0;
}

struct columns {
	int user_name, role, resident_id, at, first_seq, last_seq, n, own_n, own_of, role_n, role_of;
};

static struct columns columns_of(struct statement *query)
{
	return (struct columns){
		statement_column(query, "user_name"),   statement_column(query, "role"),
		statement_column(query, "resident_id"), statement_column(query, "at"),
		statement_column(query, "first_seq"),   statement_column(query, "last_seq"),
		statement_column(query, "n"),           statement_column(query, "own_n"),
		statement_column(query, "own_of"),      statement_column(query, "role_n"),
		statement_column(query, "role_of"),
	};
}

static struct text explain(enum unusual_kind kind, int64_t count, double own, double role, struct arena *arena)
{
	char why[300];
	long long n = (long long)count;
	switch (kind) {
	case UNUSUAL_SPREE:
		snprintf(why, sizeof why,
			 "%lld residents in one hour; usual is %.1f an hour for the user, %.1f for the role", n, own,
			 role);
		break;
	case UNUSUAL_OUT_OF_HOURS:
		snprintf(why, sizeof why,
			 "%lld looks outside Monday to Friday, 07:00 to 20:00, by local time; usual is %.0f%% of the "
			 "user's other "
			 "looks, %.0f%% of those of others in the role",
			 n, own * 100, role * 100);
		break;
	case UNUSUAL_REFUSED:
		snprintf(why, sizeof why, "%lld refusals of residents in one day", n);
		break;
	case UNUSUAL_BULK:
		snprintf(why, sizeof why, "more different residents in one hour than the limits of the role expect");
		break;
	case UNUSUAL_UNRELATED:
		snprintf(why, sizeof why,
			 "%lld %s of no case, team or service of the user in one day; usual is %.0f%% of the user's "
			 "other "
			 "looks, %.0f%% of those of others in the role",
			 n, n == 1 ? "resident" : "residents", own * 100, role * 100);
		break;
	case UNUSUAL_CELEBRITY:
		snprintf(why, sizeof why,
			 "%lld users of %.0f roles opened this resident within seven days, and none of them works with "
			 "the "
			 "resident; the mean is %.1f",
			 n, role, own);
		break;
	default:
		snprintf(why, sizeof why, "%lld users opened this resident; the mean is %.1f", n, own);
	}
	return arena_text(arena, text_of(why));
}

static struct text kept(struct arena *arena, struct text t)
{
	return text_is_absent(t) ? t : arena_text(arena, t);
}

static struct unusual_access read_access(struct statement *row, const struct columns *columns, struct arena *arena)
{
	return (struct unusual_access){.user_name = kept(arena, statement_text(row, columns->user_name)),
				       .role = kept(arena, statement_text(row, columns->role)),
				       .resident_id = statement_int(row, columns->resident_id),
				       .at = statement_int(row, columns->at),
				       .first_seq = statement_int(row, columns->first_seq),
				       .last_seq = statement_int(row, columns->last_seq),
				       .count = statement_int(row, columns->n)};
}

/* The summers up to the question's end; a question that goes back further has UTC there. */
static void bind_summers(struct statement *query, const struct unusual_question *question)
{
	int last = date_ymd(instant_date(question->before)).year;
	for (int i = 0; i < SUMMERS; i++) {
		char from[8], to[8];
		snprintf(from, sizeof from, "s%d", i);
		snprintf(to, sizeof to, "e%d", i);
		statement_bind_int(query, from, london_summer_begins(last - i));
		statement_bind_int(query, to, london_summer_ends(last - i));
	}
}

static enum status find_kind(struct unusual_list *out, enum unusual_kind kind, struct store *desk,
			     const struct unusual_question *question, struct arena *arena, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, desk, kinds[kind].sql, error);
	if (status)
		return status;
	statement_bind_int(query, "from_at", question->from);
	statement_bind_int(query, "before_at", question->before);
	statement_bind_int(query, "least", kinds[kind].least);
	statement_bind_int(query, "most", UNUSUAL_MOST);
	if (kind == UNUSUAL_OUT_OF_HOURS)
		bind_summers(query, question);
	struct columns columns = columns_of(query);
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		struct unusual_access *next = &out->at[out->count++];
		*next = read_access(query, &columns, arena);
		next->kind = kind;
		next->why = explain(kind, next->count,
				    share(statement_int(query, columns.own_n), statement_int(query, columns.own_of)),
				    share(statement_int(query, columns.role_n), statement_int(query, columns.role_of)),
				    arena);
	}
	statement_done(query);
	return status;
}

enum status unusual_find(struct unusual_list *out, struct store *desk, const struct unusual_question *question,
			 struct arena *arena, struct error *error)
{
	enum status status = STATUS_OK;
	*out = (struct unusual_list){
		.at = ARENA_ARRAY(arena, (size_t)UNUSUAL_KIND_COUNT * UNUSUAL_MOST, struct unusual_access)};
	for (int kind = 0; kind < UNUSUAL_KIND_COUNT && status == STATUS_OK && kinds[kind].sql; kind++)
		status = find_kind(out, (enum unusual_kind)kind, desk, question, arena, error);
	return status;
}

enum status unusual_looks(struct unusual_list *out, struct store *desk, const struct unusual_question *question,
			  struct arena *arena, struct error *error)
{
	struct statement *query;
	*out = (struct unusual_list){.at = ARENA_ARRAY(arena, UNUSUAL_LOOKS_MOST, struct unusual_access)};
	enum status status = store_prepare(
		&query, desk,
		"WITH pair AS (SELECT user_name, role, subject_id AS resident_id, min(at) AS at, min(seq) AS "
		"first_seq, "
		"max(seq) AS last_seq, count(*) AS n FROM " LOOKS
		"'allowed' AND user_name IS NOT NULL GROUP BY user_name, role, subject_id ORDER BY max(seq) DESC LIMIT "
		":most) SELECT user_name, role, resident_id, at, first_seq, last_seq, n, 0 AS own_n, 0 AS own_of, 0 AS "
		"role_n, 0 AS role_of FROM pair ORDER BY resident_id, first_seq",
		error);
	if (status)
		return status;
	statement_bind_int(query, "from_at", question->from);
	statement_bind_int(query, "before_at", question->before);
	statement_bind_int(query, "most", UNUSUAL_LOOKS_MOST);
	struct columns columns = columns_of(query);
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		out->at[out->count++] = read_access(query, &columns, arena);
	statement_done(query);
	return status;
}

/* ---- a sample ------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;
	return (one > two) - (one < two);
}

/* Each look takes the place of one drawn before with the chance that keeps all equally likely (reservoir sampling). */
static enum status draw_numbers(int64_t *numbers, size_t *count, struct store *desk,
				const struct unusual_question *question, const struct unusual_sample *sample,
				struct error *error)
{
	struct random random;
	struct statement *query;
	enum status status = store_prepare(&query, desk,
					   "SELECT seq FROM " LOOKS "'allowed' AND (:every = 1 OR (team = :team AND "
					   "user_name <> :but)) ORDER BY seq",
					   error);
	if (status)
		return status;
	random_start(&random, sample->seed, 0, 0, 0);
	statement_bind_int(query, "from_at", question->from);
	statement_bind_int(query, "before_at", question->before);
	statement_bind_int(query, "every", text_is_absent(sample->team));
	statement_bind_text(query, "team", text_is_absent(sample->team) ? TEXT("") : sample->team);
	statement_bind_text(query, "but", text_is_absent(sample->but_user_name) ? TEXT("") : sample->but_user_name);
	statement_stream(query);
	int seq = statement_column(query, "seq");
	uint32_t seen = 0;
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		uint32_t place = seen < sample->wanted ? seen : random_below(&random, seen + 1);
		if (place < sample->wanted)
			numbers[place] = statement_int(query, seq);
		seen++;
	}
	statement_done(query);
	*count = seen < sample->wanted ? seen : sample->wanted;
	qsort(numbers, *count, sizeof *numbers, by_number);
	return status;
}

enum status unusual_draw(struct audit_page *out, struct store *desk, const struct unusual_question *question,
			 const struct unusual_sample *sample, struct arena *arena, struct error *error)
{
	int64_t numbers[UNUSUAL_MOST];
	size_t count = 0;
	struct unusual_sample bounded = *sample;
	bounded.wanted = bounded.wanted > UNUSUAL_MOST ? UNUSUAL_MOST : bounded.wanted;
	enum status status = draw_numbers(numbers, &count, desk, question, &bounded, error);
	*out = (struct audit_page){.entries = ARENA_ARRAY(arena, count + 1, struct audit_entry)};
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct audit_page one;
		status = audit_read(desk, &(struct audit_filter){.before_seq = numbers[i] + 1, .limit = 1}, arena, &one,
				    error);
		if (status == STATUS_OK && one.count)
			out->entries[out->count++] = one.entries[0];
	}
	return status;
}
