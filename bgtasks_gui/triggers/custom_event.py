"""The trigger that fires on an event raised by name, from the command line or the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, Self

import msgspec

from bgtasks_gui.core import errors, ports

LONGEST_NAME: Final = 100


class CustomEventTrigger(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="custom_event"
):
    """On an event"""

    name: Annotated[
        str,
        msgspec.Meta(
            title="Event",
            description="Its name, as given to `bgtasks emit`.",
            examples=["backup-disk-mounted"],
            extra_json_schema={"format": "event-name"},
        ),
    ]
    recurrence: Annotated[
        Literal["always", "once"],
        msgspec.Meta(
            title="How often",
            description="Whether it counts again when it is raised again.",
            extra_json_schema={
                "x-rare": True,
                "x-labels": {
                    "always": "Each time it is raised",
                    "once": "The first time, until the agent starts again",
                },
            },
        ),
    ] = "always"

    def prepared(self, now: datetime) -> Self:
        if not self.name or len(self.name) > LONGEST_NAME:
            message = f"The name of an event has 1 to {LONGEST_NAME} characters."
        elif not self.name.isprintable() or set(self.name) & set(" /?#"):
            # It is a part of the address an event is raised at.
            message = 'The name of an event has no spaces and none of "/", "?" and "#".'
        else:
            return self
        raise errors.InvalidField(message, field="name")

    def describe(self) -> str:
        often = "the first time" if self.fires_once else "when"
        return f'{often} the event "{self.name}" is raised'

    def topics(self) -> tuple[str, ...]:
        return (f"event:{self.name}",)

    def matches(self, signal: ports.Signal) -> bool:
        return signal.topic in self.topics()

    @property
    def fires_once(self) -> bool:
        """Once in the life of an agent, as a session of Windows (concepts R62)."""
        return self.recurrence == "once"
