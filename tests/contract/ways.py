"""Every way to the exchange, and what holds for each."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Literal, TypeAlias

from aiohttp import ClientSession, TCPConnector

from binance_papi_async.errors import UnknownOutcomeError
from binance_papi_async.transport.base import Transport
from binance_papi_async.transport.direct import DirectTransport
from binance_papi_async.transport.session import SessionTransport
from binance_papi_async.wire.message import Answer, Outgoing

Way: TypeAlias = Literal["direct", "session", "handed"]
WAYS: tuple[Way, ...] = ("direct", "session", "handed")
PATH = "/papi/v1/margin/order"
LIMIT = 1 << 20
_numbers = count(1)


def delete(order_id: object = "", *, limit: int = LIMIT) -> Outgoing:
    """A cancel; each of another order unless one is named."""
    target = f"{PATH}?symbol=LTCBTC&orderId={order_id or next(_numbers)}&signature=s"
    return Outgoing("DELETE", target, api_key="key", max_reply_bytes=limit)


def order_id(outgoing: Outgoing) -> bytes:
    """The reply that is this request's own."""
    return b'{"orderId":"%s"}' % outgoing.target.split("orderId=")[1].split("&")[0].encode()


@asynccontextmanager
async def opened(
    way: Way, base_url: str, context: ssl.SSLContext | None
) -> AsyncIterator[Transport]:
    """A transport, open; closed afterwards, and with it the session handed to it."""
    if way != "handed":
        kind = DirectTransport if way == "direct" else SessionTransport
        transport: Transport = kind(base_url, ssl=context)
        await transport.open()
        try:
            yield transport
        finally:
            await transport.close()
        return
    async with ClientSession(connector=TCPConnector(ssl=context or True)) as session:
        transport = SessionTransport(base_url, session=session)
        await transport.open()
        yield transport
        await transport.close()


async def ask(transport: Transport, outgoing: Outgoing | None = None) -> Answer:
    """Send, with time enough."""
    return await transport.send(outgoing or delete(), timeout=5)


async def assert_serves_its_own(transport: Transport, requests: int = 1) -> None:
    """The next requests get their own replies."""
    for _ in range(requests):
        outgoing = delete()
        assert (await ask(transport, outgoing)).body == order_id(outgoing)


async def assert_never_anothers(transport: Transport) -> None:
    """The next requests get their own replies or learn that theirs are unknown, and soon all is well."""
    for _ in range(2):
        with contextlib.suppress(UnknownOutcomeError):
            await assert_serves_its_own(transport)
    await assert_serves_its_own(transport, 2)


def busy(transport: Any) -> int:
    """Connections a transport counts as carrying a request."""
    if isinstance(transport, DirectTransport):
        return len(transport._channels) - len(transport._idle)
    return len(transport._session._connector._acquired)


def kept(transport: Any) -> int:
    """Connections a transport holds open."""
    if isinstance(transport, DirectTransport):
        return len(transport._channels)
    connector = transport._session._connector
    return len(connector._acquired) + sum(len(each) for each in connector._conns.values())
