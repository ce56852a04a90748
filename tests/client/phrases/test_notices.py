from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from bgtasks_gui.client.phrases import notices
from bgtasks_gui.core.notices import notice
from bgtasks_gui.wire import shapes

NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)
FAILED = shapes.NoticeView(
    id="7", at="2026-11-22T15:00:00.000Z", kind="failed", title="backup failed", body="Exit 3.",
    task_id=None, run_id=None, group="", outcome="added", changed_at="2026-11-22T15:00:00.000Z",
    surfaces=("freedesktop", "launcher"), held_because=None,
)  # fmt: skip
DUNST = shapes.SurfaceView(
    name="freedesktop", title="Desktop notifications", is_available=True,
    sentence="dunst 1.9.0 shows progress and buttons", is_used=True,
)  # fmt: skip
BOARD = msgspec.structs.replace(DUNST, name="kde_jobs", title="Jobs of Plasma")
TELLING = shapes.TellingView(surfaces=(BOARD, DUNST), held_back=0, is_quiet=False, quiet_until=None)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "shown"),
        ({"outcome": "removed"}, "dismissed"),
        ({"outcome": "expired"}, "expired"),
        ({"outcome": "cleared"}, "taken down"),
        ({"outcome": "held_back", "held_because": "Quiet\nhours.", "surfaces": ()},
         "held back: Quiet hours."),
        ({"outcome": "held_back", "surfaces": ()}, "held back"),
        ({"surfaces": ()}, "not shown: no service was there"),
        ({"surfaces": ("launcher",)}, "not shown: no service was there"),
        ({"surfaces": ("kde_jobs",)}, "shown"),
        ({"outcome": "of another\x1bversion"}, "of another\ufffdversion"),
    ],
)  # fmt: skip
def test_what_became_of_a_notice(changes: dict[str, object], says: str) -> None:
    assert notices.outcome(msgspec.structs.replace(FAILED, **changes)) == says


@pytest.mark.parametrize("outcome", notice.Outcome)
def test_every_outcome_has_words(outcome: str) -> None:
    told = msgspec.structs.replace(FAILED, outcome=str(outcome))
    assert notices.outcome(told).partition(" ")[0] not in {"added", "removed", "cleared"}


def test_who_tells() -> None:
    assert notices.messenger(TELLING) == DUNST
    assert notices.told_by(TELLING, NOW) == (
        "Notices are shown by Desktop notifications: dunst 1.9.0 shows progress and buttons."
        " Quiet hours are off."
    )


def test_a_list_of_running_work_tells_nothing() -> None:
    alone = msgspec.structs.replace(TELLING, surfaces=(BOARD,), held_back=1200)
    assert notices.messenger(alone) is None
    assert notices.told_by(alone, NOW) == (
        "No service shows notices here; the window's tray icon does, where there is one."
        " Quiet hours are off. 1,200 held back since the agent started."
    )


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("2026-11-22T21:00:00.000Z", "Quiet hours are on until 22:00."),
        (None, "Quiet hours are on."),
    ],
)
def test_quiet_hours_are_said(until: str | None, says: str) -> None:
    quiet = msgspec.structs.replace(TELLING, is_quiet=True, quiet_until=until)
    assert notices.told_by(quiet, NOW).endswith(says)
