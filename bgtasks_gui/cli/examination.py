"""What `bgtasks doctor` looks at. Everything works while the agent is away."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, TypeVar

import bgtasks_gui
from bgtasks_gui import paths, settings
from bgtasks_gui.client import blocking, commands, launching
from bgtasks_gui.client.calls import background, notices
from bgtasks_gui.client.phrases import awake, text, times
from bgtasks_gui.client.phrases import notices as told
from bgtasks_gui.core import durations, errors
from bgtasks_gui.wire import shapes

T = TypeVar("T")
Verdict = Literal["ok", "warn", "bad"]

#: What every SQLite file begins with.
_SQLITE: Final = b"SQLite format 3\x00"
#: Less free space under the home than this is worth a word; less than a tenth of it is bad.
LITTLE_SPACE: Final = 200 * 1024 * 1024
_BUS_TIMEOUT_S: Final = 2.0
_SYSTEM_BUS: Final = "/run/dbus/system_bus_socket"


class Finding(shapes.Shape, frozen=True, kw_only=True):
    """One line of the answer."""

    verdict: Verdict
    subject: str
    #: What was found, and what to do where it is not in order.
    words: str


def look_at_home(home: paths.Home) -> Iterator[Finding]:
    if not home.root.exists():
        yield _ok("home", f"{home.root} is not there yet; starting the agent makes it.")
        return
    for name, folder in (("home", home.root), ("sockets", home.runtime)):
        if folder.exists():
            yield _folder(name, folder)
    if not home.root.is_dir():
        return
    try:
        settings.load(home.settings)
    except errors.UserError as error:
        yield _bad("settings", f"{error.message} Correct or remove {home.settings}.")


def _folder(name: str, folder: Path) -> Finding:
    found = folder.stat()
    if not folder.is_dir():
        return _bad(name, f"{folder} is no folder. Move it away, or choose another BGTASKS_HOME.")
    if found.st_uid != os.getuid():
        return _bad(name, f"{folder} belongs to somebody else. Choose another BGTASKS_HOME.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return _bad(name, f"{folder} cannot be written. Allow it: chmod u+rwx {folder}")
    if stat.S_IMODE(found.st_mode) & 0o077:
        return _warn(name, f"Others may look into {folder}. Close it: chmod 700 {folder}")
    return _ok(name, str(folder))


def look_at_agent(home: paths.Home) -> Iterator[Finding]:
    agent = launching.find_agent(home)
    if agent is None:
        yield _warn("agent", "No agent is running; nothing starts. Start it: bgtasks agent start")
    elif agent.version != bgtasks_gui.__version__:
        yield _warn(
            "agent",
            f"It is version {agent.version}, this command is {bgtasks_gui.__version__}. "
            "Restart it: bgtasks agent stop && bgtasks agent start",
        )
    else:
        yield _ok("agent", f"version {agent.version}, pid {agent.pid}")


def look_at_supervisor(home: paths.Home) -> Iterator[Finding]:
    if _answers(str(home.supervisor_socket)):
        yield _ok("supervisor", "It answers.")
    elif launching.find_agent(home) is None:
        yield _ok("supervisor", "None is running, as none is needed without an agent.")
    else:
        yield _bad(
            "supervisor",
            "The agent runs and its supervisor does not answer, so no run can start. "
            "Restart the agent: bgtasks agent stop && bgtasks agent start",
        )


def look_at_database(home: paths.Home) -> Iterator[Finding]:
    try:
        with home.database.open("rb") as file:
            head = file.read(len(_SQLITE))
        size = home.database.stat().st_size
    except FileNotFoundError:
        yield _ok("database", "There is none yet; the agent makes it.")
        return
    except OSError as error:
        yield _bad("database", f"{home.database} cannot be read: {error.strerror}.")
        return
    if head not in (_SQLITE, b""):
        yield _bad(
            "database",
            f"{home.database} is no database any more. Move it away; the agent makes a new one.",
        )
    elif not os.access(home.database, os.W_OK):
        yield _bad("database", f"{home.database} cannot be written: chmod u+w {home.database}")
    else:
        yield _ok("database", f"{home.database}, {durations.say_size(size)}")


def look_at_disk(home: paths.Home) -> Iterator[Finding]:
    folder = next((one for one in (home.root, *home.root.parents) if one.exists()), Path("/"))
    free = shutil.disk_usage(folder).free
    words = f"{durations.say_size(free)} free under {folder}"
    if free < LITTLE_SPACE // 10:
        yield _bad("disk", f"{words}. Runs cannot be stored soon; make room.")
    elif free < LITTLE_SPACE:
        yield _warn("disk", f"{words}. Make room before it is full.")
    else:
        yield _ok("disk", words)


def look_at_clock(home: paths.Home) -> Iterator[Finding]:
    zone = os.environ.get("TZ") or _zone_of_system()
    now = datetime.now().astimezone()
    words = f"{zone or 'UTC'} ({now:%Z, UTC%z}), {now:%Y-%m-%d %H:%M}"
    if now.year < 2025:
        yield _bad("clock", f"{words}. The clock is wrong; set it, or schedules make no sense.")
    elif zone is None:
        yield _warn("clock", f"{words}. No time zone is set; times are in UTC.")
    else:
        yield _ok("clock", words)
    if not hasattr(time, "CLOCK_BOOTTIME"):
        yield _warn("clock", "This system does not tell how long it slept.")


def _zone_of_system() -> str | None:
    """The name of the zone that /etc/localtime stands for; None where it is not set."""
    place = Path("/etc/localtime")
    if not place.exists():
        return None
    _, found, name = str(place.resolve()).partition("zoneinfo/")
    return name if found else str(place)


def look_at_authorities(home: paths.Home) -> Iterator[Finding]:
    """Where OpenSSL, as transfers use it, finds whom this system trusts."""
    import ssl  # slow to load, and of no use to any other command

    known = ssl.get_default_verify_paths()
    if known.cafile is not None:
        yield _ok("authorities", known.cafile)
    elif known.capath is not None and any(Path(known.capath).iterdir()):
        yield _ok("authorities", known.capath)
    else:
        yield _warn(
            "authorities",
            "This system trusts nobody, so no https:// address can be used. "
            "Install the package ca-certificates.",
        )


def look_at_buses(home: paths.Home) -> Iterator[Finding]:
    system = _bus_path(os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", ""), _SYSTEM_BUS)
    session = _bus_path(
        os.environ.get("DBUS_SESSION_BUS_ADDRESS", ""),
        f"{os.environ.get('XDG_RUNTIME_DIR', f'/run/user/{os.getuid()}')}/bus",
    )
    for name, path, lost in (
        ("system bus", system, "power, network and session are known only roughly"),
        ("session bus", session, "desktop notices, idle time and the keyring are not available"),
    ):
        if path is None or _answers(path):
            yield _ok(name, path or "at an address of its own")
        else:
            yield _warn(name, f"D-Bus does not answer at {path}; {lost}.")


def _bus_path(address: str, usual: str) -> str | None:
    """The socket of a bus; None for an address of another sort, which is not looked at."""
    if not address:
        return usual
    for part in address.split(";")[0].partition(":")[2].split(","):
        key, _, value = part.partition("=")
        if key in ("path", "abstract"):
            return value if key == "path" else f"\0{value}"
    return None


def _answers(path: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(_BUS_TIMEOUT_S)
            line.connect(path)
    except OSError:
        return False
    return True


def look_at_telling(home: paths.Home) -> Iterator[Finding]:
    """How the person is told things; only an agent knows."""
    try:
        telling = _ask(home, notices.show_telling())
    except errors.UserError as error:
        yield _warn("notices", f"How you are told things is not known: {error.message}")
        return
    if telling is None:
        return
    says = _warn if told.messenger(telling) is None else _ok
    yield says("notices", told.told_by(telling, times.now()))
    for one in telling.surfaces:
        sentence = text.one_line(one.sentence).rstrip(".")
        yield _ok(one.title, f"{sentence}; in use" if one.is_used else sentence)


def look_at_sleep(home: paths.Home) -> Iterator[Finding]:
    """What keeps the computer awake for work here; only an agent knows."""
    try:
        found = _ask(home, background.show_background())
    except errors.UserError as error:
        yield _warn("sleep", f"What keeps the computer awake is not known: {error.message}")
        return
    if found is None:
        return
    if not found.holds:
        yield _ok("sleep", awake.NOTHING)
    for one in found.holds:
        yield (_ok if one.is_held else _warn)("sleep", awake.told(one, times.now()))


def _ask(home: paths.Home, call: commands.Call[T]) -> T | None:
    """What the agent answers; None where none runs, which is said elsewhere."""
    if launching.find_agent(home) is None:
        return None
    with blocking.BlockingClient(home.agent_socket) as client:
        return client(call)


def _ok(subject: str, words: str) -> Finding:
    return Finding(verdict="ok", subject=subject, words=words)


def _warn(subject: str, words: str) -> Finding:
    return Finding(verdict="warn", subject=subject, words=words)


def _bad(subject: str, words: str) -> Finding:
    return Finding(verdict="bad", subject=subject, words=words)
