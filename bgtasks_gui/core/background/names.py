"""Names that programs give: of themselves, of a part of them, of a call back."""

from __future__ import annotations

from bgtasks_gui.core import checks, errors
from bgtasks_gui.core.background import codes


def check(name: str, field: str, wanted: str) -> None:
    """Whether this can be a name; `wanted` is what to say where it is empty.

    It is stored, listed and said to the person, so it is held to what names of tasks are held to.
    Raises `codes.BadParameter`.
    """
    if not name.strip():
        raise codes.BadParameter(wanted, field=field)
    try:
        checks.check_text(name, field)
    except errors.InvalidField as error:
        raise codes.BadParameter(error.message, field=field) from error
