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


def test_a_program_of_the_system_may_use_what_is_only_for_those() -> None:
    one = access.Access(owner="p", modes=(Mode.WIFI_INTERACTION,), is_system=True)
    access.check(one, [Mode.WIFI_INTERACTION])
    assert access.still_covers(one, [Mode.WIFI_INTERACTION])
    normal = access.Access(owner="p", modes=(Mode.WIFI_INTERACTION,))
    assert not access.still_covers(normal, [Mode.WIFI_INTERACTION])
    undeclared = access.Access(owner="p", is_system=True)
    with pytest.raises(codes.ContinuousRefused):
        access.check(undeclared, [Mode.WIFI_INTERACTION])


def test_what_only_the_system_has_is_refused_to_others() -> None:
    access.require_system(access.Access(owner="p", is_system=True))
    for normal in (None, PLAYER):
        with pytest.raises(codes.NotSystemProgram):
            access.require_system(normal)
    with pytest.raises(codes.PermissionDenied):
        access.require_system(access.Access(owner="p", is_system=True, keep_running=False))


def test_what_goes_on_goes_on_while_its_modes_are_declared() -> None:
    assert access.still_covers(PLAYER, [Mode.AUDIO_PLAYBACK])
    assert not access.still_covers(PLAYER, [Mode.AUDIO_PLAYBACK, Mode.VOIP])
    assert not access.still_covers(None, [Mode.AUDIO_PLAYBACK])
    barred = access.Access(owner="player", keep_running=False, modes=PLAYER.modes)
    assert not access.still_covers(barred, [Mode.AUDIO_PLAYBACK])
