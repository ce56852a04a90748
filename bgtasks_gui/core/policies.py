"""How a task behaves while it runs, when a time was missed, when it fails: its policies.

What a field's `Meta` says is the whole of what a window knows of it: its label, its hint, and in
`x-` words what JSON Schema has none for.
"""

from __future__ import annotations

import enum
from datetime import timedelta
from typing import Annotated, Final

import msgspec

from bgtasks_gui.core import processes

_Meta = msgspec.Meta


class OverlapPolicy(enum.StrEnum):
    """What a firing does while an earlier run of the task is not over."""

    SKIP = "skip"
    QUEUE = "queue"
    PARALLEL = "parallel"
    REPLACE = "replace"


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """Overlap policy; `limit` is how many may run at once, for `parallel` only."""

    policy: Annotated[
        OverlapPolicy,
        _Meta(
            title="While it still runs",
            description="What happens when it is due again before its last run is over.",
            extra_json_schema={
                "x-labels": {
                    "skip": "Skip the new run",
                    "queue": "Let the new run wait",
                    "parallel": "Run both at once",
                    "replace": "End the old run, start the new one",
                }
            },
        ),
    ] = OverlapPolicy.SKIP
    limit: Annotated[
        int,
        _Meta(
            title="Runs at once",
            description="At most so many.",
            extra_json_schema={"minimum": 1, "x-when": {"policy": {"const": "parallel"}}},
        ),
    ] = 1


class MissedPolicy(enum.StrEnum):
    """What happens to planned times that passed while nothing could run."""

    ONCE = "once"
    SKIP = "skip"
    ALL = "all"
    ASK = "ask"


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """Missed-run policy; `limit` is how many are caught up, for `all` only."""

    policy: Annotated[
        MissedPolicy,
        _Meta(
            title="When a time was missed",
            description="Because the computer was off or asleep.",
            extra_json_schema={
                "x-labels": {
                    "once": "Run once, as soon as possible",
                    "skip": "Let it go",
                    "all": "Run for each missed time",
                    "ask": "Ask me",
                }
            },
        ),
    ] = MissedPolicy.ONCE
    limit: Annotated[
        int,
        _Meta(
            title="Missed times made up for",
            description="At most so many, the newest ones.",
            extra_json_schema={
                "minimum": 1, "maximum": 1000, "x-when": {"policy": {"const": "all"}},
            },
        ),
    ] = 10  # fmt: skip


#: Shown only where a failed run is tried again at all.
_WHEN_RETRIED: Final = {"x-when": {"attempts": {"minimum": 1}}}


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How often and when a failed run is tried again."""

    attempts: Annotated[
        int,
        _Meta(
            title="Try again after a failure",
            description="Further attempts after the first; 0 is none.",
            extra_json_schema={"minimum": 0, "maximum": 100, "x-unit": "times"},
        ),
    ] = 0
    backoff: Annotated[
        timedelta,
        _Meta(
            title="First wait",
            description="Before the second attempt; it doubles with each further one.",
            extra_json_schema=_WHEN_RETRIED,
        ),
    ] = timedelta(seconds=5)
    max_delay: Annotated[
        timedelta, _Meta(title="Longest wait", extra_json_schema=_WHEN_RETRIED)
    ] = timedelta(minutes=15)
    jitter: Annotated[
        bool,
        _Meta(
            title="Vary the waits",
            description="Each wait is drawn between zero and its full length, so that tasks that "
            "failed together do not come back together.",
            extra_json_schema=_WHEN_RETRIED,
        ),
    ] = True


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    """How gently a run uses the machine."""

    nice: Annotated[
        int,
        _Meta(
            title="Niceness",
            description="From 0 (normal) to 19 (lets everything else go first).",
            extra_json_schema={"minimum": 0, "maximum": 19},
        ),
    ] = 0
    io_priority: Annotated[
        processes.IoPriority,
        _Meta(
            title="Disk priority",
            extra_json_schema={
                "x-labels": {
                    "normal": "Normal",
                    "low": "Low",
                    "idle": "Only while the disk is idle",
                }
            },
        ),
    ] = "normal"
    memory_max: Annotated[
        int | None,
        _Meta(
            title="Memory limit",
            description="What all its processes together may hold.",
            examples=[524_288_000],
            extra_json_schema={"format": "size", "x-empty": "No limit"},
        ),
    ] = None


class ConditionLoss(enum.StrEnum):
    """What happens to a run when a condition stops holding."""

    SUSPEND = "suspend"
    CANCEL = "cancel"
    IGNORE = "ignore"


class NoticePolicy(enum.StrEnum):
    """When the person is told about a run."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"
