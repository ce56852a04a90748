from __future__ import annotations

import errno
import os
import socket
import struct
from pathlib import Path

import pytest

from bgtasks_gui.supervisor import door


def test_socket_and_folder_are_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "s.sock"
    before = os.umask(0o022)
    opened = door.Door(str(path))
    assert os.umask(before) == 0o022
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    opened.close()
    assert not path.exists()


def test_a_second_one_is_refused_until_the_first_has_gone(tmp_path: Path) -> None:
    path = str(tmp_path / "s.sock")
    first = door.Door(path)
    with pytest.raises(door.AlreadyServed, match=r"already serves .*s\.sock"):
        door.Door(path)
    first.close()
    door.Door(path).close()


def test_a_socket_left_behind_is_replaced(tmp_path: Path) -> None:
    path = str(tmp_path / "s.sock")
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(path)
    stale.close()
    opened = door.Door(path)
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(path)
        accepted = opened.accept()
        assert accepted is not None
        accepted.close()
    assert opened.accept() is None
    opened.close()


def test_a_path_too_long_for_a_socket_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too long"):
        door.Door(str(tmp_path / ("x" * 120)))


def test_only_this_user_may_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "s.sock")
    opened = door.Door(path)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(path)
        assert opened.accept() is None
        assert other.recv(1) == b""
    opened.close()


def test_without_credentials_the_mode_protects(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pid, uid, _ = struct.unpack(
            "3i", ours.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        )
        assert (pid, uid) == (os.getpid(), os.getuid())
        assert door.is_own(ours)
        monkeypatch.delattr(socket, "SO_PEERCRED")
        assert door.is_own(ours)


def test_no_room_for_a_connection_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = door.Door(str(tmp_path / "s.sock"))

    class Full:
        def accept(self) -> None:
            raise OSError(errno.EMFILE, "Too many open files")

    listener = opened._listener
    monkeypatch.setattr(opened, "_listener", Full())
    with pytest.raises(OSError, match="Too many"):
        opened.accept()
    monkeypatch.setattr(opened, "_listener", listener)
    opened.close()
