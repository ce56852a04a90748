"""Servers of others: nginx as Debian has it, and a tus server of its own process."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Final

from tests.faults.support.server import PATIENCE_S

_NGINX: Final = Template("""\
daemon off; worker_processes 1; pid $folder/pid; error_log $folder/errors warn;
events { worker_connections 256; }
http {
    access_log off; client_body_temp_path $folder/bodies;
    proxy_temp_path $folder/t1; fastcgi_temp_path $folder/t2; uwsgi_temp_path $folder/t3;
    scgi_temp_path $folder/t4;
    default_type application/octet-stream; root $root; client_max_body_size 100m;
    server {
        listen 127.0.0.1:$plain;
        location / { }
        location /slow/ { alias $root/; limit_rate 400k; }
        location /guarded/ { alias $root/; auth_basic "here"; auth_basic_user_file $folder/users; }
        location /moved/ { rewrite ^/moved/(.*)$$ /$$1 redirect; }
        location /squeezed/ { alias $root/; gzip on; gzip_types *; gzip_min_length 1; }
        location /put/ { alias $root/put/; dav_methods PUT; create_full_put_path on; }
        location /one/ { alias $root/; limit_conn one 1; limit_conn_status 503; }
    }
    limit_conn_zone $$server_port zone=one:1m;
    server {
        listen 127.0.0.1:$tls ssl http2;
        ssl_certificate $chain; ssl_certificate_key $key;
        location / { }
        location /protocol { return 200 $$server_protocol; }
    }
}
""")

_TUS: Final = """
import socket, sys
import fastapi, tuspyserver, uvicorn
app = fastapi.FastAPI()
app.include_router(tuspyserver.create_tus_router(prefix="files", files_dir=sys.argv[1]))
uvicorn.Server(uvicorn.Config(app, log_level="error")).run([socket.socket(fileno=int(sys.argv[2]))])
"""


class Nginx:
    """A web server over a folder, plain and with TLS and HTTP/2."""

    def __init__(self, root: Path, plain: int, tls: int) -> None:
        self.root = root
        self.plain = f"http://localhost:{plain}"
        self.tls = f"https://localhost:{tls}"

    def put(self, name: str, content: bytes, when: float = 1_735_689_600) -> Path:
        """A file there, changed last at this time."""
        path = self.root / name
        path.write_bytes(content)
        os.utime(path, (when, when))
        return path


@contextlib.contextmanager
def nginx(folder: Path, chain: Path, key: Path, users: str) -> Iterator[Nginx]:
    """nginx, for the length of a block."""
    root = folder / "root"
    (root / "put").mkdir(parents=True)
    folder.chmod(0o755)
    (folder / "users").write_text(users)
    plain, tls = _free_port(), _free_port()
    configuration = folder / "nginx.conf"
    who = "user root;\n" if os.geteuid() == 0 else ""
    configuration.write_text(who + _NGINX.substitute(
        folder=folder, root=root, plain=plain, tls=tls, chain=chain, key=key
    ))  # fmt: skip
    command = ["nginx", "-e", str(folder / "errors"), "-p", str(folder), "-c", str(configuration)]
    with _program(command, plain):
        yield Nginx(root, plain, tls)


@contextlib.contextmanager
def tus(folder: Path) -> Iterator[str]:
    """A tus server that keeps its files in a folder; gives its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        port = listening.getsockname()[1]
        number = str(listening.fileno())
        command = [sys.executable, "-W", "ignore", "-c", _TUS, str(folder), number]
        with _program(command, port, listening.fileno()):
            yield f"http://localhost:{port}/files/"


@contextlib.contextmanager
def _program(command: list[str], port: int, *descriptors: int) -> Iterator[None]:
    """A server that answers at this port."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=descriptors
    ) as process:
        try:
            _wait_for(process, port)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_S)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    assert process.stderr is not None
    while True:
        with (
            contextlib.suppress(ConnectionRefusedError),
            socket.create_connection(("127.0.0.1", port)),
        ):
            return
        assert process.poll() is None, process.stderr.read().decode()
        # Not a sleep: the server's words, or its end, are what is waited for.
        select.select([process.stderr], [], [], 0.02)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
