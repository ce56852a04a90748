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
        #: What waits for an answer, by id; asked last is told.
        self._words: dict[str, list[str]] = {}

    def words(self, *ids: str) -> str:
        """The mark of the first of these that has one."""
        return next((self._words[one][-1] for one in ids if one in self._words), "")

    def mark(self, ids: frozenset[str], words: str) -> None:
        for one in ids:
            self._words.setdefault(one, []).append(words)
        self.changed.emit(ids)

    def clear(self, ids: frozenset[str], words: str) -> None:
        """Take away the mark with these words; another question may still be open."""
        known = frozenset(one for one in ids if words in self._words.get(one, ()))
        for one in known:
            self._words[one].remove(words)
            if not self._words[one]:
                del self._words[one]
        if known:
            self.changed.emit(known)
