"""The API served on a Unix socket, and the same application for use in-process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from bgtasks_gui import paths
from bgtasks_gui.agent import bus
from bgtasks_gui.agent.api import feed
from bgtasks_gui.core import errors, ports

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from bgtasks_gui.agent.api import connection

_log = logging.getLogger(__name__)

#: Connections that may wait to be accepted.
BACKLOG: Final = 512
#: Seconds that requests get to finish once the server stops.
GRACE_S: Final = 1.0
SOCKET_MODE: Final = 0o600


class Api:
    """The ASGI application: doors, the stream of events, and the OpenAPI document."""

    def __init__(self, router: ASGIApp, source: feed.Feed) -> None:
        self._router = router
        self._feed = source

    @property
    def seq(self) -> int:
        """Number of the newest event."""
        return self._feed.seq

    def close(self) -> None:
        """End the streams of events. Closing twice does nothing."""
        self._feed.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The path as it was sent: a name may hold a slash, which only its spelling tells apart.
        raw_path: bytes | None = scope.get("raw_path")
        path = quote(scope["path"]) if raw_path is None else raw_path.decode("latin-1")
        await self._router({**scope, "path": path}, receive, send)


def load_ahead() -> None:
    """Load what serving takes now, where otherwise the first use does it."""
    import starlette.routing  # noqa: F401 both are only to be there

    from bgtasks_gui.agent.api import connection, stream  # noqa: F401


def make_app(
    doors: Mapping[str, object], hub: bus.Bus, *, view: feed.View, clock: ports.Clock
) -> Api:
    """The API over one door for each subject; events of the bus are shown by `view`."""
    # Here, since embedding and the command line import this module and may never get this far.
    from starlette.routing import Route, Router

    from bgtasks_gui.agent.api import bind, stream
    from bgtasks_gui.wire import routes

    source = feed.Feed(hub, view, clock)
    bound = bind.bind(doors)
    bound.append(Route(routes.EVENTS_PATH, stream.EventStream(source)))
    bound.append(Route(routes.OPENAPI_PATH, bind.Endpoint({"GET": _openapi})))
    router = Router(bound, redirect_slashes=False, default=bind.refuse_path)
    return Api(router, source)


async def _openapi(scope: Scope, receive: Receive) -> tuple[int, bytes]:
    from bgtasks_gui.agent.api import openapi  # asked for by few, and its making takes time

    return 200, openapi.document()


class Server:
    """Serves an application on a Unix socket that only this person can use.

    The caller holds the lock of the home, so a socket that is there already is a leftover.
    """

    def __init__(self, app: Api, socket_path: Path, *, uid: int | None = None) -> None:
        self._app = app
        self._path = socket_path
        self._uid = os.geteuid() if uid is None else uid
        self._listener: asyncio.Server | None = None
        self._connections: connection.Connections | None = None
        self._inode = 0

    async def start(self) -> None:
        """Listen. Raises `errors.HomeUnusable` where the socket cannot be made."""
        from bgtasks_gui.agent.api import connection  # brings in the whole HTTP machinery

        paths.make_private(self._path.parent)
        bound = self._bind()
        self._connections = connection.Connections(self._app, self._uid)
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_unix_server(
            self._connections.make, sock=bound, backlog=BACKLOG
        )
        self._inode = self._path.stat().st_ino
        _log.info("listening at %s", self._path, extra={"action": "listen"})

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """Take no more requests, end the streams, and let the rest finish within the grace."""
        if self._listener is None or self._connections is None:
            return
        self._listener.close()
        self._remove_socket()
        self._app.close()
        await self._connections.close(grace_s)
        self._listener = None

    def _bind(self) -> socket.socket:
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._path.unlink(missing_ok=True)
            bound.bind(os.fspath(self._path))
            self._path.chmod(SOCKET_MODE)
        except OSError as error:
            bound.close()
            why = error.strerror or error
            raise errors.HomeUnusable(f"{self._path} cannot be a socket: {why}.") from error
        return bound

    def _remove_socket(self) -> None:
        """Unless another agent has put its own there."""
        with contextlib.suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()
