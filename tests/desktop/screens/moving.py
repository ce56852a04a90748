"""Downloads and uploads as a window can have them: a few of every sort, or far too many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import sin
from typing import Final

from bgtasks_gui.wire import shapes
from tests.gui.fakes import moves
from tests.gui.support import views
from tests.gui.support.stages import Stage

MIB: Final = moves.MIB
#: Numbers of tasks and runs that nothing else has.
FIRST: Final = 50_000
#: The one that is looked at.
BUSY: Final = views.run(FIRST).id
#: Seconds of its speed that are told.
_WATCHED_S: Final = 200


def usual() -> tuple[list[shapes.TaskView], list[shapes.RunView]]:
    """Some of every sort."""
    told = list(_usual())
    return [task for task, _ in told], [run for _, run in told]


def many(long: str) -> tuple[list[shapes.TaskView], list[shapes.RunView]]:
    """1,000 with long names, most of them under way."""
    states = ("running", "running", "waiting", "suspended", "failed", "completed")
    tasks = [
        moves.task(
            FIRST + at, ("download", "upload")[at % 3 == 0], name=f"{at} {long}.tar.gz",
            payload=moves.payload(url=f"https://{'very-' * 12}long.example.org/{long}"),
        )
        for at in range(1000)
    ]  # fmt: skip
    runs = [
        moves.run(
            FIRST + at, states[at % 6], task, task_name=task.name,
            progress=moves.moving(at * 987654.0, 1.1e12, rate=1.04e9, eta=86_400.0 * 12),
            waits_for=f"until somebody has read this: {long}",
            reason=views.reason(f"Failed: {long}.", code="server_answer", actor="system"),
            receipt=_receipt(many=True),
        )
        for at, task in enumerate(tasks)
    ]  # fmt: skip
    return tasks, runs


def watch(stage: Stage) -> None:
    """Minutes go by in which the busy one is told of, each second."""
    for second in range(_WATCHED_S):
        stage.now.advance(timedelta(seconds=1))
        rate = (12 + 5 * sin(second / 17) + 2 * sin(second / 3.1)) * MIB
        if 80 < second < 95:
            rate = 0.0
        stage.progress(BUSY, moves.moving((2100 + second) * MIB, 3728 * MIB, rate=rate, eta=130.0))


def _usual() -> Iterator[tuple[shapes.TaskView, shapes.RunView]]:
    yield _one(
        0, "debian-12.7.0-amd64-DVD-1.iso", "running", receipt=_receipt(),
        progress=moves.moving(2100 * MIB, 3728 * MIB, rate=12.4 * MIB, eta=131.0),
    )  # fmt: skip
    yield _one(
        1, "holiday-films-2024.tar", "running", "upload",
        progress=moves.moving(310 * MIB, 900 * MIB, rate=1.2 * MIB, eta=490.0),
    )  # fmt: skip
    yield _one(2, "planet-europe.osm.pbf", "waiting", waits_for="3 of 3 transfers run.")
    yield _one(
        3, "firmware-2.14.bin", "waiting", retry_at=views.stamp(612),
        progress=moves.moving(12 * MIB, 48 * MIB),
        reason=views.reason("Waiting: the connection failed.", code="connection", actor="system"),
    )  # fmt: skip
    yield _one(
        4, "lecture-07.mp4", "suspended", reason=moves.expired(),
        progress=moves.moving(700 * MIB, 1400 * MIB),
    )  # fmt: skip
    yield _one(
        5, "music-library.zip", "suspended", progress=moves.moving(40 * MIB, 6000 * MIB),
        reason=views.reason("Suspended by you.", code="user_suspend", actor="user"),
    )  # fmt: skip
    yield _one(
        6, "report-draft.pdf", "failed", "upload", completed_at=views.stamp(540),
        reason=views.reason("Failed: the server answered 413.", code="server_answer",
                            actor="system", remedy="Run again", remedy_action="run"),
    )  # fmt: skip
    yield _one(
        7, "fedora-workstation-41.iso", "completed", progress=moves.moving(2300 * MIB, 2300 * MIB),
        result={"path": "/home/ada/Downloads/fedora-workstation-41.iso"},
    )  # fmt: skip
    yield _one(8, "stream.ts", "running", progress=moves.moving(95 * MIB, None, eta=None))


def _one(
    at: int, name: str, state: str, kind: str = "download", **changes: object
) -> tuple[shapes.TaskView, shapes.RunView]:
    task = moves.task(FIRST + at, kind, name=name, does=f"moves {name}")
    asked = {"triggered_at": views.stamp(200 + 40 * at)}
    return task, moves.run(FIRST + at, state, task, **(asked | changes))


def _receipt(*, many: bool = False) -> shapes.ReceiptView:
    """Of one that went on twice, over four connections."""
    attempts = (
        moves.attempt(first=0, last=900 * MIB, end="the server closed the connection"),
        moves.attempt(at=views.stamp(200), status=206, first=900 * MIB, last=1500 * MIB,
                      end="nothing came for 60 s"),
        moves.attempt(at=views.stamp(400), status=206, first=1500 * MIB, last=2100 * MIB),
    )  # fmt: skip
    quarter = 932 * MIB
    offsets = tuple((at * quarter, at * quarter + (700 - 120 * at) * MIB) for at in range(4))
    return moves.receipt(
        length=3728 * MIB, done=2100 * MIB, offsets=offsets, moved=2164 * MIB,
        active_s=180.0, mean_speed=12.0 * MIB, connections=4, suspended_s=42.0,
        attempts=attempts * (9 if many else 1), attempts_left_out=31 if many else 0,
        again=(shapes.receipts.AgainView(start=896 * MIB, end=900 * MIB,
                                         why="it was not safe on the disk yet"),),
        notes=("the address was replaced once",),
    )  # fmt: skip
