"""What the exchange remembers of an order, an order list and a trade.

Values only: a change makes a new version, so that a read can be answered from an older one.
Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import Struct, structs

from binance_papi_async.enums import OrderStatus, OrderType, Side, TimeInForce

ZERO: Final = Decimal(0)
NO_LIST: Final = -1
"""What the exchange writes as ``orderListId`` of an order that is in no list."""
LIMIT_TYPES: Final = frozenset(
    {OrderType.LIMIT, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT}
)
"""Types that take ``timeInForce`` (documented: "for limit kinds")."""
STOP_TYPES: Final = frozenset(
    {
        OrderType.STOP_LOSS,
        OrderType.STOP_LOSS_LIMIT,
        OrderType.TAKE_PROFIT,
        OrderType.TAKE_PROFIT_LIMIT,
    }
)
"""Types that take ``stopPrice`` (documented)."""


class Draft(Struct, frozen=True, kw_only=True):
    """An order as somebody wants it placed."""

    symbol: str
    client_order_id: str
    side: Side = Side.SELL
    type: OrderType = OrderType.LIMIT
    quantity: Decimal = Decimal(1)
    price: Decimal = ZERO
    stop_price: Decimal = ZERO
    iceberg_quantity: Decimal = ZERO
    time_in_force: TimeInForce = TimeInForce.GTC
    self_trade_prevention_mode: str = "EXPIRE_MAKER"

    def named(self, client_order_id: str) -> Draft:
        """The same with another client id."""
        return structs.replace(self, client_order_id=client_order_id)


class Order(Draft, frozen=True, kw_only=True):
    """One version of an order: how it stood from ``changed_at`` on."""

    order_id: int
    placed_at: float
    changed_at: float
    order_list_id: int = NO_LIST
    status: OrderStatus = OrderStatus.NEW
    executed: Decimal = ZERO
    """How much of the quantity has filled."""
    executed_quote: Decimal = ZERO
    """What the filled part was worth, in the quote asset."""

    @property
    def is_open(self) -> bool:
        """Whether it can still fill or be cancelled."""
        return not self.status.is_closed

    @property
    def remaining(self) -> Decimal:
        """What has not filled."""
        return self.quantity - self.executed


class OrderList(Struct, frozen=True, kw_only=True):
    """Orders that live and die together; how it stands follows from how they stand."""

    order_list_id: int
    symbol: str
    client_id: str
    order_ids: tuple[int, ...]
    placed_at: float


class Trade(Struct, frozen=True, kw_only=True):
    """One fill. There are no fees on this exchange: a simulator's choice."""

    trade_id: int
    order_id: int
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    time: float
    is_maker: bool
