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
_CLOCK: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
#: For whoever reads the schema; a sentence of `check` says more than a pattern.
_CLOCK_FORMAT: Final = {"format": "time-of-day", "pattern": f"^{_CLOCK}$"}
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
        Annotated[str, msgspec.Meta(extra_json_schema=_CLOCK_FORMAT)] | None,
        msgspec.Meta(description="When quiet hours begin, as in 22:00; nothing is told then"),
    ] = None
    quiet_to: Annotated[
        Annotated[str, msgspec.Meta(extra_json_schema=_CLOCK_FORMAT)] | None,
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


def check(settings: Settings) -> None:
    """What types alone do not say. Raises `errors.InvalidField` naming the setting."""
    begin, end = settings.quiet_from, settings.quiet_to
    for name, clock in (("quiet_from", begin), ("quiet_to", end)):
        if clock is not None and not re.fullmatch(_CLOCK, clock):
            raise errors.InvalidField(f'{clock!r} is no time of day like "22:30".', field=name)
    if (begin is None) is not (end is None):
        missing, given = ("quiet_to", "quiet_from") if end is None else ("quiet_from", "quiet_to")
        raise errors.InvalidField(
            f"Quiet hours need a begin and an end: set {missing} as well, or turn {given} off.",
            field=missing,
        )


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
        found = msgspec.json.decode(text, type=Settings)
        check(found)
    except errors.InvalidField as error:
        raise errors.InvalidField(f"{path}: {error.message}", field=error.field or "") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        is_named = isinstance(error, msgspec.ValidationError)
        named = _NAMED.search(str(error)) if is_named else None
        name = "settings" if named is None else named["name"]
        raise errors.InvalidField(f"{path}: {error}.", field=name) from error
    return found


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
        """Keep new settings and put them in force. Raises as `check` and `save` do."""
        check(settings)
        save(self._path, settings)
        self.settings = settings
