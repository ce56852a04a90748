"""Certificates of authorities that live as long as the tests: good ones and those to refuse."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import trustme


class Authority:
    """Signs certificates; its own is what a client shall trust."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        #: What to trust, in PEM format.
        self.file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.file))

    def good(self) -> ssl.SSLContext:
        return self._context("localhost", "127.0.0.1")

    def of_another_host(self) -> ssl.SSLContext:
        return self._context("elsewhere.example")

    def expired(self) -> ssl.SSLContext:
        past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
        return self._context("localhost", not_after=past)

    def asking_for_a_certificate(self) -> ssl.SSLContext:
        """A server that only takes clients with a certificate of this authority."""
        context = self.good()
        context.verify_mode = ssl.CERT_REQUIRED
        self._authority.configure_trust(context)
        return context

    def for_client(self, folder: Path) -> Path:
        """A client's certificate and key in one file."""
        file = folder / "client.pem"
        issued = self._authority.issue_cert("somebody@example.org")
        issued.private_key_and_cert_chain_pem.write_to_path(str(file))
        return file

    def files(self, folder: Path) -> tuple[Path, Path]:
        """A server's certificate and its key, for programs of others."""
        issued = self._authority.issue_cert("localhost", "127.0.0.1")
        chain, key = folder / "server.pem", folder / "server.key"
        chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(key))
        return chain, key

    def _context(self, *names: str, not_after: datetime.datetime | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names, not_after=not_after).configure_cert(context)
        return context
