"""A client that is closed under its callers: everybody is told, in place, and nothing stays open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from binance_papi_async import (
    Canceled,
    CancelMarginOrder,
    NotSent,
    Outcome,
    Refused,
    TimestampError,
    Unknown,
)
from binance_papi_async.limits.gate import Gate
from binance_papi_async.simulator import (
    Fault,
    FaultKind,
    InProcessTransport,
    Simulator,
    held_clock,
    run_held,
)

Test = Callable[[], Coroutine[Any, Any, None]]


def held(test: Test) -> Callable[[], None]:
    """Run a test on a loop whose clock jumps to the next timer."""

    def run() -> None:
        run_held(test)

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def silent_about(exchange: Simulator, order_id: int) -> None:
    """Nobody hears what becomes of this order, nor of any other that is read."""
    exchange.faults.inject(
        Fault(FaultKind.SILENCE, "after"), method="DELETE", order_id=order_id, times=None
    )
    exchange.faults.inject(Fault(FaultKind.SILENCE), method="GET", times=None)


@held
async def test_closing_leaves_every_outcome_in_its_place() -> None:
    """The first of two is in doubt when the client is closed: it is said so where it stood."""
    exchange = Simulator(clock=held_clock())
    papi = exchange.in_process_client()
    await papi.open()
    requests = [
        CancelMarginOrder(symbol="LTCBTC", order_id=each) for each in exchange.rest("LTCBTC", 2)
    ]
    assert requests[0].order_id is not None
    silent_about(exchange, requests[0].order_id)
    waiting = asyncio.create_task(papi.cancel_many(requests, deadline=600))
    await asyncio.sleep(1)
    await papi.close()
    outcomes = await waiting
    assert [outcome.request for outcome in outcomes] == requests
    assert [type(outcome) for outcome in outcomes] == [Unknown, Canceled]


@held
async def test_closing_tells_what_was_not_taken_yet() -> None:
    """Of a list longer than there are connections, each request has its outcome, and in its place."""
    exchange = Simulator(clock=held_clock())
    papi = exchange.in_process_client(max_connections=2)
    await papi.open()
    orders = exchange.rest("LTCBTC", 5)
    requests = [CancelMarginOrder(symbol="LTCBTC", order_id=each) for each in [*orders, orders[0]]]
    for order_id in orders:
        silent_about(exchange, order_id)
    waiting = asyncio.create_task(papi.cancel_many(requests, deadline=600))
    await asyncio.sleep(1)
    await papi.close()
    outcomes = await waiting
    assert [outcome.request for outcome in outcomes] == requests
    assert [type(outcome) for outcome in outcomes] == [Unknown] * 2 + [NotSent] * 3 + [Unknown]


@held
async def test_closing_tells_whoever_waits_for_one() -> None:
    """A caller that nobody cancelled is not cancelled: it gets an outcome."""
    exchange = Simulator(clock=held_clock())
    papi = exchange.in_process_client()
    await papi.open()
    (order_id,) = exchange.rest("LTCBTC")
    silent_about(exchange, order_id)
    request = CancelMarginOrder(symbol="LTCBTC", order_id=order_id)
    waiting = asyncio.create_task(papi.cancel(request, deadline=600))
    await asyncio.sleep(1)
    await papi.close()
    assert isinstance(await waiting, Unknown)


@held
async def test_a_later_attempt_that_never_left_resolves_no_doubt() -> None:
    """Not sent says nothing of the cancel that was sent before."""
    exchange = Simulator(clock=held_clock())
    async with exchange.in_process_client() as papi:
        (order_id,) = exchange.rest("LTCBTC")
        silent_about(exchange, order_id)
        request = CancelMarginOrder(symbol="LTCBTC", order_id=order_id)
        assert isinstance(await papi.cancel(request, deadline=2), Unknown)
        papi._limiter.close_for(30)
        assert isinstance(await papi.cancel(request, deadline=2), NotSent)
        assert len(papi.unresolved) == 1
        exchange.faults.clear()
        settled = await papi.settle(100)
        assert [type(outcome) for outcome in settled] == [Canceled]
        assert len(papi.unresolved) == 0


class Stuck(InProcessTransport):
    """Counts how often it was closed."""

    closed = 0

    async def close(self) -> None:
        """One more time."""
        self.closed += 1
        await super().close()


@held
async def test_closing_that_is_cancelled_closes_all_the_same() -> None:
    """Transport and limiter are let go of, also when nobody waits for the doubts."""
    exchange = Simulator(clock=held_clock())
    transport = Stuck(exchange)
    papi = exchange.in_process_client(transport=transport)
    await papi.open()
    (order_id,) = exchange.rest("LTCBTC")
    silent_about(exchange, order_id)
    request = CancelMarginOrder(symbol="LTCBTC", order_id=order_id)
    assert isinstance(await papi.cancel(request, deadline=1), Unknown)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await papi.close()
    assert transport.closed == 1
    with pytest.raises(RuntimeError, match="make another"):
        await papi.open()


@held
async def test_a_client_that_leaves_a_shared_limiter_makes_way() -> None:
    """Whoever waits behind its requests goes when they are gone."""
    exchange = Simulator(clock=held_clock(), weight_limit=200)
    async with exchange.in_process_client() as staying:
        limiter = staying._limiter
        leaving = Gate(limiter, 10)
        while (permit := leaving.acquire_nowait(10, 0, "read")) is not None:
            permit.keep()
        large = asyncio.create_task(leaving.acquire(100, 0, "read"))
        small = asyncio.create_task(staying._gate.acquire(1, 0, "read"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        began = asyncio.get_running_loop().time()
        leaving.close()
        (await small).give_back()
        assert asyncio.get_running_loop().time() == began
        assert isinstance((await asyncio.gather(large, return_exceptions=True))[0], Exception)


@held
async def test_closing_tells_whoever_reads_outcomes_as_they_land() -> None:
    """All of them are told, and nobody is cancelled."""
    exchange = Simulator(clock=held_clock())
    papi = exchange.in_process_client()
    await papi.open()
    orders = exchange.rest("LTCBTC", 5)
    requests = [CancelMarginOrder(symbol="LTCBTC", order_id=each) for each in orders]
    for order_id in orders:
        silent_about(exchange, order_id)

    async def read() -> list[Outcome[Any]]:
        return [each async for each in papi.cancel_as_completed(requests, deadline=600)]

    reading = asyncio.create_task(read())
    await asyncio.sleep(1)
    await papi.close()
    outcomes = await reading
    assert [type(outcome) for outcome in outcomes] == [Unknown] * 5
    assert {outcome.request for outcome in outcomes} == set(requests)


@held
async def test_closing_tells_whoever_cancels_all() -> None:
    """What is in doubt, and that nothing is proven."""
    exchange = Simulator(clock=held_clock())
    papi = exchange.in_process_client()
    await papi.open()
    exchange.rest("LTCBTC", 5)
    exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), method="DELETE", times=None)
    waiting = asyncio.create_task(papi.cancel_all(["LTCBTC", "BNBBTC"], deadline=600))
    await asyncio.sleep(0.5)
    exchange.faults.inject(Fault(FaultKind.SILENCE), times=None)
    await papi.close()
    report = await waiting
    assert [type(outcome) for outcome in report.outcomes] == [Unknown] * 5
    assert not report.is_proven
    assert set(report.unproven) == {"LTCBTC", "BNBBTC"}


@held
async def test_closing_in_any_turn_of_the_loop_leaves_every_outcome() -> None:
    """Also of a doubt whose resolution was about to begin."""
    for turns in range(1, 40):
        exchange = Simulator(clock=held_clock())
        papi = exchange.in_process_client(max_connections=2)
        await papi.open()
        first, second = exchange.rest("LTCBTC", 2)
        silent_about(exchange, first)
        exchange.faults.inject(Fault(FaultKind.CLOSE, "after", seconds=5.0), order_id=second)
        requests = [
            CancelMarginOrder(symbol="LTCBTC", order_id=first),
            CancelMarginOrder(symbol="LTCBTC", order_id=second),
        ]
        waiting = asyncio.create_task(papi.cancel_many(requests, deadline=600))
        for _ in range(turns):
            await asyncio.sleep(0)
        await papi.close()
        assert [outcome.request for outcome in await waiting] == requests, turns


@held
async def test_a_refusal_is_told_when_closing_comes_between() -> None:
    """A timestamp was called wrong, and the client is closed while the clock is learned anew."""
    exchange = Simulator(clock=held_clock())
    papi = exchange.in_process_client()
    await papi.open()
    await asyncio.sleep(1)  # the clock was learned a while ago
    (order_id,) = exchange.rest("LTCBTC")
    exchange.faults.inject(Fault(FaultKind.TIMESTAMP), method="DELETE")
    exchange.faults.inject(Fault(FaultKind.SILENCE), path="/papi/v1/time", times=None)
    request = CancelMarginOrder(symbol="LTCBTC", order_id=order_id)
    waiting = asyncio.create_task(papi.cancel_many([request], deadline=600))
    await asyncio.sleep(0.5)
    await papi.close()
    (outcome,) = await waiting
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, TimestampError)


@held
async def test_closing_tells_the_weight_of_what_is_out() -> None:
    """What was sent was paid for, whatever becomes of it."""
    exchange = Simulator(clock=held_clock())
    papi = exchange.in_process_client()
    await papi.open()
    orders = exchange.rest("LTCBTC", 10)
    for order_id in orders:
        silent_about(exchange, order_id)
    requests = [CancelMarginOrder(symbol="LTCBTC", order_id=each) for each in orders]
    waiting = asyncio.create_task(papi.cancel_many(requests, deadline=600))
    await asyncio.sleep(0.5)
    await papi.close()
    assert (await waiting).weight == 20
