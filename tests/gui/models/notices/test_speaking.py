from __future__ import annotations

import pytest

from bgtasks_gui.agent.surfaces import SURFACES
from bgtasks_gui.core.notices.surface import Role
from bgtasks_gui.gui.models.notices import speaking
from bgtasks_gui.wire.notices import SurfaceView
from tests.gui.fakes.notices import surface, telling

USED, AWAY = surface(), surface(is_available=False, is_used=False)
DOCK = surface("launcher")


def test_it_is_known_which_surfaces_tell_nothing() -> None:
    others = {one.name for one in SURFACES if one.role is not Role.MESSAGES}
    assert others == speaking.SILENT
    beside = {one.name for one in SURFACES if one.role is Role.BESIDE}
    assert beside == speaking.BESIDE


@pytest.mark.parametrize(
    ("surfaces", "speaks"),
    [((USED, DOCK), USED), ((DOCK, USED), USED), ((AWAY, DOCK), None), ((AWAY,), None)],
)
def test_who_speaks(surfaces: tuple[SurfaceView, ...], speaks: SurfaceView | None) -> None:
    assert speaking.messenger(telling(*surfaces)) is speaks
