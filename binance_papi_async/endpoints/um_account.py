"""The UM account: balances, positions, leverage, modes, fees.

Pure declarations; part of ``papi.um``.
Source: the Portfolio Margin account and trade pages as of 2026-10-23.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from binance_papi_async.declaring.calls import Call, Namespace
from binance_papi_async.declaring.parameters import Symbol
from binance_papi_async.declaring.request import Request, endpoint
from binance_papi_async.endpoints.acknowledgements import Acknowledgement
from binance_papi_async.endpoints.um_account_replies import (
    UmAccount,
    UmAccountConfig,
    UmAccountV2,
    UmAdlQuantile,
    UmCommissionRate,
    UmFeeBurn,
    UmLeverage,
    UmLeverageBrackets,
    UmPositionMode,
    UmPositionRisk,
    UmSymbolConfig,
    UmTradingStatus,
)

Leverage = Annotated[int, Meta(ge=1)]


@endpoint("GET", "/papi/v1/um/account", page="account#get-um-account-detail", weight=5)
class QueryUmAccount(Request[UmAccount]):
    """Read the assets and positions of UM. Weight 5."""


@endpoint("GET", "/papi/v2/um/account", page="account#get-um-account-detail-v2", weight=5)
class QueryUmAccountV2(Request[UmAccountV2]):
    """Read the assets and positions of UM, less about each position. Weight 5."""


@endpoint(
    "GET", "/papi/v1/um/accountConfig", page="account#um-futures-account-configuration", weight=5
)
class QueryUmAccountConfig(Request[UmAccountConfig]):
    """Read what the UM account is allowed, and its modes. Weight 5."""


@endpoint(
    "GET", "/papi/v1/um/symbolConfig", page="account#um-futures-symbol-configuration", weight=5
)
class QueryUmSymbolConfig(Request[list[UmSymbolConfig]]):
    """Read margin type and leverage of a symbol, or of all. Weight 5."""

    symbol: Symbol | None = None


@endpoint("GET", "/papi/v1/um/positionRisk", page="account#query-um-position-information", weight=5)
class QueryUmPositionRisk(Request[list[UmPositionRisk]]):
    """Read the positions of a symbol, or of all, and where they would be liquidated. Weight 5.

    One-way mode has one row a symbol, ``BOTH``; hedge mode also ``LONG`` and ``SHORT``.
    """

    symbol: Symbol | None = None


@endpoint(
    "GET", "/papi/v1/um/adlQuantile", page="trade#um-position-adl-quantile-estimation", weight=5
)
class QueryUmAdlQuantile(Request[list[UmAdlQuantile]]):
    """Read how near positions are to auto-deleveraging, fresh every 30 seconds. Weight 5."""

    symbol: Symbol | None = None


@endpoint(
    "GET", "/papi/v1/um/positionSide/dual", page="account#get-um-current-position-mode", weight=30
)
class QueryUmPositionMode(Request[UmPositionMode]):
    """Read whether UM is in hedge mode. Weight 30."""


@endpoint(
    "POST",
    "/papi/v1/um/positionSide/dual",
    page="account#change-um-position-mode",
    weight=1,
)
class SetUmPositionMode(Request[Acknowledgement]):
    """Put every UM symbol into hedge or one-way mode. Weight 1."""

    dual_side_position: bool
    """True: hedge mode; false: one-way mode."""


@endpoint("POST", "/papi/v1/um/leverage", page="account#change-um-initial-leverage", weight=1)
class SetUmLeverage(Request[UmLeverage]):
    """Set the leverage of a symbol. Weight 1."""

    symbol: Symbol
    leverage: Leverage
    """At most what the symbol's first bracket allows."""


@endpoint(
    "GET", "/papi/v1/um/leverageBracket", page="account#um-notional-and-leverage-brackets", weight=1
)
class QueryUmLeverageBrackets(Request[list[UmLeverageBrackets]]):
    """Read up to which size a symbol, or all, allow which leverage. Weight 1."""

    symbol: Symbol | None = None


@endpoint(
    "GET", "/papi/v1/um/commissionRate", page="account#get-user-commission-rate-for-um", weight=20
)
class QueryUmCommissionRate(Request[UmCommissionRate]):
    """Read what trades of a symbol cost. Weight 20."""

    symbol: Symbol


@endpoint(
    "GET",
    "/papi/v1/um/apiTradingStatus",
    page="account#portfolio-margin-um-trading-quantitative-rules-indicators",
    weight=1,
)
class QueryUmTradingStatus(Request[UmTradingStatus]):
    """Read how the account does by the exchange's trading rules. Weight 1 with a symbol, 10 without."""

    symbol: Symbol | None = None

    @property
    def weight(self) -> int:
        """1 with a symbol, 10 without."""
        return self.endpoint.weight if self.symbol is not None else 10


@endpoint("GET", "/papi/v1/um/feeBurn", page="trade#get-um-futures-bnb-burn-status", weight=30)
class QueryUmFeeBurn(Request[UmFeeBurn]):
    """Read whether UM fees are paid in BNB, at a discount. Weight 30."""


@endpoint(
    "POST",
    "/papi/v1/um/feeBurn",
    page="trade#toggle-bnb-burn-on-um-futures-trade",
    weight=1,
)
class SetUmFeeBurn(Request[Acknowledgement]):
    """Pay the fees of every UM symbol in BNB, at a discount, or stop it. Weight 1."""

    fee_burn: bool
    """True: with discount."""


@endpoint(
    "POST",
    "/papi/v1/um/stock/contract",
    page="trade#futures-tradfi-perps-contract",
    weight=5,
)
class SignUmTradfiContract(Request[Acknowledgement]):
    """Accept the terms of TradFi perpetuals, once, before the first order. Weight 5.

    Without it such orders are refused with -4411.
    """


class UmAccounting(Namespace):
    """Account, positions and settings of ``papi.um``"""

    account = Call(QueryUmAccount)
    account_v2 = Call(QueryUmAccountV2)
    account_config = Call(QueryUmAccountConfig)
    symbol_config = Call(QueryUmSymbolConfig)
    position_risk = Call(QueryUmPositionRisk)
    adl_quantile = Call(QueryUmAdlQuantile)
    position_mode = Call(QueryUmPositionMode)
    set_position_mode = Call(SetUmPositionMode)
    set_leverage = Call(SetUmLeverage)
    leverage_brackets = Call(QueryUmLeverageBrackets)
    commission_rate = Call(QueryUmCommissionRate)
    trading_status = Call(QueryUmTradingStatus)
    fee_burn = Call(QueryUmFeeBurn)
    set_fee_burn = Call(SetUmFeeBurn)
    sign_tradfi_contract = Call(SignUmTradfiContract)
