"""Who may keep work running in the background, in which modes (concepts R98, R99)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bgtasks_gui.core.background import codes, modes


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """What one owner may do."""

    owner: str
    #: KEEP_BACKGROUND_RUNNING.
    keep_running: bool = True
    #: The modes it declares.
    modes: tuple[modes.Mode, ...] = ()
    #: Whether the person takes it for a program of the system, which may ask for more.
    is_system: bool = False


def check(access: Access | None, asked: Iterable[modes.Mode]) -> None:
    """Whether these modes may be kept running.

    Raises `codes.PermissionDenied`, `codes.NotSystemProgram`, or `codes.ContinuousRefused` for a
    mode that is not declared or that no computer like this has.
    """
    if access is None or not access.keep_running:
        raise codes.PermissionDenied
    for mode in asked:
        entry = modes.CATALOGUE[mode]
        if entry.is_system_only and not access.is_system:
            raise codes.NotSystemProgram(
                f"Only programs of the system may use {mode}.", field="modes"
            )
        if not entry.is_here:
            raise codes.ContinuousRefused(cause=codes.Causes.MODE_NOT_HERE.value, field="modes")
        if mode not in access.modes:
            raise codes.ContinuousRefused(cause=codes.Causes.MODE_NOT_DECLARED.value, field="modes")


def still_covers(access: Access | None, used: Iterable[modes.Mode]) -> bool:
    """Whether work of these modes that goes on may go on under this access."""
    if access is None or not access.keep_running:
        return False
    return all(
        mode in access.modes and (access.is_system or not modes.CATALOGUE[mode].is_system_only)
        for mode in used
    )


def require_system(access: Access | None) -> None:
    """Whether what only programs of the system have may be asked for.

    Raises `codes.NotSystemProgram`, and `codes.PermissionDenied` where the person denied it.
    """
    if access is None or not access.is_system:
        raise codes.NotSystemProgram
    if not access.keep_running:
        raise codes.PermissionDenied
