"""Many pieces of news counted, and the one notice that tells of them."""

from __future__ import annotations

from datetime import datetime

from bgtasks_gui.core.notices import figures, notice

_K = notice.Kind


class Tally:
    """How many of each kind, and of whom. Grows with the number of tasks, not with that of news."""

    def __init__(self) -> None:
        self._counted: dict[notice.Kind, dict[str, int]] = {}
        #: The first one, as long as it is alone.
        self._only: notice.Notice | None = None
        #: Of what failed: the run, while it is one alone.
        self._failed_run: str | None = None

    @property
    def total(self) -> int:
        return sum(self.count(kind) for kind in self._counted)

    @property
    def only(self) -> notice.Notice | None:
        """The one that is all of it; None where there are or were more."""
        return self._only if self.total == 1 else None

    def count(self, kind: notice.Kind) -> int:
        return sum(self._counted.get(kind, {}).values())

    def add(self, told: notice.Notice, name: str) -> None:
        """Count one of this name."""
        self._only = told if not self._counted else None
        names = self._counted.setdefault(told.kind, {})
        names[name] = names.get(name, 0) + 1
        if told.kind is _K.FAILED:
            self._failed_run = told.run_id if self.count(_K.FAILED) == 1 else None

    def drop(self, kind: notice.Kind, name: str) -> None:
        """One of these is no news any more."""
        names = self._counted[kind]
        names[name] -= 1
        if not names[name]:
            del names[name]
        if not names:
            del self._counted[kind]

    def sum_up(self, key: str, now: datetime, where: str = "") -> notice.Notice:
        """One notice for all of them; `where` begins its text ("During quiet hours")."""
        failed, needing = self.count(_K.FAILED), self.count(_K.NEEDS_YOU)
        said = [part for part in (self._names(kind) for kind in _ORDER) if part]
        # Where all are of one kind, the title has said which.
        body = said[0].partition(": ")[2] if len(said) == 1 else ". ".join(said)
        return notice.Notice(
            key=key,
            kind=_K.DIGEST,
            at=now,
            title=self._title(),
            body=f"{where}: {body}." if where else f"{body}.",
            # A click leads to the error where there is one (wishes W26).
            run_id=self._failed_run,
            urgency="normal" if failed or needing else "low",
            is_resident=bool(failed or needing),
        )

    def _names(self, kind: notice.Kind) -> str:
        found = self._counted.get(kind)
        return f"{_WORDS[kind]}: {figures.names(found)}" if found else ""

    def _title(self) -> str:
        """ "12 runs ended, 3 failed, 2 need you": what failed is never told as done."""
        failed, needing = self.count(_K.FAILED), self.count(_K.NEEDS_YOU)
        warned, over = self.count(_K.WARNING), failed + self.count(_K.ENDED)
        parts = []
        if over:
            runs = "1 run" if over == 1 else f"{over} runs"
            parts.append(f"{runs} failed" if failed == over else f"{runs} ended")
        if 0 < failed < over:
            parts.append(f"{failed} failed")
        if needing:
            parts.append(f"{needing} {'needs' if needing == 1 else 'need'} you")
        if warned:
            parts.append(f"{warned} {'warning' if warned == 1 else 'warnings'}")
        return ", ".join(parts)


#: In which they are told, the weightiest first.
_ORDER = (_K.FAILED, _K.NEEDS_YOU, _K.WARNING, _K.ENDED)
_WORDS = {
    _K.FAILED: "Failed",
    _K.NEEDS_YOU: "Need you",
    _K.WARNING: "Warnings",
    _K.ENDED: "Done",
}
