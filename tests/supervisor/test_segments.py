from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.supervisor import output, segments

SIZE = segments.SEGMENT
LENGTHS = st.integers(0, 12 * SIZE) | st.builds(
    lambda count, off: max(0, count * SIZE + off), st.integers(0, 12), st.integers(-2, 2)
)


def kept(total: int) -> tuple[int, int]:
    """What the reader must find in a stream of this length, reckoned apart from it."""
    head_end = min(total, SIZE)
    newest = (total - SIZE - 1) // SIZE
    oldest = max(0, newest - segments.KEPT + 1)
    return head_end, head_end if oldest == 0 else SIZE + oldest * SIZE


def make_log(base: Path, total: int) -> None:
    """Empty files of the right length: sparse, so that any length costs nothing."""
    head_end, tail_start = kept(total)
    if total:
        base.touch()
        os.truncate(base, head_end)
    for start in range(tail_start, total, SIZE):
        number, _ = segments.locate(start)
        segment = Path(segments.path(str(base), number))
        segment.touch()
        os.truncate(segment, min(SIZE, total - start))


@given(offset=st.integers(0, 2**50))
def test_every_byte_has_one_place(offset: int) -> None:
    number, position = segments.locate(offset)
    assert 0 <= position < SIZE
    start = 0 if number is None else SIZE + number * SIZE
    assert start + position == offset


@given(total=LENGTHS, offset=st.integers(0, 14 * SIZE), limit=st.integers(1, 2 * SIZE))
def test_reader_agrees_with_the_arithmetic(
    tmp_path_factory: pytest.TempPathFactory, total: int, offset: int, limit: int
) -> None:
    base = tmp_path_factory.mktemp("log") / "run.log"
    make_log(base, total)
    head_end, tail_start = kept(total)
    assert segments.extent(str(base)) == (total, head_end, tail_start)
    start, content = segments.read(str(base), offset, limit)
    if offset >= total:
        assert (start, content) == (total, b"")
        return
    assert start == (tail_start if head_end <= offset < tail_start else offset)
    end = head_end if start < head_end < tail_start else total
    assert len(content) == min(limit, end - start)


@pytest.mark.parametrize("total", [0, 1, SIZE - 1, SIZE, SIZE + 1, 4 * SIZE, 4 * SIZE + 1, 1400001])
def test_reader_agrees_with_the_writer(tmp_path: Path, total: int) -> None:
    base = str(tmp_path / "run.log")
    stream = bytes(range(251)) * (total // 251 + 1)
    stream = stream[:total]
    log = output.OutputLog(base)
    for start in range(0, total, 60_000):
        log.write(stream[start : start + 60_000])
    log.close()
    head_end, tail_start = kept(total)
    assert segments.extent(base) == (total, head_end, tail_start)
    assert segments.read(base, 0, total) == (
        0,
        stream[:head_end] if head_end < tail_start else stream,
    )
    assert segments.read(base, tail_start, total) == (tail_start, stream[tail_start:])
    assert segments.read(base, -5, 3) == (0, stream[:3])


def test_other_files_beside_a_log_do_not_matter(tmp_path: Path) -> None:
    base = tmp_path / "run.log"
    make_log(base, SIZE + 10)
    for name in ("run.log.new", "run.log.", "run.log.x1", "run.log2.7", "other"):
        (tmp_path / name).write_bytes(b"x" * 99)
    assert segments.extent(str(base)) == (SIZE + 10, SIZE, SIZE)


def test_a_missing_segment_is_not_made_up(tmp_path: Path) -> None:
    base = tmp_path / "run.log"
    make_log(base, 4 * SIZE)
    os.unlink(f"{base}.1")
    start, content = segments.read(str(base), SIZE + 5, 3 * SIZE)
    assert (start, content) == (SIZE + 5, b"")


def test_a_file_shorter_than_its_place_ends_the_answer(tmp_path: Path) -> None:
    base = tmp_path / "run.log"
    make_log(base, 3 * SIZE)
    os.truncate(f"{base}.0", 100)
    assert segments.read(str(base), SIZE, 2 * SIZE) == (SIZE, b"\0" * 100)
