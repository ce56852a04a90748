"""Begins transfers: registers a task for each, called as its file, and runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor import asking
from bgtasks_gui.gui.editor.adding import addresses
from bgtasks_gui.wire import codec, shapes


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

    @property
    def name(self) -> str:
        return addresses.name_of(self.file.as_uri() if self.file else self.url)


def wanted(typed: Sequence[str], files: Sequence[Path]) -> tuple[Wanted, ...]:
    """A download for each address; where there are files, an upload of each to the one address."""
    if files:
        return tuple(Wanted(kind="upload", url=typed[0], file=file) for file in files)
    return tuple(Wanted(kind="download", url=url) for url in typed)


async def begin(client: Client, one: Wanted, options: codec.JsonObject) -> shapes.RunView:
    """Register it, beside others of its name, and run it.

    Raises `errors.InvalidField`, its field as it is called in a task.
    """
    value = {"name": one.name, "kind": one.kind, "payload": one.payload(options)}
    spec = asking.spec_of(value)
    task = await client(commands.register_task(spec, if_exists="keep_both"))
    try:
        return await client(commands.run_task(task.id))
    except errors.UserError:
        # A task that nobody asked to keep, and that did not even begin.
        await client(commands.remove_task(task.id))
        raise
