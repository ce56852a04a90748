"""The kind `download`: a file from a web server, by any method."""

from __future__ import annotations

import os
from typing import Annotated, ClassVar
from urllib.parse import unquote, urlsplit

import msgspec

from bgtasks_gui.core import errors, kind_ports, runs, tasks, transfers
from bgtasks_gui.kinds import addresses, fields

_Meta = msgspec.Meta


class DownloadPayload(
    fields.TransferPayload,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=False,
):
    """Download a file"""

    url: Annotated[
        str,
        _Meta(
            title="Address",
            description="Of the file, with https:// or http://.",
            examples=["https://example.org/report.pdf"],
            extra_json_schema={"format": "uri"},
        ),
    ]
    to: Annotated[
        str,
        _Meta(
            title="Save to",
            description="A folder, or the file's whole path.",
            examples=["~/Downloads"],
            extra_json_schema={"format": "folder", "x-empty": "Your folder for downloads"},
        ),
    ] = ""
    checksum: Annotated[
        str,
        _Meta(
            title="Checksum",
            description="sha256, sha1, sha512 or md5, a colon, and the digest.",
            examples=["sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
            extra_json_schema={"x-empty": "Not checked"},
        ),
    ] = ""
    segments: Annotated[
        int,
        _Meta(
            title="Connections",
            description="0 lets the size and the server decide.",
            extra_json_schema={
                "minimum": 0, "maximum": transfers.MOST_SEGMENTS, "x-rare": True,
            },
        ),
    ] = 0  # fmt: skip
    method: Annotated[
        str,
        _Meta(
            title="Method",
            description="How the file is asked for; POST where the server wants a body with it.",
            examples=["POST"],
            extra_json_schema={"x-rare": True},
        ),
    ] = "GET"
    body: Annotated[
        str,
        _Meta(
            title="Body",
            description="A file that is sent with the request.",
            extra_json_schema={"format": "file", "x-empty": "None", "x-rare": True},
        ),
    ] = ""


class DownloadKind:
    """Fetches a file. Suspending closes the connection and keeps what is there."""

    name: ClassVar[str] = "download"
    payload_type: ClassVar[type[msgspec.Struct]] = DownloadPayload
    can_suspend: ClassVar[bool] = True

    def describe(self, payload: msgspec.Struct) -> str:
        assert isinstance(payload, DownloadPayload)
        name = "" if payload.to.endswith("/") else os.path.basename(payload.to)
        name = name or unquote(urlsplit(payload.url).path.rpartition("/")[2]) or "a file"
        name = " ".join(name.split())
        name = name if len(name) <= 60 else f"{name[:59]}…"
        return f"downloads {name} from {addresses.host(payload.url)}"

    async def prepared(
        self, payload: msgspec.Struct, spec: tasks.TaskSpec, checker: kind_ports.Checker
    ) -> msgspec.Struct:
        assert isinstance(payload, DownloadPayload)
        addresses.check_url(payload.url)
        changed = await addresses.check_common(payload, checker)
        changed["method"] = addresses.check_method(payload.method)
        if payload.checksum:
            changed["checksum"] = addresses.check_checksum(payload.checksum)
        if not 0 <= payload.segments <= transfers.MOST_SEGMENTS:
            raise errors.InvalidField(
                f"{payload.segments} connections are not possible; it is from 0 (by itself) to "
                f"{transfers.MOST_SEGMENTS}.",
                field="segments",
            )
        if payload.body:
            changed["body"] = await checker.find_file(payload.body, "body")
        changed["to"] = await checker.find_target(payload.to, "to")
        return msgspec.structs.replace(payload, **changed)

    def transfer(self, payload: msgspec.Struct, task: tasks.Task, run: runs.Run) -> transfers.Spec:
        assert isinstance(payload, DownloadPayload)
        return transfers.DownloadSpec(
            url=payload.url,
            to=payload.to,
            body=payload.body,
            checksum=payload.checksum,
            segments=payload.segments,
            **addresses.spec_fields(payload, payload.method),
        )

    def address(self, payload: msgspec.Struct) -> str:
        assert isinstance(payload, DownloadPayload)
        return payload.url

    def folder(self, payload: msgspec.Struct) -> str:
        assert isinstance(payload, DownloadPayload)
        return os.path.dirname(payload.to)

    def attempts(self, payload: msgspec.Struct) -> int:
        assert isinstance(payload, DownloadPayload)
        return payload.attempts

    def priority(self, payload: msgspec.Struct) -> transfers.Priority:
        assert isinstance(payload, DownloadPayload)
        return payload.priority
