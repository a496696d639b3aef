from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec import DecodeError, json

from binance_papi_async.endpoints.um_algo import (
    AllUmAlgoOrders,
    CancelUmAlgoOrder,
    NewUmAlgoOrder,
    OpenUmAlgoOrders,
    QueryUmAlgoOrder,
)
from binance_papi_async.enums import AlgoType, PriceMatch, Side, StrategyType
from tests.unit.endpoints.documented import RequestClass

STOP: dict[str, Any] = {
    "algo_type": AlgoType.CONDITIONAL,
    "symbol": "BNBUSDT",
    "side": Side.SELL,
    "type": StrategyType.STOP_MARKET,
    "trigger_price": Decimal(750),
}
TRAILING = {**STOP, "type": StrategyType.TRAILING_STOP_MARKET}
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


def test_only_a_symbol_makes_reading_cheap() -> None:
    """Nothing else that is named does."""
    assert OpenUmAlgoOrders(algo_id=1, algo_type=AlgoType.CONDITIONAL).weight == 40


def test_an_assumption_is_called_one() -> None:
    """No page says whether a new one is charged as an order; who reads the docstring knows."""
    assert "one order (assumed" in str(NewUmAlgoOrder.__doc__)


# Rules between parameters.


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
    assert NewUmAlgoOrder(**TRAILING, callback_rate=Decimal(rate)).query().endswith(f"Rate={rate}")


@pytest.mark.parametrize("rate", ["0", "0.0999", "20.01"])
def test_a_callback_rate_beyond_bounds_is_refused(rate: str) -> None:
    """From 0.1 to 20 percent."""
    complaint = f"^callback_rate needs to be from 0.1 to 20 percent, not {rate}$"
    with pytest.raises(ValueError, match=complaint):
        NewUmAlgoOrder(**TRAILING, callback_rate=Decimal(rate))


# Replies. The documented examples are read in test_replies.py.

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
