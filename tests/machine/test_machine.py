from __future__ import annotations

from bgtasks_gui.core import machine, ports
from bgtasks_gui.machine import make_machine


def test_makes_what_reads_this_computer() -> None:
    computer: ports.Machine = make_machine()
    assert isinstance(computer.read(), machine.MachineState)
