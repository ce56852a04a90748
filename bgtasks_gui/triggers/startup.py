"""The trigger that fires when the agent, or the computer, has started."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, Self

import msgspec

from bgtasks_gui.core import ports

TOPIC: Final = "startup"


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """Details of the signal that tells of a start of the agent."""

    #: Whether no agent of this home had started since the computer did.
    first_since_boot: bool = False


class StartupTrigger(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="startup"
):
    """At start"""

    per: Annotated[
        Literal["agent_start", "boot"],
        msgspec.Meta(
            title="At",
            description="Which starts count.",
            extra_json_schema={
                "x-labels": {
                    "agent_start": "Every start of the agent: after each login or restart",
                    "boot": "The first one after the computer has started",
                }
            },
        ),
    ] = "agent_start"

    def prepared(self, now: datetime) -> Self:
        return self

    def describe(self) -> str:
        if self.per == "boot":
            return "when the computer has started"
        return "when Background Tasks starts"

    def topics(self) -> tuple[str, ...]:
        return (TOPIC,)

    def matches(self, signal: ports.Signal) -> bool:
        if signal.topic != TOPIC:
            return False
        return (
            self.per == "agent_start"
            or msgspec.json.decode(signal.details, type=Started).first_since_boot
        )

    @property
    def fires_once(self) -> bool:
        return False
