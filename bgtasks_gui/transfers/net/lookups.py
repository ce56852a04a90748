"""The addresses of a host, without anybody waiting for a name server but who asked."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Final

AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]

_TCP: Final = socket.SOCK_STREAM


async def find(host: str, port: int) -> list[AddressInfo]:
    """In the order of the system. Raises `socket.gaierror`."""
    try:
        return _look(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        return await _find_by_name(host, port)


async def _find_by_name(host: str, port: int) -> list[AddressInfo]:
    """On a thread of its own: a name server that is silent for minutes holds up nothing else.

    The process does not wait for such a thread either, unlike for those of an executor.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[AddressInfo]] = loop.create_future()

    def tell(infos: list[AddressInfo], error: OSError | None) -> None:
        if not found.done():
            if error is None:
                found.set_result(infos)
            else:
                found.set_exception(error)

    def look() -> None:
        infos: list[AddressInfo] = []
        error: OSError | None = None
        try:
            infos = _look(host, port)
        except OSError as raised:
            error = raised
        # Who asked may have gone home, and the loop with him.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, infos, error)

    threading.Thread(target=look, name="lookup", daemon=True).start()
    return await found


def _look(host: str, port: int, flags: int = 0) -> list[AddressInfo]:
    try:
        infos = socket.getaddrinfo(host, port, type=_TCP, flags=flags)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "it cannot be the name of a host") from error
    return [info for info in infos if len(info[4]) in (2, 4)]  # type: ignore[misc]
