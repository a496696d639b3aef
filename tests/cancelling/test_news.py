"""News of an order from elsewhere: it ends a doubt at once, and costs nothing; what it does not show, it does not say."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    CancelMarginOrder,
    MarginOrder,
    PapiClient,
    Unknown,
)
from binance_papi_async.enums import OrderStatus, OrderType, Side, TimeInForce
from binance_papi_async.outcome import Evidence
from binance_papi_async.simulator import Fault, FaultKind
from tests.cancelling.witness import SYMBOL, Witness, cancel_of, held

SILENT_AFTER = Fault(FaultKind.SILENCE, "after")


def state(exchange: Witness, order_id: int, status: OrderStatus) -> MarginOrder:
    """The order as somebody else saw it, changed now."""
    return MarginOrder(
        symbol=SYMBOL,
        order_id=order_id,
        client_order_id="mine",
        price=Decimal(1),
        orig_qty=Decimal(1),
        executed_qty=Decimal(0),
        cummulative_quote_qty=Decimal(0),
        status=status,
        time_in_force=TimeInForce.GTC,
        type=OrderType.LIMIT,
        side=Side.SELL,
        time=int((exchange.clock() - 4) * 1000),
        update_time=int(exchange.clock() * 1000),
    )


def tell(papi: PapiClient, news: MarginOrder) -> None:
    """As whoever watches the account will."""
    papi._desk.ledger.tell(CancelMarginOrder, news)


@pytest.mark.parametrize("by_client_id", [False, True], ids=["order id", "client id"])
@pytest.mark.parametrize(
    "fault", [Fault(FaultKind.CLOSE, "after"), Fault(FaultKind.SILENCE, "after")], ids=str
)
@held
async def test_a_doubt_that_is_asked_about_ends_with_the_news(
    fault: Fault, *, by_client_id: bool
) -> None:
    """Nobody answers the questions; the moment the order is seen cancelled, it is known."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL, client_order_ids=["mine"])
    request = cancel_of(order_id)
    if by_client_id:
        request = CancelMarginOrder(symbol=SYMBOL, orig_client_order_id="mine")
    loop = asyncio.get_running_loop()
    async with exchange.in_process_client(timeout=1.0) as papi:
        exchange.faults.inject(fault, method="DELETE")
        exchange.faults.inject(SILENT_AFTER, method="GET", times=None)
        running = asyncio.create_task(papi.cancel(request, deadline=60))
        await asyncio.sleep(3)
        began, news = loop.time(), state(exchange, order_id, OrderStatus.CANCELED)
        tell(papi, news)
        outcome = await running
        assert loop.time() == began
    assert outcome == Canceled(request, news, Evidence.QUERY)
    assert len(exchange.deletes) == 1


@held
async def test_news_during_a_pause() -> None:
    """Between two questions it is heard, too."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    loop = asyncio.get_running_loop()
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), method="DELETE")
        exchange.faults.inject(Fault(FaultKind.UNAVAILABLE_503), method="GET", times=None)
        running = asyncio.create_task(papi.cancel(cancel_of(order_id), deadline=60))
        await asyncio.sleep(10.01)
        began, asked = loop.time(), len(exchange.truth.arrivals("GET"))
        tell(papi, state(exchange, order_id, OrderStatus.FILLED))
        outcome = await running
        assert loop.time() == began
        assert len(exchange.truth.arrivals("GET")) == asked
    assert isinstance(outcome, AlreadyClosed)


@held
async def test_news_before_there_is_a_doubt() -> None:
    """The reply counts if it comes; if it is lost, what was heard meanwhile settles it without a question."""
    exchange = Witness()
    first, second = exchange.rest(SYMBOL, 2)
    async with exchange.in_process_client() as papi:
        for order_id, fault in ((first, FaultKind.DELAY), (second, FaultKind.CLOSE)):
            exchange.faults.inject(Fault(fault, "after", seconds=1.0), order_id=order_id)
            running = asyncio.create_task(papi.cancel(cancel_of(order_id)))
            await asyncio.sleep(0.5)
            asked = len(exchange.truth.arrivals("GET"))
            tell(papi, state(exchange, order_id, OrderStatus.CANCELED))
            outcome = await running
            assert isinstance(outcome, Canceled)
            expected = Evidence.REPLY if fault is FaultKind.DELAY else Evidence.QUERY
            assert outcome.evidence is expected
            assert len(exchange.truth.arrivals("GET")) == asked


@held
async def test_what_is_unresolved_is_settled_by_news() -> None:
    """Nobody asks about it any more; ``settle`` returns it, and it costs nothing."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_AFTER, times=None)
        assert isinstance(await papi.cancel(cancel_of(order_id), deadline=1), Unknown)
        tell(papi, state(exchange, order_id, OrderStatus.NEW))
        assert [each.request for each in papi.unresolved] == [cancel_of(order_id)], (
            "shown open says nothing: it may be old"
        )
        tell(papi, state(exchange, order_id + 1, OrderStatus.CANCELED))
        assert [each.request for each in papi.unresolved] == [cancel_of(order_id)], (
            "of another order"
        )
        tell(papi, state(exchange, order_id, OrderStatus.CANCELED))
        assert not papi.unresolved
        settled = await papi.settle(5)
        assert [type(each) for each in settled] == [Canceled]
        assert settled.weight == 0


@held
async def test_the_first_doubt_of_an_order_stays() -> None:
    """A second cancel in doubt does not make the first one's success somebody else's."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL)
    async with exchange.in_process_client() as papi:
        exchange.faults.inject(SILENT_AFTER, times=None)
        await papi.cancel(cancel_of(order_id), deadline=1)
        await papi.cancel(cancel_of(order_id), deadline=1)
        exchange.faults.clear()
        (settled,) = await papi.settle(5)
    assert isinstance(settled, Canceled)


@held
async def test_news_that_tells_nothing_changes_nothing() -> None:
    """On its way, in a word nobody has heard, or of another order under that client id: asked on, with every pause."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL, client_order_ids=["mine"])
    request = CancelMarginOrder(symbol=SYMBOL, orig_client_order_id="mine")
    async with exchange.in_process_client(timeout=1.0) as papi:
        await asyncio.sleep(10)
        older = state(exchange, order_id, OrderStatus.FILLED)
        await asyncio.sleep(5)
        exchange.faults.inject(Fault(FaultKind.CLOSE), method="DELETE")
        exchange.faults.inject(Fault(FaultKind.UNAVAILABLE_503), method="GET", times=6)
        running = asyncio.create_task(papi.cancel(request, deadline=60))
        await asyncio.sleep(0.05)
        for word in (OrderStatus.PENDING_CANCEL, OrderStatus("NEVER_HEARD")):
            tell(papi, state(exchange, order_id, word))
            await asyncio.sleep(0.05)
        tell(papi, older)
        outcome = await running
    assert isinstance(outcome, Canceled)
    first, second = (time for time, _ in exchange.deletes)
    assert second - first > 3, "six reads were answered down, with pauses between"
