"""Whom a client trusts, and what it takes for an address: refused before anything is opened."""

from __future__ import annotations

import ssl
import traceback
import warnings
from collections.abc import Callable

import pytest

from binance_papi_async import HmacKey, PapiClient
from binance_papi_async.simulator import SelfSigned
from tests.contract.raw_server import RawServer

pytestmark = pytest.mark.asyncio
KEY = HmacKey("k" * 64, "s" * 64)


def names_nobody(context: ssl.SSLContext) -> None:
    """Any certificate will do, whoever it was issued to."""
    context.check_hostname = False


def verifies_nothing(context: ssl.SSLContext) -> None:
    """Any certificate will do, whoever vouches for it."""
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE


def asks_perhaps(context: ssl.SSLContext) -> None:
    """No certificate will do."""
    context.check_hostname = False
    context.verify_mode = ssl.CERT_OPTIONAL


def old(version: ssl.TLSVersion) -> Callable[[ssl.SSLContext], None]:
    """Allows versions that were broken long ago."""

    def spoil(context: ssl.SSLContext) -> None:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.minimum_version = version

    spoil.__name__ = version.name
    return spoil


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (names_nobody, "whose name"),
        (verifies_nothing, "verifies certificates"),
        (asks_perhaps, "verifies certificates"),
        (old(ssl.TLSVersion.SSLv3), r"below 1\.2"),
        (old(ssl.TLSVersion.TLSv1), r"below 1\.2"),
        (old(ssl.TLSVersion.TLSv1_1), r"below 1\.2"),
        (old(ssl.TLSVersion.MINIMUM_SUPPORTED), r"below 1\.2"),
    ],
)
async def test_a_context_that_trusts_too_much_is_refused(
    spoil: Callable[[ssl.SSLContext], None], words: str, certificates: SelfSigned
) -> None:
    """A key would go to a server with another name's certificate, or none."""
    server = RawServer(host="127.0.0.2", context=certificates.server)
    try:
        await server.start()
    except OSError:
        pytest.skip("this machine has one loopback address only")
    context = ssl.create_default_context(cadata=certificates.certificate.decode("ascii"))
    spoil(context)
    with pytest.raises(ValueError, match=words):
        await PapiClient(KEY, base_url=server.base_url, ssl=context).open()
    assert server.requests == []
    assert server.accepted == 0
    await server.stop()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_context_that_trusts_the_right_ones_is_taken(version: ssl.TLSVersion) -> None:
    """TLS 1.2 and 1.3."""
    context = ssl.create_default_context()
    context.minimum_version = version
    PapiClient(ssl=context)


@pytest.mark.parametrize(
    "base_url",
    [
        "https://user:secret@papi.binance.com",
        "https://secret@papi.binance.com",
        "https://@papi.binance.com",
        "https://papi.binance.com?secret",
        "https://papi.binance.com#secret",
        "https://papi.binance.com/?a=secret",
        "https://papi.binance.com/#secret",
        "https://papi.binance.com//",
        "https://papi.binance.com ",
        " https://papi.binance.com",
        "https://papi .binance.com",
        "https://papi.binance.com\n",
        "https://papi.binance.com\r\nX-Evil: 1",
        "https://papi.bin\tance.com",
        "https://papi.binance.com\x00",
        "https://papi.binance.com\x7f",
        "https://papi.b\u0456nance.com",
        "https://papi.binance.com\\@evil.example",
        "https://papi.binance.com:",
        "https://papi.binance.com:0",
        "https://papi.binance.com:65536",
        "https://papi.binance.com:port",
        "https://",
        "https://[::1",
        "",
    ],
)
async def test_an_address_is_scheme_host_and_port_and_nothing_else(base_url: str) -> None:
    """What else is in it may be a secret, or lead elsewhere: it is refused and not shown."""
    with pytest.raises(
        ValueError, match=r"^base_url must be like https://papi\.binance\.com: "
    ) as raised:
        PapiClient(base_url=base_url)
    said = "".join(traceback.format_exception_only(raised.value))
    assert "secret" not in said


@pytest.mark.parametrize(
    ("base_url", "shown"),
    [
        ("https://papi.binance.com/", "https://papi.binance.com"),
        ("HTTPS://papi.binance.com:8443", "https://papi.binance.com:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("https://my_exchange:1", "https://my_exchange:1"),
    ],
)
async def test_a_plain_address_is_taken(base_url: str, shown: str) -> None:
    """Also of this machine, and of one behind a name of one's own."""
    assert shown in repr(PapiClient(base_url=base_url))


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1.example", "http://[::2]:1", "http://10.0.0.1"]
)
async def test_only_this_machine_is_asked_without_tls(base_url: str) -> None:
    """Http would show the key to the network."""
    with pytest.raises(ValueError, match="would show the key"):
        PapiClient(base_url=base_url)


async def test_a_proxy_is_for_https(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is reached without one; with ``trust_env`` as well."""
    with pytest.raises(ValueError, match="for https only"):
        PapiClient(base_url="http://127.0.0.1:1", proxy="http://127.0.0.1:2")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:2")
    PapiClient(base_url="http://127.0.0.1:1", trust_env=True)
