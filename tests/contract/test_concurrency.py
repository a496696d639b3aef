"""Many callers over few connections: each gets its own reply, and nobody is overtaken."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from binance_papi_async import HmacKey, PapiClient
from binance_papi_async.errors import ReplyTimeoutError
from binance_papi_async.transport.base import Transport
from binance_papi_async.wire.message import Answer, Outgoing
from tests.contract.papi_replies import answer_papi, cancel
from tests.contract.raw_server import Do, RawServer, Script, Seen, eventually
from tests.contract.ways import ask, assert_serves_its_own, busy, delete, kept, order_id

pytestmark = pytest.mark.asyncio
KEY = HmacKey("k" * 64, "s" * 64)


async def test_200_requests_over_20_connections_get_their_own_replies(
    server: RawServer, transport: Transport
) -> None:
    """They come back in any order, and the client opens no more connections than it may."""
    random = Random(0)

    def later(seen: Seen) -> Script:
        return (random.random() / 200, *answer_papi(seen)) if seen.order_id else answer_papi(seen)

    server.default = later
    async with PapiClient(KEY, transport=transport, max_connections=20) as papi:
        replies = await asyncio.gather(*(papi.send(cancel(n)) for n in range(1, 201)))
        assert [each.order_id for each in replies] == list(range(1, 201))
        assert papi._gate.free == 20
    assert 1 < server.accepted <= 20
    assert len([seen for seen in server.requests if seen.order_id]) == 200


async def test_who_waits_for_a_connection_goes_in_turn(
    server: RawServer, transport: Transport
) -> None:
    """First come, first served."""
    server.default = answer_papi
    async with PapiClient(KEY, transport=transport, max_connections=1) as papi:
        await asyncio.gather(*(papi.send(cancel(n)) for n in range(1, 31)))
    asked = [int(seen.order_id) for seen in server.requests if seen.order_id]
    assert asked == list(range(1, 31))
    assert server.accepted == 1


async def test_failures_among_many_touch_nobody_else(
    server: RawServer, transport: Transport
) -> None:
    """Drops, silence and stray bytes at random; whoever gets a reply gets its own."""
    random = Random(1)

    def sometimes(seen: Seen) -> Script:
        said = server_echo(seen)
        return random.choice(
            [
                said,
                said,
                said,
                (*said, b"HTTP/1.1 20"),
                (*said, Do.CLOSE),
                (Do.CLOSE,),
                (Do.RESET,),
                (),
            ]
        )

    server_echo, server.default = server.default, sometimes
    calls = [delete() for _ in range(120)]
    at_once = asyncio.Semaphore(30)

    async def send(call: Outgoing) -> Answer:
        async with at_once:
            return await transport.send(call, timeout=0.3)

    outcomes = await asyncio.gather(*map(send, calls), return_exceptions=True)
    bodies = [getattr(outcome, "body", b"") for outcome in outcomes]
    own = [order_id(call) for call in calls]
    assert all(body in (b"", mine) for body, mine in zip(bodies, own, strict=True))
    assert sum(body == mine for body, mine in zip(bodies, own, strict=True)) > 30
    assert any(isinstance(outcome, ReplyTimeoutError) for outcome in outcomes)
    arrived = [seen.order_id for seen in server.requests]
    assert len(set(arrived)) == len(arrived), "one was sent twice"
    server.default = server_echo
    await eventually(lambda: busy(transport) == 0)
    await asyncio.gather(*(assert_serves_its_own(transport, 3) for _ in range(20)))
    assert await server.has_open(kept(transport))


async def test_the_connection_used_last_is_used_next(
    server: RawServer, transport: Transport
) -> None:
    """Callers one after the other need one connection, however many there are."""
    await asyncio.gather(*(ask(transport) for _ in range(5)))
    before = server.accepted
    await assert_serves_its_own(transport, 10)
    assert server.accepted == before
