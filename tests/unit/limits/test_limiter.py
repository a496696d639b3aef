"""Lanes, waiting and giving back, on a held clock: an hour of waiting takes no time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import BannedError, LimitedError, NotSentError
from binance_papi_async.limits.gate import Gate
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.limits.pool import Permit
from binance_papi_async.simulator.held import run_held

EPOCH = 1_700_000_020.0
"""The exchange's time when a test begins: 20 s before a minute of its own turns, if intervals are 60 s."""

Test = Callable[[], Coroutine[Any, Any, None]]


def held(test: Test) -> Callable[[], None]:
    """Run a test on a loop whose clock jumps to the next timer."""

    def run() -> None:
        run_held(test)

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def limiter_of(weight: int = 100, orders: int = 10, cancel_reserve: float = 0.1) -> Limiter:
    """A limiter whose clock knows the exchange's time exactly."""
    clock = Clock(asyncio.get_running_loop().time)
    clock.learn(EPOCH, EPOCH, sent=clock.now(), received=clock.now())
    return Limiter(weight=weight, orders=orders, cancel_reserve=cancel_reserve, clock=clock)


def test_a_little_weight_is_never_planned_for() -> None:
    """Two in a hundred are left for others behind the IP, even for cancels."""
    limiter = Limiter(weight=6000)
    with pytest.raises(ValueError, match="never fits into 5880 weight"):
        Gate(limiter, 1).acquire_nowait(5881, 0, "cancel")


async def spend(gate: Gate, weight: int, lane: Lane = "cancel") -> None:
    """Send requests of weight 1 so often, each answered at once without a count."""
    for _ in range(weight):
        permit = gate.acquire_nowait(1, 0, lane)
        assert permit is not None
        permit.keep()


def waiting(*acquires: Awaitable[Permit]) -> list[asyncio.Task[Permit]]:
    """Start waiting, in this order."""

    async def wait(acquire: Awaitable[Permit]) -> Permit:
        return await acquire

    return [asyncio.create_task(wait(acquire)) for acquire in acquires]


async def turns() -> None:
    """Let everything that is ready run, without letting time pass."""
    for _ in range(5):
        await asyncio.sleep(0)


@held
async def test_with_budget_at_hand_acquiring_does_not_wait() -> None:
    """A permit is handed out by a plain call."""
    gate = Gate(limiter_of(), 10)
    assert gate.acquire_nowait(2, 0, "cancel") is not None


@held
async def test_a_lane_is_first_come_first_served() -> None:
    """Nobody overtakes in a lane, not even the cheaper."""
    limiter = limiter_of(weight=20)
    gate = Gate(limiter, 10)
    await spend(gate, 20)
    order: list[str] = []

    async def wait(name: str, weight: int) -> None:
        (await gate.acquire(weight, 0, "cancel")).keep()
        order.append(name)

    await asyncio.gather(wait("first", 15), wait("second", 1), wait("third", 1))
    assert order == ["first", "second", "third"]


@held
async def test_a_cancel_overtakes_waiting_reads() -> None:
    """While 5,000 reads wait, a cancel is admitted at once: the reserve is kept for it."""
    gate = Gate(limiter_of(weight=6000), 100)
    await spend(gate, 5280, "read")
    reads = waiting(*(gate.acquire(1, 0, "read") for _ in range(5000)))
    await turns()
    assert gate.waiting("read") == 5000
    began = asyncio.get_running_loop().time()
    assert gate.acquire_nowait(2, 0, "cancel") is not None
    assert asyncio.get_running_loop().time() == began
    for read in reads:
        read.cancel()
    await asyncio.gather(*reads, return_exceptions=True)


@held
async def test_reads_that_hold_connections_leave_some_for_cancels() -> None:
    """With every other connection busy with a slow read, a cancel still finds one."""
    gate = Gate(limiter_of(weight=6000), 20)
    while gate.acquire_nowait(1, 0, "read") is not None:
        pass
    assert gate.acquire_nowait(2, 0, "cancel") is not None
    assert gate.acquire_nowait(2, 0, "cancel") is not None
    assert gate.acquire_nowait(2, 0, "cancel") is None


@held
async def test_lanes_go_in_their_order_when_the_minute_turns() -> None:
    """Cancels, then resolution, then orders, then reads, whoever came first."""
    gate = Gate(limiter_of(weight=40), 40)
    await spend(gate, 40)
    order: list[Lane] = []

    async def wait(lane: Lane) -> None:
        (await gate.acquire(10, 0, lane)).keep()
        order.append(lane)

    lanes: tuple[Lane, ...] = ("read", "order", "resolve", "cancel")
    await asyncio.gather(*map(wait, lanes))
    assert order == ["cancel", "resolve", "order", "read"]


@held
async def test_a_request_waits_no_longer_than_for_the_next_minute() -> None:
    """Refilled when the exchange's minute turns, 20 s from now."""
    gate = Gate(limiter_of(), 10)
    await spend(gate, 98)
    began = asyncio.get_running_loop().time()
    await gate.acquire(2, 0, "cancel")
    assert asyncio.get_running_loop().time() - began == pytest.approx(20, abs=0.01)


@held
async def test_max_wait_zero_fails_at_once() -> None:
    """Whoever cannot wait learns so without a turn of the clock."""
    gate = Gate(limiter_of(), 10)
    await spend(gate, 98)
    with pytest.raises(LimitedError) as raised:
        await gate.acquire(2, 0, "cancel", max_wait=0)
    assert raised.value.retry_after == pytest.approx(20, abs=0.01)
    assert gate.waiting("cancel") == 0


@held
async def test_max_wait_bounds_the_wait() -> None:
    """After max_wait the request is not sent, and whoever waits behind it moves up."""
    limiter = limiter_of()
    gate = Gate(limiter, 10)
    await spend(gate, 93)
    large, small = waiting(gate.acquire(50, 0, "cancel", max_wait=5), gate.acquire(2, 0, "cancel"))
    await turns()
    assert not small.done()
    with pytest.raises(LimitedError, match=r"was free within 5\.0 s; .* begins in"):
        await large
    await turns()
    assert small.done()


@held
async def test_a_429_is_named_where_it_is_what_is_waited_for() -> None:
    """Not the weight, of which there is plenty."""
    limiter = limiter_of()
    limiter.pool.close_for(90)
    with pytest.raises(
        LimitedError, match=r"answered 429, and nothing is sent for another 90\.0 s"
    ):
        await Gate(limiter, 10).acquire(2, 0, "cancel", max_wait=5)


@held
async def test_a_cancelled_waiter_frees_the_way() -> None:
    """A waiter whose task is cancelled leaves the lane, and the next moves up."""
    gate = Gate(limiter_of(), 10)
    await spend(gate, 93)
    large, small = waiting(gate.acquire(50, 0, "cancel"), gate.acquire(2, 0, "cancel"))
    await turns()
    large.cancel()
    await turns()
    assert small.done()
    assert large.cancelled()


@held
async def test_a_waiter_cancelled_in_the_turn_it_is_granted_gives_everything_back() -> None:
    """The known trap: the permit is on its way while the task is cancelled."""
    limiter = limiter_of()
    gate = Gate(limiter, 1)
    holder = gate.acquire_nowait(2, 0, "cancel")
    assert holder is not None
    granted, behind = waiting(gate.acquire(2, 0, "cancel"), gate.acquire(3, 0, "cancel"))
    await turns()
    holder.give_back()  # grants the first waiter, whose task has not run yet
    granted.cancel()
    await turns()
    assert granted.cancelled()
    assert behind.done(), "the connection went on to the next"
    assert limiter.snapshot().weight_used == 3


@held
async def test_a_waiter_cancelled_just_before_its_grant_is_passed_over() -> None:
    """The other order: the future is cancelled, and then a permit falls free."""
    limiter = limiter_of()
    gate = Gate(limiter, 1)
    holder = gate.acquire_nowait(2, 0, "cancel")
    assert holder is not None
    cancelled, behind = waiting(gate.acquire(2, 0, "cancel"), gate.acquire(3, 0, "cancel"))
    await turns()
    cancelled.cancel()
    holder.give_back()
    await turns()
    assert behind.done()
    assert limiter.snapshot().weight_used == 3


@held
async def test_after_a_429_nothing_is_admitted_before_retry_after() -> None:
    """The pool is closed for every lane, and cancels go first when it opens."""
    limiter = limiter_of()
    gate = Gate(limiter, 10)
    limiter.pool.close_for(90)
    began = asyncio.get_running_loop().time()
    order: list[Lane] = []

    async def wait(lane: Lane) -> None:
        (await gate.acquire(1, 0, lane)).keep()
        order.append(lane)
        assert asyncio.get_running_loop().time() - began == pytest.approx(90, abs=0.01)

    await asyncio.gather(wait("read"), wait("cancel"))
    assert order == ["cancel", "read"]


@held
async def test_a_429_closes_the_pool_for_the_rest_of_the_minute_at_least() -> None:
    """The count falls only when the minute turns, whatever Retry-After says."""
    limiter = limiter_of()
    limiter.pool.close_for(None)
    assert limiter.snapshot().blocked_until == pytest.approx(EPOCH + 20, abs=0.01)


@held
async def test_a_closed_pool_fails_at_once_whoever_would_not_wait_for_it() -> None:
    """With max_wait shorter than the closure there is nothing to wait for."""
    limiter = limiter_of()
    limiter.pool.close_for(90)
    began = asyncio.get_running_loop().time()
    with pytest.raises(LimitedError) as raised:
        await Gate(limiter, 10).acquire(1, 0, "cancel", max_wait=89)
    assert raised.value.retry_after == pytest.approx(90, abs=0.01)
    assert asyncio.get_running_loop().time() == began


@held
async def test_a_ban_ends_every_wait_that_is_shorter() -> None:
    """Everybody who would not wait so long is told, with the time the ban ends; so is whoever comes later."""
    limiter = limiter_of()
    gate = Gate(limiter, 10)
    await spend(gate, 98)
    (waiter,) = waiting(gate.acquire(1, 0, "cancel", max_wait=119))
    await turns()
    limiter.pool.ban(EPOCH + 120, None)
    with pytest.raises(BannedError) as raised:
        await waiter
    assert raised.value.until == EPOCH + 120
    with pytest.raises(BannedError, match="another 120 s, until 2023-11-14 22:15:40 UTC"):
        await gate.acquire(1, 0, "cancel", max_wait=0)
    assert limiter.snapshot().is_banned
    await asyncio.sleep(121)
    assert gate.acquire_nowait(1, 0, "cancel") is not None


@held
async def test_whoever_lacks_orders_holds_back_nobody_else() -> None:
    """The order limit is the account's; cancels and reads need none of it."""
    limiter = limiter_of(orders=1)
    gate = Gate(limiter, 10)
    placed = gate.acquire_nowait(1, 1, "order")
    assert placed is not None
    placed.keep()
    order, read = waiting(gate.acquire(1, 1, "order"), gate.acquire(1, 0, "read"))
    await turns()
    assert read.done()
    assert not order.done()
    began = asyncio.get_running_loop().time()
    await order
    assert asyncio.get_running_loop().time() - began == pytest.approx(20, abs=0.01)


@held
async def test_too_many_orders_stops_orders_only() -> None:
    """A -1015 closes the order limit until the minute turns, and leaves the weight open."""
    limiter = limiter_of()
    gate = Gate(limiter, 10)
    limiter.close_orders_for(30)
    assert gate.acquire_nowait(1, 1, "order") is None
    assert gate.acquire_nowait(2, 0, "cancel") is not None


@held
async def test_a_call_that_never_fits_is_refused_with_the_reason() -> None:
    """Waiting for it would be waiting for ever."""
    gate = Gate(limiter_of(), 10)
    with pytest.raises(ValueError, match=r"weight 89 .* never fits into 88 weight"):
        await gate.acquire(89, 0, "read")
    with pytest.raises(ValueError, match="11 orders never fits"):
        await gate.acquire(1, 11, "order")


@held
async def test_a_closed_gate_tells_whoever_waits() -> None:
    """Closing a client ends its waits as not sent."""
    limiter = limiter_of()
    gate = Gate(limiter, 1)
    holder = gate.acquire_nowait(1, 0, "cancel")
    (waiter,) = waiting(gate.acquire(1, 0, "cancel"))
    await turns()
    gate.close()
    with pytest.raises(NotSentError, match="closed before"):
        await waiter
    assert holder is not None
    holder.keep()
    with pytest.raises(NotSentError, match="closed"):
        await gate.acquire(1, 0, "cancel")
    gate.close()


@held
async def test_clients_behind_one_ip_share_one_budget() -> None:
    """Two gates of one limiter spend the same weight, and wait first come first served."""
    limiter = limiter_of(weight=20)
    one, other = Gate(limiter, 10), Gate(limiter, 10)
    await spend(one, 20)
    order: list[str] = []

    async def wait(name: str, gate: Gate) -> None:
        (await gate.acquire(10, 0, "cancel")).keep()
        order.append(name)

    await asyncio.gather(wait("one", one), wait("other", other), wait("one again", one))
    assert order == ["one", "other", "one again"]


@held
async def test_the_snapshot_says_what_is_known() -> None:
    """Use, limits, reserve and who waits."""
    limiter = limiter_of()
    gate = Gate(limiter, 10)
    permit = gate.acquire_nowait(5, 2, "order")
    assert permit is not None
    permit.settle(42, {60.0: 3})
    limits = limiter.snapshot()
    assert (limits.weight_used, limits.weight_limit, limits.cancel_reserve) == (42, 100, 10)
    assert (limits.orders_used, limits.orders_limit) == (3, 10)
    assert (limits.blocked_until, limits.is_banned) == (None, False)
    assert limits.waiting == {"urgent": 0, "cancel": 0, "resolve": 0, "order": 0, "read": 0}


@held
async def test_a_limiter_shows_what_is_spent_and_who_waits() -> None:
    """Until when it is closed, too."""
    limiter = limiter_of(weight=20)
    gate = Gate(limiter, 10)
    await spend(gate, 20)
    (waiter,) = waiting(gate.acquire(1, 0, "cancel"))
    await turns()
    shown = "<Limiter: 20 of 20 weight, 0 of 10 orders in 60 s, 1 waiting"
    assert repr(limiter) == f"{shown}>"
    limiter.pool.close_for(90)
    assert repr(limiter) == f"{shown}; closed until 1700000110>"
    waiter.cancel()


@held
async def test_a_gate_shows_its_connections_and_who_waits() -> None:
    """Until it is closed."""
    gate = Gate(limiter_of(), 2)
    permit = gate.acquire_nowait(1, 0, "read")
    (waiter,) = waiting(gate.acquire(1, 0, "read"))
    await turns()
    assert repr(gate) == "<Gate: 1 of 2 connections free, 1 waiting>"
    gate.close()
    assert repr(gate) == "<Gate: closed>"
    assert permit is not None
    permit.give_back()
    assert repr(gate) == "<Gate: closed>"
    with pytest.raises(NotSentError):
        await waiter


@held
async def test_a_permit_given_back_costs_neither_weight_nor_orders() -> None:
    """Nothing left, so nothing was spent."""
    limiter = limiter_of()
    permit = Gate(limiter, 10).acquire_nowait(5, 2, "order")
    assert permit is not None
    permit.give_back()
    assert (limiter.snapshot().weight_used, limiter.snapshot().orders_used) == (0, 0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weight": 0}, "above zero"),
        ({"orders": 0}, "above zero"),
        ({"interval": 0.0}, "above zero"),
        ({"cancel_reserve": 1.0}, "share from 0 to below 1"),
        ({"cancel_reserve": -0.1}, "share from 0 to below 1"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(options: dict[str, Any], words: str) -> None:
    """The mistake shows where it is made."""
    with pytest.raises(ValueError, match=words):
        Limiter(**options)


def test_a_client_needs_a_connection() -> None:
    """No connections, no requests."""
    with pytest.raises(ValueError, match="at least one connection"):
        Gate(Limiter(), 0)


def test_a_firewall_closes_for_longer_each_time_in_a_row() -> None:
    """One second, two, four; others of the same burst add nothing, and an answer of the exchange ends the row."""

    async def main() -> None:
        limiter = Limiter(clock=Clock(asyncio.get_running_loop().time))
        closed: list[float] = []
        for _ in range(3):
            limiter.pool.block()
            limiter.pool.block()
            closed.append(round(limiter.pool.seconds_closed(), 3))
            assert limiter.pool.is_blocked
            await asyncio.sleep(limiter.pool.seconds_closed() + 0.001)
        limiter.pool.let_through()
        assert not limiter.pool.is_blocked
        limiter.pool.block()
        closed.append(round(limiter.pool.seconds_closed(), 3))
        assert closed == [1, 2, 4, 1]

    run_held(main)


def test_whoever_waits_goes_when_a_firewall_lets_through_again() -> None:
    """Not only when the minute turns, even if a timer for that was running."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        limiter = Limiter(weight=100, clock=Clock(loop.time))
        gate = Gate(limiter, 10)
        taken = 0
        while (permit := gate.acquire_nowait(10, 0, "cancel")) is not None:
            permit.keep()
            taken += 1
        late = asyncio.create_task(gate.acquire(10, 0, "cancel"))
        await asyncio.sleep(0)
        limiter.pool.block()
        (await late).give_back()
        gate.close()

        fresh = Limiter(clock=Clock(loop.time))
        fresh.pool.block()
        began = loop.time()
        (await Gate(fresh, 10).acquire(2, 0, "cancel")).give_back()
        assert loop.time() - began < 1.1

    run_held(main)
