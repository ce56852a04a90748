"""What can go wrong on the way to a server and back, as one error with a plain phrase."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import httpcore
import httpx

from bgtasks_gui.core import durations, reasons
from bgtasks_gui.transfers.net import proxies, tls

_C = reasons.Code
#: Phrases for the certificates that OpenSSL refuses, by its own number (X509_V_ERR_...).
_CERTIFICATES: Final = {
    10: "it has expired",
    9: "it is not valid yet",
    18: "it is signed by nobody but itself",
    19: "it is signed by an authority that this computer does not trust",
    20: "it is signed by an authority that this computer does not trust",
    21: "it is signed by an authority that this computer does not trust",
    23: "it was revoked",
    62: "it is for another host",
    64: "it is for another address",
}
#: Before the first part of a name that no server has, by RFC 6761.
_NOWHERE: Final = (".invalid", ".test", ".example")


class Trouble(Exception):
    """An attempt that did not succeed: what happened, as a phrase within a sentence."""

    def __init__(
        self,
        detail: str,
        *,
        code: reasons.Code = _C.CONNECTION,
        is_passing: bool = True,
        is_timeout: bool = False,
        wait_s: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        #: Whether another attempt may succeed.
        self.is_passing = is_passing
        #: Whether the request timeout was used up, which costs no attempt (R15).
        self.is_timeout = is_timeout
        #: Seconds the server asks to wait, at least.
        self.wait_s = wait_s


#: What `explained` knows; anything else is a bug.
FOREIGN: Final = (
    httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpcore.NetworkError,
    httpcore.ProtocolError, httpcore.ProxyError, httpcore.TimeoutException,
    httpcore.UnsupportedProtocol, httpcore.ConnectionNotAvailable, tls.Unusable,
    proxies.Unusable, OSError,
)  # fmt: skip


def explained(error: Exception, url: httpx.URL, timeout_s: float, connect_s: float) -> Trouble:
    """The same as a `Trouble`; `url` is where it happened."""
    if isinstance(error, tls.Unusable):
        return Trouble(str(error), code=_C.FILE_UNUSABLE, is_passing=False)
    if isinstance(error, proxies.Unusable | httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Trouble(str(error).rstrip("."), is_passing=False)
    if isinstance(error, httpcore.ConnectTimeout | httpx.ConnectTimeout):
        within = durations.say_duration(timedelta(seconds=connect_s))
        return Trouble(f"{_place(url)} did not answer within {within}", is_timeout=True)
    if isinstance(error, httpcore.TimeoutException | httpx.TimeoutException):
        is_read = isinstance(error, httpcore.ReadTimeout | httpx.ReadTimeout)
        word = "sent" if is_read else "took"
        said = durations.say_duration(timedelta(seconds=timeout_s))
        return Trouble(f"the server {word} nothing for {said}", is_timeout=True)
    for cause in _causes(error):
        found = _of_cause(cause, url)
        if found is not None:
            return found
    return _of_protocol(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        if isinstance(found, ExceptionGroup):
            yield from found.exceptions
        found = found.__cause__ or found.__context__


def _of_cause(cause: BaseException, url: httpx.URL) -> Trouble | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = _CERTIFICATES.get(cause.verify_code, cause.verify_message)
        detail = f"the certificate of {url.host} is not valid: {why}"
        return Trouble(detail, is_passing=False)
    if isinstance(cause, ssl.SSLError):
        reason = (cause.reason or str(cause)).replace("_", " ").lower()
        return Trouble(f"no encrypted connection with {url.host} ({reason})")
    if isinstance(cause, socket.gaierror):
        return _of_name(cause, url.host)
    if isinstance(cause, OSError) and cause.errno is not None:
        return _of_socket(cause, url)
    return None


def _of_name(error: socket.gaierror, host: str) -> Trouble:
    if error.errno == socket.EAI_AGAIN and not host.endswith(_NOWHERE):
        return Trouble(f"the address of {host} cannot be found out just now")
    return Trouble(f"there is no host {host}", is_passing=False)


def _of_socket(error: OSError, url: httpx.URL) -> Trouble:
    match error.errno:
        case errno.ECONNREFUSED:
            return Trouble(f"no server answers at {_place(url)}")
        case errno.ECONNRESET | errno.EPIPE | errno.ECONNABORTED:
            return Trouble("the server cut the connection off")
        case errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ENETDOWN | errno.EHOSTDOWN:
            return Trouble(f"there is no way to {_place(url)}")
        case errno.ETIMEDOUT:
            return Trouble(f"{_place(url)} does not answer any more")
    return Trouble(f"the connection with {_place(url)} failed ({error.strerror or error})")


def _of_protocol(error: Exception) -> Trouble:
    text = str(error).strip().rstrip(".")
    if re.search(r"without sending|peer closed|incomplete", text) or not text:
        return Trouble("the server closed the connection too early")
    if isinstance(error, httpcore.ProxyError | httpx.ProxyError):
        return Trouble(f"the proxy refused ({text})", is_passing="407" not in text)
    if isinstance(error, httpcore.NetworkError | httpx.NetworkError):
        return Trouble(text)
    return Trouble(f"the server's answer cannot be understood ({text})")


def _place(url: httpx.URL) -> str:
    return url.host if url.port is None else f"{url.host}:{url.port}"
