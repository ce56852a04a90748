"""Who moves the file of which specification."""

from __future__ import annotations

import asyncio

import pytest

from bgtasks_gui.core.transfers import DownloadSpec, Failed, Spec, UploadSpec
from bgtasks_gui.transfers.limits.bucket import Bucket
from bgtasks_gui.transfers.limits.starts import Starts
from bgtasks_gui.transfers.movers import move
from bgtasks_gui.transfers.moving import Moving, Surroundings
from bgtasks_gui.transfers.reports import Delivery, Reports
from bgtasks_gui.transfers.web.failures import Trouble
from tests.fakes.manual_clock import ManualClock
from tests.transfers.scripts import RECORD, Listener


def make_outlet(spec: Spec) -> Moving:
    clock = ManualClock()
    reports = Reports(clock, Delivery(asyncio.get_running_loop(), Listener(), lambda: None))
    return Moving(
        "run", spec, RECORD, Surroundings(clock, reports, Bucket(clock), Starts(clock), move)
    )


async def test_an_upload() -> None:
    spec = UploadSpec(url=RECORD.url, method="PUT", file="/nowhere/file")
    outcome = await move(spec, make_outlet(spec))
    assert isinstance(outcome, Failed)
    assert outcome.detail == "there is no file /nowhere/file"


async def test_a_download() -> None:
    spec = DownloadSpec(url=RECORD.url, method="GET", to="/nowhere/file")
    with pytest.raises(Trouble, match="no server answers"):
        await move(spec, make_outlet(spec))


async def test_nothing_else() -> None:
    spec = Spec(url=RECORD.url, method="GET")
    with pytest.raises(TypeError, match="nothing moves a Spec"):
        await move(spec, make_outlet(spec))
