"""What is sent follows the documented words and rules of its endpoint; what is read stays open."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async import (
    AllUmOrders,
    CancelMarginOrder,
    CmIncomeHistory,
    CollectAsset,
    NegativeBalanceExchangeRecords,
    NewCmConditionalOrder,
    NewCmOrder,
    NewMarginOco,
    NewMarginOrder,
    NewUmAlgoOrder,
    NewUmOrder,
    QueryMarginOrder,
    QueryUmIncomeDownloadId,
)
from tests.unit.endpoints.documented import RequestClass

MARGIN: dict[str, Any] = {"symbol": "LTCBTC", "side": "SELL"}
ONE = Decimal(1)
MARGIN_ORDER: Any = NewMarginOrder
NEEDED: dict[str, dict[str, Any]] = {
    "LIMIT": {"time_in_force": "GTC", "quantity": ONE, "price": ONE},
    "MARKET": {"quantity": ONE},
    "STOP_LOSS": {"quantity": ONE, "stop_price": ONE},
    "STOP_LOSS_LIMIT": {
        "time_in_force": "GTC",
        "quantity": ONE,
        "price": ONE,
        "stop_price": ONE,
    },
    "TAKE_PROFIT": {"quantity": ONE, "stop_price": ONE},
    "TAKE_PROFIT_LIMIT": {
        "time_in_force": "GTC",
        "quantity": ONE,
        "price": ONE,
        "stop_price": ONE,
    },
    "LIMIT_MAKER": {"quantity": ONE, "price": ONE},
}
NOT_TAKEN = [
    ("LIMIT", "stop_price", ONE),
    ("LIMIT_MAKER", "stop_price", ONE),
    ("LIMIT_MAKER", "iceberg_qty", ONE),
    ("MARKET", "stop_price", ONE),
    ("MARKET", "iceberg_qty", ONE),
    ("MARKET", "time_in_force", "GTC"),
    ("STOP_LOSS", "iceberg_qty", ONE),
    ("STOP_LOSS", "time_in_force", "GTC"),
    ("TAKE_PROFIT", "iceberg_qty", ONE),
]


@pytest.mark.parametrize("kind", NEEDED)
def test_a_margin_order_needs_what_its_type_needs(kind: str) -> None:
    """And nothing more."""
    needed = NEEDED[kind]
    MARGIN_ORDER(**MARGIN, type=kind, **needed)
    for name in needed:
        rest = {key: value for key, value in needed.items() if key != name}
        message = (
            "one of the two$" if kind == "MARKET" else f"^a {kind} order needs {name} beside it$"
        )
        with pytest.raises(ValueError, match=message):
            MARGIN_ORDER(**MARGIN, type=kind, **rest)


@pytest.mark.parametrize(("kind", "name", "value"), NOT_TAKEN)
def test_a_margin_order_takes_nothing_of_other_types(kind: str, name: str, value: Any) -> None:
    """What the page says is for others only."""
    with pytest.raises(ValueError, match=f"^a {kind} order takes no {name}: leave it out$"):
        MARGIN_ORDER(**MARGIN, type=kind, **NEEDED[kind], **{name: value})


@pytest.mark.parametrize("kind", ["LIMIT", "STOP_LOSS", "STOP_LOSS_LIMIT", "LIMIT_MAKER"])
def test_only_a_market_order_is_sized_in_the_quote_asset(kind: str) -> None:
    """The others need a quantity."""
    needed = {**NEEDED[kind], "quantity": None}
    with pytest.raises(ValueError, match=f"^a {kind} order "):
        MARGIN_ORDER(**MARGIN, type=kind, quote_order_qty=ONE, **needed)
    assert MARGIN_ORDER(**MARGIN, type="MARKET", quote_order_qty=ONE).quantity is None


OCO: dict[str, Any] = {"symbol": "LTCBTC", "quantity": ONE}
ALGO: dict[str, Any] = {"algo_type": "CONDITIONAL", "symbol": "BTCUSDT", "side": "SELL"}
UM: dict[str, Any] = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": ONE}
CONDITIONAL: dict[str, Any] = {
    "symbol": "BTCUSD_PERP",
    "side": "SELL",
    "strategy_type": "STOP_MARKET",
    "stop_price": ONE,
}


@pytest.mark.parametrize(
    ("request_class", "arguments", "message"),
    [
        (NewMarginOrder, {**MARGIN, "side": "sell", "type": "MARKET"}, "side must be BUY or SELL, not sell"),
        (NewMarginOrder, {**MARGIN, "type": "MARKET", "quantity": Decimal(0)}, "quantity must be above 0, not 0"),
        (NewMarginOrder, {**MARGIN, "type": "MARKET", "quantity": -1}, "quantity must not be below zero, not -1"),
        (
            NewMarginOco,
            {**OCO, "side": "SELL", "price": ONE, "stop_price": ONE},
            "to SELL, price needs to be above stop_price: the last price lies between them",
        ),
        (
            NewMarginOco,
            {**OCO, "side": "BUY", "price": Decimal(2), "stop_price": ONE},
            "to BUY, price needs to be below stop_price: the last price lies between them",
        ),
        (
            NewMarginOco,
            {**OCO, "side": "SELL", "price": Decimal(2), "stop_price": ONE, "new_order_resp_type": "FULL"},
            "new_order_resp_type must be ACK or RESULT, not FULL",
        ),
        (
            NewMarginOco,
            {**OCO, "side": "SELL", "price": Decimal(2), "stop_price": ONE, "side_effect_type": "AUTO_BORROW_REPAY"},
            "side_effect_type must be NO_SIDE_EFFECT, MARGIN_BUY or AUTO_REPAY, not AUTO_BORROW_REPAY",
        ),
        (NewUmOrder, {**UM, "type": "LIQUIDATION"}, "type must be LIMIT or MARKET, not LIQUIDATION"),
        (NewUmOrder, {**UM, "new_order_resp_type": "FULL"}, "new_order_resp_type must be ACK or RESULT, not FULL"),
        (
            NewUmOrder,
            {**UM, "self_trade_prevention_mode": "NONE"},
            "self_trade_prevention_mode must be EXPIRE_TAKER, EXPIRE_BOTH or EXPIRE_MAKER, not NONE",
        ),
        (NewUmOrder, {**UM, "price_match": "QUEUE"}, "a MARKET order takes no price_match: leave it out"),
        (
            NewUmOrder,
            {**UM, "position_side": "LONG", "reduce_only": True},
            "position_side LONG takes no reduce_only: leave it out",
        ),
        (NewUmOrder, {**UM, "symbol": "btcusdt"}, "symbol must be capitals, digits and _, like LTCBTC or BTCUSD_PERP, not 'btcusdt'"),
        (NewUmOrder, {**UM, "new_client_order_id": "a b"}, "new_client_order_id must be letters, digits and . : / _ -, not 'a b'"),
        (NewUmOrder, {**UM, "new_client_order_id": "a" * 33}, "new_client_order_id must be at most 32 characters long"),
        (NewCmOrder, {**UM, "time_in_force": "GTD"}, "time_in_force must be GTC, IOC, FOK or GTX, not GTD"),
        (NewUmAlgoOrder, {**ALGO, "type": "LIMIT"}, "type must be STOP, STOP_MARKET, TAKE_PROFIT, TAKE_PROFIT_MARKET or TRAILING_STOP_MARKET, not LIMIT"),
        (NewUmAlgoOrder, {**ALGO, "type": "STOP", "callback_rate": ONE}, "a STOP order takes no callback_rate: leave it out"),
        (NewUmAlgoOrder, {**ALGO, "type": "STOP_MARKET", "price_match": "QUEUE"}, "a STOP_MARKET order takes no price_match: leave it out"),
        (NewUmAlgoOrder, {**ALGO, "type": "STOP", "close_position": True}, "a STOP order takes no close_position: leave it out"),
        (
            NewUmAlgoOrder,
            {**ALGO, "type": "STOP_MARKET", "close_position": True, "position_side": "SHORT"},
            "SELL opens SHORT: it takes no close_position",
        ),
        (NewCmConditionalOrder, {**CONDITIONAL, "activation_price": ONE}, "a STOP_MARKET order takes no activation_price: leave it out"),
        (NewCmConditionalOrder, {**CONDITIONAL, "new_client_strategy_id": "a b"}, "new_client_strategy_id must be letters, digits and . : / _ -, not 'a b'"),
        (CollectAsset, {"asset": "BNB"}, "asset BNB cannot be collected: it needs transfer_bnb"),
        (
            CmIncomeHistory,
            {"income_type": "API_REBATE"},
            ("income_type must be TRANSFER, WELCOME_BONUS, FUNDING_FEE, REALIZED_PNL, COMMISSION, "
            "INSURANCE_CLEAR or DELIVERED_SETTELMENT, not API_REBATE"),
        ),
        (
            AllUmOrders,
            {"symbol": "BTCUSDT", "start_time": 1_700_000_000},
            ("start_time=1700000000 looks like seconds: times are in ms, so 1700000000000, "
            "or a datetime with a time zone"),
        ),
        (
            AllUmOrders,
            {"symbol": "BTCUSDT", "end_time": datetime(2026, 1, 1)},  # noqa: DTZ001 - the slip
            "end_time has no time zone: datetime.now(UTC) has one, and .astimezone() gives a local time one",
        ),
        (
            NegativeBalanceExchangeRecords,
            {"start_time": 0, "end_time": 93 * 86_400_000 + 10**12},
            "start_time and end_time must not lie more than 92 days apart: ask in parts, as the iter_ methods do",
        ),
    ],
)  # fmt: skip
def test_what_the_page_refuses_is_not_made(
    request_class: RequestClass, arguments: dict[str, Any], message: str
) -> None:
    """To the letter; no weight is spent."""
    with pytest.raises(ValueError, match=r".") as caught:
        request_class(**arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["web_1f2e", "autoclose-1700000000000", "x" * 64, "a b/\u00e9"])
def test_an_order_that_is_there_has_whatever_name_it_has(name: str) -> None:
    """The exchange's own made-up ids, and older ones, follow no rule of today."""
    for request_class in (CancelMarginOrder, QueryMarginOrder):
        assert (
            request_class(symbol="LTCBTC", orig_client_order_id=name).orig_client_order_id == name
        )


def test_a_datetime_becomes_milliseconds() -> None:
    """When the request is made: it equals the one made of a number."""
    start, end = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), datetime(2023, 11, 15, tzinfo=UTC)
    request = AllUmOrders(symbol="BTCUSDT", start_time=start, end_time=end)
    assert request == AllUmOrders(
        symbol="BTCUSDT", start_time=1_700_000_000_000, end_time=1_700_006_400_000
    )
    assert "startTime=1700000000000&endTime=1700006400000" in request.query()
    assert QueryUmIncomeDownloadId(start_time=start, end_time=end).start_time == 1_700_000_000_000
    date = datetime(2027, 1, 1, tzinfo=UTC)
    order = NewUmOrder(
        **{**UM, "type": "LIMIT", "price": ONE, "time_in_force": "GTD"}, good_till_date=date
    )
    assert order.good_till_date == 1_798_761_600_000
