"""Idle connections that the server has closed: the next request is not lost to one."""

from __future__ import annotations

import asyncio
import time

import pytest

from binance_papi_async.simulator import Simulator
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire.message import Outgoing
from tests.contract.raw_server import Do, RawServer, Script, eventually, reply
from tests.contract.ways import Way, ask, assert_serves_its_own, busy, kept, opened

pytestmark = pytest.mark.asyncio
PING = "/papi/v1/ping"


async def test_a_connection_that_ended_in_idle_time_is_not_used(
    server: RawServer, transport: Transport
) -> None:
    """The loop has seen it end."""
    await assert_serves_its_own(transport)
    server.wires[0].transport.close()
    await eventually(lambda: not server.open)
    await assert_serves_its_own(transport)
    assert [seen.connection for seen in server.requests] == [1, 2]


async def test_a_connection_that_was_reset_in_idle_time_is_not_used(
    server: RawServer, transport: Transport
) -> None:
    """The same, less politely."""
    await assert_serves_its_own(transport)
    server.wires[0].reset()
    await eventually(lambda: not server.open)
    await assert_serves_its_own(transport)
    assert [seen.connection for seen in server.requests] == [1, 2]


@pytest.mark.parametrize("busy_seconds", [0, 0.002, 0.06])
async def test_an_end_that_the_loop_has_not_seen_is_seen_before_sending(
    busy_seconds: float, server: RawServer, transport: Transport
) -> None:
    """The loop was kept busy meanwhile; the request arrives exactly once, on another connection."""
    await assert_serves_its_own(transport)
    server.wires[0].end_unseen()
    time.sleep(busy_seconds)  # noqa: ASYNC251 - what a strategy that calculates does
    await assert_serves_its_own(transport)
    assert [seen.connection for seen in server.requests] == [1, 2]


async def test_all_of_many_connections_may_have_ended(
    server: RawServer, transport: Transport
) -> None:
    """None of them takes a request along."""
    await asyncio.gather(*(assert_serves_its_own(transport) for _ in range(10)))
    before = len(server.wires)
    for wire in server.wires:
        wire.end_unseen()
    await asyncio.gather(*(assert_serves_its_own(transport) for _ in range(10)))
    assert all(seen.connection > before for seen in server.requests[10:])
    assert len(server.requests) == 20


@pytest.mark.parametrize(
    "script",
    [
        (reply(b"{}"), Do.CLOSE),
        (reply(b"{}"), Do.TURN, Do.CLOSE),
        (reply(b"{}", b"Connection: close"), Do.CLOSE),
        (reply(b"{}", b"Connection: close"), Do.TURN, Do.CLOSE),
        (reply(b"{}", b"Keep-Alive: timeout=0"), Do.CLOSE),
    ],
    ids=["unsaid", "unsaid_later", "said", "said_later", "keep_alive_over"],
)
async def test_a_server_may_answer_and_close(
    script: Script, server: RawServer, transport: Transport
) -> None:
    """Said or not; a caller that comes back at once is served all the same."""
    server.answers(script)
    await ask(transport)
    if Do.TURN in script:
        await eventually(lambda: not server.open)
    await assert_serves_its_own(transport)
    assert [seen.connection for seen in server.requests] == [1, 2]


async def test_a_keep_alive_timeout_loses_nothing(way: Way) -> None:
    """The simulated exchange closes what has been idle."""
    async with (
        Simulator(keepalive=0.02) as exchange,
        opened(way, exchange.base_url, None) as transport,
    ):
        for _ in range(3):
            outgoing = Outgoing("GET", PING, api_key=None, max_reply_bytes=99)
            assert (await ask(transport, outgoing)).status == 200
            await eventually(lambda: kept(transport) == 0 or way != "direct")
            await asyncio.sleep(0.05)
        assert len(exchange.truth.arrivals()) == 3
        assert exchange.server.accepted == 3
        assert busy(transport) == 0
