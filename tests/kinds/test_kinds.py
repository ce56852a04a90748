"""The tuple of kinds: each is what the ports ask for, under a name of its own."""

from __future__ import annotations

import msgspec

from bgtasks_gui.core import kind_ports, transfer_ports
from bgtasks_gui.kinds import KINDS


def test_every_kind_has_its_own_name_and_can_be_suspended() -> None:
    assert [kind.name for kind in KINDS] == ["command", "python", "download", "upload"]
    for kind in KINDS:
        assert issubclass(kind.payload_type, msgspec.Struct)
        assert kind.can_suspend


def test_every_kind_is_a_process_or_a_transfer_and_none_is_both() -> None:
    processes = [kind.name for kind in KINDS if isinstance(kind, kind_ports.ProcessKind)]
    transfers = [kind.name for kind in KINDS if isinstance(kind, transfer_ports.TransferKind)]
    assert processes == ["command", "python"]
    assert transfers == ["download", "upload"]


def test_every_field_of_a_payload_is_described_for_forms() -> None:
    for kind in KINDS:
        (schema,), parts = msgspec.json.schema_components([kind.payload_type])
        fields = parts[kind.payload_type.__name__]["properties"]
        assert schema["$ref"].endswith(kind.payload_type.__name__)
        assert [name for name, field in fields.items() if not field.get("description")] == []
        assert [name for name, field in fields.items() if not field.get("title")] == []
