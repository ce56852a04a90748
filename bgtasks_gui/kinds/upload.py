"""The kind `upload`: a file to a web server, resumed where the server can do that."""

from __future__ import annotations

import os
from typing import Annotated, ClassVar

import msgspec

from bgtasks_gui.core import kind_ports, runs, tasks, transfers
from bgtasks_gui.kinds import addresses, fields

_Meta = msgspec.Meta


class UploadPayload(
    fields.TransferPayload,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=False,
):
    """Upload a file"""

    file: Annotated[
        str,
        _Meta(
            title="File",
            description="What is sent.",
            examples=["~/Documents/report.pdf"],
            extra_json_schema={"format": "file"},
        ),
    ]
    url: Annotated[
        str,
        _Meta(
            title="Address",
            description="Where it goes, with https:// or http://.",
            examples=["https://example.org/inbox/report.pdf"],
            extra_json_schema={"format": "uri"},
        ),
    ]
    method: Annotated[
        str,
        _Meta(
            title="Method",
            description="PUT puts it at the address, POST hands it to a program there.",
            examples=["POST"],
            extra_json_schema={"x-rare": True},
        ),
    ] = "PUT"
    protocol: Annotated[
        transfers.Protocol,
        _Meta(
            title="How it is sent",
            description="Sent in parts, an upload that is cut off goes on where it stopped.",
            extra_json_schema={
                "x-labels": {
                    "auto": "As the server offers",
                    "plain": "All at once",
                    "tus": "In parts, by tus",
                    "draft": "In parts, by the IETF's draft",
                },
                "x-rare": True,
            },
        ),
    ] = "auto"


class UploadKind:
    """Sends a file. Suspending closes the connection; it goes on where the server can."""

    name: ClassVar[str] = "upload"
    payload_type: ClassVar[type[msgspec.Struct]] = UploadPayload
    can_suspend: ClassVar[bool] = True

    def describe(self, payload: msgspec.Struct) -> str:
        assert isinstance(payload, UploadPayload)
        name = " ".join(os.path.basename(payload.file).split())
        name = name if len(name) <= 60 else f"{name[:59]}…"
        return f"uploads {name} to {addresses.host(payload.url)}"

    async def prepared(
        self, payload: msgspec.Struct, spec: tasks.TaskSpec, checker: kind_ports.Checker
    ) -> msgspec.Struct:
        assert isinstance(payload, UploadPayload)
        addresses.check_url(payload.url)
        changed = await addresses.check_common(payload, checker)
        changed["method"] = addresses.check_method(payload.method)
        changed["file"] = await checker.find_file(payload.file, "file")
        return msgspec.structs.replace(payload, **changed)

    def transfer(self, payload: msgspec.Struct, task: tasks.Task, run: runs.Run) -> transfers.Spec:
        assert isinstance(payload, UploadPayload)
        return transfers.UploadSpec(
            url=payload.url,
            file=payload.file,
            protocol=payload.protocol,
            **addresses.spec_fields(payload, payload.method),
        )

    def address(self, payload: msgspec.Struct) -> str:
        assert isinstance(payload, UploadPayload)
        return payload.url

    def folder(self, payload: msgspec.Struct) -> str:
        return ""

    def attempts(self, payload: msgspec.Struct) -> int:
        assert isinstance(payload, UploadPayload)
        return payload.attempts

    def priority(self, payload: msgspec.Struct) -> transfers.Priority:
        assert isinstance(payload, UploadPayload)
        return payload.priority
