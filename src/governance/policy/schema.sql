-- shelf: data
-- migration 1
-- Who is protected, derived from the feeds by the profile's conditions at every refresh.
CREATE TABLE restriction_mark (
	subject_kind INT NOT NULL, -- enum policy_subject
	subject_id ID NOT NULL,
	restriction_id TEXT NOT NULL,
	PRIMARY KEY (subject_kind, subject_id, restriction_id)
) CLUSTERED;
CREATE TABLE restriction_state (
	one ID PRIMARY KEY CHECK (one = 1),
	generation INT NOT NULL
);
INSERT INTO restriction_state (one, generation) VALUES (1, 1);
-- migration 2
-- The day on which the last row that said so ended or changed; null while one says so now.
ALTER TABLE restriction_mark ADD COLUMN kept_since DATE;
-- migration 3
-- Who works with a client, by the rows that say so now; made anew by each refresh. Numbers and names of teams, no people's.
CREATE TABLE caseload (
	record_id ID NOT NULL,
	source_id TEXT NOT NULL,
	worker TEXT,
	team TEXT
);
CREATE INDEX caseload_by_record ON caseload (record_id);
CREATE INDEX caseload_by_worker ON caseload (worker, source_id);
CREATE INDEX caseload_by_team ON caseload (team);
-- shelf: desk
-- migration 1
-- Who is protected because a person said so.
CREATE TABLE restriction_ruling (
	ruling_id SEQUENCE,
	subject_kind INT NOT NULL,
	subject_id ID NOT NULL,
	restriction_id TEXT NOT NULL,
	set_at INSTANT NOT NULL,
	set_by TEXT NOT NULL,
	lifted_at INSTANT,
	lifted_by TEXT
);
CREATE UNIQUE INDEX restriction_ruling_current ON restriction_ruling (subject_id, subject_kind, restriction_id)
WHERE lifted_at IS NULL;
CREATE TABLE agreement_ended (
	agreement_id TEXT PRIMARY KEY,
	ended_at INSTANT NOT NULL,
	ended_by TEXT NOT NULL
);
CREATE TABLE policy_state (
	one ID PRIMARY KEY CHECK (one = 1),
	generation INT NOT NULL
);
INSERT INTO policy_state (one, generation) VALUES (1, 1);
CREATE TABLE account (
	user_id SEQUENCE,
	username TEXT NOT NULL UNIQUE,
	display_name TEXT NOT NULL,
	password_hash TEXT NOT NULL, -- Argon2id, in its own text form
	role_id TEXT NOT NULL,
	team_id TEXT,
	status INT NOT NULL, -- enum account_status
	must_change_password BOOL NOT NULL,
	failures INT NOT NULL DEFAULT 0,
	locked_until INSTANT,
	created INSTANT NOT NULL,
	last_sign_in INSTANT
);
CREATE TABLE session (
	session_id SEQUENCE,
	token_hash BLOB NOT NULL UNIQUE,
	user_id ID NOT NULL REFERENCES account (user_id),
	started INSTANT NOT NULL,
	seen INSTANT NOT NULL,
	purpose TEXT,
	reason TEXT,
	task TEXT,
	csrf TEXT NOT NULL
);
CREATE INDEX session_by_user ON session (user_id);
-- migration 2
-- What was kept of a derived mark, lifted by a person: counts against evidence that ended before that day.
CREATE TABLE restriction_release (
	subject_kind INT NOT NULL,
	subject_id ID NOT NULL,
	restriction_id TEXT NOT NULL,
	released_on DATE NOT NULL,
	released_at INSTANT NOT NULL,
	released_by TEXT NOT NULL,
	PRIMARY KEY (subject_kind, subject_id, restriction_id)
);
-- migration 3
-- For programs: what one token of an account may do, for what, until when. Only the hash of a token is kept.
CREATE TABLE api_token (
	token_id SEQUENCE,
	user_id ID NOT NULL REFERENCES account (user_id),
	name TEXT NOT NULL,
	token_hash BLOB NOT NULL UNIQUE,
	capabilities TEXT NOT NULL, -- ids of capabilities, commas between
	purpose TEXT,
	created INSTANT NOT NULL,
	created_by TEXT NOT NULL,
	expires INSTANT NOT NULL,
	last_used INSTANT,
	revoked INSTANT
);
-- migration 4
-- The second factor (RFC 6238): the secret is sealed by whoever writes it, and counts when it was confirmed by a code.
ALTER TABLE account ADD COLUMN second_factor BOOL NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN stage INT NOT NULL DEFAULT 0; -- enum session_stage
-- Who signs in by the council's identity provider: issuer and subject. Training and acceptance stand before all pages.
ALTER TABLE account ADD COLUMN external_id TEXT;
ALTER TABLE account ADD COLUMN accepted TEXT;
ALTER TABLE account ADD COLUMN accepted_at INSTANT;
ALTER TABLE account ADD COLUMN training_until DATE;
CREATE UNIQUE INDEX account_by_external_id ON account (external_id);
CREATE TABLE second_factor (
	user_id ID PRIMARY KEY REFERENCES account (user_id),
	sealed BLOB NOT NULL,
	last_step INT NOT NULL, -- of the newest code that was used: none is taken twice
	confirmed INSTANT
);
CREATE TABLE recovery_code (
	code_hash BLOB PRIMARY KEY,
	user_id ID NOT NULL REFERENCES account (user_id),
	used INSTANT
);
CREATE INDEX recovery_code_by_user ON recovery_code (user_id);
-- migration 5
-- What one person asked for an agreement while it runs, and what another one answered. In agreement_ended is what came of
-- it: a suspended agreement may be reinstated, an ended one not.
CREATE TABLE agreement_proposal (
	proposal_id SEQUENCE,
	agreement_id TEXT NOT NULL,
	action INT NOT NULL, -- enum agreement_action
	reason TEXT NOT NULL,
	proposed_at INSTANT NOT NULL,
	proposed_by ID NOT NULL REFERENCES account (user_id),
	answered_at INSTANT,
	answered_by ID REFERENCES account (user_id),
	confirmed BOOL
);
CREATE UNIQUE INDEX agreement_proposal_open ON agreement_proposal (agreement_id)
WHERE answered_at IS NULL;
ALTER TABLE agreement_ended ADD COLUMN suspended BOOL;
-- migration 6
-- Joiners, movers and leavers: who keeps the account up to date, and what they say of its user. Nobody signs in after `ends`.
-- Surname and address of the user are sealed, and only ever compared with those of a resident.
ALTER TABLE account ADD COLUMN kept_by INT NOT NULL DEFAULT 0; -- enum account_keeper
ALTER TABLE account ADD COLUMN organisation TEXT;
ALTER TABLE account ADD COLUMN manager TEXT; -- a user name
ALTER TABLE account ADD COLUMN worker_ids TEXT; -- numbers that the council's systems know them by, blanks between
ALTER TABLE account ADD COLUMN ends DATE;
ALTER TABLE account ADD COLUMN self_sealed BLOB;
-- What somebody had written when their session ended: for that user and that browser, for an hour.
CREATE TABLE draft (
	draft_id ID PRIMARY KEY,
	owner_hash BLOB NOT NULL,
	path TEXT NOT NULL,
	kept INSTANT NOT NULL,
	sealed BLOB NOT NULL
);
CREATE INDEX draft_by_owner ON draft (owner_hash);
-- migration 7
-- What residents asked for or agreed to, by record: each act of a person, never changed. The last one of its kind about the
-- same thing says whether it holds.
CREATE TABLE flag_act (
	act_no SEQUENCE,
	act_id ID NOT NULL UNIQUE, -- the reason is sealed under it
	kind INT NOT NULL, -- enum flag_kind
	about TEXT NOT NULL, -- a purpose or an agreement; empty for a restriction
	holds BOOL NOT NULL,
	reason_sealed BLOB NOT NULL,
	done_at INSTANT NOT NULL,
	done_by TEXT NOT NULL
);
CREATE TABLE flag_record (
	act_no ID NOT NULL REFERENCES flag_act (act_no),
	source_id TEXT NOT NULL,
	client_hash ID NOT NULL,
	PRIMARY KEY (act_no, source_id, client_hash)
);
CREATE INDEX flag_record_by_client ON flag_record (client_hash, source_id);
-- migration 8
-- The number that a source knows a user by: whose cases it names are theirs.
CREATE TABLE account_worker (
	user_id ID NOT NULL REFERENCES account (user_id),
	source_id TEXT NOT NULL,
	worker TEXT NOT NULL,
	PRIMARY KEY (user_id, source_id)
);
CREATE UNIQUE INDEX account_worker_of ON account_worker (worker, source_id);
-- Who broke the glass, for whom, until when, and what the owner of the protection found. Tries that opened nobody are
-- counted too: they have no resident.
CREATE TABLE glass (
	pass_id SEQUENCE,
	user_id ID NOT NULL REFERENCES account (user_id),
	resident_id ID,
	restrictions TEXT, -- ids, commas between
	purpose TEXT,
	reason TEXT,
	began INSTANT NOT NULL,
	ends INSTANT,
	ended INSTANT,
	ended_by TEXT, -- null: its time was over
	outcome TEXT,
	note TEXT,
	reviewed INSTANT,
	reviewed_by ID REFERENCES account (user_id)
);
CREATE INDEX glass_by_user ON glass (user_id, began);
CREATE INDEX glass_by_resident ON glass (resident_id);
-- migration 9
-- What users state in their own words, sealed. name: the id as references have it (stated.h), by which a query finds it.
CREATE TABLE stated (
	stated_id ID PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	sealed BLOB NOT NULL
);
-- migration 10
-- What one person asked for an account whose role wants two, and what another one answered (account_change.h).
CREATE TABLE account_change (
	change_id SEQUENCE,
	user_id ID NOT NULL REFERENCES account (user_id),
	role_id TEXT NOT NULL,
	team_id TEXT,
	lets_in BOOL NOT NULL,
	new_password BOOL NOT NULL,
	no_factor BOOL NOT NULL,
	was TEXT NOT NULL, -- state, role and team of the account when it was asked
	asked_at INSTANT NOT NULL,
	asked_by ID NOT NULL REFERENCES account (user_id),
	answered_at INSTANT,
	answered_by ID REFERENCES account (user_id),
	confirmed BOOL
);
CREATE UNIQUE INDEX account_change_open ON account_change (user_id)
WHERE answered_at IS NULL;
-- migration 11
-- How a session began (enum session_began), and from which address.
ALTER TABLE session ADD COLUMN began INT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN client TEXT;
UPDATE session SET began = 2 WHERE user_id IN (SELECT user_id FROM account WHERE external_id IS NOT NULL);
-- What the council's identity system calls an account that it made, by which its identity provider may open it.
ALTER TABLE account ADD COLUMN provisioned_id TEXT;
-- When somebody else gave the password that must be changed: one that nobody uses stops opening anything.
ALTER TABLE account ADD COLUMN password_given INSTANT;
