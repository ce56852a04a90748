"""What asks for a run: one file for each trigger, all of them listed here."""

from __future__ import annotations

from typing import Final

from bgtasks_gui.triggers import (
    after,
    calendar,
    cron,
    custom_event,
    date,
    interval,
    manual,
    startup,
)

#: Every trigger there is; the tag of its type is the "type" of its JSON.
TRIGGERS: Final = (
    interval.IntervalTrigger,
    cron.CronTrigger,
    calendar.CalendarTrigger,
    date.DateTrigger,
    startup.StartupTrigger,
    after.AfterTrigger,
    custom_event.CustomEventTrigger,
    manual.ManualTrigger,
)

__all__ = ["TRIGGERS"]
