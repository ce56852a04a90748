"""`bgtasks settings`: what a person may change about the program."""

from __future__ import annotations

from typing import Final

import click
import msgspec

from bgtasks_gui.cli import params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import commands, connect
from bgtasks_gui.core import durations, errors
from bgtasks_gui.settings import Settings
from bgtasks_gui.wire import codec

#: Settings that are speeds, written as "2M" or "off".
_RATES: Final = frozenset({"rate_limit"})


@click.command(
    epilog=params.examples("bgtasks settings", "bgtasks settings history_days=30 max_running=4")
)
@click.argument("changes", metavar="[KEY=VALUE]...", nargs=-1)
@params.as_json
def settings(changes: tuple[str, ...], as_json: bool) -> None:
    """Show the settings, or change some of them."""
    with connect() as client:
        known = client(commands.show_settings())
        if changes:
            known = client(commands.change_settings(changed(known, changes)))
    if as_json:
        outlet.say_json(known)
        return
    for field in msgspec.structs.fields(Settings):
        shown = _shown(getattr(known, field.name))
        outlet.say(f"{field.name + '=' + shown:<24}{_description(field.name)}")


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
        given[name] = text
    try:
        given |= {
            name: durations.parse_rate(str(given[name]), field=name)
            for name in _RATES & given.keys()
        }
        new: Settings = codec.convert(msgspec.to_builtins(known) | given, Settings)
    except errors.InvalidField as error:
        raise errors.InvalidField(
            f"{error.field}: {error.message}", field=error.field or ""
        ) from error
    return new


def _shown(value: object) -> str:
    if value is None:
        return "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _description(name: str) -> str:
    """What a setting means, as it says itself."""
    schema = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]
    return str(schema[name].get("description", ""))
