"""The trigger that fires when a run of another task has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, Self

import msgspec

from bgtasks_gui.core import errors, ids, ports
from bgtasks_gui.triggers import phrases

Outcome = Literal["completed", "failed", "canceled", "skipped", "missed"]

_WORDS: Final[dict[Outcome, str]] = {
    "completed": "completed",
    "failed": "failed",
    "canceled": "was cancelled",
    "skipped": "was skipped",
    "missed": "was missed",
}
#: The same, to choose from.
_LABELS: Final = {outcome: words.capitalize() for outcome, words in _WORDS.items()}


class AfterTrigger(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="after"
):
    """After another task"""

    task: Annotated[
        str,
        msgspec.Meta(
            title="Task",
            description="The task whose runs are followed.",
            extra_json_schema={"format": "task-id"},
        ),
    ]
    outcomes: Annotated[
        tuple[Annotated[Outcome, msgspec.Meta(extra_json_schema={"x-labels": _LABELS})], ...],
        msgspec.Meta(
            title="When its run",
            description="None chosen is any end of a run that had started.",
        ),
    ] = ()

    def prepared(self, now: datetime) -> Self:
        if not ids.is_id(self.task):
            raise errors.InvalidField(
                f'"{self.task[:60]}" is not the id of a task; `bgtasks list` shows the ids.',
                field="task",
            )
        ordered = tuple(outcome for outcome in _WORDS if outcome in self.outcomes)
        return msgspec.structs.replace(self, task=self.task.lower(), outcomes=ordered)

    def describe(self) -> str:
        ends = [_WORDS[outcome] for outcome in self.outcomes]
        return f"after task {self.task} {phrases.listed(ends, 'or') or 'ended'}"

    def topics(self) -> tuple[str, ...]:
        return (f"after:{self.task}",)

    def matches(self, signal: ports.Signal) -> bool:
        if signal.topic not in self.topics() or signal.run is None or not signal.run.has_ended:
            return False
        if not self.outcomes:
            return signal.run.started_at is not None
        return signal.run.state.value in self.outcomes

    @property
    def fires_once(self) -> bool:
        return False
