from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets.system import card as cards
from bgtasks_gui.gui.widgets.system.board import Board
from tests.gui.fakes import background as made
from tests.gui.support import accessible
from tests.gui.support.clocks import ManualNow

NOW = ManualNow()()


@pytest.fixture
def board(dressed: theme.Theme, qtbot: QtBot) -> Board:
    one = Board("System")
    qtbot.addWidget(one)
    one.resize(1060, 700)
    one.show()
    return one


def fill(board: Board, words: str = "words") -> None:
    board.show_background(
        made.background(
            continuous=(made.continuous(title=words, text=words, owner=words),),
            budgets=(made.budget(1.0, made.delay(reason=words), owner=words),),
            access=(made.access(words),), holds=(made.hold(why=words),),
        ),
        NOW,
    )  # fmt: skip


def place(board: Board, card: QWidget) -> QPoint:
    return card.mapTo(board, QPoint())


def test_cards_stand_below_one_another_where_it_is_narrow(board: Board, qtbot: QtBot) -> None:
    fill(board)
    qtbot.waitUntil(lambda: place(board, board.continuous).x() > place(board, board.machine).x())
    board.resize(584, 700)
    qtbot.waitUntil(lambda: len({place(board, card).x() for card in board.cards}) == 1)
    tops = [place(board, card).y() for card in board.cards]
    assert tops == sorted(tops)
    board.resize(1060, 700)
    qtbot.waitUntil(lambda: place(board, board.continuous).x() > place(board, board.machine).x())
    assert board.continuous.width() == board.machine.width()


def test_words_of_others_do_not_widen_it(board: Board, qtbot: QtBot) -> None:
    fill(board, "Very" * 200)
    board.resize(584, 500)
    qtbot.waitUntil(lambda: board.machine.width() < 584)
    inside = board.viewport()
    for label in board.findChildren(QLabel):
        if label.isVisible():
            assert label.mapTo(inside, QPoint(label.width(), 0)).x() <= inside.width()


def test_the_keyboard_scrolls_and_reaches_everything(board: Board, qtbot: QtBot) -> None:
    fill(board)
    board.resize(800, 300)
    qtbot.waitUntil(lambda: board.verticalScrollBar().maximum() > 0)
    qtbot.keyClick(board, Qt.Key.Key_Down)
    assert board.verticalScrollBar().value() > 0
    assert accessible.faults(board) == []


def test_what_may_not_be_true_is_grey(board: Board) -> None:
    board.holds.show_holds([made.hold()], NOW)
    board.set_stale(is_stale=True)
    assert not any(card.isEnabled() for card in board.cards)
    assert board.access.empty.text() == cards.UNKNOWN
    assert not board.holds.empty.isVisible(), "that was so, and is known"
    board.set_stale(is_stale=False)
    assert all(card.isEnabled() for card in board.cards)
