"""The choice of a kind, and its payload."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.parts.kind import KindPart
from bgtasks_gui.gui.editor.schema import reading
from tests.gui.editor.support import catalogs
from tests.gui.editor.support.people import shown, type_into

pytestmark = pytest.mark.usefixtures("dressed")
COMMAND = {"kind": "command", "payload": {"argv": ["ls"]}}


@pytest.fixture
def part(qtbot: QtBot) -> KindPart:
    branches = [reading.read_entry(one) for one in catalogs.catalog().kinds]
    one = KindPart("What it does", branches, Known())
    qtbot.addWidget(one)
    shown(one)
    return one


def choose(part: KindPart, title: str) -> None:
    box = part.choice.list
    box.setCurrentIndex(box.findText(title))
    box.activated.emit(box.currentIndex())


def test_the_first_kind_is_chosen_until_another_is(part: KindPart, qtbot: QtBot) -> None:
    part.set_value({})
    assert part.value() == {"kind": "command", "payload": {}}
    assert part.forms["command"].isVisible()
    with qtbot.waitSignal(part.changed):
        choose(part, "Call a Python function")
    assert part.forms["python"].isVisible()
    assert not part.forms["command"].isVisible()
    assert part.value() == {"kind": "python", "payload": {"callable": ""}}


def test_each_kind_keeps_what_was_typed_for_it(part: KindPart) -> None:
    part.set_value(COMMAND)
    choose(part, "Call a Python function")
    type_into(part.forms["python"].fields["callable"].edit, "a:b")
    choose(part, "Run a program")
    assert part.value() == COMMAND
    choose(part, "Call a Python function")
    assert part.value() == {"kind": "python", "payload": {"callable": "a:b"}}


def test_a_kind_of_another_version_is_kept(part: KindPart) -> None:
    value = {"kind": "telescope", "payload": {"target": [1]}}
    part.set_value(value)
    assert part.value() == value
    assert part.choice.list.currentText() == "telescope"
    assert list(part.problems()) == []
    part.show_error_at(("payload", "target"), "Not here.")
    assert part.choice.error == "Not here."
    assert part.label_at(("payload", "target")) == "What it does"
    assert part.widget_at(("payload",)) is part.choice


def test_errors_by_place(part: KindPart) -> None:
    part.set_value(COMMAND)
    part.show_error_at(("payload", "argv", 0), "There is no such program.")
    part.show_error_at(("kind",), "There is no such kind.")
    argv = part.forms["command"].fields["argv"]
    assert argv.error == "There is no such program."
    assert part.choice.error == "There is no such kind."
    part.clear_errors()
    assert (argv.error, part.choice.error) == (None, None)


def test_a_place_can_be_found(part: KindPart) -> None:
    part.set_value(COMMAND)
    argv = part.forms["command"].fields["argv"]
    assert part.label_at(("payload", "argv", 0)) == "Command line"
    assert part.widget_at(("payload", "argv")) is argv
    part.focus_at(("payload", "argv", 0))
    assert argv.edit.hasFocus()
    part.focus_at(("kind",))
    assert part.choice.list.hasFocus()
    assert not part.is_touched_at(("payload", "argv"))
    assert not part.is_touched_at(("kind",))
    type_into(argv.edit, "")
    assert part.is_touched_at(("payload", "argv"))
    assert list(part.problems()) == [(("payload", "argv"), "Fill this in.")]
