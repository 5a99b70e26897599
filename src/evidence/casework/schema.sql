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

-- shelf: desk
-- migration 2
-- "This household is wrong": two residents who do, or do not, live together, for those who review matching. What was
-- written, what the page said then and the reply are sealed. status: open | together | apart | unclear; ruling_id is of
-- the ruling that the answer made, and stays when it is taken back (undone).
CREATE TABLE household_report (
	report_id ID PRIMARY KEY,
	made INSTANT NOT NULL,
	user_id ID NOT NULL,
	username TEXT NOT NULL,
	household_id ID NOT NULL,
	resident_a ID NOT NULL,
	resident_b ID NOT NULL,
	suggested TEXT NOT NULL, -- together | apart
	status TEXT NOT NULL,
	text_sealed BLOB NOT NULL,
	evidence_sealed BLOB NOT NULL,
	reply_sealed BLOB,
	replied INSTANT,
	replied_by TEXT,
	ruling_id INT,
	undone INSTANT,
	undone_by TEXT
);
CREATE INDEX household_report_status ON household_report (status, made);
CREATE INDEX household_report_user ON household_report (user_id, made);
-- shelf: desk
-- migration 3
-- What an investigator found about a row of a list; the last of a subject counts. subject_key is the keyed hash of the
-- UPRN for a property, else the id of the resident or household: it outlives every re-run. The note is sealed.
CREATE TABLE list_outcome (
	outcome_id ID PRIMARY KEY,
	list_id TEXT NOT NULL,
	subject_key ID NOT NULL,
	made INSTANT NOT NULL,
	user_id ID NOT NULL,
	username TEXT NOT NULL,
	outcome TEXT NOT NULL,
	points INT NOT NULL,
	note_sealed BLOB NOT NULL
);
CREATE INDEX list_outcome_by_subject ON list_outcome (list_id, subject_key, made);
-- migration 4
-- What is wrong of a sentence of a summary: data | matching | reading (of a note) | wording; and which rule wrote it.
ALTER TABLE report ADD COLUMN aspect TEXT;
ALTER TABLE report ADD COLUMN sentence_id TEXT;
-- shelf: data
-- migration 1
-- Stable small numbers for the profile's lists.
CREATE TABLE list_rule (
	list_no INT PRIMARY KEY,
	list_id TEXT NOT NULL UNIQUE
);
-- What a list puts before somebody, worked out anew by every refresh. since: on the list since. reasons: lines of
-- points, a tab, and what is the case, in words without a name.
CREATE TABLE list_row (
	list_no INT NOT NULL,
	subject_id ID NOT NULL,
	property_id ID,
	ward TEXT,
	points INT NOT NULL,
	since DATE NOT NULL,
	reasons TEXT NOT NULL,
	PRIMARY KEY (list_no, subject_id)
) CLUSTERED;
-- Everybody whom the row goes by: who may not know of one of them does not see the row.
CREATE TABLE list_member (
	list_no INT NOT NULL,
	subject_id ID NOT NULL,
	resident_id ID NOT NULL,
	group_id TEXT NOT NULL,
	shown BOOL NOT NULL,
	PRIMARY KEY (list_no, subject_id, resident_id)
) CLUSTERED;
