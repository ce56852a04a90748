"""What tests of the editor share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.agent.support import embedded


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[embedded.Gate]:
    """Something that runs wait at."""
    one = embedded.Gate(tmp_path / "gate")
    yield one
    one.close()


@pytest.fixture(autouse=True)
def _stay(qapp: QApplication) -> Iterator[None]:
    """A window that is closed is not the end of the application."""
    before = qapp.quitOnLastWindowClosed()
    qapp.setQuitOnLastWindowClosed(False)
    yield
    qapp.setQuitOnLastWindowClosed(before)
