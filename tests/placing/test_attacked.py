"""What a reader with bad intentions found, and what must be true instead; on a clock that the test holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async import (
    Canceled,
    CancelMarginOrder,
    NewMarginOrder,
    NotPlaced,
    NotSent,
    Placed,
    ReplyTimeoutError,
    Unknown,
)
from binance_papi_async.enums import OrderType, Side, TimeInForce
from binance_papi_async.simulator import Fault, FaultKind, Simulator, held_clock
from tests.cancelling.witness import held

SYMBOL = "LTCBTC"


def order(price: str = "0.02") -> NewMarginOrder:
    """One that rests."""
    return NewMarginOrder(
        symbol=SYMBOL,
        side=Side.SELL,
        type=OrderType.LIMIT,
        quantity=Decimal(1),
        price=Decimal(price),
        time_in_force=TimeInForce.GTC,
    )


def posts(exchange: Simulator) -> int:
    """How many orders arrived."""
    return len(exchange.truth.arrivals("POST"))


@held
async def test_settling_and_closing_place_nothing() -> None:
    """Though it was to be sent again after a proof, and is valid still: nobody waits for it as it was asked for."""
    exchange = Simulator(clock=held_clock())
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.CLOSE), method="POST", times=2)
        for _ in range(2):
            outcome = await papi.place(order(), deadline=3.0, valid_for=60.0, resend=True)
            assert isinstance(outcome, Unknown)
        settled: Any = await papi.settle(10.0)
        assert [type(each) for each in settled] == [NotPlaced, NotPlaced]
        exchange.faults.inject(Fault(FaultKind.CLOSE), method="POST")
        await papi.place(order(), deadline=3.0, valid_for=60.0, resend=True)
        await asyncio.sleep(4)
    assert posts(exchange) == 3
    assert exchange.book.open_orders() == []


@held
async def test_an_order_whose_caller_is_gone_is_not_sent_again() -> None:
    """Though the exchange said that it was not executed, and asked to send it again."""
    exchange = Simulator(clock=held_clock())
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.UNAVAILABLE_503), method="POST")
        placing = asyncio.create_task(papi.place(order(), valid_for=5.0))
        await asyncio.sleep(0.05)
        placing.cancel()
        await asyncio.sleep(3)
    assert posts(exchange) == 1
    assert exchange.book.open_orders() == []


@held
async def test_a_reply_that_hangs_does_not_keep_the_kill_switch() -> None:
    """What rests is cancelled after a quarter of a second; what hangs is waited for after that, and cleared."""
    exchange = Simulator(clock=held_clock())
    loop = asyncio.get_running_loop()
    async with exchange.in_process_client() as papi:
        await papi.place_many([order()] * 20)
        exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), method="POST")
        sending = asyncio.create_task(papi.send(order()))
        await asyncio.sleep(0.01)
        began = loop.time()
        stopping = asyncio.create_task(papi.stop_placing(margin=[SYMBOL], deadline=5.0))
        await asyncio.sleep(0.3)
        assert exchange.book.open_orders() == []
        stopped = await stopping
        assert loop.time() - began <= 5.0
        assert stopped.cleared is not None
        assert stopped.cleared.is_proven
        assert len(stopped.cleared.outcomes.canceled) == 21
        with pytest.raises(ReplyTimeoutError):
            await sending


@held
async def test_a_source_that_is_idle_is_not_waited_for() -> None:
    """It has nothing under way; the kill switch need not wait until it has."""
    exchange = Simulator(clock=held_clock())
    orders: asyncio.Queue[NewMarginOrder] = asyncio.Queue()

    async def source() -> AsyncIterator[NewMarginOrder]:
        while True:
            yield await orders.get()

    async with exchange.in_process_client() as papi:
        placing = asyncio.create_task(papi.place_many(source(), deadline=3600))
        orders.put_nowait(order())
        await asyncio.sleep(0.1)
        exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), method="POST")
        await asyncio.gather(papi.send(order()), return_exceptions=True)
        began = asyncio.get_running_loop().time()
        stopped = await papi.stop_placing(margin=[SYMBOL])
        assert asyncio.get_running_loop().time() - began < 2
        assert stopped.is_proven
        placing.cancel()


@held
async def test_a_cancel_does_not_wait_behind_orders_that_wait() -> None:
    """A hundred of them lack an order window; nothing is lacking for the cancel."""
    exchange = Simulator(clock=held_clock(), order_limit=5)
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client(max_connections=10) as papi:
        await papi.place_many([order()] * 5)
        placing = [asyncio.create_task(papi.place(order(), valid_for=30.0)) for _ in range(100)]
        await asyncio.sleep(0.01)
        began = asyncio.get_running_loop().time()
        outcome = await papi.cancel(CancelMarginOrder(symbol=SYMBOL, order_id=order_id))
        assert isinstance(outcome, Canceled)
        assert asyncio.get_running_loop().time() - began < 0.01
        for each in placing:
            each.cancel()


@held
async def test_the_price_of_a_replacement_is_as_old_as_the_call() -> None:
    """The cancel was in doubt for seconds: the order that was handed in does not leave, one made now would."""
    exchange = Simulator(clock=held_clock())
    first, second = exchange.rest(SYMBOL, 2)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), method="DELETE", times=2)
        handed_in, made = await asyncio.gather(
            papi.replace(CancelMarginOrder(symbol=SYMBOL, order_id=first), order()),
            papi.replace(CancelMarginOrder(symbol=SYMBOL, order_id=second), lambda _: order()),
        )
    assert isinstance(handed_in.canceled, Canceled)
    assert isinstance(handed_in.placed, NotSent)
    assert isinstance(made.placed, Placed)


@held
async def test_an_error_of_one_pair_loses_no_outcome_of_another() -> None:
    """Whoever replaces many is told of the error; what had ended is told by settle."""
    exchange = Simulator(clock=held_clock())
    first, second = exchange.rest(SYMBOL, 2)

    def wrong(_: object) -> None:
        raise KeyError("strategy")

    pairs: list[tuple[CancelMarginOrder, Any]] = [
        (CancelMarginOrder(symbol=SYMBOL, order_id=first), wrong),
        (CancelMarginOrder(symbol=SYMBOL, order_id=second), order("0.03")),
    ]
    async with exchange.in_process_client() as papi:
        with pytest.raises(KeyError):
            await papi.replace_many(pairs)
        settled = await papi.settle(1)
    assert settled.counts["canceled"] == 2
    assert settled.counts["placed"] == 1
