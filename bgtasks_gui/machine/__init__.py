"""What this computer says: its facts as one value, its changes, its sleep."""

from __future__ import annotations

from bgtasks_gui.core import ports
from bgtasks_gui.machine import portable


def make_machine() -> ports.Machine:
    """What reads the facts of the computer this runs on."""
    return portable.PortableMachine()
