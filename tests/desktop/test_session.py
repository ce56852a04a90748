"""The desktop for tests: that it is one, and that nothing of it stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop.session import Session
from tests.desktop.support import needs
from tests.desktop.support.parts import NOTIFICATIONS
from tests.desktop.support.programs import NotReady, Program, is_alive, wait_until

LITTLE = Path(__file__).parent / "support" / "little_window.py"
TITLE = "Little window"
PNG = b"\x89PNG\r\n\x1a\n"


def spawn_little(desktop: Session) -> Program:
    program = desktop.spawn(sys.executable, LITTLE)
    desktop.focus(desktop.wait_for_window(TITLE))
    return program


def wait_for_line(desktop: Session, program: Program, line: str) -> None:
    desktop.wait_for(lambda: line in program.output().splitlines(), f"line {line!r}")


def test_what_is_missing_skips_a_test_here_and_fails_it_in_ci(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program"):
        needs.require("sh", "no-such-program")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="install-needs tests"):
        needs.require("no-such-program")
    needs.require("sh")


# Seeing and doing


def test_a_window_is_seen_typed_into_and_clicked(desktop: Session, tmp_path: Path) -> None:
    program = spawn_little(desktop)
    (window,) = desktop.windows(TITLE)
    assert (window.width, window.height) == (300, 200)
    assert (window.pid, window.program) == (program.pid, "little")
    desktop.type("Two, 100 %")
    wait_for_line(desktop, program, "typed Two, 100 %")
    desktop.keys("ctrl+a", "BackSpace")
    wait_for_line(desktop, program, "typed ")
    x, y = window.centre
    desktop.click(x, y + 40)
    wait_for_line(desktop, program, "pressed")
    shot = desktop.screenshot(tmp_path / "screen.png").read_bytes()
    assert shot.startswith(PNG)
    assert len(shot) > 3000, "it is empty"


def test_a_window_is_minimised_brought_back_and_closed(desktop: Session) -> None:
    program = spawn_little(desktop)
    (window,) = desktop.windows(TITLE)
    desktop.screen.minimise(window)
    desktop.wait_for(lambda: not desktop.windows(TITLE), "end of the window on the screen")
    hidden = desktop.screen.window(window.id)
    assert hidden is not None
    assert not hidden.is_shown
    desktop.screen.activate(window)
    desktop.wait_for_window(TITLE)
    desktop.screen.close_window(window)
    wait_for_line(desktop, program, "closed")
    desktop.wait_for(lambda: desktop.screen.window(window.id) is None, "end of the window")
    assert program.is_running


def test_a_program_that_ends_well_says_its_words(desktop: Session) -> None:
    assert desktop.run("sh", "-c", "echo $WORD on $DISPLAY", env={"WORD": "here"}) == (
        f"here on {desktop.env['DISPLAY']}\n"
    )
    with pytest.raises(AssertionError, match="ended with 3:\nno"):
        desktop.run("sh", "-c", "echo no; exit 3")
    with pytest.raises(NotReady, match="goes on"):
        desktop.run("sleep", "60", within_s=0.1)


def test_nothing_of_the_surroundings_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    needs.require(*needs.SESSION)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with Session(window_manager=False, bus=False) as session:
        assert not {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "BGTASKS_HOME"} & set(session.env)
        assert session.env["DBUS_SESSION_BUS_ADDRESS"] == "disabled:"
        assert Path(session.env["HOME"]).parent == session.folder
        assert len(session.processes()) == 1


# The tray


def test_an_icon_in_the_tray_is_clicked_and_its_menu_used(desktop: Session) -> None:
    program = spawn_little(desktop)
    icon = desktop.wait_for_tray_item("little")
    assert (icon.status, icon.tooltip, icon.pid) == ("Active", "Two run", program.pid)
    icon.activate()
    wait_for_line(desktop, program, "activated Trigger")
    shown = [(each.label, each.is_enabled) for each in icon.menu() if not each.is_separator]
    assert shown == [("Colour it", True), ("Cannot", False), ("Quit", True)]
    with pytest.raises(NotReady, match="cannot be chosen"):
        icon.choose("Cannot")
    with pytest.raises(NotReady, match="Colour it"):
        icon.choose("Nothing")
    icon.choose("Colour it")
    desktop.wait_for(
        lambda: desktop.wait_for_tray_item("little").pixmaps != icon.pixmaps, "other picture"
    )
    icon.choose("Quit")
    assert program.wait() == 0
    desktop.wait_for(lambda: not desktop.tray_items(), "end of the icon")


def test_a_tray_vanishes_and_comes_back(desktop: Session) -> None:
    program = spawn_little(desktop)
    desktop.wait_for_tray_item("little")
    desktop.stop_panel()
    assert desktop.tray_items() == []
    wait_for_line(desktop, program, "tray False")
    desktop.start_panel()
    desktop.wait_for_tray_item("little")


def test_a_late_tray_gets_an_icon_of_the_old_kind(desktop: Session) -> None:
    desktop.stop_panel()
    program = spawn_little(desktop)
    wait_for_line(desktop, program, "tray False")
    desktop.start_panel()
    wait_for_line(desktop, program, "tray True")
    desktop.wait_for(lambda: len(desktop.windows("little")) == 2, "icon")

    def is_heard() -> bool:
        # The panel may move it once more after it has appeared, so a click may come too early.
        icon = min(desktop.windows("little"), key=lambda each: each.width)
        assert icon.y > desktop.size[1] - 40, "it is not in the panel"
        desktop.click(*icon.centre)
        return "activated Trigger" in program.output().splitlines()

    desktop.wait_for(is_heard, "activation of the icon")
    assert desktop.tray_items() == []


# Notifications


@pytest.mark.parametrize(("name", "server"), [("dunst", "dunst"), ("xfce", "Xfce Notify Daemon")])
def test_a_notifier_comes_and_goes(desktop: Session, name: str, server: str) -> None:
    needs.require(needs.NOTIFIERS[name])
    desktop.start_notifier(name)
    path = "/org/freedesktop/Notifications"
    asked = NOTIFICATIONS, path, NOTIFICATIONS
    assert desktop.bus.call(*asked, "GetServerInformation")[0] == server
    words = "program", 0, "", "Two run", "and one waits", [], {}, 60_000
    number = desktop.bus.call(*asked, "Notify", "susssasa{sv}i", *words)[0]
    assert number > 0
    desktop.wait_for(
        lambda: any(each.y < 100 and each.x > 700 for each in desktop.windows()), "notification"
    )
    desktop.stop_notifier()
    assert not desktop.bus.has_owner(NOTIFICATIONS)


# The end


def test_a_failing_test_leaves_nothing(tmp_path: Path) -> None:
    needs.require(*needs.SESSION)
    left = tmp_path / "left"

    def fail(session: Session) -> None:
        # What a program leaves behind when it detaches itself, and forgets its environment.
        forgetful = f"setsid env -i sleep 61 & echo $! >{left}; sleep 62"
        session.spawn("setsid", "--fork", "sh", "-c", forgetful)
        wait_until(lambda: left.exists() and left.read_text().strip(), "process left behind")
        assert is_alive(int(left.read_text()))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Session() as session:
        fail(session)
    assert session.processes() == set()
    assert not session.folder.exists()
    assert not is_alive(int(left.read_text()))


def test_reset_ends_what_was_spawned_and_brings_back_what_was_stopped(desktop: Session) -> None:
    before = desktop.spawn("sleep", "60")
    kept = len(desktop.programs)
    after = desktop.spawn("sleep", "60")
    number = int(desktop.run("sh", "-c", "setsid sleep 61 >/dev/null & echo $!"))
    assert is_alive(number)
    desktop.stop_panel()
    desktop.stop_window_manager()
    desktop.reset(kept)
    assert before.is_running
    assert not after.is_running
    assert not is_alive(number)
    assert desktop.has("panel")
    assert desktop.has("window manager")


def test_a_program_that_is_deaf_is_killed(desktop: Session) -> None:
    program = desktop.spawn("sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.05; done")
    wait_for_line(desktop, program, "deaf")
    program.stop(grace_s=0.2)
    assert program.process.returncode == -signal.SIGKILL


def test_a_killed_test_run_takes_its_desktop_with_it(tmp_path: Path) -> None:
    needs.require(*needs.SESSION, "setpriv")
    code = (
        "import time; from tests.desktop.session import Session\n"
        "with Session() as session:\n"
        "    print(session.mark, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        session = Session()
        session.mark = run.stdout.readline().strip()
        assert len(session.processes()) > 4
        run.kill()
    try:
        wait_until(lambda: not session.processes(), "end of the desktop")
    finally:
        session.stop()
