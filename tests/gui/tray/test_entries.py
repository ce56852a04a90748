from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from PySide6.QtWidgets import QMenu

from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.tray.entries import FailureEntry, RunEntry, Section
from bgtasks_gui.gui.tray.menu import spell
from bgtasks_gui.gui.tray.summary import Line, Lines
from tests.client.support.little_agent import make_run
from tests.gui.fakes import moves
from tests.gui.support import views
from tests.gui.tray.support import lines

Tell = Callable[..., None]


@pytest.fixture
def menu(qapp: object) -> Iterator[QMenu]:
    one = QMenu()
    yield one
    one.deleteLater()


@pytest.fixture
def done(menu: QMenu) -> list[tuple[str, str]]:
    """Actions and the ids of the runs they were done to."""
    return []


@pytest.fixture
def section(menu: QMenu, done: list[tuple[str, str]]) -> Section[RunEntry]:
    def perform(name: str, subject: Subject) -> None:
        assert subject.run is not None
        done.append((name, subject.run.id))

    return Section(menu, lambda _run_id: RunEntry(menu, perform), spell)


@pytest.fixture
def tell(section: Section[RunEntry]) -> Tell:
    """Show runs of these ids, all in one state."""

    def tell_of(*ids: str, state: str = "running", more: int = 0) -> None:
        runs = [make_run(one, state=state) for one in ids]
        shown = [Line(Subject(None, run), run, f"{run.id} & co") for run in runs]
        section.tell(Lines(shown, more))

    return tell_of


def test_runs_stand_in_their_order_however_they_come(menu: QMenu, tell: Tell) -> None:
    menu.addAction("last")
    tell("r2", "r5")
    tell("r1", "r2", "r3", "r5", "r7", more=7)
    assert lines.read(menu) == [
        "r1 & co", "r2 & co", "r3 & co", "r5 & co", "r7 & co", "and 7 more…", "last",
    ]  # fmt: skip
    tell("r3")
    assert lines.read(menu) == ["r3 & co", "last"]


def test_a_line_is_the_same_one_for_as_long_as_its_run_is_shown(menu: QMenu, tell: Tell) -> None:
    tell("r1", "r2")
    first, second = menu.actions()[:2]
    tell("r2", "r3", state="suspended")
    assert menu.actions()[0] is second
    assert first not in menu.actions()


def test_an_old_line_never_acts_on_another_run(
    menu: QMenu, tell: Tell, done: list[tuple[str, str]]
) -> None:
    tell("r1", "r2")
    kept = lines.find(lines.below(menu, "r1 & co"), "Cancel")
    tell("r2")
    kept.trigger()
    assert done == [("cancel", "r1")]


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("running", ["Suspend", "Cancel", "Show log"]),
        ("waiting", ["Suspend", "Cancel", "Show log"]),
        ("suspended", ["Resume", "Cancel", "Show log"]),
        ("canceling", ["Show log"]),
    ],
)
def test_only_what_fits_is_offered(
    menu: QMenu, tell: Tell, done: list[tuple[str, str]], state: str, offered: list[str]
) -> None:
    tell("r1", state=state)
    beneath = lines.below(menu, "r1 & co")
    assert lines.read(beneath) == offered
    lines.click(beneath, offered[0])
    assert done[0][1] == "r1"


def failure(menu: QMenu, run_id: str, open_run: Callable[[str], None]) -> FailureEntry:
    return FailureEntry(menu, run_id, open_run, lambda name, _subject: open_run(name))


def test_what_helps_is_beneath_a_failure(menu: QMenu) -> None:
    did: list[str] = []
    entry = failure(menu, "r1", did.append)
    menu.addAction(entry.action)
    why = views.reason("Failed.", remedy="Show log", remedy_action="logs")
    run = make_run("r1", state="failed", reason=why, log_path="/x.log")
    entry.tell(Subject(None, run), "backup failed")
    beneath = lines.below(menu, "backup failed")
    assert lines.read(beneath) == ["Show", "Show log"]
    for line in ("Show log", "Show"):
        lines.click(beneath, line)
    assert did == ["logs", "r1"]
    entry.tell(Subject(None, msgspec.structs.replace(run, reason=None)), "backup failed")
    assert entry.action.menu() is None


def test_a_failure_opens_its_run(menu: QMenu) -> None:
    opened: list[str] = []
    section = Section(menu, lambda run_id: failure(menu, run_id, opened.append), spell)
    run = make_run("r1", state="failed")
    section.tell(Lines([Line(Subject(None, run), run, "backup failed")], 0))
    lines.click(menu, "backup failed")
    assert opened == ["r1"]
    section.tell(Lines([], 0))
    assert lines.read(menu) == []


def test_a_transfer_can_be_given_another_address(menu: QMenu, done: list[tuple[str, str]]) -> None:
    run = moves.run(1, "suspended", reason=moves.expired())
    entry = RunEntry(menu, lambda name, subject: done.append((name, subject.name)))
    entry.tell(Subject(moves.task(), run), "file 1 needs a new address")
    beneath = entry.action.menu()
    assert lines.read(beneath) == ["Resume", "New address…", "Cancel", "Show log"]
    lines.click(beneath, "New address…")
    assert done == [("new_address", "file 1")]
