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
-- migration 2
-- Who this audit is of, in a signature: drawn at random by the first checkpoint.
CREATE TABLE audit_origin (
	one ID PRIMARY KEY CHECK (one = 1),
	workspace TEXT
);
INSERT INTO audit_origin (one) VALUES (1);
-- Public keys that checkpoints were signed with; those before the newest stay, for what they signed.
CREATE TABLE audit_signer (
	public_key BLOB PRIMARY KEY,
	since INSTANT NOT NULL
);
CREATE TABLE audit_checkpoint (
	seq ID NOT NULL,
	public_key BLOB NOT NULL,
	at INSTANT NOT NULL,
	hash BLOB NOT NULL,
	workspace TEXT NOT NULL,
	signature BLOB NOT NULL,
	PRIMARY KEY (seq, public_key)
);
-- only: sqlite
CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
CREATE TRIGGER audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are never removed'); END;
CREATE TRIGGER audit_signer_no_update BEFORE UPDATE ON audit_signer
BEGIN SELECT RAISE(ABORT, 'public keys are never changed'); END;
CREATE TRIGGER audit_signer_no_delete BEFORE DELETE ON audit_signer
BEGIN SELECT RAISE(ABORT, 'public keys are never removed'); END;
-- end
-- only: postgresql
CREATE TRIGGER audit_checkpoint_no_change BEFORE UPDATE OR DELETE ON audit_checkpoint FOR EACH ROW
EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_checkpoint_no_truncate BEFORE TRUNCATE ON audit_checkpoint EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_signer_no_change BEFORE UPDATE OR DELETE ON audit_signer FOR EACH ROW
EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_signer_no_truncate BEFORE TRUNCATE ON audit_signer EXECUTE FUNCTION audit_refuse();
-- end
-- migration 3
-- Form 2 of an entry adds from where and in which session, and words that were searched for: sealed beside the chain, and bound to
-- it by a mark. Entries from before keep form 1, by which their hashes were made.
ALTER TABLE audit_entry ADD COLUMN form INT NOT NULL DEFAULT 1;
ALTER TABLE audit_entry ADD COLUMN client TEXT;
ALTER TABLE audit_entry ADD COLUMN session_no ID;
ALTER TABLE audit_entry ADD COLUMN words_mark BLOB;
CREATE TABLE audit_words (
	seq ID PRIMARY KEY,
	words_id ID NOT NULL UNIQUE,
	sealed BLOB NOT NULL
);
