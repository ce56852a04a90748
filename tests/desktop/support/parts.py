"""What a desktop is made of, each part a process, and the environment of its programs."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.desktop.support import configuration, needs, tray
from tests.desktop.support.bus import Bus
from tests.desktop.support.programs import NotReady, Program, end, marked, wait_until
from tests.desktop.support.screen import Screen

NOTIFICATIONS = "org.freedesktop.Notifications"
#: The tray's own window in the panel.
TRAY = "wrapper-2.0"
# What the surrounding desktop, or the test run itself, says to programs.
_FOREIGN = (
    *("BGTASKS_", "DBUS_", "DESKTOP_", "DISPLAY", "GDK_", "GTK_", "PYTEST_", "QT_", "SESSION_"),
    *("WAYLAND_", "XAUTHORITY", "XDG_"),
)
_FOLDERS = {
    "HOME": "home",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}
_ENVIRONMENT = {
    # Without an address, libraries would start a bus of their own.
    "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    "XDG_CURRENT_DESKTOP": "XFCE",
    "XDG_SESSION_TYPE": "x11",
    "LC_ALL": "C.UTF-8",
    "NO_AT_BRIDGE": "1",
    "GTK_A11Y": "none",
    "GDK_BACKEND": "x11",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "0",
    # Lines about portals and a GNOME that are not there.
    "QT_LOGGING_RULES": "qt.qpa.theme.gnome.warning=false;qt.qpa.services.warning=false",
}


class Parts:
    """Screen, session bus, window manager, panel and notifier: from `begin` to `stop`."""

    def __init__(self, size: tuple[int, int], *, with_bus: bool) -> None:
        self.size = size
        self.mark = secrets.token_hex(6)
        self._with_bus = with_bus
        self._numbers = itertools.count(1)
        self._running: dict[str, Program] = {}
        self._closing = contextlib.ExitStack()
        #: What a program gets that is to live on this desktop.
        self.env: dict[str, str] = {}

    def begin(self) -> None:
        """Start the screen and the bus, without which there is no desktop."""
        self.folder = Path(tempfile.mkdtemp(prefix="desk-"))
        self._closing.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._make_env()
        configuration.write_panel(self.folder / "config", *self.size)
        configuration.write_dunst(self.folder / "config")
        self._start_screen()
        if self._with_bus:
            self._start_bus()

    def stop(self) -> None:
        """End every process that came of this desktop, and remove its folder."""
        with self._closing:
            for part in [each for each in self._running if each not in ("screen", "bus")]:
                self._stop(part)
        end(self.processes())
        assert not self.processes(), "not everything of this desktop could be ended"

    def processes(self) -> set[int]:
        """Every living process that came of this desktop."""
        return marked(self.mark)

    def launch(
        self,
        *argv: str | Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> Program:
        """Start a program on this desktop."""
        number = next(self._numbers)
        return Program(
            argv, env={**self.env, **(env or {})}, log=self.folder / f"{number}.log",
            mark=f"{self.mark}.{number}.", cwd=cwd, pass_fds=pass_fds,
        )  # fmt: skip

    # Parts that come and go

    def start_window_manager(self) -> None:
        if self.has("window manager"):
            return
        manager = self._start("window manager", "openbox", "--sm-disable")
        manager.wait_for(self.screen.is_managed, "word that it manages windows")

    def stop_window_manager(self) -> None:
        self._stop("window manager")

    def start_panel(self) -> None:
        """Let the tray appear, for both kinds of icons: StatusNotifierItem and XEmbed."""
        if self.has("panel") and self._shows_tray():
            return
        panel = self._start("panel", "xfce4-panel", "--disable-wm-check")
        panel.wait_for(lambda: tray.has_host(self.bus), "host of a tray")
        panel.wait_for(self._has_old_tray, "tray of the old kind")
        panel.wait_for(self._shows_tray, "tray on the screen")

    def stop_panel(self) -> None:
        """Let the tray vanish."""
        if self._stop("panel"):
            wait_until(lambda: not self.bus.has_owner(tray.WATCHER), "end of the tray")
            wait_until(lambda: not self._has_old_tray(), "end of the tray of the old kind")

    def start_notifier(self, name: str = "dunst") -> None:
        """Let a notification daemon appear: dunst, or Xfce's own ("xfce"), in place of another."""
        part = f"notifier {name}"
        if self.has(part):
            return
        self.stop_notifier()
        program = needs.NOTIFIERS[name]
        notifier = self._start(part, needs.find(program) or program)
        notifier.wait_for(lambda: self.bus.has_owner(NOTIFICATIONS), "service for notifications")

    def stop_notifier(self) -> None:
        stopped = [self._stop(f"notifier {name}") for name in needs.NOTIFIERS]
        if any(stopped):
            wait_until(lambda: not self.bus.has_owner(NOTIFICATIONS), "end of the notifier")

    def has(self, part: str) -> bool:
        return part in self._running and self._running[part].is_running

    # Inside

    def _make_env(self) -> None:
        self.env |= {
            name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)
        }
        for name, folder in _FOLDERS.items():
            (self.folder / folder).mkdir(mode=0o700)
            self.env[name] = str(self.folder / folder)
        self.env |= _ENVIRONMENT

    def _start_screen(self) -> None:
        width, height = self.size
        reading, writing = os.pipe()
        with open(reading, "rb") as told:
            try:
                server = self._start(
                    "screen", "Xvfb", "-displayfd", str(writing), "-screen", "0",
                    f"{width}x{height}x24", "-nolisten", "tcp", "-noreset", "+extension", "RANDR",
                    pass_fds=(writing,),
                )  # fmt: skip
                self._closing.callback(self._stop, "screen")
            finally:
                os.close(writing)
            number = told.readline().decode().strip()
        if not number:
            raise NotReady(f"there is no screen:\n{server.output()}")
        self.env["DISPLAY"] = f":{number}"
        self.screen = Screen(self.env["DISPLAY"])
        self._closing.callback(self.screen.close)

    def _start_bus(self) -> None:
        place = self.folder / "run" / "bus"
        written = configuration.write_bus(self.folder, place)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={place}"
        daemon = self._start(
            "bus", "dbus-daemon", f"--config-file={written}", "--nofork", "--nopidfile"
        )
        self._closing.callback(self._stop, "bus")
        # The file is there a moment before anybody listens.
        daemon.wait_for(lambda: _listens(place), "socket")
        self.bus = Bus(self.env["DBUS_SESSION_BUS_ADDRESS"])
        self._closing.callback(self.bus.close)

    def _has_old_tray(self) -> bool:
        return self.screen.has_owner("_NET_SYSTEM_TRAY_S0")

    def _shows_tray(self) -> bool:
        return any(each.is_shown and each.title == TRAY for each in self.screen.windows())

    def _start(self, part: str, *argv: str, pass_fds: tuple[int, ...] = ()) -> Program:
        self._stop(part)
        self._running[part] = self.launch(*argv, pass_fds=pass_fds)
        return self._running[part]

    def _stop(self, part: str) -> bool:
        program = self._running.pop(part, None)
        if program is not None:
            program.stop()
        return program is not None


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(str(path)) == 0
