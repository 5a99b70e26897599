-- shelf: data
-- migration 1
-- Stable small numbers for the profile's sources and feeds.
CREATE TABLE source (
	source_no INT PRIMARY KEY,
	source_id TEXT NOT NULL UNIQUE
);
CREATE TABLE feed (
	feed_no INT PRIMARY KEY,
	feed_id TEXT NOT NULL UNIQUE,
	source_no INT NOT NULL
);
-- One delivery of a feed.  status: loaded, held (waits for a person), released (the person said yes;
-- the next run loads it), refused.  rows_read = rows_loaded + rows_unchanged + rows_quarantined, always;
-- of an extract that is held they say what would have happened.
CREATE TABLE extract (
	extract_id ID PRIMARY KEY,
	feed_no INT NOT NULL,
	file_name TEXT NOT NULL,
	as_at DATE NOT NULL,
	received INSTANT NOT NULL,
	finished INSTANT,
	delivery TEXT NOT NULL,
	content_hash BLOB NOT NULL,
	bytes INT NOT NULL,
	rows_read INT NOT NULL,
	rows_loaded INT NOT NULL,
	rows_unchanged INT NOT NULL,
	rows_quarantined INT NOT NULL,
	rows_ended INT NOT NULL,
	new_clients INT NOT NULL,
	status TEXT NOT NULL,
	reason TEXT,
	archive_name TEXT,
	UNIQUE (feed_no, as_at, content_hash)
);
-- A problem of a row, numbered within its line (the line where the row begins).  severity reject: the
-- row is not loaded; warn: it is.  sealed: the row as delivered, and the value that is wrong.
CREATE TABLE quarantine (
	extract_id ID NOT NULL,
	line INT NOT NULL,
	problem INT NOT NULL,
	column_name TEXT,
	rule TEXT NOT NULL,
	severity TEXT NOT NULL,
	message TEXT NOT NULL,
	sealed BLOB,
	PRIMARY KEY (extract_id, line, problem)
) CLUSTERED;
-- Counts over the rows read.  distinct_values is exact up to 4,096 values, then an estimate.
CREATE TABLE quality (
	extract_id ID NOT NULL,
	position INT NOT NULL,
	column_name TEXT NOT NULL,
	element_id TEXT,
	rows INT NOT NULL,
	filled INT NOT NULL,
	valid INT NOT NULL,
	distinct_values INT NOT NULL,
	PRIMARY KEY (extract_id, position)
) CLUSTERED;
-- How often each rule was broken, by column or across columns (column_name '').
CREATE TABLE quality_rule (
	extract_id ID NOT NULL,
	rule TEXT NOT NULL,
	column_name TEXT NOT NULL,
	severity TEXT NOT NULL,
	rows INT NOT NULL,
	PRIMARY KEY (extract_id, rule, column_name)
) CLUSTERED;
-- One client in one source, as that source knows them.
CREATE TABLE record (
	record_id ID PRIMARY KEY,
	source_no INT NOT NULL,
	client_hash INT NOT NULL,
	UNIQUE (source_no, client_hash)
);
-- One version of one row.  valid_from and valid_to are the source's own dates where the feed has
-- them, else the as-at dates of the extracts that brought the version and ended it.  ended_by is the
-- extract that ended this version, because the row changed (ended_how 1) or was absent from a full
-- delivery (2); null while the version is current.  payload: JSON object from element id to text:
-- dates YYYY-MM-DD, times behind a T, numbers with a point, codes translated, booleans true and false.
CREATE TABLE fact (
	record_id ID NOT NULL,
	feed_no INT NOT NULL,
	row_key INT NOT NULL,
	version INT NOT NULL,
	extract_id ID NOT NULL,
	line INT NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE,
	ended_by ID,
	ended_how INT,
	row_hash INT NOT NULL,
	seal_hash INT NOT NULL,
	payload TEXT NOT NULL,
	PRIMARY KEY (record_id, feed_no, row_key, version)
) CLUSTERED;
-- Keyed hashes of the values that rules of other feeds refer to, ever delivered.
CREATE TABLE reference_value (
	feed_no INT NOT NULL,
	element_no INT NOT NULL,
	value_hash INT NOT NULL,
	PRIMARY KEY (feed_no, element_no, value_hash)
) CLUSTERED;
-- migration 2
-- A fact's values lie apart from it, as they came, and are never changed: what is changed when a version
-- ends is the narrow row of `fact`, of which a whole borough's stay in memory during a load. payload_id grows
-- with every row loaded: 2^32 times the extract's number, plus the line. record_id is there so that the
-- table can be distributed as `fact` is.
CREATE TABLE fact_payload (
	payload_id ID PRIMARY KEY,
	record_id ID NOT NULL,
	payload TEXT NOT NULL
);
CREATE TABLE narrow_fact (
	record_id ID NOT NULL,
	feed_no INT NOT NULL,
	row_key INT NOT NULL,
	version INT NOT NULL,
	extract_id ID NOT NULL,
	line INT NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE,
	ended_by ID,
	ended_how INT,
	row_hash INT NOT NULL,
	seal_hash INT NOT NULL,
	payload_id ID NOT NULL,
	PRIMARY KEY (record_id, feed_no, row_key, version)
) CLUSTERED;
INSERT INTO fact_payload (payload_id, record_id, payload)
	SELECT extract_id * 4294967296 + line, record_id, payload FROM fact ORDER BY extract_id, line;
INSERT INTO narrow_fact (record_id, feed_no, row_key, version, extract_id, line, valid_from, valid_to, ended_by,
	ended_how, row_hash, seal_hash, payload_id)
	SELECT record_id, feed_no, row_key, version, extract_id, line, valid_from, valid_to, ended_by,
	ended_how, row_hash, seal_hash, extract_id * 4294967296 + line FROM fact
	ORDER BY record_id, feed_no, row_key, version;
DROP TABLE fact;
ALTER TABLE narrow_fact RENAME TO fact;
-- migration 3
-- waits: 1 from the load until it has been derived who must be protected; until then no page shows its rows.
ALTER TABLE extract ADD COLUMN waits INT;
CREATE INDEX extract_waits ON extract (extract_id) WHERE waits = 1;
-- migration 4
-- Clients who were erased and are not to be loaded again: keyed hashes as in record.
CREATE TABLE refused_client (
	client_hash INT PRIMARY KEY
);
