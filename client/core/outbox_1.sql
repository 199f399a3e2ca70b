-- outbox.db: what only this device knows.  Committed with synchronous=FULL.

CREATE TABLE self (
    k            INTEGER PRIMARY KEY CHECK (k = 1),
    open_counter INTEGER NOT NULL CHECK (open_counter >= 0),
    -- Random, new whenever the set of pending mutations changes: the replica remembers which
    -- one its visible rows show.
    stamp        BLOB NOT NULL CHECK (length(stamp) = 16),
    -- Server incarnation that the seqs of entries belong to; zero before the first session.
    lineage      BLOB NOT NULL CHECK (length(lineage) = 16)
) STRICT;

-- The replica ids this device has used; the newest era is the one in use.
CREATE TABLE era (
    era          INTEGER PRIMARY KEY AUTOINCREMENT,
    replica      BLOB NOT NULL UNIQUE CHECK (length(replica) = 16),
    last_number  INTEGER NOT NULL DEFAULT 0 CHECK (last_number >= 0),
    last_hash    BLOB NOT NULL CHECK (length(last_hash) = 32),
    -- highest number that the server is known to have kept
    acked_number INTEGER NOT NULL DEFAULT 0 CHECK (acked_number BETWEEN 0 AND last_number),
    acked_hash   BLOB NOT NULL CHECK (length(acked_hash) = 32)
) STRICT;

-- Own mutations: waiting (1 queued, 3 acked), 4 refused, 5 in the journal.
CREATE TABLE entry (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    mutation    BLOB NOT NULL UNIQUE CHECK (length(mutation) = 16),
    era         INTEGER NOT NULL,
    number      INTEGER NOT NULL CHECK (number >= 1),
    hash        BLOB NOT NULL CHECK (length(hash) = 32),
    intent      INTEGER NOT NULL,
    authored_ms INTEGER NOT NULL,
    state       INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
    seq         INTEGER NOT NULL DEFAULT 0 CHECK (seq >= 0),
    code        INTEGER NOT NULL DEFAULT 0,
    reason      TEXT NOT NULL DEFAULT '',
    UNIQUE (era, number)
) STRICT;
CREATE INDEX entry_state ON entry (state, seq);
-- What to push next, however much came back before.
CREATE INDEX entry_queued ON entry (era, number) WHERE state = 1;
CREATE INDEX entry_journal ON entry (era, number) WHERE state = 5;

-- Apart from the entries so that a change of state does not write the bytes again.
CREATE TABLE body (
    position  INTEGER PRIMARY KEY,
    bytes     BLOB NOT NULL,
    signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

-- How to take an own edit back, newest last.
CREATE TABLE undo (
    position  INTEGER PRIMARY KEY,
    mutation  BLOB NOT NULL UNIQUE CHECK (length(mutation) = 16),
    inverse   BLOB NOT NULL,
    undone_by BLOB CHECK (length(undone_by) = 16)
) STRICT;

CREATE TABLE epoch_key (
    epoch INTEGER PRIMARY KEY CHECK (epoch > 0),
    key   BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;
