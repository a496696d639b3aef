"""Order windows of each account, what is waited for and what is lacking, and bans: on a held clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from binance_papi_async.clock import Clock
from binance_papi_async.declaring.request import Lane
from binance_papi_async.errors import BannedError, LimitedError
from binance_papi_async.limits.gate import Gate
from binance_papi_async.limits.limiter import Limiter
from binance_papi_async.limits.orders import OrderCount, OrderLimits
from binance_papi_async.limits.pool import Permit
from binance_papi_async.simulator.held import run_held

EPOCH = 1_700_000_043.0
"""The exchange's time when a test begins: second 3 of a minute, so a window of 10 s turns in 7 s."""

Test = Callable[[], Coroutine[Any, Any, None]]


def held(test: Test) -> Callable[[], None]:
    """Run a test on a loop whose clock jumps to the next timer."""

    def run() -> None:
        run_held(test)

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def limiter_of(weight: int = 6000, orders: int | OrderLimits | None = None) -> Limiter:
    """A limiter whose clock knows the exchange's time exactly."""
    clock = Clock(asyncio.get_running_loop().time)
    clock.learn(EPOCH, EPOCH, sent=clock.now(), received=clock.now())
    if orders is None:
        return Limiter(weight=weight, clock=clock)
    return Limiter(weight=weight, orders=orders, clock=clock)


def place(gate: Gate, count: int) -> int:
    """Place so many orders at once, each answered without a count; how many went."""
    for placed in range(count):
        permit = gate.acquire_nowait(1, 1, "order")
        if permit is None:
            return placed
        permit.keep()
    return count


def now() -> float:
    """Seconds since the test began."""
    return asyncio.get_running_loop().time()


async def turns() -> None:
    """Let everything that is ready run, without letting time pass."""
    for _ in range(5):
        await asyncio.sleep(0)


@held
async def test_ten_seconds_have_a_limit_of_their_own() -> None:
    """300 by default, and 1,200 in the minute: the fifth ten seconds get nothing."""
    limiter = limiter_of()
    gate = Gate(limiter, 10)
    placed = []
    for _ in range(6):
        placed.append(place(gate, 500))
        await asyncio.sleep(10)
    assert placed == [300, 300, 300, 300, 0, 0]
    assert place(gate, 500) == 300, "the minute has turned"
    assert limiter.snapshot().orders == {60.0: OrderCount(300, 1200), 10.0: OrderCount(300, 300)}
    assert limiter.snapshot().orders_limit == 1200


@held
async def test_whoever_lacks_orders_of_ten_seconds_goes_when_they_turn() -> None:
    """Not when the minute does, and the error says the same."""
    gate = Gate(limiter_of(), 10)
    assert place(gate, 300) == 300
    with pytest.raises(LimitedError, match=r"next window of 10 s begins in 7\.0 s") as raised:
        await gate.acquire(1, 1, "order", max_wait=0)
    assert (raised.value.lacking, raised.value.window) == ("orders", 10.0)
    assert raised.value.retry_after == pytest.approx(7, abs=0.01)
    (await gate.acquire(1, 1, "order")).keep()
    assert now() == pytest.approx(7, abs=0.01)


@held
async def test_a_number_of_orders_is_for_the_interval() -> None:
    """As it always was; and the error names the minute then."""
    limiter = limiter_of(orders=5)
    gate = Gate(limiter, 10)
    assert place(gate, 9) == 5
    assert limiter.snapshot().orders == {60.0: OrderCount(5, 5)}
    with pytest.raises(LimitedError, match=r"next minute begins in 57\.0 s"):
        await gate.acquire(1, 1, "order", max_wait=0)


@held
async def test_an_account_has_orders_of_its_own_and_shares_the_weight() -> None:
    """Two accounts of one IP place 300 each; the weight of both is one."""
    limiter = limiter_of(weight=1000)
    other = limiter.account("desk-b")
    assert place(Gate(limiter, 10), 400) == place(Gate(other, 10), 400) == 300
    assert limiter.snapshot().weight_used == other.snapshot().weight_used == 600
    assert other.snapshot().cancel_reserve == limiter.snapshot().cancel_reserve == 100
    assert other.clock is limiter.clock
    assert repr(other).startswith("<Limiter desk-b: 600 of 1000 weight, 300 of 1200 orders in 60 s")


def test_an_account_asked_for_twice_is_the_same() -> None:
    """By its name, from whichever account; with limits of its own if it has any, and only those."""
    limiter = Limiter()
    other = limiter.account("desk-b", orders={60: 2400, 10: 400})
    assert limiter.account("desk-b") is other
    assert other.account("desk-b", orders={60: 2400, 10: 400}) is other
    assert limiter.account("desk-c") is other.account("desk-c")
    assert other.account("desk-c").orders.limits == {60: 1200, 10: 300}
    assert other.orders.limits == {60: 2400, 10: 400}
    with pytest.raises(ValueError, match="'desk-b' has other order limits"):
        limiter.account("desk-b", orders={60: 1})


@held
async def test_accounts_wait_in_the_same_lanes() -> None:
    """Who lacks orders holds back nobody of another account; a cancel of either goes first."""
    limiter = limiter_of(weight=100)
    one, other = Gate(limiter, 10), Gate(limiter.account("desk-b"), 10)
    while (permit := one.acquire_nowait(1, 0, "cancel")) is not None:
        permit.keep()
    order: list[str] = []

    async def wait(name: str, gate: Gate, lane: Lane) -> None:
        (await gate.acquire(40, 0, lane)).keep()
        order.append(name)

    await asyncio.gather(
        wait("read", one, "read"), wait("cancel", other, "cancel"), wait("other", one, "cancel")
    )
    assert order == ["cancel", "other", "read"]


@held
async def test_too_many_orders_closes_only_the_window_it_names() -> None:
    """The ten seconds, not the minute."""
    limiter = limiter_of()
    limiter.close_orders_for(None, window=10.0, limit=300)
    assert Gate(limiter, 1).acquire_nowait(1, 1, "order") is None
    await Gate(limiter, 1).acquire(1, 1, "order")
    assert now() == pytest.approx(7, abs=0.01)


@held
async def test_too_many_orders_of_a_window_nobody_knew_teaches_it() -> None:
    """The refusal names its limit; an absurd one teaches nothing, and the shortest window is closed."""
    limiter = limiter_of(orders={60: 1200})
    limiter.close_orders_for(None, window=10.0, limit=100)
    assert limiter.orders.limits == {60: 1200, 10: 100}
    await asyncio.sleep(7.1)
    assert place(Gate(limiter, 10), 500) == 100
    limiter.close_orders_for(None, window=1.0, limit=0)
    assert limiter.orders.limits == {60: 1200, 10: 100}
    limiter.close_orders_for(None, window=10.0, limit=4000)
    assert limiter.orders.limits == {60: 1200, 10: 100}, "not a higher one than we keep to"


@pytest.mark.parametrize(
    ("seconds", "counts", "opens"),
    [
        (None, {60.0: 1200, 10.0: 20}, 57),
        (None, {60.0: 900, 10.0: 300}, 7),
        (6, {}, 7),
        (7, {}, 7),
        (30, {}, 57),
        (57, {}, 57),
        (200, {}, 200),
        (None, {}, 7),
    ],
)
def test_too_many_orders_of_no_window(
    seconds: float | None, counts: dict[float, int], opens: float
) -> None:
    """The window whose count is reached; else that which the wait is of; else the shortest."""

    async def main() -> None:
        limiter = limiter_of()
        limiter.close_orders_for(seconds, counts=counts)
        await Gate(limiter, 1).acquire(1, 1, "order")
        assert now() == pytest.approx(opens, abs=0.01)

    run_held(main)


@held
async def test_limits_that_are_learned_count_at_once() -> None:
    """One that cannot be is told once and not believed; what the exchange does not name stays."""
    limiter = limiter_of()
    limiter.learn_orders(
        [(60.0, 2400), (10.0, 0), (10.0, -5), (10.0, 10_001), (None, 7), (1.0, 50)]
    )
    assert limiter.orders.limits == {60: 2400, 10: 300, 1: 50}
    assert place(Gate(limiter, 10), 500) == 50
    await asyncio.sleep(1.1)
    assert place(Gate(limiter, 10), 500) == 50


@held
async def test_a_higher_limit_lets_go_who_waits_for_it() -> None:
    """At once."""
    limiter = limiter_of()
    gate = Gate(limiter, 10)
    place(gate, 300)
    waiting = asyncio.create_task(gate.acquire(1, 1, "order"))
    await turns()
    limiter.learn_orders([(10.0, 400)])
    (await waiting).keep()
    assert now() == 0


@pytest.mark.parametrize(
    ("orders", "words"),
    [({}, "names no window"), ({60: 0}, "above zero"), ({0: 5}, "above zero"), (0, "above zero")],
)
def test_order_limits_that_make_no_sense_are_refused(orders: int | OrderLimits, words: str) -> None:
    """Where the mistake is made."""
    with pytest.raises(ValueError, match=words):
        Limiter(orders=orders)


def test_what_is_strange_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """One warning of each kind for all accounts, however often it comes."""

    async def main() -> None:
        limiter = limiter_of()
        for gate in (Gate(limiter, 10), Gate(limiter.account("desk-b"), 10)):
            for count in (-1, 10**11):
                permit = gate.acquire_nowait(1, 1, "order")
                assert permit is not None
                permit.settle(count, {60.0: count, 10.0: 1})
        limiter.notice({60.0: 1, 86_400.0: 5})
        limiter.notice({60.0: 1, 86_400.0: 6})
        limiter.learn_orders([(60.0, 0), (60.0, -1)])
        assert limiter.snapshot().weight_used == 4

    with caplog.at_level(logging.WARNING, "binance_papi_async"):
        run_held(main)
    assert [record.message.rpartition(": ")[0] for record in caplog.records] == [
        "the exchange's count of used weight, -1, cannot be",
        "the exchange's count of orders, {60.0: -1, 10.0: 1}, cannot be",
        "the exchange counts orders in 86400 s, and the limit is not known",
        "the exchange names a limit of 0 orders in 60.0 s",
    ]


# Waiting, and what is lacking.


@held
async def test_whoever_lacks_only_a_connection_waits_for_it() -> None:
    """Also with max_wait=0, and for as long as it takes."""
    gate = Gate(limiter_of(), 1)
    holder = gate.acquire_nowait(1, 0, "cancel")
    assert holder is not None
    waiting = asyncio.create_task(gate.acquire(1, 0, "cancel", max_wait=0))
    patient = asyncio.create_task(gate.acquire(1, 0, "cancel", max_wait=5))
    await asyncio.sleep(30)
    assert not waiting.done()
    assert not patient.done()
    holder.keep()
    (await waiting).keep()
    (await patient).keep()


@held
async def test_the_deadline_bounds_the_wait_for_a_connection_too() -> None:
    """And the error says that no weight was lacking."""
    gate = Gate(limiter_of(), 1)
    holder = gate.acquire_nowait(1, 0, "cancel")
    assert holder is not None
    for max_wait in (None, 1.0):
        began = now()
        with pytest.raises(LimitedError, match="no connection was free within") as raised:
            await gate.acquire(1, 0, "cancel", max_wait=max_wait, within=5)
        assert now() - began == pytest.approx(5)
        assert (raised.value.lacking, raised.value.retry_after) == ("connection", None)


@held
async def test_who_waits_for_a_connection_ends_when_weight_is_lacking() -> None:
    """A place at an old price is worth nothing: max_wait=0 never waits for the minute."""
    gate = Gate(limiter_of(weight=100), 1)
    holder = gate.acquire_nowait(80, 0, "cancel")
    assert holder is not None
    large = asyncio.create_task(gate.acquire(50, 0, "cancel"))
    impatient = asyncio.create_task(gate.acquire(2, 0, "cancel", max_wait=0))
    await turns()
    assert not impatient.done()
    holder.keep()
    with pytest.raises(LimitedError) as raised:
        await impatient
    assert (raised.value.lacking, now()) == ("weight", 0)
    assert raised.value.retry_after == pytest.approx(57, abs=0.01)
    (await large).keep()


@held
async def test_weight_that_is_lacking_is_named() -> None:
    """Before a connection, of which there is none either."""
    gate = Gate(limiter_of(weight=100), 1)
    holder = gate.acquire_nowait(90, 0, "cancel")
    with pytest.raises(LimitedError) as raised:
        await gate.acquire(20, 0, "cancel", max_wait=0)
    assert (raised.value.lacking, raised.value.window) == ("weight", None)
    assert holder is not None


@held
async def test_a_caller_that_goes_away_while_it_is_late_is_forgotten() -> None:
    """Nothing of it is left, and the next one moves up."""
    limiter = limiter_of()
    gate = Gate(limiter, 1)
    holder = gate.acquire_nowait(1, 0, "cancel")
    assert holder is not None
    late = [asyncio.create_task(gate.acquire(1, 0, "cancel", max_wait=0)) for _ in range(2)]
    await turns()
    late[0].cancel()
    await turns()
    holder.keep()
    (await late[1]).keep()
    assert gate.waiting("cancel") == 0
    assert limiter.snapshot().weight_used == 2


# Bans.


@held
async def test_a_ban_that_ends_in_time_is_waited_for() -> None:
    """By whoever has the patience, as after a 429; the others are told at once, and until when."""
    limiter = limiter_of()
    gate = Gate(limiter, 10)
    limiter.pool.ban(EPOCH + 90, None)
    for bound in ({"max_wait": 89}, {"within": 89}):
        with pytest.raises(BannedError, match="another 90 s") as raised:
            await gate.acquire(1, 0, "cancel", **bound)
        assert raised.value.until == EPOCH + 90
    assert now() == 0
    permits = await asyncio.gather(
        gate.acquire(1, 0, "cancel"),
        gate.acquire(1, 0, "cancel", max_wait=91),
        gate.acquire(1, 0, "cancel", within=91),
    )
    assert now() == pytest.approx(90, abs=0.01)
    assert all(isinstance(permit, Permit) for permit in permits)


@pytest.mark.parametrize(
    ("until", "seconds", "length"),
    [
        (EPOCH + 300, None, 300),
        (None, 300.0, 300),
        (EPOCH + 300, 120.0, 300),
        (EPOCH + 120, 300.0, 300),
        (EPOCH - 5, 120.0, 120),  # its end has passed: Retry-After counts
        (None, None, 120),  # documented: two minutes at least
        (EPOCH - 5, None, 120),
        (None, 0.0, 120),
        (None, 1e9, 259_200),  # documented: three days at most
        (EPOCH * 2, None, 259_200),
        (None, float("inf"), 259_200),
    ],
)
def test_a_ban_lasts_as_long_as_the_longer_word_says(
    until: float | None, seconds: float | None, length: float
) -> None:
    """The text's end or Retry-After, between the documented two minutes, if none is said, and three days."""

    async def main() -> None:
        limiter = limiter_of()
        limiter.pool.ban(until, seconds)
        assert limiter.snapshot().blocked_until == pytest.approx(EPOCH + length, abs=0.01)

    run_held(main)


@held
async def test_a_429_asks_for_three_days_at_most() -> None:
    """A huge Retry-After is not believed for thirty years."""
    limiter = limiter_of()
    limiter.close_for(1e9)
    assert limiter.snapshot().blocked_until == pytest.approx(EPOCH + 259_200, abs=0.01)
