from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async.endpoints.um_orders import (
    ModifyUmOrder,
    NewUmOrder,
    UmTrades,
)
from binance_papi_async.enums import FuturesOrderType, FuturesTimeInForce, PriceMatch, Side

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


@pytest.mark.parametrize("kind", ["PEGGED", "LIQUIDATION", "STOP", "limit"])
def test_a_type_that_is_not_placed_here_is_not_sent(kind: str) -> None:
    """What is read may be new; two prices are one too many for any type."""
    with pytest.raises(ValueError, match=f"^type must be LIMIT or MARKET, not {kind}$"):
        NewUmOrder(**{**MARKET, "type": FuturesOrderType(kind)})
    with pytest.raises(ValueError, match="not both"):
        NewUmOrder(**MARKET, price=Decimal(1), price_match=PriceMatch.QUEUE)


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


@pytest.mark.parametrize("times", [{"start_time": 1}, {"end_time": 2}, {"start_time": 0}])
def test_trades_are_paged_in_one_way(times: dict[str, int]) -> None:
    """By id or by time."""
    complaint = r"^page by from_id or by start_time and end_time, not both$"
    with pytest.raises(ValueError, match=complaint):
        UmTrades(symbol="BTCUSDT", from_id=0, **times)
    assert UmTrades(symbol="BTCUSDT", **times).from_id is None
    assert UmTrades(symbol="BTCUSDT", from_id=0).query() == "symbol=BTCUSDT&fromId=0"
