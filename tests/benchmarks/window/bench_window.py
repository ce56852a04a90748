"""The window from its start until it rests: `python -m tests.benchmarks.window.bench_window`.

On a screen in memory, with a window manager and a panel, beside windows of others. Theirs are
empty; ours has an agent with 1,000 tasks.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import agents, bench_idle, table
from tests.benchmarks.window.peers import PEERS
from tests.desktop.session import Session
from tests.desktop.support import needs
from tests.desktop.support.programs import NotReady, Program

OURS = "ours"
TASKS = 1_000
ROUNDS = 5
OPENING_S = 30.0
#: Seconds from the window to its memory, from there to its rest, and that it is watched then.
MEMORY_S, SETTLE_S, WATCHED_S = 1.0, 2.0, 10.0
#: Beside the first of the peers.
FIRST_PAINT_RATIO = 1.6
LIVE_MS, MEMORY_MB, IDLE_PERCENT = 100, 120, 1
#: Where our window writes what it has reached: lines of {"event", "at", "since_start_ms"}.
TIMES = "BGTASKS_WINDOW_TIMES"
#: What it writes there, in this order.
EVENTS = {"first_paint": "first painted", "live": "all tasks shown", "idle": "at rest"}
_INSTALL = "sh packaging/debian/install-needs"


@dataclass
class Found:
    """What was measured of one window; several starts, one rest."""

    mapped_ms: list[float] = field(default_factory=list)
    #: CPU until then, which a machine with other work to do changes less.
    opening_cpu_ms: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    pss_mb: list[float] = field(default_factory=list)
    #: Percent of a core, and wake-ups a second, while it is seen and nothing happens.
    idle_percent: float = 0.0
    wakeups: float = 0.0
    #: What our window told of itself: milliseconds since its process was started.
    told_ms: dict[str, list[float]] = field(default_factory=dict)
    #: From the first of these to all tasks.
    filling_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Starter:
    """Starts one program in a session."""

    name: str
    spawn: Callable[[Session], Program]
    times: Path | None = None


def measure(shown: table.Table) -> None:
    shown.begin("the window, beside windows of others")
    lacking = [each for each in needs.SESSION if needs.find(each) is None]
    if lacking:
        shown.note(f"Left out: {', '.join(lacking)} not here; {_INSTALL} tests installs them.")
        return
    for peer in PEERS:
        if shutil.which(peer.argv[0]) is None:
            shown.note(f"{peer.name} is not here; {_INSTALL} bench installs it.")
    plan = datetime.now(UTC) + bench_idle.EVERY
    with tempfile.TemporaryDirectory(prefix="bgt-") as name, contextlib.ExitStack() as stack:
        agent = stack.enter_context(agents.running(*bench_idle.make_tasks(TASKS), plan=plan))
        session = stack.enter_context(Session())
        starters = [_our_starter(agent.home.root, Path(name) / "times"), *_peer_starters(session)]
        found = measure_all(shown, session, starters)
    show(shown, found)


def measure_all(
    shown: table.Table, session: Session, starters: Iterable[Starter]
) -> dict[str, Found]:
    """Each program several times in turn, so that all meet the same noise.

    The first round only warms up. What does not come up is left out, and said.
    """
    found = {each: Found() for each in starters}
    for number in range(ROUNDS + 1):
        for starter, measured in list(found.items()):
            into = Found() if number == 0 else measured
            try:
                measure_start(session, starter, into, is_last=number == ROUNDS)
            except NotReady as late:
                del found[starter]
                said = str(late).strip().splitlines()
                shown.note(f"{starter.name} is left out: {said[0]} {said[-1]}")
    return {starter.name: measured for starter, measured in found.items()}


def measure_start(session: Session, starter: Starter, found: Found, *, is_last: bool) -> None:
    if starter.times is not None:
        starter.times.unlink(missing_ok=True)
    began_at, begin = time.time(), time.perf_counter()
    program = starter.spawn(session)
    try:
        found.mapped_ms.append((wait_for_window(session, program) - begin) * 1000)
        found.opening_cpu_ms.append(
            sum(each.cpu_s for each in threads(program.pid).values()) * 1000
        )
        time.sleep(MEMORY_S)
        found.rss_mb.append(agents.memory(program.pid, "Rss"))
        found.pss_mb.append(agents.memory(program.pid, "Pss"))
        if is_last:
            watch(program, found)
        if starter.times is not None:
            read_times(starter.times, began_at, found)
    finally:
        program.stop()


def wait_for_window(session: Session, program: Program) -> float:
    """When a window of this program is on the screen, looked for without a rest."""
    screen, until = session.screen, time.perf_counter() + OPENING_S
    while True:
        for window in screen.clients():
            pid = int.from_bytes(screen.property(window, "_NET_WM_PID")[:4], "little")
            if pid == program.pid and screen.is_shown(window):
                return time.perf_counter()
        if not program.is_running or time.perf_counter() > until:
            raise NotReady(f"{program} shows no window.\n{program.output()}")


def watch(program: Program, found: Found) -> None:
    time.sleep(SETTLE_S)
    before = threads(program.pid)
    time.sleep(WATCHED_S)
    after = threads(program.pid)
    # What a thread has used that ends meanwhile is not known, and next to nothing.
    pairs = [(before.get(thread, Used(0, 0)), now) for thread, now in after.items()]
    cpu_s = sum(now.cpu_s - then.cpu_s for then, now in pairs)
    found.idle_percent = cpu_s / WATCHED_S * 100
    found.wakeups = sum(now.wakeups - then.wakeups for then, now in pairs) / WATCHED_S


class Used(NamedTuple):
    """What a thread has used so far."""

    cpu_s: float
    wakeups: int


def threads(pid: int) -> dict[str, Used]:
    """What each thread of a process has used."""
    found = {}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            cpu_ns = int((thread / "schedstat").read_text().split()[0])
            status = (thread / "status").read_text()
            wakeups = int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
            found[thread.name] = Used(cpu_ns / 1e9, wakeups)
    return found


def read_times(path: Path, began_at: float, found: Found) -> None:
    """Take in the first of each event that our window told."""
    told = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    first = {each["event"]: each["at"] for each in reversed(told)}
    for event, at in first.items():
        found.told_ms.setdefault(event, []).append((at - began_at) * 1000)
    if {"first_paint", "live"} <= first.keys():
        found.filling_ms.append((first["live"] - first["first_paint"]) * 1000)


# Who is started


def _our_starter(home: Path, times: Path) -> Starter:
    env = {"BGTASKS_HOME": str(home), TIMES: str(times)}
    command = (sys.executable, "-m", "bgtasks_gui")
    return Starter(OURS, lambda session: session.spawn(*command, env=env), times)


def _peer_starters(session: Session) -> list[Starter]:
    home, config = (Path(session.env[name]) for name in ("HOME", "XDG_CONFIG_HOME"))
    there = [peer for peer in PEERS if shutil.which(peer.argv[0]) is not None]
    for peer in there:
        peer.prepare(config)
    return [
        Starter(peer.name, lambda session, argv=peer.argv: session.spawn(*argv, cwd=home))
        for peer in there
    ]


# The table


def show(shown: table.Table, found: dict[str, Found]) -> None:
    ours = found.pop(OURS, None)
    for event, words in EVENTS.items():
        if ours is not None and event in ours.told_ms:
            shown.add(f"start of the process to {words}", ours.told_ms[event], "ms")
    if ours is not None and ours.filling_ms:
        shown.add(
            "first painted to all shown", ours.filling_ms, "ms", target=table.at_most(LIVE_MS)
        )
    what, first = "to the window on the screen", table.ratio_at_most(FIRST_PAINT_RATIO)
    _show_each(shown, what, "ms", ours, found, lambda each: each.mapped_ms, first)
    what = "CPU until then"
    _show_each(shown, what, "ms", ours, found, lambda each: each.opening_cpu_ms)
    memory = table.at_most(MEMORY_MB)
    _show_each(shown, "RSS a second later", "MB", ours, found, lambda each: each.rss_mb, memory)
    _show_each(shown, "PSS a second later", "MB", ours, found, lambda each: each.pss_mb)
    idle = table.at_most(IDLE_PERCENT)
    what = "CPU at rest, seen"
    _show_each(shown, what, "%", ours, found, lambda each: each.idle_percent, idle)
    _show_each(shown, "wake-ups at rest", "/s", ours, found, lambda each: each.wakeups)


def _show_each(
    shown: table.Table,
    what: str,
    unit: str,
    ours: Found | None,
    others: dict[str, Found],
    pick: Callable[[Found], table.Figures],
    target: table.Target | None = None,
) -> None:
    """One row for each peer; ours stands in all of them, and is judged once."""
    if ours is None:
        for name, found in others.items():
            shown.add(f"{what}, {name}", pick(found), unit)
        return
    peers = [table.Peer(name, pick(found)) for name, found in others.items()]
    for beside in peers or [None]:
        shown.add(what, pick(ours), unit, beside=beside, target=target)
        target = None


if __name__ == "__main__":
    table.run(measure)
