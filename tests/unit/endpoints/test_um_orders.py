from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async.endpoints.um_orders import (
    AllUmOrders,
    CancelAllUmOrders,
    CancelUmOrder,
    ModifyUmOrder,
    NewUmOrder,
    OpenUmOrders,
    QueryOpenUmOrder,
    QueryUmOrder,
    UmForceOrders,
    UmOrderAmendments,
    UmTrades,
)
from binance_papi_async.enums import Side
from binance_papi_async.futures_enums import FuturesOrderType, FuturesTimeInForce, PriceMatch
from binance_papi_async.request import ENDPOINTS, Lane, Request, Verb

RequestClass = type[Request[Any]]

MARKET: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "side": Side.BUY,
    "type": FuturesOrderType.MARKET,
    "quantity": Decimal("0.1"),
}
LIMIT: dict[str, Any] = {
    **MARKET,
    "type": FuturesOrderType.LIMIT,
    "time_in_force": FuturesTimeInForce.GTC,
    "price": Decimal(30000),
}
CHANGE: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "order_id": 7,
    "side": Side.BUY,
    "quantity": Decimal(1),
}
NAMED_BY_ONE_ID = [
    (ModifyUmOrder, {"side": Side.BUY, "quantity": 1, "price": 1}),
    (CancelUmOrder, {}),
    (QueryUmOrder, {}),
    (QueryOpenUmOrder, {}),
    (UmOrderAmendments, {}),
]


# Declarations.


@pytest.mark.parametrize(
    ("request_class", "verb", "path", "weight", "orders", "lane"),
    [
        (NewUmOrder, "POST", "/papi/v1/um/order", 1, 1, "order"),
        (ModifyUmOrder, "PUT", "/papi/v1/um/order", 1, 1, "order"),
        (CancelUmOrder, "DELETE", "/papi/v1/um/order", 1, 0, "cancel"),
        (CancelAllUmOrders, "DELETE", "/papi/v1/um/allOpenOrders", 1, 0, "cancel"),
        (QueryUmOrder, "GET", "/papi/v1/um/order", 1, 0, "read"),
        (QueryOpenUmOrder, "GET", "/papi/v1/um/openOrder", 1, 0, "read"),
        (OpenUmOrders, "GET", "/papi/v1/um/openOrders", 1, 0, "read"),
        (AllUmOrders, "GET", "/papi/v1/um/allOrders", 5, 0, "read"),
        (UmOrderAmendments, "GET", "/papi/v1/um/orderAmendment", 1, 0, "read"),
        (UmForceOrders, "GET", "/papi/v1/um/forceOrders", 20, 0, "read"),
        (UmTrades, "GET", "/papi/v1/um/userTrades", 5, 0, "read"),
    ],
)
def test_an_endpoint_is_declared_as_documented(  # noqa: PLR0913, PLR0917 - one column per fact
    request_class: RequestClass, verb: Verb, path: str, weight: int, orders: int, lane: Lane
) -> None:
    """Verb, path, weight, orders and lane; all of them are signed."""
    declared = request_class.endpoint
    assert ENDPOINTS[verb, path] is request_class
    assert (declared.verb, declared.path, declared.security) == (verb, path, "signed")
    assert (declared.weight, declared.orders, declared.lane) == (weight, orders, lane)
    assert f"Weight {weight}" in str(request_class.__doc__)


@pytest.mark.parametrize(
    ("request_class", "names"),
    [
        (
            NewUmOrder,
            """symbol! side! type! positionSide timeInForce quantity reduceOnly price
            newClientOrderId newOrderRespType priceMatch selfTradePreventionMode goodTillDate""",
        ),
        (
            ModifyUmOrder,
            "symbol! side! quantity! price orderId origClientOrderId priceMatch modifyId",
        ),
        (CancelUmOrder, "symbol! orderId origClientOrderId"),
        (CancelAllUmOrders, "symbol!"),
        (QueryUmOrder, "symbol! orderId origClientOrderId"),
        (QueryOpenUmOrder, "symbol! orderId origClientOrderId"),
        (OpenUmOrders, "symbol"),
        (AllUmOrders, "symbol! orderId startTime endTime limit"),
        (UmOrderAmendments, "symbol! orderId origClientOrderId startTime endTime limit"),
        (UmForceOrders, "symbol autoCloseType startTime endTime limit"),
        (UmTrades, "symbol! startTime endTime fromId limit"),
    ],
)
def test_an_endpoint_takes_the_documented_parameters(
    request_class: RequestClass, names: str
) -> None:
    """The exchange's names, ``!`` behind the mandatory ones."""
    every = request_class.endpoint.parameters
    assert {each.wire_name + "!" * each.is_required for each in every} == set(names.split())


@pytest.mark.parametrize(
    ("request_class", "with_symbol", "without"), [(OpenUmOrders, 1, 40), (UmForceOrders, 20, 50)]
)
def test_reading_all_symbols_costs_more(
    request_class: RequestClass, with_symbol: int, without: int
) -> None:
    """The weight of a call follows from whether it names a symbol."""
    assert request_class(symbol="BTCUSDT").weight == with_symbol
    assert request_class().weight == without
    assert f"{with_symbol} with a symbol, {without} without" in str(request_class.__doc__)


# Rules between parameters.


@pytest.mark.parametrize(("request_class", "rest"), NAMED_BY_ONE_ID)
@pytest.mark.parametrize(
    ("ids", "how"),
    [({}, "one of the two"), ({"order_id": 0, "orig_client_order_id": "mine"}, "not both")],
)
def test_an_order_is_named_by_one_id(
    request_class: RequestClass, rest: dict[str, Any], ids: dict[str, Any], how: str
) -> None:
    """Neither id and both ids are refused, each with its own way out."""
    message = f"^name the order by order_id or by orig_client_order_id, {how}$"
    with pytest.raises(ValueError, match=message):
        request_class(symbol="BTCUSDT", **rest, **ids)


@pytest.mark.parametrize(("request_class", "rest"), NAMED_BY_ONE_ID)
@pytest.mark.parametrize(
    ("ids", "query"),
    [
        ({"order_id": 0}, "orderId=0"),
        ({"orig_client_order_id": "mine"}, "origClientOrderId=mine"),
    ],
)
def test_either_id_names_an_order(
    request_class: RequestClass, rest: dict[str, Any], ids: dict[str, Any], query: str
) -> None:
    """The exchange's id or the client's."""
    assert query in request_class(symbol="BTCUSDT", **rest, **ids).query().split("&")


def test_a_market_order_needs_a_quantity() -> None:
    """And nothing else."""
    assert NewUmOrder(**MARKET).query() == "symbol=BTCUSDT&side=BUY&quantity=0.1&type=MARKET"
    with pytest.raises(ValueError, match=r"^a MARKET order needs quantity beside it$"):
        NewUmOrder(**{**MARKET, "quantity": None})


@pytest.mark.parametrize("name", ["quantity", "time_in_force"])
def test_a_limit_order_needs_its_terms(name: str) -> None:
    """A size, and how long it rests."""
    assert NewUmOrder(**LIMIT).price == Decimal(30000)
    with pytest.raises(ValueError, match=f"^a LIMIT order needs {name} beside it$"):
        NewUmOrder(**{**LIMIT, name: None})


def test_a_limit_order_has_one_price() -> None:
    """A given one, or one from the book."""
    from_book = NewUmOrder(**{**LIMIT, "price": None}, price_match=PriceMatch.QUEUE)
    assert "priceMatch=QUEUE" in from_book.query()
    message = "^name the price by price or by price_match, "
    with pytest.raises(ValueError, match=f"{message}not both$"):
        NewUmOrder(**LIMIT, price_match=PriceMatch.QUEUE)
    with pytest.raises(ValueError, match=f"{message}one of the two$"):
        NewUmOrder(**{**LIMIT, "price": None})


def test_a_type_of_tomorrow_is_left_to_the_exchange() -> None:
    """What a type needs is known of known types; two prices are one too many for any."""
    tomorrow: dict[str, Any] = {**MARKET, "type": FuturesOrderType("PEGGED"), "quantity": None}
    assert NewUmOrder(**tomorrow).query() == "symbol=BTCUSDT&side=BUY&type=PEGGED"
    with pytest.raises(ValueError, match="not both"):
        NewUmOrder(**tomorrow, price=Decimal(1), price_match=PriceMatch.QUEUE)


def test_an_order_until_a_date_needs_the_date() -> None:
    """``GTD`` says that there is one, as a member or as a word."""
    until: dict[str, Any] = {**LIMIT, "time_in_force": "GTD"}
    assert NewUmOrder(**until, good_till_date=1693207680000).time_in_force == "GTD"
    with pytest.raises(ValueError, match=r"^time_in_force GTD needs good_till_date beside it$"):
        NewUmOrder(**until)


@pytest.mark.parametrize(
    ("date", "complaint"),
    [
        (-1, "good_till_date must be at least 0, not -1"),
        (253402300799000, "good_till_date must be at most 253402300798999, not 253402300799000"),
    ],
)
def test_a_date_is_one_the_exchange_can_write(date: int, complaint: str) -> None:
    """Before the year 10000."""
    assert NewUmOrder(**LIMIT, good_till_date=253402300798999).good_till_date
    with pytest.raises(ValueError, match=f"^{complaint}$"):
        NewUmOrder(**LIMIT, good_till_date=date)


def test_a_new_client_id_has_32_characters_at_most() -> None:
    """As documented."""
    assert NewUmOrder(**MARKET, new_client_order_id="x" * 32).new_client_order_id == "x" * 32
    complaint = r"^new_client_order_id must be at most 32 characters long$"
    with pytest.raises(ValueError, match=complaint):
        NewUmOrder(**MARKET, new_client_order_id="x" * 33)


def test_a_changed_order_has_one_price() -> None:
    """The page calls ``price`` mandatory, and has it excluded by ``priceMatch``."""
    given = ModifyUmOrder(**CHANGE, price=Decimal(30005))
    assert given.query() == "symbol=BTCUSDT&orderId=7&side=BUY&quantity=1&price=30005"
    assert ModifyUmOrder(**CHANGE, price_match=PriceMatch.OPPONENT).price is None
    message = "^name the price by price or by price_match, "
    with pytest.raises(ValueError, match=f"{message}one of the two$"):
        ModifyUmOrder(**CHANGE)
    with pytest.raises(ValueError, match=f"{message}not both$"):
        ModifyUmOrder(**CHANGE, price=Decimal(1), price_match=PriceMatch.OPPONENT)


@pytest.mark.parametrize(
    ("request_class", "rest"),
    [
        (AllUmOrders, {}),
        (UmOrderAmendments, {"order_id": 1}),
        (UmForceOrders, {}),
        (UmTrades, {}),
    ],
)
def test_a_history_ends_after_it_begins(request_class: RequestClass, rest: dict[str, Any]) -> None:
    """The same millisecond will do."""
    request = request_class(symbol="BTCUSDT", **rest, start_time=2, end_time=2)
    assert "startTime=2&endTime=2" in request.query()
    with pytest.raises(ValueError, match=r"^start_time 2 is after end_time 1$"):
        request_class(symbol="BTCUSDT", **rest, start_time=2, end_time=1)


@pytest.mark.parametrize("times", [{"start_time": 1}, {"end_time": 2}, {"start_time": 0}])
def test_trades_are_paged_in_one_way(times: dict[str, int]) -> None:
    """By id or by time."""
    complaint = r"^page by from_id or by start_time and end_time, not both$"
    with pytest.raises(ValueError, match=complaint):
        UmTrades(symbol="BTCUSDT", from_id=0, **times)
    assert UmTrades(symbol="BTCUSDT", **times).from_id is None
    assert UmTrades(symbol="BTCUSDT", from_id=0).query() == "symbol=BTCUSDT&fromId=0"


@pytest.mark.parametrize(
    ("request_class", "rest", "most"),
    [
        (AllUmOrders, {}, 1000),
        (UmOrderAmendments, {"order_id": 1}, 1000),
        (UmForceOrders, {}, 100),
        (UmTrades, {}, 1000),
    ],
)
def test_a_limit_is_what_the_exchange_allows(
    request_class: RequestClass, rest: dict[str, Any], most: int
) -> None:
    """From one to the documented maximum."""
    assert request_class(symbol="BTCUSDT", **rest, limit=1).query().endswith("limit=1")
    assert f"limit={most}" in request_class(symbol="BTCUSDT", **rest, limit=most).query()
    with pytest.raises(ValueError, match=r"^limit must be at least 1, not 0$"):
        request_class(symbol="BTCUSDT", **rest, limit=0)
    with pytest.raises(ValueError, match=f"^limit must be at most {most}, not {most + 1}$"):
        request_class(symbol="BTCUSDT", **rest, limit=most + 1)


@pytest.mark.parametrize(
    ("request_class", "rest"),
    [
        (NewUmOrder, {**MARKET}),
        (ModifyUmOrder, {**CHANGE, "price": 1}),
        (UmOrderAmendments, {"order_id": 1}),
        (UmTrades, {"from_id": 1}),
        (OpenUmOrders, {}),
    ],
)
def test_parameters_are_checked_beside_the_rules_between_them(
    request_class: RequestClass, rest: dict[str, Any]
) -> None:
    """A rule between parameters does not replace those of each."""
    with pytest.raises(ValueError, match=r"^symbol must not be empty$"):
        request_class(**{**rest, "symbol": ""})
