-- shelf: desk
-- migration 1
-- "This is wrong": a report by a user about a value, for the owner of its source. What was written is sealed.
-- status: open | corrected | right (the value is right) | not_ours
CREATE TABLE report (
	report_id ID PRIMARY KEY,
	made INSTANT NOT NULL,
	user_id ID NOT NULL,
	username TEXT NOT NULL,
	resident_id ID NOT NULL,
	record_id ID NOT NULL,
	feed_id TEXT NOT NULL,
	source_id TEXT NOT NULL,
	element_id TEXT NOT NULL,
	row_key ID NOT NULL,
	as_at DATE,
	status TEXT NOT NULL,
	text_sealed BLOB NOT NULL,
	reply_sealed BLOB,
	replied INSTANT,
	replied_by TEXT
);
CREATE INDEX report_status ON report (status, made);
CREATE INDEX report_user ON report (user_id, made);
-- When a user last looked at a resident, and the time before that: looks within one working day are one.
CREATE TABLE seen (
	user_id ID NOT NULL,
	resident_id ID NOT NULL,
	earlier INSTANT,
	last INSTANT NOT NULL,
	PRIMARY KEY (user_id, resident_id)
) CLUSTERED;
