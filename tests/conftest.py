"""What every test gets: a home of its own, and steady property tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Machines under test are shared, so an example that takes long says nothing. What guards a change
# must answer the same twice, so it draws no new examples; a developer's run does.
hypothesis.settings.register_profile("ours", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("ours")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A private folder that BGTASKS_HOME names; short, since a socket path may have 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="bgt-"))
    monkeypatch.setenv("BGTASKS_HOME", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _no_real_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A test that forgets to name a home must not find the agent of the person running it."""
    monkeypatch.setenv("BGTASKS_HOME", str(tmp_path_factory.getbasetemp() / "unnamed-home"))
