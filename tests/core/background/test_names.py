from __future__ import annotations

import pytest

from bgtasks_gui.core.background import codes, names

WANTED = "Name the program that asks."


@pytest.mark.parametrize(
    "name", ["editor", "Müller & <b>", "😀", "org.example.Player", "a/b", ".."]
)
def test_a_printable_name_is_accepted(name: str) -> None:
    names.check(name, "owner", WANTED)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", WANTED),
        (" \n", WANTED),
        ("x" * 10_000, "The owner has 10,000 characters; at most 200 are allowed."),
        ("a\0b", "The owner holds a control character; use printable characters only."),
        ("a\nb", "The owner holds a control character; use printable characters only."),
        ("a\u202eb", "The owner holds a control character; use printable characters only."),
    ],
)
def test_what_cannot_be_a_name_is_refused_with_a_sentence(name: str, sentence: str) -> None:
    with pytest.raises(codes.BadParameter) as caught:
        names.check(name, "owner", WANTED)
    assert (caught.value.number, caught.value.field, caught.value.message) == (
        401,
        "owner",
        sentence,
    )
