"""What a type would have accepted at a place."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest

from bgtasks_gui.core import tasks
from bgtasks_gui.wire import choices


class Leaf(msgspec.Struct, tag="leaf"):
    colour: Annotated[Literal["green", "red"] | None, msgspec.Meta(description="x")] = None


class Tree(msgspec.Struct):
    pair: tuple[Leaf, int]
    by_name: dict[str, Leaf]


@pytest.mark.parametrize(
    ("type_", "path", "words"),
    [
        (tasks.TaskSpec, "overlap.policy", ("skip", "queue", "parallel", "replace")),
        (tasks.TaskSpec, "notice", ("auto", "always", "never")),
        (tasks.TaskSpec, "resources.io_priority", ("idle", "low", "normal")),
        (tasks.TaskSpec, "name", ()),
        (tasks.TaskSpec, "nothing.there", ()),
        (Tree, "pair[0].colour", ("green", "red")),
        (Tree, "pair[0].type", ("leaf",)),
        (Tree, "by_name[...].colour", ("green", "red")),
        (list[Leaf], "[3].colour", ("green", "red")),
    ],
)
def test_words(type_: object, path: str, words: tuple[str, ...]) -> None:
    assert choices.known_values(type_, path) == words


def test_tags_of_a_union_are_words() -> None:
    known = choices.known_values(tasks.TaskSpec, "conditions[0].type")
    assert {"on_ac_power", "battery_above", "time_window"} <= set(known)


def test_names_of_fields() -> None:
    assert choices.field_names(tasks.TaskSpec, "overlap") == ("policy", "limit")
    assert choices.field_names(Leaf, "") == ("type", "colour")
    assert choices.field_names(tasks.TaskSpec, "name") == ()
