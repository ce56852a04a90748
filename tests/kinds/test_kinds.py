"""The tuple of kinds: each is what the ports ask for, under a name of its own."""

from __future__ import annotations

import msgspec

from bgtasks_gui.core import ports
from bgtasks_gui.kinds import KINDS


def test_every_kind_is_a_process_kind_with_its_own_name() -> None:
    assert [kind.name for kind in KINDS] == ["command", "python"]
    for kind in KINDS:
        assert isinstance(kind, ports.ProcessKind)
        assert issubclass(kind.payload_type, msgspec.Struct)
        assert kind.can_suspend


def test_every_field_of_a_payload_is_described_for_forms() -> None:
    for kind in KINDS:
        (schema,), parts = msgspec.json.schema_components([kind.payload_type])
        fields = parts[kind.payload_type.__name__]["properties"]
        assert schema["$ref"].endswith(kind.payload_type.__name__)
        assert all(field.get("description") for field in fields.values())
