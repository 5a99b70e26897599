-- shelf: data
-- migration 1

-- Resident at property, from and to (NULL: not known, or still), by how many sources.
CREATE TABLE residence (
  resident_id  ID NOT NULL,
  property_id  ID NOT NULL,
  sequence     INT NOT NULL,
  from_date    DATE,
  to_date      DATE,
  sources      INT NOT NULL,
  records      INT NOT NULL,
  confidence   REAL NOT NULL,
  PRIMARY KEY (resident_id, property_id, sequence)
);
CREATE INDEX residence_by_property ON residence (property_id);

-- kind: family | single | shared (one of several households at the property) | institution.
CREATE TABLE household (
  household_id  ID NOT NULL PRIMARY KEY,
  property_id   ID NOT NULL,
  kind          TEXT NOT NULL,
  from_date     DATE,
  to_date       DATE,
  since_run     INT NOT NULL,
  ended_run     INT
);
CREATE INDEX household_by_property ON household (property_id);

-- certainty: certain | likely | uncertain. why: a short code the pages put into words.
CREATE TABLE household_member (
  resident_id   ID NOT NULL,
  household_id  ID NOT NULL,
  from_date     DATE,
  to_date       DATE,
  certainty     TEXT NOT NULL,
  why           TEXT NOT NULL,
  PRIMARY KEY (resident_id, household_id)
);
CREATE INDEX household_member_by_household ON household_member (household_id);

-- migration 2

-- standing: main (the present home) | second (another home at the same time) | doubtful (some source says still, others know
-- better) | former. seen_date: the newest day on which a source began to say so, or said it again.
ALTER TABLE residence ADD COLUMN standing TEXT;
ALTER TABLE residence ADD COLUMN seen_date DATE;
UPDATE residence SET standing = CASE WHEN to_date IS NULL THEN 'doubtful' ELSE 'former' END;

-- The records behind a residence, by feed. to_date NULL: this record says still. sequence is the residence's.
CREATE TABLE residence_record (
  resident_id  ID NOT NULL,
  property_id  ID NOT NULL,
  sequence     INT NOT NULL,
  record_id    ID NOT NULL,
  feed_no      INT NOT NULL,
  from_date    DATE,
  to_date      DATE,
  seen_date    DATE,
  PRIMARY KEY (resident_id, property_id, sequence, record_id, feed_no)
) CLUSTERED;

-- How often a source is right about the present home, learned by each run in which it changed. newer: 1 when
-- another source names a home that began later. age: 0 said within a year, 1 within three, 2 before that.
CREATE TABLE address_reliability (
  run_id     INT NOT NULL,
  source_no  INT NOT NULL,
  newer      INT NOT NULL,
  age        INT NOT NULL,
  claims     INT NOT NULL,
  agreed     REAL NOT NULL,   -- of the claims, how many are right as far as is known
  share      REAL NOT NULL,   -- what a claim of this kind counts for
  PRIMARY KEY (run_id, source_no, newer, age)
);

-- One stay of one member: a household that moves house has a row for each place. Members on a day D: from_date <= D (or
-- NULL) and to_date > D (or NULL). property_id is where they were then.
CREATE TABLE household_stay (
  household_id  ID NOT NULL,
  resident_id   ID NOT NULL,
  sequence      INT NOT NULL,
  property_id   ID NOT NULL,
  from_date     DATE,
  to_date       DATE,
  certainty     TEXT NOT NULL,
  why           TEXT NOT NULL,
  PRIMARY KEY (household_id, resident_id, sequence)
);
INSERT INTO household_stay (household_id, resident_id, sequence, property_id, from_date, to_date, certainty, why)
  SELECT m.household_id, m.resident_id, 1, h.property_id, m.from_date, m.to_date, m.certainty, m.why
  FROM household_member m JOIN household h ON h.household_id = m.household_id;
DROP TABLE household_member;
ALTER TABLE household_stay RENAME TO household_member;
CREATE INDEX household_member_by_resident ON household_member (resident_id);

-- What became of a household, in order. what: began | born | moved_in | moved_out | died | moved (to property_id) |
-- separated (resident_id went into other_household_id, which others left with) | joined (resident_id came from
-- other_household_id) | ended | replaced (by other_household_id: it had been drawn wrongly).
CREATE TABLE household_event (
  household_id        ID NOT NULL,
  sequence            INT NOT NULL,
  on_date             DATE,
  what                TEXT NOT NULL,
  resident_id         ID,
  other_household_id  ID,
  property_id         ID,
  PRIMARY KEY (household_id, sequence)
) CLUSTERED;

-- What a feed says of two residents. kind, of resident_id to other_id: parent | partner | sibling | carer | tenant (of
-- whom the other is an occupant) | joint_tenant | household. Of kinds that go both ways resident_id is the lower.
CREATE TABLE relationship (
  resident_id      ID NOT NULL,
  other_id         ID NOT NULL,
  feed_no          INT NOT NULL,
  kind             TEXT NOT NULL,
  from_date        DATE,
  to_date          DATE,
  record_id        ID NOT NULL,
  other_record_id  ID NOT NULL,
  PRIMARY KEY (resident_id, other_id, feed_no)
) CLUSTERED;
CREATE INDEX relationship_by_other ON relationship (other_id);

-- Properties that are not one household's. property_use: shared | institution. why: class (the gazetteer says so) |
-- names (more family names than a family has) | turnover (more people come and go than in a home).
CREATE TABLE shared_property (
  property_id   ID NOT NULL PRIMARY KEY,
  property_use  TEXT NOT NULL,
  why           TEXT NOT NULL,
  people        INT NOT NULL,
  households    INT NOT NULL,
  family_names  INT NOT NULL
);

-- migration 3

-- What the word of a source about the present home is worth, learned from where sources agree; a row is kept for each run
-- that learned something new. kind: 0 names a home and nobody a newer one | 1 another source names one that began
-- later | 2 what it had there has an end | 3 no longer names them. age: 0 said within a year, 1 within three, 2 before that.
DROP TABLE address_reliability;
CREATE TABLE address_reliability (
  run_id      INT NOT NULL,
  source_no   INT NOT NULL,
  kind        INT NOT NULL,
  age         INT NOT NULL,
  statements  INT NOT NULL,
  agreed      REAL NOT NULL,   -- of the statements, how many name the home, as far as is known
  share       REAL NOT NULL,   -- what a statement of this kind counts for
  PRIMARY KEY (run_id, source_no, kind, age)
);
CREATE INDEX household_member_by_property ON household_member (property_id);

-- shelf: desk
-- migration 1

-- What people ruled about two residents: together | apart. Each is named by a record that outlives every rebuild of
-- the data shelf: its source and the keyed hash of the source's own number. Nothing is ever deleted.
CREATE TABLE household_ruling (
  ruling_id  SEQUENCE,
  made_at    INSTANT NOT NULL,
  user_id    ID NOT NULL,
  username   TEXT NOT NULL,
  source_a   TEXT NOT NULL,
  client_a   INT NOT NULL,
  source_b   TEXT NOT NULL,
  client_b   INT NOT NULL,
  verdict    TEXT NOT NULL,
  undone_at  INSTANT,
  undone_by  TEXT
);
