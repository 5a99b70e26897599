#include "rights/copied.h"

#define IN(table, part) \
	{ \
		table, part, NULL \
	}
#define NOT(table, why) \
	{ \
		table, NULL, why \
	}

const struct copied_table copied_tables[] = {
	IN("fact", "rows"),
	IN("fact_payload", "rows"),
	IN("sealed", "rows"),
	IN("record", "rows"),
	IN("resident_record", "rows"),
	IN("resident", "rows"),
	IN("link", "links"),
	IN("review_item", "links"),
	IN("residence", "residences"),
	IN("household", "households"),
	IN("household_member", "households"),
	IN("household_event", "household_events"),
	IN("relationship", "relations"),
	IN("resident_trait", "traits"),
	IN("resident_history", "history"),
	IN("list_row", "lists"),
	IN("list_member", "lists"),
	IN("list_outcome", "list_outcomes, rows"),
	IN("note_flag", "rows"),
	IN("match_ruling", "rulings"),
	IN("report", "rows"),
	IN("household_report", "rows"),
	IN("glass", "rows"),
	IN("flag_act", "rows"),
	IN("flag_record", "rows"),
	IN("seen", "views"),
	IN("access_request", "requests"),
	IN("note_verdict", "rows"),
	IN("household_ruling", "household_rulings"),
	IN("correction", "rows"),
	IN("quarantine", "rows"),
	NOT("record_property", "the address of a row, worked out: residences has what came of it"),
	NOT("residence_record", "which row said so: the rows say it themselves"),
	NOT("caseload", "who works with them, out of rows that are there, some of which are withheld"),
	NOT("ruling_effect", "what a ruling moved: history has it"),
	NOT("ruling_applied", "with which rulings the tables were made: rulings has them"),
	NOT("reading_kept", "a copy of rows that are there, cleaned, for matching"),
	NOT("note_read", "by which rules a note was read, and nothing of what it says"),
	NOT("note_held", "that a note was not read, because processing is restricted, which rows tells"),
	NOT("restriction_mark", "who is protected, and from what, is told by a person"),
	NOT("restriction_ruling", "who is protected, and from what, is told by a person"),
	NOT("restriction_release", "who was protected, and from what, is told by a person"),
	NOT("redaction_decision", "what was left out of a copy stands where it would be"),
	NOT("access_request_act", "how the council went about answering"),
	NOT("stated", "the words of staff about why they looked: views names the purpose"),
};
const size_t copied_table_count = sizeof copied_tables / sizeof *copied_tables;
