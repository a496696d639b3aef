"""What the exchange replies about UM orders and trades.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
In a reply about an order every field but those that name it and its status may be None;
``explanation/replies.md`` says why. Elsewhere, one that may be missing from a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from binance_papi_async.endpoints.futures_replies import ChangedFuturesOrder, FuturesOrder
from binance_papi_async.enums import (
    FuturesOrderType,
    PositionSide,
    PriceMatch,
    SelfTradePreventionMode,
    Side,
)


class UmOrderChange(ChangedFuturesOrder, frozen=True, rename="camel", kw_only=True):
    """A UM order as what was just done to it left it."""

    self_trade_prevention_mode: SelfTradePreventionMode | None = None
    good_till_date: int | None = None
    """0 unless the time in force is ``GTD``."""
    price_match: PriceMatch | None = None
    cum_quote: Decimal | None = None
    """No longer documented since August 2026."""


class NewUmOrderReply(UmOrderChange, frozen=True, rename="camel", kw_only=True):
    """A placed UM order."""


class CanceledUmOrder(UmOrderChange, frozen=True, rename="camel", kw_only=True):
    """A UM order as its cancel left it."""


class ModifiedUmOrder(UmOrderChange, frozen=True, rename="camel", kw_only=True):
    """A UM order as its modification left it."""

    orig_type: FuturesOrderType | None = None
    modify_id: int | None = None
    """The caller's tag, if one was sent."""


class UmOrder(FuturesOrder, frozen=True, rename="camel", kw_only=True):
    """A UM order as the exchange last saw it."""

    cum_quote: Decimal | None = None
    self_trade_prevention_mode: SelfTradePreventionMode | None = None
    good_till_date: int | None = None
    """0 unless the time in force is ``GTD``."""
    price_match: PriceMatch | None = None


class UmForceOrder(FuturesOrder, frozen=True, rename="camel", kw_only=True):
    """An order by which the exchange closed a UM position."""

    cum_quote: Decimal | None = None


class UmAmendedValue(Struct, frozen=True, rename="camel"):
    """One value of an order, before and after a modification."""

    before: Decimal
    after: Decimal


class UmAmendment(Struct, frozen=True, rename="camel", kw_only=True):
    """What a modification changed."""

    price: UmAmendedValue
    orig_qty: UmAmendedValue
    count: int
    """How many modifications the order has seen, this one included."""
    modify_id: int | None = None
    """The caller's tag, if one was sent."""


class UmOrderAmendment(Struct, frozen=True, rename="camel", kw_only=True):
    """One modification of a UM order."""

    amendment_id: int
    symbol: str
    order_id: int
    client_order_id: str
    time: int
    amendment: UmAmendment
    pair: str | None = None
    price_match: PriceMatch | None = None


class UmTrade(Struct, frozen=True, rename="camel"):
    """One fill of a UM order."""

    symbol: str
    id: int
    order_id: int
    side: Side
    price: Decimal
    qty: Decimal
    realized_pnl: Decimal
    quote_qty: Decimal
    commission: Decimal
    commission_asset: str
    time: int
    buyer: bool
    maker: bool
    position_side: PositionSide
    margin_asset: str | None = None
    """Not on the documented page, but seen in live answers."""

    @property
    def is_buyer(self) -> bool:
        """``buyer``, as margin trades call it."""
        return self.buyer

    @property
    def is_maker(self) -> bool:
        """``maker``, as margin trades call it."""
        return self.maker
