from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bgtasks_gui.client.phrases import awake
from bgtasks_gui.wire import background

NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("sleep", "sleep"),
        ("idle:sleep:shutdown", "sleep while idle, sleep and shutdown"),
        ("handle-lid-switch:hibernate", "sleep with the lid closed and hibernate"),
    ],
)
def test_what_it_is_kept_from(what: str, words: str) -> None:
    assert awake.kept_from(what) == words


@pytest.mark.parametrize(
    ("is_held", "since", "says"),
    [
        (True, "2026-11-22T15:00:00.000Z", "Kept from sleep since 16:00: Backup: part 3."),
        (True, None, "Kept from sleep: Backup: part 3."),
        (False, None, "Not kept from sleep yet: Backup: part 3."),
        (None, None, "Cannot be kept from sleep here: Backup: part 3."),
    ],
)
def test_what_keeps_it_awake(is_held: bool | None, since: str | None, says: str) -> None:
    hold = background.HoldView(what="sleep", why="Backup:\npart 3.", since=since, is_held=is_held)
    assert awake.told(hold, NOW) == says
