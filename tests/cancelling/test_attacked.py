"""Outcomes that said what was not so, each once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from binance_papi_async import (
    AlreadyClosed,
    CancelCmConditionalOrder,
    Canceled,
    CancelMarginOrder,
    CancelMarginOrderList,
    CancelUmAlgoOrder,
    Refused,
    Unknown,
)
from binance_papi_async.enums import OrderStatus, Side, StrategyType
from binance_papi_async.simulator import Fault, FaultKind, InProcessTransport
from binance_papi_async.wire.message import Answer, Outgoing
from tests.cancelling.test_news import state, tell
from tests.cancelling.witness import (
    ALL_OPEN_ORDERS,
    LIST,
    ORDER,
    SYMBOL,
    Witness,
    cancel_list_of,
    cancel_of,
    held,
    rest_algo,
)

LOST_AFTER = Fault(FaultKind.CLOSE, "after")
LOST_BEFORE = Fault(FaultKind.CLOSE, "before")
SILENT_BEFORE = Fault(FaultKind.SILENCE, "before")
SILENT_AFTER = Fault(FaultKind.SILENCE, "after")
MINE = CancelMarginOrder(symbol=SYMBOL, orig_client_order_id="mine")
CM = "BTCUSD_PERP"


class Altered(InProcessTransport):
    """Hands over other words than the exchange said."""

    def __init__(self, exchange: Witness, alter: Callable[[Outgoing, Any], Any]) -> None:
        super().__init__(exchange)
        self._alter = alter

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109
        """Of what was answered with 200."""
        answer = await super().send(outgoing, timeout=timeout)
        if answer.status != 200:
            return answer
        said = self._alter(outgoing, json.loads(answer.body))
        return Answer(answer.status, answer.headers, json.dumps(said).encode())


@held
async def test_an_older_order_of_that_id_in_reads_that_lag() -> None:
    """Nothing is lost: the DELETE closed the new one, and reads lag by less than a second."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        ids: list[Any] = []
        outcome: Any = None
        for _ in range(2):
            ids.append(await rest_algo(papi, client_id="mine"))
            if len(ids) == 2:
                exchange.faults.stale_reads(0.9)
            outcome = await papi.cancel(CancelUmAlgoOrder(client_algo_id="mine"))
            await asyncio.sleep(10)
    assert isinstance(outcome, Canceled)
    assert outcome.order.algo_id == ids[1]


@pytest.mark.parametrize("fault", [LOST_BEFORE, Fault(FaultKind.UNAVAILABLE_503)], ids=str)
@held
async def test_an_older_order_while_the_new_one_is_open(fault: Fault) -> None:
    """The DELETE did nothing, and neither read can have seen the new order yet."""
    exchange = Witness()
    (old,) = exchange.rest(SYMBOL, client_order_ids=["mine"])
    exchange.book.fill(old)
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(60)
        (new,) = exchange.rest(SYMBOL, client_order_ids=["mine"])
        exchange.faults.inject(fault, method="DELETE")
        exchange.faults.stale_reads(0.8)
        outcome = await papi.cancel(MINE)
        assert not exchange.book.is_open(new), outcome
    assert isinstance(outcome, Canceled)


@held
async def test_two_doubts_of_one_client_id_are_two_orders() -> None:
    """The first doubt does not stand for the second order."""
    exchange = Witness()
    exchange.rest(SYMBOL, client_order_ids=["mine"])
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(5)
        exchange.faults.inject(SILENT_AFTER, times=None)
        assert isinstance(await papi.cancel(MINE, deadline=2), Unknown)
        (second,) = exchange.rest(SYMBOL, client_order_ids=["mine"])
        await asyncio.sleep(5)
        exchange.faults.clear()
        exchange.faults.inject(SILENT_BEFORE, times=None)
        assert isinstance(await papi.cancel(MINE, deadline=2), Unknown)
        exchange.faults.clear()
        settled = await papi.settle(30)
        assert papi.unresolved == ()
        assert not exchange.book.is_open(second), list(settled)


@pytest.mark.parametrize(
    "kind",
    [FaultKind.UNAVAILABLE_503, FaultKind.TIMESTAMP, FaultKind.LIMITED_429, FaultKind.FIREWALL_403],
)
@held
async def test_a_conditional_order_by_client_id_after_a_refusal(kind: FaultKind) -> None:
    """A read of its own does not know it while it waits; the list does."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        await papi.cm.new_conditional_order(
            symbol=CM,
            side=Side.SELL,
            strategy_type=StrategyType.STOP_MARKET,
            quantity=Decimal(1),
            stop_price=Decimal(1),
            new_client_strategy_id="mine",
        )
        await asyncio.sleep(5)
        exchange.faults.inject(Fault(kind), method="DELETE")
        request = CancelCmConditionalOrder(symbol=CM, new_client_strategy_id="mine")
        outcome = await papi.cancel(request, deadline=100)
    assert isinstance(outcome, Canceled), outcome


@held
async def test_what_is_placed_before_a_delete_can_leave_is_meant() -> None:
    """No connection could be opened: until one can, no DELETE has left."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(5)
        papi._carrier._transport.refuse_connections(3)  # type: ignore[attr-defined]
        running = asyncio.create_task(papi.cancel(MINE))
        await asyncio.sleep(1)
        (order_id,) = exchange.rest(SYMBOL, client_order_ids=["mine"])
        assert not exchange.deletes
        exchange.faults.inject(LOST_BEFORE, method="DELETE")
        outcome = await running
        assert not exchange.book.is_open(order_id), outcome
    assert isinstance(outcome, Canceled)


@held
async def test_an_order_placed_just_after_its_cancel_was_refused() -> None:
    """Nothing bore that id when the DELETE left: nothing was closed, and the order is open."""
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(5)
        running = asyncio.create_task(papi.cancel(MINE))
        await asyncio.sleep(0.8)
        (order_id,) = exchange.rest(SYMBOL, client_order_ids=["mine"])
        outcome = await running
        assert exchange.book.is_open(order_id)
    assert isinstance(outcome, Refused), outcome


@pytest.mark.parametrize("how", ["another order", "a member less"])
@held
async def test_a_list_is_told_by_its_own_members_and_by_all(how: str) -> None:
    """One of them filled: no outcome shows the list without that."""
    exchange = Witness()
    list_id, legs = exchange.rest_list()
    (other,) = exchange.rest(SYMBOL)
    exchange.book.cancel(other)
    of_other: list[Any] = []

    def alter(outgoing: Outgoing, said: Any) -> Any:
        if outgoing.method != "GET":
            return said
        if outgoing.path == ORDER and said["orderId"] == other:
            of_other.append(said)
        elif outgoing.path == ORDER and how == "another order":
            return of_other[0]
        elif outgoing.path == LIST and how == "a member less":
            del said["orders"][0]["orderId"]
        return said

    async with exchange.in_process_client(transport=Altered(exchange, alter)) as papi:
        await papi.margin.order(symbol=SYMBOL, order_id=other)
        exchange.faults.inject(SILENT_BEFORE, method="DELETE")
        asyncio.get_running_loop().call_later(0.5, exchange.book.fill, legs[0])
        outcome = await papi.cancel(cancel_list_of(list_id))
    assert not isinstance(outcome, Canceled), "a member is FILLED"
    if isinstance(outcome, AlreadyClosed):
        shown: Any = outcome.order
        assert [leg.order_id for leg in shown.legs] == legs


@held
async def test_a_list_by_client_id_that_our_cancel_closed() -> None:
    """The time of a list that is done is when it ended, not when it was placed."""
    exchange = Witness()
    exchange.rest_list(client_id="mine")
    request = CancelMarginOrderList(symbol=SYMBOL, list_client_order_id="mine")
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(5)
        exchange.faults.jitter(3, 0.4)
        exchange.faults.inject(LOST_AFTER, method="DELETE")
        outcome = await papi.cancel(request)
    assert isinstance(outcome, Canceled), outcome


@pytest.mark.parametrize(
    "gone", [["symbol"], ["orderId"], ["orderId", "origClientOrderId"]], ids=", ".join
)
@held
async def test_a_row_of_the_reply_to_a_cancel_of_all_that_does_not_name_its_order(
    gone: list[str],
) -> None:
    """That order was closed by us all the same."""
    exchange = Witness()
    exchange.rest(SYMBOL, 4)

    def alter(outgoing: Outgoing, said: Any) -> Any:
        if outgoing.path == ALL_OPEN_ORDERS:
            for name in gone:
                del said[0][name]
        return said

    async with exchange.in_process_client(transport=Altered(exchange, alter)) as papi:
        await asyncio.sleep(5)
        report = await papi.cancel_all([SYMBOL])
    assert report.outcomes.already_closed == []
    assert len(report.outcomes.canceled) == 4


@held
async def test_a_refusal_of_one_does_not_end_the_doubt_about_another() -> None:
    """There are sixty seconds left, and a read would tell."""
    exchange = Witness()
    first, second = exchange.rest(SYMBOL, 2)

    class Refusing(InProcessTransport):
        async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109
            if outgoing.method == "DELETE" and f"orderId={first}&" in outgoing.target:
                outgoing.has_left = True
                return Answer(400, {}, b'{"code":-2011,"msg":"Market is closed."}')
            return await super().send(outgoing, timeout=timeout)

    async with exchange.in_process_client(transport=Refusing(exchange)) as papi:
        await asyncio.sleep(5)
        exchange.faults.inject(LOST_AFTER, method="DELETE", order_id=second)
        report = await papi.cancel_all([SYMBOL])
    assert report.outcomes.counts["unknown"] == 0, list(report.outcomes)
    assert [type(each) for each in report.outcomes] == [Refused, Canceled]


@held
async def test_news_of_another_order_under_that_id() -> None:
    """A read has fixed which order is meant; news without times of another one is no news of it."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL, client_order_ids=["mine"])
    async with exchange.in_process_client(timeout=1.0) as papi:
        exchange.faults.inject(LOST_BEFORE, method="DELETE")
        exchange.faults.inject(SILENT_BEFORE, method="DELETE", times=2)
        running = asyncio.create_task(papi.cancel(MINE, deadline=20))
        await asyncio.sleep(0.5)
        tell(papi, replace(state(exchange, order_id, OrderStatus.FILLED), order_id=order_id + 77))
        outcome = await running
    assert isinstance(outcome, Canceled), outcome
    assert not exchange.book.is_open(order_id)


# also ---------------------------------------------------------------------------------------
@held
async def test_how_lists_ended_costs_no_more_than_is_promised() -> None:
    """1,000 at most, members included; what is beyond is ``Closed``."""
    exchange = Witness()
    lists = [exchange.rest_list()[0] for _ in range(100)]
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(LOST_AFTER, method="DELETE", times=None)
        outcomes = await papi.cancel_many([cancel_list_of(each) for each in lists])
    assert outcomes.counts["unknown"] == 0
    reads = [each.path for each in exchange.truth.arrivals("GET")]
    assert 5 * reads.count(LIST) + 10 * reads.count(ORDER) <= 1000


@held
async def test_a_read_that_is_signed_anew_is_told_twice() -> None:
    """Weight told is weight charged; 2 more are the exchange's time, asked for by the client."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(LOST_AFTER, method="DELETE")
        exchange.faults.inject(Fault(FaultKind.TIMESTAMP), method="GET", path=ORDER)
        before = sum(exchange.truth.window_weights().values())
        outcomes = await papi.cancel_many([cancel_of(order_id)])
        spent = sum(exchange.truth.window_weights().values()) - before
    assert outcomes.weight == spent - 2
