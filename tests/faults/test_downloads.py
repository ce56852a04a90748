"""Downloads that begin at the beginning, from servers good and bad."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bgtasks_gui.core.transfers import Exceeded, Held
from tests.faults.support import scripts
from tests.faults.support.entities import Entity, make_content, sha256
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import (
    REFUSED,
    UNREACHED,
    WHOLE,
    WRONG,
    Code,
    End,
    Scenario,
    check_folder,
    failed,
    make_download,
    name_of,
    play,
)
from tests.faults.support.scripts import PAGE, raw, say, serve, serve_whole
from tests.faults.support.server import Server

FILE = Entity(make_content(300_000))
BARE = FILE.but(etag=None, modified=None)
EMPTY = Entity(b"")
BYTE = Entity(b"x")
SQUEEZED = FILE.but(content=b"\x1f\x8b" + FILE.content)
SHORT = FILE.but(content=FILE.content[:299_990])
BODY = Entity(b"hello")
BOMB = Entity(gzip.compress(bytes(20_000_000), mtime=0))
#: The beginning of the chunk behind the first 9,000 bytes.
HALF = b"ff\r\n" + FILE.content[9000:9003]
IN_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

GOOD = [
    Scenario("plain", (serve(FILE),), FILE, firsts=(0,)),
    Scenario("nothing in it", (serve(EMPTY),), EMPTY, firsts=(0,)),
    Scenario("one byte", (serve(BYTE),), BYTE, firsts=(0,)),
    Scenario("no validators", (serve_whole(BARE),), BARE),
    Scenario("in chunks", (serve(FILE, scripts.in_chunks, by=scripts.chunked()),), FILE),
    Scenario("in chunks of one byte", (serve(BODY, scripts.in_chunks, by=scripts.chunked(1)),),
             BODY),
    Scenario("up to the end of the connection",
             (serve(FILE, scripts.without_length, by=scripts.close_after),), FILE),
    Scenario("connection closed though it was to be kept",
             (scripts.then_close(serve(FILE)),), FILE),
    Scenario("answer of HTTP/1.0", (raw(b"HTTP/1.0 200 OK\r\n\r\nhello"),), BODY),
    Scenario("no phrase in the status line",
             (raw(b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello"),), BODY),
    Scenario("hints before the answer",
             (scripts.after(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", serve(FILE)),),
             FILE),
    Scenario("continue before the answer",
             (scripts.after(b"HTTP/1.1 100 Continue\r\n\r\n" * 3, serve(FILE)),), FILE),
    Scenario("the same length twice",
             (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),),
             BODY),
    Scenario("compressed though not asked for stays as it was sent",
             (serve(SQUEEZED, scripts.header("Content-Encoding", "gzip")),), SQUEEZED),
    Scenario("checksum is right", (serve(FILE),), FILE,
             fields={"checksum": f"sha256:{FILE.sha256}"}),
    Scenario("more sent than announced is not taken",
             (serve(FILE, scripts.length_off(-10), by=scripts.close_after),), SHORT),
    Scenario("a little at a time", (serve(FILE, by=scripts.drip(3000, lambda: True)),), FILE),
]  # fmt: skip

PASSING = [
    Scenario("503, then good", (say(503), serve(FILE)), FILE, firsts=(0, 0)),
    Scenario("500 and 502, then good", (say(500), say(502), serve(FILE)), FILE),
    Scenario("429, then good", (say(429, retry_after="0"), serve(FILE)), FILE),
    Scenario("no answer but an end, then good", (scripts.hang_up, serve(FILE)), FILE),
    Scenario("no answer but a reset, then good", (scripts.break_off, serve(FILE)), FILE),
    Scenario("no answer at all, then good", (scripts.silence, serve(FILE)), FILE,
             fields={"request_timeout_s": 0.3}),
    Scenario("cut in the head, then good",
             (raw(b"HTTP/1.1 200 OK\r\nContent-Le"), serve(FILE)), FILE),
    Scenario("cut before the first byte, then good",
             (serve(FILE, by=scripts.cut_after(0)), serve(FILE)), FILE, firsts=(0, 0)),
    Scenario("a chunk that is none, then good",
             (serve(FILE, scripts.in_chunks, by=scripts.broken_chunks(9000, b"zz\r\n")),
              serve(FILE)), FILE),
    Scenario("cut between chunks, then good",
             (serve(FILE, scripts.in_chunks, by=scripts.broken_chunks(9000, b"")),
              serve(FILE)), FILE),
    Scenario("cut in a chunk that began wrongly, then good",
             (serve(FILE, scripts.in_chunks, by=scripts.broken_chunks(90_000, b"ff\r\nabc")),
              serve(FILE)), FILE),
    Scenario("cut in a chunk, then good",
             (serve(FILE, scripts.in_chunks, by=scripts.broken_chunks(9000, HALF)),
              serve(FILE)), FILE),
]  # fmt: skip

BAD = [
    Scenario("404", (say(404),), end=failed(Code.SERVER_ANSWER, "404"), most=1),
    Scenario("403", (say(403),), end=failed(Code.SERVER_ANSWER, "403"), most=1),
    Scenario("410", (say(410),), end=failed(Code.SERVER_ANSWER, "410"), most=1),
    Scenario("401", (say(401, www_authenticate='Basic realm="x"'),),
             end=failed(Code.SERVER_ANSWER, "401"), most=2),
    Scenario("503 for ever", (say(503),), end=failed(Code.SERVER_ANSWER, "503")),
    Scenario("nothing changed, though that was not asked", (say(304, b""),), end=REFUSED),
    Scenario("no answer for ever", (scripts.hang_up,), end=UNREACHED),
    Scenario("no answer at all for ever", (scripts.silence,), end=End(Exceeded, Code.TIME_LIMIT),
             fields={"request_timeout_s": 0.1, "resource_timeout_s": 0.6}),
    Scenario("garbage for a status line", (raw(b"\x00\xff garbage\r\n\r\n"),), end=UNREACHED),
    Scenario("garbage for a header", (raw(b"HTTP/1.1 200 OK\r\n\x00 \x01\r\n\r\n"),),
             end=UNREACHED),
    Scenario("HTTP/0.9", (raw(PAGE),), end=UNREACHED),
    Scenario("length that is no number",
             (raw(b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello"),), end=UNREACHED),
    Scenario("length below nothing",
             (raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"),), end=UNREACHED),
    Scenario("two lengths that differ",
             (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhello"),),
             end=UNREACHED),
    Scenario("a head without end",
             (scripts.endless(b"HTTP/1.1 200 OK\r\n", b"X-Again: and again\r\n" * 500),),
             end=UNREACHED),
    Scenario("an unknown way of framing",
             (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: crates\r\n\r\nhello"),), end=UNREACHED),
    Scenario("checksum is wrong", (serve(FILE),), end=WRONG,
             fields={"checksum": "sha256:" + 64 * "0"}),
    Scenario("an error page instead of the file, and a checksum",
             (say(200, PAGE),), end=WRONG, fields={"checksum": f"md5:{32 * 'a'}"}),
    Scenario("less announced than there is, and a checksum",
             (serve(FILE, scripts.length_off(-10), by=scripts.close_after),), end=WRONG,
             fields={"checksum": f"sha256:{FILE.sha256}"}),
    Scenario("more announced than there is",
             (serve_whole(BARE, scripts.length_off(10), by=scripts.close_after),), end=UNREACHED),
]  # fmt: skip

ODD = [
    Scenario("a bomb for those who unpack it",
             (serve(BOMB, scripts.header("Content-Encoding", "gzip")),), BOMB),
    Scenario("chunks with extensions and a trailer",
             (raw(IN_CHUNKS + b"2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n"),), BODY),
    Scenario("chunks and a length",
             (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                  b"5\r\nhello\r\n0\r\n\r\n"),), BODY),
    Scenario("a chunk larger than anything, then good",
             (raw(IN_CHUNKS + 30 * b"f" + b"\r\nhello"), serve(FILE)), FILE),
    Scenario("a chunk of less than nothing, then good",
             (raw(IN_CHUNKS + b"-5\r\nhello"), serve(FILE)), FILE),
    *(Scenario(f"asks to wait for {wait}, then good", (say(503, retry_after=wait), serve(FILE)),
               FILE) for wait in ("soon", "-7", "9" * 30, "Sat, 99 Foo 2025 00:00:00 GMT", "")),
    Scenario("an etag without quotes", (serve(FILE.but(etag="one")),), FILE),
    Scenario("an etag of bytes", (serve(FILE.but(etag='"\xe4\xff"')),), FILE),
    Scenario("a date that is none", (serve(FILE.but(modified="yesterday, noon")),), FILE),
    Scenario("a part though the whole was asked for",
             (raw(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/10\r\n"
                  b"Content-Length: 5\r\n\r\nhello"),), end=REFUSED),
    Scenario("a header longer than anything, then good",
             (raw(b"HTTP/1.1 200 OK\r\nX: " + 300_000 * b"x" + b"\r\n\r\n"), serve(FILE)), FILE),
    Scenario("hints without end",
             (scripts.endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100),),
             end=End(Exceeded, Code.TIME_LIMIT), fields={"resource_timeout_s": 0.5}),
    *(Scenario(f"larger than any disk, {zeros} zeros",
               (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1" + zeros * b"0" + b"\r\n\r\nhello"),),
               end=End(Held, Code.RESOURCE_REVOKED), most=1) for zeros in (15, 18)),
    Scenario("a length beyond all numbers",
             (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1" + 19 * b"0" + b"\r\n\r\nhello"),),
             end=UNREACHED),
]  # fmt: skip


@pytest.mark.parametrize("scenario", ODD, ids=name_of)
async def test_odd_download(scenario: Scenario, server: Server, owner: Owner, folder: Path) -> None:
    await play(scenario, server, owner, folder)


@pytest.mark.parametrize("scenario", [*GOOD, *PASSING, *BAD], ids=name_of)
async def test_download(scenario: Scenario, server: Server, owner: Owner, folder: Path) -> None:
    await play(scenario, server, owner, folder)


async def test_proxy(server: Server, owner: Owner, folder: Path) -> None:
    """The rest comes over the proxy too, and nothing of it goes anywhere else."""
    url = "http://nowhere.invalid/file.bin"
    server.on(url, serve(FILE, by=scripts.cut_after(100_000)), serve(FILE))
    run = owner.start(make_download(url, folder / "file.bin", proxy=server.url("")), FILE.sha256)
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert [each.first for each in server.requests] == [0, 100_000]


async def test_proxy_that_does_not_answer(server: Server, owner: Owner, folder: Path) -> None:
    server.go_down()
    url = "http://nowhere.invalid/file.bin"
    run = owner.start(make_download(url, folder / "file.bin", proxy=server.url("")))
    UNREACHED.check(await run.over())


async def test_nobody_listens(server: Server, owner: Owner, folder: Path) -> None:
    server.go_down()
    run = owner.start(make_download(server.url("/file.bin"), folder / "file.bin"))
    failed(Code.CONNECTION, "no server answers").check(await run.over())
    assert len(run.outcomes) > 1, "it may pass"
    assert run.record.receipt.moved == 0


async def test_host_that_is_not_there(owner: Owner, folder: Path) -> None:
    run = owner.start(make_download("http://nowhere.invalid/file.bin", folder / "file.bin"))
    failed(Code.CONNECTION, "nowhere.invalid").check(await run.over())


async def test_post_is_not_sent_twice(server: Server, owner: Owner, folder: Path) -> None:
    url = server.on("/file.bin", serve_whole(BARE, by=scripts.cut_after(1000)), serve(FILE))
    spec = make_download(url, folder / "file.bin", method="POST", is_repeatable=False)
    run = owner.start(spec)
    UNREACHED.check(await run.over())
    assert len(server.requests) == 1
    assert not (folder / "file.bin").exists()


async def test_body_goes_along(server: Server, owner: Owner, folder: Path, tmp_path: Path) -> None:
    question = tmp_path / "question.json"
    question.write_bytes(b'{"n": 1}')
    url = server.on("/file.bin", serve_whole(FILE))
    spec = make_download(
        url, folder / "file.bin", method="POST", body=str(question), is_repeatable=False
    )
    run = owner.start(spec, FILE.sha256)
    WHOLE.check(await run.over())
    [request] = server.requests
    assert (request.method, request.received) == ("POST", 8)
    assert request.sha256 == sha256(b'{"n": 1}')
