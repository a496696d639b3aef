"""One goes first after a silence, and the others wait for its answer: on a held clock."""

from __future__ import annotations

import asyncio

import pytest

from binance_papi_async.clock import Clock
from binance_papi_async.errors import LimitedError
from binance_papi_async.limits.gate import Gate
from binance_papi_async.limits.lanes import LANES
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.limits.pool import Permit
from tests.unit.limits.test_limiter import held, limiter_of, turns, waiting


async def scout_of(gate: Gate) -> Permit:
    """The exchange counted 90 of 100; nothing is heard until its minute turns, 20 s later, and one goes first."""
    first = gate.acquire_nowait(90, 0, "cancel")
    assert first is not None
    first.settle(90)
    return await gate.acquire(20, 0, "cancel")


async def seconds_until(task: asyncio.Task[Permit]) -> float:
    """How long until it has its permit, in hundredths."""
    began = asyncio.get_running_loop().time()
    await task
    return round(asyncio.get_running_loop().time() - began, 2)


@held
async def test_newcomers_wait_for_the_scout() -> None:
    """A connection and weight are free, and still nobody of any lane overtakes it; with its answer all may go."""
    gate = Gate(limiter_of(), 10)
    scout = await scout_of(gate)
    assert [gate.acquire_nowait(1, 0, lane) for lane in LANES] == [None] * len(LANES)
    newcomers = waiting(*(gate.acquire(1, 0, lane) for lane in LANES))
    await asyncio.sleep(0.25)
    assert not any(each.done() for each in newcomers)
    scout.settle(20)
    assert [await seconds_until(each) for each in newcomers] == [0] * len(LANES)


@held
async def test_who_joins_while_the_scout_is_out_waits_for_half_a_second_of_it_at_most() -> None:
    """Nobody waited when it left, and its answer never comes."""
    gate = Gate(limiter_of(), 10)
    await scout_of(gate)
    await asyncio.sleep(0.2)
    (joiner,) = waiting(gate.acquire(5, 0, "cancel"))
    assert await seconds_until(joiner) == 0.3
    assert gate.acquire_nowait(5, 0, "read") is not None, "nor does anybody after that"


@held
async def test_those_who_waited_with_the_scout_go_half_a_second_later() -> None:
    """All of them at once."""
    gate = Gate(limiter_of(), 10)
    others = waiting(*(later(gate) for _ in range(3)))
    await scout_of(gate)
    assert not any(each.done() for each in others)
    assert await seconds_until(others[0]) == 0.5
    await turns()
    assert all(each.done() for each in others)


async def later(gate: Gate) -> Permit:
    """Wait behind whoever waits by now."""
    await turns()
    return await gate.acquire(20, 0, "cancel")


@held
async def test_the_scout_of_a_closed_client_lets_the_others_go() -> None:
    """Another client waits for its answer: it goes as soon as that request ends, whose client is closed by then."""
    limiter = limiter_of()
    one, other = Gate(limiter, 2), Gate(limiter, 1)
    before = other.acquire_nowait(5, 0, "cancel")
    assert before is not None, "its one connection is busy when the scout leaves"
    scout = await scout_of(one)
    (joiner,) = waiting(other.acquire(5, 0, "cancel"))
    await asyncio.sleep(0.1)
    before.settle(25)
    one.close()
    assert not joiner.done()
    scout.keep()
    assert await seconds_until(joiner) == 0
    assert one.free == 0


@held
async def test_what_a_closed_client_gives_back_lets_the_others_go() -> None:
    """Its request never left, so its weight is there at once and not at the turn of the minute."""
    limiter = limiter_of()
    one, other = Gate(limiter, 1), Gate(limiter, 1)
    under_way = one.acquire_nowait(90, 0, "cancel")
    assert under_way is not None
    (waiter,) = waiting(other.acquire(20, 0, "cancel"))
    await turns()
    one.close()
    under_way.give_back()
    assert await seconds_until(waiter) == 0


@held
async def test_a_timer_that_went_with_a_closed_client_is_set_again() -> None:
    """The only one who waited for the scout closed its client; who joins then waits no longer than half a second."""
    limiter = limiter_of()
    one, other = Gate(limiter, 2), Gate(limiter, 1)
    await scout_of(one)
    waiters = waiting(other.acquire(5, 0, "cancel"))
    await asyncio.sleep(0.1)
    other.close()
    await asyncio.wait(waiters)
    assert waiters[0].exception() is not None
    (joiner,) = waiting(one.acquire(5, 0, "cancel"))
    assert await seconds_until(joiner) == 0.4


@held
async def test_an_order_that_would_not_wait_is_told_of_the_scout() -> None:
    """Weight is there, so it is not said that none was: half a second of a scout is all there is to wait for."""
    gate = Gate(limiter_of(), 10)
    await scout_of(gate)
    await asyncio.sleep(0.125)
    with pytest.raises(
        LimitedError,
        match=r"^one request went first after a silence, and all others wait for its answer, "
        r"another 0\.4 s at most: wait longer than 0\.0 s$",
    ) as refused:
        await gate.acquire(1, 1, "order", max_wait=0)
    assert refused.value.lacking == "weight"
    assert refused.value.retry_after == pytest.approx(0.375)


@held
async def test_who_lacks_weight_besides_is_told_of_the_minute() -> None:
    """The scout's answer would not help it: of the 88 that a read may use the scout has 20, and it asks for 69."""
    gate = Gate(limiter_of(), 10)
    await scout_of(gate)
    with pytest.raises(LimitedError, match="no weight was free") as refused:
        await gate.acquire(69, 0, "read", max_wait=0)
    assert refused.value.retry_after == pytest.approx(60, abs=0.1)


@held
async def test_an_order_that_may_wait_for_the_scout_goes_with_its_answer() -> None:
    """Its patience of a second is longer than any scout is waited for."""
    gate = Gate(limiter_of(), 10)
    scout = await scout_of(gate)
    (order,) = waiting(gate.acquire(1, 1, "order", max_wait=1.0))
    await asyncio.sleep(0.1)
    scout.settle(20)
    assert await seconds_until(order) == 0


def test_a_limiter_outlives_the_loop_its_scout_left_in() -> None:
    """Its timer ended with that loop; the half second ends all the same."""
    now = [1000.0]
    limiter = Limiter(weight=100, clock=Clock(lambda: now[0]))
    gate = Gate(limiter, 2)
    limiter.pool.scouting.send(object(), now[0])
    assert gate.acquire_nowait(1, 0, "cancel") is None
    now[0] += 0.5
    assert gate.acquire_nowait(1, 0, "cancel") is not None
