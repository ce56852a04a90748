from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.core import runs
from bgtasks_gui.gui.detail.log import log_bar
from bgtasks_gui.gui.style import theme
from tests.gui.support import clocks, views


@pytest.fixture
def bar(qtbot: QtBot, dressed: theme.Theme) -> log_bar.LogBar:
    one = log_bar.LogBar()
    qtbot.addWidget(one)
    one.resize(1000, 40)
    one.show()
    return one


def button(bar: log_bar.LogBar, name: str) -> QToolButton:
    [found] = [
        one for one in bar.findChildren(QToolButton) if one.accessibleName().startswith(name)
    ]
    return found


def field(bar: log_bar.LogBar) -> QLineEdit:
    [found] = bar.findChildren(QLineEdit)
    return found


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (views.run(1, "failed", exit_code=3), "7 min ago, took 3 min, exit status 3"),
        (views.run(1, "completed", attempt=2), "7 min ago, took 3 min, exit status 0, attempt 2"),
        (views.run(1, "running"), "for 10 min"),
        (views.run(1, "waiting", waits_for="Waits for the network."), "Waits for the network."),
        (views.run(1, "skipped"), "7 min ago"),
    ],
    ids=lambda one: "" if isinstance(one, str) else str(one.state),
)
def test_how_a_run_stands(run: views.shapes.RunView, said: str, now: clocks.ManualNow) -> None:
    assert log_bar.standing(run, now()) == said


def test_the_state_is_a_word_in_its_colour(bar: log_bar.LogBar, now: clocks.ManualNow) -> None:
    bar.show_run(views.run(1, "failed"), now())
    words = {label.text(): label.property("role") for label in bar.findChildren(QLabel)}
    assert words["Failed"] == "failed"


def test_only_a_run_that_goes_on_can_be_followed(
    bar: log_bar.LogBar, now: clocks.ManualNow
) -> None:
    for state in runs.RunState:
        bar.show_run(views.run(1, str(state)), now())
        assert button(bar, "Follow").isVisible() is (state not in runs.ENDED)


def test_what_is_typed_is_searched_once_typing_rests(bar: log_bar.LogBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.searched) as asked:
        qtbot.keyClicks(field(bar), "error")
    assert asked.args == ["error"]
    with qtbot.waitSignal(bar.searched, timeout=50) as asked:
        qtbot.keyClicks(field(bar), "s")
        qtbot.keyClick(field(bar), Qt.Key.Key_Return)
    assert asked.args == ["errors"]


def test_enter_goes_on_and_with_shift_back(bar: log_bar.LogBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.searched):
        field(bar).setText("error")
    bar.show_hits("1 of 2", can_step=True)
    for key, modifier, forward in (
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, True),
        (Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, True),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier, False),
    ):
        with qtbot.waitSignal(bar.stepped) as stepped:
            qtbot.keyClick(field(bar), key, modifier)
        assert stepped.args == [forward]
    for name, forward in (("Next", True), ("Previous", False)):
        with qtbot.waitSignal(bar.stepped) as stepped:
            button(bar, name).click()
        assert stepped.args == [forward]


def test_escape_clears(bar: log_bar.LogBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.searched):
        field(bar).setText("error")
    with qtbot.waitSignal(bar.searched) as asked:
        qtbot.keyClick(field(bar), Qt.Key.Key_Escape)
    assert asked.args == [""]
    assert field(bar).text() == ""


def test_hits_are_told_while_something_is_looked_for(bar: log_bar.LogBar) -> None:
    assert not button(bar, "Next").isVisible()
    field(bar).setText("error")
    bar.show_hits("3 of 17", can_step=True)
    assert "3 of 17" in [label.text() for label in bar.findChildren(QLabel) if label.isVisible()]
    assert button(bar, "Next").isEnabled()
    bar.show_hits("No hit")
    assert not button(bar, "Next").isEnabled()


def test_each_button_asks(bar: log_bar.LogBar, qtbot: QtBot) -> None:
    for name, signal in (
        ("Copy all", bar.copy_asked), ("Save as…", bar.save_asked),
        ("Wrap", bar.wrap_toggled), ("Follow", bar.follow_toggled),
    ):  # fmt: skip
        with qtbot.waitSignal(signal):
            button(bar, name).click()
    bar.set_usable(False)
    assert not button(bar, "Copy all").isEnabled()
    assert not button(bar, "Save as…").isEnabled()


def test_what_was_done_is_said(bar: log_bar.LogBar) -> None:
    bar.show_done("Copied")
    [label] = [one for one in bar.findChildren(QLabel) if one.text() == "Copied"]
    assert (label.isVisible(), label.property("role")) == (True, "second")
    bar.show_done("Not saved: No space left on device", is_trouble=True)
    assert label.property("role") == "error"
    bar.show_done("")
    assert not label.isVisible()


def test_words_on_buttons_go_where_there_is_no_room(bar: log_bar.LogBar) -> None:
    beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    assert button(bar, "Copy all").toolButtonStyle() is beside
    bar.resize(500, 40)
    assert button(bar, "Copy all").toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    assert bar.minimumSizeHint().width() <= 480


def test_everything_has_a_name_and_can_be_reached(bar: log_bar.LogBar) -> None:
    for one in (*bar.findChildren(QToolButton), field(bar)):
        if isinstance(one, QAbstractButton) and one.parent() is not bar:
            continue
        assert one.accessibleName()
        assert one.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert isinstance(one, QLineEdit) or one.toolTip()
