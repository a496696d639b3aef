"""Parameters as they were sent, and the shape each must have.

They are read from the raw text, by rules of this package's own and not by the request classes of
the client, so that a wrong rule there shows up as a refusal here.
Codes and texts: PAPI error page. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from binance_papi_async.declaring.request import Security
from binance_papi_async.enums import (
    OrderType,
    ResponseType,
    SelfTradePreventionMode,
    Side,
    SideEffectType,
    TimeInForce,
)
from binance_papi_async.simulator.calls.call import Route
from binance_papi_async.simulator.refusal import Refusal, illegal, invalid, mandatory

PLACES: Final = 8
"""Decimal places a quantity or a price may have here; the real number depends on the symbol."""
SIGNING: Final = ("recvWindow", "timestamp", "signature")
TRIGGER_KINDS: Final = (
    *("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"),
    "TRAILING_STOP_MARKET",
)
"""What an algo or a conditional order may be."""
DAY_MS: Final = 86_400_000
_SYMBOL = re.compile(r"[\w.-]{1,20}")
"""Letters of any script: derivatives have symbols that are not ASCII (change log 2025-10-09)."""
_WHOLE = re.compile(r"[0-9]{1,19}")
_DECIMAL = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")


class _Vocabulary(NamedTuple):
    words: tuple[str, ...]
    refusal: Callable[[], Refusal] | None = None
    """-1130 unless the error page has a code of its own."""


def _time_in_force() -> Refusal:
    return Refusal(-1115, "Invalid timeInForce.")


_VOCABULARIES: Final[dict[str, _Vocabulary]] = {
    "side": _Vocabulary(tuple(Side), lambda: Refusal(-1117, "Invalid side.")),
    "type": _Vocabulary(tuple(OrderType), lambda: Refusal(-1116, "Invalid orderType.")),
    "timeInForce": _Vocabulary(tuple(TimeInForce), _time_in_force),
    "stopLimitTimeInForce": _Vocabulary(tuple(TimeInForce), _time_in_force),
    "newOrderRespType": _Vocabulary(
        tuple(ResponseType), lambda: Refusal(-1136, "Invalid newOrderRespType.")
    ),
    "sideEffectType": _Vocabulary(tuple(SideEffectType)),
    "selfTradePreventionMode": _Vocabulary(tuple(SelfTradePreventionMode)),
    "positionSide": _Vocabulary(("BOTH", "LONG", "SHORT")),
    "workingType": _Vocabulary(("MARK_PRICE", "CONTRACT_PRICE")),
    "priceMatch": _Vocabulary(
        (
            *("OPPONENT", "OPPONENT_5", "OPPONENT_10", "OPPONENT_20"),
            *("QUEUE", "QUEUE_5", "QUEUE_10", "QUEUE_20"),
        )
    ),
    "algoType": _Vocabulary(("CONDITIONAL",)),
    "strategyType": _Vocabulary(TRIGGER_KINDS),
    "autoCloseType": _Vocabulary(("LIQUIDATION", "ADL")),
    "futureType": _Vocabulary(("UM", "CM", "OPTION")),
    "transferSide": _Vocabulary(("TO_UM", "FROM_UM")),
}
_NO_WORDS: Final = _Vocabulary(())
_WHOLE_NUMBERS: Final = frozenset(
    [
        *("orderId", "orderListId", "fromId", "algoId", "strategyId", "txId", "modifyId"),
        *("startTime", "endTime", "goodTillDate", "limit", "current", "size", "leverage"),
        *("recvWindow", "timestamp"),
    ]
)
_DECIMALS: Final = frozenset(
    [
        *("quantity", "quoteOrderQty", "price", "stopPrice", "stopLimitPrice", "amount"),
        *("icebergQty", "limitIcebergQty", "stopIcebergQty"),
        *("triggerPrice", "activatePrice", "activationPrice", "callbackRate"),
    ]
)
_FLAGS: Final = frozenset(
    [
        *("autoRepayAtCancel", "reduceOnly", "closePosition", "priceProtect"),
        *("dualSidePosition", "feeBurn", "autoRepay", "archived"),
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


def check_parameters(route: Route, parameters: Mapping[str, str], security: Security) -> None:
    """Everything mandatory is there, nothing else is, and each has the shape of its type.

    A keyed call may be signed, and need not be: the general page and the exchange's own client differ.
    """
    signing = () if security == "open" else SIGNING
    for name in (*route.mandatory, *(signing[1:] if security == "signed" else ())):
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
        _check_word(name, text, route)
    for name, (least, most) in route.bounds.items():
        if name in parameters and not least <= Decimal(parameters[name]) <= most:
            raise invalid(name)
    _check_range(route, parameters)


def _check_shape(name: str, text: str) -> None:
    if not text:
        raise Refusal(-1105, f"Parameter '{name}' was empty.")
    if name in ("symbol", "asset") and not (_SYMBOL.fullmatch(text) and text == text.upper()):
        raise illegal(name, r"^[A-Z0-9-_.]{1,20}$")
    if name in _WHOLE_NUMBERS and not _WHOLE.fullmatch(text):
        raise illegal(name, "^[0-9]{1,20}$")
    if name in _DECIMALS:
        _check_decimal(name, text)
    if name in _FLAGS and text not in ("true", "false"):
        raise illegal(name, "^(true|false)$")


def _check_word(name: str, text: str, route: Route) -> None:
    vocabulary = _VOCABULARIES.get(name, _NO_WORDS)
    words = route.words.get(name, vocabulary.words)
    if words and text not in words:
        raise vocabulary.refusal() if vocabulary.refusal else invalid(name)


def _check_range(route: Route, parameters: Mapping[str, str]) -> None:
    if route.max_days is None or not {"startTime", "endTime"} <= parameters.keys():
        return
    start, end = int(parameters["startTime"]), int(parameters["endTime"])
    if start > end:
        raise Refusal(-1023, "Start time is greater than end time.")
    if end - start > route.max_days * DAY_MS:
        raise Refusal(
            -1127, f"More than {route.max_days * 24} hours between startTime and endTime."
        )


def _check_decimal(name: str, text: str) -> None:
    if not _DECIMAL.fullmatch(text):
        raise illegal(name, r"^([0-9]{1,20})(\.[0-9]{1,20})?$")
    if len(text.partition(".")[2].rstrip("0")) > PLACES:
        raise Refusal(-1111, "Precision is over the maximum defined for this asset.")
