"""A form over an object."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import ABSENT, Known
from bgtasks_gui.gui.editor.form.form import Form
from bgtasks_gui.gui.editor.form.nested import make_form
from bgtasks_gui.gui.editor.schema import reading, tree
from bgtasks_gui.gui.style import theme
from bgtasks_gui.wire import codec, shapes
from tests.gui.editor.support import catalogs
from tests.gui.editor.support.people import shown, type_into

pytestmark = pytest.mark.usefixtures("dressed")
ENTRIES = (*catalogs.catalog().kinds, *catalogs.catalog().triggers, *catalogs.catalog().conditions)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def form_of(name: str) -> Form:
    form = make_form(reading.read_entry(catalogs.entry(name)).form, Known())
    shown(form)
    return form


def visible(form: Form) -> list[str]:
    return [name for name, widget in form.fields.items() if widget.isVisible()]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_whatever_was_set_comes_back(
    qtbot: QtBot, dressed: theme.Theme, entry: shapes.CatalogEntry
) -> None:
    shape = reading.read_entry(entry).form
    form = make_form(shape, Known())
    qtbot.addWidget(form)
    names = [field.name for field in shape.fields]
    required = {field.name: json_values for field in shape.fields if field.is_required}
    anything = st.fixed_dictionaries(
        required, optional={name: json_values for name in names if name not in required}
    )

    # Fewer than usual for each: there are as many forms as kinds, triggers and conditions.
    @settings(max_examples=20)
    @given(anything, st.dictionaries(st.text("xyz", min_size=8), json_values, max_size=2))
    def comes_back(value: codec.JsonObject, more: codec.JsonObject) -> None:
        whole = more | value | shape.fixed
        form.set_value(whole)
        assert form.value() == whole

    comes_back()


def test_what_has_no_field_stays_through_changes(qtbot: QtBot) -> None:
    form = form_of("cron")
    qtbot.addWidget(form)
    form.set_value({"type": "cron", "expression": "0 1 * * *", "of_later": [1]})
    type_into(form.fields["expression"].edit, "0 2 * * *")
    assert form.value() == {"type": "cron", "expression": "0 2 * * *", "of_later": [1]}


def test_fixed_members_are_always_there(qtbot: QtBot) -> None:
    form = make_form(reading.read_entry(catalogs.entry("manual")).form, Known())
    qtbot.addWidget(form)
    assert form.is_empty
    assert form.value() == {"type": "manual"}


def test_what_was_not_given_stays_absent(qtbot: QtBot) -> None:
    form = form_of("interval")
    qtbot.addWidget(form)
    form.set_value({"type": "interval", "every": "PT1H"})
    assert form.value() == {"type": "interval", "every": "PT1H"}
    form.set_value(ABSENT)
    assert form.value() == {"type": "interval"}


def test_fields_come_and_go_with_what_the_others_hold(qtbot: QtBot) -> None:
    form = form_of("calendar")
    qtbot.addWidget(form)
    form.set_value({"type": "calendar", "time": "18:00", "day": 30})
    assert visible(form) == ["time", "weekday", "day", "short_months"]
    weekday = form.fields["weekday"].list
    with qtbot.waitSignal(form.rearranged):
        weekday.setCurrentIndex(5)
        weekday.activated.emit(5)
    assert visible(form) == ["time", "weekday", "nth"]
    # A day would now contradict the weekday.
    assert form.value() == {
        "type": "calendar", "time": "18:00", "weekday": "friday", "day": None,
        "short_months": "skip",
    }  # fmt: skip
    weekday.setCurrentIndex(0)
    weekday.activated.emit(0)
    assert form.value()["day"] == 30


def test_rare_fields_are_shown_on_demand(qtbot: QtBot) -> None:
    form = form_of("cron")
    qtbot.addWidget(form)
    form.set_value({"type": "cron", "expression": "0 1 * * *"})
    assert visible(form) == ["expression"]
    with qtbot.waitSignal(form.rearranged):
        form.unfold_button.click()
    assert visible(form) == ["expression", "zone"]
    assert not form.unfold_button.isVisible()
    assert form.fields["zone"].edit.hasFocus()


def test_rare_fields_are_shown_where_they_are_set(qtbot: QtBot) -> None:
    form = form_of("cron")
    qtbot.addWidget(form)
    form.set_value({"type": "cron", "expression": "0 1 * * *", "zone": "Europe/Berlin"})
    assert visible(form) == ["expression", "zone"]


def test_an_error_unfolds_its_field(qtbot: QtBot) -> None:
    form = form_of("cron")
    qtbot.addWidget(form)
    form.show_error_at(("zone",), "There is no such zone.")
    assert form.fields["zone"].isVisible()
    assert form.fields["zone"].error == "There is no such zone."


@pytest.mark.parametrize("path", [(), ("of_later",), ("nth",)])
def test_an_error_without_a_field_in_sight_is_shown_by_the_form(
    qtbot: QtBot, path: tuple[str, ...]
) -> None:
    form = form_of("calendar")
    qtbot.addWidget(form)
    form.show_error_at(path, "That cannot be.")
    assert (form._error.text(), form._error.isVisible()) == ("That cannot be.", True)
    form.clear_errors()
    assert not form._error.isVisible()


def test_what_was_touched(qtbot: QtBot) -> None:
    form = form_of("battery_above")
    qtbot.addWidget(form)
    assert not form.is_touched_at(("percent",))
    assert not form.is_touched_at(())
    type_into(form.fields["percent"].edit, "120")
    assert form.is_touched_at(("percent",))
    assert form.is_touched_at(("elsewhere",))
    assert list(form.problems()) == [(("percent",), "It must be from 0 to 100.")]
    form.set_value({"percent": 5})
    assert not form.is_touched_at(("percent",))


def test_a_place_can_be_found(qtbot: QtBot) -> None:
    form = form_of("disk_free_above")
    qtbot.addWidget(form)
    form.focus_at(("bytes",))
    assert form.fields["bytes"].edit.hasFocus()
    form.focus_at(())
    assert form.fields["path"].edit.hasFocus()
    assert form.widget_at(("bytes",)) is form.fields["bytes"]
    assert form.widget_at(("gone",)) is form
    assert (form.label_at(("bytes",)), form.label_at(())) == ("More than", "")


def test_narrow_fields_stand_side_by_side(qtbot: QtBot) -> None:
    form = form_of("time_window")
    qtbot.addWidget(form)
    form.resize(500, 400)
    form.show()
    start, end, days = (form.fields[name] for name in ("start", "end", "days"))
    qtbot.waitUntil(lambda: days.y() > start.y())
    assert start.y() == end.y()
    assert start.x() < end.x()
    assert days.width() > start.width() + end.width()


def test_an_error_makes_room_for_itself(qtbot: QtBot) -> None:
    form = form_of("disk_free_above")
    qtbot.addWidget(form)
    form.set_value({"path": "/", "bytes": 1})
    form.set_value({"path": "/", "bytes": 2})
    form.resize(300, form.heightForWidth(300))
    before = form.heightForWidth(300)
    form.show_error_at(("bytes",), "This is a long sentence about a number. " * 3)
    qtbot.waitUntil(lambda: form.heightForWidth(300) > before)


def test_objects_inside_can_stand_among_the_others(qtbot: QtBot) -> None:
    form = make_form(_task("overlap", "flex"), Known())
    qtbot.addWidget(form)
    shown(form)
    form.set_value({"overlap": {"policy": "skip", "limit": 3}})
    labels = [cell.field.label for cell in form.cells(shown=True)]
    assert labels == ["While it still runs", "May start late by"]
    assert all(cell.parent() is form for cell in form.cells(shown=False))
    policy = next(form.cells(shown=True)).list
    policy.setFocus()
    policy.setCurrentIndex(2)
    policy.activated.emit(2)
    labels = [cell.field.label for cell in form.cells(shown=True)]
    assert labels == ["While it still runs", "Runs at once", "May start late by"]
    assert policy.hasFocus()
    assert form.value() == {"overlap": {"policy": "parallel", "limit": 3}}


def _task(*names: str) -> tree.Object:
    whole = reading.read(codec.plain(catalogs.catalog().task))
    assert isinstance(whole, tree.Object)
    return tree.Object(fields=tuple(one for one in whole.fields if one.name in names))
