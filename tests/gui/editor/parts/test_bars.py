"""The bottom of the editor."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.parts.bars import AskBar, Buttons
from tests.gui.editor.support.people import press, shown

pytestmark = pytest.mark.usefixtures("dressed")


def test_a_question_with_its_answers(qtbot: QtBot) -> None:
    bar, said = AskBar(), list[str]()
    qtbot.addWidget(bar)
    shown(bar)
    bar.ask(
        "Discard what you typed?",
        ("Discard", "danger", lambda: said.append("discard")),
        ("Keep editing", "", lambda: said.append("keep")),
    )
    assert bar.words.text() == bar.accessibleName() == "Discard what you typed?"
    assert [button.text() for button in bar.buttons] == ["Discard", "Keep editing"]
    assert bar.buttons[1].hasFocus()
    press(bar.buttons[1], Qt.Key.Key_Space)
    bar.buttons[0].click()
    assert said == ["keep", "discard"]


def test_what_went_wrong_can_be_put_away(qtbot: QtBot) -> None:
    bar = AskBar()
    qtbot.addWidget(bar)
    bar.ask("Really?", ("No", "", bar.hide))
    bar.tell("The agent does not answer.")
    assert (bar.frame.property("role"), bar.words.text()) == ("alarm", "The agent does not answer.")
    assert [button.text() for button in bar.buttons] == ["Close"]
    bar.buttons[0].click()
    assert not bar.isVisible()


def test_the_buttons(qtbot: QtBot) -> None:
    bar = Buttons("Create task")
    qtbot.addWidget(bar)
    for button, signal in (
        (bar.trial, bar.trial_wanted), (bar.cancel, bar.cancel_wanted), (bar.save, bar.save_wanted)
    ):  # fmt: skip
        assert not button.autoDefault()
        with qtbot.waitSignal(signal):
            button.click()


def test_what_is_under_way_cannot_be_asked_again(qtbot: QtBot) -> None:
    bar = Buttons("Create task")
    qtbot.addWidget(bar)
    bar.set_saving(True)
    assert (bar.save.text(), bar.save.isEnabled()) == ("Saving…", False)
    bar.set_saving(False)
    assert (bar.save.text(), bar.save.isEnabled()) == ("Create task", True)
    bar.set_trying(True)
    assert not bar.trial.isEnabled()
    bar.set_trying(False)
    assert bar.trial.isEnabled()
