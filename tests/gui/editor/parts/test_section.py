"""Sections of the page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.parts.section import Fold, Section
from tests.gui.editor.support.people import press, shown

pytestmark = pytest.mark.usefixtures("dressed")


def test_a_section_has_a_heading_and_a_sentence(qtbot: QtBot) -> None:
    section = Section("When", "Without any it runs only when you start it.")
    qtbot.addWidget(section)
    section.add(QLabel("inside"))
    texts = [label.text() for label in section.findChildren(QLabel)]
    assert texts == ["When", "Without any it runs only when you start it.", "inside"]
    assert section.accessibleName() == "When"
    bare = Section("What")
    qtbot.addWidget(bare)
    shown(bare)
    assert not bare.sentence.isVisible()


def test_a_fold_opens_and_closes(qtbot: QtBot) -> None:
    inside = QLabel("inside")
    fold = Fold("More", inside)
    qtbot.addWidget(fold)
    shown(fold)
    fold.say("Time limit: 1 h")
    assert fold.summary.text() == "Time limit: 1 h"
    assert fold.button.accessibleDescription() == "Time limit: 1 h"
    assert not inside.isVisible()
    with qtbot.waitSignal(fold.opened):
        press(fold.button, Qt.Key.Key_Space)
    assert inside.isVisible()
    with qtbot.assertNotEmitted(fold.opened):
        press(fold.button, Qt.Key.Key_Space)
    assert not inside.isVisible()
    fold.unfold()
    assert inside.isVisible()
