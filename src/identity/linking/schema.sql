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

-- Pairs of records that were found alike. record_a < record_b. status: linked (of each record the strongest) |
-- review. What is over the keeping weight, yet hardly likely, is worked out when somebody asks.
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

-- migration 2

-- Doubtful pairs for people to rule on: one row for two residents (the likeliest pair of their records), or for
-- one resident whose records hold together badly (resident_a = resident_b). Made anew by every refresh.
CREATE TABLE review_item (
  record_a     ID NOT NULL,
  record_b     ID NOT NULL,
  resident_a   ID NOT NULL,
  resident_b   ID NOT NULL,
  source_a     INT NOT NULL,
  source_b     INT NOT NULL,
  weight       REAL NOT NULL,
  probability  REAL NOT NULL,
  pairs        INT NOT NULL,   -- doubtful pairs of records behind it
  records      INT NOT NULL,   -- that would move to another page
  sensitive    INT NOT NULL,   -- of their sources, those that tell special-category or criminal matters
  household    INT NOT NULL,   -- 1: somebody would move to another household
  harm         REAL NOT NULL,  -- what the queue is ordered by: see review.h
  PRIMARY KEY (record_a, record_b)
);
CREATE INDEX review_item_by_harm ON review_item (harm);
CREATE INDEX review_item_by_a ON review_item (resident_a);
CREATE INDEX review_item_by_b ON review_item (resident_b);

-- What rulings came to: each record that a ruling (or its undoing) moved. undone 1: by the undoing.
CREATE TABLE ruling_effect (
  ruling_id        ID NOT NULL,
  undone           INT NOT NULL,
  record_id        ID NOT NULL,
  resident_before  ID NOT NULL,
  resident_after   ID NOT NULL,
  run_id           INT NOT NULL,
  PRIMARY KEY (ruling_id, undone, record_id)
);

-- The rulings that the resident tables were made with.
CREATE TABLE ruling_applied (
  record_a  ID NOT NULL,
  record_b  ID NOT NULL,
  verdict   INT NOT NULL,
  PRIMARY KEY (record_a, record_b)
);

-- shelf: desk
-- migration 1

-- What reviewers decided about two records, one row for each opinion. Records are named by what outlives
-- every rebuild of the data shelf: their source and the keyed hash of the source's own number. Nothing is ever
-- deleted: an opinion that was taken back has undone_at.
-- verdict: same | different | unsure. second: another reviewer must agree.
CREATE TABLE match_ruling (
  ruling_id    SEQUENCE,
  made_at      INSTANT NOT NULL,
  user_id      ID NOT NULL,
  username     TEXT NOT NULL,
  source_a     TEXT NOT NULL,
  client_a     INT NOT NULL,
  source_b     TEXT NOT NULL,
  client_b     INT NOT NULL,
  verdict      TEXT NOT NULL,
  second       BOOL NOT NULL,
  weight       REAL NOT NULL,  -- what the model said then
  probability  REAL NOT NULL,
  linked       BOOL NOT NULL,  -- whether the two were one resident then
  undone_at    INSTANT,
  undone_by    TEXT
);
CREATE INDEX match_ruling_by_pair ON match_ruling (source_a, client_a, source_b, client_b);
