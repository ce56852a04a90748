"""Names of fields and values in words."""

from __future__ import annotations

import pytest

from bgtasks_gui.gui.editor.schema import words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("time_limit", "Time limit"),
        ("stopOnLoss", "Stop on loss"),
        ("last-day", "Last day"),
        ("URL", "URL"),
        ("use_TLS", "Use TLS"),
        ("x", "X"),
        ("", ""),
    ],
)
def test_a_name_in_words(name: str, said: str) -> None:
    assert words.in_words(name) == said


def test_choices_come_in_the_order_of_their_labels() -> None:
    found = words.options(["a", "b", "last_day"], {"b": "Bee", "a": "Ay"}, is_text=True)
    assert [(one.value, one.label) for one in found] == [
        ("b", "Bee"), ("a", "Ay"), ("last_day", "Last day"),
    ]  # fmt: skip


def test_labels_alone_say_what_there_is() -> None:
    found = words.options([], {"1": "First", "-1": "Last"}, is_text=False)
    assert [(one.value, one.label) for one in found] == [(1, "First"), (-1, "Last")]
    found = words.options([], {"1": "First"}, is_text=True)
    assert found[0].value == "1"


def test_what_a_value_is_called() -> None:
    found = words.options([True, 1, "x"], {"1": "One", "true": "Yes"}, is_text=False)
    assert words.label_of(found, True) == "Yes"
    assert words.label_of(found, 1) == "One"
    assert words.label_of(found, "other") == "other"
    assert words.label_of(found, 2.5) == "2.5"
