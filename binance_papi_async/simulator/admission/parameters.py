"""Parameters as they were sent, and the shape each must have.

They are read from the raw text, and which shape a name has is said here once more, not taken from the
request classes: a wrong type there shows up as a refusal here.
Codes and texts: PAPI error page. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from urllib.parse import parse_qsl

from binance_papi_async.declaring.request import Security
from binance_papi_async.simulator.admission.rules import Bounds, Rules
from binance_papi_async.simulator.refusal import Refusal, illegal, invalid, mandatory

PLACES: Final = 8
"""Decimal places a quantity or a price may have here; the real number depends on the symbol."""
SIGNING: Final = ("recvWindow", "timestamp", "signature")
DAY_MS: Final = 86_400_000
_SYMBOL = re.compile(r"[\w.-]{1,20}")
"""Letters of any script: derivatives have symbols that are not ASCII (change log 2025-10-09)."""
_WHOLE = re.compile(r"[0-9]{1,19}")
_DECIMAL = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")


_OTHER_WORD: Final = {
    "side": (-1117, "Invalid side."),
    "type": (-1116, "Invalid orderType."),
    "timeInForce": (-1115, "Invalid timeInForce."),
    "stopLimitTimeInForce": (-1115, "Invalid timeInForce."),
    "newOrderRespType": (-1136, "Invalid newOrderRespType."),
}
"""Vocabularies that the error page has a code for; -1130 goes with the others."""
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


def check_parameters(rules: Rules, parameters: Mapping[str, str], security: Security) -> None:
    """Everything mandatory is there, nothing else is, and each has the shape of its type.

    A keyed call may be signed, and need not be: the general page and the exchange's own client differ.
    """
    signing = () if security == "open" else SIGNING
    for name in (*rules.mandatory, *(signing[1:] if security == "signed" else ())):
        if not parameters.get(name):
            raise mandatory(name)
    if unknown := parameters.keys() - rules.known - {*signing}:
        read = len(parameters) - len(unknown)
        raise Refusal(
            -1104,
            f"Not all sent parameters were read; read '{read}' parameter(s) "
            f"but was sent '{len(parameters)}'.",
        )
    for name, text in parameters.items():
        _check_shape(name, text)
        if name in rules.words and text not in rules.words[name]:
            raise Refusal(*_OTHER_WORD[name]) if name in _OTHER_WORD else invalid(name)
    for name, bounds in rules.bounds.items():
        if name in parameters:
            _check_bounds(name, parameters[name], bounds)
    if rules.max_days is not None and {"startTime", "endTime"} <= parameters.keys():
        _check_range(int(parameters["startTime"]), int(parameters["endTime"]), rules.max_days)


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


def _check_bounds(name: str, text: str, bounds: Bounds) -> None:
    number, (least, most) = Decimal(text), bounds
    if (least is not None and number < least) or (most is not None and number > most):
        raise invalid(name)


def _check_range(start: int, end: int, max_days: int) -> None:
    if start > end:
        raise Refusal(-1023, "Start time is greater than end time.")
    if end - start > max_days * DAY_MS:
        raise Refusal(-1127, f"More than {max_days * 24} hours between startTime and endTime.")


def _check_decimal(name: str, text: str) -> None:
    if not _DECIMAL.fullmatch(text):
        raise illegal(name, r"^([0-9]{1,20})(\.[0-9]{1,20})?$")
    if len(text.partition(".")[2].rstrip("0")) > PLACES:
        raise Refusal(-1111, "Precision is over the maximum defined for this asset.")
