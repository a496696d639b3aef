"""What the exchange replies about CM orders, conditional orders and trades.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; quantities are contracts; times are milliseconds since 1970 UTC.
In a reply about an order every field but those that name it and its status may be None;
``explanation/replies.md`` says why. Elsewhere, one that may be missing from a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from msgspec import Struct

from binance_papi_async.declaring.reading import Text
from binance_papi_async.endpoints.futures_replies import ChangedFuturesOrder, FuturesOrder
from binance_papi_async.enums import (
    FuturesOrderType,
    FuturesTimeInForce,
    OrderStatus,
    PositionSide,
    PriceMatch,
    Side,
    StrategyStatus,
    StrategyType,
    WorkingType,
)


class ChangedCmOrder(ChangedFuturesOrder, frozen=True, rename="camel", kw_only=True):
    """A CM order as placing, changing or cancelling left it."""

    pair: Text | None = None
    cum_base: Decimal | None = None
    """What has filled, in the base asset; no longer documented since August 2026."""


class NewCmOrderReply(ChangedCmOrder, frozen=True, rename="camel", kw_only=True):
    """A placed CM order."""


class CanceledCmOrder(ChangedCmOrder, frozen=True, rename="camel", kw_only=True):
    """A CM order as its cancel left it."""


class ModifiedCmOrder(ChangedCmOrder, frozen=True, rename="camel", kw_only=True):
    """A CM order as its change left it."""

    orig_type: FuturesOrderType | None = None
    modify_id: int | None = None
    """The caller's tag of the change."""


class CmOrder(FuturesOrder, frozen=True, rename="camel", kw_only=True):
    """A CM order as the exchange last saw it.

    Its client id is ``autoclose-...`` if a liquidation placed it, ``adl_autoclose`` if auto-deleveraging did.
    """

    pair: Text | None = None
    cum_base: Decimal | None = None
    """What has filled, in the base asset."""


class CmChange(Struct, frozen=True):
    """A number before and after a change."""

    before: Decimal
    after: Decimal


class CmAmendment(Struct, frozen=True, rename="camel"):
    """What a change of an order changed."""

    price: CmChange
    orig_qty: CmChange
    count: int
    """The how-manieth change of the order."""
    modify_id: int | None = None
    """The caller's tag of the change."""


class CmOrderAmendment(Struct, frozen=True, rename="camel"):
    """One change of a CM order."""

    amendment_id: int
    symbol: str
    pair: str
    order_id: int
    client_order_id: str
    time: int
    amendment: CmAmendment


class CmTrade(Struct, frozen=True, rename="camel"):
    """One fill of a CM order."""

    id: int
    symbol: str
    pair: str
    order_id: int
    side: Side
    position_side: PositionSide
    price: Decimal
    qty: Decimal
    base_qty: Decimal
    """The same in the base asset."""
    realized_pnl: Decimal
    margin_asset: str
    commission: Decimal
    commission_asset: str
    time: int
    buyer: bool
    maker: bool

    @property
    def is_buyer(self) -> bool:
        """``buyer``, as margin trades call it."""
        return self.buyer

    @property
    def is_maker(self) -> bool:
        """``maker``, as margin trades call it."""
        return self.maker


class CmConditionalOrderState(Struct, frozen=True, rename="camel", kw_only=True):
    """What replies about a CM conditional order say; None is what they leave out."""

    symbol: Text | None
    strategy_id: int | None
    new_client_strategy_id: Text | None
    """The client's id of the conditional order."""
    strategy_status: StrategyStatus | None
    strategy_type: StrategyType | None = None
    orig_qty: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    """Says nothing about a trailing stop."""
    side: Side | None = None
    position_side: PositionSide | None = None
    reduce_only: bool | None = None
    time_in_force: FuturesTimeInForce | None = None
    book_time: int | None = None
    """When it was placed."""
    update_time: int | None = None
    activate_price: Decimal | None = None
    """Of a trailing stop, as is ``price_rate``."""
    price_rate: Decimal | None = None
    """The callback rate in percent."""
    order_id: int | None = None
    """The order that the trigger placed, as are ``status`` and ``type``; in histories."""
    status: OrderStatus | None = None
    type: FuturesOrderType | None = None
    trigger_time: int | None = None
    working_type: WorkingType | None = None
    price_protect: bool | None = None
    price_match: PriceMatch | None = None
    """In answers of ``QueryCmConditionalOrder``."""
    pair: Text | None = None
    """In the answer to placing it."""


class NewCmConditionalOrderReply(
    CmConditionalOrderState, frozen=True, rename="camel", kw_only=True
):
    """A placed CM conditional order; named by one id at least."""

    named_by: ClassVar = ("strategy_id", "new_client_strategy_id")


class CanceledCmConditionalOrder(
    CmConditionalOrderState, frozen=True, rename="camel", kw_only=True
):
    """A CM conditional order as its cancel left it; named by one id at least."""

    named_by: ClassVar = ("strategy_id", "new_client_strategy_id")


class CmConditionalOrder(CmConditionalOrderState, frozen=True, rename="camel", kw_only=True):
    """A CM conditional order: what it waits for, and what it then places.

    What names it and its status are always there.
    """

    symbol: Text
    strategy_id: int
    new_client_strategy_id: str
    strategy_status: StrategyStatus
