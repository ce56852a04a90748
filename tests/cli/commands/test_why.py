from __future__ import annotations

from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

CHANCES = (
    shapes.ChanceView(at="2026-11-22T15:15:00.000Z", local="2026-11-22T16:15:00+01:00", note=None),
    shapes.ChanceView(
        at="2026-11-22T17:00:00.000Z", local="2026-11-22T18:00:00+01:00", note="happens twice"
    ),
)


def why(**parts: object) -> shapes.WhyView:
    known: dict[str, object] = {
        "task_id": views.TASK_ID, "run_id": None, "can_start": False, "blockers": (),
        "checks": (), "next": (), "last": None,
    }  # fmt: skip
    return shapes.WhyView(**(known | parts))  # type: ignore[arg-type]


def test_everything_that_is_known(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    found = why(
        blockers=(
            shapes.BlockerView(
                code="on_ac_power", sentence="The computer runs on battery (31 %).",
                value="31 %", lifts="when it runs on mains power",
            ),
            shapes.BlockerView(code="x", sentence="A newer \x1b one.", value="", lifts=None),
        ),
        checks=(
            shapes.CheckView(code="a", sentence="It is night.", value="night", holds=True),
            shapes.CheckView(code="b", sentence="Room is left.", value="5 GiB", holds=True),
            shapes.CheckView(code="c", sentence="Not met.", value="no", holds=False),
        ),
        next=CHANCES,
        last="Failed: exit status 3.",
    )  # fmt: skip
    agent.on("GET /v1/tasks/backup/why", found)
    assert bgtasks("why", "backup").out.splitlines() == [
        "It does not start now:",
        "  - The computer runs on battery (31 %).",
        "    Lifted when it runs on mains power",
        "  - A newer \ufffd one.",
        "Conditions that hold:",
        "  - It is night.",
        "  - Room is left. (5 GiB)",
        "Next times: in 5 min, today 18:00 (happens twice)",
        "Last run: Failed: exit status 3.",
    ]
    assert isinstance(bgtasks("why", "backup", "--json").json, dict)


def test_nothing_in_the_way(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks/backup/why", why(can_start=True))
    assert bgtasks("why", "backup").out == "It can start now.\n"


def test_of_a_run(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(f"GET /v1/tasks/{views.RUN_ID}/why", errors.TaskNotFound())
    agent.on(f"GET /v1/runs/{views.RUN_ID}/why", why(run_id=views.RUN_ID))
    assert bgtasks("why", views.RUN_ID).out == "Nothing holds this run.\n"


def test_next(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks/backup/next", CHANCES)
    shown = bgtasks("next", "backup", "-n", "2")
    assert shown.out.splitlines() == [
        "TIME                       WHEN         NOTE",
        "2026-11-22T16:15:00+01:00  in 5 min",
        "2026-11-22T18:00:00+01:00  today 18:00  happens twice",
    ]
    assert agent.asked[-1].query == {"n": "2"}
    assert bgtasks("next", "backup", "--json").json == [
        {"at": one.at, "local": one.local, "note": one.note} for one in CHANCES
    ]


def test_next_of_a_task_without_times(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/tasks/backup/next", [])
    shown = bgtasks("next", "backup")
    assert (shown.code, shown.out) == (0, "")
    assert "no planned times" in shown.err
