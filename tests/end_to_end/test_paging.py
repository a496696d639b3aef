"""Histories read through the client and the simulator, on a held clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from binance_papi_async import PapiClient, RateLimitedError, Side
from binance_papi_async.simulator import Fault, FaultKind, Simulator, held_clock, run_held

DAY = 86_400.0
SYMBOL = "LTCBTC"
TRADES = "/papi/v1/margin/myTrades"
ORDERS = "/papi/v1/margin/allOrders"


@asynccontextmanager
async def market(weight_limit: int = 6000) -> AsyncIterator[tuple[Simulator, PapiClient]]:
    """An exchange and a client on one held clock."""
    exchange = Simulator(clock=held_clock(), weight_limit=weight_limit)
    async with exchange.in_process_client() as papi:
        yield exchange, papi


async def trade(exchange: Simulator, count: int, *, every: float) -> None:
    """Orders that fill at once, some seconds between them."""
    for order_id in exchange.rest(SYMBOL, count):
        exchange.fill(order_id)
        await asyncio.sleep(every)


def test_trades_of_days_are_told_from_a_time_on() -> None:
    """The exchange refuses spans of a day; empty days are walked, and then the ids lead on."""

    async def main() -> None:
        async with market() as (exchange, papi):
            await trade(exchange, 3, every=1.0)
            start = papi.timestamp_ms()
            await asyncio.sleep(3.5 * DAY)
            await trade(exchange, 2500, every=60.0)
            told = [each async for each in papi.margin.iter_trades(symbol=SYMBOL, start_time=start)]
            assert [each.id for each in told] == [
                each.trade_id for each in exchange.book.trades(SYMBOL)[3:]
            ]
            # Four spans up to the first row, and then a thousand ids at a time.
            assert len(exchange.truth.arrivals("GET", TRADES)) == 4 + 2

    run_held(main)


def test_trades_are_told_from_the_first_to_an_end() -> None:
    """Without a start by id, and no further than the end."""

    async def main() -> None:
        async with market() as (exchange, papi):
            await trade(exchange, 1200, every=1.0)
            end = papi.timestamp_ms()
            await trade(exchange, 2000, every=1.0)
            told = [each async for each in papi.margin.iter_trades(symbol=SYMBOL, end_time=end)]
            expected = [
                each.trade_id
                for each in exchange.book.trades(SYMBOL)
                if int(each.time * 1000) <= end
            ]
            assert [each.id for each in told] == expected
            assert len(exchange.truth.arrivals("GET", TRADES)) == 2

    run_held(main)


def test_many_orders_of_one_millisecond_are_told_by_id() -> None:
    """A thousand orders placed at once fill more than two pages, and none is told twice."""

    async def main() -> None:
        async with market() as (exchange, papi):
            placed = exchange.rest(SYMBOL, 1100)
            told = [each.order_id async for each in papi.margin.iter_all_orders(symbol=SYMBOL)]
            assert told == placed
            assert len(exchange.truth.arrivals("GET", ORDERS)) == 3

    run_held(main)


def test_a_crowded_day_of_orders_is_told_from_a_time_on() -> None:
    """The first span is full: it is halved until its page is whole."""

    async def main() -> None:
        async with market() as (exchange, papi):
            start = papi.timestamp_ms()
            placed: list[int] = []
            for _ in range(20):
                placed += exchange.rest(SYMBOL, 100)
                await asyncio.sleep(DAY / 24)
            orders = papi.margin.iter_all_orders(symbol=SYMBOL, start_time=start)
            assert [each.order_id async for each in orders] == placed

    run_held(main)


def test_order_lists_are_told_by_time_and_by_id() -> None:
    """Both ways tell the same lists."""

    async def main() -> None:
        async with market() as (_, papi):
            start = papi.timestamp_ms()
            for _ in range(3):
                await papi.margin.new_oco(
                    symbol=SYMBOL,
                    side=Side.SELL,
                    quantity=Decimal(1),
                    price=Decimal(3),
                    stop_price=Decimal(1),
                )
                await asyncio.sleep(DAY)
            by_id = [each async for each in papi.margin.iter_all_order_lists()]
            by_time = [each async for each in papi.margin.iter_all_order_lists(start_time=start)]
            assert len(by_id) == 3
            assert by_time == by_id

    run_held(main)


def test_a_walk_waits_for_weight_and_a_cancel_does_not() -> None:
    """Pages are read in the read lane: they leave the reserve to cancels, and wait for the minute."""

    async def main() -> None:
        async with market(weight_limit=1000) as (exchange, papi):
            order_ids = exchange.rest(SYMBOL, 12)
            loop = asyncio.get_running_loop()
            began = loop.time()

            async def read() -> list[int]:
                orders = papi.margin.iter_all_orders(symbol=SYMBOL, limit=1)
                return [each.order_id async for each in orders]

            reading = asyncio.create_task(read())
            await asyncio.sleep(0.001)
            await papi.margin.cancel_order(symbol=SYMBOL, order_id=order_ids[-1])
            canceled = loop.time() - began
            assert not reading.done()
            assert await reading == order_ids
            assert canceled < 0.1 < loop.time() - began
            assert exchange.truth.max_window_weight() <= 1000
            assert set(exchange.truth.statuses) == {200}

    run_held(main)


def test_leaving_the_loop_sends_nothing_more() -> None:
    """The next page is not asked for ahead."""

    async def main() -> None:
        async with market() as (exchange, papi):
            exchange.rest(SYMBOL, 1100)
            async for _ in papi.margin.iter_all_orders(symbol=SYMBOL):
                break
            await asyncio.sleep(DAY)
            assert len(exchange.truth.arrivals("GET", ORDERS)) == 1

    run_held(main)


def test_a_refusal_ends_the_loop_as_it_is() -> None:
    """What was told before it was told; nothing is asked again."""

    async def main() -> None:
        async with market() as (exchange, papi):
            placed = exchange.rest(SYMBOL, 1100)
            told: list[int] = []

            async def read() -> None:
                async for each in papi.margin.iter_all_orders(symbol=SYMBOL):
                    if not told:
                        exchange.faults.inject(Fault(FaultKind.LIMITED_429), path=ORDERS)
                    told.append(each.order_id)

            with pytest.raises(RateLimitedError):
                await read()
            assert told == placed[:500]
            assert len(exchange.truth.arrivals("GET", ORDERS)) == 2

    run_held(main)
