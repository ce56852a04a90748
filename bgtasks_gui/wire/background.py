"""The JSON shapes of what programs ask for: continuous tasks, suspend delays, resources, access."""

from __future__ import annotations

from typing import Annotated

import msgspec

from bgtasks_gui.wire import requests

_Owner = Annotated[str, msgspec.Meta(description="The program that asks")]


class ModeCheckView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a declared mode is really used."""

    mode: str
    #: null: it cannot be checked here; the sentence says why.
    used: bool | None
    sentence: str


class ContinuousView(msgspec.Struct, frozen=True, kw_only=True):
    """Long work that is shown for as long as it goes on."""

    #: Continuous task id; rises from 1.
    id: int
    owner: str
    #: The part of the owner that asked; each may have one at a time.
    ability: str
    run_id: str | None
    modes: tuple[str, ...]
    title: str
    text: str
    #: The notification record (concepts R102).
    slot_type: int
    content_type: int
    notification_id: int
    started_at: str
    #: Whether the computer is kept from sleep and shutdown for it.
    keeps_awake: bool
    checks: tuple[ModeCheckView, ...]


class ContinuousRequest(requests.Request, frozen=True, kw_only=True):
    """Start a continuous task, or (with PUT) change the one of this owner and ability."""

    owner: str = ""
    ability: str = "main"
    #: Names of modes; or `mode`, one number, for the older call that answers nothing.
    modes: tuple[str, ...] | None = None
    mode: int | None = None
    title: str = ""
    text: str = ""
    #: The run it belongs to; a run's own continuous task needs no access.
    run: str | None = None
    keep_awake: bool = False


class ContinuousQuery(requests.Query, frozen=True, kw_only=True):
    """Whose continuous task."""

    owner: _Owner = ""
    ability: Annotated[str, msgspec.Meta(description="The part of it that asked")] = "main"


class ProgressRequest(requests.Request, frozen=True, kw_only=True):
    """What the live notice of a data transfer says (concepts R109)."""

    notification_id: int
    title: str
    file_name: str
    #: 0 to 100.
    value: int


class AccessView(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner may do in the background."""

    owner: str
    #: KEEP_BACKGROUND_RUNNING (concepts R98).
    keep_running: bool
    #: The modes it declares (concepts R99).
    modes: tuple[str, ...]
    #: A program of the system: it may use wifiInteraction and hold resources.
    is_system: bool = False


class AccessRequest(requests.Request, frozen=True, kw_only=True):
    """What an owner may do from now on."""

    keep_running: bool = True
    modes: tuple[str, ...] = ()
    is_system: bool = False


class DelayView(msgspec.Struct, frozen=True, kw_only=True):
    """A suspend delay: short grace to finish work (concepts R86)."""

    request_id: int
    owner: str
    reason: str
    #: The name that was given for the call back.
    callback: str
    run_id: str | None
    requested_at: str
    #: If its time goes on to count.
    ends_at: str
    #: Milliseconds granted, and left now.
    actual_delay_time: int
    remaining: int


class DelayRequest(requests.Request, frozen=True, kw_only=True):
    """Ask for time to finish something in the background."""

    owner: str = ""
    reason: str = ""
    #: A name for the call back, told in the event; each may be in use once at a time.
    callback: str = ""
    #: The run whose work it is; that run is ended when the time is over.
    run: str | None = None


class DelayQuery(requests.Query, frozen=True, kw_only=True):
    """Whose suspend delay."""

    owner: _Owner = ""


class RemainingView(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a suspend delay."""

    #: Milliseconds, never negative.
    remaining: int


class BudgetView(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner has used of its time for suspend delays within 24 hours."""

    owner: str
    used_s: float
    limit_s: float
    #: When some of it comes back; null where nothing is used.
    frees_at: str | None
    open: tuple[DelayView, ...]


class FrontRequest(requests.Request, frozen=True, kw_only=True):
    """Whether an owner is in front of the person, where no time counts (concepts R94)."""

    owner: str
    front: bool


class ResourceView(msgspec.Struct, frozen=True, kw_only=True):
    """An efficiency resource that an owner holds (concepts R113)."""

    owner: str
    #: "CPU", "RUNNING_LOCK"; and its bit.
    resource: str
    resource_type: int
    #: Held for one process of the owner, apart from its own.
    is_process: bool
    reason: str
    since: str
    #: null: until it is released.
    until: str | None


class ResourceRequest(requests.Request, frozen=True, kw_only=True):
    """Apply for efficiency resources, or release them."""

    owner: str = ""
    #: A sum of bits: 1 is CPU, 128 RUNNING_LOCK.
    resource_types: int = 0
    #: false: release them.
    is_apply: bool = True
    #: How long they are held at most, in milliseconds.
    timeout_ms: int = 0
    #: Held until they are released; the time counts for nothing then.
    is_persist: bool = False
    is_process: bool = False
    reason: str = ""


class ResourceQuery(requests.Query, frozen=True, kw_only=True):
    """Whose resources."""

    owner: _Owner = ""


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that keeps the computer from sleep or shutdown (wishes W32)."""

    #: "idle", "sleep:shutdown".
    what: str
    #: The sentence given to the system.
    why: str
    since: str | None
    #: null: it cannot be held here.
    is_held: bool | None


class BackgroundView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of it at once, for the System page."""

    continuous: tuple[ContinuousView, ...]
    budgets: tuple[BudgetView, ...]
    access: tuple[AccessView, ...]
    holds: tuple[HoldView, ...]
    resources: tuple[ResourceView, ...] = ()
