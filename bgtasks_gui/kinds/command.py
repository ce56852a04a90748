"""The kind `command`: a program with its arguments, or one line of shell when asked for."""

from __future__ import annotations

import os
import shlex
from typing import Annotated, ClassVar

import msgspec

from bgtasks_gui.core import checks, errors, kind_ports, processes, runs, tasks

#: Linux refuses a longer single argument (MAX_ARG_STRLEN, 32 pages, its final NUL included).
ARGUMENT_LIMIT = 131_071
SHELL = "/bin/sh"


class CommandPayload(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False
):
    """Run a program"""

    argv: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            title="Command line",
            min_length=1,
            description="The program and its arguments.",
            examples=[["rsync", "-a", "/home/ada/Documents/", "/mnt/backup/Documents/"]],
            extra_json_schema={"format": "argv", "x-shell": "shell"},
        ),
    ]
    shell: Annotated[
        bool,
        msgspec.Meta(
            title="Let the shell read it",
            description="For pipes, wildcards and variables. /bin/sh reads the first argument.",
        ),
    ] = False
    cwd: Annotated[
        str,
        msgspec.Meta(
            title="Folder",
            description="Where it runs.",
            examples=["~/Documents"],
            extra_json_schema={"format": "folder", "x-empty": "Your home folder"},
        ),
    ] = ""
    env: Annotated[
        dict[str, str],
        msgspec.Meta(
            title="Variables",
            description="Added to the environment it runs in.",
            extra_json_schema={"x-rare": True},
        ),
    ] = {}


class CommandKind:
    """Runs a program. Suspending stops its whole tree of processes."""

    name: ClassVar[str] = "command"
    payload_type: ClassVar[type[msgspec.Struct]] = CommandPayload
    can_suspend: ClassVar[bool] = hasattr(os, "killpg")

    def describe(self, payload: msgspec.Struct) -> str:
        assert isinstance(payload, CommandPayload)
        line = payload.argv[0] if payload.shell else shlex.join(payload.argv)
        line = " ".join(line.split())
        return f"runs `{line if len(line) <= 80 else line[:79] + '…'}`"

    async def prepared(
        self, payload: msgspec.Struct, spec: tasks.TaskSpec, checker: kind_ports.Checker
    ) -> msgspec.Struct:
        assert isinstance(payload, CommandPayload)
        for index, argument in enumerate(payload.argv):
            _check_argument(argument, f"argv[{index}]")
        if not payload.argv[0].strip():
            raise errors.InvalidField("The program is empty; name one to run.", field="argv[0]")
        checks.check_variables(payload.env, "env")
        cwd = await checker.find_folder(payload.cwd)
        environment = (spec.environment or {}) | payload.env
        program = SHELL if payload.shell else payload.argv[0]
        found = await checker.find_program(program, cwd, environment)
        if found is None:
            where = f" in {cwd}" if "/" in program else " on its PATH"
            raise errors.InvalidField(
                f"There is no program {program!r}{where} that can be run; give a path or a name "
                "that the shell finds.",
                field="argv[0]",
            )
        # No shell will be there to say what the tilde stands for.
        argv = (found, *payload.argv[1:]) if program.startswith("~") else payload.argv
        return msgspec.structs.replace(payload, argv=argv, cwd=cwd)

    def process(
        self, payload: msgspec.Struct, task: tasks.Task, run: runs.Run
    ) -> processes.ProcessSpec:
        assert isinstance(payload, CommandPayload)
        argv = payload.argv
        if payload.shell:
            argv = (SHELL, "-c", payload.argv[0], task.name, *payload.argv[1:])
        return processes.CommandProcess(argv=argv, cwd=payload.cwd, env=payload.env)


def _check_argument(argument: str, field: str) -> None:
    if "\0" in argument:
        raise errors.InvalidField("An argument cannot hold a NUL character.", field=field)
    size = len(argument.encode("utf-8", "surrogatepass"))
    if size > ARGUMENT_LIMIT:
        raise errors.TooLarge(
            f"{size:,} bytes is more than the {ARGUMENT_LIMIT:,} that the system accepts in one "
            "argument; hand over a file instead.",
            field=field,
        )
