-- shelf: desk
-- migration 1
CREATE TABLE audit_entry (
	seq ID PRIMARY KEY,
	at INSTANT NOT NULL,
	user_name TEXT,
	role TEXT,
	team TEXT,
	purpose TEXT,
	reason TEXT,
	action TEXT NOT NULL,
	subject_kind TEXT,
	subject_id ID,
	elements TEXT,
	agreements TEXT,
	outcome TEXT NOT NULL,
	detail TEXT,
	previous_hash BLOB NOT NULL,
	hash BLOB NOT NULL
);
CREATE INDEX audit_entry_user ON audit_entry (user_name, seq);
CREATE INDEX audit_entry_subject ON audit_entry (subject_id, seq) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_entry_at ON audit_entry (at);
-- The last entry, authenticated with a key that is not in the database. hash and mac are null until the first.
CREATE TABLE audit_head (
	one ID PRIMARY KEY CHECK (one = 1),
	seq ID NOT NULL,
	hash BLOB,
	mac BLOB
);
INSERT INTO audit_head (one, seq) VALUES (1, 0);
-- only: sqlite
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit head is never removed'); END;
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN NEW.seq < OLD.seq
BEGIN SELECT RAISE(ABORT, 'the audit head only moves forward'); END;
-- end
-- only: postgresql
CREATE FUNCTION audit_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'audit entries are never changed or removed' USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head FOR EACH ROW WHEN (NEW.seq < OLD.seq)
EXECUTE FUNCTION audit_refuse();
-- end
