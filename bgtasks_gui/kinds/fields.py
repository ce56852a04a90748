"""The fields that downloads and uploads have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

import msgspec

from bgtasks_gui.core import transfers

_Meta = msgspec.Meta
_RARE: Final = {"x-rare": True}


class TransferPayload(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False
):
    """What every transfer says."""

    headers: Annotated[
        dict[str, str],
        _Meta(
            title="Headers",
            description="Sent with every request.",
            extra_json_schema={**_RARE, "x-entry": "header"},
        ),
    ] = {}
    rate: Annotated[
        int | None,
        _Meta(
            title="Speed limit",
            description="At most so much a second.",
            extra_json_schema={"format": "size", "x-empty": "As fast as it goes"},
        ),
    ] = None
    priority: Annotated[
        transfers.Priority,
        _Meta(
            title="Priority",
            description="Who goes first where several wait.",
            extra_json_schema={
                "x-labels": {"low": "Low", "normal": "Normal", "high": "High"},
                "x-rare": True,
            },
        ),
    ] = "normal"
    request_timeout: Annotated[
        timedelta,
        _Meta(
            title="Give up waiting after",
            description="Without any data; it then connects anew.",
            extra_json_schema=_RARE,
        ),
    ] = timedelta(seconds=transfers.REQUEST_TIMEOUT_S)
    resource_timeout: Annotated[
        timedelta,
        _Meta(
            title="Give up altogether after",
            description="Time spent waiting, suspended or offline does not count.",
            extra_json_schema=_RARE,
        ),
    ] = timedelta(seconds=transfers.RESOURCE_TIMEOUT_S)
    connect_timeout: Annotated[
        timedelta,
        _Meta(
            title="Give up connecting after",
            description="Without an answer of the server; it is then tried anew.",
            extra_json_schema=_RARE,
        ),
    ] = timedelta(seconds=transfers.CONNECT_TIMEOUT_S)
    floor: Annotated[
        int | None,
        _Meta(
            title="Least speed",
            description="A second; slower than that, it is cancelled.",
            extra_json_schema={"format": "size", "x-empty": "None", "x-rare": True},
        ),
    ] = None
    floor_window: Annotated[
        timedelta,
        _Meta(
            title="Measured over",
            description="The time over which the least speed is measured.",
            extra_json_schema=_RARE,
        ),
    ] = timedelta(seconds=60)
    attempts: Annotated[
        int,
        _Meta(
            title="Attempts in a row",
            description="That may bring nothing, before it has failed.",
            extra_json_schema={"minimum": 1, "maximum": 1000, "x-rare": True},
        ),
    ] = transfers.ATTEMPTS
    proxy: Annotated[
        str,
        _Meta(
            title="Proxy",
            description='Its address, or "direct" for none.',
            examples=["http://proxy.example:3128"],
            extra_json_schema={"x-empty": "As the environment says", "x-rare": True},
        ),
    ] = ""
    certificate: Annotated[
        str,
        _Meta(
            title="Client certificate",
            description="A file in PEM format.",
            extra_json_schema={"format": "file", "x-rare": True},
        ),
    ] = ""
    certificate_key: Annotated[
        str,
        _Meta(
            title="Its key",
            description="Where it is not in the same file.",
            extra_json_schema={"format": "file", "x-rare": True},
        ),
    ] = ""
    authorities: Annotated[
        str,
        _Meta(
            title="Trusted authorities",
            description="A file in PEM format that takes the place of the system's.",
            extra_json_schema={"format": "file", "x-empty": "The system's", "x-rare": True},
        ),
    ] = ""
    user: Annotated[
        str,
        _Meta(
            title="User",
            description="Whose password is in the system's keyring, under bgtasks: and the host.",
            extra_json_schema=_RARE,
        ),
    ] = ""
    http2: Annotated[
        bool,
        _Meta(
            title="HTTP/2",
            description="Offered to the server; slower for large files.",
            extra_json_schema=_RARE,
        ),
    ] = False
    repeat: Annotated[
        bool,
        _Meta(
            title="May be sent again",
            description="By itself, although its method can do something twice.",
            extra_json_schema=_RARE,
        ),
    ] = False
