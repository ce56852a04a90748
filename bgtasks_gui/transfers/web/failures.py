"""What can go wrong on the way to a server and back, as one error with a plain phrase."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

import h2.exceptions
import h11
import httpcore
import httpx

from bgtasks_gui.core import durations, reasons
from bgtasks_gui.transfers.net import proxies, tls
from bgtasks_gui.transfers.net.streams import Unreached

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
#: How names end that no server has (RFC 6761), also where no name server says so.
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
    httpcore.UnsupportedProtocol, httpcore.ConnectionNotAvailable, h11.ProtocolError,
    h2.exceptions.H2Error, tls.Unusable, proxies.Unusable, OSError,
)  # fmt: skip


def explained(error: Exception, url: httpx.URL, timeout_s: float, connect_s: float) -> Trouble:
    """The same as a `Trouble`; `url` is where it happened."""
    place = _place(error, url)
    if isinstance(error, httpcore.TimeoutException | httpx.TimeoutException):
        return _of_timeout(error, place, timeout_s, connect_s)
    if isinstance(error, tls.Unusable):
        return Trouble(str(error), code=_C.FILE_UNUSABLE, is_passing=False)
    if isinstance(error, proxies.Unusable | httpx.UnsupportedProtocol):
        return Trouble(str(error).rstrip("."), is_passing=False)
    if isinstance(error, httpx.RemoteProtocolError | httpx.InvalidURL):
        # The two of httpx itself, by where it stumbles over the address; others are httpcore's.
        return Trouble(
            "the server redirects to what is no address",
            code=_C.SERVER_ANSWER, is_passing=False,
        )  # fmt: skip
    for cause in _causes(error):
        found = _of_cause(cause, place)
        if found is not None:
            return found
    if isinstance(error, Unreached):
        return Trouble(f"no {place.what} answers at {place}")
    return _of_protocol(error)


class _Place(NamedTuple):
    """Who was talked to."""

    host: str
    port: int | None
    is_proxy: bool

    @property
    def what(self) -> str:
        return "proxy" if self.is_proxy else "server"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host and self.port is not None else self.host
        return host if self.port is None else f"{host}:{self.port}"


def _place(error: Exception, url: httpx.URL) -> _Place:
    """The server of the address, unless the error says it was the proxy before it."""
    host = getattr(error, "host", "") or url.host
    if host.casefold() != url.raw_host.decode("ascii").strip("[]").casefold() and host != url.host:
        return _Place(host, getattr(error, "port", None), is_proxy=True)
    port = getattr(error, "port", None)
    usual = {"http": 80, "https": 443}.get(url.scheme)
    if port not in (None, url.port or usual):
        return _Place(host, port, is_proxy=True)
    return _Place(url.host, url.port, is_proxy=False)


def _of_timeout(error: Exception, place: _Place, timeout_s: float, connect_s: float) -> Trouble:
    if isinstance(error, httpcore.ConnectTimeout | httpx.ConnectTimeout):
        within = durations.say_duration(timedelta(seconds=connect_s))
        return Trouble(f"{place} did not answer within {within}", is_timeout=True)
    is_read = isinstance(error, httpcore.ReadTimeout | httpx.ReadTimeout)
    said = durations.say_duration(timedelta(seconds=timeout_s))
    return Trouble(
        f"the server {'sent' if is_read else 'took'} nothing for {said}", is_timeout=True
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        if isinstance(found, ExceptionGroup):
            yield from found.exceptions
        found = found.__cause__ or found.__context__


def _of_cause(cause: BaseException, place: _Place) -> Trouble | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = _CERTIFICATES.get(cause.verify_code, cause.verify_message)
        return Trouble(f"the certificate of {place.host} is not valid: {why}", is_passing=False)
    if isinstance(cause, ssl.SSLError):
        return _of_tls(cause, place)
    if isinstance(cause, socket.gaierror):
        return _of_name(cause, place)
    if isinstance(cause, OSError) and cause.errno is not None:
        return _of_socket(cause, place)
    return None


def _of_tls(error: ssl.SSLError, place: _Place) -> Trouble:
    # One that Python itself makes up has no reason.
    reason: str = getattr(error, "reason", None) or str(error)
    if isinstance(error, ssl.SSLEOFError) or reason == "UNEXPECTED_EOF_WHILE_READING":
        return Trouble(f"the {place.what} cut the encrypted connection off")
    if reason.endswith("ALERT_CERTIFICATE_REQUIRED"):
        return Trouble(f"{place.host} asks for a client certificate", is_passing=False)
    if re.search(r"ALERT_(.*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)", reason):
        return Trouble(f"{place.host} does not accept the client certificate", is_passing=False)
    words = reason.replace("_", " ").lower()
    return Trouble(f"no encrypted connection with {place.host} ({words})")


def _of_name(error: socket.gaierror, place: _Place) -> Trouble:
    what = "proxy" if place.is_proxy else "host"
    is_nowhere = place.host.endswith(_NOWHERE)
    if error.errno in (socket.EAI_NONAME, socket.EAI_NODATA) or is_nowhere:
        return Trouble(f"there is no {what} {place.host}", is_passing=False)
    return Trouble(f"the address of {place.host} cannot be found out just now")


def _of_socket(error: OSError, place: _Place) -> Trouble:
    match error.errno:
        case errno.ECONNREFUSED:
            return Trouble(f"no {place.what} answers at {place}")
        case errno.ECONNRESET | errno.EPIPE | errno.ECONNABORTED:
            return Trouble("the server cut the connection off")
        case errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ENETDOWN | errno.EHOSTDOWN:
            return Trouble(f"there is no way to {place}")
        case errno.ETIMEDOUT:
            return Trouble(f"{place} does not answer any more")
    return Trouble(f"the connection with {place} failed ({error.strerror or error})")


def _of_protocol(error: Exception) -> Trouble:
    text = str(error).strip().rstrip(".")
    if isinstance(error, httpcore.ProxyError | httpx.ProxyError):
        return Trouble(f"the proxy refused ({text})", is_passing="407" not in text)
    if isinstance(error, httpcore.LocalProtocolError | h11.LocalProtocolError):
        return Trouble(f"the request cannot be sent ({text})", is_passing=False)
    if re.search(r"without sending|peer closed|incomplete", text) or not text:
        return Trouble("the server closed the connection too early")
    if isinstance(error, httpcore.NetworkError | httpx.NetworkError):
        return Trouble(text)
    return Trouble(f"the server's answer cannot be understood ({text})")
