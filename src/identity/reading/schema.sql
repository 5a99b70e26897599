-- shelf: data
-- migration 1

-- What matching read of the sealed rows, cleaned and sealed again, in batches; number 0 says what it
-- depends on. A copy: when it is not there, it is read from the vault.
CREATE TABLE reading_kept (
  batch_no  INT NOT NULL PRIMARY KEY,
  sealed    BLOB NOT NULL
);
