"""Common tasks to begin with: one JSON file each. One that cannot be read is left out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from bgtasks_gui.core import errors
from bgtasks_gui.wire import codec

_log = logging.getLogger(__name__)

#: Where the files are, inside the resources.
FOLDER: Final = "templates"


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file holds. `spec` is a registration; what is left out is as usual."""

    title: str
    description: str
    icon: str
    spec: dict[str, codec.JsonValue]
    #: The field to begin with, as errors name it.
    first: str = "name"


@dataclass(frozen=True, kw_only=True)
class Template:
    """A task to begin with."""

    name: str
    title: str
    description: str
    icon: str
    spec: codec.JsonObject
    first: str = "name"


def load(resources: Path) -> tuple[Template, ...]:
    """All of them, in the order of their file names. Reads files: not on the Qt thread."""
    found = (_read(file) for file in sorted((resources / FOLDER).glob("*.json")))
    return tuple(one for one in found if one is not None)


def _read(file: Path) -> Template | None:
    try:
        told: _File = codec.decode(file.read_bytes(), _File)
    except (OSError, errors.InvalidField) as error:
        _log.warning("%s cannot be read: %s", file, error, extra={"action": "read templates"})
        return None
    return Template(
        name=file.stem,
        title=told.title,
        description=told.description,
        icon=told.icon,
        spec=told.spec,
        first=told.first,
    )
