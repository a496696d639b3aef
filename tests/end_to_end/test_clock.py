"""A clock that survives the real exchange: liars, suspends, steps. On a held clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async import (
    CancelMarginOrder,
    Clock,
    LimitedError,
    Limiter,
    NotSentError,
    PapiClient,
)
from binance_papi_async.enums import OrderType, Side
from binance_papi_async.simulator import (
    Fault,
    FaultKind,
    Simulator,
    run_held,
)
from binance_papi_async.simulator.held import HELD_EPOCH

TIME = "/papi/v1/time"
LIMIT = 600
INTERVAL = 10.0
CONNECTIONS = 20
COUNT = 900
"""Three windows' worth of cancels."""


class Machine:
    """The machine the client runs on: what its clocks show, and how long it has slept."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.slept = 0.0
        self.wall_steps = 0.0
        """By how much an admin has set the system clock."""

    def exchange_time(self) -> float:
        """What the exchange's clock shows, which does not sleep."""
        return HELD_EPOCH + self.slept + self._loop.time()

    def witness(self) -> float:
        """A clock that goes on while the machine sleeps."""
        return self.slept + self.wall_steps + self._loop.time()

    def clock(self) -> Clock:
        """A client's clock on this machine."""
        return Clock(self._loop.time, self.witness)


Disturb = Callable[[Machine, Simulator], Coroutine[Any, Any, None]]


async def cancel_through(disturb: Disturb, *, jitter: float = 0.02) -> Simulator:
    """Cancel more than two windows hold, all at once, while something disturbs the clock; all must succeed."""
    machine = Machine()
    exchange = Simulator(clock=machine.exchange_time, weight_limit=LIMIT, interval=INTERVAL)
    exchange.faults.jitter(seed=1, max_seconds=jitter)
    order_ids = exchange.rest("LTCBTC", COUNT)
    limiter = Limiter(weight=LIMIT, interval=INTERVAL, clock=machine.clock())
    async with exchange.in_process_client(limiter=limiter, max_connections=CONNECTIONS) as papi:
        disturbing = asyncio.create_task(disturb(machine, exchange))
        cancels = [CancelMarginOrder(symbol="LTCBTC", order_id=id_) for id_ in order_ids]
        outcomes = await papi.cancel_many(cancels, deadline=120.0)
        await disturbing
    assert len(outcomes.canceled) == COUNT
    return exchange


@pytest.mark.parametrize("seconds", [-600.0, 600.0, -1.9, -0.9, 0.9, 1.9])
def test_one_wrong_date_in_a_hundred_answers_moves_nothing(seconds: float) -> None:
    """Even from what looks like the exchange: nobody is refused for a time or for a limit."""

    async def main() -> None:
        async def lie(_: Machine, exchange: Simulator) -> None:
            exchange.faults.wrong_dates(seconds, every=100)

        exchange = await cancel_through(lie)
        assert set(exchange.truth.statuses) == {200}

    run_held(main)


@pytest.mark.parametrize(
    "kind",
    [FaultKind.BAD_GATEWAY_502, FaultKind.GATEWAY_TIMEOUT_504, FaultKind.HTML_200],
)
@pytest.mark.parametrize("seconds", [-600.0, 600.0])
def test_a_page_from_in_front_of_the_exchange_tells_no_time(
    kind: FaultKind, seconds: float
) -> None:
    """Not even many in a row: a proxy whose clock is wrong is no reason for a wrong timestamp, nor for a 429."""

    async def main() -> None:
        async def lie(_: Machine, exchange: Simulator) -> None:
            exchange.faults.wrong_dates(pages=seconds)
            exchange.faults.inject(Fault(kind), method="DELETE", times=10, skip=100)

        exchange = await cancel_through(lie)
        assert set(exchange.truth.statuses) <= {200, 502, 504}

    run_held(main)


@pytest.mark.parametrize("at", [0.05, 3.0, 9.95])
def test_a_suspended_machine_relearns_before_it_signs(at: float) -> None:
    """Its monotonic clock stood still for 20 s: not one 429, and no timestamp wrong but of what was under way."""

    async def main() -> None:
        async def suspend(machine: Machine, _: Simulator) -> None:
            await asyncio.sleep(at)
            machine.slept = 20.0

        exchange = await cancel_through(suspend)
        assert set(exchange.truth.statuses) <= {200, 400}
        assert exchange.truth.statuses.get(400, 0) <= CONNECTIONS
        assert 4 <= len(exchange.truth.arrivals("GET", TIME)) <= 6

    run_held(main)


@pytest.mark.parametrize("step", [-2.0, -1.2, -0.9, -0.3, 0.3, 0.9, 1.2, 2.0])
def test_a_step_of_the_exchanges_clock_is_followed(step: float) -> None:
    """Cancels one after the other meet it: one is refused if it was signed more than a second ahead, none for a limit."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        order_ids = exchange.rest("LTCBTC", 60)
        async with exchange.in_process_client(clock=machine.clock()) as papi:
            for place, order_id in enumerate(order_ids):
                if place == 20:
                    exchange.step_clock(step)
                await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
                await asyncio.sleep(0.1)
            error = papi.clock.exchange_time() - exchange.clock()
            assert abs(error) <= papi.clock.uncertainty() + 0.001
            assert papi.clock.uncertainty() < 0.1
        refused = exchange.truth.statuses.get(400, 0)
        assert refused == (step <= -1.0)
        assert set(exchange.truth.statuses) <= {200, 400}

    run_held(main)


@pytest.mark.parametrize("step", [-2.0, -0.9, -0.3, 0.3, 0.9, 2.0])
def test_a_step_while_all_wait_for_the_minute_costs_one_429_at_most(step: float) -> None:
    """No answer can tell of it sooner; so one goes first, and what it is told keeps the others back."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time, weight_limit=60)
        limiter = Limiter(weight=60, clock=machine.clock())
        order_ids = exchange.rest("LTCBTC", 80)
        exchange.faults.jitter(seed=3, max_seconds=0.02)
        async with exchange.in_process_client(limiter=limiter, max_connections=20) as papi:
            requests = [CancelMarginOrder(symbol="LTCBTC", order_id=each) for each in order_ids]
            cancelling = asyncio.create_task(papi.cancel_many(requests, deadline=600))
            await asyncio.sleep(5)
            assert exchange.truth.statuses[200] < 32, "the minute is used up"
            exchange.step_clock(step)
            outcomes = await cancelling
        assert len(outcomes.canceled) == 80
        assert set(exchange.truth.statuses) <= {200, 400, 429}
        assert exchange.truth.statuses.get(429, 0) <= (step < 0)
        assert exchange.truth.statuses.get(400, 0) <= (step <= -1), "a timestamp too far ahead"

    run_held(main)


@pytest.mark.parametrize("step", [-3600.0, -1.0, 1.0, 3600.0])
def test_a_step_of_the_system_clock_costs_one_question_at_most(step: float) -> None:
    """Where the system clock is the only witness, it is taken for a suspend: asked once, and no timestamp is wrong."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        order_ids = exchange.rest("LTCBTC", 20)
        async with exchange.in_process_client(clock=machine.clock()) as papi:
            for place, order_id in enumerate(order_ids):
                if place == 10:
                    machine.wall_steps = step
                await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
        assert exchange.truth.statuses == {200: 24}
        assert len(exchange.truth.arrivals("GET", TIME)) == 4

    run_held(main)


@pytest.mark.parametrize("kind", [FaultKind.SILENCE, FaultKind.RESET, FaultKind.FIREWALL_403])
def test_who_cannot_relearn_goes_on_with_what_is_known(kind: FaultKind) -> None:
    """A cancel waits a second for the time, no longer, and the next ones not at all; what was signed late is corrected."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        order_ids = exchange.rest("LTCBTC", 5)
        async with exchange.in_process_client(clock=machine.clock()) as papi:
            exchange.faults.inject(Fault(kind), path=TIME, times=1)
            exchange.faults.inject(Fault(kind), path="/papi/v1/ping", times=1)
            machine.slept = 4.0
            began = asyncio.get_running_loop().time()
            for order_id in order_ids:
                await papi.margin.cancel_order(symbol="LTCBTC", order_id=order_id)
            assert asyncio.get_running_loop().time() - began <= 3.0
        assert len(exchange.truth.canceled) == 5

    run_held(main)


@pytest.mark.parametrize("max_wait", [0.0, 0.3])
def test_a_wait_for_weight_goes_on_where_it_was(max_wait: float) -> None:
    """Who has found weight, and the time in doubt, waits no longer in all than was said, but for the time itself."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time, weight_limit=5)
        limiter = Limiter(weight=5, clock=machine.clock())
        (order_id,) = exchange.rest("LTCBTC")
        request = CancelMarginOrder(symbol="LTCBTC", order_id=order_id)
        async with exchange.in_process_client(limiter=limiter) as papi:
            exchange.faults.inject(Fault(FaultKind.SILENCE), path=TIME)
            machine.slept = 0.5
            began = asyncio.get_running_loop().time()
            with pytest.raises(LimitedError):
                await papi.send(request, max_wait=max_wait)
            waited = asyncio.get_running_loop().time() - began
            assert waited == pytest.approx(max_wait or 1.0)
        assert len(exchange.truth.arrivals("GET", TIME)) == 3
        assert not exchange.truth.arrivals("DELETE")

    run_held(main)


def test_an_order_that_waits_for_the_time_is_not_placed_after_a_halt() -> None:
    """Nothing has left yet, so it is turned away like those that wait for weight."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        async with exchange.in_process_client(clock=machine.clock()) as papi:
            exchange.faults.jitter(seed=1, max_seconds=0.2)
            machine.slept = 20.0
            placing = asyncio.create_task(
                papi.margin.new_order(
                    symbol="LTCBTC", side=Side.SELL, type=OrderType.MARKET, quantity=Decimal(1)
                )
            )
            await asyncio.sleep(0)
            papi._carrier.halt("the engine has stopped")
            with pytest.raises(NotSentError, match="the engine has stopped"):
                await placing
        assert not exchange.truth.arrivals("POST")

    run_held(main)


def test_many_who_are_about_to_sign_ask_once() -> None:
    """After a suspend a hundred requests wait for one answer."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        exchange.faults.jitter(seed=1, max_seconds=0.05)
        order_ids = exchange.rest("LTCBTC", 100)
        async with exchange.in_process_client(clock=machine.clock(), max_connections=10) as papi:
            machine.slept = 3600.0
            cancels = [CancelMarginOrder(symbol="LTCBTC", order_id=id_) for id_ in order_ids]
            await asyncio.gather(*map(papi.send, cancels))
        assert exchange.truth.statuses == {200: 104}

    run_held(main)


def test_what_needs_no_timestamp_waits_for_no_time() -> None:
    """An unsigned call asks nobody."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        async with exchange.in_process_client(clock=machine.clock()) as papi:
            machine.slept = 20.0
            await papi.general.ping()
        assert len(exchange.truth.arrivals("GET", TIME)) == 2

    run_held(main)


@pytest.mark.parametrize("seconds", [-600.0, -0.9, 0.9, 600.0])
def test_a_client_opens_on_two_answers_that_agree(seconds: float) -> None:
    """The first that tells the time may lie: a third is asked."""

    async def main() -> None:
        machine = Machine()
        exchange = Simulator(clock=machine.exchange_time)
        exchange.step_clock(seconds)
        papi: PapiClient = exchange.in_process_client(clock=machine.clock())
        asyncio.get_running_loop().call_later(0.05, exchange.step_clock, -seconds)
        exchange.faults.jitter(seed=2, max_seconds=0.1)
        async with papi:
            error = papi.clock.exchange_time() - exchange.clock()
            assert abs(error) <= papi.clock.uncertainty() + 0.001

    run_held(main)
