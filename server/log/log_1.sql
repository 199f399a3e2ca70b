-- The log of one workspace, in one file with the server's replica.

CREATE TABLE log_head (
    k          INTEGER PRIMARY KEY CHECK (k = 1),
    workspace  BLOB NOT NULL CHECK (length(workspace) = 16),
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
    parent     BLOB NOT NULL CHECK (length(parent) = 16),
    fork_seq   INTEGER NOT NULL CHECK (fork_seq >= 0),
    fork_floor INTEGER NOT NULL CHECK (fork_floor >= 0),
    horizon    INTEGER NOT NULL CHECK (horizon >= 0),
    safe_seq   INTEGER NOT NULL CHECK (safe_seq >= 0)
) STRICT;

-- Incarnations that came before, and where this line left them.
CREATE TABLE log_ancestor (
    incarnation BLOB PRIMARY KEY CHECK (length(incarnation) = 16),
    fork_seq    INTEGER NOT NULL CHECK (fork_seq >= 0)
) STRICT, WITHOUT ROWID;

-- Who wrote; k stands for the replica in log_change.
CREATE TABLE log_replica (
    k            INTEGER PRIMARY KEY,
    replica      BLOB NOT NULL UNIQUE CHECK (length(replica) = 16),
    device       BLOB NOT NULL CHECK (length(device) = 16),
    last_number  INTEGER NOT NULL CHECK (last_number >= 0),
    last_hash    BLOB NOT NULL CHECK (length(last_hash) = 32),
    open_counter INTEGER NOT NULL CHECK (open_counter >= 0),
    boot_nonce   BLOB NOT NULL CHECK (length(boot_nonce) = 16)
) STRICT;

CREATE TABLE log_change (
    seq         INTEGER PRIMARY KEY CHECK (seq >= 1),
    received_ms INTEGER NOT NULL,
    writer      INTEGER NOT NULL, -- k of log_replica
    number      INTEGER NOT NULL CHECK (number >= 1),
    chain       BLOB NOT NULL CHECK (length(chain) = 32),
    sealed      BLOB NOT NULL
) STRICT;

-- Outlives its change: a mutation is known for ever.
CREATE TABLE log_mutation (
    mutation BLOB PRIMARY KEY CHECK (length(mutation) = 16),
    seq      INTEGER NOT NULL CHECK (seq >= 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_epoch (
    epoch      INTEGER PRIMARY KEY CHECK (epoch >= 1),
    key        BLOB NOT NULL CHECK (length(key) = 32),
    created_ms INTEGER NOT NULL,
    first_seq  INTEGER NOT NULL CHECK (first_seq >= 1)
) STRICT;

CREATE TABLE log_schema (
    k      INTEGER PRIMARY KEY CHECK (k = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO log_schema (k, number) VALUES (1, 1);
