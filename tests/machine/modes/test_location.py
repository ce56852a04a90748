from __future__ import annotations

from pathlib import Path

import pytest
from dbus_fast import Variant

from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine.modes.location import LocationCheck
from tests.machine.modes.conftest import Desk, Service

ANY: frozenset[int] = frozenset()
GEOCLUE = "org.freedesktop.GeoClue2"


def geoclue(in_use: bool) -> Service:
    said = {f"{GEOCLUE}.Manager.InUse": Variant("b", in_use)}
    return Service(GEOCLUE, "/org/freedesktop/GeoClue2/Manager", said)


@pytest.mark.parametrize(("in_use", "code"), [(True, None), (False, Code.MODE_NOT_USED_LOCATION)])
async def test_geoclue_says_whether_it_is_used(desk: Desk, in_use: bool, code: Code | None) -> None:
    async with desk.serving(geoclue(in_use)):
        found = await LocationCheck(desk.address).look(ANY)
    assert (found.used, found.code) == (in_use, code)


async def test_geoclue_that_ended_by_itself_is_not_used(desk: Desk) -> None:
    await desk.install(GEOCLUE)
    found = await LocationCheck(desk.address).look(ANY)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_LOCATION)
    assert found.sentence == "No program asks for the location."
    assert not desk.was_started


async def test_where_it_cannot_be_checked(desk: Desk, tmp_path: Path) -> None:
    found = await LocationCheck(desk.address).look(ANY)
    assert found.used is None
    assert found.sentence == "It cannot be checked here: GeoClue is not installed."
    found = await LocationCheck(f"unix:path={tmp_path}/none").look(ANY)
    assert found.sentence == "It cannot be checked here: there is no system bus."
    async with desk.serving(Service(GEOCLUE, "/elsewhere")):
        assert (await LocationCheck(desk.address).look(ANY)).used is None
