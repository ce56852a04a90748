from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bgtasks_gui.agent.surfaces import kde_jobs
from bgtasks_gui.core.notices import notice, surface
from tests.agent.surfaces.fakes.job_lists import PLASMA, WITHIN_S, JobList
from tests.machine.conftest import PrivateBus

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
LIVE = notice.Notice(
    key="live:r1", kind=notice.Kind.LIVE, at=AT, title="Photos", body="25 % of 4.0 kB, 500 B/s",
    actions=(notice.Action.SUSPEND, notice.Action.CANCEL),
    fraction=0.259, done=1036.4, total=4000.0, unit="bytes", rate=500.9,
)  # fmt: skip
PLAIN = notice.Notice(
    key="live:r2", kind=notice.Kind.LIVE, at=AT, title="Backup", body="Step 2 of 3"
)
OLD = ("org.kde.JobViewServer", "org.kde.JobViewV2")
OLDEST = ("org.kde.JobViewServer", "org.kde.JobView")
Make = Callable[[tuple[str, ...]], Awaitable[JobList]]


class Ears:
    """What the surface tells."""

    def __init__(self, jobs: kde_jobs.KdeJobs) -> None:
        self._heard: asyncio.Queue[surface.Heard] = asyncio.Queue()
        self._changed: asyncio.Queue[None] = asyncio.Queue()
        jobs.on_heard = self._heard.put_nowait
        jobs.on_changed = lambda: self._changed.put_nowait(None)

    async def hear(self) -> surface.Heard:
        return await asyncio.wait_for(self._heard.get(), WITHIN_S)

    async def changed(self) -> None:
        await asyncio.wait_for(self._changed.get(), WITHIN_S)


@pytest.fixture
async def make(session_bus: PrivateBus) -> AsyncIterator[Make]:
    made: list[JobList] = []

    async def start(interfaces: tuple[str, ...]) -> JobList:
        made.append(JobList(session_bus.address, interfaces))
        await made[-1].start()
        return made[-1]

    yield start
    for one in made:
        await one.stop()


@pytest.fixture
async def plasma(make: Make) -> JobList:
    return await make(PLASMA)


@pytest.fixture
async def jobs(session_bus: PrivateBus) -> AsyncIterator[kde_jobs.KdeJobs]:
    made = kde_jobs.KdeJobs(session_bus.address)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("actions", "capabilities"),
    [
        ((), 0),
        ((notice.Action.CANCEL,), 1),
        ((notice.Action.RESUME,), 2),
        ((notice.Action.SUSPEND, notice.Action.CANCEL), 3),
    ],
)
def test_a_job_has_the_buttons_of_its_notice(
    actions: tuple[notice.Action, ...], capabilities: int
) -> None:
    assert kde_jobs.capabilities_of(replace(LIVE, actions=actions)) == capabilities


def test_a_job_shows_amounts_it_has_a_unit_for() -> None:
    files = replace(LIVE, unit="files", fraction=2.0, done=-1.0, total=None)
    assert kde_jobs.facts_of(files) == {
        "title": ("s", "Photos"),
        "infoMessage": ("s", "25 % of 4.0 kB, 500 B/s"),
        "suspended": ("b", False),
        "percent": ("u", 100),
        "processedFiles": ("t", 0),
    }
    frames = kde_jobs.facts_of(replace(LIVE, unit="frames"))
    assert set(frames) == {"title", "infoMessage", "suspended", "percent"}
    assert kde_jobs.facts_of(replace(LIVE, is_suspended=True))["speed"] == ("t", 0)
    assert kde_jobs.facts_of(replace(LIVE, rate=None))["speed"] == ("t", 0)
    folders = replace(LIVE, unit="folders", total=3.0, done=1.0)
    assert kde_jobs.calls_of(kde_jobs.facts_of(folders))[-2:] == [
        ("setTotalAmount", "ts", (3, "dirs")),
        ("setProcessedAmount", "ts", (1, "dirs")),
    ]


def test_a_name_is_no_markup() -> None:
    told = replace(PLAIN, title="a\0b", body="<img src='x'> \udc80")
    facts = kde_jobs.facts_of(told)
    assert (facts["title"][1], facts["infoMessage"][1]) == ("ab", "\u2039img src='x'> ?")


async def test_without_a_list_it_says_so(jobs: kde_jobs.KdeJobs, tmp_path: Path) -> None:
    probe = await jobs.probe()
    assert not probe.is_available
    assert "no list of running work" in probe.sentence
    with pytest.raises(surface.Unavailable, match=r"nobody owns org\.kde\.JobViewServer"):
        await jobs.show(LIVE)
    alone = kde_jobs.KdeJobs(f"unix:path={tmp_path}/bus")
    assert (await alone.probe()).sentence == "there is no session bus"
    await alone.close()


async def test_a_job_is_made_and_moved(jobs: kde_jobs.KdeJobs, plasma: JobList) -> None:
    assert (await jobs.probe()).is_available
    await jobs.show(LIVE)
    hints = {
        "immediate": True, "transient": True,
        "application-display-name": "Background Tasks", "application-icon-name": "bgtasks",
    }  # fmt: skip
    shown = {
        "title": "Photos", "infoMessage": "25 % of 4.0 kB, 500 B/s", "percent": 25,
        "suspended": False, "totalBytes": 4000, "processedBytes": 1036, "speed": 500,
    }  # fmt: skip
    assert plasma.calls == [
        ("JobViewServerV2", "requestView", ["bgtasks", 3, hints]),
        ("JobViewV3", "update", [shown]),
    ]
    assert plasma.types == {
        "title": "s", "infoMessage": "s", "percent": "u",
        "suspended": "b", "totalBytes": "t", "processedBytes": "t", "speed": "t",
    }  # fmt: skip
    await jobs.show(replace(LIVE, fraction=0.5, done=2000.0))
    assert plasma.calls[-1] == ("JobViewV3", "update", [{"percent": 50, "processedBytes": 2000}])
    await jobs.show(replace(LIVE, fraction=0.5, done=2000.0))
    assert len(plasma.calls) == 3
    await jobs.withdraw("live:r1")
    await jobs.withdraw("live:r1")
    assert plasma.calls[3:] == [("JobViewV3", "terminate", [0, "", {}])]
    assert plasma.views == []


@pytest.mark.parametrize(
    ("interfaces", "error"), [(OLD, [("JobViewV2", "setError", [1])]), (OLDEST, [])]
)
async def test_an_older_list_is_told_the_same(
    jobs: kde_jobs.KdeJobs,
    make: Make,
    interfaces: tuple[str, ...],
    error: list[tuple[str, str, list[object]]],
) -> None:
    older = await make(interfaces)
    spoken = interfaces[1].removeprefix("org.kde.")
    await jobs.probe()
    await jobs.show(LIVE)
    assert older.calls[0] == (
        "JobViewServer",
        "requestView",
        ["Background Tasks", "bgtasks", 3],
    )
    said = older.calls[-7:]
    assert {one[0] for one in said} == {spoken}
    assert [one[1:] for one in said] == [
        ("setInfoMessage", ["Photos"]),
        ("setDescriptionField", [0, "Now", "25 % of 4.0 kB, 500 B/s"]),
        ("setSuspended", [False]),
        ("setPercent", [25]),
        ("setTotalAmount", [4000, "bytes"]),
        ("setProcessedAmount", [1036, "bytes"]),
        ("setSpeed", [500]),
    ]
    await jobs.show(replace(LIVE, is_suspended=True))
    assert older.calls[-2:] == [(spoken, "setSuspended", [True]), (spoken, "setSpeed", [0])]
    ears = Ears(jobs)
    await older.press(older.views[0], "cancelRequested")
    assert await ears.hear() == surface.Heard(key="live:r1", action=notice.Action.CANCEL)
    before = len(older.calls)
    await jobs.withdraw("live:r1")
    assert older.calls[before:] == [*error, (spoken, "terminate", [""])]


async def test_an_older_list_may_lack_a_method(jobs: kde_jobs.KdeJobs, make: Make) -> None:
    older = await make(OLD)
    older.missing = {"setDescriptionField"}
    await jobs.probe()
    await jobs.show(PLAIN)
    await jobs.show(replace(PLAIN, body="Step 3 of 3", fraction=0.9))
    assert len(older.of("requestView")) == 1
    assert older.of("setPercent") == [[90]]
    await jobs.withdraw("live:r2")
    assert older.calls[-2:] == [("JobViewV2", "setError", [1]), ("JobViewV2", "terminate", [""])]


@pytest.mark.parametrize(
    ("signal", "action"),
    [
        ("suspendRequested", notice.Action.SUSPEND),
        ("resumeRequested", notice.Action.RESUME),
        ("cancelRequested", notice.Action.CANCEL),
    ],
)
async def test_a_button_is_heard(
    jobs: kde_jobs.KdeJobs, plasma: JobList, signal: str, action: notice.Action
) -> None:
    ears = Ears(jobs)
    await jobs.show(PLAIN)
    await jobs.show(LIVE)
    await plasma.press(plasma.views[1], "somethingElse")
    await plasma.press(plasma.views[1], signal)
    assert await ears.hear() == surface.Heard(key="live:r1", action=action)
    await jobs.withdraw("live:r1")
    code = 1 if action is notice.Action.CANCEL else 0
    assert plasma.of("terminate") == [[code, "", {}]]
    assert len(plasma.views) == 1


async def test_a_job_the_person_ended_does_not_come_back(
    jobs: kde_jobs.KdeJobs, plasma: JobList
) -> None:
    ears = Ears(jobs)
    await jobs.show(LIVE)
    await plasma.press(plasma.views[0], "cancelRequested")
    await ears.hear()
    plasma.views.clear()
    await jobs.show(replace(LIVE, title="Photos (ending)"))
    await jobs.withdraw("live:r1")
    assert len(plasma.of("requestView")) == 1


async def test_a_job_that_got_lost_comes_back(jobs: kde_jobs.KdeJobs, plasma: JobList) -> None:
    await jobs.show(PLAIN)
    plasma.views.clear()
    await jobs.show(replace(PLAIN, body="Step 3 of 3"))
    assert len(plasma.of("requestView")) == 2
    assert plasma.of("update")[-1] == [
        {"title": "Backup", "infoMessage": "Step 3 of 3", "suspended": False}
    ]


async def test_other_buttons_need_another_job(jobs: kde_jobs.KdeJobs, plasma: JobList) -> None:
    await jobs.show(LIVE)
    await jobs.show(replace(LIVE, actions=(notice.Action.CANCEL,)))
    assert plasma.of("terminate") == [[1, "", {}]]
    assert [asked[1] for asked in plasma.of("requestView")] == [3, 1]


async def test_a_list_that_goes_takes_its_jobs_along(
    jobs: kde_jobs.KdeJobs, plasma: JobList, make: Make
) -> None:
    await jobs.show(LIVE)
    ears = Ears(jobs)
    await plasma.stop()
    await ears.changed()
    assert await ears.hear() == surface.Heard(key="live:r1", closed=surface.Closed.LOST)
    assert not (await jobs.probe()).is_available
    older = await make(OLD)
    await ears.changed()
    assert (await jobs.probe()).is_available
    await jobs.show(LIVE)
    assert len(older.views) == 1


async def test_a_bus_that_goes_takes_them_too(
    session_bus: PrivateBus, jobs: kde_jobs.KdeJobs, plasma: JobList
) -> None:
    await jobs.show(LIVE)
    ears = Ears(jobs)
    await session_bus.stop()
    await ears.changed()
    assert await ears.hear() == surface.Heard(key="live:r1", closed=surface.Closed.LOST)
    with pytest.raises(surface.Unavailable, match="there is no session bus"):
        await jobs.show(LIVE)


async def test_closing_takes_down_all(session_bus: PrivateBus, plasma: JobList) -> None:
    jobs = kde_jobs.KdeJobs(session_bus.address)
    await jobs.show(LIVE)
    await jobs.show(PLAIN)
    await jobs.close()
    assert plasma.of("terminate") == [[1, "", {}], [1, "", {}]]


@pytest.mark.parametrize("interfaces", [PLASMA, OLD])
async def test_a_refusal_is_said(
    jobs: kde_jobs.KdeJobs, make: Make, interfaces: tuple[str, ...]
) -> None:
    there = await make(interfaces)
    await jobs.show(PLAIN)
    there.refuses_by = "org.freedesktop.DBus.Error.AccessDenied"
    for told in (replace(PLAIN, body="Step 3 of 3"), LIVE):
        with pytest.raises(surface.Unavailable, match="AccessDenied"):
            await jobs.show(told)


async def test_a_job_that_comes_too_late_is_ended(session_bus: PrivateBus, plasma: JobList) -> None:
    jobs = kde_jobs.KdeJobs(session_bus.address, timeout_s=0.1)
    await jobs.probe()
    plasma.hangs = True
    with pytest.raises(surface.Unavailable, match="does not answer"):
        await jobs.show(LIVE)
    plasma.answer_at_last()
    await plasma.called("terminate")
    assert plasma.views == []
    await jobs.close()


async def test_the_bus_is_not_asked_for_ever_more(
    session_bus: PrivateBus, plasma: JobList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kde_jobs, "MOST_RULES", 1)
    jobs = kde_jobs.KdeJobs(session_bus.address)
    ears = Ears(jobs)
    for _ in range(2):
        await jobs.show(LIVE)
        await jobs.show(PLAIN)
        await plasma.press(plasma.views[0], "suspendRequested")
        assert (await ears.hear()).action is notice.Action.SUSPEND
        await jobs.withdraw("live:r1")
        await jobs.withdraw("live:r2")
    await jobs.close()
