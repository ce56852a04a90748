from __future__ import annotations

import re
from typing import Union

import msgspec
import pytest

from bgtasks_gui import triggers
from bgtasks_gui.core import ports

TRIGGERS = pytest.mark.parametrize("trigger", triggers.TRIGGERS, ids=lambda one: one.__name__)


def test_each_has_a_type_of_its_own() -> None:
    tags = [trigger.__struct_config__.tag for trigger in triggers.TRIGGERS]
    assert tags == [
        *("interval", "cron", "calendar", "date", "startup", "after", "custom_event", "manual")
    ]


def test_any_of_them_is_read_by_its_type() -> None:
    every = Union[triggers.TRIGGERS]  # noqa: UP007
    text = b'{"type":"interval","every":"PT15M"}'
    assert msgspec.json.decode(text, type=every).describe() == "every 15 minutes"
    with pytest.raises(msgspec.ValidationError, match="unknown field `evry`"):
        msgspec.json.decode(b'{"type":"interval","every":"PT15M","evry":1}', type=every)


@TRIGGERS
def test_each_is_a_frozen_value(trigger: type[msgspec.Struct]) -> None:
    assert trigger.__struct_config__.frozen
    assert issubclass(trigger, ports.Trigger)


@TRIGGERS
def test_each_describes_its_form(trigger: type[msgspec.Struct]) -> None:
    schema = msgspec.json.schema(trigger)["$defs"][trigger.__name__]
    assert re.fullmatch(r"[A-Z][^.]{3,40}", schema["description"])
    for name, field in schema["properties"].items():
        if name != "type":
            assert field["title"]
            assert field["description"].endswith(".")
