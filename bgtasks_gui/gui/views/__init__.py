"""The window and its pages."""

from __future__ import annotations

from typing import Final

from bgtasks_gui.gui.views.activity_page import ActivityPage
from bgtasks_gui.gui.views.history_page import HistoryPage
from bgtasks_gui.gui.views.notices_page import NoticesPage
from bgtasks_gui.gui.views.overview_page import OverviewPage
from bgtasks_gui.gui.views.page import Page
from bgtasks_gui.gui.views.system_page import SystemPage
from bgtasks_gui.gui.views.tasks_page import TasksPage
from bgtasks_gui.gui.views.transfers_page import TransfersPage

#: Every page, in the order of the sidebar. A new one is its file and a line here.
PAGES: Final[tuple[type[Page], ...]] = (
    OverviewPage,
    TasksPage,
    ActivityPage,
    TransfersPage,
    HistoryPage,
    NoticesPage,
    SystemPage,
)
