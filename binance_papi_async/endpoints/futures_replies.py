"""What replies about UM and about CM have in common.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
Quantities and position sizes of CM are contracts.
In a reply about an order every field but those that name it and its status may be None;
``explanation/replies.md`` says why. Elsewhere, one that may be missing from a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from msgspec import Struct, field

from binance_papi_async.declaring.reading import Text
from binance_papi_async.enums import (
    FuturesOrderType,
    FuturesTimeInForce,
    IncomeType,
    OrderStatus,
    PositionSide,
    Side,
)


class FuturesOrderState(Struct, frozen=True, rename="camel", kw_only=True):
    """What replies about an order say; None is what they leave out."""

    symbol: Text | None
    order_id: int | None
    client_order_id: Text | None
    price: Decimal | None = None
    orig_qty: Decimal | None = None
    executed_qty: Decimal | None = None
    status: OrderStatus | None
    time_in_force: FuturesTimeInForce | None = None
    type: FuturesOrderType | None = None
    side: Side | None = None
    position_side: PositionSide | None = None
    reduce_only: bool | None = None
    update_time: int | None = None


class ChangedFuturesOrder(FuturesOrderState, frozen=True, rename="camel", kw_only=True):
    """An order as placing, modifying or cancelling left it; named by one id at least."""

    named_by: ClassVar = ("order_id", "client_order_id")

    cum_qty: Decimal | None = None
    avg_price: Decimal | None = None
    """No longer documented since August 2026; servers may still send it."""


class FuturesOrder(FuturesOrderState, frozen=True, rename="camel", kw_only=True):
    """An order as the exchange last saw it. What names it and its status are always there."""

    symbol: Text
    order_id: int
    client_order_id: str
    status: OrderStatus

    avg_price: Decimal | None = None
    orig_type: FuturesOrderType | None = None
    """Before a trigger changed it."""
    time: int | None = None
    """When it was placed."""


class FuturesAsset(Struct, frozen=True, rename="camel", kw_only=True):
    """What the account holds of one asset, and what of it is bound."""

    asset: str
    cross_wallet_balance: Decimal
    cross_un_pnl: Decimal | None = None
    """Unrealized profit of the crossed positions."""
    maint_margin: Decimal | None = None
    initial_margin: Decimal | None = None
    """At the current mark price, positions and orders together."""
    position_initial_margin: Decimal | None = None
    open_order_initial_margin: Decimal | None = None
    update_time: int | None = None


class FuturesPositionState(Struct, frozen=True, rename="camel", kw_only=True):
    """What every reply about a position says."""

    symbol: str
    position_side: PositionSide
    position_amt: Decimal
    """Below zero when short."""
    update_time: int | None = None
    """0 when there never was a position."""


class FuturesAccountPosition(FuturesPositionState, frozen=True, rename="camel", kw_only=True):
    """What every account reply says about a position."""

    unrealized_profit: Decimal | None = None
    initial_margin: Decimal | None = None
    """At the current mark price."""
    maint_margin: Decimal | None = None


class FuturesPosition(FuturesAccountPosition, frozen=True, rename="camel", kw_only=True):
    """A position in the account."""

    entry_price: Decimal | None = None
    break_even_price: Decimal | None = None
    """Not on the documented page, but seen in live answers."""
    leverage: Decimal | None = None
    position_initial_margin: Decimal | None = None
    open_order_initial_margin: Decimal | None = None


class FuturesPositionRisk(FuturesPositionState, frozen=True, rename="camel", kw_only=True):
    """A position and where it would be liquidated."""

    entry_price: Decimal | None = None
    break_even_price: Decimal | None = None
    """Not on the documented page, but seen in live answers."""
    mark_price: Decimal | None = None
    unrealized_profit: Decimal | None = field(default=None, name="unRealizedProfit")
    liquidation_price: Decimal | None = None
    leverage: Decimal | None = None


class FuturesCommissionRate(Struct, frozen=True, rename="camel"):
    """What a trade of a symbol costs, as a fraction of its worth."""

    symbol: str
    maker_commission_rate: Decimal
    taker_commission_rate: Decimal


class FuturesBracket(Struct, frozen=True, rename="camel", kw_only=True):
    """Up to which position size which leverage is allowed."""

    bracket: int
    """Its number, from 1 on."""
    initial_leverage: int
    """The highest."""
    maint_margin_ratio: Decimal
    cum: Decimal | None = None
    """What to deduct from size times ratio to get the maintenance margin."""


class FuturesAdlLevels(Struct, frozen=True, kw_only=True):
    """How near the positions of a symbol are to auto-deleveraging: 0 far, 4 next; None where not said."""

    long: int | None = field(default=None, name="LONG")
    short: int | None = field(default=None, name="SHORT")
    both: int | None = field(default=None, name="BOTH")


class FuturesIncome(Struct, frozen=True, rename="camel", kw_only=True):
    """One change of a balance."""

    income_type: IncomeType
    income: Decimal
    """Below zero when paid."""
    asset: str
    time: int
    info: str | None = None
    tran_id: str | int | None = None
    """Unique within an ``income_type``; documented as text, older answers held a number."""
    trade_id: str | int | None = None
    """Empty when no trade caused it; documented as text, read as a number too."""
