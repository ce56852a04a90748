"""Every door of the API, and what the doors are for notices, too."""

from __future__ import annotations

from bgtasks_gui.agent.api import office, runs, system, tasks
from bgtasks_gui.agent.api.doors import background, notices, pressing
from bgtasks_gui.agent.background.service import Background
from bgtasks_gui.agent.telling.service import Telling


def make_doors(
    desk: office.Office, about: system.SystemDoor, parts: Background, telling: Telling
) -> dict[str, object]:
    """By subject. From now on settings reach whoever tells, it knows what programs do already,
    and buttons of notices do something.
    """
    tasks_door = tasks.TasksDoor(desk)
    about.on_settings = telling.teller.apply
    telling.teller.going = parts.conducting.going
    telling.on_act = pressing.Pressing(desk, tasks_door, parts.conducting).press
    return {
        "tasks": tasks_door,
        "runs": runs.RunsDoor(desk),
        "system": about,
        "background": background.BackgroundDoor(
            parts.conducting,
            parts.grants,
            parts.delaying,
            desk.clock,
            resourcer=parts.resourcing,
            checks=parts.checks,
            holds=parts.holds.views,
        ),
        "notices": notices.NoticesDoor(desk.store, telling.teller, telling.showing),
    }
