"""A cancel over a real socket, against an exchange that checks everything the real one checks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from binance_papi_async import (
    AuthenticationError,
    BannedError,
    BlockedError,
    CancelAllUmOrders,
    CanceledMarginOrder,
    CancelMarginOrder,
    ConnectionLostError,
    HmacKey,
    LimitedError,
    PapiClient,
    PapiError,
    RateLimitedError,
    RefusedError,
    Request,
    ServerError,
    TimestampError,
    UnavailableError,
    UnknownOrderError,
)
from binance_papi_async.declaring.request import ENDPOINTS, endpoint
from binance_papi_async.simulator import (
    SIMULATED_API_KEY,
    Fault,
    FaultKind,
    Simulator,
)
from binance_papi_async.wire.codec import read
from binance_papi_async.wire.message import Answer

pytestmark = pytest.mark.asyncio
PATH = "/papi/v1/margin/order"
CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=28)


async def test_a_cancel_is_answered_as_documented() -> None:
    """The typed reply equals the documented example, field by field."""
    async with Simulator() as exchange, exchange.client() as papi:
        exchange.rest_seed_order()
        reply = await papi.margin.cancel_order(
            symbol="LTCBTC", order_id=28, new_client_order_id="cancelMyOrder1"
        )
        assert reply == CANCEL.endpoint.decode(
            b"""{
                "symbol": "LTCBTC", "orderId": 28, "origClientOrderId": "myOrder1",
                "clientOrderId": "cancelMyOrder1", "price": "1.00000000",
                "origQty": "10.00000000", "executedQty": "8.00000000",
                "cummulativeQuoteQty": "8.00000000", "status": "CANCELED",
                "timeInForce": "GTC", "type": "LIMIT", "side": "SELL"
            }"""
        )
        assert isinstance(reply, CanceledMarginOrder)
        assert exchange.truth.executions(28) == 1
        weights = exchange.truth.window_weights()
        assert sum(weights.values()) == 4, "two for the time, two for the cancel"


async def test_an_order_is_named_by_its_client_id_too() -> None:
    """Reserved characters in a client id survive encoding and signing."""
    async with Simulator() as exchange, exchange.client() as papi:
        (order_id,) = exchange.rest("LTCBTC", client_order_ids=["a/b+c=d&e f:é"])
        reply = await papi.margin.cancel_order(
            symbol="LTCBTC", orig_client_order_id="a/b+c=d&e f:é"
        )
        assert reply.order_id == order_id


class Row(NamedTuple):
    """One documented error of the cancel."""

    name: str
    cause: Callable[[Simulator], Fault | None]
    error: type[PapiError]
    attributes: dict[str, Any]


def fault(kind: FaultKind, **options: Any) -> Callable[[Simulator], Fault]:
    """The exchange answers so."""
    return lambda _: Fault(kind, **options)


ROWS = [
    Row("order unknown", lambda _: None, UnknownOrderError, {"status": 400, "code": -2011}),
    Row("timestamp", fault(FaultKind.TIMESTAMP), TimestampError, {"status": 400, "code": -1021}),
    Row("engine timestamp", fault(FaultKind.ENGINE_TIMESTAMP), TimestampError, {"code": -5028}),
    Row(
        "429",
        fault(FaultKind.LIMITED_429, retry_after=7),
        RateLimitedError,
        {"status": 429, "code": -1003, "retry_after": 7.0, "until": None},
    ),
    Row(
        "429 of orders",
        fault(FaultKind.ORDERS_429, retry_after=9),
        RateLimitedError,
        {"status": 429, "code": -1015, "retry_after": 9.0},
    ),
    Row(
        "418",
        fault(FaultKind.BANNED_418, retry_after=120),
        RateLimitedError,
        {"status": 418, "code": -1003, "retry_after": 120.0},
    ),
    Row("firewall", fault(FaultKind.FIREWALL_403), BlockedError, {"status": 403, "code": None}),
    Row("503 A", fault(FaultKind.UNKNOWN_503), ServerError, {"status": 503, "code": -1000}),
    Row("503 B", fault(FaultKind.UNAVAILABLE_503), UnavailableError, {"status": 503, "code": None}),
    Row(
        "503 B as text",
        fault(FaultKind.UNAVAILABLE_503_TEXT),
        UnavailableError,
        {"status": 503, "message": "Service Unavailable."},
    ),
    Row("503 -1001", fault(FaultKind.DISCONNECTED_503), UnavailableError, {"code": -1001}),
    Row("503 -1008", fault(FaultKind.THROTTLED_503), UnavailableError, {"code": -1008}),
    Row("500", fault(FaultKind.ERROR_500), ServerError, {"status": 500, "code": None}),
    Row("502", fault(FaultKind.BAD_GATEWAY_502), ServerError, {"status": 502}),
    Row("504", fault(FaultKind.GATEWAY_TIMEOUT_504), ServerError, {"status": 504}),
    Row("408", fault(FaultKind.TIMEOUT_408), ServerError, {"status": 408, "code": -1007}),
    Row("-1000", fault(FaultKind.UNKNOWN_400), ServerError, {"status": 400, "code": -1000}),
    Row("-1006", fault(FaultKind.UNEXPECTED_400), ServerError, {"status": 400, "code": -1006}),
    Row("-1007", fault(FaultKind.TIMEOUT_400), ServerError, {"status": 400, "code": -1007}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_every_documented_answer_is_the_error_it_means(row: Row) -> None:
    """The class says whether it happened, the attributes what the exchange said."""
    async with Simulator() as exchange, exchange.client() as papi:
        injected = row.cause(exchange)
        if injected is not None:
            exchange.faults.inject(injected, method="DELETE", times=None)
        with pytest.raises(row.error) as raised:
            await papi.send(CANCEL)
        assert type(raised.value) is row.error
        assert raised.value.request == CANCEL
        said = {name: getattr(raised.value, name) for name in row.attributes}
        assert said == row.attributes


async def test_a_wrong_secret_is_an_authentication_error() -> None:
    """-1022: the signature does not match."""
    async with Simulator() as exchange:
        key = HmacKey(SIMULATED_API_KEY, "wrong" * 8)
        async with PapiClient(key, base_url=exchange.base_url) as papi:
            with pytest.raises(AuthenticationError) as raised:
                await papi.send(CANCEL)
    assert (raised.value.status, raised.value.code) == (400, -1022)


async def test_an_unknown_key_is_an_authentication_error() -> None:
    """-2015: key, IP or permission."""
    stranger = HmacKey("x" * 64, "y" * 64)
    async with Simulator() as exchange, PapiClient(stranger, base_url=exchange.base_url) as papi:
        with pytest.raises(AuthenticationError) as raised:
            await papi.send(CANCEL)
    assert raised.value.code == -2015


async def test_without_a_key_only_open_calls_work() -> None:
    """The missing key is named before anything is sent."""
    async with Simulator() as exchange, PapiClient(base_url=exchange.base_url) as papi:
        await papi.general.ping()
        with pytest.raises(ValueError, match="needs a key"):
            await papi.send(CANCEL)
        assert not exchange.truth.arrivals("DELETE")
        assert sum(exchange.truth.window_weights().values()) == 3


@pytest.mark.parametrize(
    ("order_id", "client_id", "code"), [(None, None, -1102), (1, "other", -2011)]
)
async def test_what_our_requests_refuse_the_exchange_refuses_too(
    order_id: int | None, client_id: str | None, code: int
) -> None:
    """Neither id, or two that disagree: a rule of ours that the exchange does not share would show here."""

    class Lax(Request[CanceledMarginOrder]):
        symbol: str
        order_id: int | None = None
        orig_client_order_id: str | None = None

    ours = ENDPOINTS.pop(("DELETE", PATH))
    try:
        lax = endpoint("DELETE", PATH, weight=2)(Lax)
        async with Simulator() as exchange, exchange.client() as papi:
            exchange.rest("LTCBTC", 2)
            with pytest.raises(RefusedError) as raised:
                await papi.send(
                    lax(symbol="LTCBTC", order_id=order_id, orig_client_order_id=client_id)
                )
    finally:
        ENDPOINTS["DELETE", PATH] = ours
    assert raised.value.code == code


async def test_a_recv_window_beyond_the_limit_is_refused_before_any_weight() -> None:
    """60001 ms is more than the exchange takes, per client and per call."""
    with pytest.raises(ValueError, match="recv_window must be 1 to 60000 ms, not 60001"):
        PapiClient(recv_window=60_001)
    async with Simulator() as exchange, exchange.client() as papi:
        with pytest.raises(ValueError, match="not 0"):
            await papi.send(CANCEL, recv_window=0)
        assert not exchange.truth.arrivals("DELETE")


@pytest.mark.parametrize("skew", [-30.0, 30.0])
async def test_a_clock_that_is_off_does_not_matter(skew: float) -> None:
    """With the local clock 30 s off, in either direction, the first request succeeds."""
    async with Simulator(clock_offset=skew) as exchange, exchange.client() as papi:
        (order_id,) = exchange.rest("LTCBTC")
        await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
        assert exchange.truth.statuses == {200: 3}


@pytest.mark.parametrize("step", [-30.0, 30.0])
async def test_a_timestamp_called_wrong_is_corrected_and_sent_once_more(step: float) -> None:
    """The exchange's clock steps while the client runs: -1021, resynchronise, sign anew, succeed."""
    offset = 0.0
    async with Simulator(clock=lambda: time.time() + offset) as exchange:
        (order_id,) = exchange.rest("LTCBTC")
        async with exchange.client() as papi:
            offset = step
            await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
            assert len(exchange.truth.arrivals("DELETE")) == 2
            assert exchange.truth.executions(order_id) == 1


async def test_a_timestamp_is_corrected_only_once() -> None:
    """An exchange that calls every timestamp wrong is not asked for ever."""
    async with Simulator() as exchange, exchange.client() as papi:
        exchange.faults.inject(Fault(FaultKind.TIMESTAMP), method="DELETE", times=None)
        with pytest.raises(TimestampError):
            await papi.send(CANCEL)
        assert len(exchange.truth.arrivals("DELETE")) == 2


async def test_many_wrong_timestamps_at_once_are_one_synchronisation() -> None:
    """Fifty cancels that learn together that the clock is wrong ask for the time together."""
    offset = 0.0
    async with Simulator(clock=lambda: time.time() + offset) as exchange:
        order_ids = exchange.rest("LTCBTC", 50)
        async with exchange.client() as papi:
            offset = 30.0
            cancels = [CancelMarginOrder(symbol="LTCBTC", order_id=id_) for id_ in order_ids]
            await asyncio.gather(*map(papi.send, cancels))
            assert len(exchange.truth.arrivals("GET", "/papi/v1/time")) == 4


@pytest.mark.parametrize("kind", [FaultKind.CLOSE, FaultKind.RESET], ids=str)
@pytest.mark.parametrize("warm", [False, True], ids=["fresh", "reused"])
async def test_a_dropped_connection_never_sends_a_second_delete(
    kind: FaultKind,
    warm: bool,  # noqa: FBT001 - a parameter of a table
) -> None:
    """The exchange executes, the reply is lost: one DELETE arrives, and the error says nobody knows."""
    async with Simulator() as exchange:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.faults.inject(Fault(kind, "after"), method="DELETE")
        async with exchange.client() as papi:
            if warm:
                await papi.general.ping()
            with pytest.raises(ConnectionLostError):
                await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
        assert len(exchange.truth.arrivals("DELETE")) == 1
        assert exchange.truth.executions(order_id) == 1


async def test_a_429_closes_the_pool() -> None:
    """After a 429 nothing leaves until the wait it asked for is over."""
    async with Simulator() as exchange, exchange.client() as papi:
        exchange.faults.inject(Fault(FaultKind.LIMITED_429, retry_after=90), method="DELETE")
        with pytest.raises(RateLimitedError):
            await papi.send(CANCEL)
        with pytest.raises(LimitedError) as raised:
            await papi.send(CANCEL, max_wait=0)
        assert raised.value.retry_after == pytest.approx(90, abs=1)
        assert len(exchange.truth.arrivals("DELETE")) == 1


async def test_a_ban_is_kept_to() -> None:
    """After a 418 nothing leaves until the ban ends, and the error says when that is."""
    async with Simulator() as exchange, exchange.client() as papi:
        exchange.faults.inject(Fault(FaultKind.BANNED_418, retry_after=120), method="DELETE")
        with pytest.raises(RateLimitedError) as refused:
            await papi.send(CANCEL)
        with pytest.raises(BannedError) as raised:
            await papi.send(CANCEL)
        assert raised.value.until == refused.value.until == pytest.approx(time.time() + 120, abs=2)
        assert raised.value.request == CANCEL
        assert papi.limits.is_banned


async def test_a_time_that_cannot_be_read_leaves_a_refusal_a_refusal() -> None:
    """The exchange called the timestamp wrong, and then its clock is not to be had: still a definite no."""
    async with Simulator() as exchange, exchange.client(timeout=0.3) as papi:
        exchange.faults.inject(Fault(FaultKind.TIMESTAMP), method="DELETE")
        exchange.faults.inject(Fault(FaultKind.SILENCE), path="/papi/v1/time", times=None)
        with pytest.raises(TimestampError) as raised:
            await papi.send(CANCEL)
        assert raised.value.request == CANCEL


async def test_an_error_in_a_200_is_the_error_it_is() -> None:
    """A reply that is read as done says so itself."""
    with pytest.raises(UnknownOrderError):
        read(
            CancelAllUmOrders(symbol="BTCUSDT"),
            Answer(200, {}, b'{"code":-2011,"msg":"Unknown order sent."}'),
        )
