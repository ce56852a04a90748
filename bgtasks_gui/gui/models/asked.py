"""What was asked of the agent and is not confirmed yet: told at once, and never as done."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Asked(QObject):
    """Marks on tasks and runs: "asked to cancel".

    Signals: `changed` with the ids whose mark came or went.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: dict[str, str] = {}

    def words(self, *ids: str) -> str:
        """The mark of the first of these that has one."""
        return next((self._words[one] for one in ids if one in self._words), "")

    def mark(self, ids: frozenset[str], words: str) -> None:
        self._words.update(dict.fromkeys(ids, words))
        self.changed.emit(ids)

    def clear(self, ids: frozenset[str]) -> None:
        known = ids & self._words.keys()
        for one in known:
            del self._words[one]
        if known:
            self.changed.emit(known)
