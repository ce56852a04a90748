"""The one thread that writes: it stores everything that waits in one transaction.

While one transaction is under way the next changes gather, so that under load many share one
commit, and without load none waits.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from bgtasks_gui.core import errors, ports
from bgtasks_gui.store import changes, checkpoints, database, history, opening

_log = logging.getLogger(__name__)

#: Changes that share one transaction at most, so that the first of them does not wait long.
_GROUP: Final = 1000
#: The first and the longest wait before a write that met trouble is tried again.
PAUSES_S: Final = (0.2, 5.0)
_MEANWHILE: Final = "Runs go on; what became of them is stored as soon as this is possible."


class Write(NamedTuple):
    """A change that waits to be stored."""

    change: ports.Change
    future: asyncio.Future[None]


class Deletion(NamedTuple):
    """A chunk of the history that waits to be forgotten."""

    run_ids: list[str]
    future: asyncio.Future[None]


Operation = Write | Deletion


class Listener(Protocol):
    """Who is told, on the event loop, before those who wait for a write are."""

    def on_stored(self, stored: Sequence[ports.Change]) -> None: ...

    def on_trouble(self, sentence: str | None) -> None:
        """The database cannot be written now, and why; or, with None, it can again."""
        ...


class Writer:
    """Stores changes in the order they were handed in."""

    def __init__(
        self,
        connection: database.Connection,
        checkpointer: checkpoints.Checkpointer,
        path: Path,
        listener: Listener,
        *,
        pauses_s: tuple[float, float] = PAUSES_S,
    ) -> None:
        self._connection = connection
        self._checkpointer = checkpointer
        self._path = path
        self._listener = listener
        self._pauses_s = pauses_s
        self._loop = asyncio.get_running_loop()
        #: What was handed in during this turn of the loop; the thread is woken once for all.
        self._fresh: list[Operation] = []
        self._queue: queue.SimpleQueue[list[Operation] | None] = queue.SimpleQueue()
        self._is_closed = False
        self._thread = threading.Thread(target=self._serve, name="store-writer", daemon=True)
        # Of the thread alone:
        self._waiting: list[Operation] = []
        self._trouble: str | None = None
        self._pause_s = 0.0
        self._retry_at = 0.0
        self._rows = 0
        self._uncopied = 0
        self._thread.start()

    def write(self, change: ports.Change) -> asyncio.Future[None]:
        """Done once the change is safe. Cancelling the future does not take the change back."""
        return self._put(Write(change, self._loop.create_future()))

    def delete_runs(self, run_ids: list[str]) -> asyncio.Future[None]:
        """Done once these runs of the history are forgotten."""
        return self._put(Deletion(run_ids, self._loop.create_future()))

    def refuse_more(self) -> None:
        """Take nothing more; the thread ends behind what was handed in so far."""
        self._is_closed = True
        self._hand_over()
        self._queue.put(None)

    def join(self) -> None:
        """Wait for the end of the thread; to be called from another one than the loop's."""
        self._thread.join()

    def _put(self, operation: Operation) -> asyncio.Future[None]:
        if self._is_closed:
            raise errors.StorageUnavailable("The database is closed. Nothing was changed.")
        if not self._fresh:
            self._loop.call_soon(self._hand_over)
        self._fresh.append(operation)
        return operation.future

    def _hand_over(self) -> None:
        fresh, self._fresh = self._fresh, []
        if fresh:
            self._queue.put(fresh)

    # On the thread

    def _serve(self) -> None:
        is_last = False
        while not is_last:
            fresh, is_last = self._gather()
            self._waiting += fresh
            if is_last or not self._is_pausing(fresh):
                self._attempt()
        for operation in self._waiting:
            lost = errors.StorageUnavailable(f"{self._trouble} It was lost, as the agent ended.")
            _log.error("%s", lost, extra={"action": "write"})
            self._settle([operation], [lost])
        self._checkpointer.close()
        self._connection.close()

    def _gather(self) -> tuple[list[Operation], bool]:
        """Everything handed in by now, and whether nothing comes after it."""
        patience = max(0.0, self._retry_at - time.monotonic()) if self._trouble else None
        found: list[list[Operation] | None] = []
        with suppress(queue.Empty):
            found.append(self._queue.get(timeout=patience))
            while True:
                found.append(self._queue.get_nowait())
        return [operation for handed in found for operation in handed or ()], None in found

    def _is_pausing(self, fresh: list[Operation]) -> bool:
        """Whether a new attempt would come too soon, and nobody waits for its answer."""
        return (
            bool(self._trouble)
            and time.monotonic() < self._retry_at
            and all(map(_must_be_kept, fresh))
        )

    def _attempt(self) -> None:
        """Store all that waits; in trouble, keep what must not be lost and refuse the rest."""
        done = 0
        try:
            if self._trouble and not self._waiting:
                database.probe(self._connection)
            for group in _groups(self._waiting):
                self._store(group)
                done += len(group)
        except Exception as error:
            self._waiting = self._waiting[done:]
            self._pause(error)
        else:
            self._waiting = []
            self._pause_s = 0.0
            self._tell_trouble(None)

    def _store(self, group: list[Operation]) -> None:
        outcomes: list[Exception | None] = [None] * len(group)
        try:
            with database.transaction(self._connection):
                self._apply(group)
        except Exception as error:
            if database.is_trouble(error):
                raise
            outcomes = [error] if len(group) == 1 else self._store_one_by_one(group)
        if isinstance(group[0], Deletion):
            # Answered when the disk has it, so that pruning never outruns the disk. Were more
            # copied at once, a write that comes meanwhile would wait longer.
            self._checkpointer.ask(then=partial(self._settle, group, outcomes))
            return
        self._settle(group, outcomes)
        rows = self._connection.total_changes
        self._uncopied += rows - self._rows + checkpoints.ROWS_OF_TRANSACTION
        self._rows = rows
        if self._uncopied >= checkpoints.ROWS_BETWEEN:
            self._uncopied = 0
            self._checkpointer.ask()

    def _store_one_by_one(self, group: list[Operation]) -> list[Exception | None]:
        """Store each by itself, since one of them cannot be; returns what became of each."""
        outcomes: list[Exception | None] = []
        with database.transaction(self._connection):
            for operation in group:
                try:
                    with database.savepoint(self._connection):
                        self._apply([operation])
                    outcomes.append(None)
                except Exception as error:
                    if database.is_trouble(error):
                        raise
                    outcomes.append(error)
        return outcomes

    def _apply(self, group: list[Operation]) -> None:
        if isinstance(group[0], Deletion):
            history.delete(self._connection, group[0].run_ids)
        else:
            changes.apply(self._connection, [one.change for one in group if isinstance(one, Write)])

    def _pause(self, error: Exception) -> None:
        first, longest = self._pauses_s
        self._pause_s = min(max(first, self._pause_s * 2), longest)
        self._retry_at = time.monotonic() + self._pause_s
        self._tell_trouble(database.describe(error, self._path))
        if database.is_damage(error):
            opening.mark_suspect(self._path)
        refused = [operation for operation in self._waiting if not _must_be_kept(operation)]
        self._waiting = [operation for operation in self._waiting if _must_be_kept(operation)]
        sentence = f"{self._trouble} Nothing was changed."
        self._settle(refused, [errors.StorageUnavailable(sentence) for _ in refused])

    def _tell_trouble(self, trouble: str | None) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            sentence = trouble and f"{trouble} {_MEANWHILE}"
            _log.warning("%s", sentence or "writing works again", extra={"action": "write"})
            self._call_soon(partial(self._listener.on_trouble, sentence))

    def _settle(self, group: list[Operation], outcomes: Sequence[Exception | None]) -> None:
        if group:
            self._call_soon(partial(self._answer, group, outcomes))

    def _call_soon(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # The loop was closed without us: nobody waits any more.
            self._loop.call_soon_threadsafe(call)

    # On the loop again

    def _answer(self, group: list[Operation], outcomes: Sequence[Exception | None]) -> None:
        self._listener.on_stored([one.change for one in group if isinstance(one, Write)])
        for operation, error in zip(group, outcomes, strict=True):
            if operation.future.done():
                continue  # Its caller was cancelled meanwhile.
            if error is None:
                operation.future.set_result(None)
            else:
                operation.future.set_exception(error)


def _must_be_kept(operation: Operation) -> bool:
    """Whether this tells of what happened; what was asked for can be asked for again."""
    if isinstance(operation, Deletion):
        return False
    change = operation.change
    return bool(change.runs) or not (change.tasks or change.removed_tasks or change.facts)


def _groups(operations: list[Operation]) -> Iterator[list[Operation]]:
    """The same in order, gathered to what shares a transaction."""
    group: list[Operation] = []
    for operation in operations:
        is_alone = isinstance(operation, Deletion)
        if group and (is_alone or isinstance(group[0], Deletion) or len(group) == _GROUP):
            yield group
            group = []
        group.append(operation)
    if group:
        yield group
