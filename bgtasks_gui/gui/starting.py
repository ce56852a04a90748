"""From `bgtasks` to the open window: what must be in order first, said in a sentence if it is not.

Qt is loaded by none of it but the last step, so that raising an open window takes no time.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bgtasks_gui import paths
from bgtasks_gui.core import errors
from bgtasks_gui.gui import single

#: Debian's packages with the libraries that Qt needs and pip cannot bring.
DEBIAN_PACKAGES: Final = (
    *("libegl1", "libgl1", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4"),
    *("libxcb-keysyms1", "libxcb-shape0", "libdbus-1-3", "libfontconfig1", "libglib2.0-0"),
)
_NEEDS_SCRIPT: Final = "packaging/debian/install-needs"
#: What the loader says of a library that is not there.
_MISSING: Final = r"(\S+\.so[.\d]*): cannot open shared object file"
_BROUGHT: Final = frozenset({"PySide6", "shiboken6", "qasync"})


def reach_window(home: paths.Home, *, minimized: bool, run: str | None = None) -> bool:
    """Raise the window that is open, if one is, at a run; minimized, leave it where it is.

    Raises `errors.NoDisplay`.
    """
    check_display(os.environ)
    return _knock(minimized, run)(home)


def open_window(home: paths.Home, *, minimized: bool, run: str | None = None) -> int:
    """Open the window of this home, at a run; the exit status at its end.

    Where another is faster, that one is raised. Raises `errors.WindowUnavailable`, and
    `errors.WindowAlreadyOpen` of one that does not answer.
    """
    try:
        check_qt(os.environ)
        from bgtasks_gui.gui import app
    except ImportError as error:
        raise _explained(error) from error
    try:
        return app.main(home, minimized=minimized, run=run)
    except errors.WindowAlreadyOpen:
        # Another was faster; it may not have come far yet.
        if single.reach_soon(_knock(minimized, run), home):
            return 0
        raise


def _knock(minimized: bool, run: str | None) -> Callable[[paths.Home], bool]:
    return single.find_open if minimized else functools.partial(single.raise_open, run=run)


def check_display(environ: Mapping[str, str]) -> None:
    """Raises `errors.NoDisplay` where a window could not be shown."""
    if sys.platform != "linux":
        return
    if not any(map(environ.get, ("WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM"))):
        raise errors.NoDisplay


def check_qt(environ: Mapping[str, str]) -> None:
    """Raises `errors.WindowUnavailable`, or `ImportError`, where Qt would end the process."""
    import PySide6

    check_pair(PySide6.__version_info__[:2], sys.version_info[:2])
    platform = environ.get("QT_QPA_PLATFORM") or "xcb"
    if platform.startswith("xcb") and not environ.get("WAYLAND_DISPLAY"):
        _load(Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so")


def check_pair(qt: tuple[int, int], python: tuple[int, int]) -> None:
    """Refuse PySide6 6.12 on Python before 3.12, where it ends the process after some 5,000 calls.

    It counts the references to None wrongly; from 3.12 on nothing counts them.
    """
    if qt >= (6, 12) and python < (3, 12):
        raise errors.WindowUnavailable(
            f"PySide6 {qt[0]}.{qt[1]} crashes on Python {python[0]}.{python[1]}; use Python 3.12 "
            'or later, or install an older one: pip install "PySide6-Essentials<6.12"'
        )


def _load(plugin: Path) -> None:
    """Qt ends the process where this one lacks a library, so it is tried before."""
    import ctypes

    if not plugin.exists():
        # Another build of Qt, which has its own place for it.
        return
    try:
        ctypes.CDLL(os.fspath(plugin))
    except OSError as error:
        if re.search(_MISSING, str(error)):
            raise ImportError(str(error)) from error


def _explained(error: ImportError) -> Exception:
    """The error as a sentence; one that is no lack of a library or package as it is."""
    missing = re.search(_MISSING, str(error))
    if missing is not None:
        return errors.WindowUnavailable(
            f"The window needs the library {missing[1]}, which is missing on this computer; "
            f"on Debian: {_debian_line()}"
        )
    package = (error.name or "").partition(".")[0]
    if package in _BROUGHT:
        return errors.WindowUnavailable(
            f"The window needs {package}, which this Python cannot load ({error}). Install "
            "Background Tasks again, or: pip install PySide6-Essentials qasync"
        )
    return error


def _debian_line() -> str:
    checkout = Path(paths.__file__).resolve().parents[1]
    if (checkout / _NEEDS_SCRIPT).is_file():
        return f"sh {_NEEDS_SCRIPT} gui"
    return f"sudo apt-get install --no-install-recommends {' '.join(DEBIAN_PACKAGES)}"
