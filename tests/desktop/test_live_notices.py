"""Work that goes on, told by the agent alone: no window is open, and the desktop is a real one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.desktop.notifiers.agents import DesktopAgent
from tests.desktop.notifiers.dunst import Dunst
from tests.desktop.notifiers.xfce import Xfce
from tests.desktop.session import Session
from tests.desktop.support.person import SCREENS
from tests.faults.support import scripts
from tests.faults.support import server as servers
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.server import Server

#: A person takes what comes so soon for an answer to what they did.
PROMPT_S = 0.2
MIB = 1024 * 1024
FILE = Entity(make_content(8 * MIB))
NAME = "Holiday pictures"
#: Everything of the agent is taken down by dunst after this, whatever it asked for.
HASTE = """[ours]
    appname = "Background Tasks"
    override_dbus_timeout = 700ms
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with servers.running() as one:
        yield one


@pytest.fixture
def dunst(desktop: Session, request: pytest.FixtureRequest) -> Iterator[Dunst]:
    one = Dunst(desktop, getattr(request, "param", ""))
    with one.configured():
        one.start()
        yield one


@pytest.fixture
def agent(desktop: Session, home: Path) -> Iterator[DesktopAgent]:
    one = DesktopAgent(home, desktop)
    try:
        one.start()
        yield one
        one.check_log()
    finally:
        one.clear_away()


def download(agent: DesktopAgent, server: Server, rate: int = 512 * 1024) -> str:
    """A run that fetches a file, so slowly that it can be watched."""
    url = server.on("/pictures.tar", scripts.serve(FILE))
    about = {"url": url, "to": str(agent.home.root / "pictures.tar"), "rate": rate}
    agent.register(NAME, "download", about, ())
    return agent.run(NAME).id


def digest(agent: DesktopAgent) -> str:
    return hashlib.sha256((agent.home.root / "pictures.tar").read_bytes()).hexdigest()


def keep(agent: DesktopAgent, name: str = "Keep counting") -> str:
    """A run of a task that says it computes for long."""
    agent.add(name, "sleep", "600", modes=["taskKeeping"])
    return agent.run(name).id


def test_a_download_is_one_notice_whose_bar_grows(
    desktop: Session, dunst: Dunst, agent: DesktopAgent, server: Server
) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    run_id = download(agent, server)
    dunst.wait_for(1)
    reached, shot = [0.0], SCREENS / "desktop-live-notice.png"

    def has_grown() -> bool:
        assert dunst.count() == 1
        length = dunst.bar(shot)
        if length > reached[-1]:
            reached.append(length)
        return len(reached) == 5

    desktop.wait_for(has_grown, "bar that grows four times")
    progress = agent.show(run_id).progress
    assert progress is not None
    # It is brought up to date once a second, in which so much comes.
    assert reached[-1] == pytest.approx(progress.done / len(FILE.content), abs=0.15)
    assert dunst.history() == []
    agent.finish(run_id)
    dunst.wait_for(0)
    [gone] = dunst.history()
    assert gone["progress"] >= 100 * reached[-1] - 1
    assert "of 8 MiB" in gone["message"]
    agent.wait_for_outcomes("cleared")
    assert agent.has_speaker()


def test_what_is_pressed_is_done_at_once(dunst: Dunst, agent: DesktopAgent, server: Server) -> None:
    run_id = download(agent, server)
    dunst.wait_for(1)
    delays = []
    for _ in range(3):
        delays.append(agent.delay(lambda: dunst.choose("Suspend"), run_id, "suspended"))
        dunst.wait_for(1)
        delays.append(agent.delay(lambda: dunst.choose("Resume"), run_id, "running"))
        dunst.wait_for(1)
    delays.append(agent.delay(lambda: dunst.choose("Cancel"), run_id, "canceled"))
    assert median(delays) < PROMPT_S, delays
    assert delays[-1] < PROMPT_S, delays
    reason = agent.show(run_id).reason
    assert reason is not None
    assert reason.code == "user_cancel"
    dunst.wait_for(0)


def test_to_dismiss_continuous_work_ends_it(dunst: Dunst, agent: DesktopAgent) -> None:
    run_id = keep(agent)
    dunst.wait_for(1)
    dunst.dismiss()
    ended = agent.wait(run_id)
    assert ended.state == "canceled"
    assert ended.reason is not None
    assert ended.reason.code == "user_removed_notice"
    dunst.wait_for(0)
    agent.wait_for_outcomes("removed")


def test_to_dismiss_a_download_only_hides_it(
    dunst: Dunst, agent: DesktopAgent, server: Server
) -> None:
    run_id = download(agent, server)
    dunst.wait_for(1)
    dunst.dismiss()
    dunst.wait_for(0)
    before = agent.show(run_id).progress
    assert before is not None
    agent.wait_for_more(run_id, MIB)
    assert dunst.count() == 0
    assert agent.finish(run_id).state == "completed"
    assert digest(agent) == FILE.sha256
    agent.wait_for_outcomes("removed")
    assert len(dunst.history()) == 1


def test_much_work_is_one_notice_and_to_dismiss_it_ends_none(
    desktop: Session, dunst: Dunst, agent: DesktopAgent, server: Server
) -> None:
    running = [keep(agent, f"Keep counting {number}") for number in range(4)]
    running.append(download(agent, server))
    desktop.wait_for(lambda: [one.title for one in agent.told()[:1]] == ["5 under way"], "sum")
    dunst.wait_for(1)
    desktop.screenshot(SCREENS / "desktop-live-notices-in-one.png")
    dunst.dismiss()
    dunst.wait_for(0)
    agent.wait_for_more(running[-1], MIB)
    assert dunst.count() == 0
    assert {agent.show(one).state for one in running} == {"running"}
    # What begins after that is told.
    keep(agent, "Keep on counting")
    dunst.wait_for(1)


@pytest.mark.parametrize("dunst", [pytest.param(HASTE, id="haste")], indirect=True)
def test_what_expires_ends_nothing(dunst: Dunst, agent: DesktopAgent, server: Server) -> None:
    kept, fetched = keep(agent), download(agent, server)
    agent.wait_for_outcomes("expired", "expired")
    dunst.wait_for(0)
    agent.wait_for_more(fetched, MIB)
    # Nothing new is to be told, so they stay away.
    assert dunst.count() == 0
    assert [agent.show(one).state for one in (kept, fetched)] == ["running", "running"]
    assert agent.finish(fetched).state == "completed"
    assert digest(agent) == FILE.sha256
    assert agent.show(kept).state == "running"
    agent.wait_for_outcomes("expired", "expired")


# Another service, which shows no bar


@pytest.fixture
def xfce(desktop: Session) -> Xfce:
    one = Xfce(desktop)
    one.start()
    return one


def test_where_no_bar_is_shown_no_figures_grow_old(
    desktop: Session, xfce: Xfce, agent: DesktopAgent, server: Server
) -> None:
    run_id = download(agent, server)
    xfce.wait_for(1)
    agent.wait_for_more(run_id, MIB)
    [before] = xfce.windows()
    agent.wait_for_more(run_id, MIB)
    SCREENS.mkdir(parents=True, exist_ok=True)
    desktop.screenshot(SCREENS / "desktop-live-notice-xfce.png")
    assert xfce.windows() == [before]
    agent.finish(run_id)
    xfce.wait_for(0)
    agent.wait_for_outcomes("cleared")


def test_what_is_pressed_with_the_mouse_is_done_at_once(
    xfce: Xfce, agent: DesktopAgent, server: Server
) -> None:
    run_id = download(agent, server)
    delays = []
    for _ in range(2):
        # Between "Show" and "Cancel".
        delays.append(agent.delay(lambda: xfce.press(1), run_id, "suspended"))
        delays.append(agent.delay(lambda: xfce.press(1), run_id, "running"))
    delays.append(agent.delay(lambda: xfce.press(0), run_id, "canceled"))
    assert median(delays) < PROMPT_S, delays
    xfce.wait_for(0)
    agent.wait_for_outcomes("cleared")
