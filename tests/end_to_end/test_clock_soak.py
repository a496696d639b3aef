"""Liars and steps on real sockets and a real clock: a few seconds here, ``PAPI_SOAK`` seconds when that is set."""

from __future__ import annotations

import asyncio
import os
from random import Random

import pytest

from binance_papi_async import PapiClient
from binance_papi_async.simulator import Simulator

SECONDS = float(os.environ.get("PAPI_SOAK", "3"))
"""How long each soak lasts."""
STEP_EVERY = 3.0
"""Seconds between two steps of the exchange's clock: the dates of as many seconds show each."""
PACE = 0.01
"""Seconds between two cancels; one after the other."""
AT_OPENING = 4
"""How often the time is asked for at most, where a machine under load takes long to answer."""
pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(SECONDS + 60)]


async def cancel_for(papi: PapiClient, exchange: Simulator, seconds: float) -> int:
    """Cancel orders one after the other for so long; how many, all of them by a DELETE of their own."""
    loop = asyncio.get_running_loop()
    ends_at, count = loop.time() + seconds, 0
    while loop.time() < ends_at:
        (order_id,) = exchange.rest("LTCBTC")
        await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
        assert exchange.truth.executions(order_id) == 1
        count += 1
        await asyncio.sleep(PACE)
    return count


@pytest.mark.parametrize("wrong", [-600.0, -0.9, 0.9, 600.0])
async def test_one_wrong_date_in_a_hundred_is_never_noticed(wrong: float) -> None:
    """Nothing is refused, and nothing is asked but at the start."""
    async with Simulator(weight_limit=10**6) as exchange, exchange.client() as papi:
        exchange.faults.wrong_dates(wrong, every=100)
        count = await cancel_for(papi, exchange, SECONDS)
        asked = len(exchange.truth.arrivals("GET", "/papi/v1/time"))
        assert exchange.truth.statuses == {200: count + asked}
        assert asked <= AT_OPENING
        assert abs(papi.clock.exchange_time() - exchange.clock()) <= papi.clock.uncertainty() + 0.01


async def test_a_step_refuses_one_timestamp_at_most() -> None:
    """The first that was signed more than a second ahead, as only its answer tells that the clock has gone back.

    Up to a second ahead and as far behind as the window reaches, a timestamp is accepted, and the dates tell.
    Those that are under way together when the clock steps would be refused together; here it is one.
    """
    random = Random(5)
    async with Simulator(weight_limit=10**6) as exchange, exchange.client() as papi:
        far_back = 0
        for _ in range(max(2, int(SECONDS / STEP_EVERY))):
            step = random.uniform(-2.0, 2.0)
            exchange.step_clock(step)
            far_back += step <= -1.0 + 0.05
            await cancel_for(papi, exchange, STEP_EVERY)
            error = abs(papi.clock.exchange_time() - exchange.clock())
            assert error <= papi.clock.uncertainty() + 0.01, f"after a step of {step:.3f} s"
        assert exchange.truth.statuses.get(400, 0) <= far_back
        assert set(exchange.truth.statuses) <= {200, 400}
