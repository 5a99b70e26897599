-- shelf: desk
-- migration 1

-- What a person decided of a marked item of a copy. item: keyed hash of where it is; decision: release | withhold.
CREATE TABLE redaction_decision (
  item         ID NOT NULL PRIMARY KEY,
  resident_id  ID NOT NULL,
  decision     TEXT NOT NULL,
  decided_at   INSTANT NOT NULL,
  decided_by   TEXT NOT NULL
);
CREATE INDEX redaction_decision_by_resident ON redaction_decision (resident_id);

-- migration 2

-- What was erased, without who: counts, and for each record a keyed hash of its source and client number.
CREATE TABLE erasure (
  erasure_id  ID NOT NULL PRIMARY KEY,
  erased_at   INSTANT NOT NULL,
  erased_by   TEXT NOT NULL,
  ground      TEXT NOT NULL,
  records     INT NOT NULL,
  rows        INT NOT NULL,
  refused     BOOL NOT NULL   -- the clients are turned away when they are delivered again
);
CREATE TABLE erasure_proof (
  erasure_id    ID NOT NULL,
  client_proof  ID NOT NULL,
  PRIMARY KEY (erasure_id, client_proof)
);
-- Backups that were made, and where: those older than an erasure still hold what it erased.
CREATE TABLE backup_made (
  backup_id  ID NOT NULL PRIMARY KEY,
  made       INSTANT NOT NULL,
  place      TEXT NOT NULL
);
