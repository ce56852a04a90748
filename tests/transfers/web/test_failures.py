"""Errors of sockets, TLS and libraries, each as a phrase that says what is the matter."""

from __future__ import annotations

import errno
import socket
import ssl

import h2.exceptions
import h11
import httpcore
import httpx
import pytest

from bgtasks_gui.core import reasons
from bgtasks_gui.transfers.net import proxies, streams, tls
from bgtasks_gui.transfers.web import failures

URL = httpx.URL("https://example.org:8443/file?token=love")
REQUEST = httpx.Request("GET", URL)


def explain(error: Exception, url: httpx.URL = URL) -> failures.Trouble:
    return failures.explained(error, url, timeout_s=60.0, connect_s=30.0)


def by(cause: BaseException, host: str = "example.org", port: int | None = 8443) -> Exception:
    """An error of connecting, with its cause."""
    error = streams.Unreached(host, port)
    error.__cause__ = cause
    return error


def not_verified(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "something else"
    return error


def alert(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "detail", "is_passing"),
    [
        (by(ConnectionRefusedError(errno.ECONNREFUSED, "")),
         "no server answers at example.org:8443", True),
        (by(OSError(errno.ENETUNREACH, "")), "there is no way to example.org:8443", True),
        (by(OSError(errno.EHOSTUNREACH, "")), "there is no way to example.org:8443", True),
        (by(OSError(errno.ETIMEDOUT, "")), "example.org:8443 does not answer any more", True),
        (by(OSError(errno.EMFILE, "Too many open files")),
         "the connection with example.org:8443 failed (Too many open files)", True),
        (by(socket.gaierror(socket.EAI_NONAME, "")), "there is no host example.org", False),
        (by(socket.gaierror(socket.EAI_AGAIN, "")),
         "the address of example.org cannot be found out just now", True),
        (by(OSError("Multiple exceptions")), "no server answers at example.org:8443", True),
        (by(not_verified(10)),
         "the certificate of example.org is not valid: it has expired", False),
        (by(not_verified(18)),
         "the certificate of example.org is not valid: it is signed by nobody but itself", False),
        (by(not_verified(20)), "the certificate of example.org is not valid: it is signed by an "
         "authority that this computer does not trust", False),
        (by(not_verified(62)),
         "the certificate of example.org is not valid: it is for another host", False),
        (by(not_verified(99)),
         "the certificate of example.org is not valid: something else", False),
        (by(alert("TLSV13_ALERT_CERTIFICATE_REQUIRED")),
         "example.org asks for a client certificate", False),
        (by(alert("TLSV1_ALERT_UNKNOWN_CA")),
         "example.org does not accept the client certificate", False),
        (by(alert("WRONG_VERSION_NUMBER")),
         "no encrypted connection with example.org (wrong version number)", True),
        (by(ssl.SSLEOFError(8, "EOF")), "the server cut the encrypted connection off", True),
        (httpcore.ReadError("the server cut the encrypted connection off"),
         "the server cut the encrypted connection off", True),
        (ConnectionResetError(errno.ECONNRESET, ""), "the server cut the connection off", True),
        (httpcore.RemoteProtocolError("Server disconnected without sending a response."),
         "the server closed the connection too early", True),
        (httpcore.ReadError(""), "the server closed the connection too early", True),
        (httpcore.LocalProtocolError("Illegal header value b' x'"),
         "the request cannot be sent (Illegal header value b' x')", False),
        (httpcore.ProxyError("407 Proxy Authentication Required"),
         "the proxy refused (407 Proxy Authentication Required)", False),
        (httpcore.ProxyError("502 Bad Gateway"), "the proxy refused (502 Bad Gateway)", True),
        (proxies.Unusable("ftp is no kind of proxy"), "ftp is no kind of proxy", False),
    ],
)  # fmt: skip
def test_each_has_its_phrase(error: Exception, detail: str, is_passing: bool) -> None:
    trouble = explain(error)
    assert (trouble.detail, trouble.is_passing) == (detail, is_passing)
    assert trouble.code is reasons.Code.CONNECTION
    assert not trouble.is_timeout


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (httpcore.ReadTimeout(), "the server sent nothing for 1 min"),
        (httpcore.WriteTimeout(), "the server took nothing for 1 min"),
        (httpx.ReadTimeout("late", request=REQUEST), "the server sent nothing for 1 min"),
        (streams.NotInTime("example.org", 8443),
         "example.org:8443 did not answer within 30 s"),
        (streams.NotInTime("proxy.example", 3128),
         "proxy.example:3128 did not answer within 30 s"),
    ],
)  # fmt: skip
def test_timeouts_are_known_as_such(error: Exception, detail: str) -> None:
    trouble = explain(error)
    assert (trouble.detail, trouble.is_timeout, trouble.is_passing) == (detail, True, True)


def test_of_a_proxy_it_is_said_that_it_is_one() -> None:
    refused = by(ConnectionRefusedError(errno.ECONNREFUSED, ""), "proxy.example", 3128)
    assert explain(refused).detail == "no proxy answers at proxy.example:3128"
    unknown = by(socket.gaierror(socket.EAI_NONAME, ""), "proxy.example", 3128)
    assert explain(unknown).detail == "there is no proxy proxy.example"


def test_a_name_that_nobody_can_have_is_not_looked_for_again() -> None:
    url = httpx.URL("http://nobody.invalid/")
    error = by(socket.gaierror(socket.EAI_AGAIN, ""), "nobody.invalid", 80)
    trouble = explain(error, url)
    assert (trouble.detail, trouble.is_passing) == ("there is no host nobody.invalid", False)


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    url = httpx.URL("http://[::1]:8080/")
    error = by(ConnectionRefusedError(errno.ECONNREFUSED, ""), "::1", 8080)
    assert explain(error, url).detail == "no server answers at [::1]:8080"


def test_a_file_of_certificates() -> None:
    trouble = explain(tls.Unusable("there is no file /a.pem"))
    assert trouble.detail == "there is no file /a.pem"
    assert (trouble.code, trouble.is_passing) == (reasons.Code.FILE_UNUSABLE, False)


@pytest.mark.parametrize(
    "error", [httpx.InvalidURL("Invalid port"), httpx.RemoteProtocolError("Invalid URL")]
)
def test_a_redirect_to_what_is_no_address(error: Exception) -> None:
    trouble = explain(error)
    assert trouble.detail == "the server redirects to what is no address"
    assert (trouble.code, trouble.is_passing) == (reasons.Code.SERVER_ANSWER, False)


#: Those of h2 that say which stream and how long, and need it for their words.
_OWN_ARGUMENTS = (
    h2.exceptions.InvalidBodyLengthError.__init__, h2.exceptions.StreamIDTooLowError.__init__,
)  # fmt: skip


def of_every_class() -> list[Exception]:
    """One of each that is expected, and of all that stand below it."""
    found: list[Exception] = []
    classes = list(failures.FOREIGN)
    while classes:
        one = classes.pop()
        if not issubclass(one, OSError):
            classes += one.__subclasses__()
        if one.__init__ in _OWN_ARGUMENTS:
            continue
        # A message of our own has no full stop; foreign ones may have.
        is_ours = one in (tls.Unusable, proxies.Unusable)
        made = one.__new__(one)
        made.args = ("something odd" if is_ours else "something odd.",)
        found.append(made)
    return found


@pytest.mark.parametrize("error", of_every_class(), ids=lambda error: type(error).__qualname__)
def test_everything_that_is_expected_is_explained(error: Exception) -> None:
    trouble = explain(error)
    assert trouble.detail
    assert not trouble.detail.endswith(".")
    assert "token" not in trouble.detail


@pytest.mark.parametrize(
    "error",
    [h11.RemoteProtocolError("illegal status line"), h2.exceptions.ProtocolError("bad frame"),
     httpcore.RemoteProtocolError("illegal status line")],
)  # fmt: skip
def test_what_nobody_understands_is_quoted(error: Exception) -> None:
    trouble = explain(error)
    assert trouble.detail == f"the server's answer cannot be understood ({error})"
    assert trouble.is_passing


def test_causes_in_a_circle_come_to_an_end() -> None:
    one, other = httpcore.ReadError("one"), httpcore.ReadError("other")
    one.__cause__, other.__cause__ = other, one
    assert explain(one).detail == "one"
