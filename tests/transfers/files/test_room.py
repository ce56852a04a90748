from __future__ import annotations

import errno
from pathlib import Path

from bgtasks_gui.core import reasons
from bgtasks_gui.transfers.files import room


def test_there_is_room_for_little(tmp_path: Path) -> None:
    assert room.missing(str(tmp_path), 1) is None
    assert (room.free(str(tmp_path)) or 0) > 0


def test_there_is_no_room_for_everything(tmp_path: Path) -> None:
    held = room.missing(str(tmp_path), 2**60)
    assert held is not None
    assert (held.code, held.folder, held.needs) == (
        reasons.Code.RESOURCE_REVOKED, str(tmp_path), 2**60,
    )  # fmt: skip
    assert held.detail.startswith("it needs 1 EiB on /")
    assert held.detail.endswith(" are free")


def test_nobody_can_tell(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    assert room.free(gone) is None
    assert room.missing(gone, 2**60) is None
    assert "free" not in room.held(gone, 5).detail


def test_what_a_full_disk_says() -> None:
    assert room.is_full(OSError(errno.ENOSPC, ""))
    assert room.is_full(OSError(errno.EDQUOT, ""))
    assert not room.is_full(OSError(errno.EIO, ""))
