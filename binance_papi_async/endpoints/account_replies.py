"""What the exchange replies about the account as a whole.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
A field that may be missing or blank in a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field

from binance_papi_async.declaring.reading import Text, one_or_many
from binance_papi_async.enums import AccountStatus


class Transaction(Struct, frozen=True, rename="camel"):
    """Under which number the exchange booked a transfer, a loan or a repayment."""

    tran_id: int


class PortfolioAccount(Struct, frozen=True, rename="camel", kw_only=True):
    """The whole account, valued in USD."""

    uni_mmr: Decimal = field(name="uniMMR")
    """Equity over maintenance margin; positions are liquidated when it comes near 1."""
    account_equity: Decimal
    actual_equity: Decimal
    """Before collateral rates."""
    account_initial_margin: Decimal
    account_maint_margin: Decimal
    account_status: AccountStatus
    update_time: int
    virtual_max_withdraw_amount: Decimal | None = None
    total_available_balance: Decimal | None = None
    """Blank in the documented example, as is ``total_margin_open_loss``."""
    total_margin_open_loss: Decimal | None = None


class Balance(Struct, frozen=True, rename="camel", kw_only=True):
    """What the account has of one asset, in all wallets."""

    asset: Text
    total_wallet_balance: Decimal
    """Margin, UM and CM wallets together."""
    cross_margin_borrowed: Decimal
    cross_margin_free: Decimal
    cross_margin_interest: Decimal
    cross_margin_locked: Decimal
    um_wallet_balance: Decimal
    cm_wallet_balance: Decimal
    update_time: int
    cross_margin_asset: Decimal | None = None
    """Free and locked; missing where one asset was asked for."""
    um_unrealized_pnl: Decimal | None = field(default=None, name="umUnrealizedPNL")
    cm_unrealized_pnl: Decimal | None = field(default=None, name="cmUnrealizedPNL")
    """Blank in the documented example."""
    negative_balance: Decimal | None = None


class NegativeBalanceInterest(Struct, frozen=True, rename="camel"):
    """Interest charged once on a negative balance."""

    asset: str
    interest: Decimal
    interest_accured_time: int
    """Spelled as the exchange spells it."""
    interest_rate: Decimal
    principal: Decimal


class ExchangedBalance(Struct, frozen=True, rename="camel"):
    """A negative balance that the exchange paid off with other assets."""

    asset: str
    negative_balance: Decimal
    """Documented as a bare number, as is ``negative_max_threshold``; quoted ones are read too."""
    negative_max_threshold: Decimal | None = None


class NegativeBalanceExchange(Struct, frozen=True, rename="camel"):
    """One round in which the exchange paid off negative balances."""

    start_time: int
    end_time: int
    details: list[ExchangedBalance]


class NegativeBalanceExchanges(Struct, frozen=True):
    """Rounds in which the exchange paid off negative balances, newest first."""

    rows: list[NegativeBalanceExchange]
    total: int


class AutoRepayFutures(Struct, frozen=True, rename="camel"):
    """Whether negative futures balances are repaid by themselves."""

    auto_repay: bool


decode_balances = one_or_many(Balance)
"""Reads one balance or a list of them: documented both ways."""
