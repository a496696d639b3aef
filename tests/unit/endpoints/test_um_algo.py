from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec import DecodeError, json

from binance_papi_async.endpoints.um_algo import (
    AllUmAlgoOrders,
    CancelAllUmAlgoOrders,
    CancelUmAlgoOrder,
    NewUmAlgoOrder,
    OpenUmAlgoOrders,
    QueryUmAlgoOrder,
)
from binance_papi_async.enums import Side
from binance_papi_async.futures_enums import AlgoType, PriceMatch, StrategyType
from binance_papi_async.request import ENDPOINTS, Lane, Request, Verb

RequestClass = type[Request[Any]]

STOP: dict[str, Any] = {
    "algo_type": AlgoType.CONDITIONAL,
    "symbol": "BNBUSDT",
    "side": Side.SELL,
    "type": StrategyType.STOP_MARKET,
    "trigger_price": Decimal(750),
}
REPLY: dict[str, Any] = {
    "algoId": 2146760,
    "clientAlgoId": "6B2I9XVcJpCjqPAJ4YoFX7",
    "algoType": "CONDITIONAL",
    "orderType": "STOP_MARKET",
    "symbol": "BNBUSDT",
    "side": "SELL",
    "algoStatus": "NEW",
    "createTime": 1750485492076,
    "updateTime": 1750485492076,
}


@pytest.mark.parametrize(
    ("request_class", "verb", "path", "weight", "orders", "lane"),
    [
        # Whether a new one is charged as an order is not documented: assumed, to be safe.
        (NewUmAlgoOrder, "POST", "/papi/v1/um/algo/order", 1, 1, "order"),
        (CancelUmAlgoOrder, "DELETE", "/papi/v1/um/algo/order", 1, 0, "cancel"),
        (CancelAllUmAlgoOrders, "DELETE", "/papi/v1/um/algo/allOpenOrders", 1, 0, "cancel"),
        (QueryUmAlgoOrder, "GET", "/papi/v1/um/algo/algoOrder", 1, 0, "read"),
        (OpenUmAlgoOrders, "GET", "/papi/v1/um/algo/openAlgoOrders", 1, 0, "read"),
        (AllUmAlgoOrders, "GET", "/papi/v1/um/algo/allAlgoOrders", 5, 0, "read"),
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
            NewUmAlgoOrder,
            """algoType! symbol! side! type! positionSide timeInForce quantity price triggerPrice
            workingType priceMatch closePosition priceProtect reduceOnly activatePrice callbackRate
            clientAlgoId newOrderRespType selfTradePreventionMode goodTillDate""",
        ),
        (CancelUmAlgoOrder, "algoId clientAlgoId"),
        (CancelAllUmAlgoOrders, "symbol!"),
        (QueryUmAlgoOrder, "algoId clientAlgoId"),
        (OpenUmAlgoOrders, "algoType symbol algoId"),
        (AllUmAlgoOrders, "symbol! algoId startTime endTime limit"),
    ],
)
def test_an_endpoint_takes_the_documented_parameters(
    request_class: RequestClass, names: str
) -> None:
    """The exchange's names, ``!`` behind the mandatory ones."""
    every = request_class.endpoint.parameters
    assert {each.wire_name + "!" * each.is_required for each in every} == set(names.split())


def test_reading_all_symbols_costs_more() -> None:
    """The weight of a call follows from whether it names a symbol, not from what else it names."""
    assert OpenUmAlgoOrders(symbol="BNBUSDT").weight == 1
    assert OpenUmAlgoOrders(algo_id=1, algo_type=AlgoType.CONDITIONAL).weight == 40
    assert "1 with a symbol, 40 without" in str(OpenUmAlgoOrders.__doc__)


def test_an_assumption_is_called_one() -> None:
    """Who reads the docstring knows what is not documented."""
    assert "one order (assumed" in str(NewUmAlgoOrder.__doc__)


# Rules between parameters.


@pytest.mark.parametrize("request_class", [CancelUmAlgoOrder, QueryUmAlgoOrder])
def test_an_algo_order_is_named_by_one_id(request_class: RequestClass) -> None:
    """Neither id and both ids are refused; either will do, zero included."""
    message = "^name the algo order by algo_id or by client_algo_id, "
    with pytest.raises(ValueError, match=f"{message}one of the two$"):
        request_class()
    with pytest.raises(ValueError, match=f"{message}not both$"):
        request_class(algo_id=0, client_algo_id="mine")
    assert request_class(algo_id=0).query() == "algoId=0"
    assert request_class(client_algo_id="mine").query() == "clientAlgoId=mine"


@pytest.mark.parametrize("request_class", [CancelUmAlgoOrder, QueryUmAlgoOrder])
def test_an_empty_id_names_nothing(request_class: RequestClass) -> None:
    """It is refused before it costs weight."""
    with pytest.raises(ValueError, match=r"^client_algo_id must not be empty$"):
        request_class(client_algo_id="")


def test_flags_are_written_as_words() -> None:
    """``true`` and ``false``, and nothing when left out."""
    closing = NewUmAlgoOrder(**STOP, close_position=True, price_protect=False)
    assert closing.query() == (
        "symbol=BNBUSDT&side=SELL&algoType=CONDITIONAL&type=STOP_MARKET&triggerPrice=750"
        "&closePosition=true&priceProtect=false"
    )


@pytest.mark.parametrize("surplus", [{"quantity": Decimal(1)}, {"reduce_only": False}])
def test_closing_a_position_says_all_about_the_size(surplus: dict[str, Any]) -> None:
    """Beside it there is no size, and nothing left to reduce."""
    assert NewUmAlgoOrder(**STOP, close_position=False, **surplus).close_position is False
    assert NewUmAlgoOrder(**STOP, **surplus).close_position is None
    with pytest.raises(ValueError, match=r"close_position.* not both$"):
        NewUmAlgoOrder(**STOP, close_position=True, **surplus)


def test_an_algo_order_has_one_price() -> None:
    """A given one or one from the book; those that execute at market have neither."""
    assert NewUmAlgoOrder(**STOP).price is None
    with pytest.raises(ValueError, match=r"^name the price by price or by price_match, not both$"):
        NewUmAlgoOrder(**STOP, price=Decimal(1), price_match=PriceMatch.QUEUE)


def test_an_algo_order_until_a_date_needs_the_date() -> None:
    """As any UM order."""
    with pytest.raises(ValueError, match=r"^time_in_force GTD needs good_till_date beside it$"):
        NewUmAlgoOrder(**STOP, time_in_force="GTD")  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", ["0.1", "1", "20"])
def test_a_callback_rate_within_bounds_is_sent(rate: str) -> None:
    """Both bounds included."""
    assert NewUmAlgoOrder(**STOP, callback_rate=Decimal(rate)).query().endswith(f"Rate={rate}")


@pytest.mark.parametrize("rate", ["0", "0.0999", "20.01", "-1"])
def test_a_callback_rate_beyond_bounds_is_refused(rate: str) -> None:
    """From 0.1 to 20 percent."""
    complaint = f"^callback_rate needs to be from 0.1 to 20 percent, not {rate}$"
    with pytest.raises(ValueError, match=complaint):
        NewUmAlgoOrder(**STOP, callback_rate=Decimal(rate))


def test_a_history_ends_after_it_begins() -> None:
    """And its limit is a documented one."""
    assert AllUmAlgoOrders(symbol="BNBUSDT", start_time=2, end_time=2, limit=1000).limit == 1000
    with pytest.raises(ValueError, match=r"^start_time 2 is after end_time 1$"):
        AllUmAlgoOrders(symbol="BNBUSDT", start_time=2, end_time=1)
    with pytest.raises(ValueError, match=r"^limit must be at most 1000, not 1001$"):
        AllUmAlgoOrders(symbol="BNBUSDT", limit=1001)


# Replies. The documented examples are read in test_um_replies.py.

BLANKS = ("quantity", "price", "triggerPrice", "activatePrice", "callbackRate", "actualPrice")


@pytest.mark.parametrize("request_class", [NewUmAlgoOrder, QueryUmAlgoOrder])
@pytest.mark.parametrize("name", [*BLANKS, "actualOrderId", "timeInForce", "priceMatch"])
def test_a_blank_is_none(request_class: RequestClass, name: str) -> None:
    """The exchange writes an empty text where it has no value, compactly or not."""
    for body in (json.encode({**REPLY, name: ""}), json.format(json.encode({**REPLY, name: ""}))):
        assert request_class.endpoint.decode(body) == request_class.endpoint.decode(
            json.encode(REPLY)
        )


@pytest.mark.parametrize("request_class", [OpenUmAlgoOrders, AllUmAlgoOrders])
def test_blanks_in_a_list_are_none(request_class: RequestClass) -> None:
    """In every item, and only those."""
    items = [{**REPLY, "price": ""}, {**REPLY, "price": "1.50"}]
    first, second = request_class.endpoint.decode(json.encode(items))
    assert (first.price, second.price) == (None, Decimal("1.50"))


@pytest.mark.parametrize("text", [':""', 'a:""b', '\\":""', '"', ":"])
def test_a_text_that_looks_like_a_blank_stays(text: str) -> None:
    """Quotes inside a text are escaped, so it can hold no blank."""
    body = json.encode({**REPLY, "clientAlgoId": text})
    assert NewUmAlgoOrder.endpoint.decode(body).client_algo_id == text


def test_a_placed_order_may_be_named_by_text_or_number() -> None:
    """Text in the documented example, and empty before it was placed."""
    for actual in ("8389765", 8389765):
        reply = QueryUmAlgoOrder.endpoint.decode(json.encode({**REPLY, "actualOrderId": actual}))
        assert reply.actual_order_id == actual


@pytest.mark.parametrize("body", [b"{}", b'{"complete":"yes"}', b"[]"])
def test_an_unreadable_cancel_is_not_guessed(body: bytes) -> None:
    """A reply that does not say whether it was done is none."""
    with pytest.raises(DecodeError):
        CancelUmAlgoOrder.endpoint.decode(body)
