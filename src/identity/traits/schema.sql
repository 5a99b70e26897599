-- shelf: data
-- migration 1

-- What may be known of a resident without knowing who it is.
-- birth_month: year * 12 + month - 1 by most of the sources, NULL when none says. family: residents of one home who
-- have a family name in common have the same number, which says nothing beyond that home; 0: lives nowhere.
CREATE TABLE resident_trait (
  resident_id  ID NOT NULL PRIMARY KEY,
  birth_month  INT,
  dead         INT NOT NULL,
  family       INT NOT NULL
);
