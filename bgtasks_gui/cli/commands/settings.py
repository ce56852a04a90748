"""`bgtasks settings`: what a person may change about the program."""

from __future__ import annotations

import click
import msgspec

from bgtasks_gui.cli import params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import commands, connect
from bgtasks_gui.core import errors
from bgtasks_gui.settings import Settings
from bgtasks_gui.wire import codec


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
        value = getattr(known, field.name)
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        outlet.say(f"{field.name + '=' + shown:<24}{_description(field.name)}")


def changed(known: Settings, changes: tuple[str, ...]) -> Settings:
    """The settings with some of them changed.

    Raises `errors.InvalidField` naming the setting that is not acceptable.
    """
    values = msgspec.to_builtins(known)
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise errors.InvalidField(f"{change!r} is not written as KEY=VALUE.", field="settings")
        if name not in Settings.__struct_fields__:
            there_are = ", ".join(Settings.__struct_fields__)
            message = f'There is no setting "{name}"; there are: {there_are}.'
            raise errors.InvalidField(message, field=name)
        values[name] = text
    try:
        new: Settings = codec.convert(values, Settings)
    except errors.InvalidField as error:
        raise errors.InvalidField(
            f"{error.field}: {error.message}", field=error.field or ""
        ) from error
    return new


def _description(name: str) -> str:
    """What a setting means, as it says itself."""
    schema = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]
    return str(schema[name].get("description", ""))
