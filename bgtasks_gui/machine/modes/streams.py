"""Who plays and records sound, as `pactl` tells it of PipeWire and of PulseAudio.

Streams without a program behind them count as nobody's sound: what the sound server connects by
itself, and the level meters of volume controls, which stand on a microphone for hours.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Final, Literal

import msgspec

from bgtasks_gui.machine.modes import finding

#: A sound server that does not answer within this is treated as absent.
TIMEOUT_S: Final = 5.0
#: A line of what it complains of, and no more.
_LONGEST_COMPLAINT: Final = 120

Direction = Literal["sink-inputs", "source-outputs"]


class _Listed(msgspec.Struct, frozen=True):
    """What matters of one stream in the answer of `pactl`."""

    corked: bool = False
    driver: str | None = None
    resample_method: str | None = None
    properties: dict[str, str] = {}

    @property
    def is_of_a_program(self) -> bool:
        is_meter = (
            self.resample_method == "peaks" or self.properties.get("stream.monitor") == "true"
        )
        return not is_meter and not (self.driver or "").startswith("module-")

    @property
    def pid(self) -> int | None:
        told = self.properties.get("application.process.id", "")
        return int(told) if told.isdecimal() else None


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What runs now of the processes asked about."""

    #: None: something runs that does not say whose it is.
    used: bool | None
    #: Whose streams these are.
    pids: frozenset[int]


async def running(
    direction: Direction, pids: frozenset[int], *, timeout_s: float = TIMEOUT_S
) -> Running:
    """The streams of these processes; all where none are named. Raises `finding.Unavailable`."""
    answer = await _ask(direction, timeout_s)
    try:
        listed = msgspec.json.decode(answer, type=list[_Listed])
    except msgspec.DecodeError as error:
        raise finding.Unavailable(f"the answer of pactl is not understood ({error})") from error
    flowing = [one for one in listed if one.is_of_a_program and not one.corked]
    told = frozenset(one.pid for one in flowing if one.pid is not None)
    found = told & pids if pids else told
    is_open = any(one.pid is None for one in flowing)
    if found or not is_open:
        return Running(used=bool(found), pids=found)
    return Running(used=None if pids else True, pids=found)


async def _ask(direction: Direction, timeout_s: float) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            *("pactl", "-f", "json", "list", direction),
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
