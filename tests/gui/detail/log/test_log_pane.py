from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.detail.log import ansi, log_pane
from bgtasks_gui.gui.style import theme


@pytest.fixture
def pane(qtbot: QtBot, dressed: theme.Theme) -> log_pane.LogPane:
    one = log_pane.LogPane()
    qtbot.addWidget(one)
    one.resize(600, 200)
    one.show()
    return one


def button(pane: log_pane.LogPane, text: str) -> QPushButton:
    [found] = [one for one in pane.findChildren(QPushButton) if one.text().strip() == text]
    return found


def fill(pane: log_pane.LogPane, lines: int) -> None:
    parser = ansi.Parser()
    text = "".join(f"line {number}\n" for number in range(lines))
    pane.view.append(parser.feed(text), parser.open_line)


def test_the_way_to_the_end_is_there_away_from_it(pane: log_pane.LogPane, qtbot: QtBot) -> None:
    fill(pane, 100)
    jump = button(pane, "Jump to end")
    assert not jump.isVisible()
    pane.view.verticalScrollBar().setValue(10)
    assert jump.isVisible()
    assert pane.rect().contains(jump.geometry())
    jump.click()
    assert pane.view.is_at_end
    assert not jump.isVisible()


def test_where_everything_is_seen_there_is_no_way_to_the_end(pane: log_pane.LogPane) -> None:
    fill(pane, 3)
    pane.view.leave_end()
    assert not button(pane, "Jump to end").isVisible()


def test_older_output_is_offered_at_the_top(pane: log_pane.LogPane, qtbot: QtBot) -> None:
    fill(pane, 100)
    pane.show_earlier("The last 128 KiB of 900 KiB")
    load = button(pane, "Load earlier output")
    assert not load.isVisible()
    pane.view.verticalScrollBar().setValue(0)
    assert load.isVisible()
    with qtbot.waitSignal(pane.earlier_asked):
        load.click()
    pane.show_earlier("The last 128 KiB of 900 KiB", is_loading=True)
    assert (load.text().strip(), load.isEnabled()) == ("Loading…", False)
    pane.show_earlier("")
    assert not load.isVisible()


@pytest.mark.parametrize("lines", range(1, 40))
def test_the_offer_does_not_chase_its_own_tail(
    pane: log_pane.LogPane, lines: int, qtbot: QtBot
) -> None:
    pane.show_earlier("The last 128 KiB of 900 KiB")
    fill(pane, lines)
    load = button(pane, "Load earlier output")
    told: list[bool] = []
    for _ in range(5):
        qtbot.wait(0)
        told.append(load.isVisible())
    assert len(set(told)) == 1
    assert pane.view.is_at_end


def test_why_there_is_nothing_is_said_in_the_middle(pane: log_pane.LogPane) -> None:
    pane.show_empty("This run printed nothing")
    [label] = [one for one in pane.findChildren(QLabel) if one.text()]
    assert label.isVisible()
    assert abs(label.geometry().center().y() - pane.view.geometry().center().y()) < 4
    pane.show_empty("")
    assert not label.isVisible()


def test_a_remark_stands_above(pane: log_pane.LogPane) -> None:
    pane.show_remark("12 KiB of the output could not be written: the disk was full.")
    [label] = [one for one in pane.findChildren(QLabel) if one.isVisible() and one.text()]
    assert label.geometry().bottom() <= pane.view.geometry().top()
    pane.show_remark("")
    assert not label.isVisible()
