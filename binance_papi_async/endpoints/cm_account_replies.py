"""What the exchange replies about CM balances, positions and settings.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
A field that may be missing from a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field

from binance_papi_async.futures_enums import IncomeType, PositionSide


class CmAsset(Struct, frozen=True, rename="camel", kw_only=True):
    """What the CM wallet has of one asset."""

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


class CmPosition(Struct, frozen=True, rename="camel", kw_only=True):
    """One position in the account's overview."""

    symbol: str
    position_side: PositionSide
    position_amt: Decimal
    """In contracts, below zero if short."""
    entry_price: Decimal | None = None
    unrealized_profit: Decimal | None = None
    initial_margin: Decimal | None = None
    maint_margin: Decimal | None = None
    position_initial_margin: Decimal | None = None
    open_order_initial_margin: Decimal | None = None
    leverage: Decimal | None = None
    max_qty: Decimal | None = None
    """Largest position at this leverage, in contracts."""
    update_time: int | None = None
    """0 if there never was a position."""


class CmAccount(Struct, frozen=True):
    """The CM side of the account."""

    assets: list[CmAsset]
    positions: list[CmPosition]


class CmPositionRisk(Struct, frozen=True, rename="camel", kw_only=True):
    """One position and its risk."""

    symbol: str
    position_side: PositionSide
    position_amt: Decimal
    """In contracts, below zero if short."""
    entry_price: Decimal | None = None
    mark_price: Decimal | None = None
    unrealized_profit: Decimal | None = field(default=None, name="unRealizedProfit")
    liquidation_price: Decimal | None = None
    leverage: Decimal | None = None
    max_qty: Decimal | None = None
    """Largest position at this leverage, in contracts."""
    notional_value: Decimal | None = None
    """In the base asset."""
    update_time: int | None = None
    """0 if there never was a position."""


class CmAdlRanks(Struct, frozen=True, kw_only=True):
    """Place in the queue for auto-deleveraging: 0 to 4, the higher the sooner; None where not said."""

    long: int | None = field(default=None, name="LONG")
    short: int | None = field(default=None, name="SHORT")
    hedge: int | None = field(default=None, name="HEDGE")
    """A mere sign of hedge mode."""
    both: int | None = field(default=None, name="BOTH")


class CmAdlQuantile(Struct, frozen=True, rename="camel"):
    """Places of a symbol's positions in the queue for auto-deleveraging."""

    symbol: str
    adl_quantile: CmAdlRanks


class CmCommissionRate(Struct, frozen=True, rename="camel"):
    """What a trade of a symbol costs, as a fraction."""

    symbol: str
    maker_commission_rate: Decimal
    taker_commission_rate: Decimal


class CmIncome(Struct, frozen=True, rename="camel", kw_only=True):
    """One change of a CM balance."""

    symbol: str
    """Empty if it concerns none."""
    income_type: IncomeType
    income: Decimal
    """Below zero if it was paid."""
    asset: str
    time: int
    info: str | None = None
    tran_id: str | int | None = None
    """Unique for a user and income type; documented as text, older answers held a number."""
    trade_id: str | int | None = None
    """Empty if it concerns none; documented as text, read as a number too."""


class CmLeverage(Struct, frozen=True, rename="camel"):
    """The leverage a symbol has now."""

    symbol: str
    leverage: int
    max_qty: Decimal | None = None
    """Largest position at this leverage, in contracts."""


class CmBracket(Struct, frozen=True, rename="camel", kw_only=True):
    """A range of position sizes, and what holds in it.

    Its sizes and ratios are documented as bare numbers; quoted ones are read too.
    """

    bracket: int
    """Its number, from 1 on."""
    initial_leverage: int
    """Highest leverage allowed."""
    qty_cap: Decimal
    qty_floor: Decimal
    maint_margin_ratio: Decimal
    cum: Decimal | None = None
    """Helps to compute the maintenance margin quickly."""


class CmLeverageBrackets(Struct, frozen=True):
    """The brackets of a symbol."""

    symbol: str
    brackets: list[CmBracket]


class CmPositionMode(Struct, frozen=True, rename="camel"):
    """Whether a symbol may have a long and a short position at once."""

    dual_side_position: bool
    """True in hedge mode, false in one-way mode."""
