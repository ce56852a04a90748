"""The `bgtasks` command as a process of its own, the way a script calls it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bgtasks_gui.wire import codec
from tests.flows.living import PATIENCE_S

#: Exit codes of the command (design 11).
DONE, FAILED, USAGE, NOT_FOUND, UNREACHABLE, CANCELED = range(6)

_COMMAND = (sys.executable, "-m", "bgtasks_gui")


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def json(self) -> dict[str, object]:
        """The answer of a command that was asked for JSON."""
        assert self.code == DONE, self.err
        return codec.plain(self.raw)

    @property
    def error(self) -> dict[str, str | None]:
        """The error of a command that was asked for JSON."""
        assert self.raw == b""
        found: dict[str, dict[str, str | None]] = codec.plain(self.err.encode())
        assert set(found) == {"error"}
        assert set(found["error"]) == {"code", "message", "field"}
        return found["error"]


class Line:
    """Commands of one person in one home."""

    def __init__(self, root: Path) -> None:
        #: The folder that the commands are called in.
        self.cwd = root
        self.env = {**os.environ, "BGTASKS_HOME": str(root)}

    def __call__(self, *words: str, given: bytes = b"") -> Said:
        done = subprocess.run(
            [*_COMMAND, *words], env=self.env, cwd=self.cwd, input=given,
            capture_output=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr.decode())

    @contextlib.contextmanager
    def begin(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """A command that is not waited for; it ends with the block at the latest."""
        with subprocess.Popen(
            [*_COMMAND, *words], env=self.env, cwd=self.cwd,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as begun:  # fmt: skip
            try:
                yield begun
            finally:
                begun.kill()
