"""What can be asked about work in the background; that it fits the routes is checked for all."""

from __future__ import annotations

from bgtasks_gui.client.calls import background
from bgtasks_gui.wire import shapes

WANTED = shapes.ContinuousRequest(
    owner="player", ability="main window", modes=("voip",), title="Calling", text="Ada", run="r1",
    keep_awake=True,
)  # fmt: skip
HOLD = shapes.ResourceRequest(
    owner="indexer", resource_types=129, is_apply=True, timeout_ms=1000, is_persist=True,
    is_process=True, reason="indexing",
)  # fmt: skip
#: Every call with every argument it takes, and the route it is for.
CALLS = {
    "show_background": (background.show_background(), "background.show"),
    "list_continuous": (background.list_continuous(), "background.list_continuous"),
    "start_continuous": (background.start_continuous(WANTED), "background.start"),
    "update_continuous": (background.update_continuous(WANTED), "background.update"),
    "stop_continuous": (background.stop_continuous("player", "window"), "background.stop"),
    "cancel_continuous": (background.cancel_continuous(7, "too loud"), "background.cancel"),
    "tell_progress": (
        background.tell_progress(7, notification_id=7, title="t", file_name="f", value=50),
        "background.progress",
    ),
    "list_access": (background.list_access(), "background.list_access"),
    "grant_access": (
        background.grant_access("player", ["voip"], keep_running=False, is_system=True),
        "background.grant",
    ),
    "forget_access": (background.forget_access("player"), "background.forget"),
    "list_budgets": (background.list_budgets(), "background.list_budgets"),
    "request_delay": (
        background.request_delay("player", reason="saving", callback="c", run="r1"),
        "background.request_delay",
    ),
    "show_remaining": (background.show_remaining(3, "player"), "background.remaining"),
    "cancel_delay": (background.cancel_delay(3, "player"), "background.cancel_delay"),
    "act_on_resources": (background.act_on_resources(HOLD), "background.act_on_resources"),
    "reset_resources": (background.reset_resources("indexer"), "background.reset_resources"),
    "move_front": (background.move_front("player", front=True), "background.move_front"),
}


def test_what_is_taken_back_is_named_by_owner_and_part() -> None:
    assert background.stop_continuous("a b").target == "/v1/continuous?owner=a+b&ability=main"
    assert background.cancel_delay(3, "player").target == "/v1/delays/3?owner=player"
    assert background.reset_resources("a b").target == "/v1/resources?owner=a+b"


def test_a_name_stays_one_segment() -> None:
    assert background.forget_access("a/b").path == "/v1/access/a%2Fb"
    assert background.cancel_continuous(12).path == "/v1/continuous/12/cancel"
