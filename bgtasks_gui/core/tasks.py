"""A task: what to do, when, under which conditions and limits (design 5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec

from bgtasks_gui.core import conditions
from bgtasks_gui.core.policies import ConditionLoss as ConditionLoss
from bgtasks_gui.core.policies import Missed as Missed
from bgtasks_gui.core.policies import MissedPolicy as MissedPolicy
from bgtasks_gui.core.policies import NoticePolicy as NoticePolicy
from bgtasks_gui.core.policies import Overlap as Overlap
from bgtasks_gui.core.policies import OverlapPolicy as OverlapPolicy
from bgtasks_gui.core.policies import Resources as Resources
from bgtasks_gui.core.policies import Retry as Retry

#: Time a run gets to clean up after a cancel, unless its task says otherwise.
DEFAULT_GRACE = timedelta(seconds=10)

_Meta = msgspec.Meta
#: What these hold is shown without a heading of its own.
_INLINE: Final = {"x-inline": True}
#: The words of OpenHarmony's background modes (concepts 2.3) for a person.
_MODE_LABELS: Final = {
    "dataTransfer": "Transfers data",
    "audioPlayback": "Plays sound",
    "audioRecording": "Records sound",
    "location": "Follows the location",
    "bluetoothInteraction": "Uses Bluetooth",
    "multiDeviceConnection": "Works with other devices",
    "wifiInteraction": "Uses Wi-Fi",
    "voip": "Makes calls",
    "taskKeeping": "Computes for long",
    "workout": "Follows a workout",
    "specialScenarioProcessing": "Works on a special task",
    "nearlink": "Uses NearLink",
}


class TaskSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a person or program registers. Durable, and the whole of what `export` writes."""

    name: Annotated[str, _Meta(title="Name", examples=["Back up my documents"])]
    kind: Annotated[str, _Meta(title="What it does")]
    #: Canonical JSON of the kind's own payload type.
    payload: msgspec.Raw
    #: Canonical JSON of each trigger; empty is "by hand only".
    triggers: tuple[msgspec.Raw, ...] = ()
    conditions: tuple[conditions.Condition, ...] = ()
    stop_on_condition_loss: Annotated[
        ConditionLoss,
        _Meta(
            title="When one is lost during a run",
            extra_json_schema={
                "x-labels": {
                    "suspend": "Pause the run until all hold again",
                    "cancel": "End the run",
                    "ignore": "Let the run go on",
                }
            },
        ),
    ] = ConditionLoss.SUSPEND
    overlap: Annotated[Overlap, _Meta(title="Overlap", extra_json_schema=_INLINE)] = Overlap()
    missed: Annotated[Missed, _Meta(title="Missed times", extra_json_schema=_INLINE)] = Missed()
    flex: Annotated[
        timedelta,
        _Meta(
            title="May start late by",
            description="Starts of several tasks are gathered, so that the computer wakes up less "
            "often.",
            examples=["PT5M"],
        ),
    ] = timedelta(0)
    retry: Annotated[Retry, _Meta(title="Retries", extra_json_schema=_INLINE)] = Retry()
    time_limit: Annotated[
        timedelta | None,
        _Meta(
            title="Time limit",
            description="Ends a run that takes longer.",
            examples=["PT2H"],
            extra_json_schema={"x-empty": "No limit"},
        ),
    ] = None
    idle_limit: Annotated[
        timedelta | None,
        _Meta(
            title="Idle limit",
            description="Ends a run that prints nothing, reports nothing and computes nothing for "
            "so long.",
            examples=["PT10M"],
            extra_json_schema={"x-empty": "No limit"},
        ),
    ] = None
    grace: Annotated[
        timedelta,
        _Meta(
            title="Time to clean up",
            description="What a run that is cancelled gets before it is killed, 60 s at most.",
        ),
    ] = DEFAULT_GRACE
    resources: Annotated[Resources, _Meta(title="Resources", extra_json_schema=_INLINE)] = (
        Resources()
    )
    progress_pattern: Annotated[
        str | None,
        _Meta(
            title="Progress in its output",
            description="How its lines tell of progress. Percentages are found by themselves.",
            examples=["{done} of {total}", "{percent} %"],
            extra_json_schema={"x-empty": "Found by itself"},
        ),
    ] = None
    modes: Annotated[
        tuple[Annotated[str, _Meta(extra_json_schema={"x-labels": _MODE_LABELS})], ...],
        _Meta(
            title="Continuous work",
            description="What a task that runs on and on declares to do; it is shown for as long "
            "as it runs.",
            extra_json_schema={"x-rare": True},
        ),
    ] = ()
    notice: Annotated[
        NoticePolicy,
        _Meta(
            title="Notices",
            extra_json_schema={
                "x-labels": {
                    "auto": "Progress, and when it fails",
                    "always": "Progress, and each time it ends",
                    "never": "Never",
                }
            },
        ),
    ] = NoticePolicy.AUTO
    group: Annotated[
        str, _Meta(title="Group", description="Tasks of one group can be switched together.")
    ] = ""
    owner: Annotated[
        str,
        _Meta(
            title="Owner",
            description="The program that registered it; empty is you.",
            extra_json_schema={"x-rare": True},
        ),
    ] = ""
    enabled: Annotated[
        bool,
        _Meta(title="Switched on", description="Switched off, it runs only when you start it."),
    ] = True
    expires_at: Annotated[
        datetime | None,
        _Meta(
            title="Expires",
            description="From then on it does not start any more.",
            extra_json_schema={"format": "date-time", "x-empty": "Never"},
        ),
    ] = None
    #: The environment the task was registered in (wishes W29); None is the agent's own.
    environment: Annotated[
        dict[str, str] | None,
        _Meta(
            title="Environment",
            description="The variables it was registered with, in place of the agent's own.",
            extra_json_schema={"x-empty": "The agent's own", "x-rare": True},
        ),
    ] = None


class Task(TaskSpec, frozen=True, kw_only=True):
    """A registered task."""

    id: str
    registered_at: datetime
    updated_at: datetime
    #: Why the task takes itself out of the schedule (its own program aborted, concepts R11).
    unscheduled: str | None = None
    #: Registered beside another task of the same owner, group and name (concepts R40).
    is_twin: bool = False

    @property
    def is_scheduled(self) -> bool:
        """Whether its triggers may fire (seed 0's `isRegistered`, but for the expiry)."""
        return self.enabled and self.unscheduled is None

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """When a time trigger of a task is due next."""

    task_id: str
    #: Index in `Task.triggers`.
    position: int
    #: None: this trigger has no further time.
    next_at: datetime | None
    flex: timedelta = timedelta(0)


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """Which events a trigger of a task waits for."""

    task_id: str
    position: int
    #: What is listened to: "startup", "event:NAME", "after:TASK-ID".
    topic: str
