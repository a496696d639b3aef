"""CM balances, positions, income and settings.

Pure declarations; part of ``papi.cm``.
Source: the Portfolio Margin account and trade pages as of 2026-10-23.
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.paging import DAY_MS, Pages, by_time
from binance_papi_async.declaring.parameters import Asset, Symbol, Words
from binance_papi_async.declaring.request import Request, endpoint
from binance_papi_async.endpoints.acknowledgements import Acknowledgement
from binance_papi_async.endpoints.cm_account_replies import (
    CmAccount,
    CmAdlQuantile,
    CmCommissionRate,
    CmIncome,
    CmLeverage,
    CmLeverageBrackets,
    CmPositionMode,
    CmPositionRisk,
)
from binance_papi_async.endpoints.futures_bases import FuturesIncomeHistory
from binance_papi_async.enums import IncomeType

_CM_INCOME: Final = Words(
    "TRANSFER",
    "WELCOME_BONUS",
    "FUNDING_FEE",
    "REALIZED_PNL",
    "COMMISSION",
    "INSURANCE_CLEAR",
    "DELIVERED_SETTELMENT",
)


@endpoint("GET", "/papi/v1/cm/account", page="account#get-cm-account-detail", weight=5)
class QueryCmAccount(Request[CmAccount]):
    """Read the assets and positions of the CM side. Weight 5."""


@endpoint("GET", "/papi/v1/cm/positionRisk", page="account#query-cm-position-information", weight=1)
class QueryCmPositionRisk(Request[list[CmPositionRisk]]):
    """Read CM positions and their risk, of all trading symbols unless bounded. Weight 1.

    A symbol has one row in one-way mode, ``BOTH``, and two in hedge mode, ``LONG`` and ``SHORT``.
    """

    margin_asset: Asset | None = None
    """Such as ``BTC``."""
    pair: Symbol | None = None
    """Such as ``BTCUSD``."""


@endpoint(
    "GET", "/papi/v1/cm/adlQuantile", page="trade#cm-position-adl-quantile-estimation", weight=5
)
class QueryCmAdlQuantile(Request[list[CmAdlQuantile]]):
    """Read how soon CM positions would be auto-deleveraged; renewed every 30 seconds. Weight 5."""

    symbol: Symbol | None = None


@endpoint(
    "GET", "/papi/v1/cm/commissionRate", page="account#get-user-commission-rate-for-cm", weight=20
)
class QueryCmCommissionRate(Request[CmCommissionRate]):
    """Read what trades of a CM symbol cost. Weight 20."""

    symbol: Symbol


@endpoint(
    "GET", "/papi/v1/cm/income", page="account#get-cm-income-history", weight=30, max_days=200
)
class CmIncomeHistory(FuturesIncomeHistory[list[CmIncome]]):
    """Read why CM balances changed. Weight 30.

    A time range spans at most 200 days; the last 200 when left out.
    There are no pages: move the times instead.
    """

    income_type: Annotated[IncomeType, _CM_INCOME] | None = None
    """Every kind when left out."""


@endpoint(
    "GET", "/papi/v1/cm/leverageBracket", page="account#cm-notional-and-leverage-brackets", weight=1
)
class QueryCmLeverageBrackets(Request[list[CmLeverageBrackets]]):
    """Read which leverage is allowed up to which size. Weight 1."""

    symbol: Symbol | None = None


@endpoint("POST", "/papi/v1/cm/leverage", page="account#change-cm-initial-leverage", weight=1)
class SetCmLeverage(Request[CmLeverage]):
    """Set the leverage of a CM symbol. Weight 1."""

    symbol: Symbol
    leverage: Annotated[int, Meta(ge=1, le=125)]


@endpoint(
    "GET", "/papi/v1/cm/positionSide/dual", page="account#get-cm-current-position-mode", weight=30
)
class QueryCmPositionMode(Request[CmPositionMode]):
    """Read whether CM is in hedge mode. Weight 30."""


@endpoint(
    "POST",
    "/papi/v1/cm/positionSide/dual",
    page="account#change-cm-position-mode",
    weight=1,
)
class SetCmPositionMode(Request[Acknowledgement]):
    """Switch hedge mode of all CM symbols on or off. Weight 1."""

    dual_side_position: bool
    """True for hedge mode, false for one-way mode; must be what UM has."""


class CmAccounting(Namespace):
    """Account of ``papi.cm``"""

    account = Call(QueryCmAccount)
    position_risk = Call(QueryCmPositionRisk)
    adl_quantile = Call(QueryCmAdlQuantile)
    commission_rate = Call(QueryCmCommissionRate)
    income = Call(CmIncomeHistory)
    leverage_brackets = Call(QueryCmLeverageBrackets)
    set_leverage = Call(SetCmLeverage)
    position_mode = Call(QueryCmPositionMode)
    set_position_mode = Call(SetCmPositionMode)

    iter_income = Pages(
        CmIncomeHistory, by_time("time", window_ms=200 * DAY_MS, default_ms=200 * DAY_MS)
    )
