"""What these tests share: a list on the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.row_view import RowView
from tests.gui.support.letters import Letter, make_table

MakeView = Callable[[RowTable[Letter]], RowView]


@pytest.fixture
def table() -> RowTable[Letter]:
    """Thirty letters, of which a view shows six or seven."""
    return make_table(*(f"n{at:02}" for at in range(30)))


@pytest.fixture
def make_view(dressed: theme.Theme, qtbot: QtBot) -> MakeView:
    """Shows a list, with the keyboard in it and room for every column."""

    def make(table: RowTable[Letter]) -> RowView:
        view = RowView(table, "Letters")
        qtbot.addWidget(view)
        view.resize(900, 400)
        with qtbot.waitExposed(view):
            view.show()
        view.activateWindow()
        view.setFocus()
        qtbot.waitUntil(view.hasFocus)
        return view

    return make


@pytest.fixture
def view(table: RowTable[Letter], make_view: MakeView) -> RowView:
    return make_view(table)
