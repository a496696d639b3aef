from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async.simulator import Exchange

Ask = Callable[..., Any]
LIMIT = {
    "symbol": "LTCBTC",
    "side": "SELL",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "10",
    "price": "0.5",
}
MARKET = {"symbol": "LTCBTC", "side": "BUY", "type": "MARKET"}


def test_the_documented_cancel_is_answered_to_the_letter(exchange: Exchange, ask: Ask) -> None:
    """The example of the page for DELETE /papi/v1/margin/order, field by field and in order."""
    exchange.rest_seed_order()
    answered = ask(
        "DELETE", "margin/order", symbol="LTCBTC", orderId=28, newClientOrderId="cancelMyOrder1"
    )
    assert answered.status == 200
    assert list(answered.json.items()) == [
        ("symbol", "LTCBTC"),
        ("orderId", 28),
        ("origClientOrderId", "myOrder1"),
        ("clientOrderId", "cancelMyOrder1"),
        ("price", "1.00000000"),
        ("origQty", "10.00000000"),
        ("executedQty", "8.00000000"),
        ("cummulativeQuoteQty", "8.00000000"),
        ("status", "CANCELED"),
        ("timeInForce", "GTC"),
        ("type", "LIMIT"),
        ("side", "SELL"),
    ]
    assert exchange.truth.canceled == {28}


@pytest.mark.parametrize(
    ("names", "code", "message"),
    [
        (
            {},
            -1102,
            "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
        ),
        ({"orderId": 29}, -2011, "Unknown order sent."),
        ({"origClientOrderId": "nobody"}, -2011, "Unknown order sent."),
        ({"orderId": 28, "origClientOrderId": "nobody"}, -2011, "Unknown order sent."),
        ({"orderId": 28, "symbol": "BNBBTC"}, -2011, "Unknown order sent."),
    ],
)
def test_a_cancel_that_names_no_open_order(
    exchange: Exchange, ask: Ask, names: dict[str, object], code: int, message: str
) -> None:
    """It is refused with status 400, and nothing is cancelled."""
    exchange.rest_seed_order()
    answered = ask("DELETE", "margin/order", **({"symbol": "LTCBTC"} | names))
    assert (answered.status, answered.json) == (400, {"code": code, "msg": message})
    assert exchange.truth.canceled == set()


def test_a_cancel_is_carried_out_once(exchange: Exchange, ask: Ask) -> None:
    """The second cancel of an order, here by client id, finds nothing open."""
    (order_id,) = exchange.rest("LTCBTC", client_order_ids=["mine"])
    assert ask("DELETE", "margin/order", symbol="LTCBTC", origClientOrderId="mine").status == 200
    assert ask("DELETE", "margin/order", symbol="LTCBTC", orderId=order_id).json["code"] == -2011
    assert exchange.truth.executions(order_id) == 1
    query = ask("GET", "margin/order", symbol="LTCBTC", orderId=order_id)
    assert query.json["status"] == "CANCELED"


def test_an_unknown_order_cannot_be_queried(ask: Ask) -> None:
    """-2013, where a cancel would answer -2011."""
    answered = ask("GET", "margin/order", symbol="LTCBTC", orderId=1)
    assert answered.json == {"code": -2013, "msg": "Order does not exist."}


def test_cancel_all_takes_orders_and_lists(exchange: Exchange, ask: Ask) -> None:
    """One item per order outside a list, one per list with its orders; another symbol is left."""
    exchange.rest("LTCBTC", 2)
    exchange.rest("BNBBTC")
    oco = {"symbol": "LTCBTC", "side": "SELL", "quantity": 1, "price": 3, "stopPrice": 1}
    ask("POST", "margin/order/oco", **oco, limitIcebergQty="0.5")
    answered = ask("DELETE", "margin/allOpenOrders", symbol="LTCBTC")
    assert ["orders" in item for item in answered.json] == [False, False, True]
    assert [report["status"] for report in answered.json[2]["orderReports"]] == ["CANCELED"] * 2
    assert answered.json[2]["orderReports"][1]["icebergQty"] == "0.50000000"
    assert [order.symbol for order in exchange.book.open_orders()] == ["BNBBTC"]
    assert len(exchange.truth.canceled) == 4


def test_cancel_all_with_nothing_open(ask: Ask) -> None:
    """It is refused as a cancel of one unknown order is."""
    assert ask("DELETE", "margin/allOpenOrders", symbol="LTCBTC").json["code"] == -2011


@pytest.mark.parametrize(
    ("response", "fields"), [("ACK", 4), ("RESULT", 12), ("FULL", 13), (None, 13)]
)
def test_a_placed_order_is_answered_as_fully_as_asked(
    ask: Ask, response: str | None, fields: int
) -> None:
    """LIMIT and MARKET orders default to FULL."""
    asked = LIMIT | ({"newOrderRespType": response} if response else {})
    answered = ask("POST", "margin/order", **asked)
    assert (answered.status, len(answered.json)) == (200, fields)
    assert answered.headers["X-MBX-ORDER-COUNT-1M"] == "1"


def test_other_types_default_to_ack(ask: Ask) -> None:
    """A LIMIT_MAKER order is answered with four fields."""
    asked = {"symbol": "A", "side": "BUY", "type": "LIMIT_MAKER", "quantity": 1, "price": 1}
    assert len(ask("POST", "margin/order", **asked).json) == 4


def test_a_market_order_by_quote_amount(exchange: Exchange, ask: Ask) -> None:
    """The quantity follows from the last price, rounded down, and the answer shows the fill."""
    exchange.book.last_prices["LTCBTC"] = Decimal(3)
    answered = ask("POST", "margin/order", **MARKET, quoteOrderQty=10)
    assert answered.json["executedQty"] == "3.33333333"
    assert [fill["price"] for fill in answered.json["fills"]] == ["3.00000000"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        (LIMIT | {"price": None}, -1102),
        (LIMIT | {"timeInForce": None}, -1102),
        (LIMIT | {"side": None}, -1102),
        (LIMIT | {"side": "HOLD"}, -1117),
        (LIMIT | {"type": "HOPE"}, -1116),
        (LIMIT | {"timeInForce": "GTX"}, -1115),
        (LIMIT | {"newOrderRespType": "MORE"}, -1136),
        (LIMIT | {"sideEffectType": "LUCK"}, -1130),
        (LIMIT | {"selfTradePreventionMode": "LUCK"}, -1130),
        (LIMIT | {"stopPrice": "1"}, -1106),
        (LIMIT | {"quoteOrderQty": "1"}, -1106),
        (LIMIT | {"quantity": "0"}, -1013),
        (LIMIT | {"price": "0.0"}, -1013),
        (LIMIT | {"price": "1E-8"}, -1100),
        (LIMIT | {"price": "-1"}, -1100),
        (LIMIT | {"price": "0.123456789"}, -1111),
        (LIMIT | {"autoRepayAtCancel": "True"}, -1100),
        (LIMIT | {"newClientOrderId": ""}, -1105),
        (LIMIT | {"symbol": "ltcbtc"}, -1100),
        (LIMIT | {"leverage": "3"}, -1104),
        (MARKET, -1102),
        (MARKET | {"quantity": 1, "quoteOrderQty": 1}, -1106),
        (MARKET | {"quantity": 1, "price": 1}, -1106),
        (MARKET | {"quantity": 1, "timeInForce": "GTC"}, -1106),
        (LIMIT | {"type": "STOP_LOSS_LIMIT"}, -1102),
    ],
)
def test_a_wrong_order_is_refused_and_not_counted(
    exchange: Exchange, ask: Ask, parameters: dict[str, object], code: int
) -> None:
    """Each rule has its code, and a refused order leaves no trace in book or order count."""
    sent = {name: value for name, value in parameters.items() if value is not None}
    answered = ask("POST", "margin/order", **sent)
    assert (answered.status, answered.json["code"]) == (400, code)
    assert exchange.book.open_orders() == []
    assert "X-MBX-ORDER-COUNT-1M" not in answered.headers


def test_a_stop_order_rests(ask: Ask) -> None:
    """It is shown with its stop price, and is not working before it fills."""
    asked = LIMIT | {"type": "STOP_LOSS_LIMIT", "stopPrice": "0.6", "icebergQty": "1"}
    order_id = ask("POST", "margin/order", **asked).json["orderId"]
    shown = ask("GET", "margin/order", symbol="LTCBTC", orderId=order_id).json
    assert (shown["stopPrice"], shown["isWorking"]) == ("0.60000000", False)
    assert ask("DELETE", "margin/allOpenOrders", symbol="LTCBTC").json[0]["stopPrice"]


def test_histories_are_paged(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """From an id or a start on the first ones, else the newest, always oldest first."""
    start = int(clock.now * 1000)
    ids = []
    for _ in range(4):
        ids += exchange.rest("LTCBTC")
        exchange.book.fill(ids[-1])
        clock.now += 1

    def orders(**parameters: object) -> list[int]:
        rows = ask("GET", "margin/allOrders", symbol="LTCBTC", **parameters).json
        return [row["orderId"] for row in rows]

    assert orders() == ids
    assert orders(limit=2) == ids[2:]
    assert orders(limit=2, orderId=ids[1]) == ids[1:3]
    assert orders(startTime=start + 1000, limit=1) == [ids[1]]
    assert orders(endTime=start + 1000) == ids[:2]

    def trades(**parameters: object) -> list[int]:
        rows = ask("GET", "margin/myTrades", symbol="LTCBTC", **parameters).json
        return [row["orderId"] for row in rows]

    assert trades() == ids
    assert trades(orderId=ids[2]) == [ids[2]]
    assert trades(fromId=2, limit=2) == ids[1:3]


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        ("allOrders", {"limit": 501}, -1130),
        ("allOrders", {"limit": 0}, -1130),
        ("allOrders", {"startTime": 2, "endTime": 1}, -1023),
        ("allOrders", {"orderId": "abc"}, -1100),
        ("myTrades", {"limit": 1001}, -1130),
        ("myTrades", {"startTime": 0, "endTime": 86_400_000}, -1127),
    ],
)
def test_a_page_out_of_range_is_refused(
    ask: Ask, path: str, parameters: dict[str, object], code: int
) -> None:
    """Limits and ranges have their codes."""
    assert ask("GET", f"margin/{path}", symbol="LTCBTC", **parameters).json["code"] == code


def test_resting_without_a_call(exchange: Exchange) -> None:
    """As many orders as asked for or named, and not both at odds."""
    assert len(exchange.rest("LTCBTC", 3)) == 3
    assert len(exchange.rest("LTCBTC", client_order_ids=["a", "b"])) == 2
    with pytest.raises(ValueError, match="3 orders cannot take 2 client ids"):
        exchange.rest("LTCBTC", 3, client_order_ids=["c", "d"])
