"""Names of files: what servers send, and what must never become a path."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.transfers.files import names

URL = "https://example.org/dir/file.bin?x=1"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (None, "file.bin"),
        ("", "file.bin"),
        ("attachment", "file.bin"),
        ("inline; foo=bar", "file.bin"),
        ('attachment; filename="report.pdf"', "report.pdf"),
        ("attachment; filename=report.pdf", "report.pdf"),
        ("ATTACHMENT; FILENAME = report.pdf ; size=5", "report.pdf"),
        ("attachment;filename=two words.txt", "two words.txt"),
        (r'attachment; filename="a \"b\" c.txt"', "a _b_ c.txt"),
        ('attachment; filename="a;b=c.txt"', "a;b=c.txt"),
        ('attachment; filename="not closed.txt', "not closed.txt"),
        ('filename="no type.txt"', "no type.txt"),
        ("attachment; filename=one; filename=two", "one"),
        ("attachment; filename=plain; filename*=UTF-8''na%C3%AFve%20plan.txt", "naïve plan.txt"),
        ("attachment; filename*=UTF-8'en'%e2%82%ac%20rates", "€ rates"),
        ("attachment; filename*=iso-8859-1'en'%A3%20rates", "£ rates"),
        ("attachment; filename*=\"UTF-8''quoted%20too\"", "quoted too"),
        ("attachment; filename*=UTF-8''%ff; filename=plain", "plain"),
        ("attachment; filename*=klingon''x; filename=plain", "plain"),
        ("attachment; filename*=nothing; filename=plain", "plain"),
        ("attachment; filename*=UTF-8''; filename=plain", "plain"),
        ('attachment; filename="na\xc3\xafve.txt"', "naïve.txt"),
        ('attachment; filename="naïve.txt"', "naïve.txt"),
        ('attachment; filename="日本.txt"', "日本.txt"),
        ("attachment; filename=na%C3%AFve.txt", "naïve.txt"),
        ("attachment; filename=100%25.txt", "100%.txt"),
        ("attachment; filename=%ff.txt", "%ff.txt"),
        ('attachment; filename="=?UTF-8?B?bmHDr3ZlLnR4dA==?="', "naïve.txt"),
        ('attachment; filename="=?utf-8?q?na=C3=AFve_x.txt?="', "naïve x.txt"),
        ('attachment; filename="=?klingon?B?AAAA?="', "=_klingon_B_AAAA_="),
        ('attachment; filename="../../../etc/passwd"', "passwd"),
        (r'attachment; filename="C:\\windows\\evil.exe"', "evil.exe"),
        (r'attachment; filename="C:\windows\evil.exe"', "evil.exe"),
        ("attachment; filename*=UTF-8''..%2F..%2Fx.sh", "x.sh"),
        ('attachment; filename="/"', "download"),
        ('attachment; filename=".."', "download"),
        ('attachment; filename=""', "file.bin"),
        ('attachment; filename=".bashrc"', "bashrc"),
        ('attachment; filename="trailing. . "', "trailing"),
        ('attachment; filename="tab\there\r\n.txt"', "tabhere.txt"),
        ("attachment; filename*=UTF-8''cod%E2%80%AEgpj.exe", "codgpj.exe"),
        ('attachment; filename="a:b*c?.txt"', "a_b_c_.txt"),
        ("attachment; filename=NUL", "_NUL"),
        ("attachment; filename=com1.txt", "_com1.txt"),
        ("attachment; filename=lpt\xb9 .tar.gz", "_lpt¹ .tar.gz"),
    ],
)
def test_what_servers_send(disposition: str | None, name: str) -> None:
    assert names.choose(disposition, URL) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/a%20b.txt", "a b.txt"),
        ("https://example.org/a%2Fb.txt#x", "b.txt"),
        ("https://example.org/dir/", "download"),
        ("https://example.org", "download"),
        ("https://example.org/%2e%2e", "download"),
        ("https://[broken/x", "download"),
    ],
)
def test_address_names_it(url: str, name: str) -> None:
    assert names.choose(None, url) == name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("backup.tar.gz", ("backup", ".tar.gz")),
        ("notes", ("notes", "")),
        ("a.b", ("a", ".b")),
        (".hidden", (".hidden", "")),
        ("end.", ("end.", "")),
        ("version 1. final", ("version 1. final", "")),
        ("x." + "y" * 21, ("x." + "y" * 21, "")),
        ("x." + "ß" * 20, ("x." + "ß" * 20, "")),
    ],
)
def test_endings(name: str, parts: tuple[str, str]) -> None:
    assert names.split(name) == parts


def test_too_long_names_keep_their_ending() -> None:
    found = names.made_safe("ß" * 300 + ".tar.gz")
    assert found.endswith("ß.tar.gz")
    assert 198 <= len(found.encode()) <= 200


ANY = st.text() | st.text(st.sampled_from("/\\.: \t\n\u202econulpt1ß\u0301\ud800%'\"*;=?"))


@given(ANY)
def test_any_name_is_made_safe(name: str) -> None:
    safe = names.made_safe(name)
    assert 0 < len(safe.encode()) <= names.LONGEST
    assert not set(safe) & set('/\\:*?"<>|')
    assert safe == safe.strip(" ")
    assert safe[0] != "."
    assert safe[-1] not in ". "
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs") for char in safe)
    assert safe.partition(".")[0].rstrip().lower() not in ("con", "nul", "com1", "lpt1")
    assert unicodedata.is_normalized("NFC", safe)
    assert names.made_safe(safe) == safe


@given(ANY, st.integers(30, 300))
def test_any_name_is_cut_between_characters(name: str, longest: int) -> None:
    plain = name.encode(errors="replace").decode()
    cut = names.shortened(plain, longest)
    assert len(cut.encode()) <= longest
    assert cut.endswith(names.split(plain)[1]) or cut == plain


@given(ANY, ANY)
def test_any_header_gives_some_name(disposition: str, path: str) -> None:
    assert names.choose(disposition, "https://example.org/" + path)


@given(ANY.filter(lambda text: "\ud800" not in text))
def test_what_is_quoted_comes_back(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    [(name, value)] = names._parameters(f'filename="{quoted}"')
    assert (name, value) == ("filename", text)
