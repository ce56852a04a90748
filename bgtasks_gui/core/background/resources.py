"""Efficiency resources: what programs of the system keep at work (concepts 2.3, R113).

On a desktop there is nothing that could be given but the processor and the computer awake; what
else may be asked for is known, and refused by its name.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from bgtasks_gui.core.background import access, codes, names


class Resource(enum.IntEnum):
    """The bits of `resourceTypes`."""

    CPU = 1
    COMMON_EVENT = 2
    TIMER = 4
    WORK_SCHEDULER = 8
    BLUETOOTH = 16
    GPS = 32
    AUDIO = 64
    RUNNING_LOCK = 128
    SENSOR = 256


#: What can be held here: all of it by keeping the computer awake.
HERE: Final = frozenset({Resource.CPU, Resource.RUNNING_LOCK})
#: The longest time, some 24 days: it is a signed number of 32 bits in the seed.
LONGEST_MS: Final = 2**31 - 1

_KNOWN: Final = sum(Resource)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a program asks for, in the words of the seed."""

    owner: str
    #: A sum of bits.
    resource_types: int
    #: False: release them.
    is_apply: bool
    timeout_ms: int = 0
    #: Held until it is released, whatever the time says.
    is_persist: bool = False
    #: For one process of the program; it is held and released apart from the program's own.
    is_process: bool = False
    reason: str = ""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that an owner holds."""

    owner: str
    resource: Resource
    is_process: bool
    reason: str
    since: datetime
    #: None: until it is released.
    until: datetime | None


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """What all owners hold, by owner and bit. A change makes another book."""

    #: What is held ends with the processes that wanted it, so with the computer's run.
    boot_id: str
    as_of: datetime
    held: tuple[Held, ...] = ()

    @classmethod
    def decode(cls, text: str, boot_id: str, now: datetime) -> Book:
        """The book that `encode` made this of, as it stands now. Raises `msgspec.DecodeError`."""
        found = msgspec.json.decode(text, type=cls)
        return found.at(now) if found.boot_id == boot_id else cls(boot_id=boot_id, as_of=now)

    def encode(self) -> str:
        """JSON to store."""
        return msgspec.json.encode(self).decode()

    # What is asked for

    def act(self, request: Request, allowed: access.Access | None, now: datetime) -> Book:
        """Apply for what is asked for, or release it; what is not held is released as well.

        Raises `codes.BadParameter`, `codes.NotSystemProgram`, `codes.PermissionDenied` and
        `codes.ResourceRefused`; then nothing of it is granted.
        """
        wanted = check(request, allowed)
        book = self.at(now)
        if not request.is_apply:
            return book._without(
                one for one in book.held
                if one.owner == request.owner and one.resource in wanted
                and one.is_process == request.is_process
            )  # fmt: skip
        known = {_key(one): one for one in book.held}
        for resource in wanted:
            fresh = _granted(request, resource, now)
            before = known.get(_key(fresh))
            known[_key(fresh)] = fresh if before is None else _longer(before, fresh)
        return msgspec.structs.replace(book, held=tuple(one for _, one in sorted(known.items())))

    def reset_all(self, owner: str) -> Book:
        """Release everything of this owner."""
        return self._without(one for one in self.held if one.owner == owner)

    def of(self, owner: str) -> tuple[Held, ...]:
        """What this owner holds."""
        return tuple(one for one in self.held if one.owner == owner)

    # What time does

    def due(self, now: datetime) -> tuple[Held, ...]:
        """What has ended by now."""
        return tuple(one for one in self._moved(now).held if _has_ended(one, now))

    def at(self, now: datetime) -> Book:
        """The book without what has ended."""
        moved = self._moved(now)
        return moved._without(one for one in moved.held if _has_ended(one, now))

    @property
    def next_at(self) -> datetime | None:
        """When something of it ends; None where nothing does by itself."""
        return min((one.until for one in self.held if one.until is not None), default=None)

    # Inside

    def _moved(self, now: datetime) -> Book:
        """The clock may have been set back: what is left of each stays as long as it was."""
        step = min(now - self.as_of, timedelta(0))
        held = tuple(_shifted(one, step) for one in self.held) if step else self.held
        return msgspec.structs.replace(self, as_of=now, held=held)

    def _without(self, gone: Iterable[Held]) -> Book:
        keys = {_key(one) for one in gone}
        kept = tuple(one for one in self.held if _key(one) not in keys)
        return msgspec.structs.replace(self, held=kept)


def check(request: Request, allowed: access.Access | None) -> tuple[Resource, ...]:
    """The resources that are meant, which may be granted or released. Raises as `Book.act`."""
    names.check(request.owner, "owner", "Name the program that asks.")
    require_types(request.resource_types)
    if request.is_apply:
        _require_time(request)
    access.require_system(allowed)
    beyond = request.resource_types & ~_KNOWN
    if beyond:
        cause = codes.Causes.UNKNOWN_RESOURCE.value
        message = f"There are no resources of the bits {beyond}; all known ones are {_KNOWN}."
        raise codes.ResourceRefused(message, cause=cause, field="resource_types")
    wanted = tuple(one for one in Resource if one & request.resource_types)
    absent = [one for one in wanted if one not in HERE]
    if absent and request.is_apply:
        beside = ", ".join(one.name for one in absent)
        can = " and ".join(one.name for one in sorted(HERE))
        cause = codes.Causes.RESOURCE_NOT_HERE.value
        message = f"A computer like this has nothing to give for {beside}; it can hold {can}."
        raise codes.ResourceRefused(message, cause=cause, field="resource_types")
    return wanted


def parse(words: Iterable[str]) -> int:
    """The sum of the bits of these names or numbers. Raises `codes.BadParameter`."""
    found = 0
    for word in words:
        name = word.strip().upper().replace("-", "_")
        if name in Resource.__members__:
            found |= Resource[name]
        elif name.isascii() and name.isdecimal():
            found |= int(name)
        else:
            known = ", ".join(one.name for one in Resource)
            raise codes.BadParameter(
                f"{word!r} is no resource; they are {known}, or a sum of their bits.",
                field="resource_types",
            )
    return found


def require_types(given: object) -> int:
    """The sum of bits that this is. Raises `codes.BadParameter` where it is none (R113)."""
    if isinstance(given, int) and not isinstance(given, bool) and given > 0:
        return given
    raise codes.BadParameter(
        "Say which resources, as a number above 0: the sum of their bits.", field="resource_types"
    )


def _require_time(request: Request) -> None:
    if not request.reason.strip():
        # The person reads it where it is asked what keeps the computer awake.
        raise codes.BadParameter("Give a reason; this one is empty.", field="reason")
    if request.is_persist:
        return
    if not 0 < request.timeout_ms <= LONGEST_MS:
        raise codes.BadParameter(
            f"Say for how many milliseconds, 1 to {LONGEST_MS}, or hold them persistently.",
            field="timeout_ms",
        )


def _granted(request: Request, resource: Resource, now: datetime) -> Held:
    length = None if request.is_persist else timedelta(milliseconds=request.timeout_ms)
    return Held(
        owner=request.owner, resource=resource, is_process=request.is_process,
        reason=request.reason, since=now, until=None if length is None else now + length,
    )  # fmt: skip


def _longer(before: Held, fresh: Held) -> Held:
    """The reason is that of now, the time the longer one."""
    until = None if before.until is None or fresh.until is None else max(before.until, fresh.until)
    return msgspec.structs.replace(fresh, since=before.since, until=until)


def _has_ended(one: Held, now: datetime) -> bool:
    return one.until is not None and one.until <= now


def _shifted(one: Held, step: timedelta) -> Held:
    until = None if one.until is None else one.until + step
    return msgspec.structs.replace(one, since=one.since + step, until=until)


def _key(one: Held) -> tuple[str, Resource, bool]:
    return one.owner, one.resource, one.is_process
