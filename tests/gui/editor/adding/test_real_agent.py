"""What is asked for in the dialog, done by a real agent from a real server."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import transfers
from bgtasks_gui.gui.editor.adding.dialog import AddDialog
from bgtasks_gui.gui.editor.adding.offers import Offer
from bgtasks_gui.wire import shapes
from tests.gui.support import looping
from tests.gui.support.stages import collect

CONTENT = b"words " * 1000


class Answers(BaseHTTPRequestHandler):
    """The same file at every address; what is sent is kept."""

    taken: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def do_PUT(self) -> None:
        self.taken[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def address() -> Iterator[str]:
    """Where a server listens."""
    Answers.taken.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def catalog(agent_client: Client) -> shapes.CatalogView:
    return await agent_client(commands.show_catalog())


@pytest.fixture
async def show(
    agent_client: Client, catalog: shapes.CatalogView
) -> AsyncIterator[Callable[[Offer], AddDialog]]:
    made: list[AddDialog] = []

    def make(offer: Offer) -> AddDialog:
        one = AddDialog(agent_client, catalog, offer)
        one.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        one.show()
        made.append(one)
        return one

    yield make
    for one in made:
        one.done(0)
        await one.settle()
        one.deleteLater()


async def ended(client: Client, run: shapes.RunView) -> shapes.RunView:
    now = run
    while now.completed_at is None:
        found = await client(commands.show_run(run.id))
        assert found is not None
        now = found
    return now


async def test_a_download_arrives_and_an_upload_is_taken(
    agent_client: Client,
    show: Callable[[Offer], AddDialog],
    address: str,
    tmp_path: Path,
) -> None:
    download = show(Offer(addresses=(f"{address}/a%20b.txt",)))
    begun = collect(download.added)
    QTest.keyClicks(download.form.fields["to"].findChild(QLineEdit), f"{tmp_path}/")
    download.confirm.click()
    await looping.until(lambda: begun)
    [((run,),)] = begun
    run = await ended(agent_client, run)
    assert (run.task_name, str(run.state)) == ("a b.txt", "completed")
    assert transfers.path_of(run) == str(tmp_path / "a b.txt")
    assert (tmp_path / "a b.txt").read_bytes() == CONTENT

    upload = show(Offer(files=(tmp_path / "a b.txt",)))
    begun = collect(upload.added)
    QTest.keyClicks(upload.words, f"{address}/in/")
    upload.confirm.click()
    await looping.until(lambda: begun)
    [((run,),)] = begun
    run = await ended(agent_client, run)
    assert (run.task_name, str(run.state)) == ("a b.txt", "completed")
    assert Answers.taken == {"/in/a%20b.txt": CONTENT}


async def test_what_the_agent_refuses_is_said_at_its_field(
    show: Callable[[Offer], AddDialog],
) -> None:
    dialog = show(Offer(addresses=("ftp://example.org/x",)))
    dialog.confirm.click()
    await looping.until(lambda: dialog.confirm.isEnabled())
    assert "ftp" in dialog.note.text()
    dialog.words.setPlainText("https://example.org/x")
    checksum = dialog.form.fields["checksum"]
    QTest.keyClicks(checksum.findChild(QLineEdit), "sha256:12")
    dialog.confirm.click()
    await looping.until(lambda: dialog.confirm.isEnabled())
    assert checksum.error
    assert checksum.isVisible()
