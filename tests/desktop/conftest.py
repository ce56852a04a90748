"""One real desktop for all tests of this folder, in order again after each of them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.desktop.session import Session
from tests.desktop.support import needs


@pytest.fixture(scope="package")
def desktop_session() -> Iterator[Session]:
    """For fixtures that live longer than a test; what they spawn goes on until they stop it."""
    needs.require(*needs.SESSION)
    with Session() as session:
        yield session


@pytest.fixture
def desktop(desktop_session: Session, tmp_path: Path) -> Iterator[Session]:
    """A screen, a session bus, a window manager and a panel; no notifications until started.

    Afterwards what the test spawned is ended, and every part is as before.
    """
    spawned_before = len(desktop_session.programs)
    yield desktop_session
    desktop_session.reset(spawned_before)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test leaves a picture of the screen beside its other files."""
    report = yield
    fixtures = getattr(item, "funcargs", {})
    if report.when == "call" and report.failed and "desktop" in fixtures:
        path = fixtures["desktop"].screenshot(fixtures["tmp_path"] / "failed.png")
        report.sections.append(("Screen when it failed", str(path)))
    return report
