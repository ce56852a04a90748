from __future__ import annotations

import os
from pathlib import Path

import pytest

from bgtasks_gui.core.transfers import Piece
from bgtasks_gui.transfers.files import asides, partfile, places, syscalls
from bgtasks_gui.transfers.files.partfile import BLOCK, Found, Lost, PartFile
from bgtasks_gui.transfers.files.places import Place, Whole

CONTENT = os.urandom(300_000)
RUN = "0190-run"
TWO = (Piece(start=0, end=200_000, done=120_000), Piece(start=200_000, end=300_000, done=70_000))


def make(folder: Path) -> PartFile:
    found = partfile.reserve(str(folder / "file.bin"), RUN)
    assert isinstance(found, PartFile)
    return found


def left(folder: Path, pieces: tuple[Piece, ...] = TWO) -> tuple[Place, str]:
    """A part file as an attempt leaves it, and the mark of its pieces."""
    file = make(folder)
    for piece in pieces:
        behind = piece.start + piece.done
        file.write(piece.start, memoryview(CONTENT)[piece.start : behind])
    mark = file.make_safe(pieces)
    file.close()
    return file.place, mark


def reopen(place: Place, mark: str, pieces: tuple[Piece, ...] = TWO) -> Found:
    found = partfile.reopen(place, pieces, mark, RUN)
    assert isinstance(found, Found)
    return found


def test_goes_on(tmp_path: Path) -> None:
    place, mark = left(tmp_path)
    found = reopen(place, mark)
    assert (found.pieces, found.is_shorter) == (TWO, False)
    assert found.file.read(119_000, 120_000) == CONTENT[119_000:120_000]
    found.file.close()
    found.file.close()


@pytest.mark.parametrize("at", [120_000 - BLOCK, 119_999, 270_000 - BLOCK, 269_999])
def test_foreign_change_is_noticed(at: int, tmp_path: Path) -> None:
    place, mark = left(tmp_path)
    with open(place.part, "r+b") as file:
        file.seek(at)
        file.write(bytes([CONTENT[at] ^ 1]))
    with pytest.raises(Lost, match="somebody else"):
        reopen(place, mark)


def test_what_was_added_behind_does_not_matter(tmp_path: Path) -> None:
    place, mark = left(tmp_path)
    with open(place.part, "ab") as file:
        file.write(b"later than was recorded")
    assert not reopen(place, mark).is_shorter


@pytest.mark.parametrize(
    ("size", "done"), [(250_000, (120_000, 50_000)), (100_000, (100_000, 0)), (0, (0, 0))]
)
def test_steps_back_to_what_is_there(size: int, done: tuple[int, int], tmp_path: Path) -> None:
    place, mark = left(tmp_path)
    os.truncate(place.part, size)
    found = reopen(place, mark)
    assert found.is_shorter
    assert tuple(piece.done for piece in found.pieces) == done
    found.file.close()


def test_gone(tmp_path: Path) -> None:
    place, mark = left(tmp_path)
    os.unlink(place.part)
    with pytest.raises(Lost, match="gone"):
        reopen(place, mark)


def test_folder_is_gone(tmp_path: Path) -> None:
    place = Place(str(tmp_path / "disk/file.bin"), str(tmp_path / "disk/file.bin.part"))
    with pytest.raises(FileNotFoundError):
        partfile.reopen(place, TWO, "", RUN)


def test_no_plain_file(tmp_path: Path) -> None:
    place, mark = left(tmp_path)
    os.unlink(place.part)
    os.mkfifo(place.part)
    with pytest.raises(Lost, match="no plain file"):
        reopen(place, mark)


def test_in_use(tmp_path: Path) -> None:
    place, mark = left(tmp_path)
    found = reopen(place, mark)
    with pytest.raises(Lost, match="another transfer"):
        reopen(place, mark)
    found.file.close()


def test_next_run_takes_it_over(tmp_path: Path) -> None:
    place, mark = left(tmp_path)
    found = partfile.reopen(place, TWO, mark, "another")
    assert isinstance(found, Found)
    found.file.close()
    assert os.getxattr(place.part, "user.bgtasks.run") == b"another"


def test_nothing_was_recorded(tmp_path: Path) -> None:
    none = (Piece(start=0, end=300_000),)
    place, _ = left(tmp_path, none)
    assert reopen(place, "", none).pieces == none


def test_becomes_the_file(tmp_path: Path) -> None:
    file = make(tmp_path)
    file.allocate(400_000)
    assert file.allocated >= 400_000
    file.write(0, memoryview(CONTENT))
    file.write(300_000, memoryview(b"too much"))
    assert file.finish(300_000, "https://example.org/file") == str(tmp_path / "file.bin")
    file.close()
    assert (tmp_path / "file.bin").read_bytes() == CONTENT
    assert partfile.reserve(str(tmp_path / "file.bin"), RUN) == Whole(str(tmp_path / "file.bin"))
    place = file.place
    assert partfile.reopen(place, TWO, "", RUN) == Whole(str(tmp_path / "file.bin"))


def test_emptied_and_removed(tmp_path: Path) -> None:
    file = make(tmp_path)
    file.write(0, memoryview(CONTENT))
    file.empty()
    assert os.stat(file.place.part).st_size == 0
    file.remove()
    file.remove()
    assert list(tmp_path.iterdir()) == []


def give_way(file: PartFile) -> bool:
    reserved = asides.reserve(file.place.part, RUN)
    assert reserved is not None
    return file.give_way(reserved)


def test_gives_way_to_another(tmp_path: Path) -> None:
    file = make(tmp_path)
    file.write(0, memoryview(CONTENT))
    assert give_way(file)
    assert (tmp_path / "file.bin.part.old").read_bytes() == CONTENT
    assert os.stat(file.place.part).st_size == 0
    assert places.owner_of(file.place.part) == RUN
    with pytest.raises(Lost, match="another transfer"):
        reopen(file.place, "")
    file.write(0, memoryview(b"new"))
    assert file.make_safe((Piece(start=0, end=3, done=3),))
    file.finish(3, "https://example.org/file")
    file.close()
    assert (tmp_path / "file.bin").read_bytes() == b"new"


@pytest.mark.parametrize("why", ["cannot", "gone", "replaced"])
def test_does_not_give_way(why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make(tmp_path)
    part = Path(file.place.part)
    if why == "cannot":
        monkeypatch.setattr(syscalls, "exchange", lambda *_: False)
    else:
        part.unlink()
    if why == "replaced":
        part.write_text("theirs")
    assert not give_way(file)
    assert [path.name for path in tmp_path.iterdir()] == [] if why == "gone" else [part.name]
    file.close()
