"""The line to the supervisor: what is asked, what is heard, and what happens when it breaks."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui import paths
from bgtasks_gui.agent.line import launch, supervision
from bgtasks_gui.core import errors, processes, tasks
from bgtasks_gui.wire import codec
from tests.agent.support.embedded import PATIENCE_S, Gate, gone, living, settles

Make = Callable[[], supervision.Supervision]


class Heard:
    """What a line told."""

    def __init__(self, line: supervision.Supervision) -> None:
        self.events: list[codec.JsonObject] = []
        self.lost = 0
        self._news = asyncio.Event()
        line.on_event, line.on_lost = self._hear, self._lose

    def _hear(self, message: codec.JsonObject) -> None:
        self.events.append(message)
        self._news.set()

    def _lose(self) -> None:
        self.lost += 1
        self._news.set()

    async def until(self, find: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not find():
                self._news.clear()
                await self._news.wait()

    def exit(self, run_id: str) -> codec.JsonObject | None:
        found = (one for one in self.events if one["run"] == run_id and one["event"] == "exited")
        return next(found, None)


@pytest.fixture
async def make(place: paths.Home) -> AsyncIterator[Make]:
    """Makes lines over one home; they are closed with the test."""
    paths.make_home(place)
    made: list[supervision.Supervision] = []

    def build() -> supervision.Supervision:
        made.append(supervision.Supervision(place))
        return made[-1]

    yield build
    for line in made:
        await line.close()


def command(*argv: str) -> processes.CommandProcess:
    return processes.CommandProcess(argv=argv, cwd="/", env={"PATH": os.environ["PATH"]})


async def start(line: supervision.Supervision, run_id: str, *argv: str) -> processes.Identity:
    return await line.start(run_id, command(*argv), tasks.Resources())


# Opening and closing


async def test_a_supervisor_is_started_and_ends_when_nothing_is_left(
    make: Make, place: paths.Home
) -> None:
    line = make()
    assert await line.open() == []
    assert set(living(place)) == {line.pid}
    await line.close()
    assert living(place) == {}


async def test_one_prepared_beforehand_is_the_one_that_is_used(
    make: Make, place: paths.Home
) -> None:
    line = make()
    line.prepare()
    (pid,) = living(place)
    await line.open()
    assert line.pid == pid
    again = make()
    again.prepare()
    assert set(living(place)) == {pid}


async def test_one_prepared_for_nothing_is_taken_back(make: Make, place: paths.Home) -> None:
    line = make()
    line.prepare()
    await settles(place.supervisor_socket.exists)
    await line.close()
    assert living(place) == {}


async def test_the_next_agent_hears_of_everything_the_supervisor_knows(
    make: Make, gate: Gate, place: paths.Home
) -> None:
    line = make()
    await line.open()
    going = await start(line, "going", "sh", "-c", f"echo ready; {gate.wait}")
    over = await start(line, "over", "sh", "-c", "exit 3")
    await gone(over.pid)
    while (await line.stats())["exits"] == 0:
        pass
    await line.close()
    assert set(living(place)) == {line.pid}
    again = make()
    known = {one.run: one for one in await again.open()}
    assert again.pid == line.pid
    assert (known["going"].identity, known["going"].exit) == (going, None)
    ended = known["over"].exit
    assert ended is not None
    assert (ended.exit_code, ended.signal, ended.message) == (3, None, None)
    again.forget(["over"])
    again.forget([])
    assert (await again.stats())["exits"] == 0
    gate.open()


async def test_one_that_is_about_to_end_is_replaced(make: Make) -> None:
    line = make()
    await line.open()
    for _ in range(10):
        leaving, line = line, make()
        _, known = await asyncio.gather(leaving.close(), line.open())
        assert known == []
        assert (await line.stats())["pid"] == line.pid


async def test_one_that_hangs_up_before_it_answers_is_replaced(
    make: Make, place: paths.Home
) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place.supervisor_socket.unlink(missing_ok=True)
        writer.close()

    server = await asyncio.start_unix_server(hang_up, place.supervisor_socket)
    line = make()
    heard = Heard(line)
    assert await line.open() == []
    assert (await line.stats())["pid"] == line.pid
    assert heard.lost == 0
    server.close()


async def test_one_that_hangs_up_behind_its_answer_is_replaced(
    make: Make, place: paths.Home
) -> None:
    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        place.supervisor_socket.unlink(missing_ok=True)
        writer.write(b'{"reply": 1, "pid": 1, "runs": []}\n')
        writer.close()

    server = await asyncio.start_unix_server(answer_once, place.supervisor_socket)
    line = make()
    await line.open()
    assert (await line.stats())["pid"] == line.pid != 1
    server.close()


# When none can be had


async def test_why_none_can_be_had_is_told(make: Make, place: paths.Home) -> None:
    place.supervisor_socket.symlink_to("/nowhere/at/all")
    place.supervisor_socket.with_name("supervisor.sock.lock").mkdir()
    with pytest.raises(errors.SupervisorLost, match="cannot start"):
        await make().open()


async def test_one_that_does_not_come_up_is_given_up(
    make: Make, place: paths.Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "PATIENCE_S", 0.05)
    monkeypatch.setattr(launch.Launch, "begin", lambda self: None)
    with pytest.raises(errors.SupervisorLost, match="did not come up"):
        await make().open()


async def test_one_that_does_not_answer_is_given_up(
    make: Make, place: paths.Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make()
    await line.open()
    assert line.pid is not None
    monkeypatch.setattr(supervision, "PATIENCE_S", 0.05)
    monkeypatch.setattr(supervision, "GOODBYE_S", 0.05)
    os.kill(line.pid, signal.SIGSTOP)
    try:
        with pytest.raises(errors.SupervisorLost, match="does not answer"):
            await line.stats()
        monkeypatch.setattr(launch, "PATIENCE_S", 0.05)
        await line.close()
    finally:
        os.kill(line.pid, signal.SIGCONT)


async def test_over_a_line_that_is_not_open_nothing_is_asked(make: Make) -> None:
    line = make()
    with pytest.raises(errors.SupervisorLost):
        await line.stats()


# Runs


async def test_a_run_is_started_measured_signalled_and_its_end_is_heard(make: Make) -> None:
    line = make()
    heard = Heard(line)
    await line.open()
    who = await start(line, "one", "sh", "-c", "echo ready; exec sleep 1000")
    assert await start(line, "one", "false") == who
    await heard.until(lambda: any(one["event"] == "output" for one in heard.events))
    usage = await line.usage("one", who)
    assert (usage.processes, usage.rss > 0) == (1, True)
    assert await line.signal("one", who, "stop")
    assert await line.signal("one", who, "continue")
    assert await line.signal("one", who, "terminate")
    await heard.until(lambda: heard.exit("one"))
    told = heard.exit("one")
    assert told is not None
    ended = supervision.exit_of(told)
    assert (ended.exit_code, ended.signal, ended.leftover) == (None, signal.SIGTERM, 0)
    assert not await line.signal("one", who, "kill")


async def test_a_variable_that_is_no_text_arrives_as_it_was(make: Make, place: paths.Home) -> None:
    line = make()
    heard = Heard(line)
    await line.open()
    spec = msgspec.structs.replace(
        command("sh", "-c", "printf %s $ODD"),
        env={"PATH": os.environ["PATH"], "ODD": os.fsdecode(b"\xff\xe2\x82\xac")},
    )
    await line.start("one", spec, tasks.Resources())
    await heard.until(lambda: heard.exit("one"))
    assert place.run_log("one").read_bytes() == b"\xff\xe2\x82\xac"


async def test_a_refusal_names_the_field(make: Make) -> None:
    line = make()
    await line.open()
    with pytest.raises(errors.CannotStart, match="no program 'nowhere'") as caught:
        await start(line, "one", "nowhere")
    assert caught.value.field == "payload.argv[0]"


async def test_functions_are_looked_for_called_and_talked_to(make: Make, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(
        "from bgtasks_gui.worker import current_run\n"
        "def waits():\n"
        "    run = current_run()\n"
        "    run.progress(1, 2)\n"
        "    run.wait_canceled()\n"
        "    return run.cancel_reason\n"
    )
    line = make()
    heard = Heard(line)
    await line.open()
    spec = processes.PythonProcess(
        callable="work:waits",
        args=codec.raw([]),
        kwargs=codec.raw({}),
        arguments=codec.raw({}),
        trigger=codec.raw({}),
        task="work",
        attempt=1,
        path=(str(tmp_path),),
        interpreter=None,
        cwd="/",
        env={},
    )
    assert await line.check_callable(spec, os.environ) is None
    wrong = msgspec.structs.replace(spec, callable="work:dances")
    assert "no function 'dances'" in (await line.check_callable(wrong, os.environ) or "")
    await line.start("one", spec, tasks.Resources())
    await heard.until(lambda: any(one["event"] == "message" for one in heard.events))
    assert await line.tell("one", {"canceled": {"code": "user_cancel"}})
    await heard.until(lambda: heard.exit("one"))
    told = heard.exit("one")
    assert told is not None
    word = supervision.exit_of(told).message
    assert word is not None
    assert codec.plain(word) == {"type": "result", "value": {"code": "user_cancel"}}
    assert not await line.tell("one", {"canceled": {}})


# The line breaks


async def test_when_it_breaks_that_is_told_once_and_nobody_waits_on(make: Make) -> None:
    line = make()
    heard = Heard(line)
    await line.open()
    assert line.pid is not None
    os.kill(line.pid, signal.SIGSTOP)
    asked = asyncio.ensure_future(line.stats())
    await asyncio.sleep(0)
    os.kill(line.pid, signal.SIGKILL)
    with pytest.raises(errors.SupervisorLost):
        await asked
    await heard.until(lambda: heard.lost)
    with pytest.raises(errors.SupervisorLost):
        await line.stats()
    await line.close()
    assert heard.lost == 1


async def test_closing_is_no_loss(make: Make) -> None:
    line = make()
    heard = Heard(line)
    await line.open()
    await line.close()
    await line.close()
    assert heard.lost == 0


async def test_what_is_no_json_breaks_it(make: Make, place: paths.Home) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"reply": 1, "pid": 1, "runs": []}\n{"reply": 99}\n')
        await reader.readline()
        writer.write(b'{"reply": 2}\n')
        await reader.readline()
        writer.write(b"no json\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_unix_server(babble, place.supervisor_socket)
    line = make()
    heard = Heard(line)
    await line.open()
    with pytest.raises(errors.SupervisorLost):
        await line.stats()
    assert heard.lost == 1
    server.close()
