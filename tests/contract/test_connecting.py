"""Connections that never come to be: nothing has left, and that is what the caller learns."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from binance_papi_async.errors import ConnectError, ConnectionLostError
from binance_papi_async.simulator import SelfSigned
from tests.contract.raw_server import Do, RawServer, Script
from tests.contract.ways import Way, assert_serves_its_own, busy, delete, kept, opened

pytestmark = pytest.mark.asyncio
HERE = "127.0.0.1"
PATIENCE: dict[Way, float] = {"direct": 0.05, "session": 0.4, "handed": 0.4}
"""A session gives up connecting a tenth before the end; a busy machine must be able to tell the two apart."""


async def assert_not_sent(
    way: Way,
    base_url: str,
    context: ssl.SSLContext | None = None,
    timeout: float = 5,  # noqa: ASYNC109 - handed on
) -> ConnectError:
    """It fails with ConnectError, is said not to have left, and leaves nothing behind."""
    async with opened(way, base_url, context) as transport:
        outgoing = delete()
        with pytest.raises(ConnectError) as raised:
            await transport.send(outgoing, timeout=timeout)
        assert not outgoing.has_left
        assert raised.value.__cause__ is raised.value.__context__ is None
        assert "signature" not in str(raised.value)
        assert busy(transport) == kept(transport) == 0
        return raised.value


@pytest.fixture
def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def full_port() -> Iterator[int]:
    """Where somebody listens and has no room: a further connection gets no answer at all."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind((HERE, 0))
        listening.listen(0)
        address = listening.getsockname()
        for _ in range(8):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(address)
        yield int(address[1])


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_refused_connection(scheme: str, way: Way, free_port: int) -> None:
    """The error names the address, not the request."""
    error = await assert_not_sent(way, f"{scheme}://{HERE}:{free_port}")
    assert f"{HERE}:{free_port}" in str(error)


async def test_a_connection_that_is_not_answered(way: Way, full_port: int) -> None:
    """The caller's timeout bounds connecting too."""
    await assert_not_sent(way, f"http://{HERE}:{full_port}", timeout=PATIENCE[way])


@pytest.mark.parametrize("trust", ["plain"], indirect=True)
@pytest.mark.parametrize(
    "greeting",
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n",), (b"\0" * 99,), (Do.CLOSE,), (Do.RESET,)],
    ids=["http", "garbage", "fin", "reset"],
)
async def test_a_tls_handshake_that_fails(
    greeting: Script, way: Way, server: RawServer, certificates: SelfSigned
) -> None:
    """No request before there is a secret to send it under."""
    server.greeting = greeting
    await assert_not_sent(way, server.base_url.replace("http:", "https:"), certificates.client)
    assert server.requests == []


@pytest.mark.parametrize("trust", ["plain"], indirect=True)
async def test_a_tls_handshake_that_is_not_answered(
    way: Way, server: RawServer, certificates: SelfSigned
) -> None:
    """Accepted, and then silence."""
    url = server.base_url.replace("http:", "https:")
    await assert_not_sent(way, url, certificates.client, timeout=PATIENCE[way])
    assert await server.has_open(0)


@pytest.mark.parametrize("trust", ["tls"], indirect=True)
async def test_an_unknown_authority_is_not_trusted(way: Way, server: RawServer) -> None:
    """Certificates are verified unless somebody is told to trust one."""
    await assert_not_sent(way, server.base_url, None)
    assert server.requests == []


async def test_a_certificate_of_another_name_is_not_trusted(
    way: Way, certificates: SelfSigned
) -> None:
    """Who it is issued to is verified too."""
    server = RawServer(host="127.0.0.2", context=certificates.server)
    try:
        await server.start()
    except OSError:
        pytest.skip("this machine has one loopback address only")
    await assert_not_sent(way, server.base_url, certificates.client)
    assert server.requests == []
    await server.stop()


@pytest.mark.parametrize("trust", ["plain"], indirect=True)
async def test_a_plain_request_is_not_sent_to_a_port_that_speaks_tls(
    way: Way, server: RawServer, certificates: SelfSigned
) -> None:
    """The other way round it has left, and fails all the same."""
    secret = RawServer(context=certificates.server)
    await secret.start()
    async with opened(way, secret.base_url.replace("https:", "http:"), None) as transport:
        outgoing = delete()
        with pytest.raises(Exception, match=r"lost|not HTTP"):
            await transport.send(outgoing, timeout=5)
        assert outgoing.has_left
    await secret.stop()


@pytest.mark.parametrize("end", [Do.CLOSE, Do.RESET], ids=["fin", "reset"])
async def test_accepted_and_closed(
    end: Do, way: Way, server: RawServer, context: ssl.SSLContext | None
) -> None:
    """Not sent if no byte was written, unknown if any was; the attribute says which."""
    server.greeting = (end,)
    async with opened(way, server.base_url, context) as transport:
        outgoing = delete()
        with pytest.raises((ConnectError, ConnectionLostError)) as raised:
            await transport.send(outgoing, timeout=5)
        assert outgoing.has_left == isinstance(raised.value, ConnectionLostError)
        assert len(server.requests) <= 1
        server.greeting = ()
        await assert_serves_its_own(transport)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_both_families_of_addresses(host: str, way: Way, trust: SelfSigned | None) -> None:
    """IPv4 and IPv6, by address."""
    server = RawServer(host=host, context=trust and trust.server)
    try:
        await server.start()
    except OSError as error:
        pytest.skip(f"this machine has no {host}: {error}")
    async with opened(way, server.base_url, trust and trust.client) as transport:
        await assert_serves_its_own(transport, 3)
        assert server.requests[0].fields["host"] == server.base_url.partition("//")[2]
        assert server.accepted == 1
    await server.stop()


async def test_a_name_is_looked_up_and_verified(way: Way, trust: SelfSigned | None) -> None:
    """Whichever of its addresses answers; the certificate is the name's."""
    server = RawServer(context=trust and trust.server)
    await server.start()
    url = server.base_url.replace(HERE, "localhost")
    async with opened(way, url, trust and trust.client) as transport:
        await assert_serves_its_own(transport, 3)
        assert server.requests[0].fields["host"] == f"localhost:{server.port}"
    await server.stop()


async def test_what_may_leave_no_more_does_not(
    way: Way, server: RawServer, context: ssl.SSLContext | None
) -> None:
    """Its price was too old by the time there was a connection; nothing has left."""
    async with opened(way, server.base_url, context) as transport:
        outgoing = delete()
        outgoing.leave_by = asyncio.get_running_loop().time() - 0.001
        with pytest.raises(ConnectError, match="may leave"):
            await transport.send(outgoing, timeout=5)
        assert not outgoing.has_left
