from __future__ import annotations

from bgtasks_gui.core import reasons
from bgtasks_gui.machine.modes import finding


def test_the_three_answers() -> None:
    yes = finding.used("Sound is being played.", frozenset({7}))
    assert (yes.used, yes.code, yes.pids) == (True, None, frozenset({7}))
    no = finding.unused(reasons.Code.MODE_NOT_USED_LOCATION, "No program asks for the location.")
    assert (no.used, no.code) == (False, reasons.Code.MODE_NOT_USED_LOCATION)
    maybe = finding.unknown(finding.Unavailable("there is no system bus"))
    assert (maybe.used, maybe.code) == (None, None)
    assert maybe.sentence == "It cannot be checked here: there is no system bus."
