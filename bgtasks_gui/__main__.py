"""Where the program starts: the `bgtasks` command, which can also be the agent."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and end with its exit status."""
    # A short life: nothing that loading makes becomes garbage before the end.
    gc.disable()
    _load_lightly()
    from bgtasks_gui.cli import app

    code = app.main(serve=_serve)
    if gc.isenabled():
        # This was the agent, which takes itself apart in order.
        sys.exit(code)
    _flush()
    # Taking everything apart piece by piece takes longer than many a command.
    os._exit(code)


def _load_lightly() -> None:
    """Load msgspec without the `typing_extensions` it looks for and does as well without.

    Loading those would take a tenth of the time of a whole `bgtasks status`.
    """
    modules = vars(sys)["modules"]
    if "typing_extensions" not in modules:
        modules["typing_extensions"] = None  # not to be found
        import msgspec  # noqa: F401 it is loaded here and used everywhere

        del modules["typing_extensions"]


def _serve(*, log_to_stderr: bool) -> int:
    from bgtasks_gui import paths
    from bgtasks_gui.agent import foreground

    return foreground.run_agent(paths.find_home(), log_to_stderr=log_to_stderr)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            # Nobody reads it any more.
            continue


if __name__ == "__main__":
    main()
