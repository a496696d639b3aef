"""What the exchange replies about margin orders, lists and trades.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
In a reply about an order every field but those that name it and its status may be None;
``explanation/replies.md`` says why. Elsewhere, one that may be missing from a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from msgspec import Struct

from binance_papi_async.declaring.reading import Text
from binance_papi_async.enums import (
    ContingencyType,
    ListOrderStatus,
    ListStatusType,
    OrderStatus,
    OrderType,
    SelfTradePreventionMode,
    Side,
    TimeInForce,
)


class CanceledMarginOrder(Struct, frozen=True, rename="camel", kw_only=True):
    """A margin order as its cancel left it; named by one id at least."""

    named_by: ClassVar = ("order_id", "orig_client_order_id")

    symbol: Text | None = None
    order_id: int | None
    orig_client_order_id: Text | None
    """The client id the order was placed under."""
    client_order_id: Text | None = None
    """The id of the cancel: ``new_client_order_id``, or one the exchange made up."""
    price: Decimal | None = None
    orig_qty: Decimal | None = None
    executed_qty: Decimal | None = None
    """What had filled before the cancel."""
    cummulative_quote_qty: Decimal | None = None
    """Spelled as the exchange spells it."""
    status: OrderStatus | None = None
    time_in_force: TimeInForce | None = None
    type: OrderType | None = None
    side: Side | None = None
    order_list_id: int | None = None
    """The list it belonged to, -1 if none; in answers of ``CancelAllMarginOrders`` and lists."""
    stop_price: Decimal | None = None
    iceberg_qty: Decimal | None = None
    self_trade_prevention_mode: SelfTradePreventionMode | None = None
    """Not on the documented page, but seen in live answers."""


class OrderListMember(Struct, frozen=True, rename="camel"):
    """Which order belongs to a list."""

    symbol: str
    order_id: int
    client_order_id: str


class MarginOrderListState(Struct, frozen=True, rename="camel", kw_only=True):
    """What replies about an order list say; None is what they leave out."""

    order_list_id: int | None
    contingency_type: ContingencyType | None = None
    list_status_type: ListStatusType | None = None
    list_order_status: ListOrderStatus | None
    list_client_order_id: Text | None
    transaction_time: int | None = None
    symbol: Text | None
    orders: list[OrderListMember] = []


class MarginOrderList(MarginOrderListState, frozen=True, rename="camel", kw_only=True):
    """An order list: orders that live and die together. What names it and its status are always there."""

    symbol: Text
    order_list_id: int
    list_client_order_id: str
    list_order_status: ListOrderStatus


class CanceledMarginOrderList(MarginOrderListState, frozen=True, rename="camel", kw_only=True):
    """An order list as its cancel left it; named by one id at least."""

    named_by: ClassVar = ("order_list_id", "list_client_order_id")

    order_reports: list[CanceledMarginOrder] = []


class MarginOrder(Struct, frozen=True, rename="camel", kw_only=True):
    """A margin order as the exchange last saw it. What names it and its status are always there."""

    symbol: Text
    order_id: int
    client_order_id: str
    price: Decimal | None = None
    orig_qty: Decimal | None = None
    executed_qty: Decimal | None = None
    cummulative_quote_qty: Decimal | None = None
    """Below zero where the exchange no longer knows (old orders)."""
    status: OrderStatus
    time_in_force: TimeInForce | None = None
    type: OrderType | None = None
    side: Side | None = None
    stop_price: Decimal | None = None
    iceberg_qty: Decimal | None = None
    time: int | None = None
    """When it was placed."""
    update_time: int | None = None
    is_working: bool | None = None
    account_id: int | None = None
    self_trade_prevention_mode: SelfTradePreventionMode | None = None
    prevented_match_id: Text | int | None = None
    """The documented example holds the text ``None``."""
    prevented_quantity: Text | None = None
    """The documented example holds the text ``None``."""


class EndedMarginOrderList(MarginOrderList, frozen=True, rename="camel", kw_only=True):
    """An order list that is done, with its orders: which of them ended how."""

    legs: list[MarginOrder] = []


class MarginTrade(Struct, frozen=True, rename="camel"):
    """One fill of a margin order."""

    id: int
    symbol: str
    order_id: int
    price: Decimal
    qty: Decimal
    commission: Decimal
    commission_asset: str
    time: int
    is_buyer: bool
    is_maker: bool
    is_best_match: bool | None = None
    quote_qty: Decimal | None = None
    """Not on the documented page, but seen in live answers."""


class Fill(Struct, frozen=True, rename="camel"):
    """One trade of an order that executed as it was placed."""

    price: Decimal
    qty: Decimal
    commission: Decimal
    commission_asset: str


class NewMarginOrderReply(Struct, frozen=True, rename="camel", kw_only=True):
    """A placed margin order, named by one id at least; an ``ACK`` carries only the first four fields."""

    named_by: ClassVar = ("order_id", "client_order_id")

    symbol: Text | None = None
    order_id: int | None
    client_order_id: Text | None
    transact_time: int | None = None
    price: Decimal | None = None
    orig_qty: Decimal | None = None
    executed_qty: Decimal | None = None
    cummulative_quote_qty: Decimal | None = None
    status: OrderStatus | None = None
    time_in_force: TimeInForce | None = None
    type: OrderType | None = None
    side: Side | None = None
    order_list_id: int | None = None
    stop_price: Decimal | None = None
    self_trade_prevention_mode: SelfTradePreventionMode | None = None
    margin_buy_borrow_amount: Decimal | None = None
    """Only if the order borrowed."""
    margin_buy_borrow_asset: Text | None = None
    fills: list[Fill] = []
    """With ``FULL``."""


class NewMarginOcoReply(MarginOrderListState, frozen=True, rename="camel", kw_only=True):
    """A placed order list and its two orders; named by one id at least."""

    named_by: ClassVar = ("order_list_id", "list_client_order_id")

    margin_buy_borrow_amount: Decimal | None = None
    margin_buy_borrow_asset: Text | None = None
    order_reports: list[NewMarginOrderReply] = []
