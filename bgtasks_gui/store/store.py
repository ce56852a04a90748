"""The store: tasks, plans, runs and facts in one SQLite file (design 13)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from bgtasks_gui.core import ports, retention, tasks
from bgtasks_gui.core import runs as core_runs  # `runs` is one of the methods
from bgtasks_gui.store import changes, checkpoints, database, history, opening
from bgtasks_gui.store import reader as reading
from bgtasks_gui.store import writer as writing
from bgtasks_gui.store.tables import notices as stored_notices
from bgtasks_gui.store.tables import plans
from bgtasks_gui.store.tables import runs as stored_runs
from bgtasks_gui.store.tables import tasks as stored_tasks


def _tell_nobody(trouble: str | None) -> None:
    """Stands for a listener where there is none."""


class SqliteStore:
    """`ports.Store` in a file. Belongs to the event loop it is opened on."""

    def __init__(
        self,
        path: Path,
        *,
        on_trouble: Callable[[str | None], None] = _tell_nobody,
        busy_timeout_s: float = database.BUSY_TIMEOUT_S,
        pauses_s: tuple[float, float] = writing.PAUSES_S,
    ) -> None:
        """`on_trouble` is told when writing becomes impossible, and with None when it works again.

        A statement waits `busy_timeout_s` for another program's lock; `pauses_s` are the first
        and the longest wait before what could not be written is tried again.
        """
        self._path = path
        self._on_trouble = on_trouble
        self._busy_timeout_s = busy_timeout_s
        self._pauses_s = pauses_s
        self._environments = stored_tasks.Environments()
        self._cache = reading.TaskCache()
        #: What tasks listen to; None where that must be read anew.
        self._topics: set[str] | None = None
        self._reader: reading.Reader
        self._writer: writing.Writer
        #: What the person should know of how the database was opened, or None.
        self.notice: str | None = None
        #: Why nothing can be written at present, as sentences for people, or None.
        self.degraded: str | None = None

    async def open(self) -> None:
        """Open the file, or make it where there is none.

        Raises `errors.HomeUnusable`, `errors.NewerDatabase` and `errors.StorageUnavailable`.
        """
        opened = await asyncio.to_thread(opening.open_database, self._path, self._busy_timeout_s)
        self.notice = opened.notice
        self._reader = reading.Reader(opened.reader, self._path)
        self._writer = writing.Writer(
            opened.writer,
            checkpoints.Checkpointer(opened.checkpointer),
            self._path,
            self,
            pauses_s=self._pauses_s,
        )

    async def close(self) -> None:
        """Store everything handed in so far, and end."""
        # First the reader: whoever closes the file last also puts the log away.
        await self._reader.close()
        self._writer.refuse_more()
        await asyncio.to_thread(self._writer.join)

    @property
    def is_degraded(self) -> bool:
        """Whether writing is impossible at present; `degraded` says why."""
        return self.degraded is not None

    # Writing

    async def write(self, change: ports.Change) -> None:
        self._forget(change)
        await self._writer.write(change)

    async def prune(self, now: datetime, limits: retention.History) -> AsyncIterator[list[str]]:
        """Forget ended runs that are too old or too many, in chunks that no write waits for long.

        Yields the ids of each chunk before it goes, so that what else is kept of these runs can
        go first, and nothing of them is left over where this is cut short. Raises
        `errors.StorageUnavailable`.
        """
        oldest = retention.oldest_kept(now, limits)
        last = ""
        while chunk := await self._reader.ask(history.find_too_old, oldest, last):
            yield chunk
            await self._writer.delete_runs(chunk)
            last = chunk[-1]
        excess = await self._reader.ask(history.count_excess, limits)
        while chunk := await self._reader.ask(history.find_oldest, excess):
            yield chunk
            await self._writer.delete_runs(chunk)
            excess -= len(chunk)

    def on_stored(self, stored: Sequence[ports.Change]) -> None:
        for change in stored:
            self._forget(change)

    def on_trouble(self, sentence: str | None) -> None:
        self.degraded = sentence
        self._on_trouble(sentence)

    def _forget(self, change: ports.Change) -> None:
        if change.tasks or change.removed_tasks:
            self._cache.forget([*change.removed_tasks, *(task.id for task in change.tasks)])
            self._topics = None

    # Reading

    async def task(self, task_id: str) -> tasks.Task | None:
        found = self._cache.find(task_id)
        if found is None:
            generation = self._cache.generation
            found = await self._reader.ask(stored_tasks.find, self._environments, task_id)
            if found is not None:
                self._cache.keep(found, generation)
        return found

    async def read_ahead(self, task_ids: Collection[str]) -> None:
        generation = self._cache.generation
        missing = [task_id for task_id in task_ids if self._cache.find(task_id) is None]
        if missing:
            for task in await self._reader.ask(stored_tasks.find_each, self._environments, missing):
                self._cache.keep(task, generation)

    async def tasks_named(self, name: str) -> list[tasks.Task]:
        return await self._reader.ask(stored_tasks.find_named, self._environments, name)

    async def standing(self, task_id: str) -> ports.Standing | None:
        return await self._reader.ask(stored_tasks.find_standing, self._environments, task_id)

    async def standings_of(self, task_ids: Collection[str]) -> list[ports.Standing]:
        return await self._reader.ask(stored_tasks.find_standings, self._environments, task_ids)

    async def standings(
        self,
        *,
        group: str | None = None,
        search: str | None = None,
        after_name: str | None = None,
        after_id: str | None = None,
        limit: int = 100_000,
    ) -> list[ports.Standing]:
        page = stored_tasks.Page(group, search, after_name, after_id, limit)
        return await self._reader.ask(stored_tasks.select_standings, self._environments, page)

    async def count_tasks(self) -> int:
        return await self._reader.ask(stored_tasks.count)

    async def planned(self, task_id: str) -> list[tasks.Planned]:
        return await self._reader.ask(plans.find_planned, task_id)

    async def all_planned(self) -> list[tuple[float, float, str, int]]:
        return await self._reader.ask(plans.find_all_planned)

    async def listeners(self, topic: str) -> list[tasks.Listener]:
        # Asked at the end of every run, and hardly ever does anybody listen.
        topics = self._topics
        if topics is None:
            generation = self._cache.generation
            topics = await self._reader.ask(plans.find_topics)
            if generation == self._cache.generation:
                self._topics = topics
        return await self._reader.ask(plans.find_listeners, topic) if topic in topics else []

    async def run(self, run_id: str) -> core_runs.Run | None:
        return await self._reader.ask(stored_runs.find, run_id)

    async def runs(self, query: ports.RunQuery) -> list[core_runs.Run]:
        return await self._reader.ask(stored_runs.select, query)

    async def open_runs(self) -> list[core_runs.Run]:
        return await self._reader.ask(stored_runs.find_open)

    async def count_runs(self) -> dict[core_runs.RunState, int]:
        return await self._reader.ask(history.count)

    async def fact(self, name: str) -> str | None:
        return await self._reader.ask(changes.find_fact, name)

    async def notices(self, query: ports.ToldQuery) -> list[msgspec.Raw]:
        return await self._reader.ask(stored_notices.select, query)
