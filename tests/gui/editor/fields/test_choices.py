"""Fields that offer what there is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import ABSENT, Known
from bgtasks_gui.gui.editor.schema import tree
from tests.gui.editor.support.people import a_field, press
from tests.gui.support import views

pytestmark = pytest.mark.usefixtures("dressed")
COLOURS = (tree.Option(value="red", label="Red"), tree.Option(value=1, label="One & only"))


def labels(widget: object) -> list[str]:
    return [widget.list.itemText(place) for place in range(widget.list.count())]


def test_a_switch(qtbot: QtBot) -> None:
    widget = a_field(tree.Switch(label="Let the shell read it"), False)
    qtbot.addWidget(widget)
    assert widget.box.text() == "Let the shell read it"
    assert not widget.label.isVisible()
    with qtbot.waitSignal(widget.changed):
        press(widget.box, Qt.Key.Key_Space)
    assert widget.value() is True


def test_one_of_several(qtbot: QtBot) -> None:
    widget = a_field(tree.Choice(label="Colour", options=COLOURS), "red")
    qtbot.addWidget(widget)
    assert labels(widget) == ["Red", "One & only"]
    with qtbot.waitSignal(widget.changed):
        press(widget.list, Qt.Key.Key_Down)
    assert widget.value() == 1


def test_nothing_is_a_choice_where_null_is_allowed(qtbot: QtBot) -> None:
    field = tree.Choice(options=COLOURS, is_nullable=True, empty="Any colour")
    widget = a_field(field, "red")
    qtbot.addWidget(widget)
    assert labels(widget) == ["Any colour", "Red", "One & only"]
    press(widget.list, Qt.Key.Key_Up)
    assert widget.value() is None


def test_the_default_is_chosen_first(qtbot: QtBot) -> None:
    optional = a_field(tree.Choice(options=COLOURS, default=1))
    required = a_field(tree.Choice(options=COLOURS, is_required=True))
    open_ = a_field(tree.Choice(options=COLOURS))
    for widget in (optional, required, open_):
        qtbot.addWidget(widget)
    assert optional.list.currentText() == "One & only"
    assert optional.value() is ABSENT
    assert required.value() == "red"
    assert (open_.list.currentIndex(), open_.value()) == (-1, ABSENT)


@pytest.mark.parametrize("value", ["blue", True, ["red"], {"a": 1}])
def test_a_value_of_another_version_is_offered_as_well(qtbot: QtBot, value: object) -> None:
    widget = a_field(tree.Choice(options=COLOURS), value)
    qtbot.addWidget(widget)
    assert widget.list.count() == 3
    assert widget.value() == value
    press(widget.list, Qt.Key.Key_Home)
    assert widget.value() == "red"
    widget.set_value("red")
    assert widget.list.count() == 2


def test_any_of_several(qtbot: QtBot) -> None:
    widget = a_field(tree.Several(label="Colours", options=COLOURS), [1])
    qtbot.addWidget(widget)
    assert [button.isChecked() for button in widget.buttons] == [False, True]
    assert widget.buttons[1].text() == "One && only"
    assert widget.buttons[0].accessibleName() == "Colours: Red"
    press(widget.buttons[0], Qt.Key.Key_Space)
    assert widget.value() == ["red", 1]
    press(widget.buttons[1], Qt.Key.Key_Space)
    assert widget.value() == ["red"]


def test_what_was_chosen_keeps_its_order_until_it_is_changed(qtbot: QtBot) -> None:
    widget = a_field(tree.Several(options=COLOURS), [1, "red", "blue"])
    qtbot.addWidget(widget)
    assert widget.value() == [1, "red", "blue"]
    assert [button.text() for button in widget.buttons] == ["Red", "One && only", "blue"]
    press(widget.buttons[2], Qt.Key.Key_Space)
    assert widget.value() == ["red", 1]


def test_a_task_is_chosen_by_its_name(qtbot: QtBot) -> None:
    tasks = [views.task(2, name="zebra"), views.task(1, name="Apple")]
    field = tree.Text(label="Task", format="task-id", is_required=True)
    widget = a_field(field, known=Known(tasks=lambda: tasks))
    qtbot.addWidget(widget)
    assert labels(widget) == ["Apple", "zebra"]
    assert widget.list.placeholderText() == "Choose a task"
    assert widget.value() is ABSENT
    assert widget.problem() == "Fill this in."
    press(widget.list, Qt.Key.Key_Down)
    assert widget.value() == tasks[1].id
    assert widget.problem() is None
    widget.set_value("gone")
    assert (widget.list.currentText(), widget.value()) == ("gone", "gone")


def test_without_other_tasks_there_is_nothing_to_choose(qtbot: QtBot) -> None:
    widget = a_field(tree.Text(label="Task", format="task-id", is_required=True))
    qtbot.addWidget(widget)
    assert widget.problem() == "There is no other task yet."
