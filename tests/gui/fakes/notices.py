"""Notices as the agent tells of them, told apart by a number; higher is later."""

from __future__ import annotations

import msgspec

from bgtasks_gui.wire.notices import NoticeView, SurfaceView, TellingView
from tests.fakes import samples
from tests.gui.support import views


def notice(number: int = 1, outcome: str = "added", **changes: object) -> NoticeView:
    known = NoticeView(
        id=samples.an_id(5000 + number), at=views.stamp(number), kind="failed",
        title=f"task {number} failed", body="Exit status 3.", task_id=views.task(number).id,
        run_id=views.run(number).id, group="", outcome=outcome, changed_at=views.stamp(number),
        surfaces=() if outcome == "held_back" else ("freedesktop",),
        held_because="Quiet hours until 07:00." if outcome == "held_back" else None,
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def surface(name: str = "freedesktop", **changes: object) -> SurfaceView:
    known = SurfaceView(
        name=name, title="Desktop notifications", is_available=True,
        sentence="dunst 1.9.0 shows progress and buttons", is_used=True,
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def telling(*surfaces: SurfaceView, **changes: object) -> TellingView:
    known = TellingView(
        surfaces=surfaces or (surface(),), held_back=0, is_quiet=False, quiet_until=None
    )
    return msgspec.structs.replace(known, **changes)
