"""Copies the write-ahead log back into the database, on a thread of its own.

Copying waits for the disk, up to a second on a slow one. The writer only ever appends.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from bgtasks_gui.store import database

_log = logging.getLogger(__name__)

#: Changed rows after which copying is worth its while, some 5 MiB of log. When all of it was
#: copied the writer begins the log anew, which makes it wait for the disk once: so not too often.
ROWS_BETWEEN: Final = 8000
#: A transaction writes whole pages; by itself it counts as so many rows.
ROWS_OF_TRANSACTION: Final = 8


def _do_nothing() -> None:
    """Stands for nobody who waits."""


class Checkpointer:
    """Copies whenever it is asked to; what was asked meanwhile is one copy."""

    def __init__(self, connection: database.Connection) -> None:
        self._connection = connection
        self._asked: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="store-checkpoints", daemon=True)
        self._thread.start()

    def ask(self, then: Callable[[], None] = _do_nothing) -> None:
        """Copy what the log holds, and call back on this thread; does not wait."""
        self._asked.put(then)

    def close(self) -> None:
        """Stop, after what was asked so far."""
        self._asked.put(None)
        self._thread.join()
        self._connection.close()

    def _serve(self) -> None:
        asked: list[Callable[[], None] | None] = []
        while None not in asked:
            asked = [self._asked.get()]
            with suppress(queue.Empty):
                while True:
                    asked.append(self._asked.get_nowait())
            waiting = [then for then in asked if then is not None]
            if waiting:
                self._copy()
            for then in waiting:
                then()

    def _copy(self) -> None:
        try:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except database.Error as error:
            # The log keeps everything meanwhile, and the writer meets the same trouble.
            _log.warning("the log was not copied: %s", error, extra={"action": "checkpoint"})
