"""Placing and changing, all products alike: ids that are taken, prices that take, money that lacks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async.simulator import Exchange
from binance_papi_async.simulator.calls import futures_orders
from tests.unit.simulator.placing import PLACINGS, Placing, kind_of

Ask = Callable[..., Any]
D = Decimal
LIMIT = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 1, "price": 100}
MARGIN, UM, CM = ({"symbol": each} for each in ("BTCUSDT", "BTCUSDT", "BTCUSD_PERP"))
STOPS = {"symbol": "BTCUSDT", "quantity": 1}
ALGO = {"symbol": "BTCUSDT", "algoType": "CONDITIONAL", "quantity": 1, "triggerPrice": 100}
CONDITIONAL = {"symbol": "BTCUSD_PERP", "quantity": 1, "stopPrice": 100}


@pytest.mark.parametrize("placing", PLACINGS, ids=kind_of)
def test_a_client_id_names_one_open_order(
    exchange: Exchange, ask: Ask, clock: Any, placing: Placing
) -> None:
    """Taken while the first is open, with the product's own code; free once it is closed."""
    placed = placing.under("mine")
    assert ask("POST", placing.path, **placed).status == 200
    again = ask("POST", placing.path, **placed)
    assert (again.status, again.json["code"]) == (400, placing.duplicate)
    assert exchange.truth.placements("mine") == 1
    clock.now += 1
    assert ask("DELETE", placing.cancel_path, **placing.cancel("mine")).status == 200
    assert ask("POST", placing.path, **placed).status == 200
    assert exchange.truth.placements("mine") == 2
    fates = placing.own(exchange.fates("mine"))
    assert [fate.is_open for fate in fates] == [False, True]
    assert [fate.placed_at for fate in fates] == [clock.now - 1, clock.now]


@pytest.mark.parametrize(
    ("second", "status"),
    [
        ({"listClientOrderId": "other", "stopClientOrderId": "stop"}, 400),
        ({"listClientOrderId": "other", "limitClientOrderId": "limit"}, 400),
        ({"listClientOrderId": "other", "stopClientOrderId": "limit"}, 400),
        ({"stopClientOrderId": "same", "limitClientOrderId": "same"}, 400),
        ({"listClientOrderId": "other"}, 200),
    ],
)
def test_the_orders_of_a_list_have_ids_too(
    exchange: Exchange, ask: Ask, second: dict[str, Any], status: int
) -> None:
    """Each leg's id is taken as any order's; nothing of a refused list is placed."""
    oco = {"symbol": "LTCBTC", "side": "SELL", "quantity": 1, "price": 3, "stopPrice": 1}
    first = {"listClientOrderId": "list", "stopClientOrderId": "stop"}
    assert ask("POST", "margin/order/oco", **oco, **first, limitClientOrderId="limit").status == 200
    assert [exchange.truth.placements(each) for each in ("list", "stop", "limit")] == [1, 1, 1]
    answered = ask("POST", "margin/order/oco", **oco, **second)
    assert answered.status == status
    assert status == 200 or answered.json == {"code": -2010, "msg": "Duplicate order sent."}
    assert len(exchange.resting) == (4 if status == 200 else 2)
    order = LIMIT | {"symbol": "LTCBTC", "newClientOrderId": "stop"}
    assert ask("POST", "margin/order", **order).json["code"] == -2010


def test_an_id_of_another_symbol_is_free(exchange: Exchange, ask: Ask) -> None:
    """Our choice; and what is told of the id names both."""
    for symbol in ("BTCUSDT", "ETHUSDT"):
        order = LIMIT | {"symbol": symbol, "newClientOrderId": "mine"}
        assert ask("POST", "um/order", **order).status == 200
    assert [fate.symbol for fate in exchange.fates("mine")] == ["BTCUSDT", "ETHUSDT"]


def test_the_fate_of_an_order(exchange: Exchange, ask: Ask) -> None:
    """Changed once, filled in part, it rests; under an id nobody used there is nothing."""
    order = LIMIT | UM | {"newClientOrderId": "mine", "quantity": 3}
    order_id = ask("POST", "um/order", **order).json["orderId"]
    change = UM | {"orderId": order_id, "side": "BUY", "quantity": 4, "price": 99}
    assert ask("PUT", "um/order", **change).status == 200
    exchange.fill(order_id, 1)
    (fate,) = exchange.fates("mine")
    assert exchange.resting == [fate]
    assert (fate.kind, fate.order_id, fate.status) == ("um", order_id, "PARTIALLY_FILLED")
    assert (fate.price, fate.quantity, fate.executed) == (99, 4, 1)
    assert (fate.amendments, exchange.truth.amendments(order_id)) == (1, 1)
    assert not fate.is_of_list
    assert exchange.fates("other") == []
    assert exchange.truth.placements("other") == 0


def test_what_a_trigger_places_is_no_second_order(exchange: Exchange, ask: Ask) -> None:
    """It bears the client's id, and says that it was triggered."""
    placed = ask(
        "POST", "um/algo/order", **ALGO, side="BUY", type="STOP", price=100, clientAlgoId="m"
    )
    exchange.trigger(placed.json["algoId"])
    waited, order = sorted(exchange.fates("m"), key=lambda fate: fate.kind, reverse=True)
    assert (waited.kind, waited.is_open, waited.is_triggered) == ("um_algo", False, False)
    assert (order.kind, order.is_open, order.is_triggered) == ("um", True, True)
    assert exchange.truth.placements("m") == 1
    assert exchange.resting == [order]


def test_the_fate_of_a_list(exchange: Exchange, ask: Ask) -> None:
    """It executes while one of its orders is open; its legs say that they are of a list."""
    oco = {"symbol": "LTCBTC", "side": "SELL", "quantity": 1, "price": 3, "stopPrice": 1}
    ids = {"listClientOrderId": "list", "limitClientOrderId": "limit"}
    ask("POST", "margin/order/oco", **oco, **ids)
    (found,), (leg,) = exchange.fates("list"), exchange.fates("limit")
    assert (found.kind, found.status, found.is_open) == ("margin_list", "EXECUTING", True)
    assert (leg.kind, leg.is_of_list) == ("margin", True)
    exchange.fill(leg.order_id)
    (found,) = exchange.fates("list")
    assert (found.status, found.is_open) == ("ALL_DONE", False)


@pytest.mark.parametrize(
    ("path", "order", "expected"),
    [
        ("margin/order", LIMIT | MARGIN | {"type": "LIMIT_MAKER", "timeInForce": None}, -2010),
        ("um/order", LIMIT | UM | {"timeInForce": "GTX"}, -5022),
        ("cm/order", LIMIT | CM | {"timeInForce": "GTX"}, -5022),
    ],
)
def test_what_may_only_make_is_refused_where_it_would_take(
    exchange: Exchange, ask: Ask, path: str, order: dict[str, Any], expected: int
) -> None:
    """A buy at the last price or above; below it, and while there is no last price, it rests."""
    symbol, product = order["symbol"], path.split("/", maxsplit=1)[0]
    sent = {name: value for name, value in order.items() if value is not None}
    book: Any = exchange.books[product]  # type: ignore[index]
    book.last_prices[symbol] = D(100)
    answered = ask("POST", path, **sent)
    assert (answered.status, answered.json["code"]) == (400, expected)
    assert exchange.resting == []
    assert ask("POST", path, **(sent | {"price": "99.5"})).status == 200
    assert ask("POST", path, **(sent | {"side": "SELL", "price": 99})).json["code"] == expected
    assert ask("POST", path, **(sent | {"side": "SELL", "price": 101})).status == 200
    book.last_prices.clear()
    assert ask("POST", path, **sent).status == 200


def test_texts_of_refusals(exchange: Exchange, ask: Ask) -> None:
    """As the exchange words them, for whoever reads the text."""
    exchange.book.last_prices["BTCUSDT"] = D(100)
    maker = {"side": "BUY", "type": "LIMIT_MAKER", "quantity": 1, "price": 100}
    said = ask("POST", "margin/order", **MARGIN, **maker).json
    assert said["msg"] == "Order would immediately match and take."
    stop = {"side": "BUY", "type": "STOP_LOSS", "quantity": 1, "stopPrice": 100}
    said = ask("POST", "margin/order", **MARGIN, **stop).json
    assert said == {"code": -2010, "msg": "Order would trigger immediately."}


@pytest.mark.parametrize(
    ("path", "symbol", "force", "last", "expected"),
    [
        ("margin/order", "BTCUSDT", "IOC", None, "EXPIRED"),
        ("margin/order", "BTCUSDT", "FOK", 101, "EXPIRED"),
        ("margin/order", "BTCUSDT", "FOK", 100, "FILLED"),
        ("um/order", "BTCUSDT", "IOC", None, "EXPIRED"),
        ("um/order", "BTCUSDT", "IOC", 99, "FILLED"),
        ("um/order", "BTCUSDT", "FOK", 99, "FILLED"),
        ("um/order", "BTCUSDT", "FOK", 101, -5021),
        ("cm/order", "BTCUSD_PERP", "FOK", None, -5021),
        ("cm/order", "BTCUSD_PERP", "IOC", 101, "EXPIRED"),
    ],
)
def test_what_never_rests(  # noqa: PLR0913 - a row of the table
    exchange: Exchange,
    ask: Ask,
    *,
    path: str,
    symbol: str,
    force: str,
    last: int | None,
    expected: str | int,
) -> None:
    """IOC and FOK fill at the last price their own reaches, or expire; a futures FOK is refused instead."""
    product: Any = path.split("/", maxsplit=1)[0]
    if last is not None:
        exchange.books[product].last_prices[symbol] = D(last)
    order = LIMIT | {"symbol": symbol, "timeInForce": force, "newClientOrderId": "mine"}
    answered = ask("POST", path, **order, newOrderRespType="RESULT")
    assert answered.json.get("code", answered.json.get("status")) == expected
    assert [fate.status for fate in exchange.fates("mine")] == (
        [] if answered.status == 400 else [expected]
    )
    trades = exchange.books[product].trades(symbol)
    assert [(trade.price, trade.is_maker) for trade in trades] == (
        [(last, False)] if expected == "FILLED" else []
    )


@pytest.mark.parametrize(
    ("side", "kind", "fires_at", "waits_at"),
    [
        ("BUY", "STOP", 100, 99),
        ("SELL", "STOP", 100, 101),
        ("BUY", "TAKE_PROFIT", 100, 101),
        ("SELL", "TAKE_PROFIT", 100, 99),
    ],
)
@pytest.mark.parametrize("product", ["margin", "um", "cm"])
def test_a_trigger_price_that_is_reached(  # noqa: PLR0913 - a row of the table
    exchange: Exchange,
    ask: Ask,
    *,
    product: Any,
    side: str,
    kind: str,
    fires_at: int,
    waits_at: int,
) -> None:
    """It would fire at once: -2010 of margin, -2021 of UM and CM. On the other side of the price it waits."""
    path, code, order = {
        "margin": (
            "margin/order",
            -2010,
            STOPS | {"type": "STOP_LOSS" if kind == "STOP" else kind, "stopPrice": 100},
        ),
        "um": ("um/algo/order", -2021, ALGO | {"type": f"{kind}_MARKET"}),
        "cm": ("cm/conditional/order", -2021, CONDITIONAL | {"strategyType": f"{kind}_MARKET"}),
    }[product]
    prices = exchange.books[product].last_prices
    prices[order["symbol"]] = D(fires_at)
    answered = ask("POST", path, **order, side=side)
    assert (answered.status, answered.json["code"]) == (400, code)
    assert exchange.resting == []
    prices[order["symbol"]] = D(waits_at)
    assert ask("POST", path, **order, side=side).status == 200
    assert len(exchange.resting) == 1


def test_margin_money_that_lacks(exchange: Exchange, ask: Ask) -> None:
    """A buy needs its price of the quote asset, a sale its quantity; what rests has locked its part."""
    exchange.checks_money = True
    assert exchange.checks_money
    exchange.deposit("USDT", 150)
    lacking = {"code": -2010, "msg": "Account has insufficient balance for requested action."}
    order = LIMIT | MARGIN
    assert ask("POST", "margin/order", **order).status == 200
    answered = ask("POST", "margin/order", **order)
    assert (answered.status, answered.json) == (400, lacking)
    assert ask("POST", "margin/order", **(order | {"price": 50})).status == 200
    assert ask("POST", "margin/order", **(order | {"side": "SELL"})).json == lacking
    exchange.deposit("BTC", 1)
    assert ask("POST", "margin/order", **(order | {"side": "SELL"})).status == 200


@pytest.mark.parametrize("effect", ["MARGIN_BUY", "AUTO_BORROW_REPAY"])
def test_an_order_that_borrows_what_it_lacks(exchange: Exchange, ask: Ask, effect: str) -> None:
    """The loan is booked, the reply says how much, and money enough borrows nothing."""
    exchange.checks_money = True
    exchange.deposit("USDT", 30)
    order = LIMIT | MARGIN | {"sideEffectType": effect}
    placed = ask("POST", "margin/order", **order).json
    assert (placed["marginBuyBorrowAmount"], placed["marginBuyBorrowAsset"]) == ("70", "USDT")
    assert exchange.wallet.holding("USDT").borrowed == 70
    exchange.deposit("USDT", 100)
    assert "marginBuyBorrowAmount" not in ask("POST", "margin/order", **order).json
    assert (
        ask("POST", "margin/order", **order, newOrderRespType="RESULT").json[
            "marginBuyBorrowAmount"
        ]
        == "100"
    )
    assert exchange.wallet.holding("USDT").borrowed == 170


def test_a_list_needs_the_most_one_of_its_orders_needs(exchange: Exchange, ask: Ask) -> None:
    """Only one of them fills; a stop without a price of its own needs its stop price."""
    exchange.checks_money = True
    exchange.deposit("USDT", 119)
    oco = {"symbol": "BTCUSDT", "side": "BUY", "quantity": 1, "price": 100, "stopPrice": 120}
    assert ask("POST", "margin/order/oco", **oco).json["code"] == -2010
    exchange.deposit("USDT", 1)
    assert ask("POST", "margin/order/oco", **oco).status == 200
    lent = ask("POST", "margin/order/oco", **oco, sideEffectType="MARGIN_BUY").json
    assert (lent["marginBuyBorrowAmount"], len(lent["orderReports"])) == ("120", 2)


@pytest.mark.parametrize(("path", "names"), [("um/order", UM), ("cm/order", CM)])
def test_futures_margin_that_lacks(
    exchange: Exchange, ask: Ask, path: str, names: dict[str, str]
) -> None:
    """-2019 beyond what is free: 100 USD at a leverage of 20 binds 5. What only reduces needs nothing."""
    exchange.checks_money = True
    exchange.books["cm"].last_prices["BTCUSD_PERP"] = D(100)
    order = LIMIT | names | {"timeInForce": "GTC"}
    refused = ask("POST", path, **order)
    assert (refused.status, refused.json) == (
        400,
        {"code": -2019, "msg": "Margin is insufficient."},
    )
    exchange.deposit("USDT", "4.99")
    assert ask("POST", path, **order).json["code"] == -2019
    exchange.deposit("USDT", "0.01")
    order_id = ask("POST", path, **order).json["orderId"]
    assert ask("POST", path, **order).json["code"] == -2019
    exchange.fill(order_id)
    exchange.deposit("USDT", -5)
    closing = order | {"side": "SELL", "reduceOnly": "true", "price": 101}
    assert ask("POST", path, **closing).status == 200


@pytest.mark.parametrize("product", ["um", "cm"])
def test_a_change_keeps_who_the_order_is(exchange: Exchange, ask: Ask, product: Any) -> None:
    """Ids, side and what has filled stay; price and quantity are the new ones, also by the client's id."""
    (order_id,) = exchange.rest("A", product=product, quantity=3, client_order_ids=["mine"])
    exchange.fill(order_id, 1)
    change = {"symbol": "A", "origClientOrderId": "mine", "side": "SELL", "quantity": 5, "price": 2}
    changed = ask("PUT", f"{product}/order", **change).json
    assert (changed["orderId"], changed["clientOrderId"]) == (order_id, "mine")
    shown = ask("GET", f"{product}/order", symbol="A", origClientOrderId="mine").json
    assert (shown["orderId"], shown["side"]) == (order_id, "SELL")
    assert (shown["price"], shown["origQty"], shown["executedQty"]) == ("2", "5", "1")
    assert shown["status"] == "PARTIALLY_FILLED"
    assert exchange.truth.amendments(order_id) == 1


def test_the_exchanges_id_wins_in_a_change(exchange: Exchange, ask: Ask) -> None:
    """Documented: orderId prevails when both are sent."""
    first, second = exchange.rest("A", 2, product="um", client_order_ids=["one", "two"])
    change = {"symbol": "A", "orderId": first, "origClientOrderId": "two", "side": "SELL"}
    changed = ask("PUT", "um/order", **change, quantity=2, price=2).json
    assert (changed["orderId"], changed["clientOrderId"]) == (first, "one")
    assert exchange.truth.amendments(second) == 0


@pytest.mark.parametrize(("product", "same", "most"), [("um", -5027, -5026), ("cm", -4197, -4198)])
def test_a_change_of_nothing_and_one_too_many(  # noqa: PLR0913 - a row of the table
    exchange: Exchange,
    ask: Ask,
    *,
    monkeypatch: pytest.MonkeyPatch,
    product: Any,
    same: int,
    most: int,
) -> None:
    """Codes of the futures' own pages."""
    assert futures_orders.MOST_AMENDMENTS == 10_000
    monkeypatch.setattr(futures_orders, "MOST_AMENDMENTS", 1)
    (order_id,) = exchange.rest("A", product=product, quantity=2, price=3)
    change = {"symbol": "A", "orderId": order_id, "side": "SELL", "quantity": 2}
    said = ask("PUT", f"{product}/order", **change, price=3)
    assert (said.status, said.json) == (400, {"code": same, "msg": "No need to modify the order."})
    assert exchange.truth.amendments(order_id) == 0
    assert ask("PUT", f"{product}/order", **change, price=4).status == 200
    assert ask("PUT", f"{product}/order", **change, price=5).json["code"] == most
    (order,) = exchange.books[product].open_orders()
    assert order.price == 4


@pytest.mark.parametrize("product", ["um", "cm"])
def test_a_change_that_cancels(exchange: Exchange, ask: Ask, product: Any) -> None:
    """Documented: a quantity that has filled already, and a GTX order whose new price would take."""
    order = LIMIT | {"symbol": "A", "timeInForce": "GTX", "newClientOrderId": "mine"}
    order_id = ask("POST", f"{product}/order", **order).json["orderId"]
    exchange.books[product].last_prices["A"] = D(105)
    change = {"symbol": "A", "orderId": order_id, "side": "BUY", "quantity": 1}
    assert ask("PUT", f"{product}/order", **change, price=104).json["status"] == "NEW"
    assert ask("PUT", f"{product}/order", **change, price=105).json["status"] == "CANCELED"
    (fate,) = exchange.fates("mine")
    assert (fate.status, fate.price, fate.amendments) == ("CANCELED", 104, 1)
    assert exchange.truth.executions(order_id) == 1
    assert ask("PUT", f"{product}/order", **change, price=104).json["code"] == -2013


@pytest.mark.parametrize("placing", PLACINGS, ids=kind_of)
def test_reads_may_lag_behind_what_was_placed(
    exchange: Exchange, ask: Ask, clock: Any, placing: Placing
) -> None:
    """With stale reads it is unknown, or not open yet; an id that is taken is taken at once."""
    reads = {
        "margin": (("margin/order", {"origClientOrderId": "mine"}), "margin/openOrders"),
        "margin_list": (
            ("margin/orderList", {"origClientOrderId": "mine"}),
            "margin/openOrderList",
        ),
        "um": (("um/order", {"origClientOrderId": "mine"}), "um/openOrders"),
        "cm": (("cm/order", {"origClientOrderId": "mine"}), "cm/openOrders"),
        "um_algo": (("um/algo/algoOrder", {"clientAlgoId": "mine"}), "um/algo/openAlgoOrders"),
        "cm_conditional": (
            ("cm/conditional/openOrder", {"newClientStrategyId": "mine"}),
            "cm/conditional/openOrders",
        ),
    }
    (path, names), listing = reads[placing.kind]
    symbol = {"symbol": placing.parameters["symbol"]}
    if placing.kind not in ("um_algo", "margin_list"):
        names = names | symbol
    listed = {} if placing.kind == "margin_list" else symbol
    exchange.faults.stale_reads(2.0)
    assert ask("POST", placing.path, **placing.under("mine")).status == 200
    clock.now += 1.9
    assert ask("GET", path, **names).json["code"] == -2013
    assert ask("GET", listing, **listed).json == []
    assert ask("POST", placing.path, **placing.under("mine")).json["code"] == placing.duplicate
    clock.now += 0.1
    assert ask("GET", path, **names).status == 200
    assert len(ask("GET", listing, **listed).json) == 1


@pytest.mark.parametrize("product", ["um", "cm"])
def test_reads_may_lag_behind_a_change(
    exchange: Exchange, ask: Ask, clock: Any, product: Any
) -> None:
    """They show the order as it was, and no modification; the next change is not fooled."""
    symbol = "BTCUSDT" if product == "um" else "BTCUSD_PERP"
    (order_id,) = exchange.rest(symbol, product=product)
    clock.now += 10
    exchange.faults.stale_reads(2.0)
    name = {"symbol": symbol, "orderId": order_id}
    change = name | {"side": "SELL", "quantity": 2, "price": 5}
    assert ask("PUT", f"{product}/order", **change).status == 200
    assert ask("GET", f"{product}/order", **name).json["price"] == "1"
    assert ask("GET", f"{product}/openOrders", symbol=symbol).json[0]["origQty"] == "1"
    assert ask("GET", f"{product}/orderAmendment", **name).json == []
    assert ask("PUT", f"{product}/order", **change).status == 400
    clock.now += 2
    assert ask("GET", f"{product}/order", **name).json["price"] == "5"
    assert len(ask("GET", f"{product}/orderAmendment", **name).json) == 1
