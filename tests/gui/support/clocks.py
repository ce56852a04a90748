"""The time of day in tests of the window: it stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class ManualNow:
    """To be handed in as `now`."""

    def __init__(self, at: datetime = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)) -> None:
        self._at = at

    def __call__(self) -> datetime:
        return self._at

    def advance(self, step: timedelta) -> None:
        self._at += step
