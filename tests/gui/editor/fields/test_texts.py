"""Fields of several lines: texts, command lines, JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.editor.fields import ABSENT
from bgtasks_gui.gui.editor.fields.texts import CommandLineField, GrowingEdit
from bgtasks_gui.gui.editor.schema import tree
from bgtasks_gui.gui.style import theme
from tests.gui.editor.support.people import a_field, press, shown, type_into

pytestmark = pytest.mark.usefixtures("dressed")
ARGV = tree.CommandLine(label="Command line", shell="shell", is_required=True)


def test_a_text_grows_with_its_lines(qtbot: QtBot) -> None:
    edit = GrowingEdit(1, 4)
    qtbot.addWidget(edit)
    edit.show()
    heights = []
    for lines in (1, 2, 3, 4, 9):
        edit.setPlainText("\n".join("abc" for _ in range(lines)))
        heights.append(edit.height())
    assert heights[:4] == sorted(set(heights[:4]))
    assert heights[4] == heights[3]
    assert edit.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_a_long_text(qtbot: QtBot) -> None:
    field = tree.Text(label="Notes", format="multi-line", is_nullable=True, example="Dear Ada")
    widget = a_field(field, "one\ntwo")
    qtbot.addWidget(widget)
    assert widget.edit.placeholderText() == "For example Dear Ada"
    assert widget.value() == "one\ntwo"
    type_into(widget.edit, "three")
    assert widget.value() == "three"
    type_into(widget.edit, "")
    assert widget.value() is None


# Command lines


@pytest.mark.parametrize(
    ("typed", "argv"),
    [
        ("rsync -a 'My Documents/' /mnt", ["rsync", "-a", "My Documents/", "/mnt"]),
        ("echo 'a", ["echo 'a"]),
        ("", ABSENT),
        ("  ", ABSENT),
    ],
)
def test_a_command_line_is_read_as_a_shell_would(qtbot: QtBot, typed: str, argv: object) -> None:
    widget = a_field(ARGV, ["set", "before"])
    qtbot.addWidget(widget)
    type_into(widget.edit, typed)
    assert widget.value() == argv


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Fill this in."),
        ("''", "Fill this in."),
        ("echo 'a", "A quote is opened and not closed."),
        ("ls", None),
    ],
)
def test_what_is_wrong_with_a_command_line(qtbot: QtBot, typed: str, said: str | None) -> None:
    widget = a_field(ARGV, ["set"])
    qtbot.addWidget(widget)
    type_into(widget.edit, typed)
    assert widget.problem() == said


def test_a_line_of_shell_is_one_argument(qtbot: QtBot) -> None:
    widget = CommandLineField(ARGV, a_field(tree.Text()).known)
    qtbot.addWidget(widget)
    widget.follow({"shell": True})
    widget.set_value(['ls | wc -l; echo "it\'s $1"', "first", "second one"])
    assert widget.text == 'ls | wc -l; echo "it\'s $1"'
    assert widget._extra.text() == "Handed to it as $1 and so on: first 'second one'"
    type_into(widget.edit, "echo $1 'open")
    assert widget.value() == ["echo $1 'open", "first", "second one"]
    assert widget.problem() is None


def test_the_text_stays_when_the_shell_comes_and_goes(qtbot: QtBot) -> None:
    widget = a_field(ARGV, ["ls", "-l"])
    qtbot.addWidget(widget)
    widget.follow({"shell": True})
    assert (widget.text, widget.value()) == ("ls -l", ["ls -l"])
    widget.follow({"shell": False})
    assert (widget.text, widget.value()) == ("ls -l", ["ls", "-l"])


def test_an_empty_line_is_not_touched_by_the_switch(qtbot: QtBot) -> None:
    widget = a_field(ARGV)
    qtbot.addWidget(widget)
    widget.follow({"shell": True})
    assert not widget.is_touched


def test_an_error_of_an_argument_is_one_of_the_line(qtbot: QtBot) -> None:
    widget = a_field(ARGV, ["nothing"])
    qtbot.addWidget(widget)
    widget.show_error_at((0,), "There is no such program.")
    assert widget.error == "There is no such program."


@pytest.mark.parametrize("is_shell", [False, True])
def test_no_command_line_is_lost(qtbot: QtBot, dressed: theme.Theme, is_shell: bool) -> None:
    widget = a_field(ARGV)
    qtbot.addWidget(widget)

    @given(st.lists(st.text(max_size=6), max_size=4))
    def comes_back(argv: list[str]) -> None:
        widget.follow({"shell": is_shell})
        widget.set_value(argv)
        assert widget.value() == argv

    comes_back()


def test_what_is_shown_is_what_is_read(qtbot: QtBot, dressed: theme.Theme) -> None:
    widget = a_field(ARGV)
    qtbot.addWidget(widget)
    # Control characters and other ends of lines have no place in an editor of text.
    letters = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.just("\n")

    @given(st.lists(st.text(letters, max_size=6), min_size=1))
    def is_read(argv: list[str]) -> None:
        widget.set_value(argv)
        widget.is_touched = True
        assert widget.value() == argv

    is_read()


# JSON


@pytest.mark.parametrize(
    ("typed", "value", "said"),
    [
        ('{"a": [1, null]}', {"a": [1, None]}, None),
        ("[1]", [1], 'Write an object, as in {"name": "value"}.'),
        ("{a}", "{a}", "This is not JSON: "),
        ("", {}, None),
    ],
)
def test_json_is_read(qtbot: QtBot, typed: str, value: object, said: str | None) -> None:
    widget = a_field(tree.AnyJson(label="Arguments", holds="object", default={}), {"b": 1})
    qtbot.addWidget(widget)
    type_into(widget.edit, typed)
    assert widget.value() == value
    problem = widget.problem()
    assert problem is None if said is None else (problem or "").startswith(said)


def test_json_is_shown_on_as_many_lines_as_it_needs(qtbot: QtBot) -> None:
    widget = a_field(tree.AnyJson(label="Arguments"), {"a": 1})
    qtbot.addWidget(widget)
    assert widget.text == '{"a":1}'
    widget.set_value({"name": "x" * 60})
    assert widget.text.count("\n") == 2
    widget.set_value([])
    assert (widget.text, widget.value()) == ("", [])


def test_tab_leaves_the_text(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    edit, after = GrowingEdit(1, 4), QLineEdit()
    box = QVBoxLayout(page)
    box.addWidget(edit)
    box.addWidget(after)
    shown(page)
    edit.setFocus()
    press(edit, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert edit.toPlainText() == ""
