"""The seams to transfers, against those who stand on both sides of them."""

from __future__ import annotations

import inspect

import pytest

from bgtasks_gui.agent.running.transfers.conveying import Conveying
from bgtasks_gui.core import transfer_ports
from bgtasks_gui.kinds.command import CommandKind
from bgtasks_gui.kinds.download import DownloadKind
from bgtasks_gui.kinds.upload import UploadKind
from bgtasks_gui.transfers.engine import Engine

SIDES = [
    (transfer_ports.TransferKind, DownloadKind),
    (transfer_ports.TransferKind, UploadKind),
    (transfer_ports.TransferListener, Conveying),
    (transfer_ports.TransferEngine, Engine),
]


def asked_of(seam: type) -> list[str]:
    """The methods a seam asks for itself."""
    return [name for name, _ in inspect.getmembers(seam, inspect.isfunction) if name[0] != "_"]


@pytest.mark.parametrize(
    ("seam", "side"), SIDES, ids=lambda found: getattr(found, "__name__", str(found))
)
def test_both_sides_take_the_same(seam: type, side: type) -> None:
    for name in asked_of(seam):
        wanted = inspect.signature(getattr(seam, name))
        found = inspect.signature(getattr(side, name))
        assert list(found.parameters) == list(wanted.parameters), name
        for parameter in wanted.parameters.values():
            assert found.parameters[parameter.name].default == parameter.default, name


@pytest.mark.parametrize("kind", [DownloadKind(), UploadKind()], ids=lambda kind: kind.name)
def test_a_kind_of_transfers_is_known_by_what_it_can(kind: object) -> None:
    assert isinstance(kind, transfer_ports.TransferKind)


def test_a_kind_of_processes_is_none() -> None:
    assert not isinstance(CommandKind(), transfer_ports.TransferKind)
