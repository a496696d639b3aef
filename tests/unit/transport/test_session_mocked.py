"""A session handed in, with aioresponses in it: how users mock us in their own tests."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import Mock

import pytest
import pytest_asyncio
from aiohttp import (
    ClientConnectionError,
    ClientPayloadError,
    ClientResponse,
    ClientSession,
    ConnectionTimeoutError,
)
from aioresponses import CallbackResult, aioresponses
from yarl import URL

from binance_papi_async import (
    CancelMarginOrder,
    ConnectError,
    ConnectionLostError,
    HmacKey,
    PapiClient,
    PapiError,
    RateLimitedError,
    ReplyDecodeError,
    UnknownOrderError,
)

pytestmark = pytest.mark.asyncio
HOST = "https://papi.binance.com"
CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=28)
DELETE = "/papi/v1/margin/order"


class MockedResponse(ClientResponse):
    """aioresponses 0.7.9 does not know that aiohttp 3.14 wants a ``stream_writer``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "stream_writer" in inspect.signature(ClientResponse).parameters:
            kwargs["stream_writer"] = Mock(output_size=0)
        super().__init__(*args, **kwargs)


class Exchange:
    """Mocked answers, by path, and the calls that were made."""

    def __init__(self, mocked: aioresponses) -> None:
        self._mocked = mocked
        self.calls: list[tuple[str, URL, dict[str, str]]] = []

    def answers(self, path: str, method: str = "DELETE", **answer: Any) -> None:
        """Answer every such call so, or raise what is given as ``exception``."""

        def callback(url: URL, **kwargs: Any) -> CallbackResult:
            self.calls.append((method, url, kwargs["headers"]))
            return CallbackResult(response_class=MockedResponse, **answer)

        pattern = re.compile(re.escape(HOST + path) + r"(\?.*)?$")
        if "exception" in answer:
            self._mocked.add(pattern, method, repeat=True, **answer)
        else:
            self._mocked.add(pattern, method, repeat=True, callback=callback)


@pytest_asyncio.fixture
async def exchange() -> AsyncIterator[Exchange]:
    """An exchange that knows the time."""
    with aioresponses() as mocked:
        fake = Exchange(mocked)
        fake.answers("/papi/v1/time", "GET", payload={"serverTime": 1_499_827_319_559})
        yield fake


@pytest_asyncio.fixture
async def papi(exchange: Exchange) -> AsyncIterator[PapiClient]:
    """A client on a session that is handed in."""
    async with (
        ClientSession() as session,
        PapiClient(HmacKey("k" * 64, "s" * 64), session=session) as client,
    ):
        yield client


async def test_a_reply_comes_back_typed(exchange: Exchange, papi: PapiClient) -> None:
    """What the mock answers is what the caller gets."""
    exchange.answers(
        DELETE,
        payload={
            "symbol": "LTCBTC", "orderId": 28, "origClientOrderId": "myOrder1",
            "clientOrderId": "cancelMyOrder1", "price": "1.00000000", "origQty": "10.00000000",
            "executedQty": "8.00000000", "cummulativeQuoteQty": "8.00000000",
            "status": "CANCELED", "timeInForce": "GTC", "type": "LIMIT", "side": "SELL",
        },
    )  # fmt: skip
    assert (await papi.send(CANCEL)).order_id == 28


async def test_key_time_and_signature_go_along(exchange: Exchange, papi: PapiClient) -> None:
    """Everything travels in the query string; the key in its header."""
    exchange.answers(DELETE, status=400, payload={"code": -2011, "msg": "Unknown order sent."})
    with pytest.raises(UnknownOrderError):
        await papi.send(CANCEL)
    _, url, headers = exchange.calls[-1]
    assert set(url.query) == {"symbol", "orderId", "recvWindow", "timestamp", "signature"}
    assert abs(int(url.query["timestamp"]) - 1_499_827_319_559) < 2000
    assert headers["X-MBX-APIKEY"] == "k" * 64


async def test_the_count_of_the_exchange_is_followed(exchange: Exchange, papi: PapiClient) -> None:
    """The header of an answer is what counts."""
    exchange.answers(
        DELETE,
        status=400,
        payload={"code": -2011, "msg": "Unknown order sent."},
        headers={"X-MBX-USED-WEIGHT-1M": "4321"},
    )
    with pytest.raises(UnknownOrderError):
        await papi.send(CANCEL)
    assert papi.limits.weight_used == 4322, "and one without a count, when the time was asked"


async def test_a_429_says_how_long_to_wait(exchange: Exchange, papi: PapiClient) -> None:
    """Retry-After in seconds."""
    exchange.answers(
        DELETE,
        status=429,
        payload={"code": -1003, "msg": "Too many requests."},
        headers={"Retry-After": "13"},
    )
    with pytest.raises(RateLimitedError) as raised:
        await papi.send(CANCEL)
    assert raised.value.retry_after == 13


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (ConnectionTimeoutError("slow"), ConnectError),
        (ClientConnectionError("gone"), ConnectionLostError),
        (ClientPayloadError("cut"), ConnectionLostError),
        (ConnectionResetError("reset"), ConnectionLostError),
    ],
)
async def test_what_aiohttp_raises_becomes_ours(
    raised: Exception, error: type[PapiError], exchange: Exchange, papi: PapiClient
) -> None:
    """Only what certainly came before the first byte is not sent."""
    exchange.answers(DELETE, exception=raised)
    with pytest.raises(error):
        await papi.send(CANCEL)


async def test_a_body_that_is_no_reply_is_kept(exchange: Exchange, papi: PapiClient) -> None:
    """Whoever looks into it later needs the bytes."""
    exchange.answers(DELETE, status=200, body="<html>")
    with pytest.raises(ReplyDecodeError) as raised:
        await papi.send(CANCEL)
    assert raised.value.body == b"<html>"
