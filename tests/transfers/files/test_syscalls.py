from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bgtasks_gui.transfers.files import syscalls


def test_blocks_are_there_and_the_size_stays(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    try:
        syscalls.allocate(fd, 5_000_000)
        found = os.fstat(fd)
        assert found.st_size == 0
        assert found.st_blocks * 512 >= 5_000_000
        syscalls.allocate(fd, 0)
    finally:
        os.close(fd)


def test_more_than_a_file_can_have(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    try:
        with pytest.raises(OSError, match="too large") as caught:
            syscalls.allocate(fd, 2**60)
        assert caught.value.errno == errno.EFBIG
        assert os.fstat(fd).st_blocks == 0
    finally:
        os.close(fd)


@pytest.mark.parametrize("rename", [syscalls.rename_new, syscalls._link_new])
def test_another_name(rename: object, tmp_path: Path) -> None:
    assert callable(rename)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_text("mine")
    rename(str(source), str(target))
    assert target.read_text() == "mine"
    assert not source.exists()
    source.write_text("again")
    with pytest.raises(FileExistsError):
        rename(str(source), str(target))
    assert (source.read_text(), target.read_text()) == ("again", "mine")


def test_another_name_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(syscalls, "_call", lambda *_: None)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_text("mine")
    syscalls.rename_new(str(source), str(target))
    assert target.read_text() == "mine"
    source.write_text("again")
    with pytest.raises(FileExistsError):
        syscalls.rename_new(str(source), str(target))
    assert target.read_text() == "mine"


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        syscalls.rename_new(str(tmp_path / "source"), str(tmp_path / "target"))
    assert list(tmp_path.iterdir()) == []


def test_folders_are_made_safe_where_that_is_possible(tmp_path: Path) -> None:
    syscalls.sync_folder(str(tmp_path))
    syscalls.sync_folder(str(tmp_path / "gone"))


def test_names_of_two_files_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")
    assert not syscalls.exchange(str(one), str(other)), "there is only one"
    other.write_text("2")
    assert syscalls.exchange(str(one), str(other))
    assert (one.read_text(), other.read_text()) == ("2", "1")
    monkeypatch.setattr(syscalls, "_call", lambda *_: None)
    assert not syscalls.exchange(str(one), str(other))
