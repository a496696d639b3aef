from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_papi_async.simulator import Exchange

Ask = Callable[..., Any]
DAY = 86_400
ALGO = {"symbol": "BTCUSDT", "side": "SELL", "algoType": "CONDITIONAL", "type": "STOP_MARKET"}
STOP = ALGO | {"quantity": 1, "triggerPrice": 90}
LIMIT_STOP = STOP | {"type": "STOP", "price": 89}
TRAILING = ALGO | {"type": "TRAILING_STOP_MARKET", "quantity": 1, "callbackRate": "0.1"}
CLOSING = ALGO | {"triggerPrice": 90, "closePosition": "true"}
CONDITIONAL = {
    "symbol": "BTCUSD_PERP",
    "side": "SELL",
    "strategyType": "STOP",
    "quantity": 1,
    "price": 89,
    "stopPrice": 90,
}


def sent(parameters: dict[str, Any]) -> dict[str, Any]:
    """What is left when None strikes a parameter out."""
    return {name: value for name, value in parameters.items() if value is not None}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        (STOP, None),
        (LIMIT_STOP, None),
        (TRAILING, None),
        (CLOSING, None),
        (STOP | {"algoType": "VP"}, -1130),
        (STOP | {"type": "LIMIT"}, -1116),
        (STOP | {"quantity": None}, -1102),
        (STOP | {"quantity": "0"}, -4003),
        (STOP | {"triggerPrice": None}, -1102),
        (STOP | {"callbackRate": "1"}, -1106),
        (STOP | {"price": 1}, -1106),
        (STOP | {"clientAlgoId": "a b"}, -4015),
        (LIMIT_STOP | {"price": None}, -1102),
        (LIMIT_STOP | {"closePosition": "true"}, -1106),
        (CLOSING | {"quantity": 1}, -4137),
        (CLOSING | {"reduceOnly": "true"}, -1106),
        (TRAILING | {"callbackRate": None}, -1102),
        (TRAILING | {"callbackRate": "20.1"}, -1130),
        (TRAILING | {"callbackRate": "0.01"}, -1130),
        (TRAILING | {"workingType": "LUCK"}, -1130),
    ],
)
def test_an_algo_order_is_checked(
    ask: Ask, exchange: Exchange, parameters: dict[str, Any], code: int | None
) -> None:
    """Each kind has its own needs."""
    answered = ask("POST", "um/algo/order", **sent(parameters))
    assert answered.json.get("code") == code
    assert len(ask("GET", "um/algo/openAlgoOrders").json) == (code is None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"quantity": None}, -1102),
        ({"stopPrice": None}, -1102),
        ({"strategyType": "LIMIT"}, -1130),
        ({"strategyType": "TRAILING_STOP_MARKET", "price": None, "callbackRate": "5.1"}, -1130),
        ({"newClientStrategyId": "a" * 37}, -4015),
        ({"timeInForce": "GTD"}, -1115),
        ({"priceMatch": "QUEUE"}, -1104),
    ],
)
def test_a_conditional_order_is_checked(ask: Ask, change: dict[str, Any], code: int | None) -> None:
    """By the same rules, with bounds of its own."""
    answered = ask("POST", "cm/conditional/order", **sent(CONDITIONAL | change))
    assert answered.json.get("code") == code


def test_an_algo_order_lives_and_is_forgotten(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """Cancelled once, known for three days after."""
    number = ask("POST", "um/algo/order", **STOP, clientAlgoId="mine").json["algoId"]
    assert ask("POST", "um/algo/order", **STOP, clientAlgoId="mine").json["code"] == -4116
    assert ask("GET", "um/algo/openAlgoOrders", algoId=number + 1).json == []
    for verb, path in (("DELETE", "order"), ("GET", "algoOrder")):
        assert ask(verb, f"um/algo/{path}").json["code"] == -1102
    wrong = {"algoId": number, "clientAlgoId": "other"}
    assert ask("GET", "um/algo/algoOrder", **wrong).json["code"] == -2013
    assert ask("DELETE", "um/algo/order", clientAlgoId="mine").json == {"complete": True}
    assert ask("DELETE", "um/algo/order", algoId=number).json["code"] == -2011
    assert ask("DELETE", "um/algo/order", algoId=number + 1).json["code"] == -2011
    assert exchange.truth.executions(number) == 1
    arrivals = exchange.truth.arrivals(order_id=number)
    assert [arrival.method for arrival in arrivals] == ["GET", "DELETE"]
    (row,) = ask("GET", "um/algo/allAlgoOrders", symbol="BTCUSDT", algoId=number).json
    assert (row["algoStatus"], row["actualOrderId"]) == ("CANCELED", "")
    clock.now += 3 * DAY + 1
    assert ask("GET", "um/algo/algoOrder", algoId=number).json["code"] == -2013
    assert ask("GET", "um/algo/allAlgoOrders", symbol="BTCUSDT").json == []


def test_a_conditional_order_lives_and_is_forgotten(
    exchange: Exchange, ask: Ask, clock: Any
) -> None:
    """Where it is read depends on whether it waits; known for seven days after."""
    name = {"symbol": "BTCUSD_PERP", "newClientStrategyId": "mine"}
    number = ask("POST", "cm/conditional/order", **CONDITIONAL, newClientStrategyId="mine").json[
        "strategyId"
    ]
    assert ask("GET", "cm/conditional/openOrder", symbol="BTCUSD_PERP").json["code"] == -1102
    other = {"symbol": "ETHUSD_PERP", "strategyId": number}
    assert ask("GET", "cm/conditional/openOrder", **other).json["code"] == -2013
    assert ask("GET", "cm/conditional/openOrder", **name).json["strategyStatus"] == "NEW"
    assert ask("GET", "cm/conditional/orderHistory", **name).json["code"] == -2013
    ask("DELETE", "cm/conditional/allOpenOrders", symbol="BTCUSD_PERP")
    assert ask("GET", "cm/conditional/openOrder", **name).json["code"] == -2013
    assert ask("GET", "cm/conditional/orderHistory", **name).json["strategyStatus"] == "CANCELED"
    assert exchange.truth.canceled == {number}
    clock.now += 7 * DAY
    assert ask("GET", "cm/conditional/orderHistory", **name).status == 200
    clock.now += 1
    assert ask("GET", "cm/conditional/orderHistory", **name).json["code"] == -2013


def test_only_what_waits_can_fire(exchange: Exchange, ask: Ask) -> None:
    """Firing anything else is a mistake of the test."""
    with pytest.raises(ValueError, match="no order 5 waits"):
        exchange.trigger(5)
    number = ask("POST", "um/algo/order", **LIMIT_STOP).json["algoId"]
    placed = exchange.trigger(number)
    with pytest.raises(ValueError, match="is TRIGGERED already"):
        exchange.trigger(number)
    assert placed.order_id is not None
    shown = ask("GET", "um/algo/algoOrder", algoId=number).json
    assert (shown["algoStatus"], shown["actualOrderId"]) == ("TRIGGERED", str(placed.order_id))


def test_a_market_order_fills_where_the_trigger_says(exchange: Exchange, ask: Ask) -> None:
    """At the trigger price, unless another is given."""
    for price, filled_at in ((None, "90"), ("85", "85")):
        number = ask("POST", "um/algo/order", **STOP).json["algoId"]
        exchange.trigger(number, price)
        assert ask("GET", "um/userTrades", symbol="BTCUSDT").json[-1]["price"] == filled_at
