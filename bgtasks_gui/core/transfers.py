"""Transfers: what one shall do, what is remembered of it, and how an attempt can end (design 9)."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import Annotated, Final, Literal

import msgspec

from bgtasks_gui.core import reasons

#: Seconds to wait for a connection, for the next piece of data, and for the whole (R13, R14).
CONNECT_TIMEOUT_S: Final = 30.0
REQUEST_TIMEOUT_S: Final = 60.0
RESOURCE_TIMEOUT_S: Final = 7 * 86_400.0
#: Attempts in a row that bring no new byte, before a transfer has failed. Those that ran into the
#: request timeout do not count (R15).
ATTEMPTS: Final = 20
#: From this size on a download may use several connections, and then this many (design 9).
SEGMENTED_FROM: Final = 16 * 1024 * 1024
SEGMENTS: Final = 4
MOST_SEGMENTS: Final = 16
#: From so many bytes on, those of an older version are kept until the new one is whole (wishes
#: W16): fewer come again in a moment.
ASIDE_FROM: Final = 1024 * 1024
#: How much, or for how long, is received before it is made safe on the disk and recorded.
SAFE_EVERY_BYTES: Final = 64 * 1024 * 1024
SAFE_EVERY_S: Final = 5.0
#: Attempts and fetched-again ranges that a receipt lists one by one; older ones are counted.
LISTED: Final = 50
#: Methods that may be repeated without asking (RFC 9110 9.2.2, R32).
IDEMPOTENT: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})

Priority = Literal["low", "normal", "high"]
#: How a file is sent: found out from the server, all at once, or by one of two protocols that can
#: go on where they stopped (tus 1.0; draft-ietf-httpbis-resumable-upload).
Protocol = Literal["auto", "plain", "tus", "draft"]


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What downloads and uploads have in common."""

    url: str
    method: str
    headers: dict[str, str] = {}
    #: Bytes a second at most; None is as fast as the whole may be.
    rate: int | None = None
    connect_timeout_s: float = CONNECT_TIMEOUT_S
    #: Longest wait for the next piece of data; the attempt then begins again (R13, R15).
    request_timeout_s: float = REQUEST_TIMEOUT_S
    #: Longest time for the whole, that spent suspended, waiting or offline left out (R14, R17).
    resource_timeout_s: float = RESOURCE_TIMEOUT_S
    #: Bytes a second below which, averaged over the window, it is cancelled; None is never.
    floor: int | None = None
    floor_window_s: float = 60.0
    #: "" is what the environment says, "direct" none, anything else the address of one.
    proxy: str = ""
    #: Files in PEM format: client certificate, its key where that is apart, authorities to trust
    #: in place of the system's.
    certificate: str = ""
    certificate_key: str = ""
    authorities: str = ""
    #: Whose password is taken from the system's keyring, where it is kept under the host's name.
    user: str = ""
    http2: bool = False
    #: Whether it may be sent again by itself (R32).
    is_repeatable: bool = True


class DownloadSpec(Spec, frozen=True, kw_only=True, tag="download"):
    #: Absolute path of the file; with a slash at its end the folder, and the server names the file.
    to: str
    #: File whose content is the body of the request; "" is none.
    body: str = ""
    #: "sha256:HEX"; also md5, sha1, sha512. "" is none.
    checksum: str = ""
    #: Connections at once; 0 lets the size and the server decide.
    segments: int = 0


class UploadSpec(Spec, frozen=True, kw_only=True, tag="upload"):
    #: Absolute path of what is sent.
    file: str
    protocol: Protocol = "auto"


AnySpec = DownloadSpec | UploadSpec


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A range of the file, fetched by one connection, in order."""

    start: int
    #: Behind its last byte; None as long as the length is not known.
    end: int | None = None
    #: Bytes from `start` on that are safe on the disk.
    done: int = 0


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try, for the receipt."""

    at: datetime
    #: Without user, password and query.
    url: str
    status: int | None = None
    #: Bytes that were there when it began, and when it ended.
    first: int = 0
    last: int = 0
    #: ETag or date by which the server knows the file again.
    validator: str | None = None
    #: How it ended, as a phrase: "the server closed the connection". None while it goes on.
    end: str | None = None


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """A range that was fetched (or sent) another time, and why."""

    start: int
    end: int
    why: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """How the file was put together. Lists hold the newest `LISTED`; the rest is counted."""

    attempts: tuple[Attempt, ...] = ()
    attempts_left_out: int = 0
    again: tuple[Again, ...] = ()
    again_left_out: int = 0
    #: Bytes of bodies that went over the wire, those fetched again included.
    moved: int = 0
    #: Seconds in which it was moving; with `moved` it gives the mean speed.
    active_s: float = 0.0
    #: Connections at once, at most.
    connections: int = 0
    #: What was checked at the end: "sha256 is as expected", "the length is as announced".
    checked: str | None = None
    #: What else is worth knowing: "the server does not support resuming".
    notes: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept of a transfer, so that it can go on after a crash."""

    #: The address in force, which a person may replace (wishes W17).
    url: str
    #: Where the file is or will be; "" until its name is known.
    path: str = ""
    #: Where the bytes are kept meanwhile.
    part: str = ""
    #: Where the bytes of an older version of the file are kept until the new one is whole.
    aside: str = ""
    etag: str | None = None
    modified: str | None = None
    length: int | None = None
    #: Digest of the address that told these three: another one may tell another file.
    source_of: str = ""
    #: What is safe of the file, by range and in order; of an upload one piece: what the server has.
    pieces: tuple[Piece, ...] = ()
    #: Digest of the last block that was made safe, by which a foreign change is noticed.
    mark: str = ""
    #: Uploads: how it is sent, and where the server keeps what it has.
    protocol: Protocol = "auto"
    resource: str = ""
    #: Until when it does so, where it has said that.
    kept_until: datetime | None = None
    #: Size and modification time (ns) of the file being sent.
    source: tuple[int, int] | None = None
    #: Chosen for this run: bytes a second, 0 is no limit; None is what the task says.
    rate: int | None = None
    #: Attempts in a row that brought no new byte.
    failures: int = 0
    #: Seconds of the resource timeout that are used up.
    used_s: float = 0.0
    receipt: Receipt = Receipt()

    @property
    def done(self) -> int:
        """Bytes that are safe."""
        return sum(piece.done for piece in self.pieces)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """How far a transfer is, and what it does, now."""

    done: int
    total: int | None = None
    #: "finishing", "checking", "connecting", "restarted"; None while bytes move.
    message: str | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """The file is there, whole and checked (or the server has it all)."""

    #: What the run results in: for a download {"path", "bytes"}, for an upload {"status", "bytes"}.
    result: msgspec.Raw


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """This attempt did not succeed."""

    code: reasons.Code
    detail: str
    #: Whether another attempt may succeed; `Record.failures` says how many in a row there were.
    is_passing: bool = False
    #: Seconds the server asks to wait (Retry-After), at least.
    wait_s: float | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True, tag="held"):
    """It stands still with what it has, until something is done or changes."""

    #: `ADDRESS_EXPIRED`, or `RESOURCE_REVOKED` where the disk is full.
    code: reasons.Code
    detail: str
    #: Goes on by itself once this folder has so many bytes of room.
    folder: str = ""
    needs: int = 0


class Exceeded(msgspec.Struct, frozen=True, kw_only=True, tag="exceeded"):
    """A limit is used up: it is cancelled."""

    code: Annotated[reasons.Code, "TIME_LIMIT or LOW_SPEED"]
    detail: str


class Stopped(msgspec.Struct, frozen=True, kw_only=True, tag="stopped"):
    """It was asked to stop, and nothing moves any more."""


Outcome = Done | Failed | Held | Exceeded | Stopped


#: Kinds of files that a desktop may run, or that lead it to something else.
DANGEROUS: Final = frozenset(
    {
        *(".appimage", ".apk", ".app", ".bash", ".bat", ".bin", ".cmd", ".com", ".command"),
        *(".cpl", ".csh", ".deb", ".desktop", ".dll", ".dmg", ".exe", ".fish", ".flatpakref"),
        *(".gadget", ".hta", ".inf", ".jar", ".js", ".jse", ".ksh", ".lnk", ".msc", ".msi"),
        *(".msp", ".pif", ".pl", ".ps1", ".py", ".pyc", ".pyw", ".rb", ".reg", ".rpm", ".run"),
        *(".scr", ".sh", ".snap", ".so", ".url", ".vb", ".vbe", ".vbs", ".workflow", ".wsf"),
        *(".wsh", ".zsh"),
    }
)


def is_dangerous(file: PurePath) -> bool:
    """Whether the name of a file is of a kind that can be run."""
    return any(suffix.lower() in DANGEROUS for suffix in file.suffixes[-1:])
