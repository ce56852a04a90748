"""JSON Schema (2020-12) of registrations, from the types that check them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from bgtasks_gui.core import tasks
from bgtasks_gui.wire import codec

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def of_type(type_: type[msgspec.Struct]) -> msgspec.Raw:
    """The whole schema of one type, with what it refers to."""
    return codec.raw({"$schema": DIALECT, **msgspec.json.schema(type_)})


def of_registration(
    payloads: Sequence[type[msgspec.Struct]], triggers: Sequence[type[msgspec.Struct]]
) -> msgspec.Raw:
    """The whole schema of a registration, its payload and triggers typed."""
    place = "#/$defs/{name}"
    (whole,), parts = components([tasks.TaskSpec], payloads, triggers, place)
    return codec.raw({"$schema": DIALECT, **whole, "$defs": parts})


def components(
    types: Iterable[object],
    payloads: Sequence[type[msgspec.Struct]],
    triggers: Sequence[type[msgspec.Struct]],
    place: str,
) -> tuple[tuple[codec.JsonObject, ...], codec.JsonObject]:
    """The schema of each type, and by name what they refer to as `place` says.

    A registration is among them; what it keeps as raw JSON, payload and triggers, is filled in.
    """
    asked = [*types, *payloads, *triggers]
    schemas, parts = msgspec.json.schema_components(asked, ref_template=place)
    own = len(asked) - len(payloads) - len(triggers)
    typed_payloads = schemas[own : own + len(payloads)]
    typed_triggers = schemas[own + len(payloads) :]
    registration = parts[tasks.TaskSpec.__name__]
    registration["properties"]["payload"] = {"anyOf": list(typed_payloads)}
    registration["properties"]["triggers"]["items"] = _tagged(triggers, typed_triggers)
    # So a request is read; stored tasks may be older or newer.
    registration["additionalProperties"] = False
    return tuple(schemas[:own]), parts


def _tagged(
    types: Sequence[type[msgspec.Struct]], schemas: Sequence[codec.JsonObject]
) -> codec.JsonObject:
    """One of several types, told apart by their tag."""
    tags = [str(one.__struct_config__.tag) for one in types]
    mapping = {tag: schema["$ref"] for tag, schema in zip(tags, schemas, strict=True)}
    return {
        "anyOf": list(schemas),
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
