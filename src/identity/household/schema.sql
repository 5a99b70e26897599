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
