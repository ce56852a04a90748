"""The agent's own log."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bgtasks_gui import logs


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_tells_when_what_and_about_what(tmp_path: Path) -> None:
    file = tmp_path / "agent.log"
    logs.set_up(file)
    logging.getLogger("a.b").info("the %s", "words", extra={"action": "start", "run_id": "r1"})
    logging.getLogger("a.b").debug("too fine")
    found = re.fullmatch(r"(\S+) INFO a\.b: the words action=start run_id=r1\n", file.read_text())
    assert found is not None
    at = datetime.fromisoformat(found[1])
    assert at.tzinfo is not None


def test_no_message_can_look_like_another_entry(tmp_path: Path) -> None:
    file = tmp_path / "agent.log"
    logs.set_up(file)
    forged = "a name\n2026-01-01 ERROR x: forged\r\nand more"
    logging.getLogger("a").warning(forged, extra={"task_id": "t"})
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logging.getLogger("a").exception("it failed", extra={"action": "x"})
    lines = file.read_text().splitlines()
    entries = [line for line in lines if not line.startswith("    ")]
    assert [line.split(" ", 1)[1] for line in entries] == [
        "WARNING a: a name task_id=t", "ERROR a: it failed action=x",
    ]  # fmt: skip
    assert "    Traceback (most recent call last):" in lines


def test_the_file_turns_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    file = tmp_path / "agent.log"
    logs.set_up(file)
    for _ in range(100):
        logging.getLogger("a").info("x" * 100)
    assert {one.name for one in tmp_path.iterdir()} == {"agent.log", "agent.log.1"}
    assert all(one.stat().st_size <= 1000 for one in tmp_path.iterdir())


def test_setting_up_again_closes_what_was_there(tmp_path: Path) -> None:
    logs.set_up(tmp_path / "one.log")
    logging.getLogger("a").info("x")
    (before,) = logging.getLogger().handlers
    assert isinstance(before, logging.FileHandler)
    logs.set_up(None)
    assert before.stream is None
    (after,) = logging.getLogger().handlers
    assert isinstance(after, logging.StreamHandler)
    assert after.stream is sys.stderr


def test_an_empty_message_is_a_line() -> None:
    record = logging.LogRecord("a", logging.INFO, "f", 1, "", None, None)
    assert logs.LineFormatter().format(record).endswith(" INFO a: ")
