"""Margin loans: borrowing, repaying, what they cost, and liquidations.

Pure declarations; part of ``papi.margin``.
Source: the Portfolio Margin account and trade pages as of 2026-10-23.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypeVar

from msgspec import Meta

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.paging import MONTH_MS, WEEK_MS, Pages, by_page
from binance_papi_async.declaring.parameters import Asset
from binance_papi_async.declaring.request import Request, endpoint
from binance_papi_async.endpoints.account_replies import Transaction
from binance_papi_async.endpoints.bases import Page, one_of
from binance_papi_async.endpoints.margin_loan_replies import (
    MarginForceOrder,
    MarginInterest,
    MarginLoan,
    MarginRepayment,
    MaxBorrowable,
    MaxWithdraw,
    RepaidDebt,
    Rows,
)

R_co = TypeVar("R_co", covariant=True)
Assets = Annotated[str, Meta(min_length=1)]
"""Coins with a comma between."""


class LoanRecords(Page[R_co]):
    """A page of what happened to loans of an asset: one record by its number, or all since a time."""

    asset: Asset
    tx_id: int | None = None
    """The ``tran_id`` of one record; mandatory unless ``start_time`` is given, and wins over it."""
    archived: bool | None = None
    """Default false; true for what is older than 6 months."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tx_id is None and self.start_time is None:
            one_of("records", tx_id=self.tx_id, start_time=self.start_time)


@endpoint("POST", "/papi/v1/marginLoan", page="trade#margin-account-borrow", weight=100)
class BorrowMargin(Request[Transaction]):
    """Borrow an asset. Weight 100."""

    asset: Asset
    amount: Decimal


@endpoint("POST", "/papi/v1/repayLoan", page="trade#margin-account-repay", weight=100)
class RepayMargin(Request[Transaction]):
    """Repay a loan with the asset that was borrowed. Weight 100."""

    asset: Asset
    amount: Decimal


@endpoint("POST", "/papi/v1/margin/repay-debt", page="trade#margin-account-repay-debt", weight=3000)
class RepayMarginDebt(Request[RepaidDebt]):
    """Repay a debt with the asset itself first, then with others. Weight 3000.

    At most 50,000 USD worth of assets go into one repayment.
    """

    asset: Asset
    """The one owed."""
    amount: Decimal | None = None
    """All that is owed of the asset when left out."""
    specify_repay_assets: Assets | None = None
    """What to repay with, comma between: ``USDT,BTC``."""


@endpoint(
    "GET",
    "/papi/v1/margin/marginLoan",
    page="account#query-margin-loan-record",
    weight=10,
    max_days=30,
)
class MarginLoanRecords(LoanRecords[Rows[MarginLoan]]):
    """Read borrowings of an asset, newest first. Weight 10.

    A time range spans at most 30 days, the last 7 when left out.
    """


@endpoint(
    "GET",
    "/papi/v1/margin/repayLoan",
    page="account#query-margin-repay-record",
    weight=10,
    max_days=30,
)
class MarginRepayRecords(LoanRecords[Rows[MarginRepayment]]):
    """Read repayments of an asset, newest first. Weight 10.

    A time range spans at most 30 days, the last 7 when left out.
    """


@endpoint(
    "GET",
    "/papi/v1/margin/marginInterestHistory",
    page="account#get-margin-borrow-loan-interest-history",
    weight=1,
    max_days=30,
)
class MarginInterestHistory(Page[Rows[MarginInterest]]):
    """Read the interest charged on margin loans, newest first. Weight 1.

    A time range spans at most 30 days; the last 7 when left out.
    """

    asset: Asset | None = None
    archived: bool | None = None
    """Default false; true for what is older than 6 months."""


@endpoint(
    "GET", "/papi/v1/margin/forceOrders", page="trade#query-users-margin-force-orders", weight=1
)
class MarginForceOrders(Page[Rows[MarginForceOrder]]):
    """Read orders by which the exchange closed margin debt. Weight 1.

    Empty for accounts under the newer risk-based liquidation; their capital flow says it instead.
    """


@endpoint("GET", "/papi/v1/margin/maxBorrowable", page="account#margin-max-borrow", weight=5)
class QueryMaxBorrowable(Request[MaxBorrowable]):
    """Read how much of an asset can be borrowed. Weight 5."""

    asset: Asset


@endpoint("GET", "/papi/v1/margin/maxWithdraw", page="account#query-margin-max-withdraw", weight=5)
class QueryMaxWithdraw(Request[MaxWithdraw]):
    """Read how much of an asset can be transferred out. Weight 5."""

    asset: Asset


class MarginLoans(Namespace):
    """Loans of ``papi.margin``"""

    borrow = Call(BorrowMargin)
    repay = Call(RepayMargin)
    repay_debt = Call(RepayMarginDebt)
    loan_records = Call(MarginLoanRecords)
    repay_records = Call(MarginRepayRecords)
    interest_history = Call(MarginInterestHistory)
    force_orders = Call(MarginForceOrders)
    max_borrowable = Call(QueryMaxBorrowable)
    max_withdraw = Call(QueryMaxWithdraw)

    iter_loan_records = Pages(
        MarginLoanRecords, by_page("timestamp", "tx_id", window_ms=MONTH_MS, default_ms=WEEK_MS)
    )
    iter_repay_records = Pages(
        MarginRepayRecords, by_page("timestamp", "tx_id", window_ms=MONTH_MS, default_ms=WEEK_MS)
    )
    iter_interest_history = Pages(
        MarginInterestHistory,
        by_page("interest_accured_time", "tx_id", window_ms=MONTH_MS, default_ms=WEEK_MS),
    )
    iter_force_orders = Pages(MarginForceOrders, by_page("updated_time", "order_id"))
