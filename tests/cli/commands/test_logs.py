from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.cli import app
from bgtasks_gui.cli.commands import logs
from bgtasks_gui.core import errors
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.supervisor import segments
from tests.cli.conftest import Bgtasks
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import Script, ScriptedAgent

RUN = views.RUN_ID
LOG, SHOW = f"GET /v1/runs/{RUN}/log", f"GET /v1/runs/{RUN}"


def test_output_as_it_is(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(SHOW, views.ended())
    agent.on(LOG, views.piece("one\r\n[bold]two\x1b[31m"))
    shown = bgtasks("logs", RUN)
    assert (shown.code, shown.out, shown.err) == (0, "one\r\n[bold]two\x1b[31m", "")
    assert len(agent.said_to(LOG)) == 1


def test_gaps_and_losses_are_told_beside_it(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(SHOW, views.ended())
    head = views.piece("head\n", total=5000, left_out=4990, ended=False)
    tail = views.piece(
        "tail\n", offset=4995, next_offset=5000, total=5000, left_out=4990, lost=2048
    )
    agent.on(LOG, Script(head, tail))
    shown = bgtasks("logs", RUN)
    assert shown.out == "head\ntail\n"
    assert shown.err.splitlines() == [
        "[4.9 KiB left out here: only the beginning and the end are kept]",
        "[2 KiB could not be written: the disk was full]",
    ]


def test_bytes_that_are_no_text(
    agent: ScriptedAgent, home: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    written = b"caf\xe9 \xff\n"
    base = home / "run.log"
    base.write_bytes(written)
    agent.on(SHOW, views.ended(log_path=str(base)))
    text = written.decode("utf-8", "replace")
    piece = views.piece(text, next_offset=len(written), total=len(written))
    agent.on(LOG, piece)
    assert app.main(["logs", RUN]) == 0
    assert capfdbinary.readouterr().out == written
    base.unlink()
    # What is gone from the disk is shown as the agent told it.
    assert app.main(["logs", RUN]) == 0
    assert capfdbinary.readouterr().out == text.encode()


def test_a_run_that_never_was_and_one_too_old(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(SHOW, None)
    agent.on("GET /v1/runs", errors.TaskNotFound())
    assert bgtasks("logs", RUN).code == 3
    agent.on("GET /v1/runs", [])
    said = bgtasks("logs", "backup")
    assert said.code == 3
    assert "the task has not run yet" in said.err


def test_following_ends_with_the_run(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/health", views.health())
    agent.on(SHOW, Script(views.run(state=RunState.WAITING, pid=None), views.run()))
    agent.on("GET /v1/runs", [views.run(state=RunState.WAITING, pid=None)])
    agent.on(
        LOG,
        Script(
            views.piece("", ended=True),  # it waits, so nothing writes
            views.piece("one\n", ended=False),
            views.piece("two\n", offset=4, next_offset=8, total=8, ended=False),
            views.piece("three\n", offset=8, next_offset=14, total=14, ended=True),
            views.piece("", offset=14, next_offset=14, total=14, ended=True),
        ),
    )
    agent.on(SHOW, Script(views.run(pid=3), views.ended()))
    shown = bgtasks("logs", "backup", "-f")
    assert (shown.code, shown.out) == (0, "one\ntwo\nthree\n")
    assert shown.err == "Waiting for output...\n"
    waits = [asked.query.get("wait") for asked in agent.said_to(LOG)]
    assert float(waits[0] or 0) == 0
    assert all(float(wait or 0) > 0 for wait in waits[1:])


def test_json_is_a_piece_a_line(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(SHOW, views.ended())
    agent.on(LOG, views.piece("x"))
    found = bgtasks("logs", RUN, "--json").json
    assert isinstance(found, dict)
    assert (found["text"], found["next_offset"]) == ("x", 1)


def test_tail_over_pieces(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on(SHOW, views.ended())
    first = views.piece("1\n2\n3", total=8)
    agent.on(LOG, Script(first, views.piece("3\n4\n", offset=5, next_offset=8, total=8)))
    assert bgtasks("logs", RUN, "--tail", "2").out == "33\n4\n"


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        (b"a\nb\nc\n", 2, b"b\nc\n"),
        (b"a\nb\nc", 2, b"b\nc"),
        (b"a\rb\r", 1, b"a\rb\r"),
        (b"a\n", 5, b"a\n"),
        (b"a\n", 0, b""),
        (b"", 3, b""),
        (b"\n\n\n", 2, b"\n\n"),
    ],
)
def test_last_lines(text: bytes, count: int, expected: bytes) -> None:
    assert logs.last_lines(text, count) == expected


@given(text=st.binary(max_size=50), count=st.integers(0, 9))
def test_last_lines_are_an_end_of_the_text(text: bytes, count: int) -> None:
    found = logs.last_lines(text, count)
    assert text.endswith(found)
    assert len(found.splitlines()) >= min(count, 1 if text else 0)


def test_segments_are_those_of_the_supervisor(tmp_path: Path) -> None:
    base = str(tmp_path / "run.log")
    size = segments.SEGMENT
    assert size == logs.SEGMENT_BYTES
    Path(base).write_bytes(b"a" * size)
    Path(f"{base}.0").write_bytes(b"b" * size)
    Path(f"{base}.1").write_bytes(b"c" * 10)
    assert logs.read_segments(base, size - 2, size + 2) == b"aabb"
    assert logs.read_segments(base, 2 * size, 2 * size + 99) == b"c" * 10
    Path(f"{base}.0").unlink()
    assert logs.read_segments(base, size - 2, size + 2) == b"aa"
