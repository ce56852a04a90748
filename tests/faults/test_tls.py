"""Downloads over TLS: certificates that are not right, connections that die in many ways."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.support import scripts
from tests.faults.support.certificates import Authority
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import (
    UNREACHED,
    Code,
    Scenario,
    failed,
    make_download,
    name_of,
    play,
)
from tests.faults.support.scripts import serve
from tests.faults.support.server import Server, running
from tests.faults.support.wire import Connection

FILE = Entity(make_content(300_000))
BARE = FILE.but(etag=None, modified=None, ranges=False)


def trusting(scenario: Scenario, authority: Authority) -> Scenario:
    return replace(scenario, fields={"authorities": str(authority.file), **scenario.fields})


TRUSTED = [
    Scenario("plain", (serve(FILE),), FILE, firsts=(0,)),
    Scenario("in chunks", (serve(FILE, scripts.in_chunks, by=scripts.chunked()),), FILE),
    Scenario("up to the proper end of the connection",
             (serve(BARE, scripts.without_length, by=scripts.close_after),), BARE),
    Scenario("cut without a word, then the rest",
             (serve(FILE, by=scripts.cut_after(100_000)), serve(FILE)), FILE, firsts=(0, 100_000)),
    Scenario("reset, then the rest", (serve(FILE, by=scripts.reset_after(100_000)), serve(FILE)),
             FILE),
    Scenario("whole, and cut without a word", (serve(FILE, by=scripts.cut_after(300_000)),), FILE,
             firsts=(0,)),
    Scenario("stalled, then the rest", (serve(FILE, by=scripts.stall_after(100_000)), serve(FILE)),
             FILE, firsts=(0, 100_000), fields={"request_timeout_s": 0.3}),
    Scenario("no length, and cut without a word, then good",
             (serve(BARE, scripts.without_length, by=scripts.cut_after(100_000)),
              serve(BARE, scripts.without_length, by=scripts.close_after)), BARE),
    Scenario("no length, and always cut without a word",
             (serve(BARE, scripts.without_length, by=scripts.cut_after(100_000)),), end=UNREACHED),
    Scenario("two connections", (serve(FILE),), FILE, fields={"segments": 2}),
]  # fmt: skip


@pytest.mark.parametrize("scenario", TRUSTED, ids=name_of)
async def test_tls(scenario: Scenario, authority: Authority, owner: Owner, folder: Path) -> None:
    with running(authority.good()) as server:
        await play(trusting(scenario, authority), server, owner, folder)


@pytest.mark.parametrize(
    ("make", "says"),
    [(Authority.of_another_host, ""), (Authority.expired, "expired")],
)
async def test_certificate_is_refused(
    make: Callable[[Authority], ssl.SSLContext],
    says: str,
    authority: Authority,
    owner: Owner,
    folder: Path,
) -> None:
    scenario = Scenario("", (serve(FILE),), end=failed(Code.CONNECTION, says), most=0)
    with running(make(authority)) as server:
        run = await play(trusting(scenario, authority), server, owner, folder)
        assert len(run.outcomes) == 1, "it cannot get better by itself"
        assert "certificate" in str(run.outcomes[0])


async def test_unknown_authority_is_refused(
    authority: Authority, owner: Owner, folder: Path
) -> None:
    scenario = Scenario("", (serve(FILE),), end=failed(Code.CONNECTION, "certificate"), most=0)
    with running(authority.good()) as server:
        run = await play(scenario, server, owner, folder)
    assert len(run.outcomes) == 1


def _end(connection: Connection) -> None:
    connection.read_some()
    connection.cut()


def _answer_garbage(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\nthis is no TLS\r\n")


@pytest.mark.parametrize(
    "greeting", [_end, Connection.reset, _answer_garbage], ids=["end", "reset", "garbage"]
)
async def test_handshake_breaks_then_good(
    greeting: Callable[[Connection], None], authority: Authority, owner: Owner, folder: Path
) -> None:
    scenario = Scenario("", (serve(FILE),), FILE, firsts=(0,))
    with running(authority.good()) as server:
        server.greet(greeting)
        await play(trusting(scenario, authority), server, owner, folder)


async def test_handshake_never_comes(authority: Authority, owner: Owner, folder: Path) -> None:
    scenario = Scenario("", (serve(FILE),), FILE, fields={"connect_timeout_s": 0.3})
    with running(authority.good()) as server:
        server.greet(lambda connection: connection.wait(lambda: False))
        await play(trusting(scenario, authority), server, owner, folder)
        assert server.connections == 2


async def test_client_certificate(
    authority: Authority, owner: Owner, folder: Path, tmp_path: Path
) -> None:
    mine = authority.for_client(tmp_path)
    with_it = Scenario("", (serve(FILE),), FILE, fields={"certificate": str(mine)})
    with running(authority.asking_for_a_certificate()) as server:
        await play(trusting(with_it, authority), server, owner, folder)


async def test_without_a_client_certificate(
    authority: Authority, owner: Owner, folder: Path
) -> None:
    scenario = Scenario("", (serve(FILE),), end=UNREACHED)
    with running(authority.asking_for_a_certificate()) as server:
        await play(trusting(scenario, authority), server, owner, folder)
        assert server.requests == []


async def test_plain_where_tls_was_asked_for(server: Server, owner: Owner, folder: Path) -> None:
    server.on("/file.bin", serve(FILE))
    url = f"https://localhost:{server.port}/file.bin"
    server.greet(*[_answer_garbage] * 20)
    run = owner.start(make_download(url, folder / "file.bin"))
    UNREACHED.check(await run.over())
