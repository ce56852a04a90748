from __future__ import annotations

from bgtasks_gui.core.notices import notice, orders
from tests.core import samples


def test_a_notice_is_shown_anew_unless_said_otherwise() -> None:
    told = notice.Notice(
        key="failed:7", kind=notice.Kind.FAILED, at=samples.NOW, title="backup failed", body=""
    )
    order = orders.Show(notice=told)
    assert (order.is_update, order.moves_only) == (False, False)


def test_what_a_program_asks_for_brings_no_window_to_the_front() -> None:
    assert orders.Act(action=notice.Action.CANCEL, continuous_id=3).token is None
