from __future__ import annotations

import os
from pathlib import Path

from bgtasks_gui.supervisor import output, segments

SIZE = segments.SEGMENT


def test_nothing_is_made_before_there_is_something_to_write(tmp_path: Path) -> None:
    log = output.OutputLog(str(tmp_path / "deep" / "run.log"))
    log.close()
    assert list(tmp_path.iterdir()) == []
    log.write(b"x")
    assert (tmp_path / "deep").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "deep" / "run.log").stat().st_mode & 0o777 == 0o600
    log.close()


def test_only_the_newest_segments_are_kept(tmp_path: Path) -> None:
    log = output.OutputLog(str(tmp_path / "run.log"))
    log.write(b"a" * (6 * SIZE + 1))
    log.close()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["run.log", "run.log.3", "run.log.4", "run.log.5"]
    assert (log.total, log.lost) == (6 * SIZE + 1, 0)


def test_a_log_that_exists_is_continued(tmp_path: Path) -> None:
    base = str(tmp_path / "run.log")
    first = output.OutputLog(base)
    first.write(b"b" * (2 * SIZE + 7))
    first.close()
    second = output.OutputLog(base)
    assert second.total == 2 * SIZE + 7
    second.write(b"end")
    second.close()
    assert segments.read(base, 2 * SIZE + 5, 9) == (2 * SIZE + 5, b"bbend")


def test_a_full_disk_is_counted_and_forgotten_when_there_is_room(tmp_path: Path) -> None:
    base = tmp_path / "run.log"
    base.symlink_to("/dev/full")
    log = output.OutputLog(str(base))
    log.write(b"12345")
    assert (log.total, log.lost, log.error) == (0, 5, "No space left on device")
    base.unlink()
    log.write(b"678")
    assert (log.total, log.lost, log.error) == (3, 5, None)
    log.close()
    assert base.read_bytes() == b"678"


def test_a_folder_that_cannot_be_made_is_counted(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    log = output.OutputLog(str(tmp_path / "file" / "run.log"))
    log.write(b"12345")
    assert (log.lost, log.error) == (5, "Not a directory")


def test_files_are_not_inherited(tmp_path: Path) -> None:
    log = output.OutputLog(str(tmp_path / "run.log"))
    log.write(b"x")
    assert log._fd is not None
    assert not os.get_inheritable(log._fd)
    log.close()
