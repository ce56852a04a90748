"""What every test gets: a home of its own, no desktop, and steady property tests."""

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

# Windows of tests are drawn in memory, whatever the desktop around says about looks and sizes.
# Programs that tests start inherit it; those of `tests/desktop` get an environment of their own.
for _name in [each for each in os.environ if each.startswith("QT_")]:
    del os.environ[_name]
os.environ.update(QT_QPA_PLATFORM="offscreen", QT_API="pyside6")

#: Where the desktop around is found, and the folders that it gives to a person.
_DESKTOP = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY")
_FOLDERS = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
            "XDG_STATE_HOME")  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Keep all of `tests/desktop` in one worker: it shares a session, and watches a real clock."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class KeepingDesktop(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            scope = super()._split_scope(nodeid)
            return "tests/desktop" if scope.startswith("tests/desktop/") else scope

    return KeepingDesktop(config, log)


@pytest.fixture(scope="session", autouse=True)
def _no_real_desktop() -> Iterator[None]:
    """A test must not reach the bus, the screen or the files of the person running it."""
    with tempfile.TemporaryDirectory(prefix="bgt-") as root, pytest.MonkeyPatch.context() as patch:
        for name in _FOLDERS:
            folder = Path(root) / name.removeprefix("XDG_").partition("_")[0].lower()
            folder.mkdir(mode=0o700)
            patch.setenv(name, str(folder))
        for name in _DESKTOP:
            patch.delenv(name, raising=False)
        yield


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
