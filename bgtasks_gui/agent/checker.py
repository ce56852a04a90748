"""Looks at the machine for a task that is being registered: its folder, program, function."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bgtasks_gui.agent.running import environment, runner
from bgtasks_gui.core import errors, processes


class MachineChecker:
    """Answers what kinds ask at registration; file access happens beside the event loop."""

    def __init__(self, hands: runner.Runner) -> None:
        self._runner = hands

    async def find_folder(self, folder: str) -> str:
        return await asyncio.to_thread(_find_folder, folder)

    async def find_program(self, program: str, cwd: str, env: Mapping[str, str]) -> str | None:
        return await asyncio.to_thread(_find_program, program, cwd, env)

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


def _find_program(program: str, cwd: str, env: Mapping[str, str]) -> str | None:
    if "/" in program:
        path = os.path.join(cwd, os.path.expanduser(program))
        return path if os.path.isfile(path) and os.access(path, os.X_OK) else None
    return shutil.which(program, path=env.get("PATH") or os.environ.get("PATH"))
