from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from bgtasks_gui.transfers.files import places
from bgtasks_gui.transfers.files.places import Place, Whole

RUN = "0190-run"


def reserve(path: Path, run_id: str = RUN) -> tuple[Place, int]:
    found = places.reserve(str(path), run_id)
    assert not isinstance(found, Whole)
    return found


def test_places_beside(tmp_path: Path) -> None:
    path = str(tmp_path / "a.tar.gz")
    found = [os.path.basename(one.path) for one in itertools.islice(places.places(path), 3)]
    assert found == ["a.tar.gz", "a (1).tar.gz", "a (2).tar.gz"]


def test_long_names_leave_room(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".iso")
    for place in itertools.islice(places.places(str(path)), 12):
        assert len(os.path.basename(place.path)) <= 255
        assert len(os.path.basename(place.part)) <= 255
    place, fd = reserve(path)
    os.close(fd)
    assert Path(place.part).exists()


def test_nobody_else_gets_it(tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_text("theirs")
    (tmp_path / "file (1).bin.part").write_text("theirs too")
    first, one = reserve(tmp_path / "file.bin", "one")
    second, two = reserve(tmp_path / "file.bin", "two")
    assert os.path.basename(first.path) == "file (2).bin"
    assert os.path.basename(second.path) == "file (3).bin"
    os.close(one)
    os.close(two)


def test_broken_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "file.bin").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file (1).bin.part").symlink_to(tmp_path / "elsewhere")
    place, fd = reserve(tmp_path / "file.bin")
    os.close(fd)
    assert os.path.basename(place.path) == "file (2).bin"
    assert not (tmp_path / "elsewhere").exists()


def test_what_a_crash_left_is_taken_over(tmp_path: Path) -> None:
    place, fd = reserve(tmp_path / "file.bin")
    os.write(fd, b"something")
    os.close(fd)
    again, fd = reserve(tmp_path / "file.bin")
    assert again == place
    assert os.fstat(fd).st_size == 0
    os.close(fd)


@pytest.mark.parametrize("missing", ["O_TMPFILE", "link"])
def test_without_nameless_files_it_works_too(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "no links here")

    monkeypatch.setattr(os, missing, 0 if missing == "O_TMPFILE" else refuse)
    place, fd = reserve(tmp_path / "file.bin", "one")
    assert places.owner_of(place.part) == "one"
    assert places.open_locked(place.part) is None
    other, another = reserve(tmp_path / "file.bin", "two")
    assert other.part != place.part
    os.close(fd)
    os.close(another)


def test_part_file_never_has_a_name_and_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at any moment, a run finds what it left."""
    seen: list[list[str]] = []
    own = places.own
    monkeypatch.setattr(
        places, "own", lambda fd, run: (seen.append(os.listdir(tmp_path)), own(fd, run))
    )
    _, fd = reserve(tmp_path / "file.bin")
    os.close(fd)
    assert seen == [[]]


def test_what_another_run_left_is_not(tmp_path: Path) -> None:
    place, fd = reserve(tmp_path / "file.bin", "one")
    os.close(fd)
    other, fd = reserve(tmp_path / "file.bin", "two")
    os.close(fd)
    assert other.part != place.part


def test_two_at_once_with_one_name_of_a_run(tmp_path: Path) -> None:
    """The lock tells that somebody is there, even if it were the same run."""
    _, one = reserve(tmp_path / "file.bin")
    place, two = reserve(tmp_path / "file.bin")
    assert os.path.basename(place.path) == "file (1).bin"
    assert places.open_locked(place.part) is None
    os.close(one)
    os.close(two)
    again = places.open_locked(place.part)
    assert again is not None
    os.close(again)


@pytest.mark.parametrize("name", ["file.bin", "file (1).bin"])
def test_whole_file_of_a_run_is_found(name: str, tmp_path: Path) -> None:
    if name != "file.bin":
        (tmp_path / "file.bin").write_text("theirs")
    place, fd = reserve(tmp_path / "file.bin")
    assert places.find_whole(str(tmp_path / "file.bin"), RUN) is None
    os.write(fd, b"content")
    assert places.put_in_place(place, fd, "https://example.org/x") == str(tmp_path / name)
    os.close(fd)
    assert places.find_whole(str(tmp_path / "file.bin"), RUN) == Whole(str(tmp_path / name))
    assert places.reserve(str(tmp_path / "file.bin"), RUN) == Whole(str(tmp_path / name))
    assert places.find_whole(str(tmp_path / "file.bin"), "another") is None
    assert os.getxattr(tmp_path / name, "user.xdg.origin.url") == b"https://example.org/x"


def test_nothing_is_replaced(tmp_path: Path) -> None:
    place, fd = reserve(tmp_path / "file.bin")
    (tmp_path / "file.bin").write_text("theirs")
    (tmp_path / "file (1).bin.part").write_text("of another download")
    os.write(fd, b"mine")
    path = places.put_in_place(place, fd, "https://example.org/x")
    os.close(fd)
    assert path == str(tmp_path / "file (2).bin")
    assert Path(path).read_text() == "mine"
    assert (tmp_path / "file.bin").read_text() == "theirs"


def test_without_attributes_it_works_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    monkeypatch.setattr(os, "getxattr", refuse)
    place, fd = reserve(tmp_path / "file.bin")
    assert places.put_in_place(place, fd, "x") == str(tmp_path / "file.bin")
    os.close(fd)
    assert places.owner_of(place.path) is None


def test_name_is_taken_once(tmp_path: Path) -> None:
    path = str(tmp_path / "file.bin.part.old")
    fd = places.take(path, RUN)
    assert fd is not None
    assert places.owner_of(path) == RUN
    assert places.take(path, RUN) is None, "somebody writes to it"
    os.write(fd, b"of a crash")
    os.close(fd)
    assert places.take(path, "another") is None
    again = places.take(path, RUN)
    assert again is not None
    assert os.fstat(again).st_size == 0
    os.close(again)


def test_a_place_whose_owner_has_just_finished_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, take = tmp_path / "a.bin", places.take

    def finish_before(part: str, run_id: str) -> int | None:
        if part == f"{path}.part":
            path.write_bytes(b"whole")
        return take(part, run_id)

    monkeypatch.setattr(places, "take", finish_before)
    found = places.reserve(str(path), "r2")
    assert not isinstance(found, places.Whole)
    place, fd = found
    os.close(fd)
    assert place.path == str(tmp_path / "a (1).bin")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a (1).bin.part", "a.bin"]
