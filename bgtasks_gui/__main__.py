"""Where the program starts: the window, or the `bgtasks` command, which can also be the agent."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import Final, NamedTuple, NoReturn

#: Characters of the id of a run.
_ID_LENGTH: Final = 36
#: By this variable a shell asks for completions, with an empty command line.
_COMPLETION: Final = "_BGTASKS_COMPLETE"


class _Wish(NamedTuple):
    """How the window is to come up."""

    minimized: bool = False
    #: Id of the run that it is to show.
    run: str | None = None


def main() -> NoReturn:
    """Run the command line and end with its exit status."""
    # A short life: nothing that loading makes becomes garbage before the end.
    gc.disable()
    code = None
    wish = _read_wish(sys.argv[1:])
    if wish is not None and _COMPLETION not in os.environ:
        code = _show_window(wish)
    if code is None:
        _load_lightly()
        from bgtasks_gui.cli import app

        code = app.main(serve=_serve, open_window=_open_window)
    if gc.isenabled():
        # This was the agent or the window, which take themselves apart in order.
        sys.exit(code)
    _flush()
    # Taking everything apart piece by piece takes longer than many a command.
    os._exit(code)


def _read_wish(given: list[str]) -> _Wish | None:
    """What a command line says that only asks for the window; None of any other."""
    match given:
        case []:
            return _Wish()
        case ["--minimized"]:
            return _Wish(minimized=True)
        case ["--run", run] if len(run) == _ID_LENGTH and run.isascii() and run[0] != "-":
            # Of anything else the command line says that it is no run.
            return _Wish(run=run)
    return None


def _show_window(wish: _Wish) -> int | None:
    """The window without what the command line loads; None where that has more to say."""
    from bgtasks_gui.core import errors

    try:
        return _open_window(minimized=wish.minimized, run=wish.run)
    except errors.NoDisplay:
        return None
    except Exception as error:  # whatever a person did, they get a sentence
        from bgtasks_gui.cli import failures

        if isinstance(error, errors.UserError):
            return failures.tell_error(error, as_json=False)
        return failures.tell_bug(error, as_json=False)


def _open_window(*, minimized: bool, run: str | None = None) -> int:
    from bgtasks_gui import paths
    from bgtasks_gui.gui import starting

    home = paths.find_home()
    if starting.reach_window(home, minimized=minimized, run=run):
        return 0
    _load_lightly()
    # It talks to nobody but the agent, by a socket of this computer.
    _load_without("ssl", "asyncio")
    # The window looks for garbage itself, once it is there; until then there is none.
    return starting.open_window(home, minimized=minimized, run=run)


def _load_lightly() -> None:
    """Load msgspec without the `typing_extensions` it looks for and does as well without.

    Loading those would take a tenth of the time of a whole `bgtasks status`.
    """
    _load_without("typing_extensions", "msgspec")


def _load_without(missing: str, wanted: str) -> None:
    """Load a module that looks for another and does as well where that is not to be found."""
    modules = vars(sys)["modules"]
    if missing not in modules:
        modules[missing] = None
        importlib.import_module(wanted)
        del modules[missing]


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
