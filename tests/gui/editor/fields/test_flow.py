"""A layout that fills line after line."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields.flow import FlowLayout

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture
def row(qtbot: QtBot) -> QWidget:
    """Four blocks of 100 by 20."""
    whole = QWidget()
    qtbot.addWidget(whole)
    layout = FlowLayout(whole)
    for _ in range(4):
        block = QWidget()
        block.setFixedSize(100, 20)
        layout.addWidget(block)
    return whole


@pytest.mark.parametrize(
    ("width", "places"),
    [
        (500, [(0, 0), (106, 0), (212, 0), (318, 0)]),
        (418, [(0, 0), (106, 0), (212, 0), (318, 0)]),
        (417, [(0, 0), (106, 0), (212, 0), (0, 26)]),
        (210, [(0, 0), (106, 0), (0, 26), (106, 26)]),
        (100, [(0, 0), (0, 26), (0, 52), (0, 78)]),
    ],
)
def test_what_has_no_room_begins_a_line(
    row: QWidget, qtbot: QtBot, width: int, places: list[tuple[int, int]]
) -> None:
    row.resize(width, 200)
    row.show()
    layout = row.layout()
    assert isinstance(layout, FlowLayout)
    blocks = [layout.itemAt(place).widget() for place in range(layout.count())]
    qtbot.waitUntil(lambda: [(one.x(), one.y()) for one in blocks] == places)
    assert layout.heightForWidth(width) == places[-1][1] + 20


def test_it_is_as_small_as_its_widest_part(row: QWidget) -> None:
    layout = row.layout()
    assert layout is not None
    assert (layout.minimumSize().width(), layout.sizeHint().height()) == (100, 20)
    assert layout.expandingDirections().value == 0


def test_parts_can_be_taken_out(row: QWidget) -> None:
    layout = row.layout()
    assert layout is not None
    first = layout.itemAt(0).widget()
    layout.removeWidget(first)
    assert layout.count() == 3
    assert layout.itemAt(3) is None
    assert layout.takeAt(7) is None
