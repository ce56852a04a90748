"""A session bus of the test's own, with a notification service, and a surface over it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui.agent.surfaces.freedesktop import FreedesktopSurface
from tests.agent.surfaces.samples import Told
from tests.agent.surfaces.services import IMPATIENT_S, WITHIN_S, FakeNotifier
from tests.machine.conftest import PrivateBus


@pytest.fixture
async def session_bus() -> AsyncIterator[PrivateBus]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("there is no dbus-daemon here")
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        bus = PrivateBus(Path(folder))
        await bus.start()
        try:
            yield bus
        finally:
            await bus.stop()


class Seconds:
    """A clock that goes on by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def notifier(session_bus: PrivateBus) -> AsyncIterator[FakeNotifier]:
    notifier = FakeNotifier(session_bus.address)
    await notifier.start()
    yield notifier
    await notifier.stop()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def make(address: str, told: Told, now: Seconds, timeout_s: float) -> FreedesktopSurface:
    shown = FreedesktopSurface(address, timeout_s=timeout_s, now=now)
    shown.on_heard, shown.on_changed = told.on_heard, told.on_changed
    return shown


@pytest.fixture
async def shown(
    session_bus: PrivateBus, told: Told, seconds: Seconds
) -> AsyncIterator[FreedesktopSurface]:
    shown = make(session_bus.address, told, seconds, WITHIN_S)
    yield shown
    await shown.close()


@pytest.fixture
async def hasty(
    session_bus: PrivateBus, told: Told, seconds: Seconds
) -> AsyncIterator[FreedesktopSurface]:
    """One with little patience."""
    hasty = make(session_bus.address, told, seconds, IMPATIENT_S)
    yield hasty
    await hasty.close()
