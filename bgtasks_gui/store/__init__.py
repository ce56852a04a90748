"""What survives: one SQLite file, one thread that writes to it and one that reads."""

from __future__ import annotations

from bgtasks_gui.store.store import SqliteStore

__all__ = ["SqliteStore"]
