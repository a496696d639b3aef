"""The account as a whole: equity, balances, moving money between its wallets, negative balances.

Pure declarations; ``papi.account`` is the table at the end.
Source: the Portfolio Margin account pages as of 2026-10-23.
"""

from __future__ import annotations

from decimal import Decimal

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.paging import MONTH_MS, QUARTER_MS, WEEK_MS, Pages, by_time
from binance_papi_async.declaring.parameters import Asset, TimestampMs
from binance_papi_async.declaring.request import Request, endpoint
from binance_papi_async.endpoints.account_replies import (
    AutoRepayFutures,
    Balance,
    NegativeBalanceExchanges,
    NegativeBalanceInterest,
    PortfolioAccount,
    Transaction,
    decode_balances,
)
from binance_papi_async.endpoints.acknowledgements import Confirmation
from binance_papi_async.endpoints.bases import TimeRange, UpTo100, check_range, needs
from binance_papi_async.enums import FutureType, TransferSide


@endpoint("GET", "/papi/v1/account", page="account#account-information", weight=20)
class QueryAccount(Request[PortfolioAccount]):
    """Read equity, margin and status of the whole account. Weight 20."""


@endpoint(
    "GET", "/papi/v1/balance", page="account#account-balance", weight=20, decode=decode_balances
)
class QueryBalances(Request[list[Balance]]):
    """Read balances over all wallets, of one asset or of all. Weight 20.

    Of one asset the answer is documented as a balance and as a list; both are read as a list.
    """

    asset: Asset | None = None


@endpoint("POST", "/papi/v1/asset-collection", page="account#fund-collection-by-asset", weight=30)
class CollectAsset(Request[Confirmation]):
    """Move an asset from the futures wallets to the margin wallet. Weight 30."""

    asset: Asset
    """Any but BNB."""
    amount: Decimal | None = None
    """With ``future_type`` or not at all; all there is when left out."""
    future_type: FutureType | None = None
    """Which wallet to take ``amount`` from."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.asset == "BNB":
            raise ValueError("asset BNB cannot be collected: it needs transfer_bnb")
        if self.amount is not None:
            needs("amount", self, "future_type")
        if self.future_type is not None:
            needs("future_type", self, "amount")


@endpoint("POST", "/papi/v1/auto-collection", page="account#fund-auto-collection", weight=750)
class CollectAllAssets(Request[Confirmation]):
    """Move all assets but BNB from the futures wallets to the margin wallet. Weight 750.

    At most 500 calls in any hour.
    """


@endpoint("POST", "/papi/v1/bnb-transfer", page="account#bnb-transfer", weight=750)
class TransferBnb(Request[Transaction]):
    """Move BNB between the margin and the UM wallet. Weight 750.

    At most 10 calls in any 10 minutes.
    """

    amount: Decimal
    transfer_side: TransferSide


@endpoint(
    "GET",
    "/papi/v1/portfolio/interest-history",
    page="account#query-portfolio-margin-negative-balance-interest-history",
    weight=50,
    max_days=30,
)
class NegativeBalanceInterestHistory(TimeRange[list[NegativeBalanceInterest]]):
    """Read the interest charged on negative balances, newest first. Weight 50.

    A time range spans at most 30 days; the last 7 when left out.
    """

    asset: Asset | None = None
    size: UpTo100 | None = None
    """Default 10."""


@endpoint(
    "GET",
    "/papi/v1/portfolio/negative-balance-exchange-record",
    page="account#query-user-negative-balance-auto-exchange-record",
    weight=100,
    max_days=92,
)
class NegativeBalanceExchangeRecords(Request[NegativeBalanceExchanges]):
    """Read which negative balances the exchange paid off with other assets, newest first. Weight 100.

    A time range spans at most 3 months.
    """

    start_time: TimestampMs
    end_time: TimestampMs

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range(self)


@endpoint(
    "POST",
    "/papi/v1/repay-futures-negative-balance",
    page="account#repay-futures-negative-balance",
    weight=750,
)
class RepayFuturesNegativeBalance(Request[Confirmation]):
    """Repay the negative balances of the futures wallets. Weight 750."""


@endpoint(
    "GET", "/papi/v1/repay-futures-switch", page="account#get-auto-repay-futures-status", weight=30
)
class QueryAutoRepayFutures(Request[AutoRepayFutures]):
    """Read whether negative futures balances are repaid by themselves. Weight 30."""


@endpoint(
    "POST",
    "/papi/v1/repay-futures-switch",
    page="account#change-auto-repay-futures-status",
    weight=750,
)
class SetAutoRepayFutures(Request[Confirmation]):
    """Have negative futures balances repaid by themselves, or not. Weight 750.

    At most 20 calls a day.
    """

    auto_repay: bool


class Account(Namespace):
    """``papi.account``"""

    account = Call(QueryAccount)
    balances = Call(QueryBalances)
    collect_asset = Call(CollectAsset)
    collect_all_assets = Call(CollectAllAssets)
    transfer_bnb = Call(TransferBnb)
    negative_balance_interest_history = Call(NegativeBalanceInterestHistory)
    negative_balance_exchange_records = Call(NegativeBalanceExchangeRecords)
    repay_futures_negative_balance = Call(RepayFuturesNegativeBalance)
    auto_repay_futures = Call(QueryAutoRepayFutures)
    set_auto_repay_futures = Call(SetAutoRepayFutures)

    iter_negative_balance_interest_history = Pages(
        NegativeBalanceInterestHistory,
        by_time("interest_accured_time", "asset", window_ms=MONTH_MS, default_ms=WEEK_MS),
    )
    iter_negative_balance_exchange_records = Pages(
        NegativeBalanceExchangeRecords, by_time("start_time", window_ms=QUARTER_MS)
    )
