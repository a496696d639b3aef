from __future__ import annotations

from collections.abc import Callable
from typing import Any

from binance_papi_async.simulator import Exchange, Fault, FaultKind

Ask = Callable[..., Any]


def test_every_arrival_is_logged(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """Time, verb, path and the order named, also of calls that were refused; no signature."""
    ask("DELETE", "margin/order", symbol="A", orderId=5)
    ask("DELETE", "margin/order", symbol="A", origClientOrderId="my id")
    ask("GET", "margin/order", symbol="A", orderId=5)
    truth = exchange.truth
    assert truth.arrived == 3
    assert [arrival.method for arrival in truth.arrivals(order_id=5)] == ["DELETE", "GET"]
    assert len(truth.arrivals("DELETE", "/papi/v1/margin/order")) == 2
    (named,) = truth.arrivals(client_order_id="my id")
    assert (named.time, named.order_id) == (clock.now, None)
    assert truth.arrivals(order_id=6) == []
    assert "signature" not in repr(truth.arrivals())


def test_what_was_swallowed_has_no_status(exchange: Exchange, ask: Ask) -> None:
    """Statuses count what the client could see."""
    exchange.faults.inject(Fault(FaultKind.CLOSE, "after"))
    ask("GET", "margin/openOrders", symbol="A")
    ask("GET", "margin/openOrders", symbol="A")
    assert (exchange.truth.statuses, exchange.truth.unanswered) == ({200: 1}, 1)


def test_a_bounded_log_forgets_the_oldest(clock: Callable[[], float]) -> None:
    """Counts stay whole, arrivals are the newest."""
    exchange = Exchange(clock=clock, keep=2)
    for number, verb in ((1, "DELETE"), (2, "DELETE"), (1, "GET")):
        exchange.receive(verb, f"/papi/v1/margin/order?orderId={number}", {})
    assert [arrival.method for arrival in exchange.truth.arrivals(order_id=1)] == ["GET"]
    exchange.receive("DELETE", "/papi/v1/margin/order?orderId=3", {})
    exchange.receive("GET", "/papi/v1/ping", {})
    exchange.receive("GET", "/papi/v1/ping", {})
    exchange.receive("GET", "/papi/v1/ping", {})
    assert exchange.truth.arrived == 7
    assert len(exchange.truth.arrivals()) == 2
    assert exchange.truth.arrivals(order_id=1) == []
    assert exchange.truth.max_window_weight() == 0
