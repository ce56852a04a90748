"""Whom to trust, and how to show who we are."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from bgtasks_gui.transfers.net import streams, tls
from bgtasks_gui.transfers.net.encryption import secure
from tests.faults.support.certificates import Authority
from tests.transfers.net import pairs


async def answer_of(server: ssl.SSLContext, context: ssl.SSLContext) -> str:
    """ "" where they come together, else why they do not."""

    async def greet(_: object, writer: object) -> None:
        del writer

    async with pairs.serving(greet, server) as port:
        below = await pairs.plain(port)
        try:
            stream = await secure(below, context, "localhost", 10.0)
        except streams.Unreached as error:
            return str(getattr(error.__cause__, "reason", error))
        await stream.aclose()
        return ""


def locked(folder: Path) -> Path:
    """A certificate whose key is encrypted."""
    issued = trustme.CA().issue_cert("somebody@example.org")
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"love"),
    )
    path = folder / "locked.pem"
    path.write_bytes(issued.cert_chain_pems[0].bytes() + text)
    return path


async def test_the_systems_authorities_do_not_know_ours(authority: Authority) -> None:
    assert await answer_of(authority.good(), tls.make_context()) == "CERTIFICATE_VERIFY_FAILED"


async def test_authorities_of_ones_own(authority: Authority) -> None:
    context = tls.make_context(str(authority.file))
    assert await answer_of(authority.good(), context) == ""
    assert await answer_of(authority.expired(), context) == "CERTIFICATE_VERIFY_FAILED"
    assert await answer_of(authority.of_another_host(), context) == "CERTIFICATE_VERIFY_FAILED"


async def test_authorities_named_by_the_environment(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls._make_context.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    try:
        assert await answer_of(authority.good(), tls.make_context()) == ""
    finally:
        tls._make_context.cache_clear()


def test_a_context_is_made_once_until_a_file_changes(authority: Authority, tmp_path: Path) -> None:
    own = tmp_path / "own.pem"
    own.write_bytes(authority.file.read_bytes())
    first = tls.make_context(str(own))
    assert tls.make_context(str(own)) is first
    assert tls.make_context(str(own), http2=True) is not first
    # The same bytes, put there later.
    os.utime(own, ns=(1, 1))
    assert tls.make_context(str(own)) is not first
    own.unlink()
    with pytest.raises(tls.Unusable, match=r"there is no file .*own\.pem"):
        tls.make_context(str(own))


def test_a_server_is_always_checked(authority: Authority) -> None:
    for context in (tls.make_context(), tls.make_context(str(authority.file))):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_certificate_with_its_key_in_one_file_or_in_two(
    authority: Authority, tmp_path: Path
) -> None:
    both = authority.for_client(tmp_path)
    assert tls.make_context("", str(both)) is not tls.make_context()
    chain, key = authority.files(tmp_path)
    assert tls.make_context("", str(chain), str(key))


# What cannot be used


def refused(authorities: str = "", certificate: str = "", key: str = "") -> str:
    with pytest.raises(tls.Unusable) as caught:
        tls.make_context(authorities, certificate, key)
    return str(caught.value)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    said = f"there is no file {missing}"
    assert refused(missing) == said
    assert refused("", missing) == said
    chain = authority_file(tmp_path)
    assert refused("", chain, missing) == said


def authority_file(folder: Path) -> str:
    chain, _ = Authority(folder).files(folder)
    return str(chain)


def test_files_that_hold_something_else(authority: Authority, tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("hello\n")
    chain, key = map(str, authority.files(tmp_path))
    assert refused(str(text)) == f"{text} holds no certificates in PEM format"
    assert refused("", str(text)) == f"{text} holds no certificate in PEM format"
    assert refused("", key) == f"{key} holds no certificate in PEM format"
    assert refused("", chain) == f"{chain} holds no key in PEM format"
    assert refused("", chain, str(text)) == f"{text} holds no key in PEM format"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refused(str(tmp_path)).startswith(str(tmp_path))
    assert refused("", str(tmp_path)).startswith(str(tmp_path))


def test_a_key_of_another_certificate(authority: Authority, tmp_path: Path) -> None:
    chain, _ = authority.files(tmp_path)
    other = tmp_path / "other.key"
    trustme.CA().issue_cert("localhost").private_key_pem.write_to_path(str(other))
    assert refused("", str(chain), str(other)) == (
        f"the key in {other} does not belong to the certificate in {chain}"
    )


def test_a_locked_key_asks_nobody_for_its_password(tmp_path: Path) -> None:
    path = locked(tmp_path)
    assert refused("", str(path)) == (
        f"the key in {path} is locked by a password, which is not supported"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(authority: Authority, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pem"
    secret.write_bytes(authority.file.read_bytes())
    secret.chmod(0)
    assert refused(str(secret)) == f"{secret} cannot be read: Permission denied"
