"""A live order, learned from events of the stream, ends a doubt as any other news does."""

from __future__ import annotations

import pytest

from binance_papi_async import Canceled, CancelMarginOrder, Unknown
from binance_papi_async.simulator import Fault, FaultKind
from binance_papi_async.stream.live_order import CANCELS
from binance_papi_async.stream.state import Learned, Orders
from tests.cancelling.witness import SYMBOL, Witness, cancel_of, held
from tests.unit.stream.telling import report

SILENT_AFTER = Fault(FaultKind.SILENCE, "after")


@pytest.mark.parametrize("by_client_id", [False, True], ids=["order id", "client id"])
@held
async def test_an_unresolved_cancel_is_settled_by_an_event(*, by_client_id: bool) -> None:
    """Nobody answered until the deadline; then the stream tells, and nothing is asked for it."""
    exchange = Witness()
    (order_id,) = exchange.rest(SYMBOL, client_order_ids=["mine"])
    placed_ms = int(exchange.clock() * 1000) - 1000
    request = cancel_of(order_id)
    if by_client_id:
        request = CancelMarginOrder(symbol=SYMBOL, orig_client_order_id="mine")
    async with exchange.in_process_client(timeout=1.0) as papi:
        exchange.faults.inject(SILENT_AFTER, times=None)
        assert isinstance(await papi.cancel(request, deadline=1), Unknown)
        asked = exchange.truth.arrived
        orders = Orders()
        orders.learn(report(order_id, "NEW", placed_ms, c="mine", symbol=SYMBOL))
        now_ms = int(exchange.clock() * 1000)
        told = report(order_id, "CANCELED", now_ms, c="ours", C="mine", O=placed_ms, symbol=SYMBOL)
        assert orders.learn(told) is Learned.CLOSED
        order = orders.get("margin", SYMBOL, order_id)
        papi._desk.ledger.tell(CANCELS["margin"], order)
        assert papi.unresolved == ()
        (settled,) = await papi.settle(1)
        assert isinstance(settled, Canceled)
        assert settled.order is order
        assert exchange.truth.arrived == asked
