"""Who plays and records sound, as `pactl` tells it of PipeWire and of PulseAudio.

Streams without a program behind them count as nobody's sound: what the sound server connects by
itself, and the level meters of volume controls, which stand on a microphone for hours.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec

from bgtasks_gui.machine.modes import finding

#: A sound server that does not answer within this is treated as absent.
TIMEOUT_S: Final = 5.0
#: A line of what it complains of, and no more.
_LONGEST_COMPLAINT: Final = 120

_PROC = Path("/proc")

Direction = Literal["sink-inputs", "source-outputs"]
T = TypeVar("T")


class _Client(msgspec.Struct, frozen=True):
    """What matters of a program that is connected to the sound server."""

    index: int
    properties: dict[str, str] = {}

    @property
    def pid(self) -> int | None:
        # What speaks PulseAudio to PipeWire is connected by PipeWire's own process.
        if self.properties.get("client.api") != "pipewire-pulse":
            known = _number(self.properties.get("pipewire.sec.pid"))
            if known is not None:
                return known
        return _number(self.properties.get("application.process.id"))


class _Listed(msgspec.Struct, frozen=True):
    """What matters of one stream."""

    corked: bool = False
    driver: str | None = None
    client: str | None = None
    resample_method: str | None = None
    properties: dict[str, str] = {}

    @property
    def is_of_a_program(self) -> bool:
        told = self.properties
        is_meter = (
            self.resample_method == "peaks"
            or told.get("resample.peaks") == "true"
            or told.get("stream.monitor") == "true"
        )
        is_plumbing = (
            (self.driver or "").startswith("module-")
            or "pulse.module.id" in told
            or "node.link-group" in told
        )
        return not is_meter and not is_plumbing

    @property
    def pid(self) -> int | None:
        return _number(self.properties.get("application.process.id"))


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What runs now of the processes asked about."""

    #: None: something runs, and whose it is cannot be told.
    used: bool | None
    #: Whose streams these are.
    pids: frozenset[int]


async def running(
    direction: Direction, pids: frozenset[int], *, timeout_s: float = TIMEOUT_S
) -> Running:
    """The streams of these processes; all where none are named. Raises `finding.Unavailable`."""
    listed = await _list(direction, list[_Listed], timeout_s)
    flowing = [one for one in listed if one.is_of_a_program and not one.corked]
    owners = [one.pid for one in flowing]
    if None in owners:
        # Only the client of a stream of PipeWire's own says whose it is.
        clients = await _list("clients", list[_Client], timeout_s)
        known = {str(each.index): each.pid for each in clients}
        owners = [one.pid or known.get(one.client or "") for one in flowing]
    told = frozenset(pid for pid in owners if pid is not None)
    found = told & pids if pids else told
    if found or not owners:
        return Running(used=bool(found), pids=found)
    if not pids:
        return Running(used=True, pids=found)
    is_doubtful = None in owners or any(_is_sandboxed(pid) for pid in pids)
    return Running(used=None if is_doubtful else False, pids=found)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _is_sandboxed(pid: int) -> bool:
    """Whether a process has another number for itself, which is the one that it tells a server."""
    try:
        status = (_PROC / str(pid) / "status").read_text(errors="replace")
    except OSError:
        return False
    numbers = next((line for line in status.splitlines() if line.startswith("NSpid:")), "")
    return len(numbers.split()) > len(("NSpid:", "its number here"))


async def _list(what: str, shape: type[T], timeout_s: float) -> T:
    answer = await _ask(what, timeout_s)
    try:
        return msgspec.json.decode(answer, type=shape)
    except msgspec.DecodeError as error:
        raise finding.Unavailable(f"the answer of pactl is not understood ({error})") from error


async def _ask(what: str, timeout_s: float) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            *("pactl", "-f", "json", "list", what),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Versions before 17 write the decimal commas of the person's language into the JSON.
            env={**os.environ, "LC_ALL": "C"},
        )
    except OSError as error:
        raise finding.Unavailable("pactl is not installed") from error
    try:
        out, complaint = await asyncio.wait_for(process.communicate(), timeout_s)
    except TimeoutError as error:
        raise finding.Unavailable("the sound server does not answer") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise finding.Unavailable(_failure(complaint))
    # Names of programs and titles may be in any encoding.
    return out.decode(errors="replace") or "[]"


def _failure(complaint: bytes) -> str:
    first = next(iter(complaint.decode(errors="replace").strip().splitlines()), "")
    detail = first[:_LONGEST_COMPLAINT].rstrip(". ")
    return f"no sound server answers ({detail})" if detail else "no sound server answers"
