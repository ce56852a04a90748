from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path

import pytest

import bgtasks_gui
from bgtasks_gui.supervisor import journal, server
from tests.supervisor.support.client import PATIENCE_S, Agent, Supervised, new_run, state_of


def error_of(agent: Agent, content: bytes) -> dict[str, object]:
    agent.write(content)
    error: dict[str, object] = agent.read()["error"]
    return error


def test_hello_says_who_it_is() -> None:
    with Supervised() as place:
        hello = place.agent().hello
        assert hello["pid"] == place.process.pid
        assert (hello["protocol"], hello["version"]) == (1, bgtasks_gui.__version__)
        assert hello["runs"] == []


def test_the_newest_agent_is_the_agent() -> None:
    with Supervised() as place:
        first, second = place.agent(), place.agent()
        with pytest.raises(ConnectionError):
            first.read()
        second.ask("start", **place.command("r", "true"))
        assert second.exit("r")["exit_code"] == 0


def test_who_says_no_hello_gets_only_numbers() -> None:
    with Supervised() as place:
        agent, other = place.agent(), place.agent(greets=False)
        assert other.ask("stats")["pid"] == place.process.pid
        refused = other.ask("start", **place.command("r", "true"))
        assert refused["error"]["code"] == "not_greeted"
        assert agent.ask("stats")["runs"] == 0
        other.close()
        assert agent.ask("stats")["runs"] == 0


@pytest.mark.parametrize(
    "content",
    [b"{}\n", b"nonsense\n", b"\xff\n", b'{"id": "1", "do": "stats"}\n', b"[1]\n", b"\n"],
)
def test_what_is_no_request_is_answered(content: bytes) -> None:
    with Supervised() as place:
        agent = place.agent()
        assert error_of(agent, content)["code"] == "invalid_request"
        assert agent.ask("stats")["runs"] == 0


def test_unknown_request_is_named() -> None:
    with Supervised() as place:
        agent = place.agent()
        assert agent.ask("dance")["error"] == {
            "code": "unknown_request",
            "field": "do",
            "message": "There is no request 'dance'.",
        }


def test_a_request_may_come_in_pieces_and_many_at_once() -> None:
    with Supervised() as place:
        agent = place.agent()
        line = json.dumps({"id": 900, "do": "stats"}).encode() + b"\n"
        agent.write(line[:7])
        agent.write(line[7:] + line + line[:3])
        agent.write(line[3:])
        assert [agent.read()["reply"] for _ in range(3)] == [900, 900, 900]


def test_it_ends_at_once_after_bye_when_idle() -> None:
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.command("r", "true"))
        agent.exit("r")
        assert agent.ask("bye")["idle"] is True
        assert place.process.wait(PATIENCE_S) == 0
        assert not place.socket.exists()
        assert set(journal.read(str(place.journal))) == {"r"}


def test_after_bye_it_ends_with_the_last_run() -> None:
    with Supervised() as place:
        os.mkfifo(place.folder / "fifo")
        agent = place.agent()
        agent.ask("start", **place.shell("r", "read -r word < fifo; exit 6"))
        assert agent.ask("bye")["idle"] is False
        agent.close()
        (place.folder / "fifo").write_text("go\n")
        assert place.process.wait(PATIENCE_S) == 0
        assert journal.read(str(place.journal))["r"]["exit_code"] == 6


def test_a_new_hello_takes_bye_back() -> None:
    with Supervised() as place:
        os.mkfifo(place.folder / "fifo")
        agent = place.agent()
        agent.ask("start", **place.shell("r", "read -r word < fifo"))
        agent.ask("bye")
        agent = place.agent()
        (place.folder / "fifo").write_text("go\n")
        agent.exit("r")
        agent.ask("start", **place.command("next", "true"))
        assert agent.exit("next")["exit_code"] == 0


def test_it_ends_by_itself_when_nobody_comes() -> None:
    with Supervised(idle_exit_s=0.05) as place:
        assert place.process.wait(PATIENCE_S) == 0


def test_it_stays_for_its_agent_and_its_runs() -> None:
    with Supervised(idle_exit_s=0.2) as place:
        os.mkfifo(place.folder / "fifo")
        agent = place.agent()
        agent.ask("start", **place.shell("r", "sleep 0.4; echo; read -r word < fifo"))
        agent.event(lambda event: event["event"] == "output")
        agent.close()
        place.agent().close()
        (place.folder / "fifo").write_text("go\n")
        assert place.process.wait(PATIENCE_S) == 0
        assert journal.read(str(place.journal))["r"]["exit_code"] == 0


def test_it_stays_while_a_leftover_holds_a_pipe() -> None:
    with Supervised() as place:
        os.mkfifo(place.folder / "fifo")
        agent = place.agent()
        agent.ask("start", **place.shell("r", "(read -r word < fifo; echo late) & true"))
        agent.exit("r")
        assert agent.ask("bye")["idle"] is False
        (place.folder / "fifo").write_text("go\n")
        assert place.process.wait(PATIENCE_S) == 0


def test_sigint_and_sighup_are_borne_and_not_handed_on() -> None:
    with Supervised() as place:
        agent = place.agent()
        for signum in (signal.SIGINT, signal.SIGHUP):
            place.process.send_signal(signum)
        pid = agent.ask("start", **place.command("r", "sleep", "1000"))["pid"]
        os.kill(pid, signal.SIGHUP)
        assert agent.exit("r")["signal"] == signal.SIGHUP
        pid = agent.ask("start", **place.command("s", "sleep", "1000"))["pid"]
        os.kill(pid, signal.SIGINT)
        assert agent.exit("s")["signal"] == signal.SIGINT


def test_sigterm_lets_runs_end_but_none_begin() -> None:
    with Supervised() as place:
        os.mkfifo(place.folder / "fifo")
        agent = place.agent()
        pid = agent.ask("start", **place.shell("r", "read -r word < fifo; exit 5"))["pid"]
        place.process.send_signal(signal.SIGTERM)
        refused = agent.ask("start", **place.command("late", "true"))
        while "error" not in refused:  # the signal may come after the request
            agent.exit("late")
            agent.ask("forget", runs=["late"])
            refused = agent.ask("start", **place.command("late", "true"))
        assert refused["error"]["code"] == "closing"
        assert state_of(pid) in ("R", "S", "D")  # on its way to the fifo, or there
        agent = place.agent()
        (place.folder / "fifo").write_text("go\n")
        assert agent.exit("r")["exit_code"] == 5
        assert place.process.wait(PATIENCE_S) == 0


def test_a_line_without_end_costs_no_memory() -> None:
    with Supervised() as place:
        agent = place.agent()
        before = agent.ask("stats")["rss"]
        for _ in range(40):
            agent.write(b"x" * 1_000_000)
        assert error_of(agent, b"\n")["code"] == "invalid_request"
        assert agent.ask("stats")["rss"] - before < 24_000_000


def test_numbers_that_no_process_has_do_no_harm() -> None:
    with Supervised() as place:
        agent = place.agent()
        reply = agent.ask("usage", run=new_run(), pid=10**30, start_ticks=1)
        assert reply["processes"] == 0
        reply = agent.ask("signal", run=new_run(), pid=-1, start_ticks=1, action="kill")
        assert (reply["alive"], reply["signalled"]) == (False, 0)


def test_a_fault_in_one_request_is_answered_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(request: object, reply: object) -> None:
        raise ZeroDivisionError("by us")

    class Source:
        def __init__(self) -> None:
            self.sent: list[dict[str, object]] = []

        def send(self, *messages: dict[str, object]) -> None:
            self.sent += messages

    serving = server.Server(str(tmp_path / "s"), str(tmp_path / "j"), 60)
    source = Source()
    serving._on_line(source, b'{"id": 1, "do": "hello"}')
    monkeypatch.setattr(serving._requests, "answer", fail)
    serving._on_line(source, b'{"id": 2, "do": "start"}')
    assert [reply["reply"] for reply in source.sent] == [1, 2]
    assert source.sent[1]["error"] == {
        "code": "internal",
        "field": None,
        "message": "The supervisor has a fault: ZeroDivisionError('by us').",
    }
    assert "ZeroDivisionError: by us" in capsys.readouterr().err
    serving._door.close()


def test_an_agent_that_finds_no_room_waits_until_there_is() -> None:
    with Supervised(prefix=("prlimit", "--nofile=48:48")) as place:
        others = [place.agent(greets=False) for _ in range(60)]
        late = place.agent(greets=False)
        number = late.send("hello")
        for other in others:
            other.close()
        assert late.reply_to(number)["pid"] == place.process.pid


def test_connections_that_end_at_once_do_not_matter() -> None:
    with Supervised() as place:
        for _ in range(100):
            with socket.socket(socket.AF_UNIX) as end:
                end.connect(str(place.socket))
        agent = place.agent()
        fds = agent.ask("stats")["fds"]
        assert fds < 20
