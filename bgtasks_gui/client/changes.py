"""What changed in the mirror: ids and field names, so that views touch nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bgtasks_gui.wire import shapes

#: Ids, each with the fields that have another value now. The field "id" marks a new one.
Fields = Mapping[str, frozenset[str]]

_ID = "id"


@dataclass(frozen=True, kw_only=True)
class Changes:
    """One step from an older picture to a newer one."""

    tasks: Fields = field(default_factory=dict)
    runs: Fields = field(default_factory=dict)
    removed_tasks: frozenset[str] = frozenset()
    #: Runs that are no longer among the newest ended ones, or are not known any more.
    removed_runs: frozenset[str] = frozenset()
    #: Runs that ended and have no place among the newest ended ones, as they ended.
    passing: Mapping[str, shapes.RunView] = field(default_factory=dict)
    #: Everything must be read anew.
    resync: bool = False
    #: Runs whose log grew.
    printed: frozenset[str] = frozenset()
    #: Runs that came near a limit of their task, with the sentence.
    warnings: Mapping[str, str] = field(default_factory=dict)
    #: Facts of the machine, the pause of everything, or what programs do, changed.
    system: bool = False
    #: The person was told something, or was not: the history of notices has more.
    notices: bool = False
    #: The agent was reached (True) or lost (False) just now; None is "as before".
    connected: bool | None = None
    #: Why it is not reached, as a sentence.
    trouble: str | None = None

    def __bool__(self) -> bool:
        return self != _NOTHING

    def then(self, later: Changes) -> Changes:
        """Both steps as one."""
        return merge((self, later))


_NOTHING = Changes()


def merge(steps: Iterable[Changes]) -> Changes:
    """Several steps as one, oldest first. What came and went in between is not told."""
    tasks, runs = _Joined(), _Joined()
    printed: set[str] = set()
    warnings: dict[str, str] = {}
    passing: dict[str, shapes.RunView] = {}
    rest = _NOTHING
    for step in steps:
        tasks.add(step.tasks, step.removed_tasks)
        runs.add(step.runs, step.removed_runs)
        printed |= step.printed
        warnings.update(step.warnings)
        passing.update(step.passing)
        connection = rest if step.connected is None else step
        rest = Changes(
            resync=rest.resync or step.resync,
            system=rest.system or step.system,
            notices=rest.notices or step.notices,
            connected=connection.connected,
            trouble=connection.trouble,
        )
    return replace(
        rest,
        tasks=tasks.changed,
        runs=runs.changed,
        removed_tasks=frozenset(tasks.removed),
        removed_runs=frozenset(runs.removed),
        printed=frozenset(printed),
        warnings=warnings,
        passing=passing,
    )


class _Joined:
    """What became of each id over several steps."""

    def __init__(self) -> None:
        self.changed: dict[str, frozenset[str]] = {}
        self.removed: set[str] = set()

    def add(self, changed: Fields, removed: frozenset[str]) -> None:
        for one, names in changed.items():
            # Removed and back again: the reader still shows it, so to the reader it is not new.
            fresh = names - {_ID} if one in self.removed else names
            self.removed.discard(one)
            self.changed[one] = self.changed.get(one, frozenset()) | fresh
        for one in removed:
            if _ID not in self.changed.pop(one, frozenset()):
                self.removed.add(one)
