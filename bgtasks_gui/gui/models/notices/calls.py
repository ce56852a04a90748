"""Calls about notices and what programs do in the background."""

from __future__ import annotations

from bgtasks_gui.client.commands import Call
from bgtasks_gui.wire.notices import NoticeView, TellingView


def list_notices(
    outcome: str | None = None, limit: int = 200, before_id: str | None = None
) -> Call[tuple[NoticeView, ...]]:
    query = {"outcome": outcome, "limit": str(limit), "before_id": before_id}
    found = {name: value for name, value in query.items() if value is not None}
    return Call("GET", "/v1/notices", tuple[NoticeView, ...], found)


def show_telling() -> Call[TellingView]:
    return Call("GET", "/v1/telling", TellingView)
