"""What the exchange replies about margin orders, lists and trades.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
A field that may be missing from a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

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


class CanceledMarginOrder(Struct, frozen=True, rename="camel"):
    """A margin order as its cancel left it."""

    symbol: str
    order_id: int
    orig_client_order_id: str
    """The client id the order was placed under."""
    client_order_id: str
    """The id of the cancel: ``new_client_order_id``, or one the exchange made up."""
    price: Decimal
    orig_qty: Decimal
    executed_qty: Decimal
    """What had filled before the cancel."""
    cummulative_quote_qty: Decimal
    """Spelled as the exchange spells it."""
    status: OrderStatus
    time_in_force: TimeInForce
    type: OrderType
    side: Side
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


class MarginOrderList(Struct, frozen=True, rename="camel"):
    """An order list: orders that live and die together."""

    order_list_id: int
    contingency_type: ContingencyType
    list_status_type: ListStatusType
    list_order_status: ListOrderStatus
    list_client_order_id: str
    transaction_time: int
    symbol: str
    orders: list[OrderListMember]


class CanceledMarginOrderList(MarginOrderList, frozen=True, rename="camel", kw_only=True):
    """An order list as its cancel left it."""

    order_reports: list[CanceledMarginOrder] = []


class MarginOrder(Struct, frozen=True, rename="camel", kw_only=True):
    """A margin order as the exchange last saw it."""

    symbol: str
    order_id: int
    client_order_id: str
    price: Decimal
    orig_qty: Decimal
    executed_qty: Decimal
    cummulative_quote_qty: Decimal
    """Below zero where the exchange no longer knows (old orders)."""
    status: OrderStatus
    time_in_force: TimeInForce
    type: OrderType
    side: Side
    stop_price: Decimal | None = None
    iceberg_qty: Decimal | None = None
    time: int | None = None
    """When it was placed."""
    update_time: int | None = None
    is_working: bool | None = None
    account_id: int | None = None
    self_trade_prevention_mode: SelfTradePreventionMode | None = None
    prevented_match_id: str | int | None = None
    """The documented example holds the text ``None``."""
    prevented_quantity: str | None = None
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


class Fill(Struct, frozen=True, rename="camel"):
    """One trade of an order that executed as it was placed."""

    price: Decimal
    qty: Decimal
    commission: Decimal
    commission_asset: str


class NewMarginOrderReply(Struct, frozen=True, rename="camel", kw_only=True):
    """A placed margin order; an ``ACK`` carries only the first four fields."""

    symbol: str
    order_id: int
    client_order_id: str
    transact_time: int
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
    margin_buy_borrow_asset: str | None = None
    fills: list[Fill] = []
    """With ``FULL``."""


class NewMarginOcoReply(MarginOrderList, frozen=True, rename="camel", kw_only=True):
    """A placed order list and its two orders."""

    margin_buy_borrow_amount: Decimal | None = None
    margin_buy_borrow_asset: str | None = None
    order_reports: list[NewMarginOrderReply] = []
