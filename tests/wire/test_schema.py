"""JSON Schema of registrations."""

from __future__ import annotations

from typing import Annotated

import msgspec

from bgtasks_gui.wire import codec, schema


class Ring(msgspec.Struct, tag="ring"):
    """When the phone rings."""

    times: Annotated[int, msgspec.Meta(ge=1, description="How often it rings")] = 3


class Sing(msgspec.Struct):
    """Sings a song."""

    song: str


def test_a_type_stands_for_itself() -> None:
    told = codec.plain(schema.of_type(Ring))
    assert told["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    ring = told["$defs"]["Ring"]
    assert ring["description"] == "When the phone rings."
    assert ring["properties"]["times"] == {
        "description": "How often it rings", "type": "integer", "minimum": 1, "default": 3,
    }  # fmt: skip


def test_a_registration_knows_payloads_and_triggers() -> None:
    told = codec.plain(schema.of_registration([Sing], [Ring]))
    properties = told["$defs"]["TaskSpec"]["properties"]
    assert told["$ref"] == "#/$defs/TaskSpec"
    assert properties["payload"] == {"anyOf": [{"$ref": "#/$defs/Sing"}]}
    assert properties["triggers"]["items"] == {
        "anyOf": [{"$ref": "#/$defs/Ring"}],
        "discriminator": {"propertyName": "type", "mapping": {"ring": "#/$defs/Ring"}},
    }
    assert {"Sing", "Ring", "BatteryAbove", "Retry"} <= set(told["$defs"])
    assert told["$defs"]["TaskSpec"]["additionalProperties"] is False
