"""Removed tasks, kept in memory for a while so that a removal can be undone."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from bgtasks_gui.core import ports

#: Removed tasks that can come back; older ones are gone for good.
MOST: Final = 100


class Removals:
    """The tasks that were removed last, whole, with their environment and secrets.

    Nothing of them is on disk any more, so they are gone when the agent ends.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, ports.Standing] = OrderedDict()

    def keep(self, removed: ports.Standing) -> None:
        """Keep a task as it stood when it was removed."""
        self._kept[removed.task.id] = removed
        self._kept.move_to_end(removed.task.id)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def find(self, task_id: str) -> ports.Standing | None:
        return self._kept.get(task_id)

    def forget(self, task_id: str) -> None:
        self._kept.pop(task_id, None)
