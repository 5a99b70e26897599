-- shelf: data
-- migration 1
-- Numbers of factors in flags, and of the roles that flags name; a number is never used again for another.
CREATE TABLE note_word (
	word_no INT PRIMARY KEY,
	kind INT NOT NULL,
	word TEXT NOT NULL,
	UNIQUE (kind, word)
);
-- Each note that was read: the version of its sealed text, and the rules and lexicon that read it.
CREATE TABLE note_read (
	record_id ID NOT NULL,
	feed_no INT NOT NULL,
	row_key INT NOT NULL,
	version INT NOT NULL,
	reading_no INT NOT NULL,
	PRIMARY KEY (record_id, feed_no, row_key)
) CLUSTERED;
-- One set of rules and lexicon, by its hash.
CREATE TABLE note_reading (
	reading_no INT PRIMARY KEY,
	rules_version TEXT NOT NULL UNIQUE,
	begun INSTANT NOT NULL
);
-- What a note says of a factor, without its words. Enums are those of notes.h; the span is of the sealed value of the
-- element; role_no and speaker_no are of note_word, 0 for none.
CREATE TABLE note_flag (
	record_id ID NOT NULL,
	feed_no INT NOT NULL,
	row_key INT NOT NULL,
	element_no INT NOT NULL,
	start_byte INT NOT NULL,
	factor_no INT NOT NULL,
	end_byte INT NOT NULL,
	first_char INT NOT NULL,
	last_char INT NOT NULL,
	version INT NOT NULL,
	polarity INT NOT NULL,
	said_time INT NOT NULL,
	said_year INT NOT NULL,
	whose INT NOT NULL,
	role_no INT NOT NULL,
	certainty INT NOT NULL,
	speaker_no INT NOT NULL,
	trend INT NOT NULL,
	question BOOL NOT NULL,
	PRIMARY KEY (record_id, feed_no, row_key, element_no, start_byte, factor_no)
) CLUSTERED;

-- shelf: desk
-- migration 1
-- What workers said of flags: the last of a span counts. The note is named by what outlives every rebuild of the data shelf:
-- its source, the keyed hash of the client's number, its feed and the keyed hash of its row's key.
CREATE TABLE note_verdict (
	verdict_id SEQUENCE,
	made INSTANT NOT NULL,
	user_id ID NOT NULL,
	username TEXT NOT NULL,
	source_id TEXT NOT NULL,
	client_hash INT NOT NULL,
	feed_id TEXT NOT NULL,
	row_key INT NOT NULL,
	version INT NOT NULL,
	factor_id TEXT NOT NULL,
	start_byte INT NOT NULL,
	end_byte INT NOT NULL,
	verdict INT NOT NULL
);
CREATE INDEX note_verdict_by_client ON note_verdict (client_hash, source_id);

-- shelf: data
-- migration 2
-- Every note of the extracts up to this one was read under these rules; null while the first reading is under way.
ALTER TABLE note_reading ADD COLUMN seen_extract INT;
-- migration 3
-- Records with notes that were not read because their resident had processing restricted: taken up when that is lifted.
CREATE TABLE note_held (
	record_id ID PRIMARY KEY
);
