"""A session that is handed in tells the same truth as our own, whatever it does of itself."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import (
    ClientError,
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    TCPConnector,
    TraceConfig,
)

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    CancelMarginOrder,
    HmacKey,
    LimitedError,
    NotSent,
    NotSentError,
    PapiClient,
    RateLimitedError,
    Refused,
    Unknown,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.simulator import Fault, FaultKind, Simulator
from tests.contract.papi_replies import answer_papi, cancel
from tests.contract.raw_server import RawServer, Script, Seen, reply

pytestmark = pytest.mark.asyncio
SYMBOL = "LTCBTC"


class HookError(Exception):
    """A hook of the session's owner is broken."""


async def breaks_before(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Raise before a DELETE goes on."""
    if request.method == "DELETE":
        raise HookError(f"before {request.url}")
    return await handler(request)


async def breaks_after(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Raise when the answer to a DELETE is there."""
    response = await handler(request)
    if request.method == "DELETE":
        response.release()
        raise HookError(f"after {request.url}")
    return response


async def sends_again(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Send once more what was not answered 200."""
    response = await handler(request)
    if response.status != 200:
        response.release()
        response = await handler(request)
    return response


def tracing(hook: str) -> TraceConfig:
    """Traces of which one raises for every DELETE."""

    async def broken(_: Any, context: Any, params: Any) -> None:
        if context.is_delete:
            raise HookError(hook)

    async def begun(_: Any, context: Any, params: Any) -> None:
        context.is_delete = params.method == "DELETE"

    config = TraceConfig()
    config.on_request_start.append(begun)
    getattr(config, hook).append(broken)
    return config


def cancels(order_ids: list[int]) -> list[CancelMarginOrder]:
    """A cancel for each."""
    return [CancelMarginOrder(symbol=SYMBOL, order_id=order_id) for order_id in order_ids]


@asynccontextmanager
async def handed(exchange: Simulator, **session: Any) -> AsyncIterator[PapiClient]:
    """A client on a session of that kind."""
    async with (
        ClientSession(**session) as own,
        exchange.client(session=own, timeout=2.0) as papi,
    ):
        yield papi


async def raise_anything(response: ClientResponse) -> None:
    """A ``raise_for_status`` of one's own."""
    if response.status != 200:
        raise HookError(str(response.status))


@pytest.mark.parametrize("raises", [True, raise_anything], ids=["aiohttp's", "one's own"])
async def test_a_429_is_seen_whatever_the_session_raises_for(raises: Any) -> None:
    """It closes the pool: nothing more is sent."""
    async with Simulator() as exchange, handed(exchange, raise_for_status=raises) as papi:
        exchange.faults.inject(Fault(FaultKind.LIMITED_429), method="DELETE", times=None)
        with pytest.raises(RateLimitedError):
            await papi.margin.cancel_order(symbol=SYMBOL, order_id=1)
        with pytest.raises(LimitedError):
            await papi.send(CancelMarginOrder(symbol=SYMBOL, order_id=1), max_wait=0)
        assert len(exchange.truth.arrivals("DELETE")) == 1


async def test_a_429_that_a_middleware_raises_for_closes_the_pool() -> None:
    """The status is the exchange's, whoever read it first."""

    async def raising(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        response = await handler(request)
        response.raise_for_status()
        return response

    async with Simulator() as exchange, handed(exchange, middlewares=(raising,)) as papi:
        exchange.faults.inject(Fault(FaultKind.LIMITED_429), method="DELETE", times=None)
        with pytest.raises(RateLimitedError):
            await papi.margin.cancel_order(symbol=SYMBOL, order_id=1)
        with pytest.raises(LimitedError):
            await papi.send(CancelMarginOrder(symbol=SYMBOL, order_id=1), max_wait=0)
        assert papi.limits.blocked_until is not None


async def test_a_refusal_is_a_refusal_whatever_the_session_raises_for() -> None:
    """-2011 is no broken HTTP."""
    async with Simulator() as exchange, handed(exchange, raise_for_status=True) as papi:
        with pytest.raises(UnknownOrderError):
            await papi.margin.cancel_order(symbol=SYMBOL, order_id=1)


async def test_compressed_bodies_are_read_whatever_the_session_does_with_them() -> None:
    """``auto_decompress=False`` is for those who read bodies themselves."""
    server = RawServer()
    await server.start()

    def compressed(seen: Seen) -> Script:
        (plain,) = answer_papi(seen)
        assert isinstance(plain, bytes)
        body = plain.partition(b"\r\n\r\n")[2]
        return (reply(gzip.compress(body), b"Content-Encoding: gzip"),)

    server.default = compressed
    async with (
        ClientSession(auto_decompress=False) as session,
        PapiClient(HmacKey("k" * 64, "s" * 64), base_url=server.base_url, session=session) as papi,
    ):
        assert (await papi.send(cancel(7))).order_id == 7
    await server.stop()


@pytest.mark.parametrize(
    "session",
    [
        {"middlewares": (breaks_before,)},
        {"trace_configs": [tracing("on_request_start")]},
    ],
    ids=["middleware", "trace"],
)
async def test_what_a_hook_raises_before_it_leaves_is_not_sent(session: Any) -> None:
    """Twenty cancels, twenty outcomes, and no DELETE arrived."""
    async with Simulator() as exchange, handed(exchange, **session) as papi:
        outcomes = await papi.cancel_many(cancels(exchange.rest(SYMBOL, 20)), deadline=2)
        assert [type(each) for each in outcomes] == [NotSent] * 20
        assert exchange.truth.arrivals("DELETE") == []
        (first, *_) = outcomes
        assert isinstance(first, NotSent)
        assert "HookError" in str(first.error)
        assert "test_handed_session.py" in str(first.error)
        assert "signature=" not in str(first.error)
        assert first.error.__cause__ is first.error.__context__ is None
        with pytest.raises(NotSentError):
            await papi.margin.cancel_order(symbol=SYMBOL, order_id=1)


@pytest.mark.parametrize(
    "session",
    [
        {"middlewares": (breaks_after,)},
        {"trace_configs": [tracing("on_request_end")]},
        {"trace_configs": [tracing("on_request_headers_sent")]},
    ],
    ids=["middleware", "trace", "trace of headers"],
)
async def test_what_a_hook_raises_afterwards_leaves_a_doubt_that_is_resolved(session: Any) -> None:
    """Twenty cancels, twenty outcomes, no DELETE twice; what a read shows to have worked has worked."""
    async with Simulator() as exchange, handed(exchange, **session) as papi:
        (single, *order_ids) = exchange.rest(SYMBOL, 21)
        with pytest.raises(UnknownOutcomeError, match="HookError"):
            await papi.margin.cancel_order(symbol=SYMBOL, order_id=single)
        outcomes = await papi.cancel_many(cancels(order_ids), deadline=5)
        assert {type(each) for each in outcomes} <= {Canceled, Unknown}
        for order_id, outcome in zip(order_ids, outcomes, strict=True):
            assert len(exchange.truth.arrivals("DELETE", order_id=order_id)) <= 1
            assert exchange.truth.executions(order_id) or isinstance(outcome, Unknown)


@pytest.mark.parametrize("error", [ClientError("x"), OSError("x"), HookError("x")], ids=repr)
async def test_an_error_of_aiohttp_s_kind_out_of_a_hook_is_not_sent_either(
    error: Exception,
) -> None:
    """What counts is whether it had left, not what was raised."""

    async def broken(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        if request.method == "DELETE":
            raise error
        return await handler(request)

    async with Simulator() as exchange, handed(exchange, middlewares=(broken,)) as papi:
        with pytest.raises(NotSentError):
            await papi.margin.cancel_order(symbol=SYMBOL, order_id=1)
        assert exchange.truth.arrivals("DELETE") == []


async def test_a_middleware_does_not_send_twice() -> None:
    """A cancel that worked would come back as refused; so it is in doubt, and read."""
    async with Simulator() as exchange, handed(exchange, middlewares=(sends_again,)) as papi:
        (order_id,) = exchange.rest(SYMBOL)
        exchange.faults.inject(Fault(FaultKind.BAD_GATEWAY_502, "after"), method="DELETE")
        outcome = await papi.cancel(CancelMarginOrder(symbol=SYMBOL, order_id=order_id), deadline=5)
        assert not isinstance(outcome, Refused | AlreadyClosed | NotSent)
        assert len(exchange.truth.arrivals("DELETE")) == 1


async def test_a_session_that_verifies_nobody_is_refused() -> None:
    """The key would go to whoever answers."""
    async with ClientSession(connector=TCPConnector(ssl=False)) as session:
        with pytest.raises(ValueError, match="verifies certificates"):
            PapiClient(session=session)
    async with ClientSession(connector=TCPConnector(ssl=True)) as session:
        PapiClient(session=session)


async def test_the_trust_of_the_client_holds_for_the_session() -> None:
    """``ssl=`` is not forgotten because a session is handed in."""
    async with Simulator(tls=True) as exchange, handed(exchange) as papi:
        await papi.general.ping()


async def test_a_cancelled_caller_is_cancelled() -> None:
    """Whatever hooks a session has."""

    async def endless(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        if request.method == "DELETE":
            await asyncio.sleep(60)
        return await handler(request)

    async with Simulator() as exchange, handed(exchange, middlewares=(endless,)) as papi:
        call = asyncio.create_task(papi.margin.cancel_order(symbol=SYMBOL, order_id=1))
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert exchange.truth.arrivals("DELETE") == []


async def test_a_response_error_of_a_hook_is_a_doubt() -> None:
    """Another status than one that asks to wait says nothing for certain: a hook raised it."""

    async def raising(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        response = await handler(request)
        if request.method == "DELETE":
            response.release()
            raise ClientResponseError(response.request_info, (), status=404)
        return response

    async with Simulator() as exchange, handed(exchange, middlewares=(raising,)) as papi:
        with pytest.raises(UnknownOutcomeError):
            await papi.margin.cancel_order(symbol=SYMBOL, order_id=1)


@pytest.mark.parametrize(
    "option",
    [{"proxy": "http://127.0.0.1:1"}, {"trust_env": True}, {"local_addr": ("127.0.0.1", 0)}],
    ids=str,
)
async def test_a_session_has_its_own_way_out(option: Any) -> None:
    """What would be ignored is refused."""
    async with ClientSession() as session:
        with pytest.raises(ValueError, match="of its own: give them to it"):
            PapiClient(session=session, **option)
