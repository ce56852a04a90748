"""The list of downloads and uploads: what it knows of each, and what its columns say."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from bgtasks_gui.client.phrases import runs as run_phrases
from bgtasks_gui.client.phrases import text, times, transfers
from bgtasks_gui.core import durations, reasons, runs
from bgtasks_gui.gui.models import states, task_rows
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.columns import Column, Words
from bgtasks_gui.wire import codec, shapes
from bgtasks_gui.wire import times as stamps

_S = runs.RunState
_ALL: Final = frozenset(shapes.RunView.__struct_fields__)
_PROGRESS: Final = frozenset({"progress", "state"})
_EXPIRED: Final = reasons.Code.ADDRESS_EXPIRED
#: By kind: the icon of its direction, and what that says.
WAYS: Final = {"download": ("arrow-down", "Download"), "upload": ("arrow-up", "Upload")}
#: States whose sentence is coloured: something can be done, or is waited for.
_CALLS: Final = frozenset({"needs_you", "failed", "waiting", "canceling", "pending", "missed"})


class Place(NamedTuple):
    """Between where and where a transfer goes, as its task was registered."""

    url: str = ""
    #: Path of the file or folder on this computer; "" is not known.
    path: str = ""

    @property
    def host(self) -> str:
        try:
            return urlsplit(self.url).netloc.rpartition("@")[2]
        except ValueError:
            return ""


def place_of(task: shapes.TaskView | None) -> Place:
    """What the payload of a task says of it."""
    payload = {} if task is None else codec.plain(task.payload)
    if not isinstance(payload, dict):
        return Place()
    path = payload.get("file") or payload.get("to") or ""
    return Place(str(payload.get("url") or ""), str(path))


class TransferRow:
    """A run that moves a file."""

    __slots__ = ("haystack", "id", "place", "run", "state")

    def __init__(self, run: shapes.RunView, place: Place) -> None:
        self.id = run.id
        self.run = run
        self.place = place
        self.state = states.of_transfer(run)
        why = task_rows.why_of(run)
        self.haystack = f"{run.task_name}\n{why}\n{place.url}\n{place.path}\n{run.kind}".casefold()


def columns(asked: Asked) -> tuple[Column[TransferRow], ...]:
    """What is said of downloads and uploads."""

    def name(row: TransferRow, now: datetime) -> Words:
        said, role = asked.words(row.id), states.APPEARANCES[row.state].role
        if not said:
            said = note(row, now)
            role = role if row.state in _CALLS else "second"
        icon, meaning = WAYS[row.run.kind]
        return Words(text.one_line(row.run.task_name), said, role, row.state, icon, meaning)

    return (
        Column(
            name="name", title="Transfer", look="name", width=0, words=name, is_text=True,
            key=lambda row: row.run.task_name.casefold(), is_optional=False, depends_on=_ALL,
        ),
        Column(
            name="progress", title="Progress", look="progress", width=220, importance=4,
            words=lambda row, now: progress_words(row.run), is_live=True,
            key=lambda row: task_rows.fraction_of(row.run), depends_on=_PROGRESS,
        ),
        Column(
            name="speed", title="Speed", look="figures", width=110, importance=3,
            words=lambda row, now: Words(speed(row.run)), is_live=True, is_right=True,
            key=lambda row: task_rows.rate_of(row.run), depends_on=_PROGRESS,
        ),
        Column(
            name="left", title="Left", look="figures", width=110, importance=2,
            words=lambda row, now: Words(left(row.run)), is_live=True, is_right=True,
            key=lambda row: _eta(row.run), depends_on=_PROGRESS,
        ),
        Column(
            name="added", title="Asked for", look="words", width=160, importance=1, is_text=True,
            words=_added, key=lambda row: row.id, depends_on=frozenset({"triggered_at"}),
        ),
    )  # fmt: skip


# The second line


def note(row: TransferRow, now: datetime) -> str:
    """The most important thing to say of a transfer, as it stands now."""
    run = row.run
    if run.state is _S.RUNNING:
        return _moving(row)
    if run.state is _S.COMPLETED:
        return _complete(row, now)
    if run.state is _S.WAITING and run.retry_at is not None:
        why, is_due = _because(run.reason), stamps.parse(run.retry_at) <= now
        again = "Tries again now" if is_due else f"Tries again {times.when(run.retry_at, now)}"
        return text.one_line(f"{again}: {why}" if why else again)
    reason = run.reason
    if run.state is _S.SUSPENDED and reason is not None and reason.code == _EXPIRED:
        return text.one_line(f"Needs a new address: {reason.detail or _because(reason)}")
    said = task_rows.live_note(run, now)
    return f"{said[:1].upper()}{said[1:]}"


def _moving(row: TransferRow) -> str:
    known = row.run.progress
    if known is not None and known.message:
        return text.one_line(f"{known.message[:1].upper()}{known.message[1:]}")
    # Which way is said by the icon before the name.
    word = "To" if row.run.kind == "upload" else "From"
    return text.one_line(f"{word} {row.place.host}") if row.place.host else "Moving"


def _complete(row: TransferRow, now: datetime) -> str:
    run = row.run
    when = times.when(run.completed_at or run.triggered_at, now)
    where = f" to {row.place.host}" if run.kind == "upload" and row.place.host else ""
    path = transfers.path_of(run)
    where = f" as {path}" if path else where
    return text.one_line(f"Complete {when}{where}")


def _because(reason: shapes.ReasonView | None) -> str:
    """ "the connection failed", of "Waiting: the connection failed."."""
    return "" if reason is None else reason.sentence.partition(": ")[2].rstrip(".")


# Figures


def progress_words(run: shapes.RunView) -> Words:
    """ "45 %" and "12 of 100 MiB"; of one that has ended how much there is."""
    if run.state is _S.COMPLETED:
        much = run.progress.done if run.progress is not None else _size(run)
        return Words("" if much is None else durations.say_size(round(much)))
    if run.state in runs.ENDED:
        return Words("" if run.progress is None else run_phrases.amount(run.progress))
    return task_rows.progress_words(run)


def _size(run: shapes.RunView) -> float | None:
    return None if run.receipt is None else run.receipt.done


def speed(run: shapes.RunView) -> str:
    is_moving = run.state is _S.RUNNING and run.progress is not None
    return run_phrases.rate(run.progress) if is_moving and run.progress is not None else ""


def left(run: shapes.RunView) -> str:
    eta = _eta(run)
    return "" if eta is None else times.length(max(eta, 1.0))


def _eta(run: shapes.RunView) -> float | None:
    if run.progress is None or run.state is not _S.RUNNING:
        return None
    return run.progress.eta


def _added(row: TransferRow, now: datetime) -> Words:
    when = times.when(row.run.triggered_at, now)
    return Words(f"{when[:1].upper()}{when[1:]}", text.one_line(run_phrases.trigger(row.run)))
