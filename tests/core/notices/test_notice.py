from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from bgtasks_gui.core.notices import notice

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOVING = notice.Notice(
    key="live:r1", kind=notice.Kind.LIVE, at=AT, title="Photos", body="Downloading, 25 % of 8 MiB",
    still="Downloading 8 MiB.",
)  # fmt: skip


def test_every_action_has_a_label_of_its_own() -> None:
    assert set(notice.LABELS) == set(notice.Action)
    assert len(set(notice.LABELS.values())) == len(notice.Action)


def test_at_rest_it_says_nothing_that_moves() -> None:
    assert notice.at_rest(MOVING).body == "Downloading 8 MiB."
    resting = msgspec.structs.replace(MOVING, body="Suspended by you.", still="")
    assert notice.at_rest(resting) is resting
