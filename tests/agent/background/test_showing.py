"""What programs do, as shapes."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from bgtasks_gui.agent.background import showing
from bgtasks_gui.core.background import access, budgets, continuous, resources
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.wire import codec, shapes
from tests.fakes.samples import NOW

STAMP = "2026-11-22T15:00:00.000Z"
TASK = continuous.ContinuousTask(
    id=3, owner="player", ability="main", modes=(Mode.DATA_TRANSFER, Mode.VOIP), title="Calling",
    text="Ada", started_at=NOW, run_id="r1", keeps_awake=True,
)  # fmt: skip
DELAY = budgets.Delay(
    id=4, owner="player", reason="saving", callback="saved", run_id=None, requested_at=NOW,
    granted=timedelta(minutes=3), left=timedelta(seconds=90),
)  # fmt: skip


def test_a_continuous_task_is_shown_with_its_record() -> None:
    check = shapes.ModeCheckView(mode="voip", used=None, sentence="It cannot be checked here.")
    view = showing.continuous_view(TASK, [check])
    assert (view.id, view.notification_id, view.slot_type, view.content_type) == (3, 3, 4, 5)
    assert (view.modes, view.checks) == (("dataTransfer", "voip"), (check,))
    assert (view.started_at, view.run_id, view.keeps_awake) == (STAMP, "r1", True)
    assert codec.decode(codec.encode(view), shapes.ContinuousView) == view
    assert showing.continuous_view(TASK).checks == ()


def test_access_is_shown_in_the_words_of_its_modes() -> None:
    view = showing.access_view(access.Access(owner="player", modes=(Mode.VOIP,)))
    assert view == shapes.AccessView(owner="player", keep_running=True, modes=("voip",))
    assert type(view.modes[0]) is str
    system = showing.access_view(access.Access(owner="indexer", is_system=True))
    assert system.is_system


def test_a_resource_is_shown_by_its_name_and_bit() -> None:
    held = resources.Held(
        owner="indexer", resource=resources.Resource.RUNNING_LOCK, is_process=True, reason="r",
        since=NOW, until=NOW,
    )  # fmt: skip
    view = showing.resource_view(held)
    assert (view.resource, view.resource_type, type(view.resource_type)) == (
        "RUNNING_LOCK", 128, int,
    )  # fmt: skip
    assert (view.owner, view.is_process, view.reason) == ("indexer", True, "r")
    assert (view.since, view.until) == (STAMP, STAMP)
    forever = showing.resource_view(msgspec.structs.replace(held, until=None))
    assert forever.until is None


def test_a_delay_says_what_is_left_and_when_that_ends() -> None:
    view = showing.delay_view(DELAY, NOW + timedelta(seconds=90))
    assert (view.request_id, view.actual_delay_time, view.remaining) == (4, 180_000, 90_000)
    assert (view.requested_at, view.ends_at) == (STAMP, "2026-11-22T15:03:00.000Z")
    assert (view.callback, view.reason) == ("saved", "saving")


def test_a_budget_is_shown_with_what_is_open() -> None:
    budget = budgets.Budget(
        owner="player", used=timedelta(seconds=90), frees_at=NOW, open=(DELAY,)
    )  # fmt: skip
    view = showing.budget_view(budget, NOW)
    assert (view.used_s, view.limit_s, view.frees_at) == (90.0, 600.0, STAMP)
    assert [one.request_id for one in view.open] == [4]
