"""What can be asked about what the person is told, one function for each route."""

from __future__ import annotations

from bgtasks_gui.client.calls import call
from bgtasks_gui.client.calls.call import Call
from bgtasks_gui.wire import shapes


def list_notices(
    outcome: str | None = None, limit: int = 200, before_id: str | None = None
) -> Call[tuple[shapes.NoticeView, ...]]:
    """The history of notices, newest first; `outcome` is what became of them (concepts R84)."""
    query = call.query(outcome=outcome, limit=limit, before_id=before_id)
    return Call("GET", "/v1/notices", tuple[shapes.NoticeView, ...], query)


def show_telling() -> Call[shapes.TellingView]:
    """Who shows notices now, and whether quiet hours hold them back."""
    return Call("GET", "/v1/telling", shapes.TellingView)
