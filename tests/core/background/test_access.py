"""Who may keep work running in the background."""

from __future__ import annotations

import pytest

from bgtasks_gui.core.background import access, codes
from bgtasks_gui.core.background.modes import Mode

PLAYER = access.Access(owner="player", modes=(Mode.AUDIO_PLAYBACK, Mode.DATA_TRANSFER))


def test_what_is_declared_may_be_used() -> None:
    access.check(PLAYER, [Mode.AUDIO_PLAYBACK])
    access.check(PLAYER, PLAYER.modes)


@pytest.mark.parametrize(
    ("allowed", "asked", "number", "subcode"),
    [
        (None, Mode.AUDIO_PLAYBACK, 201, None),
        (access.Access(owner="p", keep_running=False, modes=tuple(Mode)), Mode.VOIP, 201, None),
        (PLAYER, Mode.VOIP, 9800005, 980000503),
        (access.Access(owner="p", modes=tuple(Mode)), Mode.WIFI_INTERACTION, 202, None),
        (PLAYER, Mode.WIFI_INTERACTION, 202, None),
        (access.Access(owner="p", modes=tuple(Mode)), Mode.NEARLINK, 9800005, 980000504),
    ],
)
def test_what_may_not_be_used(
    allowed: access.Access | None, asked: Mode, number: int, subcode: int | None
) -> None:
    with pytest.raises(codes.ServiceError) as caught:
        access.check(allowed, [asked])
    assert (caught.value.number, caught.value.subcode) == (number, subcode)


def test_what_goes_on_goes_on_while_its_modes_are_declared() -> None:
    assert access.still_covers(PLAYER, [Mode.AUDIO_PLAYBACK])
    assert not access.still_covers(PLAYER, [Mode.AUDIO_PLAYBACK, Mode.VOIP])
    assert not access.still_covers(None, [Mode.AUDIO_PLAYBACK])
    barred = access.Access(owner="player", keep_running=False, modes=PLAYER.modes)
    assert not access.still_covers(barred, [Mode.AUDIO_PLAYBACK])
