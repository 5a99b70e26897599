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
