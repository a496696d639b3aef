"""Orders that fill, expire or are cancelled by others, before our cancel, between its attempts, and unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    CancelMarginOrder,
    CancelMarginOrderList,
    Closed,
    Refused,
    Unknown,
    UnknownOrderError,
)
from binance_papi_async.enums import OrderStatus
from binance_papi_async.outcome import Evidence
from binance_papi_async.simulator import Fault, FaultKind
from tests.cancelling.truth import check_all
from tests.cancelling.witness import (
    SYMBOL,
    Witness,
    cancel_list_of,
    cancel_of,
    cancels,
    held,
)

LOST_AFTER = Fault(FaultKind.CLOSE, "after")
LOST_BEFORE = Fault(FaultKind.CLOSE, "before")
SILENT_BEFORE = Fault(FaultKind.SILENCE, "before")
SILENT_AFTER = Fault(FaultKind.SILENCE, "after")
Change: TypeAlias = Callable[[Witness, int], object]
CHANGES: dict[str, tuple[Change, OrderStatus, int]] = {
    "filled": (lambda exchange, order: exchange.book.fill(order), OrderStatus.FILLED, 1),
    "expired": (lambda exchange, order: exchange.book.expire(order), OrderStatus.EXPIRED, 0),
    "cancelled by another": (
        lambda exchange, order: exchange.book.cancel(order),
        OrderStatus.CANCELED,
        0,
    ),
}
changes = pytest.mark.parametrize("change", CHANGES)


@changes
@held
async def test_closed_before(change: str) -> None:
    """What was closed a second ago is already closed, with what had executed."""
    close, status, executed = CHANGES[change]
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        close(exchange, order_id)
        await asyncio.sleep(1)
        outcome = await papi.cancel(cancel_of(order_id))
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, AlreadyClosed)
    assert outcome.order.status == status
    assert outcome.order.executed_qty == executed
    assert len(exchange.deletes) == 1


@held
async def test_partly_filled_and_expired_before() -> None:
    """The executed quantity is the part that filled."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL, quantity="3")
    async with exchange.in_process_client() as papi:
        exchange.book.fill(order_id, Decimal(2))
        exchange.book.expire(order_id)
        outcome = await papi.cancel(cancel_of(order_id))
    assert isinstance(outcome, AlreadyClosed)
    assert outcome.order.executed_qty == 2


@changes
@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE, SILENT_BEFORE], ids=lambda f: f.name)
@held
async def test_closed_before_and_the_reply_lost(fault: Fault, change: str) -> None:
    """The lost reply was a -2011; the order's own time says that it was closed before."""
    close, status, _ = CHANGES[change]
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        close(exchange, order_id)
        await asyncio.sleep(1)
        exchange.faults.inject(fault, method="DELETE")
        outcome = await papi.cancel(cancel_of(order_id))
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, AlreadyClosed)
    assert outcome.order.status == status


@pytest.mark.parametrize("change", ["filled", "expired"])
@held
async def test_closed_while_the_reply_is_lost(change: str) -> None:
    """The DELETE is swallowed, the order closes meanwhile: that was not our cancel."""
    close, status, executed = CHANGES[change]
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_BEFORE, method="DELETE")
        asyncio.get_running_loop().call_later(1, close, exchange, order_id)
        outcome = await papi.cancel(cancel_of(order_id), deadline=5)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, AlreadyClosed)
    assert outcome.order.status == status
    assert outcome.order.executed_qty == executed
    assert len(exchange.deletes) == 1, "a read showed that there is nothing to cancel"


@pytest.mark.parametrize("change", ["filled", "expired"])
@held
async def test_closed_between_two_attempts(change: str) -> None:
    """Swallowed, read as open, closed, sent again: -2011 is no failure of ours, and none of the order's."""
    close, status, _ = CHANGES[change]
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(LOST_BEFORE, method="DELETE")
        asyncio.get_running_loop().call_later(0.1, close, exchange, order_id)
        outcome = await papi.cancel(cancel_of(order_id), deadline=5)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, AlreadyClosed)
    assert outcome.order.status == status
    assert len(exchange.deletes) == 2


@held
async def test_a_cancel_carried_out_late_is_ours() -> None:
    """The first DELETE takes its time, a read shows it open, the second is told -2011: we cancelled it."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=2.1), method="DELETE")
        outcome = await papi.cancel(cancel_of(order_id), deadline=5)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, Canceled)
    assert outcome.evidence is Evidence.QUERY
    assert len(exchange.deletes) == 2


@held
async def test_our_cancel_is_ours_when_the_clock_had_been_wrong() -> None:
    """-1021, clock corrected, sent again, reply lost: when the first attempt left no longer matters."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(1)
        exchange.step_clock(-10)
        exchange.faults.inject(LOST_AFTER, method="DELETE", skip=1)
        outcome = await papi.cancel(cancel_of(order_id), deadline=5)
    assert len(exchange.deletes) == 2
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, Canceled)


@held
async def test_an_order_that_never_was_is_refused() -> None:
    """-2011, and then twice -2013: a definite no."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        outcome = await papi.cancel(cancel_of(7))
    check_all(exchange, [cancel_of(7)], [outcome])
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, UnknownOrderError)
    assert outcome.error.code == -2013


@held
async def test_another_symbol_s_order_is_refused() -> None:
    """The id exists, but not there: nothing changed."""
    exchange = Witness()
    (order_id,) = exchange.rest("BNBBTC")
    request = CancelMarginOrder(symbol=SYMBOL, order_id=order_id)
    async with exchange.in_process_client() as papi:
        outcome = await papi.cancel(request)
    check_all(exchange, [request], [outcome])
    assert isinstance(outcome, Refused)
    assert exchange.book.is_open(order_id)


@pytest.mark.parametrize("is_executed", [True, False], ids=["executed", "swallowed"])
@held
async def test_an_order_not_visible_yet(*, is_executed: bool) -> None:
    """A read from before the order was placed knows nothing of it: asked again before it is believed."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        (order_id,) = exchange.rest(SYMBOL)
        exchange.faults.stale_reads(0.15)
        fault = LOST_AFTER if is_executed else LOST_BEFORE
        exchange.faults.inject(fault, method="DELETE")
        outcome = await papi.cancel(cancel_of(order_id), deadline=5)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, Canceled)


@pytest.mark.parametrize("lag", [0.1, 0.5, 1.0, 2.0])
@pytest.mark.parametrize(
    "fault", [None, LOST_AFTER, LOST_BEFORE], ids=["answered", "after", "before"]
)
@held
async def test_stale_reads_of_one(fault: Fault | None, lag: float) -> None:
    """Reads that lag behind cost time and further DELETEs, and never the truth."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        exchange.faults.stale_reads(lag)
        if fault is not None:
            exchange.faults.inject(fault, method="DELETE")
        outcome = await papi.cancel(cancel_of(order_id), deadline=5)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, Canceled)


@pytest.mark.parametrize("lag", [0.1, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("change", ["filled", "expired"])
@held
async def test_stale_reads_of_a_closed_one(change: str, lag: float) -> None:
    """-2011 and a read that shows it open still: asked or sent again until the read has caught up."""
    close, status, _ = CHANGES[change]
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        exchange.faults.stale_reads(lag)
        close(exchange, order_id)
        outcome = await papi.cancel(cancel_of(order_id), deadline=5)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, AlreadyClosed)
    assert outcome.order.status == status


@pytest.mark.parametrize("lag", [0.1, 1.0])
@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE], ids=lambda f: f.name)
@held
async def test_stale_reads_of_many(fault: Fault, lag: float) -> None:
    """The same with the list of open orders."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 50))
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        exchange.faults.stale_reads(lag)
        exchange.faults.inject(fault, method="DELETE", times=20)
        outcomes = await papi.cancel_many(requests, deadline=20)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) == 50


@pytest.mark.parametrize(
    "fault", [None, LOST_AFTER, LOST_BEFORE], ids=["answered", "after", "before"]
)
@pytest.mark.parametrize("is_batch", [False, True], ids=["one", "many"])
@held
async def test_an_order_named_by_client_id(*, is_batch: bool, fault: Fault | None) -> None:
    """The same truth by the other name."""
    exchange = Witness()
    names = ["a/b+c=d&e f", "second", "third"]
    exchange.rest(SYMBOL, client_order_ids=names)
    requests = [CancelMarginOrder(symbol=SYMBOL, orig_client_order_id=name) for name in names]
    async with exchange.in_process_client() as papi:
        if fault is not None:
            exchange.faults.inject(fault, method="DELETE", times=3)
        if is_batch:
            outcomes = list(await papi.cancel_many(requests))
        else:
            outcomes = [await papi.cancel(request) for request in requests]
    check_all(exchange, requests, outcomes)
    assert all(isinstance(outcome, Canceled) for outcome in outcomes)


@pytest.mark.parametrize(
    "fault", [None, LOST_AFTER, LOST_BEFORE], ids=["answered", "after", "before"]
)
@pytest.mark.parametrize("by_client_id", [False, True], ids=["id", "client id"])
@held
async def test_an_order_list(*, by_client_id: bool, fault: Fault | None) -> None:
    """A list is cancelled whole, and known to be."""
    exchange = Witness()
    list_id, _ = exchange.rest_list(client_id="mine")
    request = (
        CancelMarginOrderList(symbol=SYMBOL, list_client_order_id="mine")
        if by_client_id
        else cancel_list_of(list_id)
    )
    async with exchange.in_process_client() as papi:
        if fault is not None:
            exchange.faults.inject(fault, method="DELETE")
        outcome = await papi.cancel(request, deadline=5)
    check_all(exchange, [request], [outcome])
    assert isinstance(outcome, Canceled)


@held
async def test_an_order_list_that_was_done_before() -> None:
    """One order filled, the other expired with it: already closed."""
    exchange = Witness()
    list_id, (first, _) = exchange.rest_list()
    async with exchange.in_process_client() as papi:
        exchange.book.fill(first)
        await asyncio.sleep(1)
        outcome = await papi.cancel(cancel_list_of(list_id))
    check_all(exchange, [cancel_list_of(list_id)], [outcome])
    assert isinstance(outcome, AlreadyClosed)


@pytest.mark.parametrize(
    "fault", [None, LOST_AFTER, LOST_BEFORE], ids=["answered", "after", "before"]
)
@held
async def test_a_mixed_batch(fault: Fault | None) -> None:
    """Orders of two symbols, by id and by client id, and lists: each its own true outcome."""
    exchange = Witness()
    requests: list[Any] = cancels(exchange.rest(SYMBOL, 10))
    requests += cancels(exchange.rest("BNBBTC", 10), "BNBBTC")
    exchange.rest(SYMBOL, client_order_ids=["x", "y"])
    requests += [CancelMarginOrder(symbol=SYMBOL, orig_client_order_id=name) for name in "xy"]
    requests += [cancel_list_of(exchange.rest_list()[0]) for _ in range(3)]
    requests[::2] = reversed(requests[::2])
    async with exchange.in_process_client() as papi:
        if fault is not None:
            exchange.faults.inject(fault, method="DELETE", times=12)
        outcomes = await papi.cancel_many(requests, deadline=20)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) == len(requests)


@pytest.mark.parametrize(
    "fault", [None, LOST_AFTER, LOST_BEFORE], ids=["answered", "after", "before"]
)
@held
async def test_a_list_and_its_orders_in_one_batch(fault: Fault | None) -> None:
    """Cancelling one order of a list cancels the list: the other requests learn that it is closed."""
    exchange = Witness()
    list_id, (first, second) = exchange.rest_list()
    requests = [cancel_of(first), cancel_list_of(list_id), cancel_of(second)]
    async with exchange.in_process_client() as papi:
        if fault is not None:
            exchange.faults.inject(fault, method="DELETE", times=3)
        outcomes = await papi.cancel_many(requests, deadline=20)
    check_all(exchange, requests, outcomes)
    assert len(outcomes.canceled) + len(outcomes.already_closed) == 3


@held
async def test_reads_that_never_catch_up_are_not_believed() -> None:
    """The exchange says "no such order" and shows it open until the deadline: nobody knows."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        exchange.faults.stale_reads(9)
        exchange.book.fill(order_id)
        outcome = await papi.cancel(cancel_of(order_id), deadline=5)
        assert isinstance(outcome, Unknown)
        await asyncio.sleep(10)
        (settled,) = await papi.settle(5)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(settled, AlreadyClosed)
    assert settled.order.executed_qty == 1


@pytest.mark.parametrize("is_batch", [False, True], ids=["one", "many"])
@held
async def test_an_order_younger_than_the_lag_of_reads(*, is_batch: bool) -> None:
    """Placed, cancelled at once, the DELETE swallowed: reads know nothing of it, and it is open."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        exchange.faults.stale_reads(1.0)
        (order_id,) = exchange.rest(SYMBOL)
        exchange.faults.inject(LOST_BEFORE, method="DELETE")
        if is_batch:
            (outcome,) = await papi.cancel_many([cancel_of(order_id)], deadline=5)
        else:
            outcome = await papi.cancel(cancel_of(order_id), deadline=5)
    check_all(exchange, [cancel_of(order_id)], [outcome])


@pytest.mark.parametrize("change", ["filled", "expired"])
@held
async def test_an_order_closed_as_soon_as_it_was_placed(change: str) -> None:
    """Reads know nothing of it yet when the exchange says "unknown order": asked again until they must."""
    close, status, _ = CHANGES[change]
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        exchange.faults.stale_reads(1.0)
        (order_id,) = exchange.rest(SYMBOL)
        close(exchange, order_id)
        outcome = await papi.cancel(cancel_of(order_id), deadline=5)
    check_all(exchange, [cancel_of(order_id)], [outcome])
    assert isinstance(outcome, AlreadyClosed)
    assert outcome.order.status == status


@held
async def test_a_cancelled_order_that_is_forgotten() -> None:
    """Settled after days, when reads no longer know it: closed, and nobody can say how."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_AFTER, times=None)
        await papi.cancel(cancel_of(order_id), deadline=5)
        exchange.faults.clear()
        await asyncio.sleep(3 * 86400)
        exchange.book._versions.pop(order_id)
        (outcome,) = await papi.settle(60)
    assert isinstance(outcome, Closed)
    assert len(exchange.deletes) == 1


@pytest.mark.parametrize("is_many", [False, True], ids=["one", "many"])
@pytest.mark.parametrize("fault", [None, SILENT_AFTER, Fault(FaultKind.CLOSE)], ids=str)
@held
async def test_an_order_that_never_was(fault: Fault | None, *, is_many: bool) -> None:
    """Or of another symbol: the exchange says twice that there is none, with a lost reply and without."""
    exchange = Witness()
    (order_id,) = exchange.rest("BNBBTC")
    requests = [cancel_of(order_id), cancel_of(987654)]
    async with exchange.in_process_client(timeout=1.0) as papi:
        if fault is not None:
            exchange.faults.inject(fault, method="DELETE", times=2)
        if is_many:
            outcomes = list(await papi.cancel_many(requests))
        else:
            outcomes = [await papi.cancel(each) for each in requests]
    check_all(exchange, requests, outcomes)
    assert [type(each) for each in outcomes] == [Refused, Refused]
