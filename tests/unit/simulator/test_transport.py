from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from binance_papi_async.endpoints.general import Ping
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.errors import (
    ConnectError,
    ConnectionLostError,
    PapiError,
    ReplyDecodeError,
    ReplyTimeoutError,
)
from binance_papi_async.simulator import (
    Exchange,
    Fault,
    FaultKind,
    HeldLoop,
    InProcessTransport,
    Simulator,
    StuckError,
    held_clock,
    run_held,
)
from binance_papi_async.wire.codec import prepare
from binance_papi_async.wire.message import Answer, Outgoing


def cancel(exchange: Exchange, order_id: int) -> Outgoing:
    """One signed cancel."""
    request = CancelMarginOrder(symbol="LTCBTC", order_id=order_id)
    now = int(exchange.clock() * 1000)
    return prepare(request, exchange.key, timestamp_ms=now, recv_window=5000)


def held(
    scenario: Callable[[Exchange, InProcessTransport], Coroutine[Any, Any, None]],
) -> None:
    """Play a scenario on a held clock, with a transport that is open."""

    async def main() -> None:
        exchange = Exchange(clock=held_clock())
        transport = InProcessTransport(exchange)
        await transport.open()
        await transport.warm_up(3)
        await scenario(exchange, transport)
        await transport.close()

    run_held(main)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.CLOSE, ConnectionLostError),
        (FaultKind.RESET, ConnectionLostError),
        (FaultKind.CUT_HEAD, ConnectionLostError),
        (FaultKind.CUT_BODY, ConnectionLostError),
        (FaultKind.GARBAGE, ReplyDecodeError),
        (FaultKind.SILENCE, ReplyTimeoutError),
    ],
)
def test_a_fault_comes_out_as_a_real_connection_would_have_it(
    kind: FaultKind, error: type[PapiError]
) -> None:
    """The error is the transport contract's, the request has left, the order is cancelled."""

    async def scenario(exchange: Exchange, transport: InProcessTransport) -> None:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.faults.inject(Fault(kind, "after"))
        outgoing = cancel(exchange, order_id)
        with pytest.raises(error):
            await transport.send(outgoing, timeout=5.0)
        assert outgoing.has_left
        assert exchange.truth.executions(order_id) == 1

    held(scenario)


def test_what_has_left_is_carried_out() -> None:
    """A caller that gives up on the way does not call the request back."""

    async def scenario(exchange: Exchange, transport: InProcessTransport) -> None:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.faults.inject(Fault(FaultKind.DELAY, "before", seconds=3.0))
        with pytest.raises(ReplyTimeoutError):
            await transport.send(cancel(exchange, order_id), timeout=1.0)
        assert exchange.truth.executions(order_id) == 0
        await asyncio.sleep(2.5)
        assert exchange.truth.executions(order_id) == 1

    held(scenario)


def test_a_delayed_answer_arrives_in_time() -> None:
    """Delays on both ways add up, on the loop's clock."""

    async def scenario(exchange: Exchange, transport: InProcessTransport) -> None:
        (order_id,) = exchange.rest("LTCBTC")
        exchange.faults.inject(Fault(FaultKind.DELAY, "before", seconds=3.0))
        start = exchange.clock()
        answer = await transport.send(cancel(exchange, order_id), timeout=10.0)
        assert (answer.status, exchange.clock() - start) == (200, 3.0)
        assert answer.headers["x-mbx-used-weight-1m"] == "2"

    held(scenario)


def test_a_refused_connection_sends_nothing() -> None:
    """ConnectError, and the request has not left; so after close."""

    async def scenario(exchange: Exchange, transport: InProcessTransport) -> None:
        transport.refuse_connections(1)
        outgoing = prepare(Ping(), None, timestamp_ms=0, recv_window=1)
        with pytest.raises(ConnectError):
            await transport.send(outgoing, timeout=1.0)
        assert not outgoing.has_left
        assert (await transport.send(outgoing, timeout=1.0)).status == 200
        await transport.close()
        with pytest.raises(ConnectError):
            await transport.send(outgoing, timeout=1.0)
        assert exchange.truth.arrived == 1

    held(scenario)


def test_a_reply_past_its_bound_is_cut() -> None:
    """ReplyDecodeError with the first bytes."""

    async def scenario(_: Exchange, transport: InProcessTransport) -> None:
        outgoing = Outgoing("GET", "/papi/v1/time", api_key=None, max_reply_bytes=5)
        with pytest.raises(ReplyDecodeError) as caught:
            await transport.send(outgoing, timeout=1.0)
        assert caught.value.body == b'{"ser'

    held(scenario)


def test_a_held_loop_runs_an_hour_at_once() -> None:
    """Timers fire in order, at their time on the held clock."""
    seen: list[float] = []

    async def main() -> str:
        loop = asyncio.get_running_loop()
        for delay in (3600.0, 60.0, 1800.0):
            loop.call_later(delay, lambda: seen.append(loop.time()))
        await asyncio.sleep(3600.5)
        return "done"

    assert run_held(main()) == "done"
    assert seen == [60.0, 1800.0, 3600.0]


def test_a_held_loop_waits_for_threads() -> None:
    """Work outside the loop takes real time, and the held clock stands still meanwhile."""

    async def main() -> float:
        await asyncio.to_thread(time.sleep, 0.02)
        return asyncio.get_running_loop().time()

    assert run_held(main) == 0.0


def test_a_held_loop_says_when_everything_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """No timer, no work: an error instead of a test that never ends."""
    monkeypatch.setattr("binance_papi_async.simulator.held.PATIENCE", 0.0)
    loop = HeldLoop()
    try:
        with pytest.raises(StuckError, match="nothing is left to happen"):
            loop.run_until_complete(loop.create_future())
    finally:
        loop.close()


def test_the_in_process_client_needs_no_socket() -> None:
    """A client on the held loop, with the limits of a small exchange."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock(), weight_limit=100)
        assert exchange.exchange is exchange
        async with exchange.in_process_client() as papi:
            (order_id,) = exchange.rest("LTCBTC")
            reply = await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
            assert reply.order_id == order_id
        assert exchange.truth.executions(order_id) == 1

    run_held(main)


def test_answers_are_values() -> None:
    """The answer is the wire's own type."""

    async def scenario(exchange: Exchange, transport: InProcessTransport) -> None:
        assert isinstance(await transport.send(cancel(exchange, 1), timeout=1.0), Answer)

    held(scenario)
