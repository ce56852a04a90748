from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs import arguments
from bgtasks_gui.wire import codec
from tests.gui.support import accessible


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("folder=/home/me\n\ncount=5\n", {"folder": "/home/me", "count": 5}),
        ("a = b = c", {"a": "b = c"}),
        ("flag=true\nlist=[1, 2]\nword=“true”", {"flag": True, "list": [1, 2], "word": "“true”"}),
        ('  {"a": {"b": null}}', {"a": {"b": None}}),
        # What only Python takes for a number is a word here.
        ("a=NaN\nb=-Infinity\nc=1e400", {"a": "NaN", "b": "-Infinity", "c": "1e400"}),
        ("a=1\na=2", {"a": 2}),
        ("deep=" + "[" * 20_000, {"deep": "[" * 20_000}),
    ],
)
def test_lines_and_json_are_understood(text: str, found: dict[str, object]) -> None:
    assert arguments.parse(text) == found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("folder=/x\ncount", "Line 2 has no “=”; write NAME=VALUE."),
        ("=5", "Line 1 has no “=”; write NAME=VALUE."),
        ('{"a": }', "Line 1 is not JSON at character 7: expecting value."),
        ('{"a": 1\n "b": 2}', "Line 2 is not JSON at character 2: expecting ',' delimiter."),
        ('{"a": 1} {}', "Line 1 is not JSON at character 10: extra data."),
        ('{"a": NaN}', "This is not JSON: NaN is no number of JSON."),
        ('{"a": ' + "[" * 20_000, "This is nested too deeply."),
        ('{"a": "\\ud800"}', "This holds half a character, which cannot be sent."),
        ('a="\\ud800"', "This holds half a character, which cannot be sent."),
    ],
)
def test_what_is_not_is_told_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as told:
        arguments.parse(text)
    assert str(told.value) == sentence


_VALUES = st.none() | st.booleans() | st.integers() | st.lists(st.integers(), max_size=3)


@given(st.dictionaries(st.text(max_size=8), _VALUES, max_size=4))
def test_every_json_object_comes_back(whole: dict[str, object]) -> None:
    assert arguments.parse(json.dumps(whole)) == whole


@given(st.text(max_size=60))
def test_any_text_gives_arguments_or_a_sentence(text: str) -> None:
    try:
        found: object = arguments.parse(text)
    except ValueError as error:
        found = str(error)
    assert isinstance(found, dict) or str(found).endswith(".")
    assert isinstance(found, str) or codec.plain(codec.raw(found)) == found


def test_a_wrong_line_keeps_the_dialog_and_what_was_typed(owner: QWidget, qtbot: QtBot) -> None:
    dialog = arguments.ArgumentsDialog("“backup”", owner)
    dialog.open()
    dialog.words.setPlainText("count")
    with qtbot.assertNotEmitted(dialog.confirmed):
        dialog.confirm.click()
    assert dialog.isVisible()
    assert dialog.words.toPlainText() == "count"
    assert dialog._error.text() == "Line 1 has no “=”; write NAME=VALUE."
    dialog.words.setPlainText("count=3")
    with qtbot.waitSignal(dialog.confirmed) as heard:
        dialog.confirm.click()
    assert heard.args == [{"count": 3}]


@pytest.mark.parametrize("enter", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_the_keyboard_goes_through_it_and_runs(owner: QWidget, qtbot: QtBot, enter: Qt.Key) -> None:
    dialog = arguments.ArgumentsDialog("“backup”", owner)
    dialog.open()
    assert accessible.faults(dialog) == []
    names = [accessible.name(one) for one in accessible.reached(dialog)]
    assert names == ["Arguments", "Close", "Run now"]
    qtbot.keyClicks(dialog.words, "a=1")
    qtbot.keyClick(dialog.words, Qt.Key.Key_Return)
    qtbot.keyClicks(dialog.words, "b=2")
    with qtbot.waitSignal(dialog.confirmed) as heard:
        qtbot.keyClick(dialog.words, enter, Qt.KeyboardModifier.ControlModifier)
    assert heard.args == [{"a": 1, "b": 2}]


def test_escape_runs_nothing(owner: QWidget, qtbot: QtBot) -> None:
    dialog = arguments.ArgumentsDialog("“backup”", owner)
    dialog.open()
    with qtbot.assertNotEmitted(dialog.confirmed), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.words, Qt.Key.Key_Escape)
