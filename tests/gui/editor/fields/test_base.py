"""What every field of a form is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import ABSENT, base
from bgtasks_gui.gui.editor.schema import tree
from bgtasks_gui.gui.style import theme
from tests.gui.editor.support.people import a_field, type_into

pytestmark = pytest.mark.usefixtures("dressed")
NAME = tree.Text(name="name", label="Name & more", hint="What it is called.")


def test_label_and_hint_belong_to_the_control(qtbot: QtBot) -> None:
    field = a_field(NAME)
    qtbot.addWidget(field)
    assert field.label.buddy() is field.edit
    assert field.label.text() == "Name && more"
    assert field.edit.accessibleName() == "Name & more"
    assert field.edit.accessibleDescription() == "What it is called."
    assert field.note.text() == "What it is called."


def test_an_error_takes_the_place_of_the_hint(qtbot: QtBot) -> None:
    field = a_field(NAME)
    qtbot.addWidget(field)
    field.show_error("Too long.")
    assert (field.note.text(), field.note.property("role")) == ("Too long.", "error")
    assert field.edit.accessibleDescription() == "Too long."
    assert field.edit.property("wrong") is True
    field.show_error(None)
    assert field.note.text() == "What it is called."
    assert field.edit.property("wrong") is False


def test_nothing_stands_where_there_is_neither(qtbot: QtBot) -> None:
    field = a_field(tree.Text(name="x", label="X"))
    qtbot.addWidget(field)
    assert not field.note.isVisible()
    field.show_error("Wrong.")
    assert field.note.isVisible()


def test_a_place_inside_is_named(qtbot: QtBot) -> None:
    field = a_field(tree.TextList(name="x", label="X"))
    qtbot.addWidget(field)
    field.show_error_at((1,), "Too long.")
    assert field.error == "Entry 2: Too long."
    field.show_error_at(("PATH",), "Too long.")
    assert field.error == "PATH: Too long."
    field.show_error_at((), "Too long.")
    assert field.error == "Too long."


def test_what_nobody_touched_is_given_back_as_it_was(qtbot: QtBot) -> None:
    field = a_field(tree.Duration(name="every", label="Every"), "PT900S")
    qtbot.addWidget(field)
    assert field.value() == "PT900S"
    with qtbot.waitSignal(field.changed):
        type_into(field.edit, "15 min")
    assert field.is_touched
    assert field.value() == "PT15M"
    field.set_value("PT900S")
    assert not field.is_touched
    assert field.value() == "PT900S"


def test_what_was_never_set_stays_absent(qtbot: QtBot) -> None:
    field = a_field(NAME)
    qtbot.addWidget(field)
    assert field.value() is ABSENT
    assert repr(ABSENT) == "ABSENT"
    field.set_value("x")
    field.set_value(ABSENT)
    assert field.value() is ABSENT


def test_setting_a_value_is_no_change_of_the_person(qtbot: QtBot) -> None:
    field = a_field(NAME)
    qtbot.addWidget(field)
    with qtbot.assertNotEmitted(field.changed):
        field.set_value("other")
    assert field.edit.text() == "other"


def test_words_are_shown_as_they_are(qtbot: QtBot) -> None:
    label = base.make_label("<b>bold</b>", "second")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("has_focus", [False, True])
def test_a_wheel_changes_only_what_has_the_focus(
    qtbot: QtBot, has_focus: bool, dressed: theme.Theme
) -> None:
    box, other = QComboBox(), QLabel("other")
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    for widget in (box, other):
        qtbot.addWidget(widget)
    box.addItems(["a", "b"])
    base.keep_still(box)
    box.show()
    other.show()
    qtbot.waitExposed(box)
    (box if has_focus else other).activateWindow()
    (box if has_focus else other).setFocus()
    qtbot.waitUntil(lambda: box.hasFocus() is has_focus)
    turn = QWheelEvent(
        QPointF(5, 5), box.mapToGlobal(QPointF(5, 5)), QPoint(0, 0), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(box, turn)
    assert box.currentIndex() == (1 if has_focus else 0)
