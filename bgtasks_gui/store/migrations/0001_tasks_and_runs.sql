-- Columns are for finding and ordering; `record` (JSON) is the whole value and the truth.
-- Times are Unix milliseconds, identifiers are time-ordered text (UUID version 7).

-- Environments are long and mostly equal, so tasks share them.
CREATE TABLE environments (
    hash TEXT PRIMARY KEY NOT NULL,
    variables TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tasks (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    group_name TEXT NOT NULL,
    owner TEXT NOT NULL,
    is_scheduled INTEGER NOT NULL,
    is_twin INTEGER NOT NULL,
    environment TEXT,
    record TEXT NOT NULL
);
-- Twins were asked for beside a task of the same name.
CREATE UNIQUE INDEX tasks_by_full_name ON tasks (owner, group_name, name) WHERE is_twin = 0;
CREATE INDEX tasks_by_name ON tasks (name, id);
CREATE INDEX tasks_by_group ON tasks (group_name, name, id);
CREATE INDEX tasks_by_environment ON tasks (environment) WHERE environment IS NOT NULL;
CREATE INDEX tasks_not_scheduled ON tasks (id) WHERE is_scheduled = 0;

-- What is remembered of a task's past, also when its runs have left the history.
-- Apart from `tasks`, so that a run dirties one small row and not the whole registration.
CREATE TABLE standings (
    task_id TEXT PRIMARY KEY NOT NULL,
    last_run_id TEXT,
    last_scheduled_at INTEGER,
    last_exit_reason TEXT,
    last_exit_at INTEGER
) WITHOUT ROWID;

CREATE TABLE planned (
    task_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    flex INTEGER NOT NULL,
    PRIMARY KEY (task_id, position)
) WITHOUT ROWID;

CREATE TABLE listeners (
    task_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    topic TEXT NOT NULL,
    PRIMARY KEY (task_id, position, topic)
) WITHOUT ROWID;
CREATE INDEX listeners_by_topic ON listeners (topic, task_id, position);

-- `ended_at` is NULL as long as the run is open. Ended runs never move again, so the indexes of
-- the history take a run in once, at its end; "runs of a task" is asked for state by state.
-- They end in `ended_at`, because only then a walk along them need not look into the table.
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    task_id TEXT NOT NULL,
    state TEXT NOT NULL,
    planned_at INTEGER,
    ended_at INTEGER,
    record TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_open ON runs (id) WHERE ended_at IS NULL;
CREATE INDEX runs_by_state ON runs (state, id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX runs_by_task ON runs (task_id, state, id, ended_at) WHERE ended_at IS NOT NULL;

-- A task that was removed has no standing any more, and gets none.
CREATE TRIGGER runs_begun AFTER INSERT ON runs
BEGIN
    UPDATE standings SET
        last_run_id = max(coalesce(last_run_id, ''), new.id),
        last_scheduled_at = CASE
            WHEN new.planned_at > coalesce(last_scheduled_at, new.planned_at - 1)
            THEN new.planned_at ELSE last_scheduled_at END
    WHERE task_id = new.task_id;
END;

CREATE TABLE facts (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) WITHOUT ROWID;
