"""Fields of one line: texts, numbers, durations, sizes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor import fields
from bgtasks_gui.gui.editor.fields import ABSENT, Known, lines
from bgtasks_gui.gui.editor.schema import tree
from bgtasks_gui.gui.style import theme
from tests.gui.editor.support.people import a_field, press, type_into

pytestmark = pytest.mark.usefixtures("dressed")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (tree.Text(), " a b ", " a b "),
        (tree.Text(is_nullable=True), "", None),
        (tree.Text(), "", ""),
        (tree.Text(format="time-of-day"), "8:30", "08:30"),
        (tree.Text(format="time-of-day"), "late", "late"),
        (tree.Whole(), "12", 12),
        (tree.Whole(), "-1", -1),
        (tree.Whole(), "1.5", "1.5"),
        (tree.Whole(), "9" * 31, "9" * 31),
        (tree.Whole(default=10), "", 10),
        (tree.Whole(is_nullable=True, default=10), "", None),
        (tree.Whole(), "", ABSENT),
        (tree.Number(), "1.5", 1.5),
        (tree.Number(), "1,5", 1.5),
        (tree.Number(), "30", 30),
        (tree.Number(), "1e400", "1e400"),
        (tree.Number(), "many", "many"),
        (tree.Duration(), "1h30m", "PT1H30M"),
        (tree.Duration(default="PT10S"), "", "PT10S"),
        (tree.Duration(), "soon", "soon"),
        (tree.Size(), "500M", 524_288_000),
        (tree.Size(is_nullable=True), "", None),
    ],
)
def test_what_is_typed_is_read(qtbot: QtBot, field: tree.Field, typed: str, value: object) -> None:
    widget = a_field(field, "set before")
    qtbot.addWidget(widget)
    type_into(widget.edit, typed)
    assert widget.value() == value
    assert type(widget.value()) is type(value)


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (tree.Text(), "a", "a"),
        (tree.Text(), None, ""),
        (tree.Text(), 7, "7"),
        (tree.Whole(), 2**70, str(2**70)),
        (tree.Number(), 0.5, "0.5"),
        (tree.Duration(), "PT90M", "1 h 30 min"),
        (tree.Duration(), 90, "90"),
        (tree.Size(), 1536, "1.5 KiB"),
        (tree.Size(), -1, "-1"),
        (tree.Size(), "big", "big"),
        (tree.Size(), True, "true"),
    ],
)
def test_how_a_value_is_shown(qtbot: QtBot, field: tree.Field, value: object, shown: str) -> None:
    widget = a_field(field)
    qtbot.addWidget(widget)
    widget.set_value(value)
    assert widget.edit.text() == shown


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (tree.Text(is_required=True), "", "Fill this in."),
        (tree.Text(), "", None),
        (tree.Text(is_required=True, is_nullable=True), "", None),
        (tree.Whole(), "x", "Write a whole number."),
        (tree.Whole(least=0, most=19), "20", "It must be from 0 to 19."),
        (tree.Whole(least=1), "0", "It must be 1 or more."),
        (tree.Whole(most=9), "10", "It must be 9 or less."),
        (tree.Whole(least=0, most=19), "19", None),
        (tree.Number(), "x", "Write a number."),
        (tree.Number(), "inf", "Write a number that has an end."),
        (tree.Number(least=0, most=100), "120", "It must be from 0 to 100."),
        (tree.Duration(is_required=True), "", "Fill this in."),
        (tree.Duration(), "soon", "'soon' is not a duration: write it as"),
        (tree.Size(), "big", "'big' is not a size: write it as"),
    ],
)
def test_what_is_wrong_is_said(
    qtbot: QtBot, field: tree.Field, typed: str, said: str | None
) -> None:
    widget = a_field(field, "set before")
    qtbot.addWidget(widget)
    type_into(widget.edit, typed)
    problem = widget.problem()
    assert problem is None if said is None else (problem or "").startswith(said)
    assert list(widget.problems()) == ([] if problem is None else [((), problem)])


def test_a_number_out_of_bounds_is_still_a_number(qtbot: QtBot) -> None:
    widget = a_field(tree.Whole(most=9))
    qtbot.addWidget(widget)
    type_into(widget.edit, "12")
    assert widget.value() == 12


def test_arrow_keys_step_within_the_bounds(qtbot: QtBot) -> None:
    widget = a_field(tree.Whole(least=0, most=2, default=1))
    qtbot.addWidget(widget)
    for key, value in (
        (Qt.Key.Key_Up, 2), (Qt.Key.Key_Up, 2), (Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 0),
        (Qt.Key.Key_Down, 0),
    ):  # fmt: skip
        press(widget.edit, key)
        assert widget.value() == value
    type_into(widget.edit, "x")
    press(widget.edit, Qt.Key.Key_Up)
    assert widget.edit.text() == "x"


@pytest.mark.parametrize(
    ("field", "placeholder"),
    [
        (tree.Text(empty="The agent's own", example="x"), "The agent's own"),
        (tree.Text(example="30 2 * * *"), "For example 30 2 * * *"),
        (tree.Duration(example="PT15M"), "For example 15 min"),
        (tree.Size(example=524_288_000), "For example 500 MiB"),
        (tree.Text(), ""),
    ],
)
def test_an_empty_field_says_what_it_takes(
    qtbot: QtBot, field: tree.Field, placeholder: str
) -> None:
    widget = a_field(field)
    qtbot.addWidget(widget)
    assert widget.edit.placeholderText() == placeholder


def test_zones_are_offered_as_one_types(qtbot: QtBot) -> None:
    zones: list[str] = []
    widget = a_field(tree.Text(format="zone"), known=Known(zones=zones))
    qtbot.addWidget(widget)
    # Told instead of typed: its list would take the keyboard of the whole screen.
    widget.edit.textEdited.emit("b")
    assert widget.edit.completer() is None
    zones += ["Europe/Berlin", "Asia/Tokyo"]
    widget.edit.textEdited.emit("berl")
    completer = widget.edit.completer()
    assert completer is not None
    completer.setCompletionPrefix("berl")
    assert completer.currentCompletion() == "Europe/Berlin"


def test_how_wide_a_field_is(qtbot: QtBot) -> None:
    required, cron = tree.Text(is_required=True), tree.Text(is_required=True, format="cron")
    widths = [fields.make(one, Known()).is_wide for one in (required, cron, tree.Whole())]
    assert widths == [True, False, False]


@pytest.mark.parametrize("field", [type_() for type_, _ in lines.LINES])
def test_whatever_was_set_comes_back(qtbot: QtBot, field: tree.Field, dressed: theme.Theme) -> None:
    widget = a_field(field)
    qtbot.addWidget(widget)

    @given(json_values)
    def comes_back(value: object) -> None:
        widget.set_value(value)
        assert widget.value() == value

    comes_back()
