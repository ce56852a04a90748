from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import PySide6
import pytest

from bgtasks_gui import gui, paths
from bgtasks_gui.core import errors, ids
from bgtasks_gui.gui import single, starting

#: Longest any of these tests waits for something that must happen, in seconds.
PATIENCE_S = 30.0
ROOT = Path(__file__).resolve().parents[2]
RUN = ids.make_id(1_795_618_800_000, 7)
#: `bgtasks` with a stand-in for what is drawn: it opens the door, and ends when it is told to.
BGTASKS = """
import asyncio, gc, os, sys, types
import bgtasks_gui.gui
from bgtasks_gui.gui import single

async def live(home, minimized, run):
    if "BROKEN" in os.environ:
        raise RuntimeError("broken")
    door = await single.Door.open(home, lambda *heard: print("raised", *heard, flush=True))
    print("open", minimized, run, gc.isenabled(), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await door.close()
    return 7

app = types.ModuleType("bgtasks_gui.gui.app")
app.main = lambda home, *, minimized, run: asyncio.run(live(home, minimized, run))
sys.modules[app.__name__] = bgtasks_gui.gui.app = app
from bgtasks_gui.__main__ import main
main()
"""
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts `bgtasks`; all of them are gone at the end."""
    with ExitStack() as all_of_them:

        def begin(*arguments: str, **environ: str) -> subprocess.Popen[str]:
            begun = subprocess.Popen(
                [sys.executable, "-c", BGTASKS, *arguments], cwd=ROOT, text=True,
                env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environ},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            all_of_them.enter_context(begun)
            all_of_them.callback(begun.kill)
            return begun

        yield begin


def said(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """How it ended; where it waits to be told to go, this tells it."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


# Processes


@pytest.mark.parametrize(
    ("arguments", "opened"),
    [((), "False None"), (("--minimized",), "True None"), (("--run", RUN), f"False {RUN}")],
)
def test_the_first_opens_the_window_and_the_next_raise_it(
    start: Start, arguments: tuple[str, ...], opened: str
) -> None:
    window = start(*arguments)
    assert first_line(window) == f"open {opened} False\n"
    assert said(start(XDG_ACTIVATION_TOKEN="a-token")) == (0, "", "")
    assert first_line(window) == "raised a-token None\n"
    for words in (("--run", RUN), (f"--run={RUN}",)):
        assert said(start(*words, XDG_ACTIVATION_TOKEN="a-token")) == (0, "", "")
        assert first_line(window) == f"raised a-token {RUN}\n"
    # One that would open in the tray leaves the open one where it is.
    assert said(start("--minimized")) == (0, "", "")
    assert said(window) == (7, "", "")


def test_of_several_at_once_one_opens_and_all_others_raise_it(start: Start) -> None:
    begun = [start(XDG_ACTIVATION_TOKEN=f"token-{number}") for number in range(4)]
    lines = {process.pid: first_line(process) for process in begun}
    [window] = [one for one in begun if lines[one.pid] == "open False None False\n"]
    others = [one for one in begun if one is not window]
    assert [lines[one.pid] for one in others] == [""] * 3
    assert [said(one) for one in others] == [(0, "", "")] * 3
    tokens = {f"raised token-{begun.index(one)} None\n" for one in others}
    assert {first_line(window) for _ in others} == tokens
    assert said(window) == (7, "", "")


@pytest.mark.parametrize("arguments", [(), ("--run", RUN)])
def test_raising_loads_neither_qt_nor_click(
    start: Start, home: Path, arguments: tuple[str, ...]
) -> None:
    window = start()
    first_line(window)
    code = (
        "import sys; from bgtasks_gui import __main__ as begin\n"
        "wish = begin._read_wish(sys.argv[1:])\n"
        "code = begin._show_window(wish); print(code, *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, timeout=PATIENCE_S, check=True,
    )  # fmt: skip
    raised, *loaded = done.stdout.split()
    assert raised == "0"
    assert {"PySide6", "click", "asyncio", "msgspec", "qasync"}.isdisjoint(loaded)


def test_a_library_that_is_missing_is_named(start: Start, tmp_path: Path) -> None:
    lacking = tmp_path / "PySide6" / "__init__.py"
    lacking.parent.mkdir()
    words = "libEGL.so.1: cannot open shared object file: No such file or directory"
    lacking.write_text(f"raise ImportError({words!r})")
    code, out, err = said(start(PYTHONPATH=str(tmp_path)))
    assert (code, out) == (1, "")
    [line] = err.splitlines()
    assert line.startswith("Error: The window needs the library libEGL.so.1, which is missing")
    lacking.unlink()
    lacking.parent.joinpath("py.typed").touch()
    lacking.write_text("raise ModuleNotFoundError('No module named PySide6', name='PySide6')")
    code, out, err = said(start(PYTHONPATH=str(tmp_path)))
    assert (code, out) == (1, "")
    assert "needs PySide6, which this Python cannot load (No module named PySide6)" in err


def test_a_mistake_of_ours_is_told_without_traceback(start: Start) -> None:
    code, out, err = said(start(BROKEN="1"))
    assert (code, out) == (1, "")
    assert err.startswith("Error: Something went wrong inside bgtasks (RuntimeError: broken)")
    assert "Traceback" in said(start(BROKEN="1", BGTASKS_DEBUG="1"))[2]


# One by one


class _Slow(types.ModuleType):
    """A window that finds another one open."""

    @staticmethod
    def main(home: paths.Home, *, minimized: bool, run: str | None) -> int:
        raise errors.WindowAlreadyOpen


@pytest.fixture
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setitem(sys.modules, "bgtasks_gui.gui.app", _Slow("app"))
    monkeypatch.setattr(gui, "app", _Slow("app"), raising=False)


@pytest.mark.usefixtures("_slow")
def test_the_slower_one_raises_the_faster_one(start: Start) -> None:
    place = paths.find_home()
    assert not starting.reach_window(place, minimized=False)
    window = start()
    first_line(window)
    assert starting.reach_window(place, minimized=True)
    assert starting.open_window(place, minimized=False, run=RUN) == 0
    assert first_line(window).endswith(f" {RUN}\n")


@pytest.mark.usefixtures("_slow")
def test_one_that_holds_the_home_and_never_answers(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "OPENING_S", 0.0)
    with pytest.raises(errors.WindowAlreadyOpen):
        starting.open_window(paths.find_home(), minimized=False)


@pytest.mark.parametrize(
    ("environ", "there"),
    [
        ({}, False),
        ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
    ],
)
def test_where_a_window_could_be_shown(
    environ: dict[str, str], there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    if there:
        starting.check_display(environ)
    else:
        with pytest.raises(errors.NoDisplay):
            starting.check_display(environ)
    monkeypatch.setattr(sys, "platform", "darwin")
    starting.check_display(environ)


@pytest.mark.parametrize(
    ("qt", "python", "fine"),
    [
        ((6, 11), (3, 11), True),
        ((6, 12), (3, 11), False),
        ((7, 0), (3, 11), False),
        ((6, 12), (3, 12), True),
        ((6, 9), (3, 13), True),
    ],
)
def test_the_pair_that_crashes_is_refused(
    qt: tuple[int, int], python: tuple[int, int], fine: bool
) -> None:
    if fine:
        starting.check_pair(qt, python)
    else:
        with pytest.raises(errors.WindowUnavailable, match=r"6.*crashes on Python 3\.11"):
            starting.check_pair(qt, python)


def test_qt_is_checked_before_it_would_end_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    starting.check_qt({"QT_QPA_PLATFORM": "offscreen"})
    plugin = Path("Qt/plugins/platforms/libqxcb.so")
    copy = tmp_path / plugin
    # A build of Qt that has its own place for plugins is left to itself.
    monkeypatch.setattr(PySide6, "__file__", str(tmp_path / "__init__.py"))
    starting.check_qt({"DISPLAY": ":0"})
    copy.parent.mkdir(parents=True)
    # What is no library at all is for Qt to tell.
    copy.write_text("no library")
    starting.check_qt({"DISPLAY": ":0"})
    # Away from Qt's own folder it lacks the libraries of Qt.
    shutil.copy(Path(PySide6.__path__[0]) / plugin, copy)
    for environ in ({"DISPLAY": ":0"}, {"QT_QPA_PLATFORM": "xcb"}):
        with pytest.raises(ImportError, match=r"^libQt6\w+\.so\.6: cannot open"):
            starting.check_qt(environ)
    starting.check_qt({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"})


def test_an_error_of_our_own_is_not_taken_for_a_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setitem(sys.modules, "bgtasks_gui.gui.app", None)
    monkeypatch.delattr(gui, "app", raising=False)
    with pytest.raises(ImportError):
        starting.open_window(paths.find_home(), minimized=False)


def test_the_line_for_debian(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    error = ImportError("libGL.so.1: cannot open shared object file: No such file or directory")
    script = (ROOT / "packaging" / "debian" / "install-needs").read_text()
    packages = re.findall(r"^gui='([^']+)'", script, re.MULTILINE)[0].split()
    message = str(starting._explained(error))
    assert message.endswith("; on Debian: sh packaging/debian/install-needs gui")
    monkeypatch.setattr(starting.paths, "__file__", str(tmp_path / "bgtasks_gui" / "paths.py"))
    message = str(starting._explained(error))
    assert "libGL.so.1" in message
    assert message.endswith(f"apt-get install --no-install-recommends {' '.join(packages)}")
