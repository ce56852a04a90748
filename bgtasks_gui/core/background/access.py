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


def check(access: Access | None, asked: Iterable[modes.Mode]) -> None:
    """Whether these modes may be kept running.

    Raises `codes.PermissionDenied`, `codes.NotSystemProgram`, or `codes.ContinuousRefused` for a
    mode that is not declared or that no computer like this has.
    """
    if access is None or not access.keep_running:
        raise codes.PermissionDenied
    for mode in asked:
        entry = modes.CATALOGUE[mode]
        if entry.is_system_only:
            raise codes.NotSystemProgram(
                f"Only programs of the system may use {mode}.", field="modes"
            )
        if not entry.is_here:
            raise codes.ContinuousRefused(cause=codes.Causes.MODE_NOT_HERE.value, field="modes")
        if mode not in access.modes:
            raise codes.ContinuousRefused(cause=codes.Causes.MODE_NOT_DECLARED.value, field="modes")


def still_covers(access: Access | None, used: Iterable[modes.Mode]) -> bool:
    """Whether work of these modes that goes on may go on under this access."""
    return access is not None and access.keep_running and set(used) <= set(access.modes)
