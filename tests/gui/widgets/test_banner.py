from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.style import metrics, theme
from bgtasks_gui.gui.widgets.banner import MOST, Banner, BannerArea, Message, Tone
from bgtasks_gui.gui.widgets.elided import ElidedLabel
from tests.gui.support import accessible, drawing
from tests.gui.support.stages import collect

ONE = Message(key="one", lead="Backup:", text="The disk is full.")


@pytest.fixture
def window(dressed: theme.Theme, qtbot: QtBot) -> QWidget:
    """A field, the messages, and a list to be below them."""
    made = QWidget()
    qtbot.addWidget(made)
    column = QVBoxLayout(made)
    for widget in (QPushButton("Above"), BannerArea(), QPushButton("Below")):
        column.addWidget(widget)
    made.resize(640, 400)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def area(window: QWidget) -> BannerArea:
    found = window.findChild(BannerArea)
    assert isinstance(found, BannerArea)
    return found


def keys(area: BannerArea) -> list[str]:
    return [message.key for message in area.messages()]


def banners(area: BannerArea) -> list[Banner]:
    """Those that are seen, from top to bottom."""
    # What is put into a layout is shown by an event.
    QApplication.processEvents()
    seen = [one for one in area.findChildren(Banner) if one.isVisible()]
    return sorted(seen, key=lambda one: one.y())


def remedy(area: BannerArea) -> QPushButton:
    [found] = banners(area)[0].findChildren(QPushButton)
    return found


def closing(area: BannerArea) -> QToolButton:
    """What closes the message on top."""
    found = banners(area)[0].findChild(QToolButton)
    assert isinstance(found, QToolButton)
    return found


# What is up


def test_the_newest_is_on_top(area: BannerArea) -> None:
    assert not area.isVisible()
    area.show_message(ONE)
    area.show_message(replace(ONE, key="two", lead="Films:"))
    assert area.isVisible()
    assert keys(area) == ["one", "two"]
    assert [one.message.lead for one in banners(area)] == ["Films:", "Backup:"]
    assert {one.height() for one in banners(area)} == {metrics.BANNER}


def test_a_message_takes_the_place_of_the_one_with_its_key(area: BannerArea) -> None:
    for key in ("one", "two"):
        area.show_message(replace(ONE, key=key))
    area.show_message(replace(ONE, text="There is room again."))
    assert keys(area) == ["two", "one"]
    said = [one.message.text for one in banners(area)]
    assert said == ["There is room again.", "The disk is full."]


def test_the_oldest_makes_room(area: BannerArea) -> None:
    for number in range(MOST + 2):
        area.show_message(replace(ONE, key=f"{number}"))
    assert keys(area) == ["2", "3", "4"]
    assert len(banners(area)) == MOST


def test_what_cannot_be_closed_stays(area: BannerArea) -> None:
    area.show_message(replace(ONE, key="away", can_close=False))
    for number in range(MOST + 2):
        area.show_message(replace(ONE, key=f"{number}"))
    assert keys(area) == ["away", "3", "4"]


def test_the_newest_is_seen_where_none_of_the_others_can_go(area: BannerArea) -> None:
    for number in range(MOST):
        area.show_message(replace(ONE, key=f"{number}", can_close=False))
    area.show_message(replace(ONE, key="news"))
    assert keys(area) == ["0", "1", "2", "news"]
    area.show_message(replace(ONE, key="more"))
    assert keys(area) == ["0", "1", "2", "more"]


def test_messages_are_taken_down(area: BannerArea) -> None:
    closed = collect(area.closed)
    area.show_message(ONE)
    area.take_down("another")
    assert keys(area) == ["one"]
    area.take_down("one")
    assert keys(area) == []
    assert not area.isVisible()
    assert closed == []


# What the person does


def test_closing_takes_it_away_and_is_told(area: BannerArea) -> None:
    closed = collect(area.closed)
    area.show_message(ONE)
    area.show_message(replace(ONE, key="two"))
    closing(area).click()
    assert keys(area) == ["one"]
    assert closed == [("two",)]


def test_one_that_cannot_be_closed_has_no_button_for_it(area: BannerArea) -> None:
    area.show_message(replace(ONE, can_close=False))
    assert banners(area)[0].findChildren(QToolButton) == []


def test_the_remedy_acts_once_and_takes_itself_away(area: BannerArea) -> None:
    acted: list[str] = []
    area.show_message(replace(ONE, remedy="Try again", act=lambda: acted.append("again")))
    button = remedy(area)
    assert button.text() == "Try again"
    button.click()
    button.click()
    assert acted == ["again"]
    assert keys(area) == []


def test_what_a_remedy_says_stays(area: BannerArea) -> None:
    refusal = replace(ONE, text="It is still full.")
    area.show_message(replace(ONE, remedy="Try again", act=lambda: area.show_message(refusal)))
    remedy(area).click()
    assert area.messages() == [refusal]


@pytest.mark.parametrize("message", [replace(ONE, remedy="Try again"), replace(ONE, act=print)])
def test_without_a_verb_or_an_act_there_is_no_remedy(area: BannerArea, message: Message) -> None:
    area.show_message(message)
    assert banners(area)[0].findChildren(QPushButton) == []


# Time


def test_a_passing_one_goes_by_itself(area: BannerArea, qtbot: QtBot) -> None:
    area.show_message(replace(ONE, key="stays"))
    area.show_message(replace(ONE, lasts_s=0.05))
    assert keys(area) == ["stays", "one"]
    qtbot.waitUntil(lambda: keys(area) == ["stays"])


def test_the_time_of_the_one_before_is_not_that_of_the_next(area: BannerArea, qtbot: QtBot) -> None:
    area.show_message(replace(ONE, lasts_s=0.05))
    area.show_message(replace(ONE, text="It stays."))
    area.show_message(replace(ONE, key="clock", lasts_s=0.1))
    qtbot.waitUntil(lambda: "clock" not in keys(area))
    assert keys(area) == ["one"]


# For everybody


def test_it_is_said_as_a_whole_and_its_controls_have_names(area: BannerArea) -> None:
    area.show_message(replace(ONE, remedy="Try again", act=print))
    area.show_message(replace(ONE, key="two", lead="", text="The disk fills up."))
    said = [accessible.name(one) for one in banners(area)]
    assert said == ["The disk fills up.", "Backup: The disk is full."]
    assert accessible.faults(area) == []


def test_tab_goes_from_the_top_through_the_messages_and_on(
    window: QWidget, area: BannerArea
) -> None:
    area.show_message(replace(ONE, remedy="Try again", act=print))
    area.show_message(replace(ONE, key="two", remedy="Show it", act=print))
    close = "Close this message"
    said = [accessible.name(one) for one in accessible.reached(window)]
    assert said == ["Above", "Show it", close, "Try again", close, "Below"]


def test_the_keyboard_is_given_on_when_the_message_that_had_it_goes(area: BannerArea) -> None:
    left = collect(area.left)
    area.show_message(ONE)
    area.take_down("one")
    assert left == []
    area.show_message(ONE)
    closing(area).setFocus()
    closing(area).click()
    assert len(left) == 1


def test_the_newest_takes_the_keyboard_from_what_it_covers(
    window: QWidget, area: BannerArea
) -> None:
    above, below = (window.layout().itemAt(at).widget() for at in (0, 2))
    below.setFocus()
    assert not area.take_focus(below.parentWidget())
    area.show_message(ONE)
    assert not area.take_focus(above)
    assert area.take_focus(window)
    assert window.focusWidget() is closing(area)


# How it looks


@pytest.mark.parametrize("tone", ["banner", "alarm", "praise"])
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_each_tone_has_its_ground(
    area: BannerArea, dressed: theme.Theme, tone: Tone, choice: theme.Choice
) -> None:
    dressed.choose(choice)
    area.show_message(replace(ONE, tone=tone))
    [banner] = banners(area)
    seen = drawing.colours(banner.grab().toImage())
    assert dressed.color(tone).name() in seen
    assert dressed.color(f"{tone}_border").name() in seen


def test_long_words_force_no_width_and_leave_the_verb_in_sight(area: BannerArea) -> None:
    area.show_message(
        replace(ONE, lead="name " * 200, text="why " * 200, remedy="Try again", act=print)
    )
    [banner] = banners(area)
    assert area.window().width() == 640
    assert banner.minimumSizeHint().width() < 300
    button = remedy(area)
    assert button.geometry().right() < closing(area).geometry().left() < banner.width()
    assert button.width() >= button.sizeHint().width()


def test_a_short_lead_is_whole_beside_a_long_text(area: BannerArea) -> None:
    area.show_message(replace(ONE, lead="Backup of the photos:", text="why " * 200))
    lead, text = banners(area)[0].findChildren(ElidedLabel)
    assert lead.toolTip() == ""
    assert text.toolTip() != ""
    assert text.geometry().left() - lead.geometry().right() < 16


def test_focus_is_seen_on_its_buttons(area: BannerArea) -> None:
    area.show_message(replace(ONE, remedy="Try again", act=print))
    for button in (remedy(area), closing(area)):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        area.window().setFocus()
        before = button.grab().toImage()
        button.setFocus()
        assert button.grab().toImage() != before
