from __future__ import annotations

from collections.abc import Callable

import pytest

from bgtasks_gui.supervisor import fields
from bgtasks_gui.supervisor.children import refusals

GIVEN: dict[str, object] = {
    "text": "abc",
    "empty": "",
    "texts": ["a", "b"],
    "mixed": ["a", 1],
    "whole": 5,
    "truth": True,
    "part": 1.5,
    "negative": -1,
    "mapping": {"a": 1},
    "null": None,
}


def test_what_is_there_is_read() -> None:
    assert fields.text(GIVEN, "text") == "abc"
    assert fields.optional_text(GIVEN, "null") is None
    assert fields.optional_text(GIVEN, "absent") is None
    assert fields.texts(GIVEN, "texts") == ["a", "b"]
    assert fields.whole(GIVEN, "whole") == 5
    assert fields.whole(GIVEN, "absent", 7) == 7
    assert fields.seconds(GIVEN, "part", 10) == 1.5
    assert fields.seconds(GIVEN, "absent", 10) == 10
    assert fields.mapping(GIVEN, "mapping") == {"a": 1}


@pytest.mark.parametrize(
    ("read", "name", "wanted"),
    [
        (fields.text, "whole", "a text"),
        (fields.text, "absent", "a text"),
        (fields.text, "empty", "a text"),
        (fields.optional_text, "whole", "a text"),
        (fields.texts, "text", "a list of texts"),
        (fields.texts, "mixed", "a list of texts"),
        (fields.whole, "part", "a whole number"),
        (fields.whole, "truth", "a whole number"),
        (fields.whole, "absent", "a whole number"),
        (lambda given, name: fields.seconds(given, name, 1), "negative", "a number of seconds"),
        (lambda given, name: fields.seconds(given, name, 1), "truth", "a number of seconds"),
        (fields.mapping, "texts", "an object"),
    ],
)
def test_what_is_wrong_is_refused_by_name(
    read: Callable[[dict[str, object], str], object], name: str, wanted: str
) -> None:
    with pytest.raises(refusals.Refused) as refused:
        read(GIVEN, name)
    assert (refused.value.code, refused.value.field) == ("invalid_request", name)
    assert str(refused.value) == f"{name} must be {wanted}."


def test_surroundings() -> None:
    around = fields.surroundings({"cwd": "/", "env": {"A": "1"}, "nice": None})
    assert (around.cwd, around.env, around.nice, around.io_priority) == (
        "/",
        {"A": "1"},
        0,
        "normal",
    )
    assert around.is_usual
    gentle = fields.surroundings({"cwd": "/", "env": {}, "nice": 5, "io_priority": "idle"})
    assert (gentle.nice, gentle.io_priority, gentle.is_usual) == (5, "idle", False)
    with pytest.raises(refusals.Refused, match="env must be an object of texts"):
        fields.surroundings({"cwd": "/", "env": {"A": 1}})
