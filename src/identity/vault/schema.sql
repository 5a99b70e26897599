-- shelf: data
-- migration 1
-- One row, written at the first use: tells a wrong master key before anything is sealed or opened with it.
CREATE TABLE vault_check (
	check_no INT PRIMARY KEY,
	mark BLOB NOT NULL
);
-- Numbers of elements inside sealed values; a number is never used again for another element.
CREATE TABLE element (
	element_no INT PRIMARY KEY,
	element_id TEXT NOT NULL UNIQUE
);
-- Ciphertext only.  part: 1 identity, 2 text.  A row is written when its values changed: the values
-- of fact version v are those of the newest sealed version that is not above v.
CREATE TABLE sealed (
	record_id ID NOT NULL,
	feed_no INT NOT NULL,
	row_key INT NOT NULL,
	version INT NOT NULL,
	part INT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (record_id, feed_no, row_key, version, part)
) CLUSTERED;
-- migration 2
-- Rows lie as they come, beside a narrow index by place: kept in the order of the key, the rows of one
-- extract would touch pages all over the table, and each would be written again and again.
CREATE TABLE sealed_as_it_came (
	record_id ID NOT NULL,
	feed_no INT NOT NULL,
	row_key INT NOT NULL,
	version INT NOT NULL,
	part INT NOT NULL,
	sealed BLOB NOT NULL
);
INSERT INTO sealed_as_it_came (record_id, feed_no, row_key, version, part, sealed)
	SELECT record_id, feed_no, row_key, version, part, sealed FROM sealed
	ORDER BY record_id, feed_no, row_key, version, part;
DROP TABLE sealed;
ALTER TABLE sealed_as_it_came RENAME TO sealed;
CREATE UNIQUE INDEX sealed_by_place ON sealed (record_id, feed_no, row_key, version, part);
