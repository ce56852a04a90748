"""What can be asked about work in the background, one function for each route.

A program asks for its continuous tasks and suspend delays under its own name, the `owner`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bgtasks_gui.client.calls import call
from bgtasks_gui.client.calls.call import Call
from bgtasks_gui.wire import codec, shapes

_CONTINUOUS = "/v1/continuous"


def show_background() -> Call[shapes.BackgroundView]:
    """Everything at once."""
    return Call("GET", "/v1/background", shapes.BackgroundView)


# Continuous tasks


def list_continuous() -> Call[tuple[shapes.ContinuousView, ...]]:
    return Call("GET", _CONTINUOUS, tuple[shapes.ContinuousView, ...])


def start_continuous(wanted: shapes.ContinuousRequest) -> Call[shapes.ContinuousView | None]:
    """None is answered to a start by the number of a mode (concepts R102)."""
    return Call("POST", _CONTINUOUS, shapes.ContinuousView | None, body=codec.encode(wanted))


def update_continuous(wanted: shapes.ContinuousRequest) -> Call[shapes.ContinuousView]:
    """Other modes for what this part of the owner does; the number of its notice stays."""
    return Call("PUT", _CONTINUOUS, shapes.ContinuousView, body=codec.encode(wanted))


def stop_continuous(owner: str, ability: str = "main") -> Call[shapes.ContinuousView]:
    query = call.query(owner=owner, ability=ability)
    return Call("DELETE", _CONTINUOUS, shapes.ContinuousView, query)


def cancel_continuous(id: int, reason: str | None = None) -> Call[shapes.ContinuousView]:
    """End it against its program's will; `reason` is the person's own words."""
    body = codec.encode(shapes.ActionRequest(reason=reason))
    path = call.path("continuous", "cancel", id=str(id))
    return Call("POST", path, shapes.ContinuousView, body=body)


def tell_progress(
    id: int, *, notification_id: int, title: str, file_name: str, value: int
) -> Call[shapes.ContinuousView]:
    """How far a data transfer is, from 0 to 100."""
    said = shapes.ProgressRequest(
        notification_id=notification_id, title=title, file_name=file_name, value=value
    )
    path = call.path("continuous", "progress", id=str(id))
    return Call("POST", path, shapes.ContinuousView, body=codec.encode(said))


# Access


def list_access() -> Call[tuple[shapes.AccessView, ...]]:
    return Call("GET", "/v1/access", tuple[shapes.AccessView, ...])


def grant_access(
    owner: str,
    modes: Iterable[str] = (),
    *,
    keep_running: bool = True,
    is_system: bool = False,
) -> Call[shapes.AccessView]:
    """What the owner may from now on; what it does beyond that ends."""
    wanted = shapes.AccessRequest(
        keep_running=keep_running, modes=tuple(modes), is_system=is_system
    )
    path = call.path("access", owner=owner)
    return Call("PUT", path, shapes.AccessView, body=codec.encode(wanted))


def forget_access(owner: str) -> Call[shapes.AccessView]:
    """The owner is gone: what it does ends."""
    return Call("DELETE", call.path("access", owner=owner), shapes.AccessView)


# Suspend delays


def list_budgets() -> Call[tuple[shapes.BudgetView, ...]]:
    return Call("GET", "/v1/delays", tuple[shapes.BudgetView, ...])


def request_delay(
    owner: str, *, reason: str, callback: str, run: str | None = None
) -> Call[shapes.DelayView]:
    """Ask for time to finish; `callback` is a name that is told before that is over."""
    wanted = shapes.DelayRequest(owner=owner, reason=reason, callback=callback, run=run)
    return Call("POST", "/v1/delays", shapes.DelayView, body=codec.encode(wanted))


def show_remaining(id: int, owner: str) -> Call[shapes.RemainingView]:
    path = call.path("delays", id=str(id))
    return Call("GET", path, shapes.RemainingView, call.query(owner=owner))


def cancel_delay(id: int, owner: str) -> Call[shapes.DelayView]:
    path = call.path("delays", id=str(id))
    return Call("DELETE", path, shapes.DelayView, call.query(owner=owner))


def move_front(owner: str, *, front: bool) -> Call[shapes.BudgetView | None]:
    """Whether the owner is in front of the person, where no time counts."""
    body = codec.encode(shapes.FrontRequest(owner=owner, front=front))
    return Call("PUT", "/v1/front", shapes.BudgetView | None, body=body)


# Efficiency resources


def act_on_resources(wanted: shapes.ResourceRequest) -> Call[tuple[shapes.ResourceView, ...]]:
    """Apply for them or release them; what the owner holds then is answered."""
    shape = tuple[shapes.ResourceView, ...]
    return Call("POST", "/v1/resources", shape, body=codec.encode(wanted))


def reset_resources(owner: str) -> Call[tuple[shapes.ResourceView, ...]]:
    """Release everything the owner holds; what that was is answered."""
    query = call.query(owner=owner)
    return Call("DELETE", "/v1/resources", tuple[shapes.ResourceView, ...], query)
