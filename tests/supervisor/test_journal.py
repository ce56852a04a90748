from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bgtasks_gui.supervisor import journal


def exit_of(code: int) -> dict[str, object]:
    return {"exit_code": code, "signal": None}


def test_exits_are_read_back(tmp_path: Path) -> None:
    path = str(tmp_path / "new" / "exits")
    kept = journal.Journal(path)
    kept.append("a", exit_of(0))
    kept.append("b", exit_of(3))
    kept.append("a", exit_of(1))
    kept.close()
    assert journal.read(path) == {"a": {"run": "a", **exit_of(1)}, "b": {"run": "b", **exit_of(3)}}
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_there_may_be_no_journal(tmp_path: Path) -> None:
    assert journal.read(str(tmp_path / "none")) == {}


@pytest.mark.parametrize("torn", [b'{"run": "b", "exit', b'{"run": "b"}', b"\xff\xfe", b"[1, 2]"])
def test_a_torn_last_line_is_passed_over_and_ended(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "exits"
    path.write_bytes(b'{"run":"a","exit_code":0}\n' + torn[:-1])
    assert set(journal.read(str(path))) == {"a"}
    kept = journal.Journal(str(path))
    kept.append("c", exit_of(0))
    kept.close()
    assert set(journal.read(str(path))) == {"a", "c"}


def test_it_is_empty_when_everything_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "exits"
    kept = journal.Journal(str(path))
    for run in ("a", "b"):
        kept.append(run, exit_of(0))
    kept.forget(["a"])
    assert set(journal.read(str(path))) == {"a", "b"}  # not worth writing anew
    kept.forget(["b", "unknown"])
    assert path.read_bytes() == b""
    kept.append("c", exit_of(0))
    kept.close()
    assert set(journal.read(str(path))) == {"c"}


def test_a_long_one_is_written_anew_with_what_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "exits"
    kept = journal.Journal(str(path))
    for number in range(300):
        kept.append(f"r{number}", {"result": "x" * 1000})
    kept.forget([f"r{number}" for number in range(299)])
    assert set(journal.read(str(path))) == {"r299"}
    assert kept.length < 2000
    kept.append("next", exit_of(0))
    kept.close()
    assert set(journal.read(str(path))) == {"r299", "next"}
    assert [each.name for each in tmp_path.iterdir()] == ["exits"]


def test_without_room_the_long_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "exits"
    kept = journal.Journal(str(path))
    for number in range(300):
        kept.append(f"r{number}", {"result": "x" * 1000})
    (tmp_path / "exits.new").mkdir()
    kept.forget([f"r{number}" for number in range(299)])
    kept.close()
    assert "r299" in journal.read(str(path))
    assert path.stat().st_size > journal.LONG


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "exits"
    kept = journal.Journal(str(path))
    kept.append("a", exit_of(0))
    real = os.write
    left = [5]

    def write_some(fd: int, content: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real(fd, bytes(content)[: left[0]])
        left[0] -= written
        return written

    monkeypatch.setattr(os, "write", write_some)
    with pytest.raises(OSError, match="No space left"):
        kept.append("b", exit_of(0))
    monkeypatch.undo()
    assert path.read_bytes().endswith(b"}\n")
    kept.append("b", exit_of(2))
    kept.close()
    assert journal.read(str(path))["b"]["exit_code"] == 2
