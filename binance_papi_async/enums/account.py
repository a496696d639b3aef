"""The vocabularies of the account, its loans and its transfers; as open as those of ``enums``.

Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from binance_papi_async.enums.open_enum import OpenEnum


class AccountStatus(OpenEnum):
    """How close the account is to liquidation, safest first."""

    NORMAL = "NORMAL"
    MARGIN_CALL = "MARGIN_CALL"
    SUPPLY_MARGIN = "SUPPLY_MARGIN"
    REDUCE_ONLY = "REDUCE_ONLY"
    ACTIVE_LIQUIDATION = "ACTIVE_LIQUIDATION"
    FORCE_LIQUIDATION = "FORCE_LIQUIDATION"
    BANKRUPTED = "BANKRUPTED"


class FutureType(OpenEnum):
    """Which futures wallet money is collected from."""

    UM = "UM"
    CM = "CM"
    OPTION = "OPTION"
    """SPAN accounts only."""


class TransferSide(OpenEnum):
    """Which way BNB goes, seen from the UM wallet."""

    TO_UM = "TO_UM"
    FROM_UM = "FROM_UM"


class LoanStatus(OpenEnum):
    """What became of a borrowing or a repayment."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    FAILED = "FAILED"


class InterestType(OpenEnum):
    """Why interest was charged; ``_CONVERTED`` where it was paid in BNB."""

    PERIODIC = "PERIODIC"
    ON_BORROW = "ON_BORROW"
    PERIODIC_CONVERTED = "PERIODIC_CONVERTED"
    ON_BORROW_CONVERTED = "ON_BORROW_CONVERTED"
    PORTFOLIO = "PORTFOLIO"
