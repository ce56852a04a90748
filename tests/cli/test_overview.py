from __future__ import annotations

import pytest

from bgtasks_gui.cli import app, overview
from bgtasks_gui.core import errors
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import shapes
from tests.cli.conftest import NOW, Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import Asked, ScriptedAgent

SOON, LATER = "2026-11-22T15:15:00.000Z", "2026-11-22T18:00:00.000Z"
FAILED = views.ended(RunState.FAILED, task_name="check", reason=views.reason("Failed: status 3."))
WAITS = views.run(
    task_name="copy", state=RunState.WAITING, started_at=None, waits_for="The disk is full."
)


@pytest.fixture(autouse=True)
def _known(agent: ScriptedAgent) -> None:
    agent.on("GET /v1/health", views.health())
    agent.on("GET /v1/system", views.system(tasks=3))
    agent.on(
        "GET /v1/tasks",
        [
            views.task(name="late", next_run_at=LATER),
            views.task(name="soon", next_run_at=SOON),
            views.task(name="never"),
        ],
    )

    def runs(asked: Asked) -> object:
        return [FAILED] if asked.query["state"] == "failed" else [views.run(), WAITS]

    agent.on("GET /v1/runs", runs)


@pytest.mark.parametrize("words", [(), ("overview",)])
def test_what_goes_on_and_what_comes(bgtasks: Bgtasks, words: tuple[str, ...]) -> None:
    shown = bgtasks(*words)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines() == [
        "Running now",
        "  backup  running for 10 min",
        "Needs you, or waits",
        "  copy  waiting  The disk is full.",
        "Next",
        "  soon  in 5 min",
        "  late  today 19:00",
        "Failed in the last day",
        "  check  failed 7 min ago  Failed: status 3.",
        "bgtasks --help lists the commands; bgtasks why TASK says why a task does not run.",
    ]


def test_without_a_display_it_takes_the_place_of_the_window(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def open_window(*, minimized: bool, run: str | None) -> int:
        raise errors.NoDisplay

    assert app.main([], open_window=open_window) == 0
    out, err = capsys.readouterr()
    assert err == "There is no display for the window. This is the overview as text.\n"
    assert out.startswith("Running now\n")
    # As JSON it is asked for whatever there is.
    assert app.main(["--json"], open_window=open_window) == 0
    out, err = capsys.readouterr()
    assert (out[:10], err) == ('{"system":', "")


@pytest.mark.parametrize("words", [("--json",), ("overview", "--json")])
def test_as_json(bgtasks: Bgtasks, words: tuple[str, ...]) -> None:
    found = bgtasks(*words).json
    assert isinstance(found, dict)
    assert list(found) == ["system", "active", "next", "failures"]
    assert [task["name"] for task in found["next"]] == ["soon", "late"]


def of(**parts: object) -> list[str]:
    system = parts.pop("system", views.system(tasks=1))
    known = {"system": system, "active": (), "next": (), "failures": (), **parts}
    return list(overview.lines(overview.Overview(**known), NOW))  # type: ignore[arg-type]


def test_nothing_yet() -> None:
    [first, last] = of(system=views.system(tasks=0))
    assert first.startswith("There are no tasks yet. Add one: bgtasks add command")
    assert "--help" in last


def test_a_pause_and_notices_are_said() -> None:
    pause = shapes.PauseView(paused=True, until=SOON)
    shown = of(
        system=views.system(tasks=1, pause=pause, notices=("The disk is nearly full.",)),
        next=(views.task(next_run_at=SOON),),
    )
    assert shown[:2] == ["Everything is paused until 16:15.", "  The disk is nearly full."]
    assert "Next" not in shown


def test_long_parts_are_cut() -> None:
    shown = of(failures=tuple(views.ended(RunState.FAILED) for _ in range(8)))
    assert shown[0] == "Failed in the last day"
    assert shown[6] == "  and 3 more: bgtasks runs"
