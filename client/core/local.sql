-- What a client keeps in replica.db beside the board.  All of it can be made anew from
-- outbox.db and the server.

-- Which entries of the outbox the visible rows show, and what each was predicted to come to:
-- rows in canonical bytes, client/core/effects.h.
CREATE TABLE IF NOT EXISTS shown (
    position INTEGER PRIMARY KEY,
    effects  BLOB NOT NULL
) STRICT;

-- What each of them read and wrote, client/core/keyset.h.
CREATE TABLE IF NOT EXISTS touch (
    kind     INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
    entity   INTEGER NOT NULL,
    id       BLOB NOT NULL CHECK (length(id) = 16),
    position INTEGER NOT NULL,
    wrote    INTEGER NOT NULL CHECK (wrote IN (0, 1)),
    PRIMARY KEY (id, entity, kind, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS touch_position ON touch (position);

-- Own mutations that the confirmed rows hold, client/core/held.h.
CREATE TABLE IF NOT EXISTS held (
    mutation BLOB PRIMARY KEY CHECK (length(mutation) = 16)
) STRICT, WITHOUT ROWID;

-- Sealed changes as received.  sealed is NULL where a transfer ended: the chain goes on there.
CREATE TABLE IF NOT EXISTS change_copy (
    seq    INTEGER PRIMARY KEY,
    chain  BLOB NOT NULL CHECK (length(chain) = 32),
    sealed BLOB
) STRICT;

-- What leads have signed for, told by changes alone and never by the rows of a transfer,
-- client/core/vouch.h.
-- entity PERSON: standing is the role; INVITE: person and sign_key; DEVICE: person, both keys,
-- standing 1 until it is revoked.
CREATE TABLE IF NOT EXISTS vouched (
    entity   INTEGER NOT NULL,
    id       BLOB NOT NULL CHECK (length(id) = 16),
    person   BLOB NOT NULL CHECK (length(person) = 16),
    standing INTEGER NOT NULL,
    sign_key BLOB NOT NULL,
    box_key  BLOB NOT NULL,
    PRIMARY KEY (entity, id)
) STRICT, WITHOUT ROWID;

-- Changes that speak of keys, from before a transfer, until the chain they are in is known to be
-- everybody's, client/core/links.h.
CREATE TABLE IF NOT EXISTS voucher (
    seq    INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

-- Chunks of a transfer under way; a bucket with a digest is complete.
CREATE TABLE IF NOT EXISTS staged (
    bucket INTEGER NOT NULL CHECK (bucket BETWEEN 0 AND 255),
    number INTEGER NOT NULL CHECK (number >= 0),
    rows   BLOB NOT NULL,
    PRIMARY KEY (bucket, number)
) STRICT;
CREATE TABLE IF NOT EXISTS staged_bucket (
    bucket INTEGER PRIMARY KEY CHECK (bucket BETWEEN 0 AND 255),
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;
