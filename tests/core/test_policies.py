"""The policies of a task: their words are all that a window knows of them."""

from __future__ import annotations

import enum
import typing

import msgspec
import pytest
from msgspec import inspect

from bgtasks_gui.core import checks, policies, tasks

TYPES = (policies.Overlap, policies.Missed, policies.Retry, policies.Resources, tasks.TaskSpec)


def properties(type_: type[msgspec.Struct]) -> dict[str, dict[str, typing.Any]]:
    _, parts = msgspec.json.schema_components([type_])
    return parts[type_.__name__]["properties"]


@pytest.mark.parametrize("type_", TYPES, ids=lambda type_: type_.__name__)
def test_every_field_has_a_label(type_: type[msgspec.Struct]) -> None:
    # A payload, triggers and conditions are called what they are by the parts of the window.
    unnamed = {"payload", "triggers", "conditions"}
    for name, field in properties(type_).items():
        assert ("title" in field) != (name in unnamed), name
        hint = field.get("description", ".")
        assert hint[0].isupper() or hint == "."
        assert hint.endswith(".")


@pytest.mark.parametrize(
    ("type_", "name", "words"),
    [
        (policies.Overlap, "policy", policies.OverlapPolicy),
        (policies.Missed, "policy", policies.MissedPolicy),
        (tasks.TaskSpec, "stop_on_condition_loss", policies.ConditionLoss),
        (tasks.TaskSpec, "notice", policies.NoticePolicy),
    ],
)
def test_every_word_has_a_label_in_its_order(
    type_: type[msgspec.Struct], name: str, words: type[enum.StrEnum]
) -> None:
    assert list(properties(type_)[name]["x-labels"]) == [word.value for word in words]


def test_every_mode_and_priority_has_a_label() -> None:
    modes = properties(tasks.TaskSpec)["modes"]["items"]["x-labels"]
    assert tuple(modes) == checks.MODES
    priority = properties(policies.Resources)["io_priority"]
    assert set(priority["x-labels"]) == set(priority["enum"])


def test_bounds_that_are_shown_are_those_that_are_checked() -> None:
    shown = {
        (name, field): properties(type_)[field].get("maximum")
        for name, type_, field in (
            ("missed", policies.Missed, "limit"),
            ("retry", policies.Retry, "attempts"),
            ("resources", policies.Resources, "nice"),
        )
    }
    assert shown == {
        ("missed", "limit"): checks.MOST_MISSED,
        ("retry", "attempts"): checks.MOST_ATTEMPTS,
        ("resources", "nice"): checks.GENTLEST,
    }


def test_a_field_that_depends_on_another_names_one_that_is_there() -> None:
    for type_ in TYPES:
        fields = properties(type_)
        for field in fields.values():
            assert set(field.get("x-when", {})) <= set(fields)


def test_words_of_a_form_change_nothing_of_what_is_accepted() -> None:
    info = inspect.type_info(policies.Missed)
    assert isinstance(info, inspect.StructType)
    assert msgspec.json.decode(b'{"limit": 0}', type=policies.Missed).limit == 0
    assert tasks.Missed is policies.Missed
