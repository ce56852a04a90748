"""Where things lie: one home a person, and a private folder for sockets."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bgtasks_gui.core import errors

#: A Unix socket's path must fit into `sockaddr_un.sun_path` (108 bytes on Linux, 104 elsewhere).
SOCKET_PATH_LIMIT = 100
#: Mode of a private folder: its owner, and nobody else.
PRIVATE = 0o700
_LOGS = "runs"


@dataclass(frozen=True)
class Home:
    """The folders and files of one agent. Nothing is created by looking."""

    root: Path
    #: Private (0700) folder for sockets and locks.
    runtime: Path

    @property
    def database(self) -> Path:
        return self.root / "tasks.sqlite"

    @property
    def settings(self) -> Path:
        return self.root / "settings.json"

    @property
    def logs(self) -> Path:
        """Output of runs, in folders of some hours each."""
        return self.root / _LOGS

    @property
    def agent_log(self) -> Path:
        return self.root / "agent.log"

    @property
    def exits(self) -> Path:
        """The supervisor's journal of how runs ended."""
        return self.root / "exits.jsonl"

    @property
    def supervisor_log(self) -> Path:
        """What goes wrong in the supervisor itself; empty as long as nothing does."""
        return self.root / "supervisor.log"

    @property
    def agent_lock(self) -> Path:
        return self.root / "agent.lock"

    @property
    def window_lock(self) -> Path:
        """Held by the one window of this home."""
        return self.root / "window.lock"

    @property
    def agent_socket(self) -> Path:
        return self.runtime / "agent.sock"

    @property
    def window_log(self) -> Path:
        """What goes wrong in the window itself."""
        return self.root / "window.log"

    @property
    def window_prefs(self) -> Path:
        """What the window remembers about itself."""
        return self.root / "window.json"

    @property
    def window_socket(self) -> Path:
        """Where the open window is asked to come to the front."""
        return self.runtime / "window.sock"

    @property
    def supervisor_socket(self) -> Path:
        return self.runtime / "supervisor.sock"

    def run_log(self, run_id: str) -> Path:
        """Where a run's output begins; ids of some 4.7 hours share a folder."""
        return Path(self.run_log_text(run_id))

    def run_log_text(self, run_id: str) -> str:
        """The same as text; every view of a run tells it."""
        return f"{self.root}/{_LOGS}/{run_id[:6]}/{run_id}.log"


def find_home(environ: Mapping[str, str] | None = None) -> Home:
    """The home this person (or test: `BGTASKS_HOME`) uses."""
    env = os.environ if environ is None else environ
    chosen = env.get("BGTASKS_HOME")
    if chosen:
        root = Path(chosen).expanduser().absolute()
    else:
        # A relative one counts as unset (XDG Base Directory Specification).
        data = env.get("XDG_DATA_HOME", "")
        base = Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share"
        root = base / "bgtasks"
    return Home(root=root, runtime=_runtime(root, env))


def find_resources() -> Path:
    """Icons, fonts, sheets and samples, in an installed package or in a checkout.

    Raises `errors.ResourcesMissing` where they are in neither.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "resources", package.parent / "resources"):
        if folder.is_dir():
            return folder
    raise errors.ResourcesMissing(
        f"Files that belong to this program are missing: there is no {package / 'resources'}. "
        "Install it again."
    )


def make_home(home: Home) -> None:
    """Make the folders of a home; sockets and output are for this person alone.

    Raises `errors.HomeUnusable` with what is wrong.
    """
    try:
        home.root.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise errors.HomeUnusable(
            f"The folder {home.root} cannot be made: {error.strerror}. "
            "Choose another with BGTASKS_HOME."
        ) from error
    if not os.access(home.root, os.W_OK | os.X_OK):
        raise errors.HomeUnusable(
            f"The folder {home.root} cannot be written. "
            "Allow it, or choose another with BGTASKS_HOME."
        )
    for folder in (home.runtime, home.logs):
        make_private(folder)


def make_private(folder: Path) -> None:
    """Create a folder (and those above it) that only this person can look into.

    Raises `errors.HomeUnusable` where it cannot be, or is somebody else's.
    """
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise errors.HomeUnusable(f"{folder} is not a folder of yours; remove it.")
        if stat.S_IMODE(found.st_mode) != PRIVATE:
            folder.chmod(PRIVATE)
    except OSError as error:
        raise errors.HomeUnusable(f"{folder} cannot be used: {error.strerror}.") from error


def _runtime(root: Path, env: Mapping[str, str]) -> Path:
    near = root / "run"
    # The longest name of a socket there.
    if len(os.fsencode(near / "supervisor.sock")) <= SOCKET_PATH_LIMIT:
        return near
    # Imported here: every start of the command line would pay for what few homes need.
    import hashlib
    import tempfile

    # Deep homes: a short private folder named after the home, the same however it is spelled.
    name = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:16]
    base = env.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"bgtasks-{os.getuid()}-{name}"
