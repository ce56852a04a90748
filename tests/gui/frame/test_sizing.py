from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QScreen
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.frame import sizing


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [((900, 640), (900, 640)), ((1280, 800), (1280, 728)), ((4000, 3000), (1366, 728))],
)
def test_a_window_is_no_larger_than_its_screen(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    wanted: tuple[int, int],
    fits: tuple[int, int],
) -> None:
    assert QGuiApplication.primaryScreen() is not None
    monkeypatch.setattr(QScreen, "availableSize", lambda _screen: QSize(1366, 768))
    assert sizing.fitting(*wanted).toTuple() == fits
