"""The window's process: how it ends, and what becomes of errors nobody expected."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgtasks_gui.gui import app, single
from tests.flows.living import PATIENCE_S, Living
from tests.gui.support import looping

#: The program with a guest who leaves at once, or breaks something first.
WITH_GUEST = """
import asyncio, sys
from bgtasks_gui import paths
from bgtasks_gui.gui import app, single

async def visit(program):
    shown = asyncio.Event()
    program.window.painted.connect(shown.set)
    await shown.wait()
    print("open", program.window.isVisible(), flush=True)
    if "break" in sys.argv:
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0.1)
        print(*[message.text for message in program.window.banners.messages()], flush=True)

sys.exit(app.main(paths.find_home(), minimized=False, guest=visit))
"""


@pytest.fixture
def living(home: Path) -> Iterator[Living]:
    one = Living(home)
    one.start()
    yield one
    one.clear_away()


def run_with_guest(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITH_GUEST, *arguments],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip


def test_it_shows_a_window_and_ends_with_its_guest(living: Living) -> None:
    done = run_with_guest()
    assert (done.returncode, done.stdout) == (0, "open True\n")
    assert "Traceback" not in done.stderr
    assert not living.home.window_socket.exists()
    assert not living.home.window_log.exists()
    assert living.home.window_prefs.exists()


def test_a_bug_goes_into_the_log_and_an_apology_onto_the_screen(living: Living) -> None:
    done = run_with_guest("break")
    assert done.returncode == 0
    assert "Sorry." in done.stdout
    assert "ZeroDivisionError" in living.home.window_log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_in_order_while_nothing_happens(
    living: Living, number: signal.Signals
) -> None:
    with subprocess.Popen([sys.executable, "-m", "bgtasks_gui"], start_new_session=True) as window:
        try:
            wait_for_door(living, window)
            window.send_signal(number)
            assert window.wait(PATIENCE_S) == 0
        finally:
            window.kill()
    assert not living.home.window_socket.exists()


def wait_for_door(living: Living, window: subprocess.Popen[bytes]) -> None:
    assert single.reach_soon(single.find_open, living.home), window.poll()


async def test_a_signal_wakes_the_loop(window_loop: asyncio.AbstractEventLoop) -> None:
    heard = asyncio.Event()
    with app._hearing_signals(window_loop, heard.set):
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            await heard.wait()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_errors_in_slots_and_tasks_are_logged_and_apologised_for(
    window_loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    apologies = []
    bugs = app._Bugs(lambda: apologies.append("sorry"))
    with caplog.at_level(logging.ERROR):
        bugs.on_error(ValueError, ValueError("in a slot"), None)
        bugs.on_loop_error(window_loop, {"message": "in a task", "exception": KeyError("x")})
        bugs.on_loop_error(window_loop, {"message": "without an exception"})
    # Qt was in the middle of something at the first one, so that is told a moment later.
    assert apologies == ["sorry"] * 2
    await looping.until(lambda: apologies == ["sorry"] * 3)
    assert all(word in caplog.text for word in ("in a slot", "KeyError", "without an exception"))
