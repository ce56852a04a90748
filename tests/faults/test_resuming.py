"""Downloads that broke off, and servers that give the rest: of the same file or of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.support import scripts
from tests.faults.support.entities import LATER, Entity, make_content
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import (
    EXPIRED,
    REFUSED,
    UNREACHED,
    WHOLE,
    WRONG,
    Scenario,
    check_folder,
    make_download,
    name_of,
    play,
)
from tests.faults.support.scripts import PAGE, header, range_off, say, serve, serve_whole
from tests.faults.support.server import Act, Exchange, Server

FILE = Entity(make_content(300_000))
CUT = serve(FILE, by=scripts.cut_after(100_000))
OTHER = Entity(make_content(300_000, seed=1), etag='"two"', modified=LATER)
LONGER = Entity(make_content(310_000, seed=2), etag='"two"', modified=LATER)
SHORTER = Entity(make_content(50_000, seed=3), etag='"two"', modified=LATER)
#: A server whose validator is made of time and size, and which changes a file within a second.
TIMED = FILE.but(etag='"67748580-493e0"')
TWIN = TIMED.but(content=OTHER.content)
WEAK = FILE.but(etag='W/"one"', modified=None)
WEAK_OTHER = WEAK.but(content=OTHER.content)
DATED = FILE.but(etag=None)
BARE = FILE.but(etag=None, modified=None)
#: Large enough for a part of it to be kept when the file changes.
LARGE = Entity(make_content(2_000_000, seed=4))
CUT_LARGE = serve(LARGE, by=scripts.cut_after(1_500_000))
KEPT = "the 1.4 MiB of the older version are in file.bin.part.old until the new one is whole"
CHECK = {"checksum": f"sha256:{FILE.sha256}"}
QUICK = {"request_timeout_s": 0.3}


def cut(entity: Entity, size: int = 100_000) -> Act:
    return serve(entity, by=scripts.cut_after(size))


RIGHT = [
    Scenario("cut, then the rest", (CUT, serve(FILE)), FILE, firsts=(0, 100_000)),
    Scenario("cut one byte before the end", (cut(FILE, 299_999), serve(FILE)), FILE,
             firsts=(0, 299_999)),
    Scenario("cut ten times, each time a little further", (*[cut(FILE, 20_000)] * 10, serve(FILE)),
             FILE, firsts=tuple(range(0, 200_001, 20_000))),
    Scenario("broken by a reset", (serve(FILE, by=scripts.reset_after(100_000)), serve(FILE)),
             FILE),
    Scenario("stalled, then the rest", (serve(FILE, by=scripts.stall_after(100_000)), serve(FILE)),
             FILE, firsts=(0, 100_000), fields=QUICK),
    Scenario("stalled in every answer", (serve(FILE, by=scripts.stall_after(60_000)),), FILE,
             firsts=(0, 60_000, 120_000, 180_000, 240_000), fields=QUICK),
    Scenario("known by its date alone", (cut(DATED), serve(DATED)), DATED),
    Scenario("known by time and size", (cut(TIMED), serve(TIMED)), TIMED),
    Scenario("cut, 503, then the rest", (CUT, say(503), serve(FILE)), FILE,
             firsts=(0, 100_000, 100_000)),
    Scenario("cut, 429, then the rest", (CUT, say(429, retry_after="0"), serve(FILE)), FILE),
    Scenario("cut, no answer, then the rest", (CUT, scripts.hang_up, serve(FILE)), FILE),
    Scenario("cut, garbage, then the rest", (CUT, scripts.raw(b"\x00\r\n\r\n"), serve(FILE)), FILE),
    Scenario("less than asked for, and says so", (CUT, serve(FILE, scripts.short_by(50_000)),
             serve(FILE)), FILE),
    *(Scenario(f"no length at first, known by {known}",
               (serve(file, scripts.in_chunks, by=scripts.broken_chunks(100_000, b"")),
                serve(file, *then, by=by)), file, most=2)
      for known, file in (("etag", FILE), ("date", DATED), ("time and size", TIMED))
      for then, by in (((), scripts.whole), ((scripts.in_chunks,), scripts.chunked()))),
    Scenario("the rest in chunks",
             (CUT, serve(FILE, scripts.in_chunks, by=scripts.chunked())), FILE),
    Scenario("the rest up to the end of the connection",
             (CUT, serve(FILE, scripts.without_length, by=scripts.close_after)), FILE),
    Scenario("a body too long for its range",
             (CUT, serve(FILE, scripts.length_off(-5), by=scripts.close_after), serve(FILE)), FILE),
    Scenario("total unknown in the range",
             (CUT, serve(FILE, header("Content-Range", "bytes 100000-299999/*"))), FILE),
    Scenario("checked at the end", (CUT, serve(FILE)), FILE, fields=CHECK),
]  # fmt: skip

AGAIN = [
    Scenario("no notion of ranges", (serve_whole(FILE, by=scripts.cut_after(100_000)),
             serve_whole(FILE)), FILE),
    Scenario("announces ranges, then ignores them",
             (CUT, serve_whole(FILE, header("Accept-Ranges", "bytes"))), FILE),
    Scenario("no validators", (cut(BARE), serve(BARE)), BARE),
    Scenario("no validators, and it changed", (cut(BARE), serve(OTHER)), OTHER),
    Scenario("weak validator", (cut(WEAK), serve(WEAK)), WEAK),
    Scenario("weak validator, and it changed", (cut(WEAK), serve(WEAK_OTHER)), WEAK_OTHER),
    Scenario("changed to one as long", (CUT, serve(OTHER)), OTHER),
    Scenario("changed to a longer one", (CUT, serve(LONGER)), LONGER),
    Scenario("changed to one shorter than what was there", (CUT, serve(SHORTER)), SHORTER),
    Scenario("changed, and the range is given in spite of If-Range",
             (CUT, lambda exchange: _without_if_range(OTHER)(exchange), serve(OTHER)), OTHER),
    Scenario("changed back and forth", (CUT, cut(OTHER), cut(FILE), serve(FILE)), FILE),
    Scenario("changed, its validator did not", (cut(TIMED), serve(TWIN)), TWIN),
    Scenario("another total", (CUT, serve(FILE, range_off(total=5)), serve(FILE)), FILE),
    Scenario("begins elsewhere, and says so", (CUT, serve(FILE, scripts.shifted(7)), serve(FILE)),
             FILE),
    Scenario("begins before, and says so", (CUT, serve(FILE, range_off(start=-7)), serve(FILE)),
             FILE),
    Scenario("another unit", (CUT, serve(FILE, range_off(unit="lines")), serve(FILE)), FILE),
    Scenario("a range that is none", (CUT, serve(FILE, header("Content-Range", "bytes all/some")),
             serve(FILE)), FILE),
    *(Scenario(f"a range of {said}", (CUT, serve(FILE, header("Content-Range", said)),
               serve(FILE)), FILE)
      for said in ("bytes 100000-99999/300000", "bytes -1-299999/300000", "bytes 100000-/300000",
                   f"bytes 100000-{'9' * 40}/300000", f"bytes 100000-299999/{'9' * 40}",
                   "bytes 100000-299999", "bytes */300000", "", "\xe4")),
    Scenario("no range in an answer for one", (CUT, serve(FILE, header("Content-Range", None)),
             serve(FILE)), FILE),
    Scenario("in parts", (CUT, serve(FILE, scripts.in_parts), serve(FILE)), FILE),
    Scenario("416 with a total", (CUT, say(416, b"", content_range="bytes */50"), serve(FILE)),
             FILE),
    Scenario("416 without a total", (CUT, say(416, b""), serve(FILE)), FILE),
    Scenario("compressed on the way the second time",
             (CUT, serve(FILE, header("Content-Encoding", "gzip"), header("ETag", '"one-gzip"')),
              serve(FILE)), FILE),
]  # fmt: skip

ASIDE = [
    Scenario("a large part, and it changed", (CUT_LARGE, serve(OTHER)), OTHER, tells=KEPT),
    Scenario("a large part, and it is shorter now", (CUT_LARGE, serve(SHORTER)), SHORTER,
             tells=KEPT),
    Scenario("a large part, and no such range",
             (CUT_LARGE, say(416, b"", content_range="bytes */50000"), serve(SHORTER)), SHORTER,
             tells=KEPT),
    Scenario("a large part, and another total",
             (CUT_LARGE, serve(LARGE, range_off(total=5)), serve(LARGE)), LARGE, tells=KEPT),
    Scenario("a large part whose end is another now",
             (serve(LARGE.but(etag=TIMED.etag), by=scripts.cut_after(1_500_000)),
              serve(Entity(make_content(2_000_000, seed=5), etag=TIMED.etag))),
             Entity(make_content(2_000_000, seed=5)), tells=KEPT),
    Scenario("a large part, and then removed",
             (CUT_LARGE, serve(OTHER)), OTHER, tells="what there was of the older version was"),
    Scenario("a large part, and a server that fails", (CUT_LARGE, cut(OTHER), say(404)),
             end=EXPIRED, tells=KEPT),
]  # fmt: skip

BAD = [
    *(Scenario(f"{status} in the middle", (CUT, say(status)), end=EXPIRED, firsts=(0, 100_000))
      for status in (401, 403, 404, 410)),
    Scenario("an error page for the rest, and a checksum", (CUT, say(200, PAGE)), end=WRONG,
             fields=CHECK),
    Scenario("503 for ever", (CUT, say(503)), end=REFUSED),
    Scenario("no answer any more", (CUT, scripts.hang_up), end=UNREACHED),
    Scenario("the right range of another file, and a checksum",
             (CUT, serve(FILE.but(content=OTHER.content))), end=WRONG, fields=CHECK),
    Scenario("never more than was there", (CUT, cut(FILE, 0)), end=UNREACHED),
]  # fmt: skip


def _without_if_range(entity: Entity) -> Act:
    """A server that gives a range of whatever it has now."""

    def act(exchange: Exchange) -> None:
        kept = tuple(each for each in exchange.request.headers if each[0].lower() != "if-range")
        exchange.request.headers = kept
        serve(entity)(exchange)

    return act


@pytest.mark.parametrize("scenario", [*RIGHT, *AGAIN, *ASIDE, *BAD], ids=name_of)
async def test_resuming(scenario: Scenario, server: Server, owner: Owner, folder: Path) -> None:
    await play(scenario, server, owner, folder)


async def test_validators_are_sent_along(server: Server, owner: Owner, folder: Path) -> None:
    await play(Scenario("", (CUT, serve(FILE)), FILE), server, owner, folder)
    first, second = server.requests
    assert "range" not in first.named or first.named["range"] == "bytes=0-"
    assert second.named["range"] == "bytes=100000-"
    assert second.named["if-range"] == '"one"'
    assert {each.named["accept-encoding"] for each in server.requests} == {"identity"}


async def test_weak_validator_is_not_for_if_range(
    server: Server, owner: Owner, folder: Path
) -> None:
    await play(Scenario("", (cut(WEAK), serve(WEAK)), WEAK), server, owner, folder)
    assert all(not each.named.get("if-range", "").startswith("W/") for each in server.requests)


async def test_older_version_is_there_until_the_new_one_is_whole(
    server: Server, owner: Owner, folder: Path
) -> None:
    url = server.on("/file.bin", CUT_LARGE, serve(OTHER, by=scripts.stall_after(1000)))
    run = owner.start(make_download(url, folder / "file.bin"), OTHER.sha256)
    await owner.until(lambda: run.figure is not None and run.figure.done == 1000)
    assert run.record.aside == str(folder / "file.bin.part.old")
    assert Path(run.record.aside).read_bytes() == LARGE.content[:1_500_000]
    assert any("the file on the server has changed" in line for line in run.lines)
    server.release()
    WHOLE.check(await run.over())
    check_folder(folder, run, OTHER)
    assert (run.record.aside, run.lines.count(KEPT)) == ("", 1)


@pytest.mark.parametrize("then", [serve_whole(LARGE), say(416, b"")])
async def test_same_version_is_not_put_aside(
    then: Act, server: Server, owner: Owner, folder: Path
) -> None:
    run = await play(Scenario("", (CUT_LARGE, then, serve(LARGE)), LARGE), server, owner, folder)
    assert not any("older version" in line for line in run.lines)
