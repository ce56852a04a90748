"""The way of the Tab key: as the page is read, however its parts came to their places."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def set_order(root: QWidget) -> None:
    """Let Tab go through everything inside in the order of the layouts."""
    for before, after in itertools.pairwise(reachable(root)):
        QWidget.setTabOrder(before, after)


def reachable(root: QWidget) -> Iterator[QWidget]:
    """Whatever takes the focus by Tab, in the order of the layouts."""
    if root.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield root
    if isinstance(root, QScrollArea):
        page = root.widget()
        if page is not None:
            yield from reachable(page)
        return
    layout = root.layout()
    if layout is not None:
        yield from _of_layout(layout)


def _of_layout(layout: QLayout) -> Iterator[QWidget]:
    for index in range(layout.count()):
        item = layout.itemAt(index)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from reachable(widget)
        elif inner is not None:
            yield from _of_layout(inner)
