from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import theme
from bgtasks_gui.gui.widgets import summary_card
from bgtasks_gui.gui.widgets.summary_card import MOST, SummaryCard, SummaryLine
from tests.gui.support import accessible, drawing
from tests.gui.support.stages import collect

LONG = "a very long name of a task that somebody gave in a hurry " * 6
ONE = SummaryLine("1", "running", "Backup", "Copying the photos", "62 %", 0.62)


@pytest.fixture
def card(dressed: theme.Theme, qtbot: QtBot) -> SummaryCard:
    """As wide as one of two in the smallest window."""
    made = SummaryCard("Running now", "Nothing is running.", "Show activity")
    qtbot.addWidget(made)
    made.resize(266, 300)
    made.show()
    return made


def seen(card: SummaryCard) -> list[str]:
    """What stands there beside the lines."""
    QApplication.processEvents()
    return [one.text() for one in card.findChildren(QLabel) if one.isVisible() and one.text()]


def more(card: SummaryCard) -> QPushButton:
    [found] = [one for one in card.findChildren(QPushButton) if one.text()]
    return found


def lines(card: SummaryCard) -> list[QPushButton]:
    QApplication.processEvents()
    buttons = [one for one in card.findChildren(QPushButton) if not one.text()]
    return [one for one in buttons if one.isVisible()]


def drawn(card: SummaryCard, line: SummaryLine, patch: pytest.MonkeyPatch) -> drawing.Notes:
    card.show_lines([line], 1)
    [button] = lines(card)
    return drawing.draw(button, summary_card, patch)


# What stands there


def test_without_lines_it_says_so(card: SummaryCard) -> None:
    assert seen(card) == ["Running now", "Nothing is running."]
    assert lines(card) == []
    assert not more(card).isVisible()
    card.show_lines([ONE], 1)
    card.show_lines([], 0)
    assert seen(card) == ["Running now", "Nothing is running."]
    assert lines(card) == []


def test_it_counts_all_and_shows_the_first(card: SummaryCard) -> None:
    card.show_lines([replace(ONE, id=f"{at}") for at in range(MOST + 3)], 1_234)
    assert seen(card) == ["Running now", "1,234"]
    assert len(lines(card)) == MOST
    card.show_lines([ONE], 1)
    assert seen(card) == ["Running now", "1"]
    assert len(lines(card)) == 1


def test_a_count_that_is_not_all_says_so(card: SummaryCard) -> None:
    card.show_lines([ONE], 500, has_more=True)
    assert seen(card) == ["Running now", "500+"]


def test_the_keyboard_begins_in_the_first_line(card: SummaryCard) -> None:
    assert card.first_line is None
    card.show_lines([ONE], 1)
    assert card.first_line is lines(card)[0]


def test_lines_lead_to_what_they_show(card: SummaryCard) -> None:
    opened = collect(card.opened)
    card.show_lines([ONE, replace(ONE, id="2"), replace(ONE, id="3")], 3)
    lines(card)[1].click()
    card.show_lines([replace(ONE, id="9")], 1)
    lines(card)[0].click()
    assert opened == [("2",), ("9",)]


def test_there_is_a_way_to_all_of_them(card: SummaryCard) -> None:
    wanted = collect(card.more_wanted)
    card.show_lines([ONE], 40)
    more(card).click()
    assert len(wanted) == 1


# For everybody


def test_a_line_is_said_with_its_state(card: SummaryCard) -> None:
    card.show_lines([ONE, SummaryLine("2", "failed", "Films", "Exit status 3.")], 2)
    assert [accessible.name(one) for one in lines(card)] == [
        "Backup, Running, Copying the photos, 62 %",
        "Films, Failed, Exit status 3.",
    ]
    card.show_lines([replace(ONE, figure="63 %")], 1)
    assert accessible.name(lines(card)[0]) == "Backup, Running, Copying the photos, 63 %"


def test_everybody_can_use_it(card: SummaryCard) -> None:
    card.show_lines([replace(ONE, id=f"{at}") for at in range(MOST)], MOST)
    assert accessible.faults(card) == []
    assert accessible.reached(card) == [more(card), *lines(card)]


def test_the_way_to_all_says_of_what(card: SummaryCard) -> None:
    card.show_lines([ONE], 1)
    assert more(card).text() == "Show activity"
    assert accessible.name(more(card)) == "Show activity: Running now"


def test_the_tooltip_has_the_whole_and_shows_markup_as_it_is(card: SummaryCard) -> None:
    card.show_lines([replace(ONE, name="<b>Backup</b>", note="Copies <i>all</i>")], 1)
    said = lines(card)[0].toolTip()
    assert said == "<qt>&lt;b&gt;Backup&lt;/b&gt;, Copies &lt;i&gt;all&lt;/i&gt;</qt>"


# How it looks


@pytest.mark.parametrize("state", states.APPEARANCES)
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_a_state_has_its_shape_and_its_bar(
    card: SummaryCard,
    dressed: theme.Theme,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    choice: theme.Choice,
) -> None:
    dressed.choose(choice)
    notes = drawn(card, replace(ONE, state=state), monkeypatch)
    look = states.APPEARANCES[state]
    rail, done = notes.bars
    assert rail.colour == dressed.color("track").name()
    assert done.colour == dressed.color(look.bar).name()
    assert done.rect.width() == pytest.approx(rail.rect.width() * 0.62)
    [picture] = notes.pictures
    image = lines(card)[0].grab().toImage()
    assert dressed.color(look.role).name() in drawing.colours(image, picture.toRect())


def test_without_a_share_there_is_no_bar(
    card: SummaryCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drawn(card, replace(ONE, share=None), monkeypatch).bars == []
    assert len(drawn(card, replace(ONE, share=0.0), monkeypatch).bars) == 1


@pytest.mark.parametrize("width", [180, 266, 500])
@pytest.mark.parametrize("figure", ["", "62 %", "yesterday 22:04"])
@pytest.mark.parametrize("share", [None, 0.01, 1.0])
def test_words_run_into_nothing(
    card: SummaryCard,
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    figure: str,
    share: float | None,
) -> None:
    card.resize(width, 300)
    notes = drawn(card, SummaryLine("1", "running", LONG, LONG, figure, share), monkeypatch)
    room = lines(card)[0].width()
    [picture] = notes.pictures
    assert notes.overlaps() == []
    assert notes.outside(picture.right(), room - 8) == []
    name, note = notes.lines[-2:]
    assert name.text.endswith("…")
    assert note.text.endswith("…")
    for bar in notes.bars:
        assert note.right < bar.rect.left()
        assert bar.rect.right() <= room - 8


def test_what_fits_is_whole(card: SummaryCard, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = drawn(card, replace(ONE, note="Copying"), monkeypatch)
    assert notes.texts == ["62 %", "Backup", "Copying"]


def test_only_lines_that_have_changed_are_drawn_again(
    card: SummaryCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = [ONE, replace(ONE, id="2", name="Films")]
    card.show_lines(two, 2)
    more = [ONE, replace(two[1], figure="63 %")]
    notes = drawing.redrawn(lambda: card.show_lines(more, 2), summary_card, monkeypatch)
    assert notes.texts[:2] == ["63 %", "Films"]
    assert len(notes.texts) == 3


def test_what_may_not_be_true_is_faded(card: SummaryCard, monkeypatch: pytest.MonkeyPatch) -> None:
    card.setEnabled(False)
    assert {one.opacity < 1 for one in drawn(card, ONE, monkeypatch).lines} == {True}
    card.setEnabled(True)
    assert {one.opacity for one in drawn(card, ONE, monkeypatch).lines} == {1.0}


def test_long_words_force_no_width(card: SummaryCard) -> None:
    card.show_lines([SummaryLine("1", "failed", LONG, LONG, "yesterday 22:04")], 1)
    assert seen(card)[0] == "Running now"
    assert card.width() == 266
    assert card.minimumSizeHint().width() <= 266
