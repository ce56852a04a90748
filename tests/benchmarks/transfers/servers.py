"""A fast web server on this computer: nginx as Debian has it, plain and with TLS."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Final, NamedTuple

import trustme

PATIENCE_S: Final = 20.0
_BLOCK: Final = 1024 * 1024

_NGINX: Final = Template("""\
daemon off; worker_processes 1; pid $folder/pid; error_log $folder/errors warn; $user
events { worker_connections 4096; }
http {
    access_log off; sendfile on; tcp_nopush on; default_type application/octet-stream; root $root;
    client_body_temp_path $folder/t0; proxy_temp_path $folder/t1; fastcgi_temp_path $folder/t2;
    uwsgi_temp_path $folder/t3; scgi_temp_path $folder/t4;
    server {
        listen 127.0.0.1:$plain backlog=4096;
        location /limited/ { alias $root/; limit_rate 20m; }
    }
    server {
        listen 127.0.0.1:$tls ssl backlog=4096;
        ssl_certificate $folder/chain.pem; ssl_certificate_key $folder/key.pem;
    }
}
""")


class Served(NamedTuple):
    """Where the files of a folder are to be had."""

    root: Path
    #: Below `/limited/` the same at 20 MiB/s for each connection.
    plain: str
    tls: str
    #: The authority to trust for TLS, in PEM format.
    authority: Path


def make_file(path: Path, size: int) -> None:
    """Bytes that cannot be compressed, in the page cache afterwards."""
    with path.open("wb") as file:
        for _ in range(size // _BLOCK):
            file.write(os.urandom(_BLOCK))
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """nginx, for the length of a block."""
    root = folder / "root"
    root.mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    issued = authority.issue_cert("localhost", "127.0.0.1")
    (folder / "chain.pem").write_bytes(b"".join(one.bytes() for one in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    plain, tls = _free_port(), _free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        _NGINX.substitute(folder=folder, root=root, plain=plain, tls=tls, user=user)
    )
    command = ["nginx", "-e", f"{folder}/errors", "-p", f"{folder}", "-c", f"{folder}/nginx.conf"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            _wait_for(plain)
            yield Served(
                root, f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}",
                folder / "authority.pem",
            )  # fmt: skip
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
