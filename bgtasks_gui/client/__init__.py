"""The agent seen from outside: commands, transports and a local mirror of its state."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bgtasks_gui import paths
    from bgtasks_gui.client.blocking import BlockingClient
    from bgtasks_gui.client.client import Client

__all__ = ["Connector", "connect"]


def connect(home: paths.Home | str | os.PathLike[str] | None = None) -> Connector:
    """The way to the agent of a home (its folder, or None for the person's own).

    `with connect() as client` asks and waits; `async with connect() as client` awaits.
    """
    return Connector(home)


class Connector:
    """A client to be: each `with` opens its own, and only what that one needs is imported."""

    def __init__(self, home: paths.Home | str | os.PathLike[str] | None) -> None:
        self._home = home
        self._blocking: list[BlockingClient] = []
        self._awaited: list[Client] = []

    def __enter__(self) -> BlockingClient:
        from bgtasks_gui.client.blocking import BlockingClient

        client = BlockingClient(self._socket())
        self._blocking.append(client)
        return client

    def __exit__(self, *_: object) -> None:
        self._blocking.pop().close()

    async def __aenter__(self) -> Client:
        from bgtasks_gui.client.client import Client
        from bgtasks_gui.client.transport import UnixTransport

        client = Client(UnixTransport(self._socket()))
        self._awaited.append(client)
        return client

    async def __aexit__(self, *_: object) -> None:
        await self._awaited.pop().close()

    def _socket(self) -> os.PathLike[str]:
        from bgtasks_gui import paths

        if isinstance(self._home, paths.Home):
            return self._home.agent_socket
        if self._home is None:
            return paths.find_home().agent_socket
        environ = {**os.environ, "BGTASKS_HOME": os.fspath(self._home)}
        return paths.find_home(environ).agent_socket
