"""A machine that has the folders, programs and functions a test says it has."""

from __future__ import annotations

from collections.abc import Mapping

from bgtasks_gui.core import errors, processes

HOME = "/home/ada"


class ScriptedChecker:
    """`kind_ports.Checker`; it remembers in which environment a program was looked for."""

    def __init__(
        self, programs: Mapping[str, str] | None = None, problem: str | None = None
    ) -> None:
        self._programs = {"/bin/sh": "/bin/sh"} if programs is None else dict(programs)
        self._problem = problem
        self.searched: list[tuple[str, str, dict[str, str]]] = []
        self.checked: list[tuple[processes.PythonProcess, Mapping[str, str] | None]] = []

    async def find_folder(self, folder: str) -> str:
        if folder.startswith("/nowhere"):
            raise errors.InvalidField(f"There is no folder {folder!r} to run in.", field="cwd")
        return folder or HOME

    async def find_program(self, program: str, cwd: str, env: Mapping[str, str]) -> str | None:
        self.searched.append((program, cwd, dict(env)))
        return self._programs.get(program)

    async def find_file(self, path: str, field: str) -> str:
        if path.startswith("/nowhere"):
            raise errors.InvalidField(f"There is no file {path!r}.", field=field)
        return path

    async def find_target(self, path: str, field: str) -> str:
        if path.startswith("/nowhere"):
            raise errors.InvalidField("You may not write into the folder '/nowhere'.", field=field)
        return path or f"{HOME}/Downloads/"

    async def check_callable(
        self, spec: processes.PythonProcess, environment: Mapping[str, str] | None
    ) -> str | None:
        self.checked.append((spec, environment))
        return self._problem
