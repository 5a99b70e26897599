/* truth/: what the borough knows about itself, as files that only `oneview evaluate` and
 * people who check results may read.  Persons, households, residences and so on are named
 * by their index; properties by their UPRN. */
#include "base/buf.h"
#include "base/file.h"
#include "world_int.h"

#include <errno.h>

enum { FLUSH_AT = 1 << 20 };

struct out {
	FILE *file;
	struct buf buf;
	const char *path;
	enum status status;
	struct error *error;
};

static void out_flush(struct out *o)
{
	if (o->status == STATUS_OK && (o->buf.failed || fwrite(o->buf.at, 1, o->buf.len, o->file) != o->buf.len))
		o->status = error_set_errno(o->error, errno, "synth.write", "%s could not be written", o->path);
	buf_clear(&o->buf);
}

static void out_open(struct out *o, struct arena *arena, const char *dir, const char *name, struct error *error)
{
	*o = (struct out){.error = error, .path = arena_format(arena, "%s/%s", dir, name).at};
	buf_init(&o->buf, FLUSH_AT * 2);
	o->file = fopen(o->path, "wb");
	if (!o->file)
		o->status = error_set_errno(error, errno, "synth.write", "%s could not be made", o->path);
}

static enum status out_close(struct out *o)
{
	out_flush(o);
	if (o->file && fclose(o->file) && o->status == STATUS_OK)
		o->status = error_set_errno(o->error, errno, "synth.write", "%s could not be written", o->path);
	buf_release(&o->buf);
	return o->status;
}

static void out_line(struct out *o)
{
	o->buf.at[o->buf.len - 1] = '\n'; /* the comma behind the last value */
	if (o->buf.len >= FLUSH_AT)
		out_flush(o);
}

static void out_text(struct out *o, const char *text)
{
	buf_append_csv(&o->buf, text_of(text ? text : ""));
	buf_append_char(&o->buf, ',');
}

static void out_int(struct out *o, int64_t value)
{
	buf_append_int(&o->buf, value);
	buf_append_char(&o->buf, ',');
}

static void out_index(struct out *o, uint32_t index)
{
	if (index != NOTHING)
		buf_append_int(&o->buf, index);
	buf_append_char(&o->buf, ',');
}

static void out_date(struct out *o, date on)
{
	char text[DATE_TEXT_SIZE];
	buf_append_text(&o->buf, text_of(date_format_iso(on, text)));
	buf_append_char(&o->buf, ',');
}

static void out_uprn(struct out *o, const struct borough *b, uint32_t property)
{
	if (property != NOTHING)
		buf_append_int(&o->buf, (int64_t)b->properties[property].uprn);
	buf_append_char(&o->buf, ',');
}

static void out_header(struct out *o, const char *header)
{
	if (o->status == STATUS_OK)
		buf_format(&o->buf, "%s\n", header);
}

static void write_persons(struct out *o, const struct borough *b)
{
	out_header(o, "person,sex,born,died,tradition,ethnicity,nationality,mother,father,twin,nhs_number,ni_number,"
		      "upn,known_as,mobile,landline,email,language,birth_country");
	for (uint32_t i = 0; i < b->person_count; i++) {
		const struct person *p = &b->persons[i];
		out_int(o, i);
		out_text(o, p->sex == SEX_MALE ? "M" : "F");
		out_date(o, p->born);
		out_date(o, p->died);
		out_int(o, p->tradition);
		out_int(o, p->ethnicity);
		out_int(o, p->nationality);
		out_index(o, p->mother);
		out_index(o, p->father);
		out_index(o, p->twin);
		const char *const texts[] = {p->nhs_number, p->ni_number, p->upn,      p->known_as,     p->mobile,
					     p->landline,   p->email,     p->language, p->birth_country};
		for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
			out_text(o, texts[t]);
		out_line(o);
	}
}

static void write_names(struct out *o, const struct borough *b)
{
	static const char *const reasons[] = {"birth", "marriage", "separation", "deed", "gender"};
	out_header(o, "person,from,reason,title,given_name,middle_names,family_name,suffix");
	for (uint32_t i = 0; i < b->person_count; i++)
		for (uint32_t n = b->persons[i].name; n != NOTHING; n = b->names[n].next) {
			const struct name *name = &b->names[n];
			out_int(o, i);
			out_date(o, name->from);
			out_text(o, reasons[name->reason]);
			out_text(o, name->title);
			out_text(o, name->given);
			out_text(o, name->middle);
			out_text(o, name->family);
			out_text(o, name->suffix);
			out_line(o);
		}
}

static const char *const household_kinds[] = {"one_person",       "couple",  "couple_children", "lone_parent",
					      "multi_generation", "sharers", "communal",        "other"};
static const char *const roles[] = {"head",   "partner", "child",          "stepchild", "foster_child", "grandchild",
				    "parent", "sibling", "other_relative", "lodger",    "sharer",       "resident"};

static void write_households(struct out *o, const struct borough *b)
{
	out_header(o, "household,uprn,kind,household_from,household_to,person,role,from,to");
	for (uint32_t h = 0; h < b->household_count; h++)
		for (uint32_t at = b->households[h].first; at != NOTHING; at = b->residences[at].next_in_household) {
			const struct residence *res = &b->residences[at];
			if (res->second_home)
				continue;
			out_int(o, h);
			out_uprn(o, b, b->households[h].property);
			out_text(o, household_kinds[b->households[h].kind]);
			out_date(o, b->households[h].from);
			out_date(o, b->households[h].to);
			out_int(o, res->person);
			out_text(o, roles[res->role]);
			out_date(o, res->from);
			out_date(o, res->to);
			out_line(o);
		}
}

static void write_residences(struct out *o, const struct borough *b)
{
	static const char *const whys[] = {"",     "moved_within", "left_borough",
					   "died", "into_care",    "placement_changed"};
	out_header(o, "person,uprn,household,role,share,second_home,from,to,why_left");
	for (size_t i = 0; i < b->residence_count; i++) {
		const struct residence *res = &b->residences[i];
		out_int(o, res->person);
		out_uprn(o, b, res->property);
		out_int(o, res->household);
		out_text(o, roles[res->role]);
		out_int(o, res->share);
		out_int(o, res->second_home);
		out_date(o, res->from);
		out_date(o, res->to);
		out_text(o, whys[res->why_left]);
		out_line(o);
	}
}

static void write_relationships(struct out *o, const struct borough *b)
{
	static const char *const kinds[] = {"parent_of", "married_to", "cohabits_with", "apart_from", "sibling_of"};
	out_header(o, "person,kind,other,from,to");
	for (size_t i = 0; i < b->relationship_count; i++) {
		const struct relationship *relation = &b->relationships[i];
		out_int(o, relation->a);
		out_text(o, kinds[relation->kind]);
		out_int(o, relation->b);
		out_date(o, relation->from);
		out_date(o, relation->to);
		out_line(o);
	}
}

static void write_properties(struct out *o, const struct borough *b)
{
	static const char *const kinds[] = {
		"house",     "flat",           "shell",     "hmo",    "hmo_room", "hostel", "refuge",
		"care_home", "childrens_home", "sheltered", "school", "hospital", "office"};
	static const char *const tenures[] = {"", "owned", "mortgage", "council", "association", "private"};
	out_header(o, "uprn,parent_uprn,kind,class_code,status,tenure,bedrooms,band,usrn,ward,area,decile,easting,"
		      "northing,latitude,longitude,address,postcode,from,to");
	for (uint32_t i = 0; i < b->property_count; i++) {
		const struct property *p = &b->properties[i];
		struct address_text text;
		char band[2] = {p->band, 0};
		address_write(b, &b->addresses[p->address], &text);
		out_int(o, (int64_t)p->uprn);
		out_uprn(o, b, p->parent);
		out_text(o, kinds[p->kind]);
		out_text(o, p->class_code);
		out_int(o, p->status);
		out_text(o, tenures[p->tenure]);
		out_int(o, p->bedrooms);
		out_text(o, band);
		out_int(o, b->streets[p->street].usrn);
		out_text(o, b->wards[p->ward].code);
		out_text(o, b->areas[p->area].code);
		out_int(o, p->decile);
		buf_format(&o->buf, "%.1f,%.1f,%.6f,%.6f,\"", p->easting, p->northing, p->latitude, p->longitude);
		for (int line = 0; line < ADDRESS_LINES && *text.line[line]; line++)
			buf_format(&o->buf, "%s%s", line ? ", " : "", text.line[line]);
		buf_format(&o->buf, "\",%s,", text.postcode);
		out_date(o, p->from);
		out_date(o, p->to);
		out_line(o);
	}
}

static const char *const outcomes[] = {"child_needs_help",       "in_need_step_up", "protection_step_up",
				       "looked_after_step_down", "homeless",        "exclusion",
				       "low_attendance",         "arrears_worsen",  "hospital"};

static void write_hazards(struct out *o, const struct borough *b)
{
	out_header(o, "person,as_at,outcome,chance,happened");
	for (size_t i = 0; i < b->hazard_count; i++) {
		const struct hazard *h = &b->hazards[i];
		out_int(o, h->person);
		out_date(o, borough_month(b, h->month));
		out_text(o, outcomes[h->outcome]);
		int64_t millionths = (int64_t)((double)h->chance * 1e6 + 0.5);
		buf_format(&o->buf, "0.%06d,", (int)(millionths > 999999 ? 999999 : millionths));
		out_int(o, h->happened);
		out_line(o);
	}
}

/* What an event's kind means is in borough.h; the file carries names, codes stay numbers. */
static const char *const event_names[EVENT_KINDS] = {"birth",
						     "death",
						     "marriage",
						     "couple",
						     "separation",
						     "name_change",
						     "move_in",
						     "move_out",
						     "move_within",
						     "rent_letter",
						     "rent_notice",
						     "eviction",
						     "repair",
						     "tax_reminder",
						     "tax_summons",
						     "tax_liability_order",
						     "tax_enforcement",
						     "benefit_change",
						     "benefit_sanction",
						     "benefit_overpayment",
						     "asb",
						     "domestic_abuse",
						     "child_contact",
						     "child_referral",
						     "child_assessment",
						     "child_strategy",
						     "child_conference",
						     "child_visit",
						     "child_review",
						     "child_missing",
						     "suspension",
						     "permanent_exclusion",
						     "offence",
						     "adult_contact",
						     "adult_assessment",
						     "adult_review",
						     "adult_safeguarding",
						     "homeless_application",
						     "hospital",
						     "call"};

static void write_events(struct out *o, const struct borough *b)
{
	out_header(o, "person,on,event,code,amount,other");
	for (size_t i = 0; i < b->event_count; i++) {
		const struct event *e = &b->events[i];
		out_int(o, e->person);
		out_date(o, e->on);
		out_text(o, event_names[e->kind]);
		out_int(o, e->code);
		out_int(o, e->amount);
		out_index(o, e->other);
		out_line(o);
	}
}

static const char *const spell_names[SPELL_KINDS] = {"tenancy",        "council_tax",   "benefit",         "school",
						     "free_meals",     "special_needs", "early_help",      "in_need",
						     "in_need_plan",   "protection",    "looked_after",    "placement",
						     "care_leaver",    "adult_care",    "youth_offending", "homeless",
						     "temporary_home", "shielding",     "elector",         "student",
						     "work",           "carer"};

static void write_spells(struct out *o, const struct borough *b)
{
	out_header(o, "person,spell,code,value,from,to");
	for (size_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		out_int(o, s->person);
		out_text(o, spell_names[s->kind]);
		out_int(o, s->code);
		out_int(o, s->value);
		out_date(o, s->from);
		out_date(o, s->to);
		out_line(o);
	}
}

static void write_wards(struct out *o, const struct borough *b)
{
	out_header(o, "{\"type\":\"FeatureCollection\",\"name\":\"eastmarsh_wards\",\"features\":[");
	for (int i = 0; i < BOROUGH_WARDS && o->status == STATUS_OK; i++) {
		const struct ward *w = &b->wards[i];
		buf_format(&o->buf, "%s{\"type\":\"Feature\",\"properties\":{\"code\":\"%s\",\"name\":", i ? ",\n" : "",
			   w->code);
		buf_append_json(&o->buf, text_of(w->name));
		buf_format(&o->buf, "},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[");
		for (uint32_t v = 0; v < w->boundary_count; v++) {
			double latitude, longitude;
			geo_to_latitude(w->boundary[v][0], w->boundary[v][1], &latitude, &longitude);
			buf_format(&o->buf, "%s[%.6f,%.6f]", v ? "," : "", longitude, latitude);
		}
		buf_format(&o->buf, "]]}}");
	}
	buf_format(&o->buf, "\n]}\n");
}

/* What the numbers in persons.csv stand for. */
static void write_codes(struct out *o, const struct borough *b)
{
	static const char *const traditions[TRADITIONS] = {
		[TRADITION_BRITISH] = "British",
		[TRADITION_IRISH] = "Irish",
		[TRADITION_POLISH] = "Polish",
		[TRADITION_LITHUANIAN] = "Lithuanian",
		[TRADITION_ROMANIAN] = "Romanian",
		[TRADITION_BULGARIAN] = "Bulgarian",
		[TRADITION_ALBANIAN] = "Albanian",
		[TRADITION_TURKISH] = "Turkish",
		[TRADITION_PUNJABI] = "Punjabi Sikh",
		[TRADITION_GUJARATI] = "Gujarati",
		[TRADITION_TAMIL] = "Tamil",
		[TRADITION_PAKISTANI] = "Pakistani",
		[TRADITION_BANGLADESHI] = "Bangladeshi",
		[TRADITION_YORUBA] = "Yoruba",
		[TRADITION_IGBO] = "Igbo",
		[TRADITION_GHANAIAN] = "Ghanaian",
		[TRADITION_SOMALI] = "Somali",
		[TRADITION_CARIBBEAN] = "Caribbean",
		[TRADITION_CHINESE] = "Chinese",
		[TRADITION_VIETNAMESE] = "Vietnamese",
		[TRADITION_ARABIC] = "Arabic",
		[TRADITION_AFGHAN] = "Afghan",
		[TRADITION_PORTUGUESE] = "Portuguese",
		[TRADITION_SPANISH] = "Spanish",
		[TRADITION_CONGOLESE] = "Congolese",
	};
	static const char *const ethnicities[ETHNICITIES] = {
		"Bangladeshi",
		"Chinese",
		"Indian",
		"Pakistani",
		"Other Asian",
		"Black African",
		"Black Caribbean",
		"Other Black",
		"White and Asian",
		"White and Black African",
		"White and Black Caribbean",
		"Other Mixed",
		"White British",
		"White Irish",
		"Gypsy or Irish Traveller",
		"Roma",
		"Other White",
		"Arab",
		"Any other",
	};
	(void)b;
	out_header(o, "column,code,name");
	for (int i = 0; i < TRADITIONS; i++) {
		out_text(o, "tradition");
		out_int(o, i);
		out_text(o, traditions[i]);
		out_line(o);
	}
	for (int i = 0; i < ETHNICITIES; i++) {
		out_text(o, "ethnicity");
		out_int(o, i);
		out_text(o, ethnicities[i]);
		out_line(o);
	}
}

enum status truth_write_world(const struct borough *b, const char *dir, struct error *error)
{
	static const struct {
		const char *name;
		void (*write)(struct out *o, const struct borough *b);
	} files[] = {{"persons.csv", write_persons},       {"codes.csv", write_codes},
		     {"names.csv", write_names},           {"households.csv", write_households},
		     {"residences.csv", write_residences}, {"relationships.csv", write_relationships},
		     {"properties.csv", write_properties}, {"hazards.csv", write_hazards},
		     {"events.csv", write_events},         {"spells.csv", write_spells},
		     {"wards.geojson", write_wards}};
	struct arena arena;
	arena_init(&arena, 1 << 20);
	enum status status = STATUS_OK;
	for (size_t i = 0; i < sizeof files / sizeof *files && status == STATUS_OK; i++) {
		struct out o;
		out_open(&o, &arena, dir, files[i].name, error);
		if (o.status == STATUS_OK)
			files[i].write(&o, b);
		status = out_close(&o);
	}
	arena_release(&arena);
	return status;
}
