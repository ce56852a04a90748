"""What a person may change about the program: one field each, kept in one JSON file."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec

from bgtasks_gui.core import errors, policies, retention
from bgtasks_gui.core.notices import rules

#: A local time of day.
_CLOCK: Final = r"^([01]\d|2[0-3]):[0-5]\d$"
#: Where a decoding error names the setting it is about.
_NAMED: Final = re.compile(r"(?:\$\.|unknown field `)(?P<name>\w+)")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings, with their defaults."""

    history_days: Annotated[
        float, msgspec.Meta(gt=0, le=36_500, description="Days that runs stay in the history")
    ] = 7.0
    history_rows: Annotated[
        int, msgspec.Meta(ge=100, description="Runs that stay in the history at most")
    ] = 100_000
    max_running: Annotated[
        int, msgspec.Meta(ge=1, le=10_000, description="Runs that may run at the same time")
    ] = 1000
    transfers_at_once: Annotated[
        int, msgspec.Meta(ge=1, le=10_000, description="Transfers that may run at the same time")
    ] = 3
    transfers_per_host: Annotated[
        int, msgspec.Meta(ge=1, le=10_000, description="Of these, from or to one server at most")
    ] = 4
    rate_limit: Annotated[
        Annotated[int, msgspec.Meta(ge=1024)] | None,
        msgspec.Meta(description="Bytes a second of all transfers together at most"),
    ] = None

    notices: Annotated[
        policies.NoticePolicy,
        msgspec.Meta(
            description="What is told of tasks that do not say otherwise: auto (progress, and "
            "when it fails), always (each end, too), never"
        ),
    ] = policies.NoticePolicy.AUTO
    notices_by_group: Annotated[
        dict[str, policies.NoticePolicy],
        msgspec.Meta(description="The same for the tasks of a group"),
    ] = {}
    quiet_from: Annotated[
        Annotated[str, msgspec.Meta(pattern=_CLOCK)] | None,
        msgspec.Meta(description="When quiet hours begin, as in 22:00; nothing is told then"),
    ] = None
    quiet_to: Annotated[
        Annotated[str, msgspec.Meta(pattern=_CLOCK)] | None,
        msgspec.Meta(description="When quiet hours end, as in 07:00"),
    ] = None

    @property
    def rules(self) -> rules.Rules:
        """How the person wants to be told."""
        return rules.Rules(
            policy=self.notices,
            groups=self.notices_by_group,
            quiet_from=self.quiet_from,
            quiet_to=self.quiet_to,
        )

    @property
    def history(self) -> retention.History:
        return retention.History(age=timedelta(days=self.history_days), rows=self.history_rows)


def load(path: Path) -> Settings:
    """The settings of a file; the defaults where there is none.

    Raises `errors.InvalidField` naming the setting that is not acceptable.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise errors.HomeUnusable(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return msgspec.json.decode(text, type=Settings)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        is_named = isinstance(error, msgspec.ValidationError)
        found = _NAMED.search(str(error)) if is_named else None
        name = "settings" if found is None else found["name"]
        raise errors.InvalidField(f"{path}: {error}.", field=name) from error


def save(path: Path, settings: Settings) -> None:
    """Keep the settings: a new file takes the place of the old one whole.

    Raises `errors.StorageUnavailable` where it cannot be written; the old one stays.
    """
    text = msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"
    fresh = path.with_suffix(".new")
    try:
        with fresh.open("wb") as file:
            file.write(text)
            file.flush()
            # Before the name: after a power cut the file is the old or the new one, never empty.
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError as error:
        raise errors.StorageUnavailable(f"{path} cannot be written: {error.strerror}.") from error


class Keeper:
    """The settings in force, and the file they are kept in."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.settings = load(path)

    def change(self, settings: Settings) -> None:
        """Keep new settings and put them in force."""
        save(self._path, settings)
        self.settings = settings
