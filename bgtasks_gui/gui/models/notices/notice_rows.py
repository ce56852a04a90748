"""The list of notices: what the person was told, what became of it, and where it was shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.gui.models.columns import Column, Words
from bgtasks_gui.gui.models.notices import speaking
from bgtasks_gui.wire import shapes
from bgtasks_gui.wire import times as stamps
from bgtasks_gui.wire.notices import NoticeView

#: What became of a notice, in words.
OUTCOMES: Final[dict[str, str]] = {
    "added": "Shown",
    "removed": "Dismissed",
    "expired": "Expired",
    "cleared": "Taken down",
    "held_back": "Held back",
}
_HELD_BACK: Final = "held_back"
#: The shape of each kind, as a key of `states.SHAPES`, and what it says to those who do not
#: see it.
_KINDS: Final[dict[str, tuple[str, str]]] = {
    "live": ("running", "Goes on"),
    "failed": ("failed", "Failed"),
    "needs_you": ("needs_you", "Needs you"),
    "warning": ("warning", "Near a limit"),
    "ended": ("completed", "Done"),
    "digest": ("digest", "Several at once"),
}
_OTHER: Final = ("told", "Notice")
#: What was shown for less than this was taken away at once, whoever did it.
_AT_ONCE: Final = timedelta(seconds=1)


class NoticeRow:
    """A notice."""

    __slots__ = ("haystack", "id", "notice", "run", "state")

    def __init__(self, notice: NoticeView) -> None:
        self.id = notice.id
        self.notice = notice
        #: What is counted and filtered by: the outcome.
        self.state = notice.outcome
        self.run: shapes.RunView | None = None
        said = (notice.title, notice.body, notice.group, *outcome(notice))
        self.haystack = "\n".join(said).casefold()


def outcome(notice: NoticeView) -> tuple[str, str]:
    """What became of it, in a word or two, and why or when."""
    word = OUTCOMES.get(notice.outcome, text.one_line(notice.outcome).capitalize())
    if notice.outcome == _HELD_BACK:
        return word, text.one_line(notice.held_because or "")
    if not _tellers(notice):
        return "Not shown", "No service was there to show it."
    return word, "" if notice.outcome == "added" else _after(notice)


def columns(titles: Mapping[str, str]) -> tuple[Column[NoticeRow], ...]:
    """What is said of notices; `titles` are those of the surfaces by their names, as known now."""

    def shown_by(row: NoticeRow, _now: datetime) -> Words:
        names = (titles.get(one, one) for one in _tellers(row.notice))
        return Words(text.one_line(", ".join(names)))

    return (
        Column(
            name="notice", title="Notice", look="name", width=0, words=_notice, is_text=True,
            key=lambda row: row.notice.title.casefold(), is_optional=False,
            depends_on=frozenset({"title", "body", "kind", "outcome"}),
        ),
        Column(
            name="outcome", title="Outcome", look="words", width=230, words=_outcome, importance=3,
            key=lambda row: outcome(row.notice)[0], is_text=True,
            depends_on=frozenset({"outcome", "changed_at", "held_because", "surfaces"}),
        ),
        Column(
            name="surfaces", title="Shown by", look="words", width=180, words=shown_by,
            key=lambda row: ", ".join(_tellers(row.notice)) or None, is_text=True, importance=1,
            depends_on=frozenset({"surfaces"}),
        ),
        Column(
            name="when", title="When", look="words", width=140, words=_when, importance=2,
            key=lambda row: row.id, is_text=True, depends_on=frozenset({"at"}),
        ),
    )  # fmt: skip


def _tellers(notice: NoticeView) -> list[str]:
    """Surfaces that told it; that a count on an icon was there besides is no news."""
    return [one for one in notice.surfaces if one not in speaking.BESIDE]


def _notice(row: NoticeRow, _now: datetime) -> Words:
    notice = row.notice
    state, meaning = _KINDS.get(notice.kind, _OTHER)
    if notice.kind == "live" and notice.outcome != "added":
        # The work may go on, but this is not where one sees it.
        state = "told"
    title, body = text.one_line(notice.title), text.one_line(notice.body)
    return Words(title, body, state=state, meaning=meaning)


def _outcome(row: NoticeRow, _now: datetime) -> Words:
    return Words(*outcome(row.notice))


def _after(notice: NoticeView) -> str:
    """For how long it was shown."""
    shown = stamps.parse(notice.changed_at) - stamps.parse(notice.at)
    if shown < _AT_ONCE:
        return "at once"
    return f"after {times.length(_rounded(shown))}"


def _rounded(shown: timedelta) -> float:
    seconds = shown.total_seconds()
    # From a minute on seconds are noise.
    return round(seconds) if seconds < 60 else 60 * round(seconds / 60)


def _when(row: NoticeRow, now: datetime) -> Words:
    said = times.when(row.notice.at, now)
    return Words(f"{said[:1].upper()}{said[1:]}")
