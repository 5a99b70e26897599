-- shelf: data
-- migration 1

-- A property of the gazetteer. The UPRN is an identifier: it is found by its keyed hash, and
-- stands sealed with the address. class is the BLPU class; kind is what it means to us:
-- dwelling | flat | hmo | hostel | refuge | care_home | hall | shell | other.
CREATE TABLE property (
  property_id         ID NOT NULL PRIMARY KEY,
  uprn_hash           ID NOT NULL,
  parent_property_id  ID,
  class               TEXT,
  kind                TEXT NOT NULL,
  ward                TEXT,
  decile              INT,
  latitude            REAL,
  longitude           REAL,
  sealed              BLOB NOT NULL
);
CREATE UNIQUE INDEX property_by_uprn ON property (uprn_hash);
CREATE INDEX property_by_parent ON property (parent_property_id);

-- Where a row of a record says that the person lives. match: uprn (the source gave it) |
-- exact | variant | parent (the building only, the flat is unknown).
CREATE TABLE record_property (
  record_id    ID NOT NULL,
  feed_no      INT NOT NULL,
  row_key      ID NOT NULL,
  version      INT NOT NULL,
  property_id  ID NOT NULL,
  match        TEXT NOT NULL,
  PRIMARY KEY (record_id, feed_no, row_key, version)
);
CREATE INDEX record_property_by_property ON record_property (property_id);
