"""Which fields make sense beside the others."""

from __future__ import annotations

import pytest

from bgtasks_gui.gui.editor.schema import tree, visibility
from bgtasks_gui.wire import codec


@pytest.mark.parametrize(
    ("schema", "value", "holds"),
    [
        ({"const": "all"}, "all", True),
        ({"const": "all"}, "once", False),
        ({"const": None}, None, True),
        ({"const": 1}, True, False),
        ({"enum": [1, 2]}, 2, True),
        ({"enum": [1, 2]}, 3, False),
        ({"minimum": 1}, 1, True),
        ({"minimum": 1}, 0, False),
        ({"minimum": 1}, None, False),
        ({"minimum": 0}, True, False),
        ({"maximum": 5}, 6, False),
        ({"not": {"const": None}}, "monday", True),
        ({"not": {"const": None}}, None, False),
        ({"minimum": 1, "maximum": 5}, 3, True),
        ({"pattern": "of another version"}, "x", True),
    ],
)
def test_a_value_is_such(schema: codec.JsonObject, value: object, holds: bool) -> None:
    assert visibility.matches(schema, value) is holds


def test_every_sibling_counts() -> None:
    field = tree.Text(shown_when=(("a", {"const": 1}), ("b", {"const": 2})))
    assert visibility.is_shown(field, {"a": 1, "b": 2})
    assert not visibility.is_shown(field, {"a": 1})
    assert visibility.is_shown(tree.Text(), {})
