from __future__ import annotations

from bgtasks_gui.core.notices import surface


def test_what_is_heard_is_a_button_or_a_close() -> None:
    assert surface.Heard(key="failed:7") == surface.Heard(key="failed:7", action=None, closed=None)
    assert surface.Heard(key="failed:7").token is None
    assert {str(one) for one in surface.Closed} == {"dismissed", "expired", "withdrawn", "lost"}
