"""One view of orders and trades of margin, UM and CM."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import Any

import pytest
from msgspec import json

from binance_papi_async import (
    CanceledCmOrder,
    CanceledMarginOrder,
    CanceledUmOrder,
    CmOrder,
    CmTrade,
    MarginOrder,
    MarginTrade,
    ModifiedCmOrder,
    ModifiedUmOrder,
    NewCmOrderReply,
    NewMarginOrderReply,
    NewUmOrderReply,
    OrderLike,
    ReadOrderLike,
    TradeLike,
    UmOrder,
    UmTrade,
    client_order_id_of,
)

READ: tuple[type, ...] = (MarginOrder, UmOrder, CmOrder)
ANSWERED: tuple[type, ...] = (
    *(NewMarginOrderReply, NewUmOrderReply, NewCmOrderReply),
    *(CanceledMarginOrder, CanceledUmOrder, CanceledCmOrder),
    *(ModifiedUmOrder, ModifiedCmOrder),
)
TRADES: tuple[type, ...] = (MarginTrade, UmTrade, CmTrade)


def members_of(protocol: type) -> set[str]:
    """The names a protocol asks for."""
    return {
        name for name, _ in inspect.getmembers(protocol, lambda each: isinstance(each, property))
    }


@pytest.mark.parametrize(
    ("protocol", "reply"),
    [
        *((OrderLike, each) for each in (*READ, *ANSWERED)),
        *((ReadOrderLike, each) for each in READ),
        *((TradeLike, each) for each in TRADES),
    ],
)
def test_a_reply_has_what_its_view_shows(protocol: type, reply: type) -> None:
    """When it runs, too; checkers look at the types in tests/typing."""
    assert members_of(protocol) <= set(dir(reply))


def test_the_views_are_as_wide_as_they_say() -> None:
    """By hand: what margin, UM and CM orders and trades have in common."""
    order = {"symbol", "order_id", "client_order_id", "status", "side", "type", "time_in_force"}
    order |= {"price", "orig_qty", "executed_qty"}
    assert members_of(OrderLike) == order
    assert members_of(ReadOrderLike) == order | {"time", "update_time"}
    assert members_of(TradeLike) == {
        *("id", "symbol", "order_id", "price", "qty", "commission", "commission_asset", "time"),
        *("is_buyer", "is_maker"),
    }


def read(reply: type[Any], **fields: object) -> Any:
    """A reply of these fields, spelt as the exchange spells them."""
    return json.decode(json.encode(fields), type=reply, strict=False)


@pytest.mark.parametrize("reply", [UmTrade, CmTrade])
@pytest.mark.parametrize(("buyer", "maker"), [(True, False), (False, True)])
def test_futures_trades_answer_to_margins_names(reply: type, *, buyer: bool, maker: bool) -> None:
    """``isBuyer`` and ``isMaker`` of margin are ``buyer`` and ``maker`` of futures."""
    common = {"id": 1, "symbol": "BTCUSD_PERP", "pair": "BTCUSD", "orderId": 2, "side": "BUY"}
    amounts = dict.fromkeys(
        ["price", "qty", "quoteQty", "baseQty", "realizedPnl", "commission"], "1.5"
    )
    assets = {"commissionAsset": "BTC", "marginAsset": "BTC", "positionSide": "BOTH", "time": 3}
    trade = read(reply, **common, **amounts, **assets, buyer=buyer, maker=maker)
    assert (trade.is_buyer, trade.is_maker) == (buyer, maker)
    assert trade.qty == Decimal("1.5")


def test_the_id_of_a_canceled_margin_order_is_the_orders_own() -> None:
    """Documented: ``clientOrderId`` is the cancel's there, ``origClientOrderId`` the order's."""
    ids = {"orderId": 28, "origClientOrderId": "myOrder1", "clientOrderId": "cancelMyOrder1"}
    assert client_order_id_of(read(CanceledMarginOrder, **ids)) == "myOrder1"
    um = {"symbol": "BTCUSDT", "orderId": 28, "clientOrderId": "mine", "status": "CANCELED"}
    assert client_order_id_of(read(CanceledUmOrder, **um)) == "mine"
