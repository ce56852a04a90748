"""Downloads that are sent elsewhere, and what is not told there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.support import scripts
from tests.faults.support.certificates import Authority
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import (
    WHOLE,
    Code,
    Scenario,
    check_folder,
    failed,
    make_download,
    name_of,
    play,
    until,
)
from tests.faults.support.scripts import redirect, serve
from tests.faults.support.server import Server, running

FILE = Entity(make_content(100_000))
SECRETS = {"Authorization": "Bearer hushed", "Cookie": "id=hushed", "X-Mine": "kept"}
ELSEWHERE = failed(Code.SERVER_ANSWER)


@pytest.fixture
def other() -> Iterator[Server]:
    """Another server, thus another origin."""
    with running() as one:
        yield one


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_within_a_host(
    status: int, server: Server, owner: Owner, folder: Path
) -> None:
    server.on("/there", serve(FILE))
    scenario = Scenario("", (redirect("/there", status),), FILE, fields={"headers": SECRETS})
    await play(scenario, server, owner, folder)
    [there] = server.asked("/there")
    assert there.named.items() >= {"authorization": "Bearer hushed", "cookie": "id=hushed"}.items()


@pytest.mark.parametrize("how", ["headers", "address"])
async def test_secrets_do_not_cross_to_another_origin(
    how: str, server: Server, other: Server, owner: Owner, folder: Path
) -> None:
    server.on("/file.bin", redirect(other.url("/file.bin")))
    other.on("/file.bin", serve(FILE))
    url = server.url("/file.bin", "" if how == "headers" else "me:hushed")
    headers = SECRETS if how == "headers" else {"X-Mine": "kept"}
    run = owner.start(make_download(url, folder / "file.bin", headers=headers), FILE.sha256)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    [first], [second] = server.requests, other.requests
    assert "authorization" in first.named
    assert "hushed" not in str(second.headers)
    assert not {"authorization", "cookie", "proxy-authorization"} & set(second.named)
    assert "hushed" not in str([run.record.receipt, run.lines])


async def test_credentials_go_to_who_asked_for_them(
    server: Server, other: Server, owner: Owner, folder: Path
) -> None:
    other.on("/file.bin", scripts.by_user("you", "other", serve(FILE)))
    to = f"http://you:other@127.0.0.1:{other.port}/file.bin"
    scenario = Scenario("", (redirect(to),), FILE)
    await play(scenario, server, owner, folder, other)


CHAINS = [
    Scenario("ten one after the other", (*(redirect("/file.bin?n=" + str(n)) for n in range(10)),
             serve(FILE)), FILE),
    Scenario("to a folder above", (redirect("../file.bin"), serve(FILE)), FILE),
    Scenario("to the same host without a scheme", (redirect("//localhost:PORT/x"),), FILE),
    Scenario("to a path that is not encoded", (redirect("/d\xe4r?a=\xf6"),), FILE),
    Scenario("and the connection does not stay", (scripts.then_close(redirect("/x")),), FILE),
    Scenario("in a circle", (redirect("/file.bin"),), end=ELSEWHERE, most=12),
    Scenario("out to ftp", (redirect("ftp://localhost/file.bin"),), end=ELSEWHERE, most=1),
    Scenario("out to a file", (redirect("file:///etc/passwd"),), end=ELSEWHERE, most=1),
    Scenario("to no address", (redirect("http://[::1"),), end=ELSEWHERE, most=1),
    Scenario("to an empty address", (redirect(""),), end=ELSEWHERE, most=12),
    Scenario("to nowhere", (scripts.say(302, b""),), end=ELSEWHERE, most=1),
]  # fmt: skip


@pytest.mark.parametrize("scenario", CHAINS, ids=name_of)
async def test_redirects(scenario: Scenario, server: Server, owner: Owner, folder: Path) -> None:
    for path in ("/x", "/d%C3%A4r", "/d%E4r"):
        server.on(path, serve(FILE))
    if "without a scheme" in scenario.name:
        scenario = Scenario("", (redirect(f"//localhost:{server.port}/x"),), FILE)
    await play(scenario, server, owner, folder)


async def test_another_server_gives_the_rest(
    server: Server, other: Server, owner: Owner, folder: Path
) -> None:
    """A distributor that sends every request to another of its servers."""
    other.on("/a", serve(FILE, by=scripts.cut_after(40_000)))
    server.on("/b", serve(FILE))
    to_a, to_b = redirect(other.url("/a")), redirect(server.url("/b"))
    scenario = Scenario("", (to_a, to_b), FILE, firsts=(0, 40_000))
    await play(scenario, server, owner, folder, other)
    await until(other, lambda: other.open == 0)


async def test_from_tls_to_plain(
    authority: Authority, server: Server, owner: Owner, folder: Path
) -> None:
    """No secret goes from an encrypted connection to one that is not."""
    server.on("/file.bin", serve(FILE))
    with running(authority.good()) as safe:
        url = safe.on("/file.bin", redirect(server.url("/file.bin")))
        spec = make_download(
            url, folder / "file.bin", headers=SECRETS, authorities=str(authority.file)
        )
        run = owner.start(spec, FILE.sha256)
        outcome = await run.over()
    assert "hushed" not in str([each.headers for each in server.requests])
    WHOLE.check(outcome)
