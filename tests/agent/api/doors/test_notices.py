"""What the person was told, asked of a whole agent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui import settings
from bgtasks_gui.agent import surfaces
from bgtasks_gui.client import asgi, commands
from bgtasks_gui.client.calls import notices
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors, events, policies, ports
from bgtasks_gui.core.notices import notice
from bgtasks_gui.wire import shapes, times
from tests.agent.conftest import Make
from tests.agent.support import embedded
from tests.fakes.manual_clock import ManualClock

SECOND = timedelta(seconds=1)


class Asked:
    """A client to a whole agent whose clock stands still."""

    def __init__(self, agent: embedded.Embedded, clock: ManualClock, ask: Client) -> None:
        self.agent = agent
        self.clock = clock
        self.ask = ask

    async def fails(self, name: str, **fields: object) -> shapes.NoticeView:
        """The newest notice, once a run of a new task has failed and that is told."""
        task = await self.agent.add(name, "exit 3", **fields)
        run = await self.agent.ended(await self.agent.run(task))
        before = self.noted
        # The end is looked at first, which nobody tells of.
        await embedded.settles(lambda: self.agent.agent.telling.teller._desk.next_at is not None)
        self.clock.advance(SECOND)
        await self.agent.until(lambda: self.noted > before)
        newest = (await self.ask(notices.list_notices(limit=1)))[0]
        assert newest.run_id == run.id
        return newest

    @property
    def noted(self) -> int:
        return sum(isinstance(one, events.NoticeChanged) for one in self.agent.told)

    def local(self, ahead: timedelta) -> str:
        return f"{(self.clock.now() + ahead).astimezone():%H:%M}"


@pytest.fixture
async def asked(make: Make) -> AsyncIterator[Asked]:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    async with Client(asgi.AsgiTransport(agent.agent.app)) as ask:
        yield Asked(agent, clock, ask)


async def test_what_failed_is_in_the_history(asked: Asked) -> None:
    found = await asked.fails("backup", group="nightly")
    assert (found.kind, found.title, found.group) == ("failed", "backup failed", "nightly")
    assert "3" in found.body
    assert found.at == times.stamp(asked.clock.now() - SECOND)
    # There is no desktop here to show it.
    assert (found.outcome, found.surfaces, found.held_because) == ("added", (), None)


async def test_the_history_is_read_page_by_page_newest_first(asked: Asked) -> None:
    names = ["first", "second", "third"]
    for name in names:
        await asked.fails(name)
    newest = await asked.ask(notices.list_notices(limit=2))
    assert [one.title for one in newest] == ["third failed", "second failed"]
    older = await asked.ask(notices.list_notices(before_id=newest[-1].id))
    assert [one.title for one in older] == ["first failed"]
    assert len(await asked.ask(notices.list_notices(outcome="added"))) == 3
    assert await asked.ask(notices.list_notices(outcome="expired")) == ()


async def test_what_another_version_wrote_hides_nothing_else(asked: Asked) -> None:
    await asked.fails("backup")
    odd = ports.Told(id="zzz", outcome="added", record=msgspec.Raw(b'{"kind":"new"}'))
    await asked.agent.agent.store.write(ports.Change(notices=(odd,)))
    assert [one.title for one in await asked.ask(notices.list_notices())] == ["backup failed"]


@pytest.mark.parametrize("outcome", notice.Outcome)
async def test_every_outcome_can_be_asked_for(asked: Asked, outcome: str) -> None:
    assert await asked.ask(notices.list_notices(outcome=str(outcome))) == ()


@pytest.mark.parametrize(
    ("call", "field", "says"),
    [
        (notices.list_notices(limit=0), "limit", "The limit is 1 to 1000."),
        (notices.list_notices(limit=1001), "limit", "The limit is 1 to 1000."),
        (notices.list_notices(outcome="lost"), "outcome",
         "'lost' is no outcome; it is one of added, removed, expired, cleared, held_back."),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_for(asked: Asked, call: object, field: str, says: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        await asked.ask(call)
    assert (caught.value.field, caught.value.message) == (field, says)


@pytest.mark.parametrize(
    ("platform", "foreign"),
    [
        ("linux", {"windows_toasts", "macos"}),
        ("win32", {"macos"}),
        ("darwin", {"windows_toasts"}),
    ],
)
def test_surfaces_of_another_system_are_none_here(platform: str, foreign: set[str]) -> None:
    here = {way.name for way in surfaces.of_system(platform)}
    assert {way.name for way in surfaces.SURFACES} - here == foreign


async def test_who_could_show_notices(asked: Asked) -> None:
    await embedded.settles(lambda: asked.agent.agent.telling.showing._is_settled)
    found = await asked.ask(notices.show_telling())
    assert [one.name for one in found.surfaces] == [way.name for way in surfaces.of_system()]
    assert not any(one.is_available or one.is_used for one in found.surfaces)
    assert all(one.title and one.sentence for one in found.surfaces)
    assert (found.held_back, found.is_quiet, found.quiet_until) == (0, False, None)


async def test_quiet_hours_that_are_set_are_in_force_at_once(asked: Asked) -> None:
    hour = timedelta(hours=1)
    chosen = settings.Settings(quiet_from=asked.local(-hour), quiet_to=asked.local(hour))
    await asked.ask(commands.change_settings(chosen))
    found = await asked.ask(notices.show_telling())
    assert (found.is_quiet, found.quiet_until) == (True, times.stamp(asked.clock.now() + hour))
    task = await asked.agent.add("backup", "exit 3")
    await asked.agent.ended(await asked.agent.run(task))
    await asked.agent.until(lambda: asked.noted)
    [held] = await asked.ask(notices.list_notices(outcome="held_back"))
    assert held.held_because == "Quiet hours."
    assert (await asked.ask(notices.show_telling())).held_back == 1
    await asked.ask(commands.change_settings(settings.Settings()))
    assert not (await asked.ask(notices.show_telling())).is_quiet


async def test_what_is_told_of_a_group_is_in_force_at_once(asked: Asked) -> None:
    never = {"loud": policies.NoticePolicy.NEVER}
    await asked.ask(commands.change_settings(settings.Settings(notices_by_group=never)))
    task = await asked.agent.add("hidden", "exit 3", group="loud")
    await asked.agent.ended(await asked.agent.run(task))
    await asked.fails("seen")
    found = await asked.ask(notices.list_notices())
    assert [one.title for one in found] == ["seen failed"]


async def test_half_of_quiet_hours_is_refused(asked: Asked) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        await asked.ask(commands.change_settings(settings.Settings(quiet_from="22:00")))
    assert caught.value.field == "quiet_to"
    assert "Quiet hours need a begin and an end" in caught.value.message
    assert await asked.ask(commands.show_settings()) == settings.Settings()
