from __future__ import annotations

from bgtasks_gui.client.calls import notices
from bgtasks_gui.wire import shapes

#: Every call with every argument it takes, and the route it is for.
CALLS = {
    "list_notices": (
        notices.list_notices(outcome="held_back", limit=5, before_id="x"),
        "notices.list",
    ),
    "show_telling": (notices.show_telling(), "notices.telling"),
}


def test_what_is_not_asked_for_is_left_out() -> None:
    asked = notices.list_notices()
    assert asked.target == "/v1/notices?limit=200"
    assert asked.answer == tuple[shapes.NoticeView, ...]
