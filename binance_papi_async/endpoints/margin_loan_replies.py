"""What the exchange replies about margin loans, interest and liquidations.

Frozen, and open to fields the exchange adds later.
Numbers that arrive in quotes are ``Decimal``; times are milliseconds since 1970 UTC.
A field that may be missing from a live answer is None then.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Generic, TypeVar

from msgspec import Struct

from binance_papi_async.enums import InterestType, LoanStatus, Side, TimeInForce

T = TypeVar("T")


class Rows(Struct, Generic[T], frozen=True):
    """One page of a history."""

    rows: list[T]
    total: int
    """Rows on all pages together."""


class MarginForceOrder(Struct, frozen=True, rename="camel"):
    """An order by which the exchange closed margin debt."""

    order_id: int
    symbol: str
    side: Side
    price: Decimal
    avg_price: Decimal
    qty: Decimal
    executed_qty: Decimal
    time_in_force: TimeInForce
    updated_time: int


class RepaidDebt(Struct, frozen=True, rename="camel", kw_only=True):
    """A debt that was repaid with other assets."""

    asset: str
    amount: Decimal
    specify_repay_assets: list[str] = []
    """What it was repaid with."""
    update_time: int | None = None
    success: bool


class MarginInterest(Struct, frozen=True, rename="camel", kw_only=True):
    """Interest charged once on a margin loan."""

    tx_id: int
    asset: str
    """What it was charged in."""
    raw_asset: str | None = None
    """What was borrowed."""
    interest_accured_time: int
    """Spelled as the exchange spells it."""
    principal: Decimal
    interest: Decimal
    interest_rate: Decimal
    type: InterestType


class MarginLoan(Struct, frozen=True, rename="camel"):
    """One borrowing."""

    tx_id: int
    """The ``tran_id`` of the borrowing."""
    asset: str
    principal: Decimal
    timestamp: int
    status: LoanStatus


class MarginRepayment(Struct, frozen=True, rename="camel"):
    """One repayment: ``amount`` is ``principal`` and ``interest`` together."""

    tx_id: int
    """The ``tran_id`` of the repayment."""
    asset: str
    amount: Decimal
    interest: Decimal
    principal: Decimal
    timestamp: int
    status: LoanStatus


class MaxBorrowable(Struct, frozen=True, rename="camel"):
    """How much of an asset can be borrowed."""

    amount: Decimal
    """Now, given what the account holds and what the exchange has left."""
    borrow_limit: Decimal | None = None
    """At most, whatever the account holds."""


class MaxWithdraw(Struct, frozen=True):
    """How much of an asset can be transferred out."""

    amount: Decimal
