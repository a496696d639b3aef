"""What the exchange replies about the UM account: balances, positions, settings.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes, and those that may have a fraction, are ``Decimal``;
times are milliseconds since 1970 UTC.
A field that may be missing from a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from binance_papi_async.endpoints.futures_replies import (
    FuturesAccountPosition,
    FuturesAdlLevels,
    FuturesAsset,
    FuturesBracket,
    FuturesCommissionRate,
    FuturesPosition,
    FuturesPositionRisk,
)
from binance_papi_async.enums import MarginType


class UmAsset(FuturesAsset, frozen=True, rename="camel", kw_only=True):
    """What the UM account holds of one asset, and what of it is bound."""


class UmPosition(FuturesPosition, frozen=True, rename="camel", kw_only=True):
    """A UM position in the account."""

    notional: Decimal | None = None
    """Not on the documented page, but seen in live answers."""
    max_notional: Decimal | None = None
    """Largest position at this leverage."""
    bid_notional: Decimal | None = None
    ask_notional: Decimal | None = None


class UmPositionV2(FuturesAccountPosition, frozen=True, rename="camel", kw_only=True):
    """A UM position in the account, second version."""

    break_even_price: Decimal | None = None
    """Not on the documented page, but seen in live answers."""
    notional: Decimal | None = None


class UmAccount(Struct, frozen=True, rename="camel"):
    """The UM account: assets and positions."""

    assets: list[UmAsset]
    positions: list[UmPosition]


class UmAccountV2(Struct, frozen=True, rename="camel"):
    """The UM account: assets and positions, second version."""

    assets: list[UmAsset]
    positions: list[UmPositionV2]


class UmPositionRisk(FuturesPositionRisk, frozen=True, rename="camel", kw_only=True):
    """A UM position and where it would be liquidated."""

    max_notional_value: Decimal | None = None
    """Largest position at this leverage."""
    notional: Decimal | None = None


class UmAccountConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """What the UM account is allowed, and its modes."""

    can_trade: bool
    can_deposit: bool | None = None
    can_withdraw: bool | None = None
    fee_tier: int | None = None
    dual_side_position: bool | None = None
    """True: hedge mode."""
    multi_assets_margin: bool | None = None
    trade_group_id: int | None = None
    """-1 when it belongs to none."""
    update_time: int | None = None


class UmSymbolConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """Settings of one symbol."""

    symbol: str
    margin_type: MarginType | None = None
    is_auto_add_margin: bool | str | None = None
    """The text ``true`` or ``false`` in the documented example."""
    leverage: int | None = None
    max_notional_value: Decimal | None = None
    """Largest position at this leverage."""


class UmTradingRule(Struct, frozen=True, rename="camel", kw_only=True):
    """One indicator by which the exchange judges how the account trades."""

    indicator: str
    """``UFR``, ``IFER``, ``GCR``, ``DR``, or ``TMV`` of the account."""
    value: Decimal
    trigger_value: Decimal
    """What it takes to be locked."""
    is_locked: bool | None = None
    planned_recover_time: int | None = None


class UmTradingStatus(Struct, frozen=True, rename="camel"):
    """How the account does by the exchange's trading rules."""

    indicators: dict[str, list[UmTradingRule]]
    """By symbol; those of the whole account under ``ACCOUNT``."""
    update_time: int | None = None


class UmCommissionRate(FuturesCommissionRate, frozen=True, rename="camel"):
    """What a trade of a UM symbol costs, as a fraction of its worth."""


class UmLeverage(Struct, frozen=True, rename="camel"):
    """The leverage of a symbol as it was just set."""

    symbol: str
    leverage: int
    max_notional_value: Decimal | None = None
    """Largest position at this leverage."""


class UmBracket(FuturesBracket, frozen=True, rename="camel", kw_only=True):
    """Up to which position size which leverage is allowed."""

    notional_cap: Decimal
    notional_floor: Decimal


class UmLeverageBrackets(Struct, frozen=True, rename="camel", kw_only=True):
    """The leverage brackets of one symbol."""

    symbol: str
    brackets: list[UmBracket]
    notional_coef: Decimal | None = None
    """By how much the account's brackets are wider than the common ones."""


class UmAdlLevels(FuturesAdlLevels, frozen=True, kw_only=True):
    """How near the positions of a UM symbol are to auto-deleveraging."""


class UmAdlQuantile(Struct, frozen=True, rename="camel"):
    """How near a symbol is to auto-deleveraging."""

    symbol: str
    adl_quantile: UmAdlLevels


class UmPositionMode(Struct, frozen=True, rename="camel"):
    """Whether a symbol has one position or two."""

    dual_side_position: bool
    """True: hedge mode, a long and a short one; false: one-way mode."""


class UmFeeBurn(Struct, frozen=True, rename="camel"):
    """Whether fees are paid in BNB, at a discount."""

    fee_burn: bool
