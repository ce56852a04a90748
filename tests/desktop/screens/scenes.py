"""What a window can have to show: nothing, a usual day, far too much, an agent that is away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from bgtasks_gui import settings
from bgtasks_gui.wire import shapes
from tests.desktop.screens import moving, telling
from tests.gui.support import views
from tests.gui.support.stages import Stage

#: A name as somebody gives it who does not know when to stop.
_LONG: Final = (
    "Übersetzung der gesammelten Reiseberichte (1998 bis 2024) ins Englische, zweiter Durchgang, "
    "mit allen Anmerkungen & Bildunterschriften <entwurf>, für Großtante Hildegards Geburtstag"
)
_GIB: Final = 1 << 30


#: Tasks to be looked at: one that runs ("busy") and one that waits; none where there are none.
Shown = dict[str, str]


def empty(stage: Stage) -> Shown:
    """The agent is there, and nothing else."""
    telling.nothing(stage)
    stage.load()
    _say_machine(stage)
    return {}


def typical(stage: Stage) -> Shown:
    """Some of everything, as after a morning's work."""
    tasks = list(_usual_tasks())
    runs = list(_usual_runs(tasks))
    ended = [one.last_run for one in tasks if one.last_run is not None]
    files, moved = moving.usual()
    telling.usual(stage)
    stage.load([*tasks, *files], [*runs, *ended, *_yesterday(tasks), *moved])
    _say_machine(stage)
    _answer(stage, tasks, runs)
    _answer_transfer(stage, moved[0])
    return {"busy": tasks[0].id, "waiting": tasks[2].id}


def overloaded(stage: Stage) -> Shown:
    """10,000 tasks with long names in every state, and one trouble after another."""
    states = ("completed", "failed", "canceled", "skipped", "missed")
    tasks = [
        views.ended_task(
            number,
            states[number % 5],
            reason=None if number % 5 == 0 else views.reason(f"Something is wrong: {_LONG}."),
        )
        if number % 3
        else views.task(number, next_run_at=views.stamp(700 + number), when=(f"every {_LONG}",))
        for number in range(1, 10_001)
    ]
    tasks = [_with_name(one, f"{one.name}: {_LONG}") for one in tasks]
    live = ("running", "waiting", "suspended", "canceling", "pending")
    runs = [
        views.run(
            20_000 + at, live[at % 5], tasks[at * 20], task_name=tasks[at * 20].name,
            waits_for=f"Until somebody has read this: {_LONG}." if at % 5 == 1 else None,
            progress=views.progress(at * 1234567, 617283500, unit="bytes", message=_LONG,
                                    rate=1e9, eta=86_400 * 3.0) if at % 5 in (0, 2) else None,
            can_suspend=True,
        )
        for at in range(500)
    ]  # fmt: skip
    ended = [one.last_run for one in tasks[:900] if one.last_run is not None]
    files, moved = moving.many(_LONG)
    telling.much(stage, _LONG)
    stage.load([*tasks, *files], [*runs, *ended, *moved])
    _say_machine(stage, many=True)
    _answer_transfer(stage, moved[0])
    _answer(stage, [tasks[100], tasks[120]], runs[5:7])
    for at in (0, 1):
        reason = views.reason(f"Failed: {_LONG}.", actor="task", remedy="Show log",
                              remedy_action="logs")  # fmt: skip
        stage.put(views.run(20_000 + at, "failed", tasks[at * 20], task_name=tasks[at * 20].name,
                            reason=reason, completed_at=views.stamp(590)))  # fmt: skip
    return {"busy": tasks[100].id, "waiting": tasks[120].id}


def away(stage: Stage) -> Shown:
    """A usual day, and then the agent is gone."""
    typical(stage)
    stage.way.is_away = True
    stage.lose()
    return {}


SCENES: Final[dict[str, Callable[[Stage], Shown]]] = {
    "empty": empty, "typical": typical, "overloaded": overloaded, "away": away,
}  # fmt: skip


# A usual day


def _usual_tasks() -> Iterator[shapes.TaskView]:
    yield views.task(
        1, name="Home backup", does="runs `restic backup ~`", when=("every day at 22:00",),
        next_run_at=views.stamp(7 * 3600), only_if=("on mains power",), group="backups",
        last_run=views.run(101, "completed", views.task(1, name="Home backup")),
    )  # fmt: skip
    yield views.task(2, name="Convert holiday films", does="runs `ffmpeg`", when=())
    yield views.task(
        3, name="Photo library to NAS", does="runs `rsync -a ~/Pictures nas:`",
        when=("every 6 hours",), only_if=("on an unmetered network", "on mains power"),
        next_run_at=views.stamp(3 * 3600),
    )  # fmt: skip
    yield _ended(4, "Virus scan of Downloads", "failed", when=("every day at 13:40",),
                 next_run_at=views.stamp(23 * 3600))  # fmt: skip
    yield views.task(5, name="Mail archive", does="calls the Python function `mail:archive`")
    yield _ended(6, "Thumbnails", "completed", when=("every hour",), next_run_at=views.stamp(1500))
    yield _ended(7, "Update feeds", "missed", when=("at 03:00",), next_run_at=views.stamp(43_000))
    yield views.task(8, name="Defragment old disk", enabled=False, does="runs `defrag /mnt/old`")
    yield views.task(9, name="Sync calendar", does="runs `vdirsyncer sync`", when=("at start",))
    yield _ended(10, "Check certificates", "canceled", when=("every week on Monday",),
                 next_run_at=views.stamp(3 * 86_400))  # fmt: skip


def _ended(number: int, name: str, state: str, **changes: object) -> shapes.TaskView:
    reasons = {
        "failed": views.reason("Failed: its program ended with exit status 2.",
                               remedy="Show log", remedy_action="logs", actor="task"),
        "missed": views.reason("Missed: the computer was asleep (03:00 to 07:12).",
                               remedy="Run again", remedy_action="run", actor="agent"),
        "canceled": views.reason("Cancelled by you: not today.", remedy="Run again",
                                 remedy_action="run"),
    }  # fmt: skip
    bare = views.task(number, name=name, does=f"runs `{name.split()[0].lower()}.sh`", **changes)
    last = views.run(
        100 + number, state, bare, reason=reasons.get(state),
        completed_at=views.stamp(590 - 40 * number), exit_code=2 if state == "failed" else None,
    )  # fmt: skip
    return _with(bare, last_run=last)


def _usual_runs(tasks: list[shapes.TaskView]) -> Iterator[shapes.RunView]:
    progress = views.progress(
        2.6 * _GIB, 4.2 * _GIB, unit="bytes", message="Copying Pictures/2024", rate=38.4e6, eta=42.0
    )
    yield views.run(201, of=tasks[0], progress=progress, triggered_at=views.stamp(200))
    films = views.progress(9, 29, unit="films", message="Crete 2019, part 3", rate=0.02, eta=960.0)
    yield views.run(202, of=tasks[1], progress=films, triggered_at=views.stamp(240))
    yield views.run(203, "waiting", tasks[2], triggered_at=views.stamp(300),
                    waits_for="It runs only on an unmetered network, and this one is metered.",
                    progress=None)  # fmt: skip
    held = views.reason("Suspended by you.", code="user_suspend", actor="user")
    yield views.run(204, "suspended", tasks[4], reason=held, triggered_at=views.stamp(100),
                    progress=views.progress(77, 100, unit="%"))  # fmt: skip
    yield views.run(205, "canceling", tasks[8], triggered_at=views.stamp(500), cleaning_up=True,
                    grace_ends_at=views.stamp(606),
                    reason=views.reason("Being cancelled by you."))  # fmt: skip


def _yesterday(tasks: list[shapes.TaskView]) -> Iterator[shapes.RunView]:
    for at in range(24):
        state = "failed" if at % 7 == 3 else "canceled" if at % 11 == 5 else "completed"
        reason = None if state == "completed" else views.reason(f"{state.capitalize()}: disk full.")
        yield views.run(
            at, state, tasks[at % min(4, len(tasks))], reason=reason,
            triggered_at=views.stamp(-3600 * (at + 3)),
            started_at=views.stamp(-3600 * (at + 3)),
            completed_at=views.stamp(-3600 * (at + 3) + 40 + 13 * (at % 6)),
        )  # fmt: skip


def _say_machine(stage: Stage, *, many: bool = False) -> None:
    facts = [
        shapes.FactView(name="power", value="mains", ok=True),
        shapes.FactView(name="battery", value="62 %", ok=True),
        shapes.FactView(name="network", value="online, metered", ok=False),
        shapes.FactView(name="session", value=_LONG if many else "you are here", ok=True),
    ]
    stage.say_system(facts=(*facts, *telling.facts()))


def _answer(stage: Stage, tasks: list[shapes.TaskView], runs: list[shapes.RunView]) -> None:
    """What the sides of the pane ask for."""
    for task in tasks:
        stage.way.on(f"GET /v1/tasks/{task.id}", _with(task, environment={"LANG": "de_DE.UTF-8"}))
        stage.way.on(f"GET /v1/tasks/{task.id}/why", _why(task))
    for run in runs:
        stage.way.on(f"GET /v1/runs/{run.id}/why", _why(tasks[0]))
        text = "".join(f"{n:>4} copied Pictures/2024/IMG_{n:04}.jpg\n" for n in range(40))
        piece = shapes.LogPiece(
            offset=0, next_offset=len(text), total=len(text), left_out=0, lost=0, text=text,
            ended=True,
        )  # fmt: skip
        stage.way.on(f"GET /v1/runs/{run.id}/log", piece)
    stage.way.on("GET /v1/runs", list(_yesterday(tasks)))


def _answer_transfer(stage: Stage, run: shapes.RunView) -> None:
    stage.way.on("GET /v1/settings", settings.Settings(rate_limit=20 << 20))
    stage.way.on(f"GET /v1/runs/{run.id}", run)


def _why(task: shapes.TaskView) -> shapes.WhyView:
    return shapes.WhyView(
        task_id=task.id, run_id=None, can_start=False,
        blockers=(shapes.BlockerView(
            code="free_network", sentence="It runs only on an unmetered network.",
            value="metered (phone hotspot “Pixel”)", lifts="connect to another network",
        ),),
        checks=(
            shapes.CheckView(code="on_ac_power", sentence="On mains power.", value="on mains power",
                             holds=True),
            shapes.CheckView(code="time_window", sentence="Between 08:00 and 23:00.",
                             value="15:10", holds=True),
        ),
        next=(shapes.ChanceView(at=views.stamp(3 * 3600), local="", note=None),),
        last="Completed yesterday 22:04 after 3 min.",
    )  # fmt: skip


def _with(task: shapes.TaskView, **changes: object) -> shapes.TaskView:
    return msgspec.structs.replace(task, **changes)


def _with_name(task: shapes.TaskView, name: str) -> shapes.TaskView:
    last = task.last_run
    return _with(task, name=name, last_run=last and _with(last, task_name=name))
