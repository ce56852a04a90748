"""Finds a task's function by its name, and says in one sentence why it cannot."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from bgtasks_gui.worker import channel


class CannotImport(Exception):
    """Module or function cannot be had; the message says which and why, the cause is what rose."""


def resolve(target: str) -> Callable[..., object]:
    """The function of `module:function`. CannotImport names module and function."""
    module_name, colon, path = target.partition(":")
    if not (module_name and colon and path):
        raise CannotImport(f"{target!r} does not name a function; write it as module:function")
    found = _import(module_name)
    for name in path.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise CannotImport(f"module {module_name!r} has no function {path!r}") from None
    if not callable(found):
        raise CannotImport(f"{path!r} of module {module_name!r} is not callable")
    return found


def _import(name: str) -> object:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        cause = None if error.name == name.partition(".")[0] else error
        raise CannotImport(f"cannot import module {name!r}: {error}") from cause
    except SystemExit as error:
        if type(error) is not SystemExit:  # our own word that SIGTERM came
            raise
        raise CannotImport(f"module {name!r} exits when it is imported") from error
    except BaseException as error:
        kind = type(error).__name__
        raise CannotImport(f"cannot import module {name!r}: {kind}: {error}") from error


def check(target: str, line: channel.Channel) -> int:
    """Import the module, resolve the function, and tell whether that went well."""
    try:
        function = resolve(target)
    except CannotImport as error:
        line.send({"type": "checked", "ok": False, "message": str(error)})
        return 1
    text = function.__doc__
    first = text.strip().partition("\n")[0].strip() if isinstance(text, str) else ""
    line.send({"type": "checked", "ok": True, "doc": first or None})
    return 0
