"""A scenario: what a server does to one transfer, and how that must end."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from bgtasks_gui.core import reasons
from bgtasks_gui.core.transfers import (
    Done,
    DownloadSpec,
    Exceeded,
    Failed,
    Held,
    Outcome,
    Stopped,
    UploadSpec,
)
from tests.faults.support.entities import Entity
from tests.faults.support.owners import Owner, Run
from tests.faults.support.server import Act, Server

Code = reasons.Code


@dataclass(frozen=True)
class End:
    """How a transfer must end: in which way, why, and in words that contain these."""

    kind: type[Done | Failed | Held | Exceeded | Stopped] = Done
    code: Code | None = None
    says: str = ""

    def check(self, outcome: Outcome) -> None:
        assert isinstance(outcome, self.kind), outcome
        if not isinstance(outcome, Done | Stopped):
            assert outcome.code == self.code, outcome
            assert self.says in outcome.detail, outcome
            assert len(outcome.detail) < 400, outcome.detail
            assert "\n" not in outcome.detail, outcome.detail


WHOLE = End()


def failed(code: Code, says: str = "") -> End:
    return End(Failed, code, says)


EXPIRED = End(Held, Code.ADDRESS_EXPIRED)
REFUSED = failed(Code.SERVER_ANSWER)
UNREACHED = failed(Code.CONNECTION)
WRONG = failed(Code.WRONG_CONTENT)


@dataclass(frozen=True)
class Scenario:
    """One download from a server that behaves so."""

    name: str
    acts: tuple[Act, ...]
    #: What the file shall hold, where it gets there.
    entity: Entity | None = None
    end: End = WHOLE
    #: First bytes asked for, request by request; None where that is left to the engine.
    firsts: tuple[int, ...] | None = None
    #: How often it is asked at most.
    most: int = 12
    #: Words of a note in the receipt, or of a line of the log.
    tells: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


def name_of(scenario: Scenario) -> str:
    return scenario.name.replace(" ", "-").replace(",", "")


def make_download(url: str, to: Path | str, **fields: Any) -> DownloadSpec:
    """A download that is patient for as long as a test may be."""
    usual: dict[str, Any] = {
        "method": "GET", "connect_timeout_s": 5.0, "request_timeout_s": 10.0, "segments": 1,
    }  # fmt: skip
    return DownloadSpec(url=url, to=str(to), **(usual | fields))


def make_upload(url: str, file: Path, **fields: Any) -> UploadSpec:
    usual: dict[str, Any] = {
        "method": "PUT", "connect_timeout_s": 5.0, "request_timeout_s": 10.0, "protocol": "plain",
    }  # fmt: skip
    return UploadSpec(url=url, file=str(file), **(usual | fields))


async def play(
    scenario: Scenario, server: Server, owner: Owner, folder: Path, *others: Server
) -> Run:
    """Let it happen, and check everything that holds for each."""
    url = server.on("/file.bin", *scenario.acts)
    spec = make_download(url, folder / "file.bin", **scenario.fields)
    run = owner.start(spec, *([scenario.entity.sha256] if scenario.entity else []))
    scenario.end.check(await run.over())
    check_folder(folder, run, scenario.entity)
    await until(server, lambda: server.open == 0)
    asked = server.asked("/file.bin")
    if scenario.firsts is not None:
        assert tuple(each.first for each in asked) == scenario.firsts
    assert len(asked) <= scenario.most
    told = [*run.lines, *run.record.receipt.notes, *(each.why for each in run.record.receipt.again)]
    assert scenario.tells == "" or any(scenario.tells in line for line in told), told
    assert run.record.receipt.moved <= sum(each.sent for each in (server, *others))
    return run


def check_folder(folder: Path, run: Run, entity: Entity | None) -> None:
    """The whole file and nothing else; or nothing but what is kept to go on from."""
    found = {path.name: path for path in folder.iterdir()}
    if not isinstance(run.outcomes[-1], Done):
        assert set(found) <= {Path(path).name for path in (run.record.part, run.record.aside)}
        return
    assert entity is not None
    assert set(found) == {Path(run.record.path).name}
    assert hashlib.sha256(Path(run.record.path).read_bytes()).hexdigest() == entity.sha256
    result = msgspec.json.decode(run.outcomes[-1].result)
    assert (result["path"], result["bytes"]) == (run.record.path, len(entity.content))


async def until(server: Server, holds: Callable[[], bool]) -> None:
    """The same as `Server.wait_until`, for tests on a loop."""
    await asyncio.to_thread(server.wait_until, holds)
