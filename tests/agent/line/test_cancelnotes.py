"""The note that a cancelled run finds: whole, in time, and never in the way of the cancel."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import resource
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.agent.line import cancelnotes
from bgtasks_gui.core import reasons, runs
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, why
from tests.core import samples
from tests.fakes.manual_clock import ManualClock

RUN = "01JD0ABCDEFGHJKMNPQRSTVWXY"


@pytest.fixture
def place(home: Path) -> Iterator[paths.Home]:
    found = paths.find_home()
    paths.make_home(found)
    yield found
    found.logs.chmod(paths.PRIVATE)


def by_you(detail: str | None = "the disk is needed") -> dict[str, object]:
    return cancelnotes.words(reasons.make(reasons.Code.USER_CANCEL, samples.NOW, detail), 10.0)


def read(place: paths.Home) -> object:
    return json.loads(Path(cancelnotes.path(place, RUN)).read_text())


def test_the_words_are_those_that_people_read() -> None:
    assert by_you() == {
        "code": "user_cancel",
        "actor": "user",
        "sentence": "Cancelled by you: the disk is needed.",
        "remedy": "Run again",
        "detail": "the disk is needed",
        "at": "2026-11-24T13:00:00.000Z",
        "windows": 0,
        "ohos": 1,
        "grace_s": 10.0,
    }


@pytest.mark.parametrize("code", reasons.Code)
def test_every_reason_has_them(code: reasons.Code) -> None:
    said = cancelnotes.words(reasons.make(code, samples.NOW), 0.5)
    assert str(said["sentence"]).startswith("Cancelled by ")
    assert json.loads(json.dumps(said)) == said


async def test_a_note_is_whole_private_and_beside_the_log(place: paths.Home) -> None:
    said = by_you("Größe \N{PILE OF POO}, \ud800")
    await cancelnotes.CancelNotes(place).leave(RUN, said)
    log = place.run_log(RUN)
    [note] = log.parent.iterdir()
    assert note.name == f"{log.name}.cancel"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    # Half of a character cannot be written; it must not cost the rest.
    assert read(place) == said | {
        "detail": "Größe \N{PILE OF POO}, ?",
        "sentence": "Cancelled by you: Größe \N{PILE OF POO}, ?.",
    }
    assert "Größe" in note.read_text()


async def test_a_second_note_takes_the_place_of_the_first(place: paths.Home) -> None:
    notes = cancelnotes.CancelNotes(place)
    await notes.leave(RUN, by_you("first"))
    Path(f"{cancelnotes.path(place, RUN)}.new").write_text("left over by a crash" * 100)
    await notes.leave(RUN, by_you("second"))
    assert read(place) == by_you("second")
    assert len(list(place.run_log(RUN).parent.iterdir())) == 1


async def test_many_at_once_are_all_there(place: paths.Home) -> None:
    notes = cancelnotes.CancelNotes(place)
    ids = [f"01JD0{number:021}" for number in range(200)]
    await asyncio.gather(*(notes.leave(run_id, by_you()) for run_id in ids))
    assert all(Path(cancelnotes.path(place, run_id)).exists() for run_id in ids)


# Where it cannot be written


async def test_a_full_disk_is_logged_and_nothing_else(
    place: paths.Home, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    # The nearest to a full disk that a test can have: no file may grow at all.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        await cancelnotes.CancelNotes(place).leave(RUN, by_you())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "not told why it is cancelled: File too large" in caplog.text
    # Not even an empty one, which would read as a reason without words.
    assert list(place.run_log(RUN).parent.iterdir()) == []


async def test_a_folder_that_is_none_is_logged_too(
    place: paths.Home, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    place.run_log(RUN).parent.write_text("in the way")
    await cancelnotes.CancelNotes(place).leave(RUN, by_you())
    assert "Not a directory" in caplog.text


async def test_a_disk_that_hangs_is_not_waited_for_and_the_note_comes_late(
    place: paths.Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    goes_on = threading.Event()
    replace = os.replace

    def hangs(source: str, target: str) -> None:
        assert goes_on.wait(30)
        replace(source, target)

    monkeypatch.setattr(os, "replace", hangs)
    notes = cancelnotes.CancelNotes(place)
    began = asyncio.get_running_loop().time()
    await notes.leave(RUN, by_you())
    took = timedelta(seconds=asyncio.get_running_loop().time() - began)
    assert took < timedelta(seconds=5)
    assert "the disk does not answer" in caplog.text
    assert not Path(cancelnotes.path(place, RUN)).exists()
    goes_on.set()
    await notes.leave(f"{RUN[:-1]}Z", by_you())
    assert read(place) == by_you()


# A run that is cancelled


async def start(agent: Embedded, gate: Gate) -> runs.Run:
    """A run that prints its note when it is asked to end, and finds none before."""
    script = f"""
        trap 'cat "$BGTASKS_CANCEL_REASON"; exit 0' TERM
        test -e "$BGTASKS_CANCEL_REASON" || echo ready
        {gate.wait}
    """
    run = await agent.run(await agent.add("work", script))
    await agent.printed(run, "ready")
    return run


async def ended(agent: Embedded, run: runs.Run) -> dict[str, object]:
    """What it found, once it has ended."""
    await agent.cancel(run, "enough")
    assert why(await agent.ended(run)) == ("canceled", "user_cancel")
    found: dict[str, object] = json.loads(agent.log(run).removeprefix("ready\n"))
    return found


async def test_the_note_is_there_when_the_signal_comes(make: Make, gate: Gate) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await start(agent, gate)
    reason = reasons.make(reasons.Code.USER_CANCEL, clock.now(), "enough")
    assert await ended(agent, run) == cancelnotes.words(reason, 10.0)


async def test_a_run_that_outlived_the_last_agent_finds_it_as_well(make: Make, gate: Gate) -> None:
    agent = await make().start()
    run = await start(agent, gate)
    await agent.crash()
    agent = await make().start()
    assert (await ended(agent, run))["detail"] == "enough"


async def test_a_note_that_cannot_be_left_keeps_no_run_from_its_end(
    agent: Embedded, gate: Gate
) -> None:
    run = await start(agent, gate)
    Path(f"{cancelnotes.path(agent.home, run.id)}.new").mkdir()
    await agent.cancel(run)
    over = await agent.ended(run)
    assert (why(over), over.forced) == (("canceled", "user_cancel"), False)


async def test_it_is_forgotten_with_its_run(make: Make, gate: Gate) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await start(agent, gate)
    await ended(agent, run)
    note = Path(cancelnotes.path(agent.home, run.id))
    assert note.exists()
    clock.jump_wall(timedelta(days=8))
    assert await agent.agent.housekeeping.prune() == 1
    assert not note.parent.exists()
