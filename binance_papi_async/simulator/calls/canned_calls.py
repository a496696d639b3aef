"""How the calls of ``CANNED`` are checked and charged; ``ROUTES`` at the end is the table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from binance_papi_async.simulator.calls.call import (
    Call,
    Handler,
    Route,
    Routes,
    Weight,
    by_presence,
    up_to,
)
from binance_papi_async.simulator.calls.canned import CANNED, echoed
from binance_papi_async.simulator.world.instruments import FuturesProduct

CM_INCOME_TYPES: Final = (
    *("TRANSFER", "WELCOME_BONUS", "REALIZED_PNL", "FUNDING_FEE", "COMMISSION"),
    *("INSURANCE_CLEAR", "DELIVERED_SETTELMENT"),
)
UM_INCOME_TYPES: Final = (
    *(*CM_INCOME_TYPES, "REFERRAL_KICKBACK", "COMMISSION_REBATE", "API_REBATE"),
    *("CONTEST_REWARD", "CROSS_COLLATERAL_TRANSFER", "OPTIONS_PREMIUM_FEE"),
    *("OPTIONS_SETTLE_PROFIT", "INTERNAL_TRANSFER", "COIN_SWAP_DEPOSIT", "COIN_SWAP_WITHDRAW"),
    "POSITION_LIMIT_INCREASE_FEE",
)
_V1: Final = "/papi/v1/"
_TIMES: Final = ("startTime", "endTime")
_SIZE: Final = {"size": (Decimal(1), Decimal(100))}
_PAGE: Final = _SIZE | {"current": (Decimal(1), Decimal(10**9))}


def _answering(verb: str, path: str) -> Handler:
    def answer(call: Call) -> object:
        return echoed(CANNED[verb, path], call.parameters)

    return answer


def _get(  # noqa: PLR0913 - a route has as many facts
    path: str,
    weight: Weight,
    mandatory: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
    *,
    words: Mapping[str, tuple[str, ...]] | None = None,
    bounds: Mapping[str, tuple[Decimal, Decimal]] | None = None,
    max_days: int | None = None,
) -> Routes:
    """One read."""
    handler = _answering("GET", _V1 + path)
    route = Route(handler, weight, mandatory, optional, words or {}, bounds or {}, max_days)
    return {("GET", _V1 + path): route}


def _of_product(product: FuturesProduct) -> Routes:
    """What UM and CM have alike."""
    is_cm = product == "cm"
    return {
        **_get(f"{product}/adlQuantile", 5, (), ("symbol",)),
        **_get(f"{product}/leverageBracket", 1, (), ("symbol",)),
        **_get(f"{product}/commissionRate", 20, ("symbol",)),
        **_get(
            f"{product}/forceOrders",
            by_presence("symbol", 20, 50),
            (),
            ("symbol", "autoCloseType", *_TIMES, "limit"),
            bounds=up_to(100),
        ),
        **_get(
            f"{product}/income",
            30,
            (),
            ("symbol", "incomeType", *_TIMES, "limit"),
            words={"incomeType": CM_INCOME_TYPES if is_cm else UM_INCOME_TYPES},
            bounds=up_to(1000),
            max_days=200 if is_cm else None,
        ),
    }


def _of_download(what: str) -> Routes:
    """A file to download: asked for, and asked about."""
    return {
        **_get(f"um/{what}/asyn", 1500, _TIMES, max_days=366),
        **_get(f"um/{what}/asyn/id", 10, ("downloadId",)),
    }


ROUTES: Final[Routes] = {
    **_of_product("um"),
    **_of_product("cm"),
    **_of_download("income"),
    **_of_download("order"),
    **_of_download("trade"),
    **_get("um/apiTradingStatus", by_presence("symbol", 1, 10), (), ("symbol",)),
    **_get("margin/forceOrders", 1, (), (*_TIMES, "current", "size"), bounds=_PAGE),
    **_get(
        "margin/marginInterestHistory",
        1,
        (),
        ("asset", *_TIMES, "current", "size", "archived"),
        bounds=_PAGE,
        max_days=30,
    ),
    **_get("margin/maxBorrowable", 5, ("asset",)),
    **_get(
        "portfolio/interest-history", 50, (), ("asset", *_TIMES, "size"), bounds=_SIZE, max_days=30
    ),
    **_get("portfolio/negative-balance-exchange-record", 100, _TIMES, max_days=92),
    ("POST", "/papi/v1/um/stock/contract"): Route(
        _answering("POST", "/papi/v1/um/stock/contract"), 5
    ),
}
