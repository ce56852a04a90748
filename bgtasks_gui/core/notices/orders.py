"""What the desk wants done: shown, taken down, kept back, or done to a run."""

from __future__ import annotations

import msgspec

from bgtasks_gui.core import reasons
from bgtasks_gui.core.notices import notice


class Show(msgspec.Struct, frozen=True, kw_only=True):
    """Show a notice, or put it in place of the one of the same key."""

    notice: notice.Notice
    #: One of this key is up.
    is_update: bool = False
    #: Only its figures moved: of use where that makes no new pop-up.
    moves_only: bool = False


class Withdraw(msgspec.Struct, frozen=True, kw_only=True):
    """Take a notice down wherever it is shown, and note what became of it."""

    key: str
    outcome: notice.Outcome


class HoldBack(msgspec.Struct, frozen=True, kw_only=True):
    """Do not show it, but note that there was one."""

    notice: notice.Notice
    #: One sentence.
    why: str


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Do what the person asked for."""

    action: notice.Action
    #: None for several runs at once (a digest): show the window.
    run_id: str | None = None
    task_id: str | None = None
    #: The continuous task of a program that is meant.
    continuous_id: int | None = None
    #: Why a cancel is asked for, where that is not the plain wish of a person.
    reason: reasons.Code | None = None
    #: What lets a window come to the front for it; None where the desktop gave nothing.
    token: str | None = None


Order = Show | Withdraw | HoldBack | Act
