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

-- migration 3

-- Retention: each run, with its certificate (a text, and an Ed25519 signature over it by the key that signs the audit's
-- checkpoints). begun and not ended: it was cut off, and the next one goes on with its work list.
CREATE TABLE retention_run (
  run_no       SEQUENCE,
  begun        INSTANT NOT NULL,
  ended        INSTANT,
  as_of        DATE NOT NULL,
  done_by      TEXT NOT NULL,
  certificate  TEXT,
  public_key   BLOB,
  signature    BLOB
);
-- What a run that is under way has to delete: clients of a feed; gone when it has ended.
CREATE TABLE retention_due (
  run_no       ID NOT NULL REFERENCES retention_run (run_no),
  feed_id      TEXT NOT NULL,
  source_id    TEXT NOT NULL,
  client_hash  ID NOT NULL,
  rule         INT NOT NULL,  -- enum retention_rule
  rows         INT NOT NULL,
  done         BOOL NOT NULL DEFAULT 0,
  PRIMARY KEY (run_no, feed_id, source_id, client_hash)
);

-- migration 4

-- An erasure that is under way: what it is to erase is here before anything goes, and gone when it has ended. With the
-- counts of all that there was, so that an erasure that was killed and gone on with proves the same.
CREATE TABLE erasure_begun (
  erasure_id     ID NOT NULL PRIMARY KEY,
  begun          INSTANT NOT NULL,
  erased_by      TEXT NOT NULL,
  ground         TEXT NOT NULL,
  refused        BOOL NOT NULL,
  records        INT NOT NULL,
  rows           INT NOT NULL,
  archives       INT NOT NULL,
  archived_rows  INT NOT NULL,
  unreadable     INT NOT NULL
);
CREATE TABLE erasure_due (
  erasure_id   ID NOT NULL REFERENCES erasure_begun (erasure_id),
  source_id    TEXT NOT NULL,
  client_hash  ID NOT NULL,
  record_id    ID NOT NULL,
  resident_id  ID NOT NULL,
  whole        BOOL NOT NULL,  -- the resident goes, not this record alone
  PRIMARY KEY (erasure_id, source_id, client_hash)
);
-- Of a client who is turned away: the hash as in record, so that they are turned away again by a data shelf that was
-- brought back from a backup.
ALTER TABLE erasure_proof ADD COLUMN refused_hash ID;
-- 1: the data shelf says that it was done (erasure_done). Those of before cannot be told.
ALTER TABLE erasure ADD COLUMN tracked INT;

-- shelf: data
-- migration 1

-- Erasures that this shelf has been through. One that the desk or the register knows and this shelf does not: it was
-- brought back from a backup of before.
CREATE TABLE erasure_done (
  erasure_id  ID NOT NULL PRIMARY KEY
);
-- A row: the shelves were brought back from a backup, and what was erased since has not been erased again.
CREATE TABLE brought_back (
  at  INSTANT NOT NULL PRIMARY KEY
);

-- shelf: desk
-- migration 5

-- Whoever withholds a marked item names the exemption and says why (sealed under the item); another person looks again, and
-- nothing goes out before. What was decided before there was a second look waits for one.
ALTER TABLE redaction_decision ADD COLUMN exemption TEXT;
ALTER TABLE redaction_decision ADD COLUMN reason_sealed BLOB;
ALTER TABLE redaction_decision ADD COLUMN looked_at INSTANT;
ALTER TABLE redaction_decision ADD COLUMN looked_by TEXT;
-- A request for a copy, and what was done about it, act by act; nothing is changed. asked_by: enum request_asker by name.
-- what: logged | proven | extended | issued | withdrawn | refused. Words are sealed under the act.
CREATE TABLE access_request (
  request_no   SEQUENCE,
  request_id   ID NOT NULL UNIQUE,
  resident_id  ID NOT NULL,
  received     DATE NOT NULL,
  asked_by     TEXT NOT NULL
);
CREATE INDEX access_request_by_resident ON access_request (resident_id);
CREATE TABLE access_request_act (
  act_no        SEQUENCE,
  act_id        ID NOT NULL UNIQUE,
  request_id    ID NOT NULL REFERENCES access_request (request_id),
  what          TEXT NOT NULL,
  on_date       DATE,
  detail        TEXT,
  words_sealed  BLOB,
  done_at       INSTANT NOT NULL,
  done_by       TEXT NOT NULL
);
CREATE INDEX access_request_act_by_request ON access_request_act (request_id);

-- migration 6

-- A correction that a resident asked for, of one value: an element of a row. due: when the resident must have been told.
-- state: asked | sent | accepted | refused | done. was_hash, wanted_hash: of the value, keyed; seen_as: what extracts brought
-- (enum correction_seen), noticed on the day `seen`. told: the day on which the resident was told what came of it.
CREATE TABLE correction (
  correction_id    ID NOT NULL PRIMARY KEY,
  record_id        ID NOT NULL,
  feed_id          TEXT NOT NULL,
  row_key          ID NOT NULL,
  element_id       TEXT NOT NULL,
  asked            DATE NOT NULL,
  due              DATE NOT NULL,
  made_by          TEXT NOT NULL,
  state            TEXT NOT NULL,
  was_hash         ID NOT NULL,
  wanted_hash      ID NOT NULL,
  wanted_sealed    BLOB NOT NULL,
  evidence_sealed  BLOB NOT NULL,
  reply_sealed     BLOB,
  sent             DATE,
  decided          DATE,
  decided_by       TEXT,
  told             DATE,
  told_by          TEXT,
  seen             DATE,
  seen_as          INT NOT NULL
);
CREATE INDEX correction_by_record ON correction (record_id);

-- migration 7

-- While a resident is erased: their homes in which nobody else ever lived, and their own id. Empty outside of the transaction.
CREATE TABLE erasure_home (
  home_id  ID NOT NULL PRIMARY KEY
);

-- migration 8

-- Numbers of extracts that wait in the archive and could not be searched: a person has to look at them.
ALTER TABLE erasure_begun ADD COLUMN unsearched TEXT;
ALTER TABLE erasure ADD COLUMN unsearched TEXT;

-- migration 9

-- Numbers of the extracts that had waited too long when the run began, blanks between.
ALTER TABLE retention_run ADD COLUMN extracts TEXT;

-- migration 10

-- One open correction of a value: of those that two people asked for at once, the first stays.
UPDATE correction SET told = asked, told_by = 'asked twice' WHERE told IS NULL AND EXISTS (SELECT 1 FROM correction first WHERE
  first.told IS NULL AND first.record_id = correction.record_id AND first.feed_id = correction.feed_id AND
  first.row_key = correction.row_key AND first.element_id = correction.element_id AND
  first.correction_id < correction.correction_id);
CREATE UNIQUE INDEX correction_open ON correction (record_id, feed_id, row_key, element_id) WHERE told IS NULL;

-- migration 11

-- An item's number says whose copy it is in since: what was decided before counted for everybody whose copy had the same item
-- (a household's reports, findings in notes), and nobody can tell those apart any more. All is decided anew.
DELETE FROM redaction_decision;
