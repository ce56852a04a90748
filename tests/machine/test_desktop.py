"""Files and programs handed to a desktop: real programs that write down what they were given."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bgtasks_gui.machine import desktop

WITHIN_S = 20


class Programs:
    """A folder of programs, which is all of PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def write(self, name: str, script: str) -> Path:
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    def noting(self, name: str) -> Path:
        """A program that writes its arguments and its home to the file that comes back."""
        note = self.folder / f"{name}.note"
        say = 'for each in "$@"; do echo "$each"; done; echo "home: $BGTASKS_HOME"'
        self.write(name, f"{{ {say}; }} > {note}.new; /bin/mv {note}.new {note}")
        return note


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    made = Programs(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(made.folder))
    return made


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def read(note: Path) -> list[str]:
    """The lines that a program wrote."""
    await until(note.exists)
    return note.read_text().splitlines()


# What is opened


def test_a_file_is_opened_itself_or_in_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"%PDF")
    assert desktop.choose(str(file), wants_folder=False) == file
    assert desktop.choose(str(file), wants_folder=True) == tmp_path


@pytest.mark.parametrize("name", ["setup.exe", "tool.AppImage", "start.desktop", "page.js"])
def test_what_might_run_is_shown_in_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert desktop.choose(str(tmp_path / name), wants_folder=False) == tmp_path


@pytest.mark.parametrize("mode", [0o700, 0o610, 0o601])
def test_whoever_may_run_it_it_is_a_program(tmp_path: Path, mode: int) -> None:
    program = tmp_path / "notes.txt"
    program.write_bytes(b"#!/bin/sh\n")
    program.chmod(mode)
    assert desktop.choose(str(program), wants_folder=False) == tmp_path


def test_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "evil.sh").write_bytes(b"#!/bin/sh\n")
    (tmp_path / "good.txt").write_bytes(b"hello")
    folder = tmp_path / "links"
    folder.mkdir()
    for name, target in (("one.txt", "evil.sh"), ("two.txt", "good.txt"), ("three.txt", "none")):
        (folder / name).symlink_to(tmp_path / target)
    (folder / "round.txt").symlink_to(folder / "round.txt")
    chosen = {
        name: desktop.choose(str(folder / name), wants_folder=False)
        for name in ("one.txt", "two.txt", "three.txt", "round.txt")
    }
    assert chosen.pop("two.txt") == folder / "two.txt"
    assert set(chosen.values()) == {folder}


def test_of_what_is_gone_the_folder_is_shown(tmp_path: Path) -> None:
    assert desktop.choose(str(tmp_path / "gone.txt"), wants_folder=False) == tmp_path
    inner = tmp_path / "folder"
    inner.mkdir()
    assert desktop.choose(str(inner), wants_folder=False) == tmp_path


@pytest.mark.parametrize("path", ["", "file.txt", "./file.txt", "~/file.txt"])
def test_a_path_that_depends_on_where_one_is_is_none(path: str) -> None:
    with pytest.raises(desktop.NotOpened, match="does not say which folder it is in"):
        desktop.choose(path, wants_folder=False)


def test_without_its_folder_there_is_nothing_to_show(tmp_path: Path) -> None:
    with pytest.raises(desktop.NotOpened, match=f"The folder {tmp_path}/gone is not there."):
        desktop.choose(str(tmp_path / "gone" / "file.txt"), wants_folder=False)
    with pytest.raises(desktop.NotOpened, match="is not there"):
        desktop.choose(f"{tmp_path}/nu\0ll/file.txt", wants_folder=False)


def test_what_cannot_be_looked_at_is_said(tmp_path: Path) -> None:
    with pytest.raises(desktop.NotOpened, match="cannot be looked at: File name too long"):
        desktop.choose(str(tmp_path / ("x" * 300)), wants_folder=False)


# How it is shown


async def test_the_desktop_is_handed_the_path(programs: Programs, tmp_path: Path) -> None:
    note = programs.noting("xdg-open")
    await desktop.show(tmp_path / "a file; with $(signs).txt")
    found = await read(note)
    assert found[0] == str(tmp_path / "a file; with $(signs).txt")
    assert len(found) == 2


async def test_without_an_opener_that_is_said(programs: Programs, tmp_path: Path) -> None:
    with pytest.raises(desktop.NotOpened, match="xdg-open is not installed"):
        await desktop.show(tmp_path)


async def test_an_opener_that_does_not_start_is_said(programs: Programs, tmp_path: Path) -> None:
    programs.write("xdg-open", "").write_text("#!/no/such/shell\n")
    with pytest.raises(desktop.NotOpened, match="xdg-open cannot be started: No such file"):
        await desktop.show(tmp_path)


async def test_an_opener_that_fails_is_noted(
    programs: Programs, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    opener = programs.write("xdg-open", "exit 3")
    await desktop.show(tmp_path)
    await until(lambda: bool(caplog.messages))
    assert caplog.messages == [f"{opener} ended with status 3"]


async def test_whoever_shows_it_may_come_to_the_front(programs: Programs, tmp_path: Path) -> None:
    note = programs.noting("xdg-open")
    await desktop.show(tmp_path, {"BGTASKS_HOME": "in front"})
    assert await read(note) == [str(tmp_path), "home: in front"]


def test_a_token_is_for_wayland_and_for_x11_and_a_used_one_is_not_inherited() -> None:
    names = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
    assert desktop.activation("panel-1") == dict.fromkeys(names, "panel-1")
    assert desktop.activation(None) == dict.fromkeys(names, "")


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
        desktop.check_screen(environ)
    else:
        with pytest.raises(desktop.NotOpened, match="DISPLAY and WAYLAND_DISPLAY are not set"):
            desktop.check_screen(environ)
    monkeypatch.setattr(sys, "platform", "darwin")
    desktop.check_screen(environ)


# Programs


async def test_a_program_gets_more_than_our_environment(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BGTASKS_HOME", "ours")
    note = programs.noting("window")
    await desktop.start([str(programs.folder / "window"), "--run", "7"], {"BGTASKS_HOME": "theirs"})
    assert await read(note) == ["--run", "7", "home: theirs"]
    other = programs.noting("other")
    await desktop.start([str(programs.folder / "other")])
    assert await read(other) == ["home: ours"]


async def test_a_program_is_in_a_session_of_its_own_and_leaves_no_zombie(
    programs: Programs, tmp_path: Path
) -> None:
    note = tmp_path / "session"
    code = f"import os; open('{note}.new', 'w').write(f'{{os.getsid(0)}} {{os.getpid()}}')"
    code += f"; os.rename('{note}.new', '{note}')"
    await desktop.start([sys.executable, "-c", code])
    session, pid = map(int, (await read(note))[0].split())
    assert session == pid != os.getsid(0)
    await until(lambda: not Path(f"/proc/{pid}").exists())


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(desktop.NotOpened, match="none cannot be started: No such file"):
        await desktop.start([str(tmp_path / "none")])
