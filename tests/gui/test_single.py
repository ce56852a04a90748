from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.core import errors
from bgtasks_gui.gui import single

#: Longest any of these tests waits for something that must happen, in seconds.
PATIENCE_S = 30.0
#: A window without a window: it opens its door and waits to be told to go.
WINDOW = """
import asyncio, sys
from bgtasks_gui import paths
from bgtasks_gui.gui import single

async def live():
    door = await single.Door.open(paths.find_home(), print)
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await door.close()
"""
Raised = list[tuple[str | None, str | None]]
PLAIN = f"{WINDOW}\nasyncio.run(live())"
IN_QT = f"""{WINDOW}
import qasync
from PySide6.QtWidgets import QApplication
application = QApplication([])
loop = qasync.QEventLoop(application)
asyncio.set_event_loop(loop)
with loop:
    loop.run_until_complete(live())
"""


@pytest.fixture
def place(home: Path) -> paths.Home:
    return paths.find_home()


@pytest.fixture
def raised() -> Raised:
    """The tokens and runs that the window was raised with."""
    return []


@pytest.fixture
async def door(place: paths.Home, raised: Raised) -> AsyncIterator[single.Door]:
    one = await single.Door.open(place, lambda token, run: raised.append((token, run)))
    yield one
    await one.close()


async def ask(home: paths.Home, text: bytes) -> bytes:
    """What the door says to this."""
    reader, writer = await asyncio.open_unix_connection(home.window_socket)
    writer.write(text)
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()
    await writer.wait_closed()
    return answer


# Knocking


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(
    ("environ", "token"),
    [
        ({}, None),
        ({"XDG_ACTIVATION_TOKEN": "", "DESKTOP_STARTUP_ID": ""}, None),
        ({"DESKTOP_STARTUP_ID": "panel-1"}, "panel-1"),
        ({"XDG_ACTIVATION_TOKEN": "ä b", "DESKTOP_STARTUP_ID": "panel-1"}, "ä b"),
    ],
)
async def test_the_open_window_is_raised_with_the_token_of_the_desktop(
    place: paths.Home,
    raised: Raised,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    token: str | None,
) -> None:
    for name in ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert await asyncio.to_thread(single.raise_open, place)
    assert await asyncio.to_thread(single.raise_open, place, "a-run")
    assert raised == [(token, None), (token, "a-run")]


@pytest.mark.usefixtures("door")
async def test_a_window_is_found_without_being_raised(place: paths.Home, raised: Raised) -> None:
    assert await asyncio.to_thread(single.find_open, place)
    assert raised == []


def test_where_no_window_is_open(place: paths.Home) -> None:
    assert not single.raise_open(place)
    place.runtime.mkdir()
    # What a killed window leaves behind.
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(os.fspath(place.window_socket))
    assert place.window_socket.exists()
    assert not single.find_open(place)


@pytest.mark.parametrize("answer", [b"", b"o", b"no\n", None])
def test_one_that_does_not_answer_well(
    place: paths.Home, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    monkeypatch.setattr(single, "ANSWER_S", 0.05)
    place.runtime.mkdir()
    script = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()\n"
        "print('there', flush=True); c, _ = s.accept(); c.recv(100)\n"
        f"c.sendall({answer or b''!r}); {answer is None} and sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, place.window_socket],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        other.stdout.readline()
        assert not single.raise_open(place)
        other.kill()


def test_one_that_comes_up_is_waited_for(
    place: paths.Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "OPENING_S", PATIENCE_S)
    found = iter([False, False, True])
    assert single.reach_soon(lambda home: next(found), place)
    assert list(found) == []
    monkeypatch.setattr(single, "OPENING_S", 0.1)
    assert not single.reach_soon(single.find_open, place)


# The door


@pytest.mark.usefixtures("door")
def test_the_door_is_private(place: paths.Home) -> None:
    assert stat.S_IMODE(place.window_socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.runtime.stat().st_mode) == 0o700


async def test_a_home_that_is_not_there_is_made(place: paths.Home, home: Path) -> None:
    home.rmdir()
    one = await single.Door.open(place, print)
    await one.close()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert not place.window_socket.exists()


async def test_there_is_one_window_a_home(place: paths.Home, door: single.Door) -> None:
    for _ in range(2):
        with pytest.raises(errors.WindowAlreadyOpen, match=f"pid {os.getpid()}"):
            await single.Door.open(place, print)
    # The refusals took nothing away.
    assert await asyncio.to_thread(single.find_open, place)
    await door.close()
    again = await single.Door.open(place, print)
    await again.close()


async def test_a_socket_that_cannot_be_made_lets_go_of_the_lock(place: paths.Home) -> None:
    place.runtime.mkdir()
    place.window_socket.write_text("in the way")
    with pytest.raises(errors.HomeUnusable, match="cannot be a socket"):
        await single.Door.open(place, print)
    place.window_socket.unlink()
    one = await single.Door.open(place, print)
    await one.close()


async def test_a_lock_that_cannot_be_made_is_told(place: paths.Home) -> None:
    place.window_lock.mkdir()
    with pytest.raises(errors.HomeUnusable, match="cannot be written"):
        await single.Door.open(place, print)


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(
    ("text", "answer", "heard"),
    [
        (b'{"raise": true, "activation": "t", "run": "r"}\n', b"ok\n", [("t", "r")]),
        (b'{"raise": true, "activation": 7, "run": ["r"]}\n', b"ok\n", [(None, None)]),
        (b'{"raise": true}\n', b"ok\n", [(None, None)]),
        (b'{"raise": false, "run": "r"}\n', b"ok\n", []),
        (b'{"raise": "yes"}\n', b"ok\n", []),
        (b"[]\n", b"", []),
        (b"raise!\n", b"", []),
        (b"\xff\xfe\n", b"", []),
        (b"", b"", []),
        (b"x" * 100_000, b"", []),
    ],
)
async def test_whoever_comes_does_no_harm(
    place: paths.Home, raised: Raised, text: bytes, answer: bytes, heard: Raised
) -> None:
    assert await ask(place, text) == answer
    assert raised == heard
    assert await asyncio.to_thread(single.find_open, place)


async def test_one_who_says_nothing_keeps_nobody_waiting(
    place: paths.Home, door: single.Door
) -> None:
    reader, writer = await asyncio.open_unix_connection(place.window_socket)
    assert await asyncio.to_thread(single.find_open, place)
    await asyncio.wait_for(door.close(), single.ANSWER_S / 2)
    assert await reader.read() == b""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


# Processes


@pytest.mark.parametrize("code", [PLAIN, IN_QT], ids=["asyncio", "Qt"])
def test_a_window_of_another_process(place: paths.Home, code: str) -> None:
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environ, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as window:  # fmt: skip
        assert window.stdout is not None
        assert window.stdout.readline() == "open\n"
        with pytest.raises(errors.WindowAlreadyOpen, match=f"pid {window.pid}"):
            asyncio.run(single.Door.open(place, print))
        assert single.raise_open(place)
        out, _ = window.communicate(timeout=PATIENCE_S)
    assert (window.returncode, out) == (0, "None None\n")
    assert not place.window_socket.exists()


def test_one_that_was_killed_leaves_nothing_in_the_way(place: paths.Home) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PLAIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as window:
        assert window.stdout is not None
        window.stdout.readline()
        window.kill()
    assert place.window_socket.exists()
    asyncio.run(_open_and_close(place))


async def _open_and_close(place: paths.Home) -> None:
    one = await single.Door.open(place, print)
    assert await asyncio.to_thread(single.find_open, place)
    with place.window_lock.open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    await one.close()
