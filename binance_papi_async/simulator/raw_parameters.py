"""Parameters as they were sent, and the shape each must have.

They are read from the raw text, by rules of this package's own and not by the request classes of
the client, so that a wrong rule there shows up as a refusal here.
Codes and texts: PAPI error page. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from binance_papi_async.enums import (
    OrderType,
    ResponseType,
    SelfTradePreventionMode,
    Side,
    SideEffectType,
    TimeInForce,
)
from binance_papi_async.simulator.call import Route
from binance_papi_async.simulator.refusal import Refusal, illegal, invalid, mandatory

PLACES: Final = 8
"""Decimal places a quantity or a price may have here; the real number depends on the symbol."""
SIGNING: Final = ("recvWindow", "timestamp", "signature")
_SYMBOL = re.compile(r"[\w.-]{1,20}")
"""Letters of any script: derivatives have symbols that are not ASCII (change log 2025-10-09)."""
_WHOLE = re.compile(r"[0-9]{1,19}")
_DECIMAL = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")


class _Vocabulary(NamedTuple):
    words: type[StrEnum]
    refusal: Callable[[], Refusal]


# Codes of the PAPI error page; the last two share the page's code for a bad value.
_VOCABULARIES: Final[dict[str, _Vocabulary]] = {
    "side": _Vocabulary(Side, lambda: Refusal(-1117, "Invalid side.")),
    "type": _Vocabulary(OrderType, lambda: Refusal(-1116, "Invalid orderType.")),
    "timeInForce": _Vocabulary(TimeInForce, lambda: Refusal(-1115, "Invalid timeInForce.")),
    "stopLimitTimeInForce": _Vocabulary(
        TimeInForce, lambda: Refusal(-1115, "Invalid timeInForce.")
    ),
    "newOrderRespType": _Vocabulary(
        ResponseType, lambda: Refusal(-1136, "Invalid newOrderRespType.")
    ),
    "sideEffectType": _Vocabulary(SideEffectType, lambda: invalid("sideEffectType")),
    "selfTradePreventionMode": _Vocabulary(
        SelfTradePreventionMode,
        lambda: invalid("selfTradePreventionMode"),
    ),
}
_WHOLE_NUMBERS: Final = frozenset(
    ["orderId", "orderListId", "fromId", "startTime", "endTime", "limit", "recvWindow", "timestamp"]
)
_DECIMALS: Final = frozenset(
    [
        "quantity",
        "quoteOrderQty",
        "price",
        "stopPrice",
        "icebergQty",
        "limitIcebergQty",
        "stopIcebergQty",
        "stopLimitPrice",
    ]
)


def read_parameters(query: str, body: str) -> dict[str, str]:
    """Parameters of query string and form body; on a double between the two the query's wins.

    The same name twice in one of them is -1101.
    """
    return _pairs(body) | _pairs(query)


def _pairs(text: str) -> dict[str, str]:
    pairs = parse_qsl(text, keep_blank_values=True)
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        raise Refusal(-1101, "Duplicate values for a parameter detected.")
    return parameters


def check_parameters(route: Route, parameters: Mapping[str, str], *, is_signed: bool) -> None:
    """Everything mandatory is there, nothing else is, and each has the shape of its type."""
    signing = SIGNING if is_signed else ()
    for name in (*route.mandatory, *signing[1:]):
        if not parameters.get(name):
            raise mandatory(name)
    known = {*route.mandatory, *route.optional, *signing}
    if unknown := parameters.keys() - known:
        read = len(parameters) - len(unknown)
        raise Refusal(
            -1104,
            f"Not all sent parameters were read; read '{read}' parameter(s) "
            f"but was sent '{len(parameters)}'.",
        )
    for name, text in parameters.items():
        _check_shape(name, text)


def _check_shape(name: str, text: str) -> None:
    if not text:
        raise Refusal(-1105, f"Parameter '{name}' was empty.")
    if name == "symbol" and not (_SYMBOL.fullmatch(text) and text == text.upper()):
        raise illegal(name, r"^[A-Z0-9-_.]{1,20}$")
    if name in _WHOLE_NUMBERS and not _WHOLE.fullmatch(text):
        raise illegal(name, "^[0-9]{1,20}$")
    if name in _DECIMALS:
        _check_decimal(name, text)
    if name == "autoRepayAtCancel" and text not in ("true", "false"):
        raise illegal(name, "^(true|false)$")
    vocabulary = _VOCABULARIES.get(name)
    if vocabulary is not None and text not in list(vocabulary.words):
        raise vocabulary.refusal()


def _check_decimal(name: str, text: str) -> None:
    if not _DECIMAL.fullmatch(text):
        raise illegal(name, r"^([0-9]{1,20})(\.[0-9]{1,20})?$")
    if len(text.partition(".")[2].rstrip("0")) > PLACES:
        raise Refusal(-1111, "Precision is over the maximum defined for this asset.")
