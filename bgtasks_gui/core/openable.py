"""Which files may be opened by a click: nothing that a desktop might run instead of showing it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

#: Kinds of files that a desktop may run, or that lead it to something else.
DANGEROUS: Final = frozenset(
    {
        *(".appimage", ".apk", ".app", ".bash", ".bat", ".bin", ".cmd", ".com", ".command"),
        *(".cpl", ".csh", ".deb", ".desktop", ".dll", ".dmg", ".exe", ".fish", ".flatpakref"),
        *(".gadget", ".hta", ".inf", ".jar", ".js", ".jse", ".ksh", ".lnk", ".msc", ".msi"),
        *(".msp", ".pif", ".pl", ".ps1", ".py", ".pyc", ".pyw", ".rb", ".reg", ".rpm", ".run"),
        *(".scr", ".sh", ".snap", ".so", ".url", ".vb", ".vbe", ".vbs", ".workflow", ".wsf"),
        *(".wsh", ".zsh"),
    }
)


def is_dangerous(file: PurePath) -> bool:
    """Whether the name of a file is of a kind that can be run."""
    return any(suffix.lower() in DANGEROUS for suffix in file.suffixes[-1:])
