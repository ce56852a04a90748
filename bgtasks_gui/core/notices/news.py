"""News: what is told once, gathered so that much at once is one notice, and kept for later."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.core.notices import figures, notice, orders, rules

_K = notice.Kind
#: While news goes on coming it is gathered for so many windows at most.
MOST_WINDOWS: Final = 10
#: Pieces of news in a minute; with more there is a digest, and it grows.
MOST_A_MINUTE: Final = 10
_RECENT: Final = timedelta(minutes=1)
#: Of what is not told yet so many runs are known by name, the newest.
MOST_UNTOLD: Final = 1000
#: Single notices that are up at most; the oldest give way.
MOST_UP: Final = 50
QUIET: Final = "Quiet hours."
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_AFTER: Final = "During quiet hours"
#: Of one task only the newest of these is up.
_ONE_EACH: Final = frozenset({_K.FAILED, _K.ENDED, _K.WARNING})
#: In which they are told, the weightiest first.
_ORDER: Final = (_K.FAILED, _K.NEEDS_YOU, _K.WARNING, _K.ENDED)
_WORDS: Final = {
    _K.FAILED: "Failed",
    _K.NEEDS_YOU: "Need you",
    _K.WARNING: "Warnings",
    _K.ENDED: "Done",
}


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


@dataclasses.dataclass(frozen=True)
class _Piece:
    told: notice.Notice
    name: str


class News:
    """What waits to be told, and what of it is up."""

    def __init__(self) -> None:
        self._pending: dict[str, _Piece] = {}
        #: When the first of them came. Of no meaning while there is none.
        self._first_at = _LONG_AGO
        self._held = Tally()
        #: Those of the held ones that may cease to be news: kind and name by key.
        self._held_open: dict[str, tuple[notice.Kind, str]] = {}
        #: The runs of what is held.
        self._held_runs: tuple[str, ...] = ()
        self._is_untold_new = False
        self._up: dict[str, notice.Notice] = {}
        #: The latest digest, which goes on growing for a while, and how many there were.
        self._digest, self._digest_key, self._digest_at = Tally(), "", _LONG_AGO
        self._digests = 0
        #: When the latest pieces were told.
        self._lately: list[datetime] = []
        self._due_at: datetime | None = None

    @property
    def up(self) -> dict[str, notice.Notice]:
        """What is shown, by key."""
        return self._up

    @property
    def next_at(self) -> datetime | None:
        """When what is gathered will be told."""
        return self._due_at

    def take_untold(self) -> tuple[str, ...] | None:
        """The runs of what waits or is held, oldest first; None where that did not change."""
        if not self._is_untold_new:
            return None
        self._is_untold_new = False
        return self._with_pending()

    def add(self, told: notice.Notice, name: str, now: datetime, how: rules.Rules) -> None:
        """Tell this soon. One of the same key that is not told yet gives way."""
        if not self._pending:
            self._first_at = now
        self._pending[told.key] = _Piece(told, name)
        self._is_untold_new = True
        window = timedelta(seconds=how.burst_s)
        self._due_at = min(now + window, self._first_at + window * MOST_WINDOWS)

    def retract(self, key: str) -> Iterator[orders.Order]:
        """It is not true any more: not told, or taken down."""
        self._pending.pop(key, None)
        if not self._pending:
            self._due_at = None
        held = self._held_open.pop(key, None)
        if held is not None:
            self._held.drop(*held)
        if key in self._up:
            yield self.close(key, notice.Outcome.CLEARED)

    def forget_task(self, task_id: str) -> Iterator[orders.Order]:
        """A task is gone: what is told of it stays true, but it cannot be run again."""
        for key, piece in self._pending.items():
            if piece.told.task_id == task_id:
                self._pending[key] = dataclasses.replace(piece, told=_at_an_end(piece.told))
        for key, told in self._up.items():
            if told.task_id == task_id and (after := _at_an_end(told)) != told:
                self._up[key] = after
                yield orders.Show(notice=after, is_update=True)

    def close(self, key: str, outcome: notice.Outcome) -> orders.Order:
        """Take down what is up."""
        del self._up[key]
        return orders.Withdraw(key=key, outcome=outcome)

    def settle(self, now: datetime, how: rules.Rules, is_quiet: bool) -> Iterator[orders.Order]:
        """What is to be told now."""
        if is_quiet:
            yield from self._hold()
            return
        if self._held.total:
            held, self._held, self._held_open = self._held, Tally(), {}
            self._held_runs, self._is_untold_new = (), True
            yield from self._show(held.only or held.sum_up(self._next_key(), now, _AFTER))
        # Not before the first either: a clock that was set back shall not keep it for hours.
        if self._due_at is not None and not self._first_at <= now < self._due_at:
            yield from self._flush(now, how)

    def _flush(self, now: datetime, how: rules.Rules) -> Iterator[orders.Order]:
        pieces, self._pending, self._due_at = list(self._pending.values()), {}, None
        self._is_untold_new = True
        lately = [at for at in self._lately if at <= now < at + _RECENT]
        is_much = len(pieces) > how.most_single or len(lately) + len(pieces) > MOST_A_MINUTE
        self._lately = [*lately, *(now for _ in pieces)][-MOST_A_MINUTE:]
        if is_much:
            yield from self._sum_up(pieces, now)
            return
        for piece in pieces:
            yield from self._show(piece.told)

    def _sum_up(self, pieces: list[_Piece], now: datetime) -> Iterator[orders.Order]:
        if (
            self._digest_key not in self._up
            or not self._digest_at <= now < self._digest_at + _RECENT
        ):
            self._digest, self._digest_key = Tally(), self._next_key()
        self._digest_at = now
        for piece in pieces:
            self._digest.add(piece.told, piece.name)
            if piece.told.key in self._up:
                # The digest tells the newer state of it.
                yield self.close(piece.told.key, notice.Outcome.CLEARED)
        yield from self._show(self._digest.sum_up(self._digest_key, now))

    def _with_pending(self) -> tuple[str, ...]:
        waiting = (piece.told.run_id for piece in self._pending.values())
        found = dict.fromkeys((*self._held_runs, *(run for run in waiting if run is not None)))
        return tuple(found)[-MOST_UNTOLD:]

    def _hold(self) -> Iterator[orders.Order]:
        if self._pending:
            self._held_runs = self._with_pending()
        for key, piece in self._pending.items():
            yield orders.HoldBack(notice=piece.told, why=QUIET)
            known = self._held_open.pop(key, None)
            if known is not None:
                self._held.drop(*known)
            if key in self._up:
                # What is up of it says an older state.
                yield self.close(key, notice.Outcome.CLEARED)
            self._held.add(piece.told, piece.name)
            if piece.told.kind not in (_K.FAILED, _K.ENDED):
                self._held_open[key] = piece.told.kind, piece.name
        self._pending, self._due_at = {}, None

    def _show(self, told: notice.Notice) -> Iterator[orders.Order]:
        is_update = told.key in self._up
        for key, other in list(self._up.items()):
            is_older = other.kind in _ONE_EACH and other.kind is told.kind and key != told.key
            if is_older and other.task_id == told.task_id:
                yield self.close(key, notice.Outcome.CLEARED)
        if not is_update and len(self._up) >= MOST_UP:
            yield self.close(next(iter(self._up)), notice.Outcome.EXPIRED)
        self._up[told.key] = told
        yield orders.Show(notice=told, is_update=is_update)

    def _next_key(self) -> str:
        self._digests += 1
        return f"digest:{self._digests}"


def _at_an_end(told: notice.Notice) -> notice.Notice:
    left = tuple(one for one in told.actions if one is not notice.Action.RETRY)
    return msgspec.structs.replace(told, actions=left)
