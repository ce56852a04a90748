"""Downloads and uploads with nginx: the web server that most files come from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bgtasks_gui.core.transfers import Failed
from tests.desktop.support import needs
from tests.faults.support import peers
from tests.faults.support.certificates import Authority
from tests.faults.support.entities import Entity, make_content, sha256
from tests.faults.support.owners import Owner, Run
from tests.faults.support.scenarios import (
    EXPIRED,
    REFUSED,
    WHOLE,
    check_folder,
    make_download,
    make_upload,
)

FILE = Entity(make_content(3_000_000))
OTHER = Entity(make_content(3_000_000, seed=1))
SMALL = Entity(make_content(1000))


@pytest.fixture(scope="module")
def nginx(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[peers.Nginx]:
    needs.require("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    chain, key = authority.files(folder)
    with peers.nginx(folder, chain, key, "me:{PLAIN}secret word\n") as one:
        one.put("small.bin", SMALL.content)
        yield one


@pytest.fixture(autouse=True)
def file(nginx: peers.Nginx) -> str:
    """A file that no test before has changed."""
    nginx.put("file.bin", FILE.content)
    return f"{nginx.plain}/file.bin"


async def fetch(owner: Owner, url: str, folder: Path, entity: Entity = FILE, **fields: Any) -> Run:
    run = owner.start(make_download(url, folder / "file.bin", **fields), entity.sha256)
    WHOLE.check(await run.over())
    check_folder(folder, run, entity)
    return run


async def suspend_in_the_middle(
    owner: Owner, nginx: peers.Nginx, folder: Path, *right: str, **fields: Any
) -> Run:
    """A slow download of which something has come."""
    spec = make_download(f"{nginx.plain}/slow/file.bin", folder / "file.bin", **fields)
    run = owner.start(spec, FILE.sha256, *right)
    await owner.until(lambda: run.figure is not None and run.figure.done > 0)
    await owner.suspend(run)
    assert 0 < run.record.done < len(FILE.content)
    return run


async def test_plain(owner: Owner, file: str, folder: Path) -> None:
    run = await fetch(owner, file, folder)
    assert run.record.etag == '"67748580-2dc6c0"'
    assert run.record.receipt.moved == 3_000_000


async def test_tls(owner: Owner, nginx: peers.Nginx, authority: Authority, folder: Path) -> None:
    await fetch(owner, f"{nginx.tls}/file.bin", folder, authorities=str(authority.file))


@pytest.mark.parametrize(("http2", "protocol"), [(False, b"HTTP/1.1"), (True, b"HTTP/2.0")])
async def test_protocol(
    http2: bool,
    protocol: bytes,
    owner: Owner,
    nginx: peers.Nginx,
    authority: Authority,
    folder: Path,
) -> None:
    """Bodies come over HTTP/1.1, though the server has HTTP/2, unless that is asked for."""
    url, authorities = f"{nginx.tls}/protocol", str(authority.file)
    await fetch(owner, url, folder, Entity(protocol), http2=http2, authorities=authorities)


async def test_large_file_over_http2(
    owner: Owner, nginx: peers.Nginx, authority: Authority, folder: Path
) -> None:
    url, authorities = f"{nginx.tls}/file.bin", str(authority.file)
    await fetch(owner, url, folder, http2=True, authorities=authorities)


async def test_goes_on_where_it_was(owner: Owner, nginx: peers.Nginx, folder: Path) -> None:
    run = await suspend_in_the_middle(owner, nginx, folder)
    done = run.record.done
    owner.resume(run, url=f"{nginx.plain}/file.bin")
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)
    assert [each.status for each in run.record.receipt.attempts] == [200, 206]
    assert run.record.receipt.attempts[1].first == done


@pytest.mark.parametrize("later", [10.0, 0.0])
async def test_changed_while_suspended(
    later: float, owner: Owner, nginx: peers.Nginx, folder: Path
) -> None:
    """Also within the same second, where nginx gives the same validator again."""
    run = await suspend_in_the_middle(owner, nginx, folder, OTHER.sha256)
    nginx.put("file.bin", OTHER.content, 1_735_689_600 + later)
    owner.resume(run, url=f"{nginx.plain}/file.bin")
    WHOLE.check(await run.over())
    check_folder(folder, run, OTHER)


async def test_deleted_while_suspended(owner: Owner, nginx: peers.Nginx, folder: Path) -> None:
    run = await suspend_in_the_middle(owner, nginx, folder)
    (nginx.root / "file.bin").unlink()
    owner.resume(run)
    EXPIRED.check(await run.over())
    nginx.put("file.bin", FILE.content)
    owner.resume(run, url=f"{nginx.plain}/file.bin")
    WHOLE.check(await run.over())
    check_folder(folder, run, FILE)


async def test_segments_where_each_connection_is_slow(
    owner: Owner, nginx: peers.Nginx, folder: Path
) -> None:
    """400 kB a second each: one connection alone would take seven seconds, 16 less than one."""
    run = await fetch(owner, f"{nginx.plain}/slow/file.bin", folder, segments=16)
    assert 4 <= run.record.receipt.connections <= 16
    assert run.record.receipt.moved <= 3_000_000 + 16 * 262_144


async def test_segments_where_one_connection_is_allowed(
    owner: Owner, nginx: peers.Nginx, folder: Path
) -> None:
    await fetch(owner, f"{nginx.plain}/one/file.bin", folder, segments=4)


async def test_ten_at_once(owner: Owner, file: str, folder: Path) -> None:
    runs = [
        owner.start(make_download(file, folder / f"{n}.bin"), FILE.sha256, run_id=str(n))
        for n in range(10)
    ]
    for run in runs:
        WHOLE.check(await run.over())
    assert {sha256(path.read_bytes()) for path in folder.iterdir()} == {FILE.sha256}
    assert len(list(folder.iterdir())) == 10


async def test_credentials_of_the_address(owner: Owner, nginx: peers.Nginx, folder: Path) -> None:
    guarded = f"{nginx.plain}/guarded/file.bin"
    refused = owner.start(make_download(guarded, folder / "file.bin"))
    REFUSED.check(await refused.over())
    wrong = guarded.replace("//", "//me:wrong@")
    refused = owner.start(make_download(wrong, folder / "file.bin"))
    REFUSED.check(await refused.over())
    assert isinstance(refused.outcomes[-1], Failed)
    run = await fetch(owner, guarded.replace("//", "//me:secret%20word@"), folder)
    assert "secret" not in str([run.record.receipt, run.lines])


async def test_redirect(owner: Owner, nginx: peers.Nginx, folder: Path) -> None:
    await fetch(owner, f"{nginx.plain}/moved/file.bin", folder)


async def test_compression_is_not_asked_for(owner: Owner, nginx: peers.Nginx, folder: Path) -> None:
    run = await fetch(owner, f"{nginx.plain}/squeezed/file.bin", folder)
    assert run.record.length == 3_000_000


async def test_put(owner: Owner, nginx: peers.Nginx, tmp_path: Path) -> None:
    mine = tmp_path / "mine.bin"
    mine.write_bytes(OTHER.content)
    run = owner.start(make_upload(f"{nginx.plain}/put/new/mine.bin", mine))
    WHOLE.check(await run.over())
    assert (nginx.root / "put/new/mine.bin").read_bytes() == OTHER.content
    assert run.record.receipt.moved == 3_000_000
