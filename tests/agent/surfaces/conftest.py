"""A session bus of the test's own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
