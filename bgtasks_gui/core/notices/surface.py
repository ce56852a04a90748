"""The seam to one way of telling the person (a notification service, a job view, a tray)."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import ClassVar, Protocol, runtime_checkable

import msgspec

from bgtasks_gui.core.notices import notice


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a surface is there, found at the start and whenever that changes."""

    is_available: bool
    #: "dunst 1.9.0 shows progress and buttons", "no notification service on the session bus".
    sentence: str


class Closed(enum.StrEnum):
    """Why a notice is not shown any more."""

    DISMISSED = "dismissed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    #: The service went away, and what it showed with it. Nobody dismissed anything.
    LOST = "lost"


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What a surface tells of a notice it shows: a button was pressed, or it is closed."""

    key: str
    action: notice.Action | None = None
    closed: Closed | None = None
    #: What lets a window come to the front as an answer to the action, where the desktop gave it.
    token: str | None = None


class Role(enum.StrEnum):
    """What a surface is good for."""

    #: Tells everything; of these the first that is available speaks.
    MESSAGES = "messages"
    #: Shows live notices better than a message does, and takes their place.
    JOBS = "jobs"
    #: Shows progress beside all others; tells nothing (a count on an icon).
    BESIDE = "beside"


class Surface(Protocol):
    """One way of telling. Nothing here may block for long; the caller limits each call in time.

    A surface raises `Unavailable` where its service is away; the caller then tries the next one
    and probes again later.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    role: ClassVar[Role]
    #: Called on the agent's loop with what the person does to a notice.
    on_heard: Callable[[Heard], None]
    #: Called when the service came, went or is another one: `probe` tells anew.
    on_changed: Callable[[], None]

    #: Whether to show a live notice again only to move its progress is of use (it is updated in
    #: place, without a new pop-up); else it is shown again when its state changes. After `probe`.
    shows_progress: bool

    async def probe(self) -> Probe:
        """Find out whether it is there; opens what it needs."""
        ...

    async def show(self, told: notice.Notice) -> None:
        """Show a notice, or put it in place of the one of the same key."""
        ...

    async def withdraw(self, key: str) -> None:
        """Take a notice down; one that is not shown is no error."""
        ...

    async def close(self) -> None:
        """Take down what is live, leave what tells of an end, and let go of the service."""
        ...


class Memory(Protocol):
    """A text that outlives the agent. It raises nothing; what cannot be kept is lost."""

    async def recall(self) -> str | None:
        """What was kept last, maybe by an agent before this one."""
        ...

    async def keep(self, text: str) -> None: ...


@runtime_checkable
class Remembering(Protocol):
    """A surface that has something to remember. It is given a memory before the first `probe`."""

    def remember(self, memory: Memory) -> None: ...


class Unavailable(Exception):
    """Nobody shows it now; the message says why."""
