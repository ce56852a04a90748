"""Places in a form, as errors name them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.gui.editor.schema import paths

names = st.text("abcxyz_", min_size=1, max_size=6)
places = st.tuples(names).flatmap(
    lambda first: st.lists(names | st.integers(0, 99), max_size=4).map(lambda rest: (*first, *rest))
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("name", ("name",)),
        ("triggers[0].expression", ("triggers", 0, "expression")),
        ("payload.argv[12]", ("payload", "argv", 12)),
        ("payload.env.API-KEY", ("payload", "env", "API-KEY")),
        ("", ()),
    ],
)
def test_a_place_is_read(text: str, path: paths.Path) -> None:
    assert paths.parse(text) == path


@given(places)
def test_a_place_is_spelled_as_it_is_read(path: paths.Path) -> None:
    assert paths.parse(paths.spell(path)) == path


def test_what_is_under_what() -> None:
    assert paths.is_under(("a", 0, "b"), ("a", 0))
    assert paths.is_under(("a",), ("a",))
    assert paths.is_under(("a",), ())
    assert not paths.is_under(("a", 1), ("a", 0))
