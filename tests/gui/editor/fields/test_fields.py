"""Every type of field has its widget."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor import fields
from bgtasks_gui.gui.editor.fields.texts import JsonField
from bgtasks_gui.gui.editor.schema import tree

pytestmark = pytest.mark.usefixtures("dressed")
#: Drawn by forms themselves, or told apart by their format.
ELSEWHERE = {tree.Object, tree.Union}


def test_every_type_is_drawn_by_something() -> None:
    assert set(tree.Field.__subclasses__()) - ELSEWHERE == set(fields.FIELDS)


def test_a_type_that_nobody_draws_is_edited_as_json(qtbot: QtBot) -> None:
    widget = fields.make(tree.Object(label="Odd"), fields.Known())
    qtbot.addWidget(widget)
    assert isinstance(widget, JsonField)


def test_an_unknown_format_is_plain_text(qtbot: QtBot) -> None:
    widget = fields.make(tree.Text(format="of-later"), fields.Known())
    qtbot.addWidget(widget)
    widget.set_value("x")
    assert widget.value() == "x"
