from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from bgtasks_gui.gui.frame.stopwatch import VARIABLE, Stopwatch
from bgtasks_gui.gui.frame.window import Window
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage


def told(file: Path) -> list[str]:
    lines = file.read_text().splitlines() if file.exists() else []
    assert all(0 <= time.time() - json.loads(line)["at"] < looping.PATIENCE_S for line in lines)
    return [json.loads(line)["event"] for line in lines]


async def test_it_writes_when_the_window_was_seen_and_when_it_was_full(
    stage: Stage, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "times"
    monkeypatch.setenv(VARIABLE, str(file))
    Stopwatch(window, stage.bridge).start()
    window.update()
    await looping.until(lambda: told(file) == ["first_paint"])
    stage.load([views.task()])
    await looping.until(lambda: told(file) == ["first_paint", "live"])
    window.update()
    window.grab()
    assert told(file) == ["first_paint", "live"]


async def test_it_does_nothing_unless_it_is_asked_to(
    stage: Stage, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    watch = Stopwatch(window, stage.bridge)
    watch.start()
    window.update()
    window.grab()
    assert watch._awaited == ["first_paint", "live"]
