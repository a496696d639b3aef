"""Opening, warming up and closing: nothing is left open, whatever was under way."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import time
import warnings
from typing import Any

import aiohttp
import pytest

from binance_papi_async import HmacKey, PapiClient
from binance_papi_async.errors import (
    ConnectError,
    ConnectionLostError,
    NotSentError,
    ReplyTimeoutError,
)
from binance_papi_async.simulator import SelfSigned
from binance_papi_async.transport import aiohttp_internals
from binance_papi_async.transport.base import Transport
from binance_papi_async.transport.choice import own_transport
from binance_papi_async.transport.direct import DirectTransport
from binance_papi_async.transport.session import SessionTransport
from tests.contract.papi_replies import answer_papi, cancel
from tests.contract.raw_server import Do, RawServer, echo, eventually, reply
from tests.contract.ways import Way, ask, assert_serves_its_own, busy, delete, kept

pytestmark = pytest.mark.asyncio
KEY = HmacKey("k" * 64, "s" * 64)
OWN = pytest.mark.parametrize("way", ["direct", "session"], indirect=True)
DIRECT = pytest.mark.parametrize("way", ["direct"], indirect=True)
PLAIN = pytest.mark.parametrize("trust", ["plain"], indirect=True)


@OWN
@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
async def test_closing_ends_what_is_under_way(
    said: bytes, server: RawServer, transport: Transport
) -> None:
    """It may have been carried out, and whoever waits learns that quickly."""
    server.default = lambda _: (said,)
    calls = [asyncio.create_task(ask(transport)) for _ in range(5)]
    await eventually(lambda: len(server.requests) == 5)
    async with asyncio.timeout(1):
        await transport.close()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in outcomes] == [ConnectionLostError] * 5
    assert await server.has_open(0)


@OWN
async def test_closing_while_connecting_ends_that_too(
    server: RawServer, transport: Transport
) -> None:
    """Before or after the first byte: an error, and no connection left."""
    for turns in range(12):
        await transport.open()
        outgoing = delete()
        call = asyncio.create_task(ask(transport, outgoing))
        for _ in range(turns):
            await asyncio.sleep(0)
        await transport.close()
        (outcome,) = await asyncio.gather(call, return_exceptions=True)
        assert isinstance(outcome, ConnectionLostError | NotSentError | tuple)
        assert outgoing.has_left or isinstance(outcome, NotSentError)
        assert await server.has_open(0)


@PLAIN
async def test_a_session_that_is_handed_in_is_left_alone(server: RawServer) -> None:
    """Closing does not close it, and what is under way over it ends by itself."""
    async with aiohttp.ClientSession() as session:
        transport = SessionTransport(server.base_url, session=session)
        await transport.open()
        server.default = lambda seen: (0.02, *echo(seen))
        call = asyncio.create_task(ask(transport))
        await eventually(lambda: server.requests)
        await transport.close()
        await call
        assert not session.closed


async def test_closing_twice_and_before_opening(
    way: Way, server: RawServer, transport: Transport
) -> None:
    """Neither does harm."""
    await DirectTransport(server.base_url).close()
    await SessionTransport(server.base_url).close()
    await assert_serves_its_own(transport)
    await transport.close()
    await transport.close()
    if way != "handed":
        assert await server.has_open(0)


@OWN
async def test_a_closed_transport_sends_nothing(server: RawServer, transport: Transport) -> None:
    """NotSentError, and it has not left."""
    await transport.close()
    outgoing = delete()
    with pytest.raises(NotSentError):
        await ask(transport, outgoing)
    assert not outgoing.has_left
    assert server.accepted == 0


@OWN
async def test_a_transport_may_be_opened_again(server: RawServer, transport: Transport) -> None:
    """After it was closed; timeouts work as before."""
    await transport.send(delete(), timeout=0.5)
    await transport.close()
    await transport.open()
    await assert_serves_its_own(transport)
    assert server.accepted == 2
    server.answers(())
    async with asyncio.timeout(2):
        with pytest.raises(ReplyTimeoutError):
            await transport.send(delete(), timeout=0.6)


@PLAIN
async def test_a_session_closed_by_its_owner_sends_nothing(server: RawServer) -> None:
    """NotSentError rather than aiohttp's RuntimeError."""
    session = aiohttp.ClientSession()
    transport = SessionTransport(server.base_url, session=session)
    await transport.open()
    await session.close()
    outgoing = delete()
    with pytest.raises(NotSentError):
        await ask(transport, outgoing)
    assert not outgoing.has_left


@OWN
async def test_a_client_that_cannot_open_leaves_nothing(
    server: RawServer, transport: Transport
) -> None:
    """It closes what it opened, and may be closed again."""
    await server.stop()
    papi = PapiClient(KEY, transport=transport)
    with pytest.raises(ConnectError):
        await papi.open()
    await papi.close()
    assert kept(transport) == 0 if isinstance(transport, DirectTransport) else True


@DIRECT
async def test_a_warm_burst_opens_nothing(server: RawServer, transport: Transport) -> None:
    """The connections are there, TLS and all."""
    await transport.warm_up(10)
    assert (kept(transport), busy(transport)) == (10, 0)
    await asyncio.gather(*(assert_serves_its_own(transport) for _ in range(10)))
    assert server.accepted == 10
    assert {seen.connection for seen in server.requests} == set(range(1, 11))


async def test_a_session_ticket_does_not_end_a_warm_connection(certificates: SelfSigned) -> None:
    """It waits unread in the socket when the connection is looked at, as an end would."""
    loop = asyncio.get_running_loop()
    incoming, saying = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = certificates.server.wrap_bio(incoming, saying, server_side=True)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        transport = DirectTransport(
            f"https://127.0.0.1:{listening.getsockname()[1]}", ssl=certificates.client
        )
        await transport.open()
        warming = asyncio.create_task(transport.warm_up(1))
        connection, _ = await loop.sock_accept(listening)
        incoming.write(await loop.sock_recv(connection, 1 << 16))
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        connection.send(saying.read())
        await warming
        incoming.write(await loop.sock_recv(connection, 1 << 16))
        tls.do_handshake()
        assert connection.send(saying.read()), "no ticket, so nothing is tested"
        call = asyncio.create_task(ask(transport, delete(28)))
        incoming.write(await loop.sock_recv(connection, 1 << 16))
        assert b"orderId=28" in tls.read()
        tls.write(reply(b"{}"))
        connection.send(saying.read())
        assert (await call).body == b"{}"
        await transport.close()
        connection.close()


@DIRECT
async def test_warming_up_counts_what_is_warm(server: RawServer, transport: Transport) -> None:
    """Only what is missing is opened."""
    await transport.warm_up(3)
    await transport.warm_up(5)
    await transport.warm_up(2)
    await transport.warm_up(0)
    await eventually(lambda: server.accepted == 5)
    assert kept(transport) == 5


@DIRECT
async def test_warming_up_that_fails_leaves_nothing_open(
    server: RawServer, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ConnectError; what was opened on the way is closed again, what was warm before is not."""
    await transport.warm_up(1)
    connect, calls = aiohttp_internals.connect, iter(range(9))

    async def failing(*args: Any) -> aiohttp_internals.Connection:
        if next(calls) == 2:
            raise OSError("no more")
        return await connect(*args)

    monkeypatch.setattr(aiohttp_internals, "connect", failing)
    with pytest.raises(ConnectError):
        await transport.warm_up(6)
    await eventually(lambda: len(server.open) == kept(transport) == 1)
    assert busy(transport) == 0


@DIRECT
async def test_warming_up_where_nobody_listens(server: RawServer, transport: Transport) -> None:
    """ConnectError."""
    await server.stop()
    with pytest.raises(ConnectError):
        await transport.warm_up(3)
    assert kept(transport) == 0


@DIRECT
async def test_a_warm_connection_that_ends_is_forgotten(
    server: RawServer, transport: Transport
) -> None:
    """And warming up opens it anew."""
    await transport.warm_up(3)
    await eventually(lambda: len(server.open) == 3)
    server.wires[0].transport.close()
    await eventually(lambda: kept(transport) == 2)
    await transport.warm_up(3)
    assert kept(transport) == 3


async def test_a_connection_that_opens_too_late_carries_nothing(
    server: RawServer, context: ssl.SSLContext | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time that aiohttp allows is rounded up, the caller's is not; nothing has left."""
    connect = aiohttp_internals.connect

    async def slowly(*args: Any) -> aiohttp_internals.Connection:
        connection = await connect(*args)
        time.sleep(0.03)  # noqa: ASYNC251 - the loop is kept busy
        return connection

    monkeypatch.setattr(aiohttp_internals, "connect", slowly)
    transport = DirectTransport(server.base_url, ssl=context)
    await transport.open()
    outgoing = delete()
    with pytest.raises(ConnectError):
        await transport.send(outgoing, timeout=0.02)
    assert not outgoing.has_left
    await transport.close()
    assert server.requests == []


@PLAIN
async def test_an_aiohttp_that_has_changed_is_no_end(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One warning that names its version, and requests go through a session."""

    def changed() -> None:
        raise TypeError("takes 3 positional arguments")

    monkeypatch.setattr(aiohttp_internals, "check", changed)
    server.default = answer_papi
    papi = PapiClient(KEY, base_url=server.base_url)
    with pytest.warns(RuntimeWarning, match=r"aiohttp \d+\.\d+.*TypeError") as warned:
        await papi.open()
    assert len(warned) == 1
    with warnings.catch_warnings(action="error"):
        assert (await papi.send(cancel(7))).order_id == 7
        await papi.warm_up(3)
        await papi.close()
        await papi.close()
    assert await server.has_open(0)


async def test_an_aiohttp_that_has_moved_things_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the direct lane cannot even be imported, a session takes its place, with one warning."""
    monkeypatch.setitem(sys.modules, DirectTransport.__module__, None)
    with pytest.warns(RuntimeWarning, match=r"aiohttp \d+\.\d+.*Error") as warned:
        transport = own_transport("http://127.0.0.1:1")
    assert isinstance(transport, SessionTransport)
    assert len(warned) == 1
    monkeypatch.undo()
    assert isinstance(own_transport("http://127.0.0.1:1"), DirectTransport)


async def test_the_installed_aiohttp_is_one_the_direct_lane_knows() -> None:
    """No fallback here."""
    aiohttp_internals.check()


@DIRECT
async def test_a_reply_and_its_end_at_once_are_a_reply(
    server: RawServer, transport: Transport
) -> None:
    """The end is no loss of what came before it."""
    server.default = lambda seen: (*echo(seen), Do.CLOSE)
    await assert_serves_its_own(transport, 20)
    assert server.accepted == 20
