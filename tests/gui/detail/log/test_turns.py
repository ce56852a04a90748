from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.detail.log import turns


def test_it_goes_through_all_steps_and_says_so(qtbot: QtBot) -> None:
    seen: list[int] = []
    owner = QObject()
    one = turns.Turns(owner)
    with qtbot.waitSignal(one.done):
        one.start(seen.append(number) for number in range(1000))
        assert one.is_busy
    assert seen == list(range(1000))
    assert not one.is_busy


def test_others_get_their_turn_in_between(qtbot: QtBot) -> None:
    owner = QObject()
    one = turns.Turns(owner)
    beats: list[float] = []
    beat = QTimer(owner)
    beat.timeout.connect(lambda: beats.append(time.perf_counter()))
    beat.start(0)

    def busy() -> Iterator[None]:
        end = time.perf_counter() + 10 * turns.TURN_S
        while time.perf_counter() < end:
            yield

    with qtbot.waitSignal(one.done):
        one.start(busy())
    assert len(beats) > 1


def test_what_was_stopped_or_begun_anew_is_not_finished(qtbot: QtBot) -> None:
    owner = QObject()
    one = turns.Turns(owner)
    seen: list[str] = []
    one.start(seen.append("first") for _ in range(3))
    one.start(seen.append("second") for _ in range(3))
    with qtbot.waitSignal(one.done):
        pass
    assert seen == ["second"] * 3
    one.start(seen.append("third") for _ in range(3))
    one.stop()
    with qtbot.assertNotEmitted(one.done, wait=20):
        pass
    assert "third" not in seen
