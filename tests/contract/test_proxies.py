"""Through a proxy: a tunnel, in which TLS is as without one; nothing it is told shows its password."""

from __future__ import annotations

import asyncio
import base64
import ssl
import traceback
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import pytest_asyncio

from binance_papi_async import ConnectError, HmacKey, PapiClient
from binance_papi_async.transport.direct import DirectTransport
from binance_papi_async.transport.route import Proxy, Route
from binance_papi_async.transport.session import SessionTransport
from tests.contract.papi_replies import answer_papi, cancel
from tests.contract.proxy import Proxy as RunningProxy
from tests.contract.proxy import listening
from tests.contract.raw_server import RawServer
from tests.contract.ways import assert_serves_its_own, delete, kept

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.parametrize("trust", ["tls"], indirect=True),
]
OWN = pytest.mark.parametrize("kind", [DirectTransport, SessionTransport])
Kind = type[DirectTransport | SessionTransport]
KEY = HmacKey("k" * 64, "s" * 64)
PASSWORD = "correct horse"  # percent-encoded in an address
USER = "user:correct%20horse@"


@pytest_asyncio.fixture
async def proxy(nothing_left_behind: None) -> AsyncIterator[RunningProxy]:
    """A proxy that listens."""
    async with listening() as each:
        yield each


def through(proxy: RunningProxy, user: str = "") -> Route:
    """The way through it."""
    return Route(Proxy(proxy.url.replace("//", f"//{user}")))


@OWN
async def test_a_tunnel_carries_requests(
    kind: Kind, proxy: RunningProxy, server: RawServer, context: ssl.SSLContext
) -> None:
    """One for each connection; the proxy learns where to, and neither key nor request."""
    transport = kind(server.base_url, ssl=context, route=through(proxy))
    await transport.open()
    await assert_serves_its_own(transport, 5)
    await asyncio.gather(*(assert_serves_its_own(transport) for _ in range(3)))
    await transport.close()
    assert server.accepted == len(proxy.heads) == 3
    for head in proxy.heads:
        assert head.startswith(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n" % server.port)
        assert b"MBX" not in head
        assert b"papi/v1" not in head
        assert b"Authorization" not in head
    assert await server.has_open(0)


@OWN
async def test_a_proxy_is_told_its_password(
    kind: Kind, proxy: RunningProxy, server: RawServer, context: ssl.SSLContext
) -> None:
    """And nobody else is."""
    transport = kind(server.base_url, ssl=context, route=through(proxy, USER))
    await transport.open()
    await assert_serves_its_own(transport)
    await transport.close()
    expected = base64.b64encode(f"user:{PASSWORD}".encode())
    assert b"Proxy-Authorization: Basic " + expected in proxy.heads[0]
    assert expected not in server.requests[0].head


@OWN
@pytest.mark.parametrize("status", [407, 429, 502])
async def test_a_proxy_that_opens_no_tunnel(
    status: int, kind: Kind, proxy: RunningProxy, server: RawServer, context: ssl.SSLContext
) -> None:
    """Nothing has left, whatever it answers, and the password is not in what is said of it."""
    proxy.answer = b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status
    transport = kind(server.base_url, ssl=context, route=through(proxy, USER))
    await transport.open()
    outgoing = delete()
    with pytest.raises(ConnectError, match=f"the proxy answered {status}") as raised:
        await transport.send(outgoing, timeout=5)
    said = "".join(traceback.format_exception(raised.value))
    for frame, _ in traceback.walk_tb(raised.value.__traceback__):
        if "test_proxies" not in frame.f_code.co_filename:
            said += repr(frame.f_locals)
    assert "horse" not in said
    assert base64.b64encode(f"user:{PASSWORD}".encode()).decode() not in said
    assert server.accepted == 0
    assert not outgoing.has_left
    await transport.close()


async def test_a_proxy_that_does_not_speak_http(
    proxy: RunningProxy, server: RawServer, context: ssl.SSLContext
) -> None:
    """Is no way to the exchange."""
    proxy.answer = b"\0garbage\r\n\r\n"
    transport = DirectTransport(server.base_url, ssl=context, route=through(proxy))
    await transport.open()
    outgoing = delete()
    with pytest.raises(ConnectError):
        await transport.send(outgoing, timeout=5)
    assert not outgoing.has_left
    assert kept(transport) == 0
    await transport.close()


async def test_a_proxy_that_is_not_there_is_named(server: RawServer, proxy: RunningProxy) -> None:
    """By address, without user."""
    gone = Route(Proxy("http://user:secret@127.0.0.1:9"))
    transport = DirectTransport(server.base_url, route=gone)
    await transport.open()
    with pytest.raises(ConnectError, match=r"nor to the proxy 127\.0\.0\.1:9: Connection refused"):
        await transport.send(delete(), timeout=5)
    await transport.close()


async def test_a_proxy_that_says_nothing_is_given_up(
    server: RawServer, proxy: RunningProxy, context: ssl.SSLContext
) -> None:
    """The caller's timeout bounds the tunnel too."""
    proxy.answer = b""
    transport = DirectTransport(server.base_url, ssl=context, route=through(proxy))
    await transport.open()
    outgoing = delete()
    with pytest.raises(ConnectError):
        await transport.send(outgoing, timeout=0.05)
    assert not outgoing.has_left
    await transport.close()


@OWN
async def test_a_certificate_is_verified_through_a_tunnel_too(
    kind: Kind, proxy: RunningProxy, server: RawServer
) -> None:
    """A proxy that answers in the exchange's place is found out."""
    transport = kind(server.base_url, route=through(proxy))
    await transport.open()
    with pytest.raises(ConnectError, match="certificate verify failed"):
        await transport.send(delete(), timeout=5)
    await transport.close()
    assert server.requests == []


async def test_warming_up_goes_through_the_proxy(
    server: RawServer, proxy: RunningProxy, context: ssl.SSLContext
) -> None:
    """Tunnel and handshake are done before a request needs them."""
    transport = DirectTransport(server.base_url, ssl=context, route=through(proxy))
    await transport.open()
    await transport.warm_up(3)
    assert len(proxy.heads) == 3
    await asyncio.gather(*(assert_serves_its_own(transport) for _ in range(3)))
    assert len(proxy.heads) == 3
    await transport.close()


@pytest.mark.parametrize("source", ["proxy", "trust_env", "no scheme", "neither", "exempt"])
async def test_a_client_goes_the_way_it_is_told(
    source: Literal["proxy", "trust_env", "no scheme", "neither", "exempt"],
    server: RawServer,
    proxy: RunningProxy,
    context: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By ``proxy=``; by the environment if that is trusted; and by neither of themselves."""
    server.default = answer_papi
    if source != "proxy":
        url = proxy.url.partition("//")[2] if source == "no scheme" else proxy.url
        monkeypatch.setenv("HTTPS_PROXY", url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1" if source == "exempt" else "example.com")
    options: dict[str, Any] = {
        "proxy": {"proxy": proxy.url},
        "neither": {},
    }.get(source, {"trust_env": True})
    async with PapiClient(KEY, base_url=server.base_url, ssl=context, **options) as papi:
        assert (await papi.send(cancel(7))).order_id == 7
    assert bool(proxy.heads) is (source not in ("neither", "exempt"))


async def test_connections_go_out_from_the_address_that_is_asked_for(
    server: RawServer, context: ssl.SSLContext
) -> None:
    """``local_addr``, where a machine has several."""
    server.default = answer_papi
    async with PapiClient(
        KEY, base_url=server.base_url, ssl=context, local_addr=("127.0.0.3", 0)
    ) as papi:
        await papi.send(cancel(7))
    ((address, _),) = {wire.transport.get_extra_info("peername") for wire in server.wires}
    assert address == "127.0.0.3"
