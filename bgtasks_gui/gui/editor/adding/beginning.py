"""Begins transfers: registers a task for each, under a name of its own, and runs it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor import asking
from bgtasks_gui.gui.editor.adding import addresses
from bgtasks_gui.wire import codec, shapes

#: Names that are tried, where others take them at the same time.
_TRIES: Final = 20


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One transfer to begin."""

    kind: str
    url: str
    #: What is sent; None where something is fetched.
    file: Path | None = None

    @property
    def target(self) -> str:
        """The address with the name of the file where it stands for a folder."""
        if self.file is None or not self.url.endswith("/"):
            return self.url
        return f"{self.url}{quote(self.file.name)}"

    def payload(self, options: codec.JsonObject) -> codec.JsonObject:
        own: codec.JsonObject = {"url": self.target}
        if self.file is not None:
            own["file"] = str(self.file)
        return options | own

    def name(self, taken: Collection[str]) -> str:
        return addresses.name_of(self.file.as_uri() if self.file else self.url, taken)


def wanted(typed: Sequence[str], files: Sequence[Path]) -> tuple[Wanted, ...]:
    """A download for each address; where there are files, an upload of each to the one address."""
    if files:
        return tuple(Wanted(kind="upload", url=typed[0], file=file) for file in files)
    return tuple(Wanted(kind="download", url=url) for url in typed)


async def begin(
    client: Client, one: Wanted, options: codec.JsonObject, names: Collection[str]
) -> shapes.RunView:
    """Register it and run it.

    Raises `errors.InvalidField`, its field as it is called in a task.
    """
    task = await _register(client, one, one.payload(options), set(names))
    try:
        return await client(commands.run_task(task.id))
    except errors.UserError:
        # A task that nobody asked to keep, and that did not even begin.
        await client(commands.remove_task(task.id))
        raise


async def _register(
    client: Client, one: Wanted, payload: codec.JsonObject, taken: set[str]
) -> shapes.TaskView:
    for _ in range(_TRIES):
        name = one.name(taken)
        spec = asking.spec_of({"name": name, "kind": one.kind, "payload": payload})
        try:
            return await client(commands.register_task(spec))
        except errors.DuplicateName:
            # Registered since the names were read.
            taken.add(name)
    raise errors.DuplicateName(f"Too many tasks are called {one.name(())}.", field="name")
