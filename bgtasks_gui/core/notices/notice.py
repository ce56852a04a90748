"""A notice: what the person is told, and what they can do from it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Literal

import msgspec


class Kind(enum.StrEnum):
    """What a notice is about."""

    #: Long work, for as long as it goes on.
    LIVE = "live"
    #: A run failed, or was ended by something else than the person.
    FAILED = "failed"
    #: It goes on only when the person does something.
    NEEDS_YOU = "needs_you"
    #: A run comes near a limit of its task (wishes W9).
    WARNING = "warning"
    #: A run completed, where its task asks for that.
    ENDED = "ended"
    #: Several at once, in one.
    DIGEST = "digest"


class Action(enum.StrEnum):
    """What a person can do from a notice; each is a verb of its run."""

    #: The default, a click on the notice itself: the window at this run.
    SHOW = "show"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    OPEN_FILE = "open_file"
    OPEN_FOLDER = "open_folder"
    #: Run it again.
    RETRY = "retry"
    #: Answer that a missed time shall run.
    RUN = "run"
    #: Say it again later.
    SNOOZE = "snooze"


#: The label of each button.
LABELS: dict[Action, str] = {
    Action.SHOW: "Show",
    Action.SUSPEND: "Suspend",
    Action.RESUME: "Resume",
    Action.CANCEL: "Cancel",
    Action.OPEN_FILE: "Open",
    Action.OPEN_FOLDER: "Open folder",
    Action.RETRY: "Retry",
    Action.RUN: "Run now",
    Action.SNOOZE: "Remind me later",
}

Urgency = Literal["low", "normal", "critical"]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is told. A notice of the same key takes the place of the one before."""

    #: "live:RUN", "failed:RUN", "digest:7", "continuous:3".
    key: str
    kind: Kind
    at: datetime
    title: str
    #: Plain text, whole without any hint: figures are in it ("65 % of 1.2 GB, 38 MB/s").
    body: str
    #: The text without figures that move, where there are any: for whoever shows a notice once.
    still: str = ""
    task_id: str | None = None
    run_id: str | None = None
    #: Of a live notice that stands for a continuous task of a program.
    continuous_id: int | None = None
    group: str = ""
    #: Buttons, the most useful first; SHOW is not among them.
    actions: tuple[Action, ...] = ()
    #: How far it has come, 0 to 1; None where that is not known.
    fraction: float | None = None
    #: Amounts behind the fraction and their unit ("bytes"), for surfaces that show them.
    done: float | None = None
    total: float | None = None
    unit: str = ""
    rate: float | None = None
    is_suspended: bool = False
    urgency: Urgency = "normal"
    #: Stays until it is withdrawn or dismissed.
    is_resident: bool = False
    #: Whether to dismiss it ends its work (concepts R104).
    ends_work: bool = False
    #: freedesktop's category ("transfer", "transfer.error", "transfer.complete", ...).
    category: str = ""


def at_rest(told: Notice) -> Notice:
    """The notice for a surface on which figures do not move: there they would soon be wrong."""
    return msgspec.structs.replace(told, body=told.still) if told.still else told


class Outcome(enum.StrEnum):
    """What became of a notice (concepts R84), in the words of the history."""

    ADDED = "added"
    #: The person dismissed it, or it led to an action.
    REMOVED = "removed"
    #: The desktop took it down after a while.
    EXPIRED = "expired"
    #: Taken back from here, since it is not true any more.
    CLEARED = "cleared"
    #: Never shown.
    HELD_BACK = "held_back"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A notice in the history of notices."""

    #: Time-ordered uuid.
    id: str
    notice: Notice
    outcome: Outcome
    #: When it became that.
    changed_at: datetime
    #: Names of the surfaces that show or showed it.
    surfaces: tuple[str, ...] = ()
    #: Why it was held back, in one sentence.
    held_because: str | None = None
