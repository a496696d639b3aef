"""The words of the user data stream; as open as those of ``enums``.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from binance_papi_async.enums.open_enum import OpenEnum


class FuturesProduct(OpenEnum):
    """Which futures an event is about (``fs``)."""

    UM = "UM"
    CM = "CM"


class ExecutionType(OpenEnum):
    """What has just happened to an order (``x``), which is not how it stands: that is its status."""

    NEW = "NEW"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    TRADE = "TRADE"
    EXPIRED = "EXPIRED"
    TRADE_PREVENTION = "TRADE_PREVENTION"
    """Margin only: it would have traded with an order of the same account."""
    CALCULATED = "CALCULATED"
    """Futures only: by a liquidation."""
    AMENDMENT = "AMENDMENT"
    """Futures only: modified; the status stays ``NEW``."""


class UpdateReason(OpenEnum):
    """Why futures balances and positions changed (``a.m``)."""

    DEPOSIT = "DEPOSIT"
    WITHDRAW = "WITHDRAW"
    ORDER = "ORDER"
    FUNDING_FEE = "FUNDING_FEE"
    WITHDRAW_REJECT = "WITHDRAW_REJECT"
    ADJUSTMENT = "ADJUSTMENT"
    INSURANCE_CLEAR = "INSURANCE_CLEAR"
    ADMIN_DEPOSIT = "ADMIN_DEPOSIT"
    ADMIN_WITHDRAW = "ADMIN_WITHDRAW"
    MARGIN_TRANSFER = "MARGIN_TRANSFER"
    MARGIN_TYPE_CHANGE = "MARGIN_TYPE_CHANGE"
    ASSET_TRANSFER = "ASSET_TRANSFER"
    OPTIONS_PREMIUM_FEE = "OPTIONS_PREMIUM_FEE"
    OPTIONS_SETTLE_PROFIT = "OPTIONS_SETTLE_PROFIT"
    AUTO_EXCHANGE = "AUTO_EXCHANGE"
    COIN_SWAP_DEPOSIT = "COIN_SWAP_DEPOSIT"
    COIN_SWAP_WITHDRAW = "COIN_SWAP_WITHDRAW"
