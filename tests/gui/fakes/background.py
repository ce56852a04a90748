"""What programs do in the background, as the agent tells of it."""

from __future__ import annotations

import msgspec

from bgtasks_gui.wire.background import (
    AccessView,
    BackgroundView,
    BudgetView,
    ContinuousView,
    DelayView,
    HoldView,
    ModeCheckView,
)
from tests.gui.support import views


def check(
    mode: str = "dataTransfer", used: bool | None = True, said: str = "It moves 12 MB/s."
) -> ModeCheckView:
    return ModeCheckView(mode=mode, used=used, sentence=said)


def continuous(number: int = 1, **changes: object) -> ContinuousView:
    known = ContinuousView(
        id=number, owner="org.example.Sync", ability="main", run_id=None, modes=("dataTransfer",),
        title="Syncing photos", text="2,140 of 3,900 files", slot_type=1, content_type=0,
        notification_id=number, started_at=views.stamp(0), keeps_awake=False, checks=(check(),),
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def delay(number: int = 1, **changes: object) -> DelayView:
    known = DelayView(
        request_id=number, owner="org.example.Editor", reason="Saving the document", callback="a",
        run_id=None, requested_at=views.stamp(560), ends_at=views.stamp(740),
        actual_delay_time=180_000, remaining=140_000,
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def budget(used_s: float = 252.0, *open_: DelayView, **changes: object) -> BudgetView:
    known = BudgetView(
        owner="org.example.Editor", used_s=used_s, limit_s=600.0,
        frees_at=views.stamp(2400) if used_s else None, open=open_,
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def access(owner: str = "org.example.Sync", **changes: object) -> AccessView:
    known = AccessView(owner=owner, keep_running=True, modes=("dataTransfer", "audioPlayback"))
    return msgspec.structs.replace(known, **changes)


def hold(**changes: object) -> HoldView:
    known = HoldView(
        what="sleep:shutdown", why="Home backup is running.", since=views.stamp(0), is_held=True
    )
    return msgspec.structs.replace(known, **changes)


def background(**changes: object) -> BackgroundView:
    known = BackgroundView(continuous=(), budgets=(), access=(), holds=())
    return msgspec.structs.replace(known, **changes)
