"""What an environment says about proxies, in the variables that all programs know.

The command line reads its own here too: nothing that takes long to load is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ENDING: Final = "_proxy"


def find_proxy(environ: Mapping[str, str], scheme: str, host: str, port: int | None) -> str:
    """The address of the proxy for a host, as it is written there; "" where there is none.

    HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY; those in lower case go first.
    """
    said = _said(environ)
    if "REQUEST_METHOD" in environ:
        # There HTTP_PROXY may be a header that anybody sent to a web server (httpoxy).
        said["http"] = environ.get("http_proxy", "")
    if _is_excepted(said.get("no", ""), host.lower(), port):
        return ""
    return said.get(scheme) or said.get("all") or ""


def _said(environ: Mapping[str, str]) -> dict[str, str]:
    names = [name for name in environ if name.lower().endswith(_ENDING)]
    # Later ones take the place of earlier ones: those in lower case, even if empty.
    names.sort(key=lambda name: name.endswith(_ENDING))
    return {name[: -len(_ENDING)].lower(): environ[name] for name in names}


def _is_excepted(said: str, host: str, port: int | None) -> bool:
    places = {host, f"[{host}]", f"{host}:{port}", f"[{host}]:{port}"}
    for name in said.lower().split(","):
        bare = name.strip().lstrip(".")
        if bare == "*" or (bare and any(f".{each}".endswith(f".{bare}") for each in places)):
            return True
    return False
