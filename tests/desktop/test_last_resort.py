"""An agent that is not in the session: what it cannot show itself, the icon in the tray does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.session import Session
from tests.desktop.support import needs
from tests.desktop.support.parts import NOTIFICATIONS
from tests.flows import living

CONTROL, PATH = "org.dunstproject.cmd0", "/org/freedesktop/Notifications"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def agent(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[living.Living]:
    """One that a system started, not a session."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    one = living.Living(home)
    try:
        one.start()
        yield one
    finally:
        one.clear_away()


def test_a_failure_is_shown_though_the_agent_has_no_service(
    desktop: Session, agent: living.Living
) -> None:
    needs.require(needs.NOTIFIERS["dunst"])
    desktop.start_notifier("dunst")
    env = {"BGTASKS_HOME": str(agent.home.root)}
    module = "tests.desktop.support.little_tray"
    program = desktop.spawn(sys.executable, "-m", module, env=env, cwd=ROOT)
    desktop.wait_for(lambda: "tray True" in program.output().splitlines(), "icon in the tray")
    agent.add("backup", "sh", "-c", "exit 3")
    agent.run("backup")
    desktop.wait_for_window("dunst")
    desktop.bus.call(NOTIFICATIONS, PATH, CONTROL, "NotificationCloseAll", "")
    [past] = desktop.bus.call(NOTIFICATIONS, PATH, CONTROL, "NotificationListHistory", "")
    assert [one["summary"] for one in past] == ["backup failed"]
