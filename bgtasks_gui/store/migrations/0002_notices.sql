-- What the person was told, or was not: the newest of it (concepts R84).
CREATE TABLE notices (
    id TEXT PRIMARY KEY NOT NULL,
    outcome TEXT NOT NULL,
    record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX notices_by_outcome ON notices (outcome, id);
