from __future__ import annotations

from bgtasks_gui.core.notices import notice


def test_every_action_has_a_label_of_its_own() -> None:
    assert set(notice.LABELS) == set(notice.Action)
    assert len(set(notice.LABELS.values())) == len(notice.Action)
