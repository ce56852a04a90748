from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.dialogs import arguments


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("folder=/home/me\n\ncount=5\n", {"folder": "/home/me", "count": 5}),
        ("a = b = c", {"a": "b = c"}),
        ("flag=true\nlist=[1, 2]\nword=“true”", {"flag": True, "list": [1, 2], "word": "“true”"}),
        ('  {"a": {"b": null}}', {"a": {"b": None}}),
    ],
)
def test_lines_and_json_are_understood(text: str, found: dict[str, object]) -> None:
    assert arguments.parse(text) == found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("folder=/x\ncount", "Line 2 has no “=”; write NAME=VALUE."),
        ("=5", "Line 1 has no “=”; write NAME=VALUE."),
        ('{"a": }', "This is not JSON: "),
    ],
)
def test_what_is_not_is_told_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.split("“", maxsplit=1)[0]) as told:
        arguments.parse(text)
    assert str(told.value).startswith(sentence)


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
