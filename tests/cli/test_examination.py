from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui import __version__, paths
from bgtasks_gui.cli import examination
from bgtasks_gui.core import errors
from bgtasks_gui.wire import background, shapes
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent


@pytest.fixture
def place(home: Path) -> paths.Home:
    home.chmod(0o700)
    return paths.find_home()


DUNST = shapes.SurfaceView(
    name="freedesktop", title="Desktop notifications", is_available=True,
    sentence="dunst 1.9.0 shows progress and buttons.", is_used=True,
)  # fmt: skip
PORTAL = shapes.SurfaceView(
    name="portal", title="Desktop portal", is_available=False, sentence="this is no\nsandbox",
    is_used=False,
)  # fmt: skip
HOLD = background.HoldView(
    what="sleep:shutdown", why="Player: Song A.", since=views.AT, is_held=True
)


def verdicts(found: object) -> list[tuple[str, str]]:
    return [(one.verdict, one.subject) for one in found]  # type: ignore[attr-defined]


def test_home_that_is_not_there_yet(place: paths.Home) -> None:
    place.root.rmdir()
    assert verdicts(examination.look_at_home(place)) == [("ok", "home")]


def test_home_in_order(place: paths.Home) -> None:
    place.runtime.mkdir(mode=0o700)
    assert verdicts(examination.look_at_home(place)) == [("ok", "home"), ("ok", "sockets")]


def test_home_open_to_others(place: paths.Home) -> None:
    place.root.chmod(0o755)
    [found] = examination.look_at_home(place)
    assert (found.verdict, found.words.split(": ")[-1]) == ("warn", f"chmod 700 {place.root}")


def test_home_that_is_a_file(place: paths.Home) -> None:
    place.root.rmdir()
    place.root.write_text("")
    [found] = examination.look_at_home(place)
    assert found.verdict == "bad"
    place.root.unlink()


def test_settings_that_cannot_be_read(place: paths.Home) -> None:
    place.settings.write_text('{"history_days": "many"}')
    assert ("bad", "settings") in verdicts(examination.look_at_home(place))


def test_agent_away_and_of_another_version(place: paths.Home) -> None:
    [found] = examination.look_at_agent(place)
    assert (found.verdict, "bgtasks agent start" in found.words) == ("warn", True)
    with ScriptedAgent(place.agent_socket) as agent:
        agent.on("GET /v1/health", views.health(version="0.0.1"))
        [found] = examination.look_at_agent(place)
        assert (found.verdict, "bgtasks agent stop" in found.words) == ("warn", True)
        agent.on("GET /v1/health", views.health(version=__version__))
        assert verdicts(examination.look_at_agent(place)) == [("ok", "agent")]


def test_supervisor(place: paths.Home) -> None:
    assert verdicts(examination.look_at_supervisor(place)) == [("ok", "supervisor")]
    with ScriptedAgent(place.agent_socket) as agent:
        agent.on("GET /v1/health", views.health())
        assert verdicts(examination.look_at_supervisor(place)) == [("bad", "supervisor")]
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place.supervisor_socket))
        door.listen()
        [found] = examination.look_at_supervisor(place)
        assert found.words == "It answers."


def test_database(place: paths.Home) -> None:
    assert verdicts(examination.look_at_database(place)) == [("ok", "database")]
    place.database.write_bytes(b"SQLite format 3\x00" + bytes(100))
    assert verdicts(examination.look_at_database(place)) == [("ok", "database")]
    place.database.write_bytes(b"something else")
    assert verdicts(examination.look_at_database(place)) == [("bad", "database")]
    place.database.unlink()
    place.database.mkdir()
    assert verdicts(examination.look_at_database(place)) == [("bad", "database")]


@pytest.mark.parametrize(("little", "verdict"), [(0, "ok"), (1 << 62, "bad")])
def test_disk(
    little: int, verdict: str, place: paths.Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "LITTLE_SPACE", little)
    place.root.rmdir()
    [found] = examination.look_at_disk(place)
    assert (found.verdict, " free under " in found.words) == (verdict, True)


def test_clock(place: paths.Home, monkeypatch: pytest.MonkeyPatch) -> None:
    [found] = examination.look_at_clock(place)
    assert found.verdict == "ok"
    assert found.words.startswith("Europe/Berlin (")


def test_authorities(place: paths.Home, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle, folder = place.root / "authorities.pem", place.root / "authorities"
    folder.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    [found] = examination.look_at_authorities(place)
    assert (found.verdict, "ca-certificates" in found.words) == ("warn", True)
    (folder / "one.pem").touch()
    [found] = examination.look_at_authorities(place)
    assert (found.verdict, found.words) == ("ok", str(folder))
    bundle.touch()
    [found] = examination.look_at_authorities(place)
    assert (found.verdict, found.words) == ("ok", str(bundle))


def test_buses(place: paths.Home, monkeypatch: pytest.MonkeyPatch) -> None:
    door = place.root / "bus"
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(door))
        line.listen()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:guid=1,path={door}")
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
        system, session = examination.look_at_buses(place)
    assert (system.verdict, session.verdict) == ("ok", "warn")
    assert "/nowhere/at/all" in session.words
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "tcp:host=localhost,port=1")
    _, session = examination.look_at_buses(place)
    assert session.words == "at an address of its own"
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place.root))
    door.rename(place.root / "elsewhere")
    _, session = examination.look_at_buses(place)
    assert str(place.root / "bus") in session.words


def test_abstract_sockets_are_understood(
    place: paths.Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"bgtasks-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(f"\0{name}")
        line.listen()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:abstract={name}")
        _, session = examination.look_at_buses(place)
    assert session.verdict == "ok"


# What only an agent knows


def telling(*surfaces: shapes.SurfaceView, is_quiet: bool = False) -> shapes.TellingView:
    until = "2026-11-22T21:00:00.000Z" if is_quiet else None
    return shapes.TellingView(surfaces=surfaces, held_back=0, is_quiet=is_quiet, quiet_until=until)


def lines(found: Iterator[examination.Finding]) -> list[tuple[str, str, str]]:
    return [(one.verdict, one.subject, one.words) for one in found]


def test_how_the_person_is_told(place: paths.Home, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/health", views.health())
    agent.on("GET /v1/telling", telling(DUNST, PORTAL, is_quiet=True))
    dunst = "dunst 1.9.0 shows progress and buttons"
    assert lines(examination.look_at_telling(place)) == [
        (
            "ok", "notices",
            f"Notices are shown by Desktop notifications: {dunst}. "
            "Quiet hours are on until 22:00.",
        ),
        ("ok", "Desktop notifications", f"{dunst}; in use"),
        ("ok", "Desktop portal", "this is no sandbox"),
    ]  # fmt: skip


def test_nobody_tells_the_person(place: paths.Home, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/health", views.health())
    agent.on("GET /v1/telling", telling(PORTAL))
    [notices, portal] = lines(examination.look_at_telling(place))
    assert (notices[:2], portal[:2]) == (("warn", "notices"), ("ok", "Desktop portal"))
    assert notices[2].startswith("No service shows notices here")
    assert notices[2].endswith("Quiet hours are off.")


def test_what_keeps_the_computer_awake(place: paths.Home, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/health", views.health())
    agent.on("GET /v1/background", {"continuous": [], "budgets": [], "access": [], "holds": []})
    nothing = "Nothing keeps this computer from sleep or shutdown."
    assert lines(examination.look_at_sleep(place)) == [("ok", "sleep", nothing)]
    refused = msgspec.structs.replace(HOLD, what="idle", why="No bus.", since=None, is_held=None)
    holds = (HOLD, refused)
    agent.on("GET /v1/background", {"continuous": [], "budgets": [], "access": [], "holds": holds})
    assert lines(examination.look_at_sleep(place)) == [
        ("ok", "sleep", "Kept from sleep and shutdown since 16:00: Player: Song A."),
        ("warn", "sleep", "Cannot be kept from sleep while idle here: No bus."),
    ]


def test_an_agent_that_does_not_say(place: paths.Home, agent: ScriptedAgent) -> None:
    looks = (examination.look_at_telling, examination.look_at_sleep)
    agent.on("GET /v1/health", views.health())
    for route in ("GET /v1/telling", "GET /v1/background"):
        agent.on(route, errors.UserError("It is not so."))
    found = [one for look in looks for one in look(place)]
    assert verdicts(found) == [("warn", "notices"), ("warn", "sleep")]
    assert all(one.words.endswith(" is not known: It is not so.") for one in found)


def test_without_an_agent_nothing_is_said_of_it(place: paths.Home) -> None:
    assert lines(examination.look_at_telling(place)) == []
    assert lines(examination.look_at_sleep(place)) == []
