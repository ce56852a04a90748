"""The tab that shows what a run prints: read from its end, followed, searched, copied and saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDir, QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import runs as phrases
from bgtasks_gui.client.phrases import times
from bgtasks_gui.core import durations, runs
from bgtasks_gui.gui.detail.log import keeping, search
from bgtasks_gui.gui.detail.log.feed import Feed
from bgtasks_gui.gui.detail.log.log_bar import LogBar
from bgtasks_gui.gui.detail.log.log_pane import LogPane
from bgtasks_gui.wire import shapes

#: Milliseconds after which "12 s ago" is said anew.
_CLOCK_MS: Final = 1000
#: Milliseconds for which it is said that something was copied or saved.
_DONE_MS: Final = 4000
_NOT_STARTED: Final = frozenset({runs.RunState.PENDING, runs.RunState.WAITING})
_AWAY: Final = "The agent does not answer; the output goes on as soon as it does."


class LogTab(QWidget):
    """The output of one run. Nothing is read while nobody looks."""

    title = "Log"

    def __init__(
        self,
        client: Client,
        now: Callable[[], datetime] = times.now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._client = client
        self._now = now
        self._feed: Feed | None = None
        self._looked_at = asyncio.Event()
        #: What is under way: at most one of each name.
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._folder = QDir.homePath()
        self.bar = LogBar()
        self.pane = LogPane()
        self.view = self.pane.view
        self.search = search.Search(self.view)
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self._tell_time)
        self._done = QTimer(self)
        self._done.setSingleShot(True)
        self._done.setInterval(_DONE_MS)
        self._done.timeout.connect(lambda: self.bar.show_done(""))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.pane, 1)
        self._connect()
        self.show_run(None)

    def show_run(self, run: shapes.RunView | None) -> None:
        """Show this run, or how the same one stands now; None shows none."""
        shown = None if self._feed is None else self._feed.run.id
        if run is None or run.id != shown:
            self._leave()
            if run is not None:
                self._take_up(run)
        elif self._feed is not None:
            self._feed.take(run)
        self._tell_time()
        self._tell()

    def close(self) -> bool:
        """Stop everything that is under way; the tab is of no use afterwards."""
        self._leave()
        return super().close()

    def _take_up(self, run: shapes.RunView) -> None:
        self._feed = Feed(self._client, run, self.view, self._looked_at, self._tell)
        self._begin("feed", self._feed.go_on())
        if self.bar.search_text():
            self._on_searched(self.bar.search_text())

    def _leave(self) -> None:
        for name in list(self._under_way):
            self._stop(name)
        if self._feed is not None:
            self._feed.leave()
            self._feed = None
        self.search.look_for("")
        self.view.empty()
        self.bar.show_done("")

    # What is said

    def _tell_time(self) -> None:
        if self._feed is not None:
            self.bar.show_run(self._feed.run, self._now())

    def _tell(self) -> None:
        """Say all there is to say beside the text."""
        feed = self._feed
        self.bar.setVisible(feed is not None)
        self.bar.set_usable(self.view.has_output)
        self.pane.show_empty("" if self.view.has_output else _why_empty(feed))
        if feed is None:
            self.pane.show_earlier("")
            self.pane.show_remark("")
            return
        self.pane.show_earlier(feed.extent, is_loading=feed.is_loading_earlier)
        why = _AWAY if not feed.is_reached else feed.trouble
        remarks = (why if self.view.has_output else "", _lost_words(feed.lost))
        self.pane.show_remark(" ".join(one for one in remarks if one))

    def _tell_hits(self) -> None:
        if "search" in self._under_way or self.search.is_busy:
            self.bar.show_hits("Searching…")
        elif not self.search.count:
            self.bar.show_hits("No hit")
        else:
            more = "+" if self.search.count == search.MOST_HITS else ""
            self.bar.show_hits(
                f"{self.search.number:,} of {self.search.count:,}{more}", can_step=True
            )

    # What the person does

    def _on_searched(self, text: str) -> None:
        self._stop("search")
        self.search.look_for("")
        if text and self._feed is not None:
            self._begin("search", self._find(self._feed, text))
        self._tell_hits()

    async def _find(self, feed: Feed, text: str) -> None:
        await feed.load_all()
        # From here on the search itself is busy.
        del self._under_way["search"]
        self.search.look_for(text)
        self._tell_hits()

    def _on_earlier_asked(self) -> None:
        if self._feed is not None:
            self._begin("earlier", self._load_earlier(self._feed))

    async def _load_earlier(self, feed: Feed) -> None:
        await feed.load_earlier()

    def _on_copy_asked(self) -> None:
        if self._feed is not None:
            self._begin("copy", self._copy(self._feed))

    async def _copy(self, feed: Feed) -> None:
        await feed.load_all()
        await keeping.copy(self.view.document())
        self._say_done("Copied")

    def _on_save_asked(self) -> None:
        if self._feed is None:
            return
        name = f"{self._folder}/{keeping.suggested_name(self._feed.run)}"
        dialog = QFileDialog(self, "Save output as", name, "Logs (*.log);;All files (*)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_place_chosen)
        dialog.open()

    def _on_place_chosen(self, path: str) -> None:
        if self._feed is not None:
            self._folder = str(Path(path).parent)
            self._begin("save", self._save(self._feed, Path(path)))

    async def _save(self, feed: Feed, path: Path) -> None:
        await feed.load_all()
        try:
            await keeping.save(self.view.document(), path)
        except OSError as error:
            self._say_done(f"Not saved: {error.strerror or error}", is_trouble=True)
        else:
            self._say_done(f"Saved as {path.name}")

    def _say_done(self, words: str, *, is_trouble: bool = False) -> None:
        self.bar.show_done(words, is_trouble=is_trouble)
        self._done.start()

    def _on_follow_toggled(self, follows: bool) -> None:
        if follows:
            self.view.jump_to_end()
        else:
            self.view.leave_end()

    # Its life

    def _begin(self, name: str, coroutine: Coroutine[None, None, None]) -> None:
        self._stop(name)
        task = asyncio.get_running_loop().create_task(coroutine)
        self._under_way[name] = task
        task.add_done_callback(self._on_done)

    def _stop(self, name: str) -> None:
        task = self._under_way.pop(name, None)
        if task is not None:
            task.cancel()

    def _on_done(self, task: asyncio.Task[None]) -> None:
        for name, one in list(self._under_way.items()):
            if one is task:
                del self._under_way[name]
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler(
                {"message": "showing a log failed", "exception": error, "task": task}
            )

    def _connect(self) -> None:
        self.bar.searched.connect(self._on_searched)
        self.bar.stepped.connect(lambda forward: self.search.step(forward=forward))
        self.bar.wrap_toggled.connect(self.view.set_wrapping)
        self.bar.follow_toggled.connect(self._on_follow_toggled)
        self.bar.copy_asked.connect(self._on_copy_asked)
        self.bar.save_asked.connect(self._on_save_asked)
        self.pane.earlier_asked.connect(self._on_earlier_asked)
        self.view.at_end_changed.connect(self.bar.show_following)
        self.search.changed.connect(self._tell_hits)
        self.bar.show_following(self.view.is_at_end)

    def event(self, event: QEvent) -> bool:
        # The window has the same key for its own search; here it is taken before that hears of it.
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Find):
            if event.type() == QEvent.Type.KeyPress:
                self.bar.focus_search()
            event.accept()
            return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._looked_at.set()
        self._tell_time()
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._looked_at.clear()
        self._clock.stop()


def _why_empty(feed: Feed | None) -> str:
    """Why there is no output to see; nothing while it is being read."""
    if feed is None:
        return "There is no run yet, so there is no output"
    if feed.trouble:
        return feed.trouble
    if not feed.is_loaded:
        return "" if feed.is_reached else _AWAY
    if feed.run.state in _NOT_STARTED:
        return "No output yet: the run has not started"
    if not phrases.has_ended(feed.run):
        return "No output yet: waiting for the program to print"
    if feed.run.started_at is None:
        return "This run never started, so it printed nothing"
    return "This run printed nothing"


def _lost_words(lost: int) -> str:
    if not lost:
        return ""
    return f"{durations.say_size(lost)} of the output could not be written: the disk was full."
