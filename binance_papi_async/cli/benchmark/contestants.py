"""Who is compared: a way to open each client, and the cancel it offers.

Every contestant gets 100 connections, builds, signs and sends a cancel of one order id,
and decodes the reply; ours does so with everything on: limiter, clock, validation, typed reply.
"""

from __future__ import annotations

import hashlib
import hmac
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from msgspec import Struct, json
from yarl import URL

from binance_papi_async.cli.benchmark.pinning import Loop
from binance_papi_async.cli.benchmark.stand_in import API_KEY, SECRET, SYMBOL
from binance_papi_async.client import PapiClient
from binance_papi_async.endpoints.margin_replies import CanceledMarginOrder
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.wire.signing import HmacKey

CONNECTIONS: Final = 100
ENDLESS: Final = 10**9
"""A limit that nobody reaches: it is kept, and never holds anything back."""

Cancel = Callable[[int], Awaitable[object]]
"""Cancel the order of this id."""


class Target(Struct, frozen=True):
    """The stand-in, as a contestant reaches it."""

    base_url: str
    ca_file: str | None
    """What to trust over TLS; None for plain."""


Opener = Callable[[Target], AbstractAsyncContextManager[Cancel]]


class Contestant(Struct, frozen=True):
    """One column of the comparison."""

    name: str
    opener: str
    """``module:function``, imported in the process that runs it."""
    loop: Loop = "asyncio"
    package: str | None = None
    """What must be installed besides this package."""
    effort: float = 1.0
    """Share of the requests it gets: the slow ones would take minutes."""


_HERE: Final = "binance_papi_async.cli.benchmark."
FLOOR: Final = "floor"
DIRECT: Final = "ours"
OWN: Final = (
    Contestant(FLOOR, _HERE + "floor:floor"),
    Contestant(DIRECT, _HERE + "contestants:direct"),
    Contestant("ours, session", _HERE + "contestants:session", effort=0.5),
    Contestant("aiohttp loop", _HERE + "contestants:plain_aiohttp", effort=0.5),
    Contestant("floor, uvloop", _HERE + "floor:floor", "uvloop", "uvloop"),
    Contestant("ours, uvloop", _HERE + "contestants:direct", "uvloop", "uvloop"),
    Contestant(
        "ours, session, uvloop", _HERE + "contestants:session", "uvloop", "uvloop", effort=0.5
    ),
)
"""Those that need no other client installed."""


def trust(target: Target) -> ssl.SSLContext | None:
    """A context for the stand-in's certificate."""
    return ssl.create_default_context(cafile=target.ca_file) if target.ca_file else None


@asynccontextmanager
async def direct(target: Target) -> AsyncGenerator[Cancel, None]:
    """Our client as it comes."""
    async with PapiClient(
        HmacKey(API_KEY, SECRET),
        base_url=target.base_url,
        limiter=Limiter(weight=ENDLESS),
        max_connections=CONNECTIONS,
        ssl=trust(target),
    ) as papi:
        yield _cancel_of(papi)


@asynccontextmanager
async def session(target: Target) -> AsyncGenerator[Cancel, None]:
    """Our client through a session that is handed in."""
    async with (
        _tuned_session(target) as handed_in,
        PapiClient(
            HmacKey(API_KEY, SECRET),
            base_url=target.base_url,
            limiter=Limiter(weight=ENDLESS),
            max_connections=CONNECTIONS,
            session=handed_in,
        ) as papi,
    ):
        yield _cancel_of(papi)


def _cancel_of(papi: PapiClient) -> Cancel:
    cancel_order = papi.margin.cancel_order
    return lambda order_id: cancel_order(symbol=SYMBOL, order_id=order_id)


def _tuned_session(target: Target) -> ClientSession:
    return ClientSession(
        connector=TCPConnector(limit=CONNECTIONS, ssl=trust(target) or True),
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None),
        headers={"X-MBX-APIKEY": API_KEY, "Accept": "application/json"},
    )


@asynccontextmanager
async def plain_aiohttp(target: Target) -> AsyncGenerator[Cancel, None]:
    """What a good user writes by hand: a tuned session, the same signing, the same typed reply."""
    decode = json.Decoder(CanceledMarginOrder).decode
    base_mac = hmac.new(SECRET.encode(), digestmod=hashlib.sha256)
    path = f"{target.base_url}/papi/v1/margin/order?"
    async with _tuned_session(target) as client:

        async def cancel(order_id: int) -> CanceledMarginOrder:
            stamp = time.time_ns() // 10**6
            query = f"symbol={SYMBOL}&orderId={order_id}&recvWindow=5000&timestamp={stamp}"
            mac = base_mac.copy()
            mac.update(query.encode())
            url = URL(f"{path}{query}&signature={mac.hexdigest()}", encoded=True)
            async with client.delete(url) as response:
                return decode(await response.read())

        yield cancel
