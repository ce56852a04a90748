"""What the API says and does about the agent itself and the machine."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Final

import bgtasks_gui
from bgtasks_gui import settings as preferences
from bgtasks_gui.agent import bus, watchers
from bgtasks_gui.agent.api import office
from bgtasks_gui.core import durations, errors
from bgtasks_gui.wire import codec, routes, shapes, times

#: Less free space than this under the home is worth a word.
LITTLE_SPACE = 200 * 1024 * 1024


class SystemDoor:
    """Answers the routes of `wire.routes` with the subject "system"."""

    def __init__(
        self,
        desk: office.Office,
        hub: bus.Bus,
        hearing: watchers.Watchers,
        *,
        notices: Callable[[], tuple[str, ...]],
        stop: Callable[[bool], Coroutine[None, None, int]],
    ) -> None:
        self._office = desk
        self._bus = hub
        self._watchers = hearing
        self._notices = notices
        self._stop = stop
        self._started_at = desk.clock.now()
        #: Sequence number of the newest event; set by the stream once it is there.
        self.newest_seq: Callable[[], int] = lambda: 0
        #: Called when other settings are in force.
        self.on_settings: Callable[[], None] = lambda: None

    async def health(self) -> shapes.HealthView:
        return shapes.HealthView(
            api=routes.API_VERSION,
            version=bgtasks_gui.__version__,
            pid=os.getpid(),
            home=str(self._office.home.root),
            started_at=times.stamp(self._started_at),
            seq=self.newest_seq(),
        )

    async def catalog(self) -> shapes.CatalogView:
        return self._office.catalog.view()

    async def show(self) -> shapes.SystemView:
        desk = self._office
        states = Counter(run.state.value for run in desk.ledger.live())
        return shapes.SystemView(
            health=await self.health(),
            pause=self._pause(),
            active=dict(states),
            tasks=await desk.store.count_tasks(),
            next_wake_at=times.stamp_or_none(desk.timetable.next_wake),
            facts=await self._facts(),
            notices=self._notices(),
        )

    async def settings(self) -> preferences.Settings:
        return self._office.settings

    async def change_settings(self, *, body: preferences.Settings) -> preferences.Settings:
        await asyncio.to_thread(self._office.preferences.change, body)
        self._office.dispatcher.max_running = body.max_running
        self._office.runner.transfers.apply(body)
        self._office.dispatcher.reconsider()
        self.on_settings()
        return body

    async def emit(self, event: str, *, body: shapes.EmitRequest) -> shapes.EmittedView:
        data = codec.decode(body.data, codec.JsonObject, at="data")
        asked = await self._watchers.raised(event, data)
        views = tuple(self._office.view_run(run) for run in asked)
        return shapes.EmittedView(event=event, runs=views)

    async def pause(self, *, body: shapes.PauseRequest) -> shapes.PauseView:
        until = None if body.until is None else self._later(body.until)
        await self._office.pause.begin(until)
        return self._pause()

    async def resume(self) -> shapes.PauseView:
        await self._office.pause.lift()
        return self._pause()

    async def stop(self, *, body: shapes.StopRequest) -> shapes.StoppingView:
        left = await self._stop(body.cancel)
        return shapes.StoppingView(stopping=True, left_running=left)

    # Inside

    def _pause(self) -> shapes.PauseView:
        state = self._office.pause.state
        return shapes.PauseView(paused=state.paused, until=times.stamp_or_none(state.until))

    def _later(self, text: str) -> datetime:
        try:
            until = times.parse(text)
        except ValueError:
            raise errors.InvalidField(
                f"{text!r} is no time; write it like 2026-11-22T15:00:00Z.", field="until"
            ) from None
        if until <= self._office.clock.now():
            raise errors.InvalidField("The end of the pause has passed.", field="until")
        return until

    async def _facts(self) -> tuple[shapes.FactView, ...]:
        facts = [await self._supervisor(), await self._disk()]
        machine = self._office.dispatcher.machine_now()
        known = [told for told in _MACHINE if machine[told[0]] is not None]
        facts += (_fact(told, machine[told[0]]) for told in known)
        if self._office.runner.transfers.roaming.awake.is_held:
            said = "kept from falling asleep while downloads and uploads move"
            facts.append(shapes.FactView(name="sleep", value=said, ok=True))
        return tuple(facts)

    async def _supervisor(self) -> shapes.FactView:
        try:
            stats = await self._office.runner.line.stats()
        except errors.UserError as error:
            return shapes.FactView(name="supervisor", value=error.message, ok=False)
        count = stats.get("runs", 0)
        said = f"pid {stats.get('pid', '?')}, {count} {'run' if count == 1 else 'runs'}"
        return shapes.FactView(name="supervisor", value=said, ok=True)

    async def _disk(self) -> shapes.FactView:
        free = (await asyncio.to_thread(shutil.disk_usage, self._office.home.root)).free
        said = f"{durations.say_size(free)} free under {self._office.home.root}"
        return shapes.FactView(name="disk", value=said, ok=free > LITTLE_SPACE)


#: A fact of the machine, its name for people, its words for yes and no, and which one is well.
_MACHINE: Final = (
    ("internet", "internet", "reached", "not reached", True),
    ("metered", "network", "metered", "not metered", False),
    ("on_ac_power", "power", "mains", "battery", True),
    ("battery", "battery", "", "", True),
    ("energy_saver", "energy saver", "on", "off", False),
    ("user_present", "you", "here", "away", True),
    ("session_connected", "session", "active", "not active", True),
    ("screen_on", "screen", "on", "off", True),
    ("quiet_hours", "quiet hours", "on", "off", False),
)


def _fact(told: tuple[str, str, str, str, bool], value: object) -> shapes.FactView:
    _, name, yes, no, well = told
    if isinstance(value, bool):
        return shapes.FactView(name=name, value=yes if value else no, ok=value is well)
    return shapes.FactView(name=name, value=f"{value:.0f} %", ok=True)
