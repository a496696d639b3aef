"""The history of UM: income, and files of income, orders and trades to download.

Pure declarations; part of ``papi.um``.
Source: the Portfolio Margin account pages as of 2026-10-23.

A file takes two steps: ask for it and get an id, ask for the id until the link is there.
"""

from __future__ import annotations

from typing import TypeVar

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.paging import WEEK_MS, Pages, by_time
from binance_papi_async.declaring.parameters import ClientId, TimestampMs
from binance_papi_async.declaring.request import Request, endpoint
from binance_papi_async.endpoints.bases import check_range
from binance_papi_async.endpoints.futures_bases import FuturesIncomeHistory
from binance_papi_async.endpoints.um_history_replies import UmDownloadId, UmDownloadLink, UmIncome

R_co = TypeVar("R_co", covariant=True)


class UmDownloadRange(Request[R_co]):
    """Bounds a file in time, both ends included; at most a year."""

    start_time: TimestampMs
    end_time: TimestampMs

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range(self)


class UmDownloadRef(Request[R_co]):
    """Names a file that was asked for."""

    download_id: ClientId
    """As replied when the file was asked for."""


@endpoint("GET", "/papi/v1/um/income", page="account#get-um-income-history", weight=30)
class UmIncomeHistory(FuturesIncomeHistory[list[UmIncome]]):
    """Read what changed the UM balances. Weight 30.

    The last 7 days without a time range; the exchange keeps 3 months.
    There are no pages: move the times on.
    """


@endpoint(
    "GET",
    "/papi/v1/um/income/asyn",
    page="account#get-download-id-for-um-futures-transaction-history",
    weight=1500,
    max_days=366,
)
class QueryUmIncomeDownloadId(UmDownloadRange[UmDownloadId]):
    """Ask for a file of UM income, at most a year of it. Weight 1500.

    5 times a month, the exchange's web page included.
    """


@endpoint(
    "GET",
    "/papi/v1/um/income/asyn/id",
    page="account#get-um-futures-transaction-download-link-by-id",
    weight=10,
)
class QueryUmIncomeDownloadLink(UmDownloadRef[UmDownloadLink]):
    """Read where the file of UM income can be had; a link lives 7 days, 24 hours by older pages. Weight 10."""


@endpoint(
    "GET",
    "/papi/v1/um/order/asyn",
    page="account#get-download-id-for-um-futures-order-history",
    weight=1500,
    max_days=366,
)
class QueryUmOrderDownloadId(UmDownloadRange[UmDownloadId]):
    """Ask for a file of UM orders, at most a year of them. Weight 1500.

    10 times a month, the exchange's web page included.
    """


@endpoint(
    "GET",
    "/papi/v1/um/order/asyn/id",
    page="account#get-um-futures-order-download-link-by-id",
    weight=10,
)
class QueryUmOrderDownloadLink(UmDownloadRef[UmDownloadLink]):
    """Read where the file of UM orders can be had; a link lives 7 days, 24 hours by older pages. Weight 10."""


@endpoint(
    "GET",
    "/papi/v1/um/trade/asyn",
    page="account#get-download-id-for-um-futures-trade-history",
    weight=1500,
    max_days=366,
)
class QueryUmTradeDownloadId(UmDownloadRange[UmDownloadId]):
    """Ask for a file of UM trades, at most a year of them. Weight 1500.

    5 times a month, the exchange's web page included.
    """


@endpoint(
    "GET",
    "/papi/v1/um/trade/asyn/id",
    page="account#get-um-futures-trade-download-link-by-id",
    weight=10,
)
class QueryUmTradeDownloadLink(UmDownloadRef[UmDownloadLink]):
    """Read where the file of UM trades can be had; a link lives 7 days, 24 hours by older pages. Weight 10."""


class UmHistory(Namespace):
    """Income and downloads of ``papi.um``"""

    income = Call(UmIncomeHistory)
    income_download_id = Call(QueryUmIncomeDownloadId)
    income_download_link = Call(QueryUmIncomeDownloadLink)
    order_download_id = Call(QueryUmOrderDownloadId)
    order_download_link = Call(QueryUmOrderDownloadLink)
    trade_download_id = Call(QueryUmTradeDownloadId)
    trade_download_link = Call(QueryUmTradeDownloadLink)

    # No longest range is documented here, but a default: that is never too long.
    iter_income = Pages(UmIncomeHistory, by_time("time", window_ms=WEEK_MS, default_ms=WEEK_MS))
