"""What the exchange replies about CM balances, positions and settings.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
A field that may be missing from a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field

from binance_papi_async.endpoints.futures_replies import (
    FuturesAdlLevels,
    FuturesAsset,
    FuturesBracket,
    FuturesCommissionRate,
    FuturesIncome,
    FuturesPosition,
    FuturesPositionRisk,
)


class CmAsset(FuturesAsset, frozen=True, rename="camel", kw_only=True):
    """What the CM wallet has of one asset."""


class CmPosition(FuturesPosition, frozen=True, rename="camel", kw_only=True):
    """One position in the account's overview."""

    notional_value: Decimal | None = None
    """In the base asset. Not on the documented page, but seen in live answers."""
    max_qty: Decimal | None = None
    """Largest position at this leverage, in contracts."""


class CmAccount(Struct, frozen=True):
    """The CM side of the account."""

    assets: list[CmAsset]
    positions: list[CmPosition]


class CmPositionRisk(FuturesPositionRisk, frozen=True, rename="camel", kw_only=True):
    """One position and its risk."""

    max_qty: Decimal | None = None
    """Largest position at this leverage, in contracts."""
    notional_value: Decimal | None = None
    """In the base asset."""


class CmAdlRanks(FuturesAdlLevels, frozen=True, kw_only=True):
    """How near the positions of a CM symbol are to auto-deleveraging."""

    hedge: int | None = field(default=None, name="HEDGE")
    """A mere sign of hedge mode."""


class CmAdlQuantile(Struct, frozen=True, rename="camel"):
    """Places of a symbol's positions in the queue for auto-deleveraging."""

    symbol: str
    adl_quantile: CmAdlRanks


class CmCommissionRate(FuturesCommissionRate, frozen=True, rename="camel"):
    """What a trade of a CM symbol costs, as a fraction of its worth."""


class CmIncome(FuturesIncome, frozen=True, rename="camel", kw_only=True):
    """One change of a CM balance."""

    symbol: str
    """Empty if it concerns none."""


class CmLeverage(Struct, frozen=True, rename="camel"):
    """The leverage a symbol has now."""

    symbol: str
    leverage: int
    max_qty: Decimal | None = None
    """Largest position at this leverage, in contracts."""


class CmBracket(FuturesBracket, frozen=True, rename="camel", kw_only=True):
    """A range of position sizes, and what holds in it.

    Its sizes and ratios are documented as bare numbers; quoted ones are read too.
    """

    qty_cap: Decimal
    qty_floor: Decimal


class CmLeverageBrackets(Struct, frozen=True):
    """The brackets of a symbol."""

    symbol: str
    brackets: list[CmBracket]


class CmPositionMode(Struct, frozen=True, rename="camel"):
    """Whether a symbol may have a long and a short position at once."""

    dual_side_position: bool
    """True in hedge mode, false in one-way mode."""
