"""Tasks in the database: registering, forgetting, and how they stand."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from bgtasks_gui.core import errors, ports, tasks
from bgtasks_gui.store import database, records
from bgtasks_gui.store.tables import runs

_SAVE: Final = """
    INSERT INTO tasks (id, name, group_name, owner, is_scheduled, is_twin, environment, record)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
    SET name = excluded.name, group_name = excluded.group_name, owner = excluded.owner,
        is_scheduled = excluded.is_scheduled, is_twin = excluded.is_twin,
        environment = excluded.environment, record = excluded.record
"""
_BEGIN_STANDING: Final = "INSERT OR IGNORE INTO standings (task_id) VALUES (?)"
_REMEMBER: Final = """
    UPDATE standings SET last_run_id = ?, last_scheduled_at = ?, last_exit_reason = ?
    WHERE task_id = ?
"""
_REMOVE: Final = (
    "DELETE FROM tasks WHERE id = ?",
    "DELETE FROM standings WHERE task_id = ?",
    "DELETE FROM planned WHERE task_id = ?",
    "DELETE FROM listeners WHERE task_id = ?",
)

_ENVIRONMENT_OF: Final = "SELECT environment FROM tasks WHERE id = ?"
_SHARE_ENVIRONMENT: Final = "INSERT OR IGNORE INTO environments (hash, variables) VALUES (?, ?)"
_DROP_ENVIRONMENT: Final = """
    DELETE FROM environments
    WHERE hash = :hash AND NOT EXISTS (SELECT 1 FROM tasks WHERE environment = :hash)
"""
_READ_ENVIRONMENT: Final = "SELECT variables FROM environments WHERE hash = ?"

_ONE: Final = "SELECT record, environment FROM tasks WHERE id = ?"
_NAMED: Final = "SELECT record, environment FROM tasks WHERE name = ? ORDER BY id"
_STANDINGS: Final = """
    SELECT t.record, t.environment, s.last_scheduled_at, s.last_exit_reason, r.record,
        (SELECT min(p.next_at) FROM planned p WHERE p.task_id = t.id AND t.is_scheduled)
    FROM tasks t
    LEFT JOIN standings s ON s.task_id = t.id
    LEFT JOIN runs r ON r.id = s.last_run_id
"""

#: Different environments kept decoded; tasks registered from one terminal share one.
_ENVIRONMENTS_KEPT: Final = 64

#: Sorts behind every identifier.
_AFTER_EVERY_ID: Final = "\U0010ffff"

_encode: Final = records.make_encoder(tasks.Task, "environment")
_decode: Final = msgspec.json.Decoder(tasks.Task).decode
_encode_environment: Final = msgspec.json.Encoder(order="sorted").encode
_decode_environment: Final = msgspec.json.Decoder(dict[str, str]).decode


class Page(NamedTuple):
    """Which tasks are asked for, by name and then by id."""

    group: str | None = None
    #: Part of the name, in upper or lower case.
    search: str | None = None
    #: Only tasks after this name, and of this very name those after `after_id`.
    after_name: str | None = None
    after_id: str | None = None
    limit: int = 100_000


class Environments:
    """The environments that tasks were registered in, each read once; for one thread only."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, dict[str, str]] = OrderedDict()

    def find(self, connection: database.Connection, digest: str) -> dict[str, str]:
        """The environment of this hash. What a hash stands for never changes."""
        found = self._known.get(digest)
        if found is None:
            (text,) = connection.execute(_READ_ENVIRONMENT, (digest,)).fetchone()
            found = self._known[digest] = _decode_environment(text)
            if len(self._known) > _ENVIRONMENTS_KEPT:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(digest)
        return found


def save(connection: database.Connection, task: tasks.Task) -> None:
    """Register a task or replace what is registered under its id.

    Raises `errors.DuplicateName` where owner and group have another task of this name, and
    this one is no twin.
    """
    old = connection.execute(_ENVIRONMENT_OF, (task.id,)).fetchone()
    digest = None if task.environment is None else _share(connection, task.environment)
    owner, group = task.owner, task.group
    flags = task.is_scheduled, task.is_twin
    row = (task.id, task.name, group, owner, *flags, digest, _encode(task))
    try:
        connection.execute(_SAVE, row)
    except database.Error as error:
        if database.is_taken(error):
            raise duplicate_name(task) from error
        raise
    connection.execute(_BEGIN_STANDING, (task.id,))
    if old is not None and old[0] != digest:
        connection.execute(_DROP_ENVIRONMENT, {"hash": old[0]})


def remember(connection: database.Connection, past: ports.Standing) -> None:
    """Give a task that is registered again the past it had."""
    last_run = None if past.last_run is None else past.last_run.id
    scheduled = past.last_scheduled_at
    at = None if scheduled is None else database.to_ms(scheduled)
    connection.execute(_REMEMBER, (last_run, at, past.last_exit_reason, past.task.id))


def remove(connection: database.Connection, task_id: str) -> None:
    """Forget a task and everything of it but its runs."""
    old = connection.execute(_ENVIRONMENT_OF, (task_id,)).fetchone()
    for statement in _REMOVE:
        connection.execute(statement, (task_id,))
    if old is not None:
        connection.execute(_DROP_ENVIRONMENT, {"hash": old[0]})


def duplicate_name(task: tasks.Task) -> errors.DuplicateName:
    where = f' in the group "{task.group}"' if task.group else ""
    return errors.DuplicateName(
        f'A task named "{task.name}" is registered already{where}; '
        "choose another name, or ask to replace it.",
        field="name",
    )


def find(
    connection: database.Connection, environments: Environments, task_id: str
) -> tasks.Task | None:
    row = connection.execute(_ONE, (task_id,)).fetchone()
    return None if row is None else _to_task(connection, environments, *row)


def find_named(
    connection: database.Connection, environments: Environments, name: str
) -> list[tasks.Task]:
    rows = connection.execute(_NAMED, (name,)).fetchall()
    return [_to_task(connection, environments, *row) for row in rows]


def find_each(
    connection: database.Connection, environments: Environments, task_ids: Iterable[str]
) -> list[tasks.Task]:
    """Those of these tasks that are registered."""
    found = (find(connection, environments, task_id) for task_id in task_ids)
    return [task for task in found if task is not None]


def find_standings(
    connection: database.Connection, environments: Environments, task_ids: Iterable[str]
) -> list[ports.Standing]:
    """How those of these tasks stand that are registered."""
    found = (find_standing(connection, environments, task_id) for task_id in task_ids)
    return [standing for standing in found if standing is not None]


def find_standing(
    connection: database.Connection, environments: Environments, task_id: str
) -> ports.Standing | None:
    rows = connection.execute(f"{_STANDINGS} WHERE t.id = ?", (task_id,)).fetchall()
    return next(_to_standings(connection, environments, rows), None)


def select_standings(
    connection: database.Connection, environments: Environments, page: Page
) -> list[ports.Standing]:
    rows = connection.execute(*to_sql(page)).fetchall()
    return list(_to_standings(connection, environments, rows))


def count(connection: database.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM tasks").fetchone()[0])


def to_sql(page: Page) -> tuple[str, dict[str, str | int]]:
    """The statement for a page of tasks, and its values."""
    values: dict[str, str | int] = {"limit": page.limit}
    bounds = []
    if page.group is not None:
        bounds.append("t.group_name = :group")
        values["group"] = page.group
    if page.after_name is not None:
        bounds.append("(t.name, t.id) > (:name, :id)")
        values |= {"name": page.after_name, "id": page.after_id or _AFTER_EVERY_ID}
    if page.search:
        bounds.append("instr(casefold(t.name), :search)")
        values["search"] = page.search.casefold()
    where = f"WHERE {' AND '.join(bounds)}" if bounds else ""
    return f"{_STANDINGS} {where} ORDER BY t.name, t.id LIMIT :limit", values


def _share(connection: database.Connection, environment: dict[str, str]) -> str:
    variables = _encode_environment(environment)
    digest = hashlib.blake2b(variables, digest_size=16).hexdigest()
    connection.execute(_SHARE_ENVIRONMENT, (digest, variables.decode()))
    return digest


def _to_task(
    connection: database.Connection, environments: Environments, record: str, digest: str | None
) -> tasks.Task:
    task = _decode(record)
    if digest is not None:
        # Nobody else holds this task yet, so it can be completed in place.
        msgspec.structs.force_setattr(task, "environment", environments.find(connection, digest))
    return task


def _to_standings(
    connection: database.Connection,
    environments: Environments,
    rows: Iterable[tuple[str, str | None, int | None, str | None, str | None, int | None]],
) -> Iterator[ports.Standing]:
    for record, digest, scheduled_at, exit_reason, last_run, next_at in rows:
        yield ports.Standing(
            task=_to_task(connection, environments, record, digest),
            next_run_at=None if next_at is None else database.from_ms(next_at),
            last_run=None if last_run is None else runs.decode(last_run),
            last_scheduled_at=None if scheduled_at is None else database.from_ms(scheduled_at),
            last_exit_reason=exit_reason or "None",
        )
