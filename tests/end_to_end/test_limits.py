"""Staying inside the limit at full speed, on real sockets and a real clock."""

from __future__ import annotations

import asyncio
import time
from random import Random

import pytest

from binance_papi_async import CancelMarginOrder, Clock, Limiter
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
