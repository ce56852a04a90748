from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets import shape
from bgtasks_gui.gui.widgets.shape import Shape
from tests.gui.support import accessible, drawing


@pytest.fixture
def one(dressed: theme.Theme, qtbot: QtBot) -> Shape:
    made = Shape("circle-check", "done", 48)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("state", states.APPEARANCES)
def test_every_state_has_a_shape_in_its_colour(
    one: Shape, dressed: theme.Theme, state: str
) -> None:
    one.set_state(state)
    seen = drawing.colours(one.grab().toImage())
    assert dressed.color(states.APPEARANCES[state].role).name() in seen


def test_it_follows_the_theme(one: Shape, dressed: theme.Theme) -> None:
    light = dressed.color("done").name()
    assert light in drawing.colours(one.grab().toImage())
    dressed.choose("dark")
    seen = drawing.colours(one.grab().toImage())
    assert dressed.color("done").name() in seen
    assert light not in seen


def test_it_is_as_large_as_it_was_asked_for(one: Shape, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (one.width(), one.height()) == (48, 48)
    assert drawing.draw(one, shape, monkeypatch).pictures == [QRectF(0, 0, 48, 48)]


def test_another_icon_is_drawn(one: Shape, dressed: theme.Theme) -> None:
    first = one.grab().toImage()
    one.set_icon("circle-x", "done")
    other = one.grab().toImage()
    assert other != first
    one.set_icon("circle-check", "done")
    assert one.grab().toImage() == first


def test_another_is_drawn_at_once_and_the_same_not_again(
    one: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.show()
    other = drawing.redrawn(lambda: one.set_state("failed"), shape, monkeypatch)
    assert len(other.pictures) == 1
    same = drawing.redrawn(lambda: one.set_state("failed"), shape, monkeypatch)
    assert same.pictures == []


def test_without_an_icon_nothing_is_drawn(
    dressed: theme.Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Shape()
    qtbot.addWidget(empty)
    assert drawing.draw(empty, shape, monkeypatch).pictures == []


def test_it_is_no_control(one: Shape) -> None:
    assert accessible.faults(one) == []
    assert accessible.controls(one) == []
