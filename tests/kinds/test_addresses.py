"""What of the fields of downloads and uploads is refused, by which field and sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core import errors, transfers
from bgtasks_gui.kinds import addresses
from bgtasks_gui.kinds.fields import TransferPayload
from tests.fakes import scripted_checker


async def checked(**fields: object) -> dict[str, object]:
    payload = TransferPayload(**fields)
    return await addresses.check_common(payload, scripted_checker.ScriptedChecker())


async def refused(**fields: object) -> tuple[str | None, str]:
    with pytest.raises(errors.InvalidField) as caught:
        await checked(**fields)
    return caught.value.field, caught.value.message


# Addresses

SPACE = "The address holds a space or a control character; write a space as %20."


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "HTTP://example.org:8080/a%20b?c=d#e", "http://[::1]:1/",
     "https://ada:love@bücher.example/", "http://a_b.example/|{}"],
)  # fmt: skip
def test_addresses_that_are_good(url: str) -> None:
    addresses.check_url(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "The address is empty; give one that begins with https:// or http://."),
        ("  ", "The address is empty; give one that begins with https:// or http://."),
        ("https://a/b c", SPACE),
        ("https://a/\n", SPACE),
        ("ftp://a/b", "ftp: is not taken; an address begins with https:// or http://."),
        ("a.org/b", "'a.org/b' has no scheme; an address begins with https:// or http://."),
        ("https:///b", "'https:///b' names no host."),
        ("https://a:0/", "The port 0 is no port; one is from 1 to 65535."),
        ("https://a:x/", "'https://a:x/' is no address: port could not be cast to integer value "
         "as 'x'."),
        ("https://a:65536/", "'https://a:65536/' is no address: port out of range 0-65535."),
        ("https://[::1/", "'https://[::1/' is no address: invalid IPv6 URL."),
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str, words: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        addresses.check_url(url, "address")
    assert (caught.value.field, caught.value.message) == ("address", words)


def test_an_address_may_be_long_but_not_any_length() -> None:
    longest = "https://a/".ljust(addresses.LONGEST_URL, "x")
    addresses.check_url(longest)
    with pytest.raises(errors.TooLarge, match=r"longer than 32,768 characters"):
        addresses.check_url(longest + "x")


@given(st.one_of(st.text(), st.text().map("https://".__add__), st.text().map("http://a".__add__)))
def test_any_text_is_an_address_or_refused_by_a_sentence(url: str) -> None:
    try:
        addresses.check_url(url)
    except errors.InvalidField as error:
        sentence = error.message
    else:
        sentence = f"{addresses.host(url)}."
        assert url.lower().startswith(("http://", "https://"))
    assert sentence.endswith(".")
    assert sentence != "."


def test_the_server_for_a_sentence() -> None:
    assert addresses.host("https://ada:love@example.org:1/a") == "example.org"
    assert addresses.host("https://[::1/") == "a server"
    assert addresses.host("file") == "a server"


# Checksums and methods


@given(st.sampled_from([("md5", 32), ("sha1", 40), ("sha256", 64), ("sha512", 128)]), st.data())
def test_checksums_are_kept_in_lower_case(kind: tuple[str, int], data: st.DataObject) -> None:
    digest = data.draw(st.text("0123456789abcdefABCDEF", min_size=kind[1], max_size=kind[1]))
    found = addresses.check_checksum(f" {kind[0].upper()} : {digest} ")
    assert found == f"{kind[0]}:{digest.lower()}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9f86", "'9f86' is no checksum; write it like sha256:9f86d0…, with one of "
         "md5, sha1, sha256, sha512."),
        ("crc32:9f86", "'crc32:9f86' is no checksum; write it like sha256:9f86d0…, with one of "
         "md5, sha1, sha256, sha512."),
        ("md5:xyz", "The digest of md5 holds something else than the digits 0-9 and a-f."),
        ("md5:9f86", "The digest of md5 has 32 digits, this one has 4."),
        ("sha1:", "The digest of sha1 has 40 digits, this one has 0."),
    ],
)  # fmt: skip
def test_checksums_that_are_refused(text: str, words: str) -> None:
    with pytest.raises(errors.InvalidField) as caught:
        addresses.check_checksum(text)
    assert (caught.value.field, caught.value.message) == ("checksum", words)


def test_methods() -> None:
    assert addresses.check_method("post") == "POST"
    for method, words in (
        ("", "'' is no method; it is a word like GET, POST or PUT."),
        ("GET /", "'GET /' is no method; it is a word like GET, POST or PUT."),
        ("head", "HEAD brings no file."),
        ("CONNECT", "CONNECT brings no file."),
    ):
        with pytest.raises(errors.InvalidField) as caught:
            addresses.check_method(method)
        assert (caught.value.field, caught.value.message) == ("method", words)


# Headers


async def test_spaces_around_a_value_are_left_out() -> None:
    found = await checked(headers={"X-One": " a b\t", "X-Two": ""})
    assert found["headers"] == {"X-One": "a b", "X-Two": ""}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("X One", "a", "'X One' is no name of a header; it is made of letters, digits and -."),
        ("", "a", "'' is no name of a header; it is made of letters, digits and -."),
        ("X", "a\nb", "The value of X holds a line break or a character beyond ASCII."),
        ("X", "ö", "The value of X holds a line break or a character beyond ASCII."),
        ("HOST", "a", "HOST cannot be given: the address says it."),
        ("Content-Length", "1", "Content-Length cannot be given: the file says it."),
        ("Range", "bytes=1-", "Range cannot be given: what is there already says it."),
    ],
)
async def test_headers_that_are_refused(name: str, value: str, words: str) -> None:
    assert await refused(headers={name: value}) == (f"headers.{name}", words)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=2))
async def test_headers_that_pass_can_be_sent(headers: dict[str, str]) -> None:
    try:
        found = await checked(headers=headers)
    except errors.InvalidField as error:
        named = error.field
        assert named in {f"headers.{name}" for name in headers}
    else:
        for name, value in dict(found["headers"]).items():  # type: ignore[call-overload]
            line = f"{name}: {value}"
            assert line.isascii()
            assert line.isprintable() or "\t" in line
            assert value == value.strip()


# Figures, proxies and files


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("rate", 1023, "1023 bytes a second is too little; it is at least 1 KiB."),
        ("rate", -1, "-1 bytes a second is too little; it is at least 1 KiB."),
        ("floor", 0, "0 bytes a second is too little; it is at least 1 byte."),
        ("request_timeout", timedelta(0), "It has to be longer than nothing."),
        ("resource_timeout", timedelta(seconds=-1), "It has to be longer than nothing."),
        ("connect_timeout", timedelta(0), "It has to be longer than nothing."),
        ("floor_window", timedelta(0), "It has to be longer than nothing."),
        ("attempts", 0, "0 is not possible; it is from 1 to 1,000."),
        ("attempts", 1001, "1001 is not possible; it is from 1 to 1,000."),
        ("proxy", "ftp://a", "'ftp://a' is no proxy; write it like http://proxy.example:3128, "
         "or direct."),
        ("proxy", "http://", "'http://' is no proxy; write it like http://proxy.example:3128, "
         "or direct."),
        ("authorities", "/nowhere/a.pem", "There is no file '/nowhere/a.pem'."),
        ("certificate", "/nowhere/a.pem", "There is no file '/nowhere/a.pem'."),
    ],
)  # fmt: skip
async def test_what_is_refused(field: str, value: object, words: str) -> None:
    assert await refused(**{field: value}) == (field, words)


async def test_a_key_needs_its_certificate() -> None:
    field, message = await refused(certificate_key="/a.key")
    assert field == "certificate"
    assert message == "There is a key and no certificate; give the certificate too."


@pytest.mark.parametrize("proxy", ["", "direct", "proxy.example:3128", "socks5://127.0.0.1"])
async def test_proxies_that_are_good(proxy: str) -> None:
    assert "proxy" not in await checked(proxy=proxy)


async def test_files_are_looked_for() -> None:
    found = await checked(certificate="/c.pem", certificate_key="/k.pem", authorities="/a.pem")
    assert found == {
        "headers": {}, "certificate": "/c.pem", "certificate_key": "/k.pem",
        "authorities": "/a.pem",
    }  # fmt: skip


# Specifications


def test_every_field_arrives_in_the_specification() -> None:
    payload = TransferPayload(
        headers={"X": "1"}, rate=2048, floor=5, proxy="direct", certificate="/c",
        certificate_key="/k", authorities="/a", user="ada", http2=True,
        request_timeout=timedelta(seconds=1), resource_timeout=timedelta(minutes=1),
        connect_timeout=timedelta(seconds=2), floor_window=timedelta(seconds=3),
    )  # fmt: skip
    spec = transfers.Spec(url="u", **addresses.spec_fields(payload, "GET"))
    assert spec == transfers.Spec(
        url="u", method="GET", headers={"X": "1"}, rate=2048, floor=5, proxy="direct",
        certificate="/c", certificate_key="/k", authorities="/a", user="ada", http2=True,
        request_timeout_s=1.0, resource_timeout_s=60.0, connect_timeout_s=2.0, floor_window_s=3.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "repeat", "expected"),
    [("GET", False, True), ("PUT", False, True), ("POST", False, False), ("POST", True, True)],
)
def test_what_may_be_sent_again(method: str, repeat: bool, expected: bool) -> None:
    found = addresses.spec_fields(TransferPayload(repeat=repeat), method)
    assert found["is_repeatable"] is expected
