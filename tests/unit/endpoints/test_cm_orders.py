from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec import DecodeError, ValidationError

from binance_papi_async.endpoints.cm_order_replies import CanceledCmOrder, CmOrder
from binance_papi_async.endpoints.cm_orders import (
    AllCmOrders,
    CancelCmOrder,
    CmOrderAmendments,
    CmTrades,
    ModifyCmOrder,
    NewCmOrder,
    OpenCmOrders,
    QueryCmOrder,
    QueryOpenCmOrder,
)
from binance_papi_async.enums import (
    FuturesOrderType,
    FuturesTimeInForce,
    OrderStatus,
    PositionSide,
    Side,
)
from tests.unit.endpoints.documented import EXAMPLES, RequestClass, read, without


@pytest.mark.parametrize(
    ("request_class", "arguments", "weight"),
    [
        (OpenCmOrders, {"symbol": "BTCUSD_PERP", "pair": "BTCUSD"}, 1),
        (OpenCmOrders, {"pair": "BTCUSD"}, 40),
        (AllCmOrders, {"symbol": "BTCUSD_PERP"}, 20),
        (AllCmOrders, {"pair": "BTCUSD"}, 40),
        (AllCmOrders, {"symbol": "BTCUSD_PERP", "pair": "BTCUSD"}, 40),
        (CmTrades, {"symbol": "BTCUSD_PERP"}, 20),
        (CmTrades, {"pair": "BTCUSD"}, 40),
    ],
)
def test_a_pair_costs_more_than_a_symbol(
    request_class: RequestClass, arguments: dict[str, str], weight: int
) -> None:
    """Where both are named the dearer is assumed, but for open orders."""
    assert request_class(**arguments).weight == weight


LIMIT: dict[str, Any] = {
    "symbol": "BTCUSD_PERP",
    "side": Side.BUY,
    "type": FuturesOrderType.LIMIT,
    "time_in_force": FuturesTimeInForce.GTC,
    "quantity": Decimal(1),
    "price": Decimal(30000),
}
CHANGE: dict[str, Any] = {"side": Side.BUY, "quantity": Decimal(1), "price": Decimal(30000)}


def test_an_order_is_sent_as_it_was_given() -> None:
    """The exchange's names, switches as words."""
    order = NewCmOrder(**LIMIT, position_side=PositionSide.BOTH, reduce_only=True)
    assert order.query() == (
        "symbol=BTCUSD_PERP&side=BUY&type=LIMIT&positionSide=BOTH&timeInForce=GTC&quantity=1"
        "&reduceOnly=true&price=30000"
    )


@pytest.mark.parametrize(
    ("kind", "name"), [("LIMIT", "time_in_force"), ("LIMIT", "quantity"), ("MARKET", "quantity")]
)
def test_a_kind_of_order_needs_its_parameters(kind: str, name: str) -> None:
    """The mandatory ones of each kind, as documented."""
    with pytest.raises(ValueError, match=f"^a {kind} order needs {name} beside it$"):
        NewCmOrder(**{**without(LIMIT, name), "type": kind})


def test_a_market_order_needs_no_price() -> None:
    """Nor a time in force; and no other kind is placed here."""
    market = without(LIMIT, "price", "time_in_force")
    assert NewCmOrder(**{**market, "type": "MARKET"}).price is None
    with pytest.raises(ValueError, match=r"^type must be LIMIT or MARKET, not LIQUIDATION$"):
        NewCmOrder(**{**market, "type": "LIQUIDATION"})
    with pytest.raises(ValueError, match="not both"):  # of the two prices, whatever the kind
        NewCmOrder(**{**LIMIT, "type": "MARKET", "price_match": "QUEUE"})


@pytest.mark.parametrize("request_class", [NewCmOrder, ModifyCmOrder])
def test_a_price_is_given_or_matched(request_class: RequestClass) -> None:
    """The page calls the price of a change mandatory, but has ``priceMatch`` stand in for it."""
    change = {**CHANGE, "symbol": "BTCUSD_PERP", "order_id": 1}
    whole = LIMIT if request_class is NewCmOrder else change
    message = "^name the price by price or by price_match, "
    with pytest.raises(ValueError, match=f"{message}not both$"):
        request_class(**whole, price_match="QUEUE")
    with pytest.raises(ValueError, match=f"{message}one of the two$"):
        request_class(**without(whole, "price"))
    assert (
        "priceMatch=QUEUE" in request_class(**without(whole, "price"), price_match="QUEUE").query()
    )


@pytest.mark.parametrize("name", [{"order_id": 0}, {"orig_client_order_id": "mine"}])
def test_a_cancel_knows_what_reads_its_order(name: dict[str, Any]) -> None:
    """The order itself, by the same id, and the open orders of its symbol."""
    cancel = CancelCmOrder(symbol="B", **name)
    assert cancel.state() == QueryCmOrder(symbol="B", **name)
    assert cancel.open_states() == OpenCmOrders(symbol="B")
    (state,) = EXAMPLES[AllCmOrders]
    order = read(QueryCmOrder, {**state, "symbol": "B", "orderId": 0, "clientOrderId": "mine"})
    assert cancel.key in cancel.keys_of(order)
    assert (cancel.fate(order), cancel.changed_at_ms(order)) == ("open", 1579276756075)


def test_orders_and_trades_are_of_a_symbol_or_of_a_pair() -> None:
    """One must be named; orders take both, trades do not."""
    with pytest.raises(ValueError, match=r"^name the orders by symbol or by pair, one of the two$"):
        AllCmOrders()
    assert AllCmOrders(symbol="B", pair="BTCUSD").query() == "symbol=B&pair=BTCUSD"
    with pytest.raises(ValueError, match="by symbol or by pair, one of the two"):
        CmTrades()
    with pytest.raises(ValueError, match="by symbol or by pair, not both"):
        CmTrades(symbol="B", pair="BTCUSD")


@pytest.mark.parametrize(
    "other",
    [
        {"pair": "BTCUSD"},
        {"symbol": "BTCUSD_PERP", "start_time": 0},
        {"symbol": "BTCUSD_PERP", "end_time": 0},
    ],
)
def test_trades_are_paged_in_one_way(other: dict[str, Any]) -> None:
    """By id, or by time."""
    with pytest.raises(
        ValueError, match=r"^page by from_id or by pair, start_time and end_time, not both$"
    ):
        CmTrades(**other, from_id=0)
    assert CmTrades(**other).from_id is None
    assert CmTrades(symbol="BTCUSD_PERP", from_id=0).query() == "symbol=BTCUSD_PERP&fromId=0"


def test_a_client_id_is_no_longer_than_the_exchange_allows() -> None:
    """32 characters."""
    assert "x" * 32 in NewCmOrder(**LIMIT, new_client_order_id="x" * 32).query()
    with pytest.raises(ValueError, match=r"^new_client_order_id must be at most 32 characters"):
        NewCmOrder(**LIMIT, new_client_order_id="x" * 33)


# Replies.


def test_a_cancel_is_read_in_full() -> None:
    """Every field of the documented example, and nothing made up."""
    assert read(CancelCmOrder, EXAMPLES[CancelCmOrder]) == CanceledCmOrder(
        symbol="BTCUSD_200925",
        order_id=283194212,
        client_order_id="myOrder1",
        price=Decimal(0),
        orig_qty=Decimal(2),
        executed_qty=Decimal(0),
        cum_qty=Decimal(0),
        status=OrderStatus.CANCELED,
        time_in_force=FuturesTimeInForce.GTC,
        type=FuturesOrderType.LIMIT,
        side=Side.BUY,
        position_side=PositionSide.SHORT,
        reduce_only=False,
        pair="BTCUSD",
        update_time=1571110484038,
    )


def test_an_untagged_change_has_no_tag() -> None:
    """``modifyId`` comes back only if it was sent."""
    example = without(EXAMPLES[ModifyCmOrder], "modifyId")
    assert read(ModifyCmOrder, example).modify_id is None
    (change,) = EXAMPLES[CmOrderAmendments]
    untagged = {**change, "amendment": without(change["amendment"], "modifyId")}
    (reply,) = read(CmOrderAmendments, [untagged])
    assert reply.amendment.modify_id is None
    assert reply.amendment.price.after == Decimal("30003.2")


def test_an_open_order_comes_alone_or_in_a_list() -> None:
    """Documented both ways; either is one order."""
    (example,) = EXAMPLES[QueryOpenCmOrder]
    alone = read(QueryOpenCmOrder, example)
    assert isinstance(alone, CmOrder)
    assert read(QueryOpenCmOrder, [example]) == alone
    for several in (0, 2):
        with pytest.raises(ValidationError, match=f"^Expected one order, got {several}$"):
            read(QueryOpenCmOrder, [example] * several)


@pytest.mark.parametrize("body", [b"[", b"{}", b"[{}]", b"null", b'{"code":-2013,"msg":"gone"}'])
def test_what_is_no_order_is_not_read(body: bytes) -> None:
    """Nothing is made up."""
    with pytest.raises(DecodeError):
        QueryOpenCmOrder.endpoint.decode(body)
