"""The vocabularies of the futures products, UM and CM; as open as those of ``enums``.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from binance_papi_async.enums.open_enum import OpenEnum


class FuturesOrderType(OpenEnum):
    """How a futures order executes.

    Placed as such: ``LIMIT`` and ``MARKET``. The others are placed as algo or conditional orders,
    ``LIQUIDATION`` by the exchange alone.
    """

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    STOP = "STOP"
    STOP_MARKET = "STOP_MARKET"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TRAILING_STOP_MARKET = "TRAILING_STOP_MARKET"
    LIQUIDATION = "LIQUIDATION"


class StrategyType(OpenEnum):
    """What a conditional (CM) or algo (UM) order waits for, and what it then places."""

    STOP = "STOP"
    STOP_MARKET = "STOP_MARKET"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TRAILING_STOP_MARKET = "TRAILING_STOP_MARKET"


class StrategyStatus(OpenEnum):
    """Where a conditional order is in its life."""

    NEW = "NEW"
    CANCELED = "CANCELED"
    TRIGGERED = "TRIGGERED"
    FINISHED = "FINISHED"
    EXPIRED = "EXPIRED"


class AlgoType(OpenEnum):
    """Which kind of algo order."""

    CONDITIONAL = "CONDITIONAL"


class AlgoStatus(OpenEnum):
    """Where an algo order is in its life."""

    NEW = "NEW"
    TRIGGERING = "TRIGGERING"
    TRIGGERED = "TRIGGERED"
    FINISHED = "FINISHED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


class PositionSide(OpenEnum):
    """Which position of a symbol: the only one (``BOTH``), or one of the two of hedge mode."""

    BOTH = "BOTH"
    LONG = "LONG"
    SHORT = "SHORT"


class FuturesTimeInForce(OpenEnum):
    """How long a futures order rests."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    GTX = "GTX"
    """Never takes: cancelled instead."""
    GTD = "GTD"
    """UM only: until a given date."""


class WorkingType(OpenEnum):
    """Which price triggers."""

    MARK_PRICE = "MARK_PRICE"
    CONTRACT_PRICE = "CONTRACT_PRICE"


class PriceMatch(OpenEnum):
    """Take the price from the book: the other side's, or the own side's, best or nth."""

    NONE = "NONE"
    """In replies only: the price was given."""
    OPPONENT = "OPPONENT"
    OPPONENT_5 = "OPPONENT_5"
    OPPONENT_10 = "OPPONENT_10"
    """Switched off since 2025-10-23, as is ``OPPONENT_20``."""
    OPPONENT_20 = "OPPONENT_20"
    QUEUE = "QUEUE"
    QUEUE_5 = "QUEUE_5"
    QUEUE_10 = "QUEUE_10"
    QUEUE_20 = "QUEUE_20"


class AutoCloseType(OpenEnum):
    """Why the exchange closed a position."""

    LIQUIDATION = "LIQUIDATION"
    ADL = "ADL"
    """Auto-deleveraging."""


class MarginType(OpenEnum):
    """Whose money backs a position."""

    CROSSED = "CROSSED"
    ISOLATED = "ISOLATED"


class IncomeType(OpenEnum):
    """Why a futures balance changed.

    CM asks for ``TRANSFER``, ``WELCOME_BONUS``, ``FUNDING_FEE``, ``REALIZED_PNL``, ``COMMISSION``,
    ``INSURANCE_CLEAR`` and ``DELIVERED_SETTELMENT`` only; UM for all.
    """

    TRANSFER = "TRANSFER"
    WELCOME_BONUS = "WELCOME_BONUS"
    REALIZED_PNL = "REALIZED_PNL"
    FUNDING_FEE = "FUNDING_FEE"
    COMMISSION = "COMMISSION"
    INSURANCE_CLEAR = "INSURANCE_CLEAR"
    REFERRAL_KICKBACK = "REFERRAL_KICKBACK"
    COMMISSION_REBATE = "COMMISSION_REBATE"
    API_REBATE = "API_REBATE"
    CONTEST_REWARD = "CONTEST_REWARD"
    CROSS_COLLATERAL_TRANSFER = "CROSS_COLLATERAL_TRANSFER"
    OPTIONS_PREMIUM_FEE = "OPTIONS_PREMIUM_FEE"
    OPTIONS_SETTLE_PROFIT = "OPTIONS_SETTLE_PROFIT"
    INTERNAL_TRANSFER = "INTERNAL_TRANSFER"
    DELIVERED_SETTELMENT = "DELIVERED_SETTELMENT"
    """Spelled as the exchange spells it."""
    COIN_SWAP_DEPOSIT = "COIN_SWAP_DEPOSIT"
    COIN_SWAP_WITHDRAW = "COIN_SWAP_WITHDRAW"
    POSITION_LIMIT_INCREASE_FEE = "POSITION_LIMIT_INCREASE_FEE"
