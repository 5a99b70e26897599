-- shelf: data
-- migration 1

-- A resident is a cluster of records that are one person. The id is stable for life: it
-- stays with the majority of its records through splits and joins.
CREATE TABLE resident (
  resident_id  ID NOT NULL PRIMARY KEY,
  since_run    INT NOT NULL,
  ended_run    INT,             -- NULL while it has records
  integrity    REAL NOT NULL    -- the least certain bridge that holds the cluster together, 0..1
);

CREATE TABLE resident_record (
  resident_id  ID NOT NULL,
  record_id    ID NOT NULL,
  PRIMARY KEY (resident_id, record_id)
);
CREATE UNIQUE INDEX resident_record_by_record ON resident_record (record_id);

-- What became of an id, so that old links can be followed: began, linked (other_resident_id
-- was taken into this one), ended (this one was taken into other_resident_id), separated
-- (records left this one for other_resident_id).
CREATE TABLE resident_history (
  resident_id        ID NOT NULL,
  run_id             INT NOT NULL,
  sequence           INT NOT NULL,
  what               TEXT NOT NULL,
  other_resident_id  ID,
  records            INT NOT NULL,
  PRIMARY KEY (resident_id, run_id, sequence)
);

-- Pairs of records that were found alike. record_a < record_b. status: linked | review |
-- apart (compared and over the keeping weight, yet in two residents).
CREATE TABLE link (
  record_a     ID NOT NULL,
  record_b     ID NOT NULL,
  weight       REAL NOT NULL,
  probability  REAL NOT NULL,
  pattern      ID NOT NULL,
  rule         INT NOT NULL,
  status       TEXT NOT NULL,
  PRIMARY KEY (record_a, record_b)
);
CREATE INDEX link_by_b ON link (record_b);

-- The parameters of the model that made the links, as JSON, so that a link can be explained.
CREATE TABLE linking_model (
  run_id  INT NOT NULL PRIMARY KEY,
  made    INSTANT NOT NULL,
  model   TEXT NOT NULL
);
