from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.core import runs
from bgtasks_gui.gui.models import task_rows
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.columns import Words
from bgtasks_gui.gui.models.task_rows import TaskRow
from bgtasks_gui.gui.style import palette
from bgtasks_gui.wire import shapes
from tests.gui.support import depending, views
from tests.gui.support.clocks import ManualNow

NOW = ManualNow()()
TASK = views.task(1, name="backup", does="runs `./backup.sh`")
PAUSED = shapes.PauseView(paused=True, until=views.stamp(3600))
HALF = views.progress(9, 20, unit="files", rate=3.0, eta=120.0)
ACTIVE = [str(state) for state in runs.RunState if state not in runs.ENDED]
#: A run under way has no end.
UNDER_WAY = {
    name: values for name, values in depending.RUN_FIELDS.items() if name != "completed_at"
}


class List:
    """The columns of the list."""

    def __init__(self) -> None:
        self.asked = Asked()
        self.pause: shapes.PauseView | None = None
        self.columns = task_rows.columns(lambda: self.pause, self.asked)

    def words(
        self, column: str, task: shapes.TaskView = TASK, run: shapes.RunView | None = None
    ) -> Words:
        found = next(one for one in self.columns if one.name == column)
        return found.words(TaskRow(task, run), NOW)

    def key(
        self, column: str, task: shapes.TaskView = TASK, run: shapes.RunView | None = None
    ) -> object:
        found = next(one for one in self.columns if one.name == column)
        return found.key(TaskRow(task, run))


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def list_(qtbot: QtBot) -> List:
    return List()


# The second line of the name


@pytest.mark.parametrize(
    ("run", "second", "role"),
    [
        (views.run(state="running"), "Running for 10 min", "second"),
        (views.run(progress=msgspec.structs.replace(HALF, message="a\nb")), "a b", "second"),
        (views.run(state="waiting"), "Waits for its turn", "waiting"),
        (views.run(state="waiting", waits_for="On battery."), "Waits: On battery.", "waiting"),
        (
            views.run(state="waiting", retry_at=views.stamp(660), reason=views.reason("Failed.")),
            "Failed. It tries again in 1 min.",
            "waiting",
        ),
        (views.run(state="suspended", reason=views.reason("Metered.")), "Metered.", "second"),
        (views.run(state="pending"), "", "waiting"),
        (
            views.run(state="canceling", cleaning_up=True, grace_ends_at=views.stamp(606),
                      reason=views.reason("Cancelled by you.")),
            "Cleaning up, 6 s left. Cancelled by you.",
            "waiting",
        ),
        (views.run(state="canceling", reason=views.reason("By you.")), "By you.", "waiting"),
        (views.run(state="canceling"), "", "waiting"),
    ],
)  # fmt: skip
def test_a_run_under_way_says_what_it_does_or_waits_for(
    list_: List, run: shapes.RunView, second: str, role: str
) -> None:
    words = list_.words("task", TASK, run)
    assert (words.first, words.second, words.role) == ("backup", second, role)
    assert words.state == run.state


@pytest.mark.parametrize(
    ("changes", "second", "role", "state"),
    [
        ({}, "Runs `./backup.sh`", "second", "idle"),
        ({"enabled": False}, "Disabled", "second", "disabled"),
        ({"unscheduled": "no such zone"}, "Unscheduled: no such zone", "second", "disabled"),
        ({"registered": False, "expires_at": views.stamp(300)}, "Expired 5 min ago", "second",
         "expired"),
        ({"last_run": views.run(1, "completed")}, "Runs `./backup.sh`", "second", "completed"),
        ({"last_run": views.run(1, "failed", reason=views.reason("Exit status 3."))},
         "Exit status 3.", "failed", "failed"),
        ({"last_run": views.run(1, "missed", reason=views.reason("It was off."))},
         "It was off.", "waiting", "missed"),
        ({"last_run": views.run(1, "canceled", reason=views.reason("By you."), forced=True)},
         "By you. It had to be killed (forced).", "second", "canceled"),
    ],
)  # fmt: skip
def test_a_task_at_rest_says_the_most_important_thing(
    list_: List, changes: dict[str, object], second: str, role: str, state: str
) -> None:
    words = list_.words("task", msgspec.structs.replace(TASK, **changes))
    assert (words.second, words.role, words.state) == (second, role, state)


def test_what_was_asked_is_said_until_it_is_answered(list_: List) -> None:
    run = views.run(state="running")
    list_.asked.mark(frozenset({run.id}), "Asked to suspend…")
    assert list_.words("task", TASK, run)[1:3] == ("Asked to suspend…", "waiting")
    assert list_.words("task").second == "Runs `./backup.sh`"
    list_.asked.mark(frozenset({TASK.id}), "Asked to run…")
    ended = msgspec.structs.replace(TASK, last_run=views.run(1, "failed"))
    assert list_.words("task", ended).second == "Asked to run…"


def test_names_of_others_stay_on_one_line(list_: List) -> None:
    odd = msgspec.structs.replace(TASK, name="a\n\x1b[31mb", does="runs `x`\n\n  `y`")
    words = list_.words("task", odd)
    assert (words.first, words.second) == ("a \ufffd[31mb", "Runs `x` `y`")


# Progress and speed


@pytest.mark.parametrize(
    ("run", "words", "key"),
    [
        (None, Words(), None),
        (views.run(), Words(), -1.0),
        (views.run(state="canceling"), Words(), -1.0),
        (views.run(state="waiting"), Words("Not started"), -1.0),
        (views.run(state="pending"), Words("Not started"), -1.0),
        # It has run before, and says nothing of how far it came.
        (views.run(state="suspended"), Words(), -1.0),
        (views.run(state="waiting", started_at=views.AT, attempt=2), Words(), -1.0),
        (views.run(progress=HALF), Words("45 %", "9 of 20 files"), 0.45),
        (views.run(progress=views.progress(45, unit="%")), Words("45 %"), 0.45),
        (views.run(progress=views.progress(3, unit="files")), Words("3 files"), -1.0),
        (views.run(state="suspended", progress=HALF), Words("45 %", "9 of 20 files"), 0.45),
        (views.run(state="running", progress=views.progress(0, 20)), Words("0 %", "0 of 20"), 0.0),
    ],
)
def test_progress(list_: List, run: shapes.RunView | None, words: Words, key: float | None) -> None:
    assert list_.words("progress", TASK, run) == words
    assert list_.key("progress", TASK, run) == key


def test_speed_is_said_while_it_runs(list_: List) -> None:
    running = views.run(progress=HALF)
    assert list_.words("speed", TASK, running) == Words("3 files/s", "2 min left")
    assert list_.key("speed", TASK, running) == 3.0
    for other in (None, views.run(), views.run(state="suspended", progress=HALF)):
        assert list_.words("speed", TASK, other) == Words()
    assert list_.key("speed", TASK, views.run()) is None
    # It stands still, so it must not be sorted among those that move.
    assert list_.key("speed", TASK, views.run(state="suspended", progress=HALF)) is None


# Next run and last result


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, Words("By hand")),
        ({"next_run_at": views.stamp(900), "when": ("every 15 min",)},
         Words("In 5 min", "every 15 min")),
        ({"next_run_at": views.stamp(900), "when": ("daily", "at start")},
         Words("In 5 min", "daily; at start")),
        ({"enabled": False, "when": ("daily",)}, Words("Disabled")),
        ({"expires_at": views.stamp(-3 * 86_400)}, Words("Expired Thu 19 Nov 15:00")),
    ],
)  # fmt: skip
def test_next_run(list_: List, changes: dict[str, object], words: Words) -> None:
    assert list_.words("next", msgspec.structs.replace(TASK, **changes)) == words


def test_next_run_while_everything_is_paused(list_: List) -> None:
    planned = msgspec.structs.replace(TASK, next_run_at=views.stamp(900))
    list_.pause = PAUSED
    assert list_.words("next", planned).first == "Paused until 16:00"
    assert list_.key("next", planned) == views.stamp(900)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (None, Words("No run yet")),
        (views.run(1, "completed"), Words("Done", "7 min ago", "second", "completed")),
        (views.run(1, "failed", exit_code=3),
         Words("Failed", "7 min ago, exit 3", "second", "failed")),
        (views.run(1, "canceled", forced=True),
         Words("Cancelled", "7 min ago, forced", "second", "canceled")),
        (views.run(1, "skipped", completed_at=None),
         Words("Skipped", "10 min ago", "second", "skipped")),
        (views.run(1, "running"), Words("Running", "began 10 min ago", "second", "running")),
        (views.run(1, "waiting"), Words("Waiting", "10 min ago", "second", "waiting")),
    ],
)  # fmt: skip
def test_last_result(list_: List, last: shapes.RunView | None, words: Words) -> None:
    task = msgspec.structs.replace(TASK, last_run=last)
    assert list_.words("outcome", task) == words
    assert list_.key("outcome", task) == (None if last is None else views.AT)


# All of it


def test_a_search_finds_names_commands_groups_and_reasons() -> None:
    failed = views.run(1, "failed", reason=views.reason("Exit status 3: DISK is full."))
    task = msgspec.structs.replace(TASK, group="Home", last_run=failed)
    held = TaskRow(task, None).haystack
    assert all(word in held for word in ("backup", "./backup.sh", "home", "disk is full"))
    waiting = views.run(2, "waiting", waits_for="On Battery.")
    assert "on battery" in TaskRow(task, waiting).haystack


@pytest.mark.parametrize("state", [None, *ACTIVE])
def test_every_state_has_words_of_a_known_colour(list_: List, state: str | None) -> None:
    run = None if state is None else views.run(state=state)
    for column in list_.columns:
        words = column.words(TaskRow(TASK, run), NOW)
        assert words.role in palette.ROLES
        key = column.key(TaskRow(TASK, run))
        assert key is None or isinstance(key, str) is column.is_text


@pytest.mark.parametrize("state", [None, *ACTIVE])
def test_columns_are_told_of_everything_that_they_say(list_: List, state: str | None) -> None:
    why = views.reason("Cancelled by you.")
    run = None if state is None else views.run(state=state, reason=why, progress=HALF)
    task = msgspec.structs.replace(TASK, last_run=views.run(8, "failed", reason=why))
    found = list(
        depending.undeclared(
            list_.columns, task, depending.TASK_FIELDS, lambda one: TaskRow(one, run)
        )
    )
    found += depending.undeclared(
        list_.columns, TASK, depending.TASK_FIELDS, lambda one: TaskRow(one, run)
    )
    if run is not None:
        found += depending.undeclared(list_.columns, run, UNDER_WAY, lambda one: TaskRow(TASK, one))
    assert found == []
