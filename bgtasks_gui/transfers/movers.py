"""Who moves the file of which specification."""

from __future__ import annotations

from bgtasks_gui.core import transfers
from bgtasks_gui.transfers import words
from bgtasks_gui.transfers.downloads.download import download
from bgtasks_gui.transfers.uploads.upload import upload


async def move(spec: transfers.Spec, outlet: words.Outlet) -> transfers.Outcome:
    """One attempt. Lets a `Trouble` out where the connection or the server fails."""
    match spec:
        case transfers.DownloadSpec():
            return await download(spec, outlet)
        case transfers.UploadSpec():
            return await upload(spec, outlet)
    raise TypeError(f"nothing moves a {type(spec).__name__}")
