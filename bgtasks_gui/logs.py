"""The agent's own log: one line an event, with its action and ids, in one rotating file."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import time
from pathlib import Path

#: The log file turns over at this size; one older file is kept.
MAX_BYTES = 2 * 1024 * 1024

_EXTRAS = ("action", "task_id", "run_id")


class LineFormatter(logging.Formatter):
    """Time, level, logger, message, then `key=value` for what the call names.

    Further lines of a message (a traceback) are indented, so that no message can look like
    another entry. Times are the computer's own with their offset.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        first, *rest = super().format(record).splitlines() or [""]
        extras = [f"{key}={getattr(record, key)}" for key in _EXTRAS if hasattr(record, key)]
        return "\n    ".join([" ".join([first, *extras]), *rest])

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        local = time.localtime(record.created)
        clock = time.strftime("%Y-%m-%dT%H:%M:%S", local)
        return f"{clock}.{int(record.msecs):03}{time.strftime('%z', local)}"


def set_up(file: Path | None, *, level: int = logging.INFO) -> None:
    """Send the log to a file, or to standard error where `file` is None."""
    target: logging.Handler
    if file is None:
        target = logging.StreamHandler(sys.stderr)
    else:
        target = logging.handlers.RotatingFileHandler(
            file, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    target.setFormatter(LineFormatter())
    root = logging.getLogger()
    before, root.handlers[:] = list(root.handlers), [target]
    for old in before:
        old.close()
    root.setLevel(level)
