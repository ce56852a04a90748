"""The part file: bytes at their places, what of them is safe, and how it becomes the file."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from bgtasks_gui.core.transfers import Piece
from bgtasks_gui.transfers.files import asides, places, syscalls
from bgtasks_gui.transfers.files.places import Place, Whole

#: Bytes before the end of what is safe, by which a file is known again.
BLOCK: Final = 64 * 1024


class Lost(Exception):
    """What was recorded is not there; the message says why, after "again from the start: "."""


class Found(NamedTuple):
    """A part file that goes on, and what is really there of its pieces."""

    file: PartFile
    pieces: tuple[Piece, ...]
    #: Whether that is less than was recorded: then its content was not checked.
    is_shorter: bool


class PartFile:
    """One that is open, and that nobody else writes to. Its calls take the time of the disk."""

    def __init__(self, place: Place, fd: int) -> None:
        self.place = place
        self.fd = fd
        #: Whether its name is safe in its folder.
        self._is_entered = False

    def write(self, at: int, view: memoryview) -> None:
        while view:
            count = os.pwrite(self.fd, view, at)
            at += count
            view = view[count:]

    def read(self, start: int, end: int) -> bytes:
        return os.pread(self.fd, end - start, start)

    def allocate(self, length: int) -> None:
        syscalls.allocate(self.fd, length)

    @property
    def allocated(self) -> int:
        """Bytes of the disk that it has."""
        return os.fstat(self.fd).st_blocks * 512

    def make_safe(self, pieces: Sequence[Piece]) -> str:
        """Once this returns, the bytes of these pieces are safe. Gives their mark."""
        os.fdatasync(self.fd)
        if not self._is_entered:
            syscalls.sync_folder(self.place.folder)
            self._is_entered = True
        return mark_of(self.fd, pieces)

    def empty(self) -> None:
        os.ftruncate(self.fd, 0)

    def give_way(self, reserved: asides.Reserved) -> bool:
        """Have another file in its place, and its content under the reserved name.

        Both at once: nobody else gets the place. Where that cannot be, the name is given up.
        """
        if not (self._is_in_place() and syscalls.exchange(self.place.part, reserved.path)):
            os.close(reserved.fd)
            asides.remove(reserved.path)
            return False
        os.close(self.fd)
        self.fd, self._is_entered = reserved.fd, False
        return True

    def _is_in_place(self) -> bool:
        with contextlib.suppress(OSError):
            return os.path.samestat(os.lstat(self.place.part), os.fstat(self.fd))
        return False

    def finish(self, length: int, origin: str) -> str:
        """All of it is there: give it its name. Says where it is then."""
        os.ftruncate(self.fd, length)
        os.fsync(self.fd)
        return places.put_in_place(self.place, self.fd, origin)

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def remove(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.place.part)
        self.close()


def reserve(path: str, run_id: str) -> PartFile | Whole:
    """A new part file beside this path, or beside another that is free."""
    found = places.reserve(path, run_id)
    return found if isinstance(found, Whole) else PartFile(*found)


def reopen(place: Place, pieces: Sequence[Piece], mark: str, run_id: str) -> Found | Whole:
    """The part file of a record. Raises `Lost` where what it says is there no more."""
    try:
        fd = places.open_locked(place.part)
    except FileNotFoundError:
        # A disk that is not there may come back: nothing is begun in its place.
        os.stat(place.folder)
        whole = places.find_whole(place.path, run_id)
        if whole is not None:
            return whole
        raise Lost("the part file is gone") from None
    if fd is None:
        raise Lost("another transfer writes to the part file")
    try:
        found = _checked(PartFile(place, fd), tuple(pieces), mark)
    except BaseException:
        os.close(fd)
        raise
    places.own(fd, run_id)
    return found


def mark_of(fd: int, pieces: Sequence[Piece]) -> str:
    """A digest of the last block of each piece, and of where they are."""
    digest = hashlib.blake2b(digest_size=16)
    for piece in pieces:
        behind = piece.start + piece.done
        first = max(piece.start, behind - BLOCK)
        digest.update(b"%d-%d:" % (first, behind))
        digest.update(os.pread(fd, behind - first, first))
    return digest.hexdigest()


def _checked(file: PartFile, pieces: tuple[Piece, ...], mark: str) -> Found:
    found = os.fstat(file.fd)
    if not stat.S_ISREG(found.st_mode):
        raise Lost("the part file is no plain file any more")
    there = tuple(_limited(piece, found.st_size) for piece in pieces)
    if there != pieces:
        return Found(file, there, is_shorter=True)
    if any(piece.done for piece in pieces) and mark_of(file.fd, pieces) != mark:
        raise Lost("somebody else changed the part file")
    return Found(file, pieces, is_shorter=False)


def _limited(piece: Piece, size: int) -> Piece:
    done = max(0, min(piece.done, size - piece.start))
    return piece if done == piece.done else msgspec.structs.replace(piece, done=done)
