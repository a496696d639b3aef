from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async.simulator import Exchange

Ask = Callable[..., Any]
OCO = {"symbol": "LTCBTC", "side": "SELL", "quantity": 1, "price": 3, "stopPrice": 1}


def test_an_oco_is_two_orders(ask: Ask) -> None:
    """A stop and a limit order, charged as two, shown with the list."""
    answered = ask("POST", "margin/order/oco", **OCO, listClientOrderId="list")
    assert answered.headers["X-MBX-ORDER-COUNT-1M"] == "2"
    kinds = [report["type"] for report in answered.json["orderReports"]]
    assert kinds == ["STOP_LOSS", "LIMIT_MAKER"]
    assert "stopPrice" not in answered.json["orderReports"][1]
    assert answered.json["listOrderStatus"] == "EXECUTING"


def test_an_acknowledged_oco_says_little(ask: Ask) -> None:
    """With ACK the reports only name the orders."""
    answered = ask("POST", "margin/order/oco", **OCO, newOrderRespType="ACK")
    assert all("price" not in report for report in answered.json["orderReports"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"stopLimitPrice": 1}, -1102),
        ({"newOrderRespType": "FULL"}, -1136),
        ({"quantity": 0}, -1013),
        ({"price": 1, "stopPrice": 3}, -2010),
        ({"side": "BUY"}, -2010),
        ({"price": "2.5"}, -2010),
    ],
)
def test_a_wrong_oco_is_refused(
    exchange: Exchange, ask: Ask, change: dict[str, object], code: int
) -> None:
    """Prices must lie around the last price, on the right sides."""
    exchange.book.last_prices["LTCBTC"] = Decimal("2.5")
    assert ask("POST", "margin/order/oco", **(OCO | change)).json["code"] == code


def test_a_list_is_cancelled_as_a_whole(exchange: Exchange, ask: Ask) -> None:
    """By id or client id, once; what is closed or another symbol's is unknown."""
    stop = {"stopLimitPrice": "0.9", "stopLimitTimeInForce": "GTC"}
    ask("POST", "margin/order/oco", **OCO, **stop, listClientOrderId="list")
    refused = ask("DELETE", "margin/orderList", symbol="BNBBTC", orderListId=0)
    assert refused.json["code"] == -2011
    answered = ask("DELETE", "margin/orderList", symbol="LTCBTC", listClientOrderId="list")
    assert answered.json["listStatusType"] == "ALL_DONE"
    assert [report["type"] for report in answered.json["orderReports"]] == [
        "STOP_LOSS_LIMIT",
        "LIMIT_MAKER",
    ]
    again = ask("DELETE", "margin/orderList", symbol="LTCBTC", orderListId=0)
    assert again.json["code"] == -2011
    assert len(exchange.truth.canceled) == 2


def test_a_leg_named_alone_takes_the_list_along(exchange: Exchange, ask: Ask) -> None:
    """The answer is about the named order, the truth about both."""
    legs = ask("POST", "margin/order/oco", **OCO).json["orders"]
    answered = ask("DELETE", "margin/order", symbol="LTCBTC", orderId=legs[1]["orderId"])
    assert answered.json["type"] == "LIMIT_MAKER"
    assert exchange.truth.canceled == {leg["orderId"] for leg in legs}


def test_lists_are_read(exchange: Exchange, ask: Ask) -> None:
    """One, all, from an id on, and only the open ones."""
    for name in ("one", "two", "three"):
        ask("POST", "margin/order/oco", **OCO, listClientOrderId=name)
    exchange.book.fill(exchange.book.order_list(0).order_ids[0])
    assert ask("GET", "margin/orderList", origClientOrderId="two").json["orderListId"] == 1
    assert ask("GET", "margin/orderList", orderListId=9).json["code"] == -2013
    assert ask("GET", "margin/orderList").json["code"] == -1102

    def ids(path: str, **parameters: object) -> list[int]:
        return [row["orderListId"] for row in ask("GET", path, **parameters).json]

    assert ids("margin/openOrderList") == [1, 2]
    assert ids("margin/allOrderList", limit=2) == [1, 2]
    assert ids("margin/allOrderList", fromId=0, limit=2) == [0, 1]
    refused = ask("GET", "margin/allOrderList", fromId=0, endTime=5)
    assert refused.json["code"] == -1128
