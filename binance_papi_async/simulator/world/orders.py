"""What the exchange remembers of an order, an order list and a trade.

Values only: a change makes a new version, so that a read can be answered from an older one.
Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from msgspec import Struct, structs

from binance_papi_async.enums import (
    FuturesOrderType,
    FuturesTimeInForce,
    OrderStatus,
    OrderType,
    PositionSide,
    Side,
    TimeInForce,
)

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
    """Of a futures order ``LIMIT`` or ``MARKET``."""
    quantity: Decimal = Decimal(1)
    price: Decimal = ZERO
    stop_price: Decimal = ZERO
    iceberg_quantity: Decimal = ZERO
    time_in_force: TimeInForce | FuturesTimeInForce = TimeInForce.GTC
    self_trade_prevention_mode: str = "EXPIRE_MAKER"
    position_side: PositionSide = PositionSide.BOTH
    """Of a futures order, as is all below."""
    reduce_only: bool = False
    price_match: str = "NONE"
    good_till_date: int = 0
    orig_type: FuturesOrderType | None = None
    """What it was before its trigger placed it, if that is not its ``type``."""

    def named(self, client_order_id: str) -> Draft:
        """The same with another client id."""
        return structs.replace(self, client_order_id=client_order_id)

    def of_type(self, kind: OrderType) -> Draft:
        """The same with another type."""
        return structs.replace(self, type=kind)


class Amendment(Struct, frozen=True, kw_only=True):
    """One modification of an order: price and quantity before and after."""

    amendment_id: int
    time: float
    prices: tuple[Decimal, Decimal]
    quantities: tuple[Decimal, Decimal]
    modify_id: int | None = None


class Settled(NamedTuple):
    """What a fill came to."""

    worth: Decimal
    """In the quote asset, for CM in the coin."""
    realized_pnl: Decimal = ZERO


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
    """What the filled part was worth: in the quote asset, for CM in the coin."""
    amendments: tuple[Amendment, ...] = ()
    """Every modification so far."""

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
    worth: Decimal
    """In the quote asset, for CM in the coin."""
    realized_pnl: Decimal
    """Of the futures position it reduced."""
    position_side: PositionSide
    time: float
    is_maker: bool
