from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.detail.transfer.piece_map import PieceMap
from bgtasks_gui.gui.style import theme
from tests.gui.support import accessible


@pytest.fixture
def pieces(dressed: theme.Theme, qtbot: QtBot) -> PieceMap:
    one = PieceMap()
    qtbot.addWidget(one)
    one.resize(100, 10)
    one.show()
    return one


def filled(pieces: PieceMap) -> set[int]:
    """The columns that are there, but for the round ends."""
    picture, colour = pieces.grab().toImage(), theme.current().color("running")
    return {at for at in range(4, 96) if picture.pixelColor(at, 5) == colour}


def test_ranges_stand_where_they_are_in_the_file(pieces: PieceMap) -> None:
    pieces.show_ranges(1000, ((0, 250), (500, 750)), "Half of it")
    assert filled(pieces) == {*range(4, 25), *range(50, 75)}
    assert accessible.name(pieces) == "Half of it"


@pytest.mark.parametrize("look", ["light", "dark"])
def test_it_wears_the_theme(pieces: PieceMap, look: theme.Choice) -> None:
    theme.current().choose(look)
    pieces.show_ranges(10, ((0, 10),), "All")
    assert filled(pieces) == set(range(4, 96))


def test_the_smallest_piece_is_seen_and_an_empty_one_is_not(pieces: PieceMap) -> None:
    pieces.show_ranges(10**12, ((5 * 10**11, 5 * 10**11 + 1),), "A byte")
    assert filled(pieces) == {50}
    pieces.show_ranges(10**12, ((5, 5),), "Nothing")
    assert filled(pieces) == set()
    pieces.show_ranges(0, ((0, 5),), "Of no length")
    assert filled(pieces) == set()
