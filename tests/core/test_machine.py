from __future__ import annotations

import msgspec

from bgtasks_gui.core import machine


def test_nothing_is_known_at_first() -> None:
    state = machine.MachineState()
    facts = {name: getattr(state, name) for name in state.__struct_fields__}
    assert facts.pop("disk_free") == {}
    assert set(facts.values()) == {None}


def test_two_states_do_not_share_what_they_know_of_disks() -> None:
    assert machine.MachineState().disk_free is not machine.MachineState().disk_free


def test_a_state_survives_json() -> None:
    state = machine.MachineState(internet=True, battery=31.5, disk_free={"/home": 12})
    assert msgspec.json.decode(msgspec.json.encode(state), type=machine.MachineState) == state
