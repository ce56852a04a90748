"""Why something asked of the supervisor cannot be done: a code, the field at fault, a sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from bgtasks_gui.worker import child, limits


class Refused(Exception):
    """What was asked for cannot be done; the message says why, `field` where the fault lies."""

    def __init__(self, code: str, field: str | None, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


def check(argv: Sequence[str], around: child.Surroundings) -> None:
    """Refuse what can be seen to fail before anything is started."""
    if not argv:
        raise Refused("cannot_start", "payload.argv", "argv needs at least the program.")
    if not argv[0]:
        raise Refused("program_not_found", "payload.argv[0]", "The program has no name.")
    for number, argument in enumerate(argv):
        if "\0" in argument:
            field = f"payload.argv[{number}]"
            raise Refused("cannot_start", field, "An argument cannot hold a zero byte.")
    for name, value in around.env.items():
        if not name or "=" in name or "\0" in name + value:
            message = f"{name!r} cannot be set as an environment variable."
            raise Refused("cannot_start", "payload.env", message)
    _check_folder(around.cwd)
    problem = limits.problem(around.nice, around.io_priority)
    if problem is not None:
        raise Refused("cannot_start", *problem)


def explained(error: Exception, program: str, around: child.Surroundings, field: str) -> Refused:
    """The refusal for what the system said when this program was started."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.E2BIG:
        message = "Arguments and environment together are longer than this system allows."
        return Refused("argument_too_long", field.partition("[")[0], message)
    if number in (errno.ENOENT, errno.ENOTDIR):
        return _not_found(program, around, field)
    if number == errno.EACCES:
        return _not_permitted(program, around, field)
    if number == errno.ENOEXEC:
        message = (
            f"{program!r} is not a program this system can run; "
            "a script needs a first line such as #!/bin/sh."
        )
        return Refused("not_executable", field, message)
    reason = os.strerror(number) if number is not None else str(error)
    return Refused("cannot_start", None, f"{program!r} cannot be started: {reason}.")


def find_program(program: str, around: child.Surroundings) -> str | None:
    """The file this name stands for: as a path from the working folder, or along PATH."""
    folders = [""] if os.path.dirname(program) else os.get_exec_path(around.env)
    for folder in folders:
        candidate = os.path.join(around.cwd, folder, program)
        if program and os.path.isfile(candidate):
            return candidate
    return None


def _check_folder(cwd: str) -> None:
    if "\0" in cwd or not os.path.isdir(cwd):
        is_there = "\0" not in cwd and os.path.lexists(cwd)
        fault = "is not a folder" if is_there else "does not exist"
        raise Refused("cwd_missing", "payload.cwd", f"The working folder {cwd!r} {fault}.")
    if not os.access(cwd, os.X_OK):
        message = f"The working folder {cwd!r} may not be entered by this user."
        raise Refused("cannot_start", "payload.cwd", message)


def _not_found(program: str, around: child.Surroundings, field: str) -> Refused:
    found = find_program(program, around)
    if found is not None:
        message = f"The interpreter that the first line of {found!r} names does not exist."
        return Refused("not_executable", field, message)
    if os.path.dirname(program):
        message = f"There is no program {program!r}."
    else:
        searched = os.pathsep.join(os.get_exec_path(around.env))
        message = f"There is no program {program!r} in the folders of PATH: {searched}."
    return Refused("program_not_found", field, message)


def _not_permitted(program: str, around: child.Surroundings, field: str) -> Refused:
    found = find_program(program, around)
    if found is None and not os.path.isdir(os.path.join(around.cwd, program)):
        return _not_found(program, around, field)
    fault = "is a folder" if found is None else "is not marked as executable"
    return Refused("not_executable", field, f"{found or program!r} {fault}.")
