"""Looks at the machine for a task that is being registered: its folder, program, function."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from bgtasks_gui.agent.line import environment
from bgtasks_gui.agent.running import runner
from bgtasks_gui.core import errors, processes

#: Bytes of a file's name, so that ".part" and a number find room beside it.
LONGEST_NAME: Final = 240


class MachineChecker:
    """Answers what kinds ask at registration; file access happens beside the event loop."""

    def __init__(self, hands: runner.Runner) -> None:
        self._runner = hands

    async def find_folder(self, folder: str) -> str:
        return await asyncio.to_thread(_find_folder, folder)

    async def find_program(self, program: str, cwd: str, env: Mapping[str, str]) -> str | None:
        return await asyncio.to_thread(_find_program, program, cwd, env)

    async def find_file(self, path: str, field: str) -> str:
        return await asyncio.to_thread(_find_file, path, field)

    async def find_target(self, path: str, field: str) -> str:
        return await asyncio.to_thread(_find_target, path, field)

    async def check_callable(
        self, spec: processes.PythonProcess, captured: Mapping[str, str] | None
    ) -> str | None:
        env = environment.base(None if captured is None else dict(captured)) | spec.env
        return await self._runner.line.check_callable(msgspec.structs.replace(spec, env=env), env)


def _find_folder(folder: str) -> str:
    path = Path(folder).expanduser() if folder else Path.home()
    if not path.is_absolute():
        raise errors.InvalidField(
            f"{folder!r} is not an absolute path; give one that begins with /.", field="cwd"
        )
    if not path.is_dir():
        raise errors.InvalidField(f"There is no folder {str(path)!r} to run in.", field="cwd")
    return str(path)


def _find_file(path: str, field: str) -> str:
    found = Path(path).expanduser()
    if not found.is_absolute():
        raise errors.InvalidField(
            f"{path!r} is not an absolute path; give one that begins with /.", field=field
        )
    if not found.exists():
        raise errors.InvalidField(f"There is no file {str(found)!r}.", field=field)
    if not found.is_file():
        what = "a folder" if found.is_dir() else "no file that can be read to its end"
        raise errors.InvalidField(f"{str(found)!r} is {what}; give a file.", field=field)
    if not os.access(found, os.R_OK):
        raise errors.InvalidField(f"The file {str(found)!r} may not be read by you.", field=field)
    return str(found)


def _find_target(path: str, field: str) -> str:
    text = os.path.expanduser(path) if path else f"{_downloads()}/"
    if not os.path.isabs(text):
        raise errors.InvalidField(
            f"{path!r} is not an absolute path; give one that begins with /.", field=field
        )
    if os.path.isdir(text):
        text = text.rstrip("/") + "/"
    folder, name = os.path.split(text)
    while not os.path.lexists(folder):
        # What is missing is made when the file comes; the rest must let that happen.
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder):
        raise errors.InvalidField(f"{folder!r} is no folder, so nothing fits in it.", field=field)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise errors.InvalidField(f"You may not write into the folder {folder!r}.", field=field)
    if len(os.fsencode(name)) > LONGEST_NAME:
        message = f"The name is longer than {LONGEST_NAME} bytes; give a shorter one."
        raise errors.InvalidField(message, field=field)
    return text


def _downloads() -> Path:
    """The person's folder for downloads, as the desktop keeps it (xdg-user-dirs)."""
    home = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    try:
        kept = (config / "user-dirs.dirs").read_text(errors="replace")
    except OSError:
        kept = ""
    found = re.search(r'^XDG_DOWNLOAD_DIR="(.+)"$', kept, re.MULTILINE)
    if found is None:
        return home / "Downloads"
    return Path(found[1].replace("$HOME", str(home)))


def _find_program(program: str, cwd: str, env: Mapping[str, str]) -> str | None:
    if "/" in program:
        path = os.path.join(cwd, os.path.expanduser(program))
        return path if os.path.isfile(path) and os.access(path, os.X_OK) else None
    return shutil.which(program, path=env.get("PATH") or os.environ.get("PATH"))
