"""Staying inside the limit at full speed, on real sockets and a real clock."""

from __future__ import annotations

import asyncio
import os
import time
from decimal import Decimal
from math import inf
from random import Random

import pytest

from binance_papi_async import (
    BannedError,
    CancelMarginOrder,
    Clock,
    Done,
    LimitedError,
    Limiter,
    NewMarginOrder,
    NotSent,
    PapiClient,
    Refused,
)
from binance_papi_async.enums import OrderType, Side, TimeInForce
from binance_papi_async.simulator import Simulator, run_held

pytestmark = pytest.mark.timeout(90)
LIMIT = 600
INTERVAL = 2.0


async def cancel_all_at_once(exchange: Simulator, count: int) -> None:
    """Queue that many cancels at once; all must succeed."""
    order_ids = exchange.rest("LTCBTC", count)
    # Begin early in a window, so that the first one can be spent whole too.
    await asyncio.sleep(INTERVAL - exchange.clock() % INTERVAL)
    limiter = Limiter(weight=LIMIT, interval=INTERVAL)
    async with exchange.client(limiter=limiter) as papi:
        cancels = [CancelMarginOrder(symbol="LTCBTC", order_id=id_) for id_ in order_ids]
        await asyncio.gather(*map(papi.send, cancels))
    assert exchange.truth.statuses == {200: count + 2}, "no 429, and every cancel succeeded"
    assert exchange.truth.canceled == set(order_ids)


@pytest.mark.asyncio
async def test_3000_cancels_at_once_use_the_whole_limit_and_no_more() -> None:
    """No 429, and at least 97 % of each full interval's weight is used."""
    async with Simulator(weight_limit=LIMIT, interval=INTERVAL) as exchange:
        await cancel_all_at_once(exchange, 3000)
        weights = exchange.truth.window_weights()
        *full, _ = (weights[window] for window in sorted(weights))
        assert len(full) >= 9
        assert min(full) >= 0.97 * LIMIT, full
        assert max(full) <= LIMIT


@pytest.mark.asyncio
async def test_others_on_the_same_ip_and_jitter_cause_no_429() -> None:
    """Somebody else uses a fifth of the limit, and every call takes up to 100 ms longer."""
    async with Simulator(weight_limit=LIMIT, interval=INTERVAL) as exchange:
        exchange.faults.jitter(seed=1, max_seconds=0.1)
        exchange.faults.foreign(weight=6, every=0.1)
        began = time.monotonic()
        await cancel_all_at_once(exchange, 1000)
        assert time.monotonic() - began > 2 * INTERVAL, "the limit was in the way"


@pytest.mark.parametrize("seed", range(20))
def test_no_429_whatever_the_seed(seed: int) -> None:
    """The same in held time: jitter up to 300 ms, other clients in bursts, a clock that is off by seconds."""

    async def main() -> None:
        random = Random(seed)
        epoch = 1_700_000_000.0 + random.random() * INTERVAL
        loop = asyncio.get_running_loop()
        exchange = Simulator(
            clock=lambda: epoch + loop.time(), weight_limit=LIMIT, interval=INTERVAL
        )
        exchange.faults.jitter(seed=seed, max_seconds=random.choice((0.01, 0.1, 0.3)))
        exchange.faults.foreign(weight=random.choice((2, 6, 12)), every=random.choice((0.05, 0.3)))
        order_ids = exchange.rest("LTCBTC", 2000)
        limiter = Limiter(weight=LIMIT, interval=INTERVAL, clock=Clock(loop.time))
        async with exchange.in_process_client(limiter=limiter) as papi:
            cancels = [CancelMarginOrder(symbol="LTCBTC", order_id=id_) for id_ in order_ids]
            await asyncio.gather(*map(papi.send, cancels))
        assert set(exchange.truth.statuses) == {200}
        assert exchange.truth.canceled == set(order_ids)

    run_held(main)


# Orders, accounts and others. In CI on a clock ten times as fast; PAPI_SOAK=1 takes the exchange's own time.

PACE = 1 if os.environ.get("PAPI_SOAK") else 10
WINDOWS = {60 / PACE: 1200, 10 / PACE: 300}
MOST = 1.05 if PACE == 1 else 3.0
"""How many times as long as must be it may take; a second is short for 600 orders on busy cores."""


def places(count: int) -> list[NewMarginOrder]:
    """Orders that rest."""
    return [
        NewMarginOrder(
            symbol="LTCBTC",
            side=Side.BUY,
            type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            quantity=Decimal(1),
            price=Decimal("0.1"),
        )
        for _ in range(count)
    ]


async def placed(papi: PapiClient, count: int) -> float:
    """Place so many at once; when the last was there."""
    for outcome in await papi.send_all(places(count), max_wait=inf):
        assert isinstance(outcome, Done)
    return time.monotonic()


async def begin(exchange: Simulator) -> float:
    """Wait for a minute of the exchange to begin; when it did."""
    left = 60 / PACE - exchange.clock() % (60 / PACE)
    await asyncio.sleep(left + 0.02)
    return time.monotonic()


def possible(exchange: Simulator) -> float:
    """Seconds that 600 orders take at least: to the next window, and then as long as the first 300 took."""
    times = [arrival.time for arrival in exchange.truth.arrivals("POST")]
    return 10 / PACE + times[299] - times[0]


@pytest.mark.asyncio
async def test_600_orders_at_once_under_300_in_ten_seconds() -> None:
    """No 429, no order lost, and no more than five hundredths over the time it takes at least: to the next window."""
    async with Simulator(interval=60 / PACE, order_limits=WINDOWS) as exchange:
        began = await begin(exchange)
        limiter = Limiter(interval=60 / PACE, orders=WINDOWS)
        async with exchange.client(limiter=limiter) as papi:
            took = await placed(papi, 600) - began
        assert set(exchange.truth.statuses) == {200}
        assert len(exchange.book.open_orders()) == 600
        assert 10 / PACE - 0.05 < took < MOST * possible(exchange), took


@pytest.mark.asyncio
async def test_two_accounts_behind_one_ip_place_600_each() -> None:
    """In the same time: they share the weight, and no orders."""
    async with (
        Simulator(interval=60 / PACE, order_limits=WINDOWS) as one,
        Simulator(interval=60 / PACE, order_limits=WINDOWS, beside=one) as other,
    ):
        began = await begin(one)
        limiter = Limiter(interval=60 / PACE, orders=WINDOWS)
        async with (
            one.client(limiter=limiter) as papi,
            other.client(limiter=limiter.account("desk-b")) as desk_b,
        ):
            took = max(await asyncio.gather(placed(papi, 600), placed(desk_b, 600))) - began
            assert papi.limits.weight_used == desk_b.limits.weight_used
        assert set(one.truth.statuses) == set(other.truth.statuses) == {200}
        assert len(one.book.open_orders()) == len(other.book.open_orders()) == 600
        assert one.truth.max_window_weight() >= 1200
        assert took < MOST * max(possible(one), possible(other)), took


def test_600_orders_take_no_longer_than_to_the_next_ten_seconds() -> None:
    """In held time, where nothing but waiting takes long: as before, and with two accounts at once."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        limits = {60: 1200, 10: 300}

        def clock() -> float:
            return 1_700_000_040.0 + loop.time()

        one = Simulator(clock=clock, order_limits=limits)
        other = Simulator(clock=clock, order_limits=limits, beside=one)
        limiter = Limiter(clock=Clock(loop.time))
        async with (
            one.in_process_client(limiter=limiter) as papi,
            other.in_process_client(limiter=limiter.account("desk-b")) as desk_b,
        ):
            one.faults.jitter(seed=1, max_seconds=0.1)
            other.faults.jitter(seed=2, max_seconds=0.1)
            await asyncio.gather(
                papi.send_all(places(600), max_wait=inf), desk_b.send_all(places(600), max_wait=inf)
            )
        assert loop.time() < 1.05 * 10
        for exchange in (one, other):
            assert set(exchange.truth.statuses) == {200}
            assert len(exchange.book.open_orders()) == 600

    run_held(main)


@pytest.mark.timeout(400)
@pytest.mark.asyncio
async def test_nine_tenths_of_what_others_leave_is_used_and_no_429() -> None:
    """Others use a third of each minute in small pieces; cancels use the rest, in the mean over whole minutes."""
    limit, interval = 600, 30 / PACE
    async with Simulator(weight_limit=limit, interval=interval) as exchange:
        order_ids = exchange.rest("LTCBTC", 1000)
        await asyncio.sleep(interval - exchange.clock() % interval)
        exchange.faults.foreign(weight=2, every=interval / 100)
        async with exchange.client(limiter=Limiter(weight=limit, interval=interval)) as papi:
            cancels = [CancelMarginOrder(symbol="LTCBTC", order_id=id_) for id_ in order_ids]
            await asyncio.gather(*map(papi.send, cancels))
        assert set(exchange.truth.statuses) == {200}
        first, *_ = exchange.truth.window_weights().values()
        windows = len(exchange.truth.window_weights()) - 1
        left_by_others = windows * (limit - 200)
        assert windows >= 3
        assert first > 0
        assert (1000 * 2 - limit) >= 0.9 * (left_by_others - limit), windows


def test_foreign_usage_of_every_kind_brings_no_429_and_nine_tenths_are_used() -> None:
    """Minutes of it in held time: steady, in pieces of all sizes, at a fifth and at half of the limit."""
    for weight, every in ((2, 0.1), (20, 1.0), (5, 0.1), (50, 1.0)):

        async def main(weight: int = weight, every: float = every) -> None:
            loop = asyncio.get_running_loop()
            epoch = 1_700_000_040.5
            exchange = Simulator(clock=lambda: epoch + loop.time())
            exchange.faults.jitter(seed=1, max_seconds=0.2)
            exchange.faults.foreign(weight=weight, every=every)
            order_ids = exchange.rest("LTCBTC", 7000)
            limiter = Limiter(clock=Clock(loop.time))
            async with exchange.in_process_client(limiter=limiter) as papi:
                cancels = [CancelMarginOrder(symbol="LTCBTC", order_id=id_) for id_ in order_ids]
                await asyncio.gather(*map(papi.send, cancels))
            assert set(exchange.truth.statuses) == {200}
            minutes = loop.time() / 60
            left_by_others = 6000 - 60 * weight / every
            assert 14_000 / minutes >= 0.9 * left_by_others, (weight, every, minutes)

        run_held(main)


def test_a_lie_costs_no_429_and_not_the_minute() -> None:
    """A used weight that is absurd, garbled, leaps or falls back: all is cancelled within the minute."""
    for lie in ("99999999", "-7", "many", "17000", "5500", "0"):

        async def main(lie: str = lie) -> None:
            loop = asyncio.get_running_loop()
            epoch = 1_700_000_040.5
            exchange = Simulator(clock=lambda: epoch + loop.time())
            exchange.faults.jitter(seed=1, max_seconds=0.1)
            exchange.faults.false_count(lie, skip=300)
            order_ids = exchange.rest("LTCBTC", 2000)
            async with exchange.in_process_client(limiter=Limiter(clock=Clock(loop.time))) as papi:
                cancels = [CancelMarginOrder(symbol="LTCBTC", order_id=id_) for id_ in order_ids]
                await asyncio.gather(*map(papi.send, cancels))
            assert set(exchange.truth.statuses) == {200}
            assert loop.time() < 10, lie

        run_held(main)


def test_an_exchange_that_charges_less_is_used_for_more() -> None:
    """It charges nothing for cancels: 6,000 in a minute, and no 429."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        exchange = Simulator(clock=lambda: 1_700_000_040.5 + loop.time())
        exchange.faults.charge(0.0)
        order_ids = exchange.rest("LTCBTC", 6000)
        async with exchange.in_process_client(limiter=Limiter(clock=Clock(loop.time))) as papi:
            cancels = [CancelMarginOrder(symbol="LTCBTC", order_id=id_) for id_ in order_ids]
            await asyncio.gather(*map(papi.send, cancels))
        assert set(exchange.truth.statuses) == {200}
        assert loop.time() < 30

    run_held(main)


@pytest.mark.asyncio
async def test_limits_are_learned_from_the_exchange() -> None:
    """On request, or as the client opens; the places go by them."""
    limits = {60: 1200, 10: 50}
    async with Simulator(order_limits=limits) as exchange:
        async with exchange.client(limiter=Limiter(), learn_limits=True) as papi:
            assert {key: count.limit for key, count in papi.limits.orders.items()} == limits
            outcomes = await papi.send_all(places(60), max_wait=0)
        async with exchange.client(limiter=Limiter()) as papi:
            assert papi.limits.orders[10].limit == 300
            assert (await papi.learn_limits()).orders[10].limit == 50
        assert set(exchange.truth.statuses) == {200}
    refused = [each.error for each in outcomes if isinstance(each, NotSent)]
    assert refused
    assert all(isinstance(error, LimitedError) and error.window == 10 for error in refused)


@pytest.mark.asyncio
async def test_a_client_does_not_open_into_a_ban() -> None:
    """It says so at once, instead of waiting for days."""
    async with Simulator() as exchange:
        limiter = Limiter()
        limiter.pool.ban(None, 86_400.0)
        with pytest.raises(BannedError):
            async with exchange.client(limiter=limiter):
                pass
        assert exchange.truth.arrived == 0


@pytest.mark.asyncio
async def test_places_that_lack_only_a_connection_are_placed() -> None:
    """300 at once with max_wait=0, where 90 of 1,200 orders are used and a hundred connections are there."""
    async with Simulator() as exchange:
        limiter = Limiter(orders=1200)
        async with exchange.client(limiter=limiter) as papi:
            await papi.send_all(places(90))
            outcomes = await papi.send_all(places(300), max_wait=0)
    assert {type(outcome) for outcome in outcomes} == {Done}


@pytest.mark.asyncio
async def test_too_many_orders_is_waited_out_for_its_own_window() -> None:
    """Somebody else placed the account's orders: what the exchange refuses closes ten seconds, and cancels go on."""
    limiter = Limiter(orders={60: 1200, 10: 300})
    async with (
        Simulator(order_limits={60: 1200, 1: 5}) as exchange,
        exchange.client(limiter=limiter) as papi,
    ):
        await asyncio.sleep(1 - exchange.clock() % 1)
        outcomes = await papi.send_all(places(6), max_wait=inf)
        refused = [each.error for each in outcomes if isinstance(each, Refused)]
        assert refused
        assert (refused[0].window, refused[0].limit) == (1.0, 5)  # type: ignore[attr-defined]
        assert papi.limits.orders[1].limit == 5, "and the window is known from now on"
        began = time.monotonic()
        await papi.send(places(1)[0], max_wait=inf)
        assert time.monotonic() - began < 1.5
