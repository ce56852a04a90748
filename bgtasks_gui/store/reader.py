"""The one thread that reads, with a connection that cannot write; and the tasks kept decoded."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from bgtasks_gui.core import errors, tasks
from bgtasks_gui.store import database, opening

P = ParamSpec("P")
Answer = TypeVar("Answer")

#: Decoded tasks kept, the last used ones: those that fire often are read once.
_TASKS_KEPT: Final = 2000


class Reader:
    """Runs queries one after another, away from the event loop."""

    def __init__(self, connection: database.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._is_closed = False
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="store-reader")

    async def ask(
        self,
        query: Callable[Concatenate[database.Connection, P], Answer],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Answer:
        """The answer of a query. Raises `errors.StorageUnavailable`."""
        if self._is_closed:
            raise errors.StorageUnavailable("The database is closed.")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._executor, lambda: query(self._connection, *args, **kwargs)
            )
        except database.Error as error:
            if not database.is_trouble(error):
                raise
            if database.is_damage(error):
                opening.mark_suspect(self._path)
            raise errors.StorageUnavailable(database.describe(error, self._path)) from error

    async def close(self) -> None:
        """Stop, after the queries that are under way."""
        self._is_closed = True
        await asyncio.get_running_loop().run_in_executor(self._executor, self._connection.close)
        self._executor.shutdown()


class TaskCache:
    """The tasks used last, in step with what is stored."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[str, tasks.Task] = OrderedDict()
        #: Grows with every change, so that a read that began before one is not kept.
        self.generation = 0

    def find(self, task_id: str) -> tasks.Task | None:
        found = self._tasks.get(task_id)
        if found is not None:
            self._tasks.move_to_end(task_id)
        return found

    def keep(self, task: tasks.Task, generation: int) -> None:
        """Keep a task that was read while the cache was in this generation."""
        if generation == self.generation:
            self._tasks[task.id] = task
            if len(self._tasks) > _TASKS_KEPT:
                self._tasks.popitem(last=False)

    def forget(self, task_ids: Iterable[str]) -> None:
        """Drop these: they are about to change, or have changed."""
        self.generation += 1
        for task_id in task_ids:
            self._tasks.pop(task_id, None)
