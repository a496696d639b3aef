"""Leaving nothing open, and proving it; or saying exactly what remains."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from binance_papi_async import (
    AlreadyClosed,
    BannedError,
    Canceled,
    Closed,
    NotSent,
    PapiClient,
    Refused,
    Unknown,
)
from binance_papi_async.outcome import CancelAllReport, Evidence
from binance_papi_async.simulator import FAULTS, Fault, FaultKind
from binance_papi_async.simulator.visit import Visit
from binance_papi_async.wire.message import Answer
from tests.cancelling.truth import check
from tests.cancelling.witness import (
    ALL_OPEN_ORDERS,
    OPEN_ORDERS,
    ORDER,
    SYMBOL,
    Witness,
    cancel_of,
    cancels,
    complaints_of,
    held,
)

LOST_AFTER = Fault(FaultKind.CLOSE, "after")
LOST_BEFORE = Fault(FaultKind.CLOSE, "before")


def check_report(exchange: Witness, report: CancelAllReport[Any], seen: list[int]) -> None:
    """Every order seen has one outcome, a true one; what is called proven is empty."""
    assert sorted(each.request.order_id for each in report.outcomes) == sorted(seen)  # type: ignore[attr-defined]
    for outcome in report.outcomes:
        check(exchange, outcome, is_shared=lambda order: order.order_list_id >= 0)
        if isinstance(outcome, NotSent):
            assert not exchange.truth.executions(outcome.request.order_id)  # type: ignore[attr-defined]
    for order in report.remaining:
        assert not any(
            each.request.order_id == order.order_id  # type: ignore[attr-defined]
            for each in [*report.outcomes.canceled, *report.outcomes.already_closed]
        )


def paths(exchange: Witness, method: str) -> list[str]:
    """What was called, in order, without the time."""
    return [
        arrival.path.rpartition("/")[2]
        for arrival in exchange.truth.arrivals(method)
        if not arrival.path.endswith("/time")
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
@held
async def test_the_cheaper_way_is_taken(count: int) -> None:
    """Up to two singly at 2 each, from three on all at once for 5; a read before, one after, and one that proves it."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, count)
    other = exchange.rest("BNBBTC")
    async with exchange.in_process_client() as papi:
        before = sum(exchange.truth.window_weights().values())
        report = await papi.cancel_all([SYMBOL])
        spent = sum(exchange.truth.window_weights().values()) - before
    check_report(exchange, report, orders)
    assert report.is_proven
    assert len(report.outcomes.canceled) == count
    singly = ["order"] * count
    assert paths(exchange, "DELETE") == (singly if count <= 2 else ["allOpenOrders"])
    assert paths(exchange, "GET") == ["openOrders"] * (3 if count else 2)
    assert spent == report.outcomes.weight
    assert spent == {0: 10, 1: 17, 2: 19}.get(count, 20)
    assert exchange.book.is_open(other[0])


@held
async def test_no_symbols() -> None:
    """Nothing asked, nothing spent, and nothing proven."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        report = await papi.cancel_all([])
    assert not report.is_proven
    assert repr(report) == "<CancelAllReport of nothing: <Outcomes: none; weight 0>; unproven>"
    assert (len(report.outcomes), report.outcomes.weight) == (0, 0)
    assert paths(exchange, "GET") == []


@held
async def test_a_symbol_as_plain_text_is_refused() -> None:
    """It is a list of letters otherwise, and "B" is no symbol to be emptied."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        with pytest.raises(TypeError, match=r"margin is a list of symbols: margin=\['LTCBTC'\]"):
            await papi.cancel_all("LTCBTC")
    assert paths(exchange, "GET") == []


@held
async def test_a_symbol_that_a_product_does_not_have() -> None:
    """The exchange refuses to read it: nothing is proven of it, and nothing of the products not named."""
    exchange = Witness()
    exchange.rest("BTCUSDT", 3, product="um")
    async with exchange.in_process_client() as papi:
        report = await papi.cancel_all(["BTCUSDT"])
        assert report.is_proven
        assert report.places == ("BTCUSDT",)
        assert repr(report).startswith("<CancelAllReport of BTCUSDT: ")
        assert len(exchange.books["um"].open_orders("BTCUSDT")) == 3, "margin was asked for"
        wrong = await papi.cancel_all(["BTCUSD_PERP"], um=["BTCUSDT"], cm=["BTCUSDT"])
    assert not wrong.is_proven
    assert set(wrong.unproven) == {"BTCUSD_PERP", "cm BTCUSDT"}
    assert {getattr(each, "code", None) for each in wrong.unproven.values()} == {-1121}
    assert len(wrong.outcomes.canceled) == 3


@held
async def test_a_symbol_named_twice_is_emptied_once() -> None:
    """And reported once."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 4)
    async with exchange.in_process_client() as papi:
        report = await papi.cancel_all([SYMBOL, SYMBOL])
    check_report(exchange, report, orders)
    assert paths(exchange, "DELETE") == ["allOpenOrders"]


@pytest.mark.parametrize(
    "fault", [None, LOST_AFTER, LOST_BEFORE], ids=["answered", "after", "before"]
)
@pytest.mark.parametrize("count", [1, 2, 3])
@held
async def test_order_lists(count: int, fault: Fault | None) -> None:
    """Both orders of a list are seen, and both are gone."""
    exchange = Witness()
    orders = [order for _ in range(count) for order in exchange.rest_list()[1]]
    async with exchange.in_process_client() as papi:
        if fault is not None:
            exchange.faults.inject(fault, method="DELETE")
        report = await papi.cancel_all([SYMBOL])
    check_report(exchange, report, orders)
    assert report.is_proven
    assert len(report.outcomes.canceled) + len(report.outcomes.already_closed) == 2 * count


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("count", [2, 30])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@held
async def test_every_fault_of_the_cancel(fault: Fault, count: int, times: int) -> None:
    """It is proven empty in the end, and every outcome is true."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, count)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(fault, method="DELETE", times=times)
        report = await papi.cancel_all([SYMBOL], deadline=300)
        check_report(exchange, report, orders)
        assert report.is_proven
        assert not exchange.book.open_orders(SYMBOL)
        assert {type(each) for each in report.outcomes} == {Canceled}
        assert (papi.in_flight, papi.unresolved) == ((), ())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@held
async def test_every_fault_of_every_call(fault: Fault) -> None:
    """The reads go wrong too, four in all."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 10)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(fault, times=2)
        exchange.faults.inject(fault, skip=2, times=2)
        report = await papi.cancel_all([SYMBOL], deadline=300)
        seen = [each.request.order_id for each in report.outcomes]  # type: ignore[attr-defined]
        assert set(seen) <= set(orders)
        check_report(exchange, report, seen)
        assert report.is_proven


@held
async def test_a_ban_says_what_was_not_sent() -> None:
    """The symbol whose cancel was answered 418 was refused, the others were sent nothing."""
    exchange = Witness()
    first, second = exchange.rest(SYMBOL, 5), exchange.rest("BNBBTC", 5)
    async with exchange.in_process_client(max_connections=2) as papi:
        exchange.faults.inject(
            Fault(FaultKind.BANNED_418, retry_after=120), path=ALL_OPEN_ORDERS, times=None
        )
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=0.5), path=OPEN_ORDERS, skip=1)
        report = await papi.cancel_all([SYMBOL, "BNBBTC"], deadline=30)
    check_report(exchange, report, [*first, *second])
    assert not report.is_proven
    assert set(report.unproven) == {SYMBOL, "BNBBTC"}
    assert {each.order_id for each in report.remaining} == {*first, *second}
    by_id: dict[int, Any] = {each.request.order_id: each for each in report.outcomes}  # type: ignore[attr-defined]
    assert {type(by_id[order]) for order in first} == {Refused}
    assert {type(by_id[order]) for order in second} == {NotSent}
    assert all(isinstance(by_id[order].error, BannedError) for order in second)


@pytest.mark.parametrize("count", [2, 10])
@held
async def test_a_refusal_for_good_does_not_burn_the_weight(count: int) -> None:
    """A key that may not cancel: said after a few attempts, not after thousands."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, count)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.FIREWALL_403), method="DELETE", times=None)
        report = await papi.cancel_all([SYMBOL], deadline=30)
    check_report(exchange, report, orders)
    assert not report.is_proven
    assert {each.order_id for each in report.remaining} == set(orders)
    assert [type(each) for each in report.outcomes] == [Refused] * count
    assert report.outcomes.weight < 150


@held
async def test_what_is_not_known_at_the_deadline_is_unknown() -> None:
    """Every DELETE swallowed and the reads as well: unknown, in the ledger, and found out later."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 5)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), skip=1, times=None)
        report = await papi.cancel_all([SYMBOL], deadline=3)
        check_report(exchange, report, orders)
        assert [type(each) for each in report.outcomes] == [Unknown] * 5
        assert not report.is_proven
        assert {each.request for each in papi.unresolved} == set(cancels(orders))
        exchange.faults.clear()
        settled = await papi.settle(5)
        assert {type(each) for each in settled} == {Canceled}
        assert papi.unresolved == ()


@held
async def test_nothing_read_at_all() -> None:
    """No order was ever seen, and the report does not call that empty."""
    exchange = Witness()
    exchange.rest(SYMBOL, 5)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.SILENCE), method="GET", times=None)
        report = await papi.cancel_all([SYMBOL], deadline=3)
    assert not report.is_proven
    assert set(report.unproven) == {SYMBOL}
    assert len(report.outcomes) == 0
    assert not exchange.deletes


@pytest.mark.parametrize("lag", [0.1, 0.5, 2.0])
@pytest.mark.parametrize(
    "fault", [None, LOST_AFTER, LOST_BEFORE], ids=["answered", "after", "before"]
)
@pytest.mark.parametrize("count", [2, 10])
@held
async def test_stale_reads(count: int, fault: Fault | None, lag: float) -> None:
    """Reads that show the orders open still do not make our own cancel somebody else's."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, count)
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        exchange.faults.stale_reads(lag)
        if fault is not None:
            exchange.faults.inject(fault, method="DELETE", times=1 if count > 2 else 2)
        report = await papi.cancel_all([SYMBOL], deadline=30)
    check_report(exchange, report, orders)
    assert report.is_proven
    assert len(report.outcomes.canceled) == count
    assert report.outcomes.weight < 200


@pytest.mark.parametrize("count", [1, 5])
@held
async def test_orders_placed_a_moment_ago_are_seen(count: int) -> None:
    """Reads that lag behind show none of them at first: that proves nothing, so they are read again."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        exchange.faults.stale_reads(1.0)
        orders = exchange.rest(SYMBOL, count)
        report = await papi.cancel_all([SYMBOL], deadline=30)
    check_report(exchange, report, orders)
    assert report.is_proven
    assert not exchange.book.open_orders(SYMBOL)


@held
async def test_a_lost_cancel_is_not_believed_of_a_read_that_lags() -> None:
    """Placed meanwhile and seen by one read; the cancel is swallowed, and the next read does not show them yet."""
    exchange = Witness()
    loop = asyncio.get_running_loop()
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(10)
        orders = exchange.rest(SYMBOL, 3)
        exchange.faults.inject(Fault(FaultKind.DELAY, "after", seconds=3), path=ALL_OPEN_ORDERS)
        exchange.faults.inject(LOST_BEFORE, path=ALL_OPEN_ORDERS)
        exchange.faults.jitter(3, 0.05)
        loop.call_later(2.9, lambda: orders.extend(exchange.rest(SYMBOL, 4)))

        def lag() -> None:
            if len(exchange.deletes) < 2:
                loop.call_later(0.001, lag)
            else:
                exchange.faults.stale_reads(1.0)

        lag()
        report = await papi.cancel_all([SYMBOL], deadline=30)
    check_report(exchange, report, orders)
    assert report.is_proven
    assert not exchange.book.open_orders(SYMBOL)


@held
async def test_an_order_that_a_cancel_of_all_passed_over() -> None:
    """It filled before; the answer does not name it, and no read tells: that is unknown, not "not sent"."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 4)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=0.2), path=ALL_OPEN_ORDERS)
        exchange.faults.inject(
            Fault(FaultKind.SILENCE), method="GET", path=OPEN_ORDERS, skip=1, times=None
        )
        asyncio.get_running_loop().call_later(0.1, exchange.book.fill, orders[0])
        report = await papi.cancel_all([SYMBOL], deadline=2)
    check_report(exchange, report, orders)
    assert [each.request for each in report.outcomes.unknown] == [cancel_of(orders[0])]
    assert len(report.outcomes.canceled) == 3


@held
async def test_our_cancel_of_all_that_struck_late_is_ours_to_single_ones() -> None:
    """Given up as lost, it closes two orders before their own cancels come."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 3)
    async with exchange.in_process_client(timeout=1.0) as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=1.3), path=ALL_OPEN_ORDERS)
        asyncio.get_running_loop().call_later(0.5, exchange.book.fill, orders[0])
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=0.2), path=ORDER, times=2)
        report = await papi.cancel_all([SYMBOL], deadline=30)
    check_report(exchange, report, orders)
    assert [type(each) for each in report.outcomes] == [AlreadyClosed, Canceled, Canceled]


class Stubborn(Witness):
    """An exchange that says it has cancelled everything, and names nothing."""

    def execute(self, visit: Visit) -> Answer:
        """Leave everything as it is."""
        if visit.path == ALL_OPEN_ORDERS:
            return Answer(200, {}, b"[]")
        return super().execute(visit)


@held
async def test_a_cancel_that_does_not_take_is_not_repeated_without_a_pause() -> None:
    """It is answered, and reads go on to show the orders: some tries in 20 s, not a thousand."""
    exchange = Stubborn()
    orders = exchange.rest(SYMBOL, 4)
    async with exchange.in_process_client() as papi:
        report = await papi.cancel_all([SYMBOL], deadline=20)
    assert len(exchange.deletes) < 40
    assert [each.request for each in report.outcomes.unknown] == cancels(orders)
    assert len(report.remaining) == 4


@held
async def test_a_mistake_of_the_caller_s_is_raised_once() -> None:
    """Two symbols without a key: one error, and none that nobody looked at."""
    exchange = Witness()
    complaints = complaints_of(asyncio.get_running_loop())

    async def cancel() -> str:
        async with PapiClient(transport=exchange.transport()) as papi:
            try:
                await papi.cancel_all([SYMBOL, "BNBBTC"])
            except ValueError as error:
                return str(error)
        return ""

    assert "needs a key" in await cancel()
    await asyncio.sleep(0)
    gc.collect()
    assert complaints == []


@held
async def test_a_deadline_too_soon_for_a_proof() -> None:
    """Nothing remains that was seen, and nobody can say more: not proven."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 5)
    async with exchange.in_process_client() as papi:
        report = await papi.cancel_all([SYMBOL], deadline=0.5)
    check_report(exchange, report, orders)
    assert len(report.outcomes.canceled) == 5
    assert not report.is_proven
    assert "before a read could show" in str(report.unproven[SYMBOL])
    assert repr(report).endswith(f"; unproven {SYMBOL}>")


@held
async def test_a_cancel_of_all_carried_out_late_is_ours() -> None:
    """It timed out, a read showed everything open, then it struck, and the next one found nothing."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 5)
    async with exchange.in_process_client(timeout=1.0) as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=1.1), path=ALL_OPEN_ORDERS)
        report = await papi.cancel_all([SYMBOL], deadline=30)
    check_report(exchange, report, orders)
    assert report.is_proven
    assert {type(each) for each in report.outcomes} == {Canceled}
    assert {each.evidence for each in report.outcomes.canceled} == {Evidence.QUERY}


@held
async def test_what_fills_between_read_and_cancel_is_told_apart() -> None:
    """The cancel of all does not name it, so it was not ours: one query tells how it ended."""
    exchange = Witness()
    filled, *others = exchange.rest(SYMBOL, 5)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=0.5), path=ALL_OPEN_ORDERS)
        asyncio.get_running_loop().call_later(0.2, exchange.book.fill, filled)
        report = await papi.cancel_all([SYMBOL])
    check_report(exchange, report, [filled, *others])
    assert report.is_proven
    (closed,) = report.outcomes.already_closed
    assert closed.request == cancel_of(filled)
    assert closed.order.executed_qty == 1
    assert len(exchange.truth.arrivals("GET", ORDER)) == 1


class Strategy:
    """Places an order every so often until it is stopped."""

    def __init__(self, exchange: Witness, every: float) -> None:
        self.placed: list[int] = []
        self._exchange = exchange
        self._every = every
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            self.placed += self._exchange.rest(SYMBOL)
            await asyncio.sleep(self._every)

    async def stop(self) -> None:
        """Place no more."""
        self._task.cancel()
        await asyncio.wait([self._task])


async def stopped_after(strategy: Strategy, seconds: float) -> None:
    """Stop it then."""
    await asyncio.sleep(seconds)
    await strategy.stop()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("every", [0.003, 0.02, 0.1, 0.5])
@held
async def test_a_strategy_that_is_stopped_in_time(every: float, seed: int) -> None:
    """It keeps placing for two seconds: ends with a read that shows none, and none there is."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        exchange.faults.jitter(seed, 0.1)
        strategy = Strategy(exchange, every)
        stopping = asyncio.create_task(stopped_after(strategy, 2.0))
        while not stopping.done():
            report = await papi.cancel_all([SYMBOL], deadline=30)
            seen = [each.request.order_id for each in report.outcomes]  # type: ignore[attr-defined]
            check_report(exchange, report, seen)
            assert report.is_proven
        report = await papi.cancel_all([SYMBOL], deadline=30)
        assert report.is_proven
    assert not exchange.book.open_orders(SYMBOL)


@pytest.mark.parametrize("seed", range(5))
@held
async def test_a_strategy_that_is_never_stopped(seed: int) -> None:
    """At the deadline the report names exactly the orders it has seen that are still open."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        exchange.faults.jitter(seed, 0.1)
        strategy = Strategy(exchange, 0.001)
        await asyncio.sleep(0.1)
        report = await papi.cancel_all([SYMBOL], deadline=3)
        seen = [each.request.order_id for each in report.outcomes]  # type: ignore[attr-defined]
        check_report(exchange, report, seen)
        assert not report.is_proven
        remaining = {order.order_id for order in report.remaining}
        still_open = {order.order_id for order in exchange.book.open_orders(SYMBOL)}
        unknown = {each.request.order_id for each in report.outcomes.unknown}  # type: ignore[attr-defined]
        assert remaining - unknown == (still_open & set(seen)) - unknown
        assert remaining >= still_open & set(seen)
        if not remaining:
            assert set(report.unproven) == {SYMBOL}
        await strategy.stop()
        report = await papi.cancel_all([SYMBOL], deadline=30)
        assert report.is_proven
    assert not exchange.book.open_orders(SYMBOL)


def fill_some(exchange: Witness) -> None:
    """Every third open order."""
    for order in exchange.book.open_orders("BNBBTC")[::3]:
        if exchange.book.is_open(order.order_id):
            exchange.book.fill(order.order_id)


async def swept(papi: PapiClient, exchange: Witness, deadline: float) -> CancelAllReport[Any]:
    """A report whose outcomes are true."""
    report = await papi.cancel_all([SYMBOL, "BNBBTC"], deadline=deadline)
    check_report(exchange, report, [each.request.order_id for each in report.outcomes])  # type: ignore[attr-defined]
    return report


@pytest.mark.parametrize("seed", range(30))
@held
async def test_storms(seed: int) -> None:
    """Three calls in ten go wrong while orders fill and new ones are placed."""
    exchange = Witness(seed=seed)
    weather = [fault for fault in FAULTS if fault.kind is not FaultKind.BANNED_418]
    async with exchange.in_process_client() as papi:
        exchange.rest(SYMBOL, seed % 7)
        exchange.rest("BNBBTC", 30)
        exchange.rest_list("BNBBTC")
        exchange.faults.storm(seed, 0.3, weather)
        exchange.faults.jitter(seed, 0.1)
        strategy = Strategy(exchange, 0.3)
        asyncio.get_running_loop().call_later(0.25, fill_some, exchange)
        stopping = asyncio.create_task(stopped_after(strategy, 1))
        report = await swept(papi, exchange, 3 if seed % 2 else 1000)
        await stopping
        exchange.faults.clear()
        assert (await swept(papi, exchange, 1000)).is_proven
        await papi.settle(1000)
        assert (papi.in_flight, papi.unresolved) == ((), ())
        if not seed % 2:
            assert isinstance(report, CancelAllReport)
            assert not report.outcomes.unknown
    assert not exchange.book.open_orders(SYMBOL)
    assert not exchange.book.open_orders("BNBBTC")


@held
async def test_an_outcome_of_the_other_kind() -> None:
    """An order that somebody else cancels before our single does is already closed."""
    exchange = Witness()
    first, second = exchange.rest(SYMBOL, 2)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, seconds=0.5), order_id=first)
        asyncio.get_running_loop().call_later(0.2, exchange.book.cancel, first)
        report = await papi.cancel_all([SYMBOL])
    check_report(exchange, report, [first, second])
    assert [type(each) for each in report.outcomes] == [AlreadyClosed, Canceled]


@held
async def test_an_order_closed_and_forgotten_between_reads_does_not_burn_the_weight() -> None:
    """Seen open, refused, then neither open nor known: asked for with pauses, never in a tight loop."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 4)

    def forget() -> None:
        for order_id in orders:
            exchange.book.expire(order_id)
            del exchange.book._versions[order_id]
        exchange.book._of_symbol[SYMBOL].clear()

    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.UNAVAILABLE_503), path=ALL_OPEN_ORDERS)
        asyncio.get_running_loop().call_later(0.1, forget)
        report = await papi.cancel_all([SYMBOL], deadline=3)
    assert report.outcomes.weight < 300
    assert not report.remaining
    assert [type(each) for each in report.outcomes] == [Closed] * 4


@held
async def test_a_clock_that_cannot_be_corrected_does_not_outlast_the_deadline() -> None:
    """-1021, and the time call is silent: the deadline holds."""
    exchange = Witness()
    orders = exchange.rest(SYMBOL, 4)
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(1)
        exchange.faults.inject(Fault(FaultKind.TIMESTAMP), path=ALL_OPEN_ORDERS)
        exchange.faults.inject(Fault(FaultKind.SILENCE), path="/papi/v1/time", times=None)
        began = exchange.clock()
        report = await papi.cancel_all([SYMBOL], deadline=3)
        assert exchange.clock() - began <= 3.1
    check_report(exchange, report, orders)
