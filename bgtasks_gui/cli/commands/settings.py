"""`bgtasks settings`: what a person may change about the program."""

from __future__ import annotations

from typing import Final

import click
import msgspec

from bgtasks_gui.cli import params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import commands, connect
from bgtasks_gui.core import durations, errors
from bgtasks_gui.settings import Settings, check
from bgtasks_gui.wire import codec

#: Settings that are speeds, written as "2M" or "off".
_RATES: Final = frozenset({"rate_limit"})
#: Settings that hold one choice a group, written as GROUP=CHOICE, or whole as JSON.
_BY_GROUP: Final = frozenset({"notices_by_group"})
#: Settings that may be none, which is written as "off".
_MAY_BE_OFF: Final = frozenset({"quiet_from", "quiet_to"})
_OFF: Final = "off"


@click.command(
    epilog=params.examples(
        "bgtasks settings",
        "bgtasks settings history_days=30 max_running=4",
        "bgtasks settings quiet_from=22:00 quiet_to=07:00 notices_by_group=backups=always",
    )
)
@click.argument("changes", metavar="[KEY=VALUE]...", nargs=-1)
@params.as_json
def settings(changes: tuple[str, ...], as_json: bool) -> None:
    """Show the settings, or change some of them.

    What may be without a value is turned off by "off". The choice of one group is written as
    notices_by_group=GROUP=CHOICE, with "off" to forget it; all of them as JSON.
    """
    with connect() as client:
        known = client(commands.show_settings())
        if changes:
            known = client(commands.change_settings(changed(known, changes)))
    if as_json:
        outlet.say_json(known)
        return
    for field in msgspec.structs.fields(Settings):
        shown = _shown(getattr(known, field.name))
        outlet.say(f"{field.name + '=' + shown:<23} {_description(field.name)}")


def changed(known: Settings, changes: tuple[str, ...]) -> Settings:
    """The settings with some of them changed.

    Raises `errors.InvalidField` naming the setting that is not acceptable.
    """
    given = dict[str, object]()
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise errors.InvalidField(f"{change!r} is not written as KEY=VALUE.", field="settings")
        if name not in Settings.__struct_fields__:
            there_are = ", ".join(Settings.__struct_fields__)
            message = f'There is no setting "{name}"; there are: {there_are}.'
            raise errors.InvalidField(message, field=name)
        try:
            given[name] = _read(name, text, given.get(name, getattr(known, name)))
        except errors.InvalidField as error:
            raise _named(error, name) from error
    try:
        new: Settings = codec.convert(msgspec.to_builtins(known) | given, Settings)
        check(new)
    except errors.InvalidField as error:
        raise _named(error, error.field or "") from error
    return new


def _read(name: str, text: str, before: object) -> object:
    """What a text stands for, where that is more than the text."""
    if name in _RATES:
        return durations.parse_rate(text, field=name)
    if name in _MAY_BE_OFF and text.strip().casefold() == _OFF:
        return None
    if name in _BY_GROUP and isinstance(before, dict):
        return _groups(text, before)
    return text


def _groups(text: str, before: dict[str, object]) -> dict[str, object]:
    """The choices of all groups: other ones, or with one of them changed."""
    if text.strip().casefold() == _OFF:
        return {}
    if text.lstrip().startswith("{"):
        return dict(codec.decode(text.encode(), codec.JsonObject))
    # A name may hold the sign, a choice does not.
    group, equals, choice = text.rpartition("=")
    if not equals:
        raise errors.InvalidField(f"{text!r} is not written as GROUP=CHOICE.", field="settings")
    others = {name: chosen for name, chosen in before.items() if name != group}
    return others if choice.strip().casefold() == _OFF else others | {group: choice}


def _named(error: errors.InvalidField, name: str) -> errors.InvalidField:
    """The same refusal, with the setting that it is about."""
    return errors.InvalidField(f"{name}: {error.message}", field=name)


def _shown(value: object) -> str:
    if value is None or value == {}:
        return _OFF
    if isinstance(value, dict):
        return codec.encode(value).decode()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _description(name: str) -> str:
    """What a setting means, as it says itself."""
    schema = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]
    return str(schema[name].get("description", ""))
