"""One real desktop for all tests of this folder, in order again after each of them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.desktop.session import Session
from tests.desktop.support import accessible, needs
from tests.desktop.support.accessible import Reader
from tests.desktop.support.person import Person
from tests.flows.living import Living


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


@pytest.fixture
def person(desktop: Session, home: Path) -> Iterator[Person]:
    """Somebody before the desktop, with an empty home; nothing may go wrong inside the window."""
    needs.require(accessible.LAUNCHER)
    desktop.spawn(str(needs.find(accessible.LAUNCHER)))
    desktop.wait_for(lambda: desktop.bus.has_owner(accessible.NAME), "bus for screen readers")
    reader, agent = Reader(desktop.bus), Living(home)
    try:
        somebody = Person(desktop, reader, agent)
        yield somebody
        somebody.leave()
    finally:
        reader.close()
        agent.clear_away()


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
