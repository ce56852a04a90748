from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from bgtasks_gui.gui.frame import garbage as garbages
from bgtasks_gui.gui.frame.garbage import YOUNG, Garbage


class Ring:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def garbage() -> Iterator[Garbage]:
    one = Garbage()
    gc.collect()
    one.start()
    yield one
    one.stop()
    assert gc.isenabled()


def make_many() -> list[list[object]]:
    return [[] for _ in range(YOUNG + 1000)]


def test_no_thread_collects_while_it_is_in_charge(garbage: Garbage) -> None:
    ring = weakref.ref(Ring())
    worker = threading.Thread(target=make_many)
    worker.start()
    worker.join()
    assert ring() is not None


def test_it_looks_once_there_may_be_something(garbage: Garbage) -> None:
    ring = weakref.ref(Ring())
    garbage.look()
    assert ring() is not None
    kept = make_many()
    garbage.look()
    assert ring() is None
    assert len(kept) > YOUNG


def test_what_has_become_old_is_found_in_the_end(
    garbage: Garbage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbages, "_WHOLE", 2)
    ring = Ring()
    gc.collect()
    found = weakref.ref(ring)
    del ring
    kept = []
    for is_there in (True, False):
        kept.append(make_many())
        garbage.look()
        assert (found() is not None) is is_there
