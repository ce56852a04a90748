"""Fields that hold forms."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import ABSENT, Known
from bgtasks_gui.gui.editor.fields.texts import JsonField
from bgtasks_gui.gui.editor.form.form import Form
from bgtasks_gui.gui.editor.form.nested import InlineField, ObjectField, make_field, make_form
from bgtasks_gui.gui.editor.schema import reading, tree
from bgtasks_gui.wire import codec, schema
from tests.gui.editor.support import catalogs
from tests.gui.editor.support.people import press, shown, type_into

pytestmark = pytest.mark.usefixtures("dressed")
TELESCOPE = reading.read(codec.plain(schema.of_type(catalogs.TelescopePayload)))
COMET = {"type": "comet", "year": 1986}


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    assert isinstance(TELESCOPE, tree.Object)
    one = make_form(TELESCOPE, Known())
    qtbot.addWidget(one)
    shown(one)
    return one


def choose(form: Form, title: str) -> None:
    box = form.fields["target"].list
    box.setCurrentIndex(box.findText(title))
    box.activated.emit(box.currentIndex())


def test_an_object_inside_has_its_own_form(form: Form) -> None:
    form.set_value({"target": COMET, "mount": {"is_tracking": False, "of_later": 1}})
    mount = form.fields["mount"]
    assert isinstance(mount, ObjectField)
    assert (mount.label.text(), mount.note.isVisible()) == ("Mount", False)
    press(mount.form.fields["is_tracking"].box, Qt.Key.Key_Space)
    assert form.value()["mount"] == {"is_tracking": True, "of_later": 1}


def test_an_object_that_nobody_gave_stays_absent(form: Form) -> None:
    form.set_value({"target": COMET})
    assert form.value() == {"target": COMET}


def test_one_of_several_objects(form: Form) -> None:
    assert list(form.problems()) == [(("target",), "Fill this in.")]
    assert form.value() == {}
    choose(form, "A star")
    assert form.value() == {"target": {"type": "star", "name": ""}}
    assert list(form.problems()) == [(("target", "name"), "Fill this in.")]
    type_into(form.fields["target"].current.fields["name"].edit, "Sirius")
    assert form.value() == {"target": {"type": "star", "name": "Sirius"}}


def test_what_was_typed_for_another_choice_is_kept(form: Form) -> None:
    form.set_value({"target": COMET})
    assert form.fields["target"].list.currentText() == "A comet"
    choose(form, "A star")
    type_into(form.fields["target"].current.fields["name"].edit, "Vega")
    choose(form, "A comet")
    assert form.value() == {"target": COMET}
    choose(form, "A star")
    assert form.value() == {"target": {"type": "star", "name": "Vega"}}


def test_a_choice_of_another_version_is_kept(form: Form) -> None:
    form.set_value({"target": {"type": "nova", "at": 1}})
    assert form.fields["target"].list.currentIndex() == -1
    assert form.value() == {"target": {"type": "nova", "at": 1}}


def test_errors_find_their_way_inside(form: Form) -> None:
    form.set_value({"target": COMET})
    form.show_error_at(("target", "year"), "It was not seen then.")
    form.show_error_at(("mount", "is_tracking"), "It cannot.")
    year = form.fields["target"].current.fields["year"]
    assert year.error == "It was not seen then."
    assert form.fields["mount"].form.fields["is_tracking"].error == "It cannot."
    form.show_error_at(("target",), "Not this one.")
    form.show_error_at(("mount",), "Not so.")
    assert (form.fields["target"].error, form.fields["mount"].error) == ("Not this one.", "Not so.")
    form.clear_errors()
    assert (year.error, form.fields["target"].error, form.fields["mount"].error) == (None,) * 3


def test_what_was_touched_inside(form: Form) -> None:
    form.set_value({"target": COMET, "mount": {}})
    assert not form.is_touched_at(("target", "year"))
    type_into(form.fields["target"].current.fields["year"].edit, "1910")
    assert form.is_touched_at(("target", "year"))
    assert form.is_touched_at(("target",))
    assert not form.is_touched_at(("mount", "is_tracking"))
    assert not form.is_touched_at(("mount",))


def test_a_place_inside_can_be_found(form: Form) -> None:
    form.set_value({"target": COMET, "mount": {}})
    assert form.label_at(("target", "year")) == "Year"
    assert form.label_at(("target",)) == "Target"
    assert form.label_at(("mount", "is_tracking")) == "Is tracking"
    form.focus_at(("target", "year"))
    assert form.fields["target"].current.fields["year"].edit.hasFocus()
    form.focus_at(("target",))
    assert form.fields["target"].list.hasFocus()
    form.focus_at(("mount", "is_tracking"))
    assert form.fields["mount"].form.fields["is_tracking"].box.hasFocus()


def test_none_of_several_where_null_is_allowed(qtbot: QtBot) -> None:
    assert isinstance(TELESCOPE, tree.Object)
    target = next(one for one in TELESCOPE.fields if one.name == "target")
    field = make_field(dataclasses.replace(target, is_nullable=True, empty="No target"), Known())
    qtbot.addWidget(field)
    assert field.list.placeholderText() == "No target"
    assert (list(field.problems()), field.value()) == ([], None)


def test_a_nullable_object_is_edited_as_json(qtbot: QtBot) -> None:
    field = make_field(tree.Object(label="Mount", is_nullable=True), Known())
    qtbot.addWidget(field)
    assert isinstance(field, JsonField)
    field.set_value(None)
    assert field.value() is None


def test_an_inline_object_shows_its_errors_on_its_fields(qtbot: QtBot) -> None:
    inner = (tree.Whole(name="nice", label="Niceness"),)
    field = make_field(tree.Object(name="r", label="R", fields=inner, is_inline=True), Known())
    qtbot.addWidget(field)
    assert isinstance(field, InlineField)
    field.show_error_at((), "Too gentle.")
    assert field.form.fields["nice"].error == "Too gentle."
    field.clear_errors()
    assert field.form.fields["nice"].error is None
    assert field.value() is ABSENT
