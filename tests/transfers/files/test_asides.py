from __future__ import annotations

import os
from pathlib import Path

import pytest

from bgtasks_gui.transfers.files import asides, places

RUN = "0190-run"


def make(path: Path, content: bytes = b"old", run_id: str = RUN) -> str:
    with path.open("wb") as file:
        file.write(content)
        places.own(file.fileno(), run_id)
    return str(path)


def reserve(folder: Path, name: str = "file.bin.part", run_id: str = RUN) -> str:
    found = asides.reserve(str(folder / name), run_id)
    assert found is not None
    assert os.fstat(found.fd).st_size == 0
    assert places.owner_of(found.path) == run_id
    os.close(found.fd)
    return os.path.basename(found.path)


def test_free_name_beside(tmp_path: Path) -> None:
    (tmp_path / "file.bin.part.old").write_text("theirs")
    make(tmp_path / "file.bin.part.old2", run_id="another")
    assert reserve(tmp_path) == "file.bin.part.old3"
    assert (tmp_path / "file.bin.part.old").read_text() == "theirs"


def test_its_own_name_is_taken_again(tmp_path: Path) -> None:
    make(tmp_path / "file.bin.part.old")
    assert reserve(tmp_path) == "file.bin.part.old"


def test_long_names_leave_room(tmp_path: Path) -> None:
    name = reserve(tmp_path, "x" * 246 + ".iso.part")
    assert len(name) <= 255
    assert asides.is_one(name)


def test_no_name_is_to_be_had(tmp_path: Path) -> None:
    assert asides.reserve(str(tmp_path / "gone/file.bin.part"), RUN) is None


@pytest.mark.parametrize("name", ["a.part", "a.old", "a.part.old.txt", "a.part.older", "part.old"])
def test_other_names(name: str) -> None:
    assert not asides.is_one(name)


def test_found_by_what_is_recorded(tmp_path: Path) -> None:
    path = make(tmp_path / "file.bin.part.old", run_id="the one before")
    assert asides.find(str(tmp_path), RUN, path) == path
    assert asides.find(str(tmp_path), RUN, "") == ""


def test_found_by_whose_it_is(tmp_path: Path) -> None:
    path = make(tmp_path / "file.bin.part.old")
    make(tmp_path / "other.bin.part.old", run_id="another")
    make(tmp_path / "file.bin.part")
    assert asides.find(str(tmp_path), RUN, "") == path
    assert asides.find(str(tmp_path), RUN, str(tmp_path / "gone.part.old")) == path


@pytest.mark.parametrize("is_known", [True, False])
def test_reserved_and_no_more(is_known: bool, tmp_path: Path) -> None:
    path = make(tmp_path / "file.bin.part.old", b"")
    assert asides.find(str(tmp_path), RUN, path if is_known else "") == ""
    assert list(tmp_path.iterdir()) == []


def test_disk_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    known = str(tmp_path / "disk/file.bin.part.old")
    assert asides.find(str(tmp_path / "disk"), RUN, known) == known
    assert asides.find(str(tmp_path / "disk"), RUN, "") == ""


def test_removed(tmp_path: Path) -> None:
    path = make(tmp_path / "file.bin.part.old")
    asides.remove(path)
    asides.remove(path)
    assert list(tmp_path.iterdir()) == []
