/* The page of a match: its numbers gathered, charted, rendered. */
#include "base/memory.h"
#include "report/report_int.h"
#include "web/template.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

extern const char template_match_report[], template_chart[];
extern const unsigned long template_match_report_len, template_chart_len;

enum { MOST_BARS = LINKING_COLUMNS * (LINKING_LEVELS + 1), SELF_SAMPLE = 4000, PAGE_LARGEST = 64 << 20 };

struct page {
	const struct matching *matching;
	const struct linking_run *run;
	struct matching_summary summary;
	struct arena arena;
	struct value *document;
	const struct linking_link *links;
	size_t link_count;
};

static struct text words(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
static struct text words(struct page *page, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct text text = arena_format_v(&page->arena, format, args);
	va_end(args);
	return text;
}

/* "1,234,567" */
static struct text counted(struct page *page, uint64_t number)
{
	char out[32];
	size_t at = sizeof out;
	for (unsigned digits = 0; number || digits == 0; number /= 10, digits++) {
		if (digits && digits % 3 == 0)
			out[--at] = ',';
		out[--at] = (char)('0' + number % 10);
	}
	return arena_text(&page->arena, text_slice(out + at, sizeof out - at));
}

/* ---- what was inferred ------------------------------------------------------------------------------------- */

static void add_file(struct page *page, struct value *files, size_t number)
{
	struct matching_file file = matching_file(page->matching, number);
	struct value *out = add_object(files);
	put_text(out, "name", file.name);
	put_text(out, "records", counted(page, file.records));
	put_string(out, "encoding", file.encoding);
	put_text(out, "id",
		 file.id_column < file.column_count
			 ? words(page, "column %.*s", TEXT_ARG(file.columns[file.id_column].header))
			 : TEXT("row numbers"));
	struct value *columns = put_array(out, "columns");
	for (size_t c = 0; c < file.column_count; c++) {
		struct value *column = add_object(columns);
		put_text(column, "header", file.columns[c].header);
		put_string(column, "meaning", meaning_title(file.columns[c].meaning));
		put_bool(column, "used", meaning_is_used(file.columns[c].meaning));
		put_format(column, "filled", "%.0f %%", file.columns[c].filled * 100);
		put_text(column, "why", arena_text(&page->arena, text_of(file.columns[c].why)));
	}
}

static void add_files(struct page *page)
{
	struct value *files = put_array(page->document, "files"), *warnings;
	size_t count;
	for (size_t f = 0; f < matching_file_count(page->matching); f++)
		add_file(page, files, f);
	const struct matching_warning *all = matching_warnings(page->matching, &count);
	warnings = put_array(page->document, "warnings");
	for (size_t i = 0; i < count; i++) {
		struct value *warning = add_object(warnings);
		put_text(warning, "where",
			 all[i].line ? words(page, "%.*s, line %llu: ", TEXT_ARG(all[i].file),
					     (unsigned long long)all[i].line)
				     : TEXT(""));
		put_string(warning, "text", all[i].text);
	}
}

static void add_completeness(struct page *page)
{
	struct bar *bars = ARENA_ARRAY(&page->arena, 512, struct bar);
	size_t count = 0;
	for (size_t f = 0; f < matching_file_count(page->matching); f++) {
		struct matching_file file = matching_file(page->matching, f);
		if (matching_file_count(page->matching) > 1 && count < 500)
			bars[count++] = (struct bar){.label = file.name, .heading = true};
		for (size_t c = 0; c < file.column_count && count < 500; c++) {
			if (!meaning_is_used(file.columns[c].meaning))
				continue;
			struct bar *bar = &bars[count++];
			*bar = (struct bar){.label = file.columns[c].header,
					    .to = file.columns[c].filled * 100,
					    .second = NAN,
					    .class = "m"};
			snprintf(bar->shown, sizeof bar->shown, "%.1f %%", bar->to);
		}
	}
	chart_bars(page->document,
		   &(struct chart){
			   .id = "completeness",
			   .title = "How complete the columns are",
			   .says = "Share of records with a value, in percent, of the columns that were compared."},
		   bars, count, 0, 100);
}

/* ---- the model ------------------------------------------------------------------------------------------------ */

struct levels { /* of one compared column, from the model's JSON */
	const char *name;
	const json_t *names, *m, *u;
	size_t count;
};

/* The document outlives the JSON. */
static struct text kept(struct page *page, const char *string)
{
	return arena_text(&page->arena, text_of(string));
}

static double share_at(const json_t *array, size_t level)
{
	return json_number_value(json_array_get(array, level));
}

/* What rounds to nothing is 0, not -0. */
static double without_sign(double weight)
{
	return fabs(weight) < 0.05 ? 0 : weight;
}

static void add_weights(struct page *page, const struct levels *levels, size_t count)
{
	struct bar *bars = ARENA_ARRAY(&page->arena, MOST_BARS, struct bar);
	size_t n = 0;
	double least = -1, most = 1;
	for (size_t c = 0; c < count; c++) {
		bars[n++] = (struct bar){.label = kept(page, levels[c].name), .heading = true};
		for (size_t l = 0; l < levels[c].count; l++) {
			struct bar *bar = &bars[n++];
			double weight = log2((share_at(levels[c].m, l) + 1e-9) / (share_at(levels[c].u, l) + 1e-9));
			*bar = (struct bar){.label = kept(page, json_string_value(json_array_get(levels[c].names, l))),
					    .to = weight,
					    .second = NAN,
					    .class = weight >= 0 ? "good" : "bad"};
			snprintf(bar->shown, sizeof bar->shown, "%+.1f", without_sign(weight));
			least = weight < least ? weight : least;
			most = weight > most ? weight : most;
		}
	}
	chart_bars(page->document,
		   &(struct chart){
			   .id = "weights",
			   .title = "What agreement and difference are worth",
			   .says = "Match weight of each outcome: the binary logarithm of how much likelier it is for "
				   "one person than for two. Each point doubles the odds. Agreement on a rare value "
				   "counts more than this."},
		   bars, n, floor(least), ceil(most));
}

static void add_m_and_u(struct page *page, const struct levels *levels, size_t count)
{
	struct bar *bars = ARENA_ARRAY(&page->arena, MOST_BARS, struct bar);
	size_t n = 0;
	for (size_t c = 0; c < count; c++) {
		bars[n++] = (struct bar){.label = kept(page, levels[c].name), .heading = true};
		for (size_t l = 0; l < levels[c].count; l++) {
			struct bar *bar = &bars[n++];
			*bar = (struct bar){.label = kept(page, json_string_value(json_array_get(levels[c].names, l))),
					    .to = share_at(levels[c].m, l),
					    .second = share_at(levels[c].u, l),
					    .class = "m"};
			snprintf(bar->shown, sizeof bar->shown, "%.3f and %.3g", bar->to, bar->second);
		}
	}
	chart_bars(
		page->document,
		&(struct chart){
			.id = "m_and_u",
			.title = "How often each outcome occurs",
			.says = "Blue, above: among pairs of one person (m). Orange, below: among pairs of strangers "
				"(u). A column parts well where the two differ."},
		bars, n, 0, 1);
}

static void add_model(struct page *page)
{
	struct buf text;
	json_error_t where;
	struct levels levels[LINKING_COLUMNS];
	size_t count = 0;
	buf_init(&text, PAGE_LARGEST);
	linking_model_json(page->run, &text);
	json_t *root = json_loads(text.at ? text.at : "{}", 0, &where);
	const json_t *columns = json_object_get(root, "columns");
	for (size_t c = 0; c < json_array_size(columns) && c < LINKING_COLUMNS; c++) {
		const json_t *column = json_array_get(columns, c);
		levels[count] = (struct levels){.name = json_string_value(json_object_get(column, "column")),
						.names = json_object_get(column, "levels"),
						.m = json_object_get(column, "m"),
						.u = json_object_get(column, "u"),
						.count = json_array_size(json_object_get(column, "levels"))};
		count++;
	}
	add_weights(page, levels, count);
	add_m_and_u(page, levels, count);
	json_decref(root);
	buf_release(&text);
}

/* ---- pairs ------------------------------------------------------------------------------------------------------ */

/* At most about fifty bars, each a round number of points wide. */
static double bar_width(double range)
{
	static const double widths[] = {1, 2, 5, 10, 20};
	size_t i = 0;
	while (i < 4 && range / widths[i] > 50)
		i++;
	return widths[i];
}

static void add_scores(struct page *page)
{
	enum { MOST = 200 };
	struct column *columns = ARENA_ARRAY(&page->arena, MOST, struct column);
	double threshold = log2(page->summary.threshold / (1 - page->summary.threshold)), least = 0, most = 1;
	for (size_t i = 0; i < page->link_count; i++) {
		double weight = (double)page->links[i].weight;
		least = weight < least ? weight : least;
		most = weight > most ? weight : most;
	}
	double width = bar_width(most - least);
	least = floor(least / width) * width;
	size_t count = (size_t)((most - least) / width) + 1;
	count = count < MOST ? count : MOST;
	for (size_t i = 0; i < page->link_count; i++) {
		size_t bin = (size_t)(((double)page->links[i].weight - least) / width);
		columns[bin < count ? bin : count - 1].value++;
	}
	for (size_t i = 0; i < count; i++) {
		double from = least + (double)i * width;
		columns[i].class = from + width > threshold ? "good" : "sum";
		snprintf(columns[i].label, sizeof columns[i].label, "%g", from);
		snprintf(columns[i].shown, sizeof columns[i].shown, "%.*s",
			 TEXT_ARG(counted(page, (uint64_t)columns[i].value)));
	}
	chart_columns(
		page->document,
		&(struct chart){.id = "scores",
				.title = "Pairs by match weight",
				.says = "Green: likely enough to link. Grey: kept because they may be of one person. "
					"Pairs below are not kept. A clear valley between the two is good."},
		columns, count,
		count > 26   ? 5
		: count > 13 ? 2
			     : 1,
		"Weight from", "Pairs");
}

static int by_weight(const void *a, const void *b)
{
	const struct linking_link *x = a, *y = b;
	return (x->weight > y->weight) - (x->weight < y->weight);
}

/* Pairs of one person in all the file. */
static double true_pairs(const struct page *page)
{
	size_t records = page->summary.records;
	uint64_t *clusters = memory_alloc(records, sizeof *clusters), *people = memory_alloc(records, sizeof *people);
	struct linking_quality quality;
	for (size_t i = 0; i < records; i++) {
		clusters[i] = matching_cluster(page->matching, i);
		people[i] = matching_entity(page->matching, i);
	}
	linking_evaluate(clusters, people, records, &quality);
	put_format(page->document, "judged", "precision %.4f, recall %.4f, F1 %.4f", quality.precision, quality.recall,
		   quality.f1);
	free(clusters);
	free(people);
	return (double)(quality.found + quality.missed);
}

/* How much of a pair is right: by the truth 0 or 1, without one its probability. */
static double rightness(const struct page *page, const struct linking_link *link)
{
	if (!matching_has_truth(page->matching))
		return (double)link->probability;
	uint64_t a = matching_entity(page->matching, link->a);
	return a && a == matching_entity(page->matching, link->b);
}

static void add_trade_off(struct page *page)
{
	enum { POINTS = 60 };
	bool truth = matching_has_truth(page->matching);
	struct linking_link *sorted = memory_alloc(page->link_count + 1, sizeof *sorted);
	struct line_point *points = ARENA_ARRAY(&page->arena, POINTS, struct line_point);
	memcpy(sorted, page->links, page->link_count * sizeof *sorted);
	qsort(sorted, page->link_count, sizeof *sorted, by_weight);
	double kept = 0, below = 0, least = -10, most = 20;
	for (size_t i = 0; i < page->link_count; i++)
		kept += rightness(page, &sorted[i]);
	double all = truth ? true_pairs(page) : kept;
	size_t at = 0;
	for (size_t p = 0; p < POINTS; p++) {
		double weight = least + (most - least) * (double)p / (POINTS - 1);
		for (; at < page->link_count && (double)sorted[at].weight < weight; at++)
			below += rightness(page, &sorted[at]);
		double left = kept - below, count = (double)(page->link_count - at);
		double precision = count > 0 ? left / count : 1, recall = all > 0 ? left / all : 1;
		points[p].x = weight;
		points[p].y[0] = precision;
		points[p].y[1] = recall;
		points[p].y[2] = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
	}
	free(sorted);
	double threshold = log2(page->summary.threshold / (1 - page->summary.threshold));
	chart_lines(
		page->document,
		&(struct chart){
			.id = "trade_off",
			.title = "What a stricter threshold costs",
			.says = truth ? "By the truth column that the settings name: the share of links that are "
					"right (precision), the share of true pairs that are linked (recall), and "
					"F1. Single pairs, before clusters are made. The dashed line is the "
					"threshold in use."
				      : "Expected by the model's own probabilities, over the pairs that were kept: "
					"the share of links that are right (precision), the share of true pairs "
					"that are linked (recall), and F1. The dashed line is the threshold in use."},
		points, POINTS, (const char *const[]){"precision", "recall", "F1", NULL}, "Weight from", threshold);
}

static void add_waterfall(struct page *page, struct value *pairs, const struct linking_link *link, size_t number)
{
	struct linking_explanation why;
	struct bar *bars = ARENA_ARRAY(&page->arena, LINKING_COLUMNS + 3, struct bar);
	char left[24], right[24];
	struct text left_file, right_file;
	size_t n = 0;
	double sum = 0, least = 0, most = 0;
	linking_explain(page->run, link->a, link->b, &why);
	double rest = why.weight - why.prior;
	for (size_t c = 0; c < why.count; c++)
		rest -= why.evidence[c].level ? why.evidence[c].weight : 0;
	for (size_t step = 0; step < why.count + 3; step++) {
		const struct linking_evidence *evidence =
			step > 0 && step <= why.count ? &why.evidence[step - 1] : NULL;
		if ((evidence && evidence->level == 0) || (step == why.count + 1 && fabs(rest) < 0.05))
			continue;
		bool total = step == why.count + 2;
		double add = step == 0 ? why.prior : evidence ? evidence->weight : total ? 0 : rest;
		struct bar *bar = &bars[n++];
		*bar = (struct bar){.from = total ? 0 : sum, .second = NAN};
		sum += add;
		bar->to = sum;
		bar->class = total ? "sum" : add >= 0 ? "good" : "bad";
		bar->label = step == 0  ? TEXT("before anything is compared")
			     : total    ? TEXT("together")
			     : evidence ? words(page, "%s: %s", evidence->column, evidence->level_name)
					: TEXT("shared by a household, or by chance");
		snprintf(bar->shown, sizeof bar->shown, "%+.1f", without_sign(total ? sum : add));
		least = sum < least ? sum : least;
		most = sum > most ? sum : most;
	}
	struct value *pair = add_object(pairs);
	struct text a = matching_record_name(page->matching, link->a, &left_file, left),
		    b = matching_record_name(page->matching, link->b, &right_file, right);
	struct text title = words(page, "Record %.*s and record %.*s: weight %.1f, probability %.4f", TEXT_ARG(a),
				  TEXT_ARG(b), without_sign(why.weight), why.probability);
	struct text id = words(page, "waterfall_%zu", number);
	struct chart chart = {.key = "chart",
			      .id = arena_copy(&page->arena, id),
			      .title = arena_copy(&page->arena, title),
			      .says = matching_cluster(page->matching, link->a) ==
						      matching_cluster(page->matching, link->b)
					      ? "The two are linked."
					      : "The two are not linked."};
	if (why.conflict)
		chart.says = arena_copy(&page->arena, words(page, "Not linked whatever the weight: %s.", why.conflict));
	chart_bars(pair, &chart, bars, n, floor(least), ceil(most));
}

/* The pairs nearest to some probabilities: from certain to doubtful. */
static void add_waterfalls(struct page *page)
{
	double wanted[] = {20, 10, 6.6, 3.2, log2(page->summary.threshold / (1 - page->summary.threshold)), 0, -3.2};
	struct value *pairs = put_array(page->document, "waterfalls");
	size_t taken[sizeof wanted / sizeof *wanted], count = 0;
	for (size_t w = 0; w < sizeof wanted / sizeof *wanted && page->link_count; w++) {
		size_t best = 0;
		for (size_t i = 1; i < page->link_count; i++) {
			if (fabs((double)page->links[i].weight - wanted[w]) <
			    fabs((double)page->links[best].weight - wanted[w]))
				best = i;
		}
		bool again = false;
		for (size_t k = 0; k < count; k++)
			again |= taken[k] == best;
		if (again)
			continue;
		taken[count++] = best;
		add_waterfall(page, pairs, &page->links[best], count);
	}
}

static void add_rules(struct page *page)
{
	const struct linking_report *report = linking_run_report(page->run);
	struct bar *bars = ARENA_ARRAY(&page->arena, report->rules, struct bar);
	double most = 1;
	uint64_t divided = 0, cut = 0;
	for (size_t r = 0; r < report->rules; r++) {
		bars[r] = (struct bar){.label = text_of(report->rule[r].name),
				       .to = (double)report->rule[r].pairs,
				       .second = NAN,
				       .class = "m"};
		snprintf(bars[r].shown, sizeof bars[r].shown, "%.*s", TEXT_ARG(counted(page, report->rule[r].pairs)));
		most = bars[r].to > most ? bars[r].to : most;
		divided += report->rule[r].oversized;
		cut += report->rule[r].cut;
	}
	chart_bars(
		page->document,
		&(struct chart){
			.id = "rules",
			.title = "Which rules found the pairs",
			.says = "Two records are compared when they agree on all that a rule names. A pair counts for "
				"the first rule that found it."},
		bars, report->rules, 0, most);
	put_text(page->document, "blocks_divided", counted(page, divided));
	put_text(page->document, "blocks_cut", counted(page, cut));
}

/* ---- records -------------------------------------------------------------------------------------------------------
 */

static void add_cluster_sizes(struct page *page)
{
	enum { SIZES = 13 };
	static const char *const labels[SIZES] = {"1", "2", "3",  "4",     "5",     "6",  "7",
						  "8", "9", "10", "11-20", "21-50", "51+"};
	struct column *columns = ARENA_ARRAY(&page->arena, SIZES, struct column);
	uint32_t *sizes = memory_alloc(page->summary.clusters + 1, sizeof *sizes);
	size_t last = 0;
	for (size_t i = 0; i < page->summary.records; i++)
		sizes[matching_cluster(page->matching, i)]++;
	for (size_t i = 0; i < page->summary.clusters; i++) {
		uint32_t size = sizes[i];
		size_t bin = size <= 10 ? size - 1 : size <= 20 ? 10 : size <= 50 ? 11 : 12;
		columns[bin].value++;
		last = bin > last ? bin : last;
	}
	free(sizes);
	for (size_t i = 0; i < SIZES; i++) {
		columns[i].class = "m";
		snprintf(columns[i].label, sizeof columns[i].label, "%s", labels[i]);
		snprintf(columns[i].shown, sizeof columns[i].shown, "%.*s",
			 TEXT_ARG(counted(page, (uint64_t)columns[i].value)));
	}
	chart_columns(
		page->document,
		&(struct chart){
			.id = "sizes",
			.title = "Records of one person",
			.says = "How many people have how many records. A few very large ones are a sign of records "
				"that say too little, or of default values."},
		columns, last + 1, 1, "Records", "People");
}

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* A record that would not be linked with a copy of itself cannot be linked with anything. */
static void add_unlinkable(struct page *page)
{
	enum { POINTS = 50 };
	size_t records = page->summary.records, every = records / SELF_SAMPLE + 1, count = 0;
	double *weights = memory_alloc(SELF_SAMPLE + 1, sizeof *weights);
	struct line_point *points = ARENA_ARRAY(&page->arena, POINTS, struct line_point);
	for (size_t i = 0; i < records && count < SELF_SAMPLE; i += every) {
		struct linking_explanation why;
		linking_explain(page->run, i, i, &why);
		weights[count++] = why.weight;
	}
	qsort(weights, count, sizeof *weights, compare_doubles);
	double threshold = log2(page->summary.threshold / (1 - page->summary.threshold));
	double least = weights[0] < threshold ? floor(weights[0]) : floor(threshold) - 1,
	       most = ceil(weights[count - 1]) + 1;
	size_t at = 0, unlinkable = 0;
	for (size_t p = 0; p < POINTS; p++) {
		points[p].x = least + (most - least) * (double)p / (POINTS - 1);
		while (at < count && weights[at] < points[p].x)
			at++;
		points[p].y[0] = (double)at / (double)count;
	}
	while (unlinkable < count && weights[unlinkable] < threshold)
		unlinkable++;
	put_format(page->document, "unlinkable_share", "%.2f %%", 100.0 * (double)unlinkable / (double)count);
	put_text(page->document, "unlinkable_of", counted(page, count));
	free(weights);
	chart_lines(
		page->document,
		&(struct chart){.id = "unlinkable",
				.title = "Records that say too little",
				.says = "Share of records that would not reach a weight even against a copy of "
					"themselves. What "
					"lies left of the dashed line, the threshold in use, cannot be linked at all."},
		points, POINTS, (const char *const[]){"share of records", NULL}, "Weight below", threshold);
}

/* ---- the page
 * -------------------------------------------------------------------------------------------------------- */

static void add_summary(struct page *page)
{
	struct value *out = page->document;
	const struct matching_summary *summary = &page->summary;
	put_text(out, "records", counted(page, summary->records));
	put_text(out, "people", counted(page, summary->clusters));
	put_text(out, "linked", counted(page, summary->linked_records));
	put_text(out, "largest", counted(page, summary->largest_cluster));
	put_text(out, "compared", counted(page, summary->pairs_compared));
	put_format(out, "threshold", "%.4g", summary->threshold);
	put_format(out, "seconds", "%.1f", summary->seconds_read + summary->seconds_prepare + summary->seconds_link);
	put_text(out, "date", document_long_date(&page->arena, date_today()));
	put_string(out, "version", ONEVIEW_VERSION);
	put_bool(out, "linking", page->run != NULL);
	if (page->run) {
		const struct linking_report *report = linking_run_report(page->run);
		put_text(out, "prior", counted(page, (uint64_t)report->prior));
		put_text(out, "patterns", counted(page, report->patterns));
	}
}

static enum status render(const struct page *page, struct buf *out, struct error *error)
{
	struct template_set *set = template_set_new(TEMPLATE_PAGES);
	enum status status = template_set_add(set, TEXT("match_report"),
					      text_slice(template_match_report, template_match_report_len), error);
	if (status == STATUS_OK)
		status = template_set_add(set, TEXT("chart"), text_slice(template_chart, template_chart_len), error);
	if (status == STATUS_OK)
		status = template_set_link(set, error);
	if (status == STATUS_OK)
		status = template_render(template_find(set, TEXT("match_report")), page->document, out, error);
	template_set_free(set);
	return status;
}

enum status report_match(const struct matching *matching, const char *path, struct error *error)
{
	struct page page = {.matching = matching, .run = matching_linking(matching)};
	struct buf out;
	arena_init(&page.arena, PAGE_LARGEST);
	buf_init(&out, PAGE_LARGEST);
	matching_summary(matching, &page.summary);
	page.document = document_object(&page.arena);
	add_summary(&page);
	add_files(&page);
	add_completeness(&page);
	if (page.run) {
		page.links = linking_links(page.run, &page.link_count);
		add_model(&page);
		add_scores(&page);
		add_trade_off(&page);
		add_waterfalls(&page);
		add_rules(&page);
		add_unlinkable(&page);
	}
	add_cluster_sizes(&page);
	enum status status = render(&page, &out, error);
	if (status == STATUS_OK)
		status = matching_write_text(path, buf_text(&out), error);
	buf_release(&out);
	arena_release(&page.arena);
	return status;
}
