"""Looks over what is typed: what is wrong with it, and what the agent makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from PySide6.QtCore import QObject

from bgtasks_gui.client.client import Client
from bgtasks_gui.core import checks, errors
from bgtasks_gui.gui.editor import asking
from bgtasks_gui.gui.editor.checking import Checking
from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.parts.page import Page
from bgtasks_gui.gui.editor.parts.preview import Preview
from bgtasks_gui.gui.editor.schema import paths
from bgtasks_gui.wire import codec, shapes

_NAME: paths.Path = ("name",)


class Review(QObject):
    """Keeps errors beside their fields and the preview in step with the page.

    A field that was not touched shows no error before somebody wants to go on with it.
    """

    def __init__(self, client: Client, page: Page, preview: Preview, known: Known) -> None:
        super().__init__(page)
        self._page = page
        self._preview = preview
        self._known = known
        self._origin: asking.Origin | None = None
        #: Whether errors are shown everywhere.
        self._is_strict = False
        #: What the agent said last against the value, and what that value was.
        self._refusal: errors.UserError | None = None
        self._refused: codec.JsonObject = {}
        self.checking = Checking(client)
        self.checking.answered.connect(self._on_answered)
        self.checking.refused.connect(self._on_refused)
        self.checking.lost.connect(preview.show_lost)
        page.changed.connect(self.look_over)

    def begin(self, origin: asking.Origin | None) -> None:
        """Look over a page that was filled anew."""
        self._origin, self._refusal, self._is_strict = origin, None, False
        self.look_over()

    def look_over(self) -> None:
        """Say what is wrong, and ask the agent where nothing is."""
        self._forget_refusal()
        problems = list(self._problems())
        self._show_errors(problems)
        # A name is not needed to see what a task would do.
        blocking = [one for one in problems if one[0] != _NAME]
        if blocking:
            self.checking.drop()
            self._tell_incomplete(*blocking[0])
        else:
            self.checking.want(self._page.value(), self._origin)

    def _forget_refusal(self) -> None:
        """What was refused and has been changed since is not known to be wrong any more."""
        path = paths.parse((self._refusal and self._refusal.field) or "")
        if path and self._page.value().get(str(path[0])) != self._refused.get(str(path[0])):
            self._refusal = None

    def find_problem(self, *, needs_name: bool) -> paths.Path | None:
        """Show every error from now on; the place of the first one, if there is any."""
        self._is_strict = True
        problems = list(self._problems())
        self._show_errors(problems)
        return next((path for path, _ in problems if needs_name or path != _NAME), None)

    def refuse(self, error: errors.UserError) -> paths.Path:
        """Show what the agent has against the value; the place it is about."""
        self._is_strict = True
        self._on_refused(error)
        return paths.parse(error.field or "")

    def _problems(self) -> Iterator[tuple[paths.Path, str]]:
        value = self._page.value()
        named = self._find_name_problem(value)
        if named is not None:
            yield _NAME, named
        for path, text in self._page.problems():
            if path != _NAME:
                yield path, text

    def _find_name_problem(self, value: codec.JsonObject) -> str | None:
        name = str(value.get("name") or "")
        try:
            checks.check_name(name)
        except errors.InvalidField as error:
            return error.message
        whole = (name, value.get("group", ""), value.get("owner", ""))
        own = None if self._origin is None else self._origin.id
        for task in self._known.tasks():
            if (task.name, task.group, task.owner) == whole and task.id != own:
                return "Another task has this name already; choose another one."
        return None

    def _show_errors(self, problems: list[tuple[paths.Path, str]]) -> None:
        found = list(problems)
        if self._refusal is not None and self._refusal.field:
            found.append((paths.parse(self._refusal.field), self._refusal.message))
        self._page.clear_errors()
        for path, text in found:
            if self._is_strict or self._page.is_touched_at(path):
                self._page.show_error_at(path, text)

    def _tell_incomplete(self, path: paths.Path, text: str) -> None:
        self._page.say(None)
        self._preview.show_incomplete(self._page.label_at(path), text)

    def _on_answered(self, checked: shapes.CheckedView) -> None:
        self._refusal = None
        checked = _with_names(checked, self._known.tasks())
        self._show_errors(list(self._problems()))
        self._page.say(checked)
        self._preview.show_checked(str(self._page.value().get("name") or ""), checked)

    def _on_refused(self, error: errors.UserError) -> None:
        self._refusal, self._refused = error, self._page.value()
        self._show_errors(list(self._problems()))
        self._tell_incomplete(paths.parse(error.field or ""), error.message)


def _with_names(
    checked: shapes.CheckedView, tasks: Sequence[shapes.TaskView]
) -> shapes.CheckedView:
    """The same words with the names of other tasks in place of their ids."""
    when = checked.when
    for task in tasks:
        if any(task.id in words for words in when):
            when = tuple(words.replace(task.id, f"“{task.name}”") for words in when)
    return msgspec.structs.replace(checked, when=when)
