from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async.simulator import Exchange

Ask = Callable[..., Any]
DAY = 86_400
LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "100",
}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}
HEDGED = {"dualSidePosition": "true"}


def sent(parameters: dict[str, Any]) -> dict[str, Any]:
    """What is left when None strikes a parameter out."""
    return {name: value for name, value in parameters.items() if value is not None}


@pytest.mark.parametrize("product", ["um", "cm"])
@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        (LIMIT | {"timeInForce": None}, -1102),
        (LIMIT | {"quantity": None}, -1102),
        (LIMIT | {"price": None}, -1102),
        (LIMIT | {"priceMatch": "QUEUE"}, -1106),
        (LIMIT | {"price": None, "priceMatch": "LUCK"}, -1130),
        (LIMIT | {"quantity": "0"}, -4003),
        (LIMIT | {"price": "0.0"}, -4001),
        (LIMIT | {"type": "STOP"}, -1116),
        (LIMIT | {"timeInForce": "LATER"}, -1115),
        (LIMIT | {"newOrderRespType": "FULL"}, -1136),
        (LIMIT | {"positionSide": "UP"}, -1130),
        (LIMIT | {"positionSide": "LONG"}, -4061),
        (LIMIT | {"reduceOnly": "yes"}, -1100),
        (LIMIT | {"reduceOnly": "true"}, -2022),
        (LIMIT | {"newClientOrderId": "a b"}, -4015),
        (LIMIT | {"newClientOrderId": "a" * 33}, -4015),
        (LIMIT | {"newClientOrderId": "ä"}, -4015),
        (MARKET | {"quantity": None}, -1102),
        (MARKET | {"price": "1"}, -1106),
        (MARKET | {"timeInForce": "GTC"}, -1106),
    ],
)
def test_a_wrong_order_is_refused(
    exchange: Exchange, ask: Ask, product: str, parameters: dict[str, Any], code: int
) -> None:
    """Each rule has its code, and nothing rests."""
    answered = ask("POST", f"{product}/order", **sent(parameters))
    assert (answered.status, answered.json["code"]) == (400, code)
    assert exchange.books["um"].open_orders() == exchange.books["cm"].open_orders() == []


@pytest.mark.parametrize(("after_ms", "code"), [(None, -1102), (600_000, -1130), (600_001, None)])
def test_good_till_date(ask: Ask, clock: Any, after_ms: int | None, code: int | None) -> None:
    """UM only, mandatory with GTD, and over ten minutes ahead."""
    till = {} if after_ms is None else {"goodTillDate": int(clock.now * 1000) + after_ms}
    answered = ask("POST", "um/order", **(LIMIT | {"timeInForce": "GTD"}), **till)
    assert answered.json.get("code") == code
    assert ask("POST", "cm/order", **(LIMIT | {"timeInForce": "GTD"})).json["code"] == -1115


def test_a_price_match_takes_the_last_price(exchange: Exchange, ask: Ask) -> None:
    """And the answer says so."""
    exchange.books["um"].last_prices["BTCUSDT"] = Decimal(77)
    placed = ask("POST", "um/order", **sent(LIMIT | {"price": None, "priceMatch": "QUEUE"})).json
    assert (placed["price"], placed["priceMatch"]) == ("77", "QUEUE")


@pytest.mark.parametrize(("response", "status"), [(None, "NEW"), ("RESULT", "FILLED")])
def test_only_a_result_shows_the_fill(ask: Ask, response: str | None, status: str) -> None:
    """ACK, the default, shows the order as it was taken in."""
    asked = sent(MARKET | {"newOrderRespType": response})
    assert ask("POST", "um/order", **asked).json["status"] == status


def test_ids_are_one_row_over_all_products(exchange: Exchange) -> None:
    """An id names one order, so that the truth about it needs no product."""
    ids = [exchange.rest("A", product=product)[0] for product in ("margin", "um", "cm", "um")]
    assert ids == list(range(ids[0], ids[0] + 4))
    assert exchange.expire(ids[2]).status == "EXPIRED"
    with pytest.raises(ValueError, match="no order 5"):
        exchange.fill(5)


@pytest.mark.parametrize("product", ["um", "cm"])
def test_cancel_and_query_differ_about_the_unknown(
    exchange: Exchange, ask: Ask, product: Any
) -> None:
    """-2011 to a cancel, -2013 to a query; neither without a name."""
    name = {"symbol": "A", "orderId": 7}
    assert ask("DELETE", f"{product}/order", **name).json["code"] == -2011
    for verb, path in (("GET", "order"), ("GET", "openOrder"), ("GET", "orderAmendment")):
        assert ask(verb, f"{product}/{path}", **name).json["code"] == -2013
        assert ask(verb, f"{product}/{path}", symbol="A").json["code"] == -1102
    (order_id,) = exchange.rest("A", product=product)
    name["orderId"] = order_id
    shown = ask("GET", f"{product}/openOrder", **name).json
    assert isinstance(shown, dict if product == "um" else list)
    assert ask("DELETE", f"{product}/order", **name).json["status"] == "CANCELED"
    assert ask("DELETE", f"{product}/order", **name).json["code"] == -2011
    assert ask("GET", f"{product}/openOrder", **name).json["code"] == -2013
    assert ask("GET", f"{product}/order", **name).json["status"] == "CANCELED"
    assert exchange.truth.executions(order_id) == 1


def test_what_ended_long_ago_without_fills_is_forgotten(
    exchange: Exchange, ask: Ask, clock: Any
) -> None:
    """After 3 days a query answers -2013 and the history leaves it out; fills keep an order known."""
    forgotten, known = exchange.rest("BTCUSD_PERP", 2, product="cm", quantity="2")
    exchange.fill(known, 1)
    for order_id in (forgotten, known):
        ask("DELETE", "cm/order", symbol="BTCUSD_PERP", orderId=order_id)
    clock.now += 3 * DAY
    assert ask("GET", "cm/order", symbol="BTCUSD_PERP", orderId=forgotten).status == 200
    clock.now += 1
    assert ask("GET", "cm/order", symbol="BTCUSD_PERP", orderId=forgotten).json["code"] == -2013
    assert ask("GET", "cm/order", symbol="BTCUSD_PERP", orderId=known).status == 200
    rows = ask("GET", "cm/allOrders", pair="BTCUSD").json
    assert [row["orderId"] for row in rows] == [known]


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        ("um/allOrders", {"symbol": "A", "limit": 1001}, -1130),
        ("um/allOrders", {"symbol": "A", "startTime": 2, "endTime": 1}, -1023),
        ("um/allOrders", {"symbol": "A", "startTime": 0, "endTime": 7 * DAY * 1000 + 1}, -1127),
        ("um/allOrders", {"symbol": "A", "startTime": 0, "endTime": 7 * DAY * 1000}, None),
        ("um/userTrades", {"symbol": "A", "fromId": 1, "endTime": 1}, -1128),
        ("cm/allOrders", {"limit": 101, "symbol": "A"}, -1130),
        ("cm/allOrders", {}, -1102),
        ("cm/userTrades", {}, -1102),
        ("cm/userTrades", {"pair": "A", "fromId": 1}, -1128),
        ("cm/userTrades", {"symbol": "A", "startTime": 0, "endTime": DAY * 1000 + 1}, -1127),
        ("cm/orderAmendment", {"symbol": "A", "orderId": 1, "limit": 101}, -1130),
    ],
)
def test_a_page_out_of_range_is_refused(
    ask: Ask, path: str, parameters: dict[str, Any], code: int | None
) -> None:
    """Limits and ranges are the endpoint's own."""
    answered = ask("GET", path, **parameters)
    assert (answered.json["code"] if code else answered.json) == (code or [])


def test_histories_reach_back_a_while(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """Without a range UM shows the last 7 days, CM trades the last day; an id reaches further."""
    (old,) = exchange.rest("BTCUSDT", product="um")
    exchange.fill(old)
    clock.now += 8 * DAY
    assert ask("GET", "um/allOrders", symbol="BTCUSDT").json == []
    assert ask("GET", "um/userTrades", symbol="BTCUSDT").json == []
    assert len(ask("GET", "um/allOrders", symbol="BTCUSDT", orderId=old).json) == 1
    (trade,) = ask("GET", "um/userTrades", symbol="BTCUSDT", fromId=1).json
    assert trade["orderId"] == old
    end = int(clock.now * 1000)
    assert len(ask("GET", "um/allOrders", symbol="BTCUSDT", endTime=end).json) == 1


def test_an_order_is_modified(exchange: Exchange, ask: Ask) -> None:
    """Price and quantity change, each change is listed, and what has filled already cancels it."""
    (order_id,) = exchange.rest("BTCUSDT", product="um", side="BUY", price="5", quantity="3")
    name = {"symbol": "BTCUSDT", "orderId": order_id, "side": "BUY"}
    changed = ask("PUT", "um/order", **name, quantity=4, price=6, modifyId=9).json
    assert (changed["origQty"], changed["price"], changed["modifyId"]) == ("4", "6", 9)
    exchange.books["um"].last_prices["BTCUSDT"] = Decimal(8)
    changed = ask("PUT", "um/order", **name, quantity=5, priceMatch="OPPONENT").json
    assert (changed["price"], "modifyId" in changed) == ("8", False)
    first, second = ask("GET", "um/orderAmendment", symbol="BTCUSDT", orderId=order_id).json
    assert first["amendment"]["price"] == {"before": "5", "after": "6"}
    assert (second["amendment"]["count"], "modifyId" in second["amendment"]) == (2, False)
    exchange.fill(order_id, 2)
    gone = ask("PUT", "um/order", **name, quantity=2, price=6).json
    assert (gone["status"], exchange.truth.executions(order_id)) == ("CANCELED", 1)
    assert ask("PUT", "um/order", **name, quantity=2, price=6).json["code"] == -2013


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"side": "BUY"}, -1117),
        ({"price": None}, -1102),
        ({"priceMatch": "QUEUE"}, -1106),
        ({"quantity": "0"}, -4003),
        ({"orderId": None}, -1102),
        ({"orderId": 7}, -2013),
    ],
)
def test_a_refused_change_leaves_the_order(
    exchange: Exchange, ask: Ask, change: dict[str, Any], code: int
) -> None:
    """As documented."""
    (order_id,) = exchange.rest("A", product="cm")
    asked = {"symbol": "A", "orderId": order_id, "side": "SELL", "quantity": 2, "price": 2}
    assert ask("PUT", "cm/order", **sent(asked | change)).json["code"] == code
    (order,) = exchange.books["cm"].open_orders()
    assert (order.quantity, order.amendments) == (Decimal(1), ())


def test_hedge_mode_wants_a_side(exchange: Exchange, ask: Ask) -> None:
    """A position side is mandatory then, reduceOnly unwanted, and what closes must have something to close."""
    assert ask("POST", "cm/positionSide/dual", **HEDGED).json["code"] == -4220
    assert ask("POST", "um/positionSide/dual", dualSidePosition="false").json["code"] == -4059
    assert ask("POST", "um/positionSide/dual", **HEDGED).json["code"] == 200
    assert ask("POST", "um/order", **LIMIT).json["code"] == -4061
    long = LIMIT | {"positionSide": "LONG"}
    assert ask("POST", "um/order", **long, reduceOnly="false").json["code"] == -1106
    assert ask("POST", "um/order", **(long | {"side": "SELL"})).json["code"] == -2022
    order_id = ask("POST", "um/order", **long).json["orderId"]
    back = {"dualSidePosition": "false"}
    assert ask("POST", "um/positionSide/dual", **back).json["code"] == -4067
    exchange.fill(order_id)
    assert ask("POST", "um/positionSide/dual", **back).json["code"] == -4068
    assert ask("POST", "um/order", **(long | {"side": "SELL"})).status == 200


def test_what_only_reduces_cannot_open(exchange: Exchange, ask: Ask) -> None:
    """A scripted fill that would turn the position round is a mistake of the test."""
    ask("POST", "um/order", **MARKET)
    reducing = LIMIT | {"side": "SELL", "reduceOnly": "true"}
    first, second = (ask("POST", "um/order", **reducing).json["orderId"] for _ in range(2))
    exchange.fill(first)
    with pytest.raises(ValueError, match="may only reduce"):
        exchange.fill(second)


def test_leverage_has_bounds(ask: Ask) -> None:
    """1 to 125; what was set is shown."""
    for leverage in (0, 126):
        answered = ask("POST", "um/leverage", symbol="BTCUSDT", leverage=leverage)
        assert answered.json["code"] == -4028
    ask("POST", "um/leverage", symbol="BTCUSDT", leverage=7)
    (shown,) = ask("GET", "um/symbolConfig").json
    assert (shown["symbol"], shown["leverage"]) == ("BTCUSDT", 7)


def test_all_orders_of_a_symbol_are_cancelled(exchange: Exchange, ask: Ask) -> None:
    """The answer names none, and is the same when there was none."""
    mine = exchange.rest("BTCUSDT", 2, product="um")
    exchange.rest("ETHUSDT", product="um")
    for _ in range(2):
        answered = ask("DELETE", "um/allOpenOrders", symbol="BTCUSDT")
        assert (answered.status, answered.json["code"]) == (200, 200)
    assert exchange.truth.canceled == set(mine)
    assert len(ask("GET", "um/openOrders").json) == 1
