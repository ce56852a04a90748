"""The JSON shapes about what the person is told, and where."""

from __future__ import annotations

from typing import Annotated

import msgspec

from bgtasks_gui.wire import requests


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """A notice in the history of notices."""

    id: str
    at: str
    #: "live", "failed", "needs_you", "warning", "ended", "digest".
    kind: str
    title: str
    body: str
    task_id: str | None
    run_id: str | None
    group: str
    #: "added", "removed", "expired", "cleared" (concepts R84), "held_back".
    outcome: str
    changed_at: str
    #: Names of the surfaces that show or showed it.
    surfaces: tuple[str, ...]
    held_because: str | None


class NoticesQuery(requests.Query, frozen=True, kw_only=True):
    """Which notices, newest first."""

    outcome: Annotated[
        str | None,
        msgspec.Meta(
            description="Only those of which this became: added, removed, expired, cleared, "
            "held_back"
        ),
    ] = None
    limit: Annotated[int, msgspec.Meta(description="Most notices answered, 1 to 1000")] = 200
    before_id: Annotated[
        str | None, msgspec.Meta(description="Only those older than the notice of this id")
    ] = None


class SurfaceView(msgspec.Struct, frozen=True, kw_only=True):
    """One way of telling, and whether it is there."""

    name: str
    title: str
    is_available: bool
    #: "dunst 1.9.0 shows progress and buttons".
    sentence: str
    #: Whether it is the one that speaks now.
    is_used: bool


class TellingView(msgspec.Struct, frozen=True, kw_only=True):
    """How the person is told things now."""

    surfaces: tuple[SurfaceView, ...]
    #: Notices held back since the agent started.
    held_back: int
    #: Whether quiet hours hold notices back now, and until when where that is known.
    is_quiet: bool
    quiet_until: str | None
