-- shelf: data
-- migration 1
CREATE TABLE run (
	run_id SEQUENCE,
	kind TEXT NOT NULL,
	host TEXT NOT NULL,
	started INSTANT NOT NULL,
	finished INSTANT,
	status INT NOT NULL, -- enum run_status
	detail TEXT
);
-- What a run has finished; marked in the transaction that did it.
CREATE TABLE run_step (
	run_id ID NOT NULL REFERENCES run (run_id),
	step TEXT NOT NULL,
	finished INSTANT NOT NULL,
	detail TEXT,
	PRIMARY KEY (run_id, step)
) CLUSTERED;
-- generation: counts up when pages should change; clock: the latest instant seen; holder: of the lock.
CREATE TABLE state (
	name TEXT PRIMARY KEY,
	value INT NOT NULL,
	detail TEXT
) CLUSTERED;
INSERT INTO state (name, value) VALUES ('generation', 0), ('clock', 0);
-- shelf: desk
-- migration 1
-- The configuration that was recorded last: "version", and the hash of each part. What differs is an entry of the audit
-- before it has an effect.
CREATE TABLE configuration_part (
	name TEXT PRIMARY KEY,
	hash TEXT NOT NULL
);
