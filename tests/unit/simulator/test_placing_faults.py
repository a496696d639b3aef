"""Every fault on every verb that changes something, by the simulator's own truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_papi_async.simulator import FAULTS, Exchange, Fault, FaultKind
from tests.unit.simulator.placing import PLACINGS, Placing, kind_of

Ask = Callable[..., Any]
CHANGE = {"symbol": "BTCUSDT", "side": "SELL", "quantity": 4, "price": 5}


@pytest.fixture
def exchange(clock: Any, request: pytest.FixtureRequest) -> Exchange:
    """An exchange with the documented limits, or with another limit of orders."""
    return Exchange(clock=clock, order_limit=getattr(request, "param", 1200))


def name_of(fault: Fault) -> str:
    """Kind and point."""
    return fault.name


def is_carried_out(fault: Fault) -> bool:
    """What the definition of a fault says of the call it strikes."""
    return fault.point == "after" or fault.kind is FaultKind.DELAY


def said(fault: Fault, exchange: Exchange, answered: Any) -> None:
    """The answer is the fault's own, and is charged as it says."""
    if fault.answer is not None:
        assert answered.status == fault.answer.status
    counted = fault.answer is None or fault.answer.is_counted
    assert exchange.truth.max_window_weight() == counted


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
@pytest.mark.parametrize("placing", PLACINGS, ids=kind_of)
def test_a_fault_of_a_placement(
    exchange: Exchange, ask: Ask, placing: Placing, fault: Fault
) -> None:
    """Before: nothing was ever placed, and a second POST places it. After: it rests, the second is a duplicate."""
    exchange.faults.inject(fault, method="POST")
    said(fault, exchange, ask("POST", placing.path, **placing.under("mine")))
    placed = is_carried_out(fault)
    assert exchange.truth.placements("mine") == placed
    assert [fate.is_open for fate in placing.own(exchange.fates("mine"))] == [True] * placed
    assert bool(exchange.resting) is placed
    again = ask("POST", placing.path, **placing.under("mine"))
    assert again.json.get("code") == (placing.duplicate if placed else None)
    assert exchange.truth.placements("mine") == 1


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
@pytest.mark.parametrize("product", ["um", "cm"])
def test_a_fault_of_a_change(exchange: Exchange, ask: Ask, product: Any, fault: Fault) -> None:
    """Before: it rests as it was. After: it rests as it was to be, and was changed once."""
    (order_id,) = exchange.rest("BTCUSDT", product=product, client_order_ids=["mine"])
    exchange.faults.inject(fault, method="PUT")
    said(fault, exchange, ask("PUT", f"{product}/order", **CHANGE, orderId=order_id))
    changed = is_carried_out(fault)
    (fate,) = exchange.fates("mine")
    assert (fate.price, fate.quantity, fate.amendments) == ((5, 4, 1) if changed else (1, 1, 0))
    assert (fate.is_open, exchange.truth.amendments(order_id)) == (True, changed)
    again = ask("PUT", f"{product}/order", **CHANGE, orderId=order_id)
    assert again.status == (400 if changed else 200)
    assert exchange.truth.amendments(order_id) == 1


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
@pytest.mark.parametrize("placing", PLACINGS, ids=kind_of)
def test_a_fault_of_a_cancel(exchange: Exchange, ask: Ask, placing: Placing, fault: Fault) -> None:
    """Before: it rests. After: it is cancelled."""
    assert ask("POST", placing.path, **placing.under("mine")).status == 200
    exchange.faults.inject(fault, method="DELETE")
    ask("DELETE", placing.cancel_path, **placing.cancel("mine"))
    canceled = is_carried_out(fault)
    assert [fate.is_open for fate in placing.own(exchange.fates("mine"))] == [not canceled]
    again = ask("DELETE", placing.cancel_path, **placing.cancel("mine"))
    assert again.json.get("code") == (-2011 if canceled else None)
    assert exchange.resting == []


@pytest.mark.parametrize("placing", PLACINGS, ids=kind_of)
def test_a_fault_may_be_for_one_client_id(exchange: Exchange, ask: Ask, placing: Placing) -> None:
    """A placement under it, or a cancel that names it; others pass."""
    for client_id in ("one", "two"):
        exchange.faults.inject(Fault(FaultKind.ERROR_500), method="POST", client_order_id=client_id)
    assert ask("POST", placing.path, **placing.under("three")).status == 200
    assert ask("POST", placing.path, **placing.under("two")).status == 500
    assert ask("POST", placing.path, **placing.under("two")).status == 200
    (arrival, _) = exchange.truth.arrivals("POST", client_order_id="two")
    assert (arrival.path, arrival.order_id) == (f"/papi/v1/{placing.path}", None)
    exchange.faults.clear()
    exchange.faults.inject(Fault(FaultKind.ERROR_500), client_order_id="two")
    assert ask("DELETE", placing.cancel_path, **placing.cancel("three")).status == 200
    assert ask("DELETE", placing.cancel_path, **placing.cancel("two")).status == 500


def test_a_cancels_own_name_names_no_order(exchange: Exchange, ask: Ask) -> None:
    """``newClientOrderId`` of a cancel is what the cancel is called."""
    exchange.faults.inject(Fault(FaultKind.ERROR_500), client_order_id="mine")
    (order_id,) = exchange.rest("LTCBTC")
    name = {"symbol": "LTCBTC", "orderId": order_id}
    assert ask("DELETE", "margin/order", **name, newClientOrderId="mine").status == 200


@pytest.mark.parametrize("exchange", [2], indirect=True)
@pytest.mark.parametrize("placing", PLACINGS, ids=kind_of)
def test_too_many_orders_in_a_minute(exchange: Exchange, ask: Ask, placing: Placing) -> None:
    """-1015, 429, how long to wait; what it refuses was never placed. A list counts two."""
    fitting = 1 if placing.kind == "margin_list" else 2
    ids = ["first", "second", "third"]
    answers = [ask("POST", placing.path, **placing.under(each)) for each in ids]
    assert [each.status for each in answers] == [200] * fitting + [429] * (3 - fitting)
    assert (answers[2].json["code"], answers[2].headers["Retry-After"]) == (-1015, "60")
    placed = [exchange.truth.placements(each) for each in ids]
    assert placed == [1] * fitting + [0] * (3 - fitting)
