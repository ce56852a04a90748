from __future__ import annotations

import msgspec
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.gui.frame import troubles
from bgtasks_gui.gui.frame.troubles import Troubles
from bgtasks_gui.gui.widgets.banner import BannerArea, Message
from bgtasks_gui.wire import shapes
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage, collect


class Watched:
    """The messages of one window."""

    def __init__(self, stage: Stage, qtbot: QtBot) -> None:
        self.area = BannerArea()
        qtbot.addWidget(self.area)
        self.area.show()
        self.troubles = Troubles(stage.parts, self.area)

    @property
    def messages(self) -> list[Message]:
        return self.area.messages()

    @property
    def said(self) -> list[str]:
        return [f"{one.lead} {one.text}" for one in self.messages]

    async def come(self, count: int = 1) -> list[Message]:
        """The messages once there are so many."""
        await looping.until(lambda: len(self.messages) == count)
        return self.messages

    async def rest(self) -> None:
        """Until everything that was to be told is told."""
        await looping.until(lambda: not self.troubles._gather.isActive())

    def press(self, words: str) -> None:
        [button] = [one for one in self.area.findChildren(QPushButton) if one.text() == words]
        button.click()


@pytest.fixture
def up(stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(troubles, "GATHER_MS", 20)
    return Watched(stage, qtbot)


def failing(number: int, state: str = "failed", **changes: object) -> shapes.RunView:
    """A run that has ended badly; where nothing else is said, with an exit status."""
    reason = views.reason(
        "Failed: its program ended with exit status 3.", code="exit_status", actor="task",
        remedy="Show log", remedy_action="logs",
    )  # fmt: skip
    return views.run(number, state, views.task(number), **({"reason": reason} | changes))


def suspended(number: int) -> shapes.RunView:
    reason = views.reason("Suspended by the system.", code="condition_loss", actor="system")
    return views.run(number, "suspended", views.task(number), reason=reason)


def begin(stage: Stage, count: int = 1) -> None:
    """Tasks whose runs are under way."""
    tasks = [views.task(number) for number in range(1, count + 1)]
    stage.load(tasks, [views.run(number, of=one) for number, one in enumerate(tasks, 1)])


# Telling


async def test_a_failure_is_told_once_with_its_reason(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.put(failing(1))
    [message] = await up.come()
    assert up.said == ["task 1: Failed: its program ended with exit status 3."]
    assert (message.tone, message.remedy) == ("alarm", "Show log")
    up.area.take_down(message.key)
    stage.put(failing(1, cpu_s=3.0))
    await up.rest()
    assert up.said == []


async def test_what_was_so_before_the_window_came_is_no_news(stage: Stage, up: Watched) -> None:
    stage.load([views.task(1)], [failing(1)])
    await up.rest()
    assert up.said == []


async def test_what_happened_while_the_agent_was_away_is_told(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.lose()
    stage.load([views.task(1)], [failing(1)])
    await up.come()
    assert up.said == ["task 1: Failed: its program ended with exit status 3."]


async def test_a_cancel_is_told_with_the_persons_own_words(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.put(failing(1, state="canceled", reason=views.reason("Cancelled by you: no disk.")))
    await up.come()
    assert up.said == ["task 1: Cancelled by you: no disk."]


@pytest.mark.parametrize("code", ["declined", "paused"])
async def test_what_is_said_elsewhere_is_no_news(stage: Stage, up: Watched, code: str) -> None:
    begin(stage)
    stage.put(failing(1, state="canceled", reason=views.reason("By you.", code=code)))
    await up.rest()
    assert up.said == []


async def test_a_stop_is_told_without_alarm(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.put(suspended(1))
    [message] = await up.come()
    assert (message.tone, message.remedy) == ("banner", "")


@pytest.mark.parametrize(
    ("action", "label", "asked"),
    [
        ("run", "Run again", ["POST /v1/tasks/{task}/run"]),
        ("enable", "Enable", ["POST /v1/tasks/{task}/enable"]),
    ],
)
async def test_the_remedy_is_done(
    stage: Stage, up: Watched, action: str, label: str, asked: list[str]
) -> None:
    begin(stage)
    stage.put_task(views.task(1, enabled=action != "enable"))
    reason = views.reason(
        "Skipped.", code="overlap", actor="agent", remedy=label, remedy_action=action
    )
    stage.put(failing(1, state="skipped", reason=reason))
    await up.come()
    up.press(label)
    assert up.said == []
    wanted = [route.format(task=views.task(1).id) for route in asked]
    await looping.until(lambda: stage.way.asked == wanted)


@pytest.mark.parametrize(("remedy", "label"), [("logs", "Show log"), ("edit", "Change the task")])
async def test_a_remedy_that_the_window_shows_is_wanted(
    stage: Stage, up: Watched, remedy: str, label: str
) -> None:
    begin(stage)
    reason = views.reason("Failed.", actor="task", remedy=label, remedy_action=remedy)
    stage.put(failing(1, reason=reason))
    await up.come()
    wanted = collect(stage.performer.wanted)
    up.press(label)
    [(name, [subject])] = wanted
    assert (name, subject.task, subject.run.id) == (
        remedy, stage.bridge.mirror.tasks[views.task(1).id], views.run(1).id,
    )  # fmt: skip


async def test_a_remedy_that_does_not_fit_is_not_offered(stage: Stage, up: Watched) -> None:
    begin(stage)
    reason = views.reason("Failed.", actor="task", remedy="Enable", remedy_action="enable")
    stage.put(failing(1, reason=reason))
    [message] = await up.come()
    assert message.remedy == ""


async def test_a_limit_that_comes_near_is_told(stage: Stage, up: Watched) -> None:
    begin(stage)
    near = Changes(warnings={views.run(1).id: "It has used 90 % of its time limit."})
    stage.tally.take(near)
    assert up.said == ["task 1: It has used 90 % of its time limit."]
    stage.put(views.run(1, "completed", views.task(1)))
    assert up.said == []
    stage.tally.take(near)
    assert up.said == []


# Many


async def test_many_at_once_are_told_as_one(stage: Stage, up: Watched) -> None:
    begin(stage, 30)
    stage.put(*map(failing, range(1, 16)))
    stage.put(*map(failing, range(16, 31)))
    await up.come()
    assert up.said == ["30 tasks failed: task 1, task 2 and 28 more."]
    wanted = collect(up.troubles.page_wanted)
    up.press("Show them")
    assert wanted == [("history", "failed")]


async def test_more_of_the_same_joins_what_is_told_together(stage: Stage, up: Watched) -> None:
    begin(stage, 6)
    stage.put(*map(failing, (1, 2, 3)))
    await up.come()
    stage.put(failing(4))
    await looping.until(lambda: up.said == ["4 tasks failed: task 1, task 2 and 2 more."])


async def test_two_are_told_one_by_one(stage: Stage, up: Watched) -> None:
    begin(stage, 2)
    stage.put(failing(1), failing(2))
    await up.come(2)


async def test_different_stops_lead_to_where_they_are(stage: Stage, up: Watched) -> None:
    begin(stage, 3)
    stage.put(suspended(1), failing(2), failing(3))
    [message] = await up.come()
    assert message.lead == "3 tasks were stopped or failed:"
    wanted = collect(up.troubles.page_wanted)
    up.press("Show them")
    assert wanted == [("activity", "")]


async def test_one_task_has_one_message(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.put(failing(1))
    await up.come()
    again = failing(
        1, id=views.run(2).id, triggered_at=views.stamp(190), completed_at=views.stamp(200),
        reason=views.reason("Failed: another way.", actor="task"),
    )  # fmt: skip
    stage.put(again)
    await looping.until(lambda: up.said == ["task 1: Failed: another way."])


async def test_a_task_that_is_skipped_again_and_again_does_not_nag(
    stage: Stage, up: Watched
) -> None:
    begin(stage)
    overlap = views.reason("Skipped.", code="overlap", actor="agent")

    def skipped(number: int) -> shapes.RunView:
        return views.run(number, "skipped", views.task(1), reason=overlap)

    stage.put(skipped(2))
    [message] = await up.come()
    up.area._on_closed(message.key)
    stage.put(skipped(3))
    await up.rest()
    assert up.said == []
    stage.put(failing(1))
    await up.come()


# When it is not true any more


async def test_it_is_taken_down_when_the_run_goes_on(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.put(suspended(1))
    await up.come()
    stage.put(views.run(1, of=views.task(1)))
    assert up.said == []


@pytest.mark.parametrize("state", ["running", "waiting", "completed"])
async def test_it_is_taken_down_when_the_task_runs_again(
    stage: Stage, up: Watched, state: str
) -> None:
    begin(stage)
    stage.put(failing(1))
    await up.come()
    stage.put(
        views.run(2, state, views.task(1), triggered_at=views.stamp(190), started_at=views.AT)
    )
    assert up.said == []


async def test_it_stays_when_the_next_time_is_only_passed_over(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.put(failing(1))
    await up.come()
    paused = views.reason("Skipped.", code="paused", actor="user")
    stage.put(views.run(2, "skipped", views.task(1), reason=paused, triggered_at=views.stamp(190)))
    await up.rest()
    assert len(up.said) == 1


async def test_a_failure_beside_a_run_that_still_goes_on_is_told(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.put(views.run(2, of=views.task(1)))
    stage.put(failing(1))
    await up.come()


async def test_it_is_taken_down_when_its_task_is_removed(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.put(failing(1))
    await up.come()
    stage.remove_task(views.task(1).id)
    assert up.said == []


async def test_what_was_told_together_is_taken_down_when_all_go_on(
    stage: Stage, up: Watched
) -> None:
    begin(stage, 3)
    stage.put(*map(suspended, (1, 2, 3)))
    await up.come()
    stage.put(*(views.run(number, of=views.task(number)) for number in (1, 2)))
    assert len(up.said) == 1
    stage.put(views.run(3, of=views.task(3)))
    assert up.said == []


async def test_what_passes_at_once_is_not_told(stage: Stage, up: Watched) -> None:
    begin(stage)
    stage.put(suspended(1))
    stage.put(views.run(1, of=views.task(1)))
    await up.rest()
    assert up.said == []


async def test_a_long_name_leaves_the_verb_its_place(stage: Stage, up: Watched) -> None:
    begin(stage)
    long = msgspec.structs.replace(failing(1), task_name="a long name " * 60)
    up.area.resize(900, 60)
    stage.put(long)
    await up.come()
    assert up.area.minimumSizeHint().width() < 500
