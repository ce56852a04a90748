"""Continuous tasks: begun, changed, told and ended, over a whole agent."""

from __future__ import annotations

import pytest

from bgtasks_gui.agent.background import roll
from bgtasks_gui.core import errors, events, policies, reasons, runs
from bgtasks_gui.core.background import access, codes, continuous
from bgtasks_gui.core.background.modes import Mode
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, why

PLAYER = access.Access(owner="player", modes=(Mode.AUDIO_PLAYBACK, Mode.DATA_TRANSFER))
_S = runs.RunState


class Conducted:
    """Access and continuous tasks of a running agent."""

    def __init__(self, agent: Embedded) -> None:
        self.agent = agent
        self.grants = agent.agent.background.grants
        self.conducting = agent.agent.background.conducting

    @property
    def told(self) -> list[tuple[int, str, int | None]]:
        """Number, what became of it, and the reason as programs know it."""
        return [
            (one.task.id, one.what, _ohos(one.reason))
            for one in self.agent.told
            if isinstance(one, events.ContinuousChanged)
        ]

    async def until_told(self, what: str) -> events.ContinuousChanged:
        return await self.agent.until(
            lambda: next(
                (
                    one
                    for one in self.agent.told
                    if isinstance(one, events.ContinuousChanged) and one.what == what
                ),
                None,
            )
        )

    def reason(self, code: reasons.Code) -> reasons.Reason:
        return reasons.make(code, self.agent.agent.clock.now())


def _ohos(reason: reasons.Reason | None) -> int | None:
    return None if reason is None else reasons.CATALOGUE[reason.code].ohos


def wish(*modes: Mode, **fields: object) -> continuous.Wish:
    base: dict[str, object] = {
        "owner": "player", "ability": "main", "modes": modes or (Mode.AUDIO_PLAYBACK,),
        "title": "Playing", "text": "A song",
    }  # fmt: skip
    return continuous.Wish(**(base | fields))


@pytest.fixture
async def one(agent: Embedded) -> Conducted:
    """The agent's; the player may play and load."""
    found = Conducted(agent)
    await found.grants.grant(PLAYER)
    return found


# What programs ask for


async def test_what_a_program_begins_changes_and_stops_is_told(one: Conducted) -> None:
    started = await one.conducting.start(wish())
    assert one.conducting.going() == (started,)
    assert await one.conducting.update(wish(title="Same modes")) is started
    changed = await one.conducting.update(wish(Mode.DATA_TRANSFER))
    assert (changed.id, changed.modes) == (1, (Mode.DATA_TRANSFER,))
    said = continuous.Transferred(title="t", file_name="f", value=5)
    further = one.conducting.progress(1, changed.notification_id, said)
    assert one.conducting.find(1) == further
    await one.conducting.stop("player", "main")
    assert one.conducting.going() == ()
    assert one.told == [
        (1, "started", None), (1, "updated", None), (1, "progressed", None), (1, "stopped", None),
    ]  # fmt: skip
    assert (await one.conducting.start(wish())).id == 2


async def test_what_is_refused_changes_nothing(one: Conducted) -> None:
    with pytest.raises(codes.PermissionDenied):
        await one.conducting.start(wish(owner="stranger"))
    await one.conducting.start(wish())
    with pytest.raises(codes.ContinuousRefused):
        await one.conducting.start(wish())
    with pytest.raises(codes.ContinuousRefused):
        await one.conducting.update(wish(Mode.VOIP))
    with pytest.raises(codes.ContinuousRefused):
        await one.conducting.stop("player", "other")
    said = continuous.Transferred(title="t", file_name="f", value=5)
    with pytest.raises(codes.NoticeRefused):
        one.conducting.progress(1, 1, said)
    with pytest.raises(codes.ContinuousRefused):
        one.conducting.progress(2, 2, said)
    assert [what for _, what, _ in one.told] == ["started"]


async def test_what_a_program_began_outlives_the_agent(one: Conducted, make: Make) -> None:
    started = await one.conducting.start(wish())
    await one.agent.stop()
    later = Conducted(await make().start())
    assert [found.id for found in later.conducting.going()] == [started.id]
    await later.conducting.stop("player", "main")


# What others end


async def test_a_cancel_is_told_with_its_reason(one: Conducted) -> None:
    await one.conducting.start(wish(Mode.AUDIO_PLAYBACK, Mode.DATA_TRANSFER))
    await one.conducting.cancel(1, one.reason(reasons.Code.NO_PROGRESS))
    assert one.told[-1] == (1, "canceled", 6)
    await one.conducting.start(wish())
    await one.conducting.cancel(2, one.reason(reasons.Code.USER_REMOVED_NOTICE))
    assert one.told[-1] == (2, "canceled", 3)
    with pytest.raises(errors.NotFound, match="number 2"):
        await one.conducting.cancel(2, one.reason(reasons.Code.USER_CANCEL))


async def test_misuse_ends_all_of_the_owner(one: Conducted) -> None:
    for ability in ("a", "b"):
        await one.conducting.start(wish(ability=ability))
    await one.conducting.misused("stranger", "plays sound")
    await one.conducting.misused("player", "records sound")
    assert one.told[-2:] == [(1, "canceled", 11), (2, "canceled", 11)]


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (access.Access(owner="player", keep_running=False, modes=PLAYER.modes), []),
        (access.Access(owner="player", modes=(Mode.AUDIO_PLAYBACK,)), ["a"]),
        (access.Access(owner="player", modes=(*PLAYER.modes, Mode.VOIP)), ["a", "b"]),
    ],
)
async def test_access_that_is_taken_back_ends_what_it_was_for(
    one: Conducted, wanted: access.Access, left: list[str]
) -> None:
    await one.conducting.start(wish(ability="a"))
    await one.conducting.start(wish(Mode.DATA_TRANSFER, ability="b"))
    await one.grants.grant(wanted)
    assert [found.ability for found in one.conducting.going()] == left
    ended = [entry for entry in one.told if entry[1] == "canceled"]
    assert [ohos for *_, ohos in ended] == [14] * (2 - len(left))


async def test_what_an_owner_does_ends_when_it_is_removed(one: Conducted) -> None:
    await one.conducting.start(wish())
    await one.grants.remove("player")
    assert one.told[-1] == (1, "canceled", 2)
    assert one.conducting.going() == ()


# Runs


async def test_a_run_whose_task_declares_modes_has_one_by_itself(
    one: Conducted, gate: Gate
) -> None:
    task = await one.agent.add("walk", gate.wait, modes=("location",), owner="hiker")
    run = await one.agent.run(task)
    begun = await one.until_told("started")
    assert (begun.task.owner, begun.task.ability) == ("hiker", f"run:{run.id}")
    assert (begun.task.run_id, begun.task.title) == (run.id, "walk")
    await one.agent.suspend(await one.agent.reached(run, "running"))
    await one.agent.resume(run)
    gate.open()
    assert (await one.agent.ended(run)).state is _S.COMPLETED
    await one.until_told("stopped")
    assert one.conducting.going() == ()
    assert [what for _, what, _ in one.told] == ["started", "stopped"]


async def test_other_runs_have_none(one: Conducted) -> None:
    run = await one.agent.run(await one.agent.add("short", "true"))
    await one.agent.ended(run)
    await one.agent.agent.runner.settle()
    assert one.told == []


async def test_a_cancel_ends_the_run_with_the_same_reason(one: Conducted, gate: Gate) -> None:
    task = await one.agent.add("walk", gate.wait, modes=("location",))
    run = await one.agent.run(task)
    begun = await one.until_told("started")
    await one.conducting.cancel(begun.task.id, one.reason(reasons.Code.USER_REMOVED_NOTICE))
    assert why(await one.agent.ended(run)) == ("canceled", "user_removed_notice")
    await one.agent.agent.runner.settle()
    assert [what for _, what, _ in one.told] == ["started", "canceled"]
    again = await one.agent.run(task)
    await one.agent.until(lambda: len(one.told) == 3)
    await one.agent.cancel(again)
    await one.agent.ended(again)
    told = await one.agent.until(lambda: one.told[3:])
    assert told == [(begun.task.id + 1, "canceled", 1)]


async def test_one_run_that_cannot_be_asked_to_end_keeps_no_other_from_it(
    one: Conducted, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = await one.agent.add(
        "walk", gate.wait, modes=("location",), owner="hiker",
        overlap=policies.Overlap(policy=policies.OverlapPolicy.PARALLEL, limit=2),
    )  # fmt: skip
    runs_ = [await one.agent.run(task), await one.agent.run(task)]
    await one.agent.until(lambda: len(one.conducting.going()) == 2)
    hands = one.agent.agent.runner
    whole, lost = hands.cancel, [runs_[0].id]

    async def cancel(run_id: str, reason: reasons.Reason) -> None:
        # As where the supervisor dies at that moment.
        if run_id in lost:
            lost.remove(run_id)
            raise errors.SupervisorLost
        await whole(run_id, reason)

    monkeypatch.setattr(hands, "cancel", cancel)
    await one.conducting.misused("hiker", "it records sound")
    assert why(await one.agent.ended(runs_[1])) == ("canceled", "mode_misuse")
    assert one.conducting.going() == ()
    monkeypatch.undo()
    gate.open()


async def test_a_run_asks_for_what_its_task_declares(one: Conducted, gate: Gate) -> None:
    task = await one.agent.add("walk", gate.wait, modes=("location",), owner="hiker")
    run = await one.agent.run(task)
    await one.until_told("started")
    asked = wish(Mode.LOCATION, owner="", run_id=run.id)
    started = await one.conducting.start(asked)
    assert (started.owner, started.run_id) == ("hiker", run.id)
    with pytest.raises(codes.ContinuousRefused):
        await one.conducting.start(wish(Mode.VOIP, owner="", ability="b", run_id=run.id))
    with pytest.raises(codes.PermissionDenied):
        await one.conducting.start(wish(Mode.LOCATION, run_id=run.id))
    with pytest.raises(codes.BadParameter):
        await one.conducting.start(wish(Mode.LOCATION, run_id="r9"))
    gate.open()
    await one.agent.until(lambda: [what for _, what, _ in one.told].count("stopped") == 2)
    assert one.conducting.going() == ()


@pytest.mark.parametrize("is_system", [False, True])
async def test_a_run_may_what_its_owner_may(one: Conducted, gate: Gate, is_system: bool) -> None:
    await one.grants.grant(access.Access(owner="hiker", is_system=is_system))
    run = await one.agent.run(
        await one.agent.add("walk", gate.wait, modes=("wifiInteraction",), owner="hiker")
    )
    await one.until_told("started")
    asked = wish(Mode.WIFI_INTERACTION, owner="", run_id=run.id)
    if is_system:
        assert (await one.conducting.start(asked)).modes == (Mode.WIFI_INTERACTION,)
    else:
        with pytest.raises(codes.NotSystemProgram):
            await one.conducting.start(asked)
    gate.open()


async def test_an_adopted_run_keeps_its_own(one: Conducted, make: Make, gate: Gate) -> None:
    task = await one.agent.add("walk", gate.wait, modes=("location",))
    run = await one.agent.run(task)
    begun = await one.until_told("started")
    await one.agent.stop()
    later = Conducted(await make().start())
    assert [found.id for found in later.conducting.going()] == [begun.task.id]
    gate.open()
    await later.agent.ended(run)
    assert (await later.until_told("stopped")).task.id == begun.task.id


async def test_a_run_that_ended_unseen_takes_its_own_with_it(
    one: Conducted, make: Make, gate: Gate
) -> None:
    task = await one.agent.add("walk", gate.wait, modes=("location",))
    run = await one.agent.run(task)
    await one.until_told("started")
    await one.agent.stop()
    gate.open()
    later = await make().start()
    await later.ended(run)
    assert Conducted(later).conducting.going() == ()


async def test_a_run_that_is_said_to_begin_twice_has_one(one: Conducted, gate: Gate) -> None:
    task = await one.agent.add("walk", gate.wait, modes=("location",))
    run = await one.agent.run(task)
    await one.until_told("started")
    await one.conducting.run_begun(run, task)
    assert len(one.conducting.going()) == 1


async def test_a_run_whose_own_was_lost_has_another(
    one: Conducted, make: Make, gate: Gate
) -> None:  # fmt: skip
    task = await one.agent.add("walk", gate.wait, modes=("location",))
    run = await one.agent.run(task)
    await one.until_told("started")
    await one.agent.agent.ledger.keep_fact(roll.FACT, "{}")
    await one.agent.stop()
    later = Conducted(await make().start())
    assert (await later.until_told("started")).task.run_id == run.id
