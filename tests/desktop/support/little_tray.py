"""A program that is nothing but the icon in the tray, over the agent of its home.

It tells, line by line, what a window would be asked to do.
"""

from __future__ import annotations

import asyncio
import sys

import qasync
from PySide6.QtWidgets import QApplication

from bgtasks_gui import paths
from bgtasks_gui.client import transport
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.style import dress
from bgtasks_gui.gui.tray.tray import Tray


def tell(*words: object) -> None:
    sys.stdout.write(f"{' '.join(map(str, words))}\n")
    sys.stdout.flush()


async def live() -> None:
    """Live until the menu says to quit."""
    over = asyncio.Event()
    way = transport.UnixTransport(paths.find_home().agent_socket)
    bridge, asked = Bridge(Client(way)), Asked()
    tally, performer = Tally(bridge.mirror), Performer(bridge.client, asked)
    bridge.changed.connect(tally.take)
    tray = Tray(bridge, tally, performer, asked, bridge.mirror.tasks.get)
    tray.toggle_wanted.connect(lambda: tell("clicked"))
    tray.open_wanted.connect(lambda run_id: tell("open", run_id or "window"))
    tray.presence_changed.connect(lambda is_there: tell("tray", is_there))
    performer.wanted.connect(lambda name, _subjects: tell("show", name))
    performer.refused.connect(lambda sentence: tell("refused", sentence))
    tray.quit_wanted.connect(over.set)
    following = asyncio.create_task(bridge.run())
    tray.start()
    tell("started")
    await over.wait()
    tray.close()
    await performer.close()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await way.close()
    tell("gone")


def main() -> None:
    application = QApplication(sys.argv)
    application.setApplicationName("bgtasks-gui")
    application.setApplicationDisplayName("Background Tasks")
    application.setQuitOnLastWindowClosed(False)
    dress.dress(application, paths.find_resources())
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(live())


if __name__ == "__main__":
    main()
