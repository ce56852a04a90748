"""Buttons of notices, pressed at a whole agent, with programs that note what they are given."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.core import errors, events, reasons, runs, tasks
from bgtasks_gui.core.background import access, continuous
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.core.notices import notice, orders
from bgtasks_gui.wire import codec
from tests.agent.conftest import Make
from tests.agent.support import embedded
from tests.agent.support.embedded import Embedded, Gate, why
from tests.fakes.manual_clock import ManualClock
from tests.faults.support import server as servers
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.scripts import serve

HOURLY = ({"type": "interval", "every": "PT1H"},)
FILE = Entity(make_content(1000))
_A = notice.Action
_S = runs.RunState


def press(
    agent: Embedded, action: notice.Action, run: runs.Run | None = None, **more: object
) -> None:
    """As the teller does it when somebody pressed a button."""
    named = {} if run is None else {"run_id": run.id, "task_id": run.task_id}
    agent.agent.telling.on_act(orders.Act(action=action, **(named | more)))


async def pressed(
    agent: Embedded, action: notice.Action, run: runs.Run | None = None, **more: object
) -> None:
    """The same, done once that has led to whatever it leads to."""
    press(agent, action, run, **more)
    await agent.agent.runner.settle()


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the desktop was asked to open, or how a window was started, once that has happened."""
    written = tmp_path / "note"
    script = tmp_path / "bin" / "xdg-open"
    script.parent.mkdir()
    say = 'for each in "$@"; do echo "$each"; done; echo "home: $BGTASKS_HOME"'
    say += '; echo "front: $XDG_ACTIVATION_TOKEN $DESKTOP_STARTUP_ID"'
    script.write_text(f"#!/bin/sh\n{{ {say}; }} > {written}.new; mv {written}.new {written}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")
    return written


async def read(note: Path) -> list[str]:
    await embedded.settles(note.exists)
    return note.read_text().splitlines()


@pytest.fixture
def server() -> Iterator[servers.Server]:
    with servers.running() as one:
        yield one


@pytest.fixture
def warned(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING)
    return caplog


# Steering a run


async def test_a_run_is_suspended_resumed_and_cancelled(agent: Embedded, gate: Gate) -> None:
    run = await agent.run(await agent.add("t", gate.wait))
    await agent.reached(run, "running")
    press(agent, _A.SUSPEND, run)
    assert why(await agent.reached(run, "suspended")) == ("suspended", "user_suspend")
    press(agent, _A.RESUME, run)
    await agent.until(lambda: agent.now(run).state is _S.RUNNING)
    press(agent, _A.CANCEL, run)
    assert why(await agent.ended(run)) == ("canceled", "user_cancel")


async def test_to_dismiss_the_notice_of_a_run_is_a_reason_of_its_own(
    agent: Embedded, gate: Gate
) -> None:
    run = await agent.run(await agent.add("t", gate.wait, modes=("taskKeeping",)))
    await agent.reached(run, "running")
    press(agent, _A.CANCEL, run, reason=reasons.Code.USER_REMOVED_NOTICE)
    ended = await agent.ended(run)
    assert why(ended) == ("canceled", "user_removed_notice")
    assert ended.reason is not None
    assert reasons.CATALOGUE[ended.reason.code].ohos == 3


async def test_what_has_ended_stays_as_it_ended(
    agent: Embedded, warned: pytest.LogCaptureFixture
) -> None:
    ended = await agent.ended(await agent.run(await agent.add("t", "exit 3")))
    await pressed(agent, _A.SUSPEND, ended)
    await pressed(agent, _A.RESUME, ended)
    await pressed(agent, _A.CANCEL, ended)
    assert agent.now(ended) == ended
    assert warned.messages == []


async def test_a_missed_time_runs_when_the_person_says_so(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    ask = tasks.Missed(policy=tasks.MissedPolicy.ASK)
    task = await agent.add("hourly", "true", triggers=HOURLY, missed=ask)
    clock.jump_wall(timedelta(hours=1, minutes=30))
    agent.agent.lookout.jumps.check_now()
    await agent.agent.runner.settle()
    (asking,) = await agent.stored(task)
    assert asking.state is _S.WAITING
    press(agent, _A.RUN, asking)
    assert (await agent.ended(asking)).state is _S.COMPLETED


async def test_again_is_with_the_arguments_it_had(agent: Embedded) -> None:
    task = await agent.add("t", "exit 3")
    failed = await agent.ended(await agent.run(task, what="it all"))
    press(agent, _A.RETRY, failed)
    await agent.until(lambda: len(agent.told_ended(task)) == 2)
    again = agent.told_ended(task)[1].run
    assert again.id != failed.id
    assert codec.plain(again.firing.arguments) == {"what": "it all"}
    assert again.firing.type == "manual"


async def test_again_when_the_run_is_not_known_any_more(
    agent: Embedded, warned: pytest.LogCaptureFixture
) -> None:
    task = await agent.add("t", "true")
    press(agent, _A.RETRY, task_id=task.id, run_id=agent.agent.ledger.new_task_id())
    await agent.until(lambda: agent.told_ended(task))
    assert warned.messages == []
    await pressed(agent, _A.RETRY)
    assert warned.messages == [errors.RunNotFound().message]


# Continuous tasks of programs


async def test_what_a_program_does_is_cancelled(
    agent: Embedded, warned: pytest.LogCaptureFixture
) -> None:
    parts = agent.agent.background
    await parts.grants.grant(access.Access(owner="player", modes=(Mode.AUDIO_PLAYBACK,)))
    found = await parts.conducting.start(
        continuous.Wish(
            owner="player", ability="main", modes=(Mode.AUDIO_PLAYBACK,), title="a", text="b"
        )
    )
    await pressed(agent, _A.CANCEL, continuous_id=found.id)
    await pressed(agent, _A.CANCEL, continuous_id=found.id)
    told = [one for one in agent.told if isinstance(one, events.ContinuousChanged)]
    assert [(one.what, one.reason and one.reason.code) for one in told] == [
        ("started", None),
        ("canceled", reasons.Code.USER_CANCEL),
    ]
    assert warned.messages == [f"No continuous task has the number {found.id}; it may be over."]


async def test_what_a_run_does_for_a_program_ends_with_the_run(agent: Embedded, gate: Gate) -> None:
    task = await agent.add("t", gate.wait, modes=("audioPlayback",), owner="player")
    run = await agent.reached(await agent.run(task), "running")
    found = await agent.agent.background.conducting.start(
        continuous.Wish(
            owner="player", ability="main", modes=(Mode.AUDIO_PLAYBACK,), title="a", text="b",
            run_id=run.id,
        )
    )  # fmt: skip
    press(agent, _A.CANCEL, run, continuous_id=found.id, reason=reasons.Code.USER_REMOVED_NOTICE)
    assert why(await agent.ended(run)) == ("canceled", "user_removed_notice")
    ended = await agent.until(
        lambda: next(
            (
                one
                for one in agent.told
                if isinstance(one, events.ContinuousChanged) and one.task.id == found.id
                and one.what == "canceled"
            ),
            None,
        )
    )  # fmt: skip
    assert ended.reason is not None
    assert ended.reason.code is reasons.Code.USER_REMOVED_NOTICE


# Files


async def fetched(agent: Embedded, server: servers.Server, file: Path) -> runs.Run:
    """The end of a run that has brought this file."""
    url = server.on("/file", serve(FILE))
    task = await agent.register("file", "download", {"url": url, "to": str(file)})
    return await agent.ended(await agent.run(task))


@pytest.mark.parametrize(
    ("action", "name", "shows"),
    [
        (_A.OPEN_FILE, "report.pdf", "report.pdf"),
        (_A.OPEN_FILE, "setup.sh", ""),
        (_A.OPEN_FOLDER, "report.pdf", ""),
    ],
)
async def test_a_file_or_its_folder_is_opened(
    agent: Embedded, server: servers.Server, note: Path, tmp_path: Path,
    action: notice.Action, name: str, shows: str,
) -> None:  # fmt: skip
    files = tmp_path / "files"
    files.mkdir()
    run = await fetched(agent, server, files / name)
    assert run.state is _S.COMPLETED
    press(agent, action, run, token="panel-1")
    opened, *_, front = await read(note)
    assert (opened, front) == (str(files / shows), "front: panel-1 panel-1")


async def test_why_nothing_is_opened_is_logged(
    agent: Embedded, server: servers.Server, tmp_path: Path, warned: pytest.LogCaptureFixture
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    run = await fetched(agent, server, files / "report.pdf")
    (files / "report.pdf").unlink()
    files.rmdir()
    await pressed(agent, _A.OPEN_FILE, run)
    told = await agent.ended(await agent.run(await agent.add_python(*_TELLING, _module(tmp_path))))
    assert codec.plain(told.result) == {"path": "/etc/passwd"}
    await pressed(agent, _A.OPEN_FILE, told)
    assert warned.messages == [
        f"The folder {files} is not there.",
        "There is no file of this run yet.",
    ]


_TELLING = ("tells", "told:path")


def _module(folder: Path) -> Path:
    """A function whose result looks like that of a download."""
    (folder / "told.py").write_text('def path():\n    return {"path": "/etc/passwd"}\n')
    return folder


# The window


async def test_the_window_is_led_to_the_run(
    agent: Embedded, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await agent.ended(await agent.run(await agent.add("t", "true")))
    monkeypatch.setattr(sys, "executable", str(note.parent / "bin" / "xdg-open"))
    # What the agent itself was started with has been used.
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "old")
    press(agent, _A.SHOW, run, token="panel-1")
    home = f"home: {agent.home.root}"
    front = "front: panel-1 panel-1"
    assert await read(note) == ["-m", "bgtasks_gui", "--run", run.id, home, front]
    note.unlink()
    # Of several runs there is none to lead to.
    press(agent, _A.SHOW)
    assert await read(note) == ["-m", "bgtasks_gui", home, "front:  "]


async def test_an_agent_without_a_screen_opens_no_window_and_says_so(
    agent: Embedded, monkeypatch: pytest.MonkeyPatch, warned: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/program")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    await pressed(agent, _A.SHOW)
    assert warned.messages == [
        "No window can be opened: the agent was started without a screen (DISPLAY and"
        " WAYLAND_DISPLAY are not set). Start it anew on the desktop:"
        " bgtasks agent stop && bgtasks agent start"
    ]


# What goes wrong


async def test_refusals_and_bugs_are_logged_and_the_next_is_done(
    agent: Embedded, gate: Gate, monkeypatch: pytest.MonkeyPatch, warned: pytest.LogCaptureFixture
) -> None:
    run = await agent.run(await agent.add("t", f"trap '' TERM; {gate.wait}; {gate.wait}"))
    await agent.reached(run, "running")
    await pressed(agent, _A.SNOOZE, run)
    await pressed(agent, _A.CANCEL, run_id=agent.agent.ledger.new_task_id())
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "no\0name")
        await pressed(agent, _A.SHOW, run)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/no/such/program")
        await pressed(agent, _A.SHOW, run)
    assert warned.messages == [
        errors.RunNotFound().message,
        "a notice's button failed",
        "/no/such/program cannot be started: No such file or directory.",
    ]
    [bug] = [one for one in warned.records if one.exc_info]
    assert bug.levelno == logging.ERROR
    press(agent, _A.CANCEL, run)
    await agent.reached(run, "canceling")
    await pressed(agent, _A.SUSPEND, run)
    assert warned.messages[3:] == ["The run is being cancelled; it cannot be suspended."]
    gate.open()
    gate.open()
    assert why(await agent.ended(run)) == ("canceled", "user_cancel")
