from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.columns import Words
from bgtasks_gui.gui.models.transfers import transfer_rows
from bgtasks_gui.gui.models.transfers.transfer_rows import Place, TransferRow
from bgtasks_gui.wire import codec, shapes
from tests.gui.fakes import moves
from tests.gui.support import depending, views
from tests.gui.support.clocks import ManualNow

MIB = moves.MIB


def row(state: str = "running", kind: str = "download", **changes: object) -> TransferRow:
    task = moves.task(kind=kind)
    return TransferRow(moves.run(1, state, task, **changes), transfer_rows.place_of(task))


def said(of: TransferRow, column: str = "name", asked: Asked | None = None) -> Words:
    columns = {one.name: one for one in transfer_rows.columns(asked or Asked())}
    return columns[column].words(of, ManualNow()())


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.org/a", "example.org"),
        ("https://user:secret@example.org:8080/a", "example.org:8080"),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_a_host_is_said_without_user_and_password(url: str, host: str) -> None:
    assert Place(url).host == host


def test_what_a_task_tells_of_its_place() -> None:
    assert transfer_rows.place_of(None) == Place()
    assert transfer_rows.place_of(moves.task()) == Place(moves.URL, "/home/ada/Downloads/")
    assert transfer_rows.place_of(moves.task(kind="upload")).path == "/home/ada/report.pdf"
    assert transfer_rows.place_of(moves.task(payload=codec.raw([1]))) == Place()
    assert transfer_rows.place_of(moves.task(payload=moves.payload(url=None))) == Place()


@pytest.mark.parametrize(
    ("kind", "icon", "meaning"),
    [("download", "arrow-down", "Download"), ("upload", "arrow-up", "Upload")],
)
def test_the_way_is_an_icon_with_a_word(kind: str, icon: str, meaning: str) -> None:
    words = said(row(kind=kind))
    assert (words.icon, words.meaning) == (icon, meaning)


@pytest.mark.parametrize(
    ("of", "second", "role"),
    [
        (row(progress=moves.moving(5)), "From downloads.example.org", "second"),
        (row(kind="upload", progress=moves.moving(5)), "To files.example.org", "second"),
        (row(progress=moves.moving(5, message="connecting")), "Connecting", "second"),
        (
            row("waiting", waits_for="3 of 3 transfers run."),
            "Waits: 3 of 3 transfers run.",
            "waiting",
        ),
        (
            row(
                "waiting",
                retry_at=views.stamp(612),
                reason=views.reason("Waiting: the connection failed.", code="connection"),
            ),
            "Tries again in 12 s: the connection failed",
            "waiting",
        ),
        (row("waiting", retry_at=views.stamp(612)), "Tries again in 12 s", "waiting"),
        (row("waiting", retry_at=views.stamp(590)), "Tries again now", "waiting"),
        (
            row(
                "suspended",
                reason=views.reason("", code="resource_revoked", actor="system"),
                waits_for="there is too little room on the disk.",
            ),
            "There is too little room on the disk.",
            "waiting",
        ),
        (
            row("suspended", reason=moves.expired()),
            "Needs a new address: the server answered 403",
            "waiting",
        ),
        (
            row("suspended", reason=msgspec.structs.replace(moves.expired(), detail=None)),
            "Needs a new address: it needs a new address (the server answered 403)",
            "waiting",
        ),
        (
            row("suspended", reason=views.reason("Suspended by you.", code="user_suspend")),
            "Suspended by you.",
            "second",
        ),
        (
            row("failed", reason=views.reason("Failed: the server answered 404.")),
            "Failed: the server answered 404.",
            "failed",
        ),
        (
            row("completed", result={"path": "/home/ada/Downloads/debian-12.iso"}),
            "Complete 7 min ago as /home/ada/Downloads/debian-12.iso",
            "second",
        ),
        (
            row("completed", kind="upload", result={"status": 201}),
            "Complete 7 min ago to files.example.org",
            "second",
        ),
    ],
)
def test_the_second_line_says_what_matters_most(of: TransferRow, second: str, role: str) -> None:
    words = said(of)
    assert (words.second, words.role) == (second, role)


def test_what_was_asked_is_said_first() -> None:
    asked, of = Asked(), row()
    asked.mark(frozenset({of.id}), "Asked to cancel…")
    assert said(of, asked=asked).second == "Asked to cancel…"


def test_what_needs_somebody_stands_apart_from_what_they_suspended() -> None:
    assert row("suspended", reason=moves.expired()).state == "needs_you"
    assert row("suspended", reason=views.reason("Suspended by you.")).state == "suspended"
    assert row("suspended", reason=views.reason("", code="paused")).state == "suspended"


def test_figures_of_one_that_moves() -> None:
    of = row(progress=moves.moving(12 * MIB))
    assert said(of, "progress") == Words("12 %", "12 of 100 MiB")
    assert said(of, "speed") == Words("2 MiB/s")
    assert said(of, "left") == Words("40 s")
    assert said(of, "added") == Words("10 min ago", "by hand")


def test_figures_of_one_that_stands_still() -> None:
    of = row("suspended", progress=moves.moving(12 * MIB))
    assert said(of, "progress") == Words("12 %", "12 of 100 MiB")
    assert said(of, "speed") == said(of, "left") == Words()
    assert said(row("waiting"), "progress") == Words("Not started")


def test_how_much_there_is_of_one_that_has_ended() -> None:
    whole, receipt = moves.moving(100 * MIB), moves.receipt()
    assert said(row("completed", progress=whole), "progress") == Words("100 MiB")
    assert said(row("completed", receipt=receipt), "progress") == Words("50 MiB")
    assert said(row("completed"), "progress") == Words()
    assert said(row("failed", progress=moves.moving(MIB)), "progress") == Words("1 of 100 MiB")
    assert said(row("failed"), "progress") == Words()


def test_a_search_finds_the_address_the_folder_and_the_reason() -> None:
    of = row("waiting", waits_for="3 of 3 transfers run.")
    for words in ("example.org", "downloads/", "3 of 3", "file 1", "download"):
        assert words in of.haystack


@pytest.mark.parametrize("state", ["running", "waiting", "suspended", "completed", "failed"])
@pytest.mark.parametrize("kind", ["download", "upload"])
def test_columns_say_what_they_depend_on(state: str, kind: str) -> None:
    task = moves.task(kind=kind)
    place = transfer_rows.place_of(task)

    def make(run: shapes.RunView) -> TransferRow:
        return TransferRow(run, place)

    view = moves.run(1, state, task, progress=moves.moving(5))
    columns = transfer_rows.columns(Asked())
    fields = depending.RUN_FIELDS | {"result": ({"path": "/a"},)}
    assert list(depending.undeclared(columns, view, fields, make)) == []
