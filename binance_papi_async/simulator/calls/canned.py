"""Endpoints that change nothing and know nothing: each answers the values of its documented example.

``CANNED`` lists them. Parameters are checked as documented, and the symbol, asset or download id
that was asked for is put in the answer's place for it. Nothing else in an answer means anything.
Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from binance_papi_async.declaring.request import Request
from binance_papi_async.endpoints.account import (
    NegativeBalanceExchangeRecords,
    NegativeBalanceInterestHistory,
)
from binance_papi_async.endpoints.cm_account import (
    CmIncomeHistory,
    QueryCmAdlQuantile,
    QueryCmCommissionRate,
    QueryCmLeverageBrackets,
)
from binance_papi_async.endpoints.cm_orders import CmForceOrders
from binance_papi_async.endpoints.margin_loans import (
    MarginForceOrders,
    MarginInterestHistory,
    QueryMaxBorrowable,
)
from binance_papi_async.endpoints.um_account import (
    QueryUmAdlQuantile,
    QueryUmCommissionRate,
    QueryUmLeverageBrackets,
    QueryUmTradingStatus,
    SignUmTradfiContract,
)
from binance_papi_async.endpoints.um_history import (
    QueryUmIncomeDownloadId,
    QueryUmIncomeDownloadLink,
    QueryUmOrderDownloadId,
    QueryUmOrderDownloadLink,
    QueryUmTradeDownloadId,
    QueryUmTradeDownloadLink,
    UmIncomeHistory,
)
from binance_papi_async.endpoints.um_orders import UmForceOrders
from binance_papi_async.simulator.calls.call import Call, Routes
from binance_papi_async.simulator.documented import Json, examples

ECHOED: Final = ("symbol", "asset", "downloadId")
"""Parameters that are put into an answer where it has a field of that name."""
_REQUESTS: Final[Mapping[str, Sequence[type[Request[Any]]]]] = {
    "margin": (MarginForceOrders, MarginInterestHistory, QueryMaxBorrowable),
    "account": (NegativeBalanceInterestHistory, NegativeBalanceExchangeRecords),
    "um": (
        *(QueryUmAdlQuantile, QueryUmTradingStatus, QueryUmCommissionRate, UmForceOrders),
        *(UmIncomeHistory, QueryUmIncomeDownloadId, QueryUmIncomeDownloadLink),
        *(QueryUmOrderDownloadId, QueryUmOrderDownloadLink),
        *(QueryUmTradeDownloadId, QueryUmTradeDownloadLink),
        *(QueryUmLeverageBrackets, SignUmTradfiContract),
    ),
    "cm": (
        *(QueryCmAdlQuantile, QueryCmCommissionRate, CmForceOrders),
        *(CmIncomeHistory, QueryCmLeverageBrackets),
    ),
}


def _answers(family: str) -> dict[tuple[str, str], Json]:
    shown = examples(family)
    endpoints = (request.endpoint for request in _REQUESTS[family])
    return {(each.verb, each.path): shown[each.request.__name__] for each in endpoints}


CANNED: Final[Mapping[tuple[str, str], Json]] = {
    place: answer for family in _REQUESTS for place, answer in _answers(family).items()
}
"""What each of them answers, by verb and path."""


def echoed(value: Json, parameters: Mapping[str, str]) -> Json:
    """An answer with the caller's symbol, asset or download id in it."""
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        return value
    if not isinstance(value, Mapping):
        return [echoed(row, parameters) for row in value]
    return {
        name: parameters[name]
        if name in ECHOED and name in parameters
        else echoed(field, parameters)
        for name, field in value.items()
    }


def _answer(reply: Json, call: Call) -> object:
    return echoed(reply, call.parameters)


ROUTES: Final[Routes] = {place: partial(_answer, reply) for place, reply in CANNED.items()}
