"""The calling task is cancelled at every await of a request, one after the other."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from itertools import count

import pytest

from binance_papi_async import HmacKey, PapiClient
from binance_papi_async.transport.base import Transport
from tests.contract.papi_replies import answer_papi, cancel
from tests.contract.raw_server import Do, RawServer, Script, Seen, eventually, reply
from tests.contract.stepping import MOMENTS, Moment, is_cut
from tests.contract.ways import (
    Way,
    ask,
    assert_serves_its_own,
    busy,
    kept,
    opened,
)

pytestmark = pytest.mark.asyncio
Report = Callable[[str, object], None]

TIMINGS = ("at_once", "late", "in_parts")
"""How the reply comes, so that every await is one that waits."""


def answering(timing: str) -> Callable[[Seen], Script]:
    """The reply that names its order, in one piece or several."""

    def script(seen: Seen) -> Script:
        said = reply(b'{"orderId":"%s"}' % seen.order_id.encode())
        if timing == "at_once":
            return (said,)
        if timing == "late":
            return (Do.TURN, said)
        return (said[:9], Do.TURN, said[9:-5], Do.TURN, said[-5:])

    return script


async def assert_untouched(transport: Transport, server: RawServer) -> None:
    """The next request gets its own reply, and no connection is left over on either side."""
    await assert_serves_its_own(transport)
    await eventually(lambda: busy(transport) == 0)
    assert kept(transport) == 1
    await eventually(lambda: len(server.open) == 1)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("timing", TIMINGS)
async def test_a_first_request_may_be_cancelled_anywhere(  # noqa: PLR0913, PLR0917 - fixtures
    moment: Moment,
    timing: str,
    way: Way,
    server: RawServer,
    context: ssl.SSLContext | None,
    record_property: Report,
) -> None:
    """While it connects, shakes hands, writes, waits and reads."""
    server.default = answering(timing)
    for step in count():
        async with opened(way, server.base_url, context) as transport:
            if not await is_cut(ask(transport), step, moment):
                break
            await assert_untouched(transport, server)
        assert await server.has_open(0)
    record_property("await points", f"{way}, fresh connection: {step}")
    assert step >= (2 if way == "direct" else 4)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("timing", TIMINGS)
async def test_a_later_request_may_be_cancelled_anywhere(  # noqa: PLR0913, PLR0917 - fixtures
    moment: Moment,
    timing: str,
    way: Way,
    server: RawServer,
    transport: Transport,
    record_property: Report,
) -> None:
    """On a connection that has served, all on one transport."""
    server.default = answering(timing)
    await assert_serves_its_own(transport)
    for step in count():
        if not await is_cut(ask(transport), step, moment):
            break
        await assert_untouched(transport, server)
    record_property("await points", f"{way}, reused connection: {step}")
    assert step >= (1 if way == "direct" else 4)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_request_on_ended_connections_may_be_cancelled_anywhere(
    moment: Moment, way: Way, server: RawServer, transport: Transport, record_property: Report
) -> None:
    """While it looks for one that has not ended."""
    for step in count():
        await asyncio.gather(*(assert_serves_its_own(transport) for _ in range(3)))
        for wire in server.open:
            wire.end_unseen()
        if not await is_cut(ask(transport), step, moment):
            break
        await asyncio.gather(*(assert_serves_its_own(transport) for _ in range(3)))
        await eventually(lambda: busy(transport) == 0 and len(server.open) == kept(transport))
    record_property("await points", f"{way}, ended connections: {step}")
    assert step >= 4


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("is_queued", [False, True], ids=["free", "queued"])
async def test_a_call_of_a_client_may_be_cancelled_anywhere(  # noqa: PLR0913, PLR0917 - fixtures
    moment: Moment,
    is_queued: bool,  # noqa: FBT001 - a column of the table
    way: Way,
    server: RawServer,
    transport: Transport,
    record_property: Report,
) -> None:
    """Also while it waits for another call's connection: the gate's counts stay right."""
    server.default = answer_papi
    key = HmacKey("k" * 64, "s" * 64)
    async with PapiClient(key, transport=transport, max_connections=2) as papi:
        free = papi._gate.free
        for step in count():
            others = [asyncio.create_task(papi.send(cancel(n))) for n in (1, 2) if is_queued]
            for _ in others:
                await asyncio.sleep(0)
            was_cut = await is_cut(papi.send(cancel(3)), step, moment)
            assert [(await other).order_id for other in others] == [1, 2][: len(others)]
            assert (await papi.send(cancel(4))).order_id == 4
            assert papi._gate.free == free
            assert sum(papi.limits.waiting.values()) == 0
            await eventually(lambda: busy(transport) == 0)
            assert len(server.open) <= 2
            if not was_cut:
                break
    record_property(
        "await points", f"{way}, through a client, {'queued' if is_queued else 'free'}: {step}"
    )
    assert step >= (1 if way == "direct" else 4) + is_queued


@pytest.mark.parametrize("moment", MOMENTS)
async def test_warming_up_may_be_cancelled_anywhere(
    moment: Moment, server: RawServer, context: ssl.SSLContext | None, record_property: Report
) -> None:
    """Nothing that was being opened stays open uncounted."""
    for step in count():
        async with opened("direct", server.base_url, context) as transport:
            if not await is_cut(transport.warm_up(5), step, moment):
                break
            await eventually(lambda: busy(transport) == 0 and len(server.open) == kept(transport))
            await assert_serves_its_own(transport)
    record_property("await points", f"direct, warm_up: {step}")
    assert step >= 1
