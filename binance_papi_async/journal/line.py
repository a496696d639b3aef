"""One record of a journal as a line, and back.

A line is a JSON object, so that ``less`` and ``jq`` show it, and begins with a checksum of what follows::

    {"crc":"7c2a9f10","n":17,"time":1764093862123,"off":3,"recvWindow":5000,"left":{"endpoint":"POST /papi/v1/um/order",...}}
    {"crc":"01d5b8e4","n":17,"time":1764093862161,"outcome":"canceled","orderId":28,"status":"CANCELED"}

The checksum is CRC-32: it guards against torn writes and rotten bits, not against malice, finds every
flip within 32 neighbouring bits, and is in the standard library.
What is told of an outcome is listed here by name, so that nothing secret can come with a reply.
Pure: nothing here reads a clock, a socket or a key.
"""

from __future__ import annotations

from typing import Any, Final
from zlib import crc32

from msgspec import Raw, Struct, field, json

from binance_papi_async.declaring.request import Request
from binance_papi_async.errors import error_to_builtins
from binance_papi_async.outcome import Done, Outcome
from binance_papi_async.outcome_json import kind_of, request_to_builtins

VERSION: Final = 1
"""Of the format, in the first line; another one is not read."""
DOUBT: Final = "unknown"
"""The outcome after which a record stays open."""
_BEFORE, _AFTER = b'{"crc":"', b'",'
_HEAD: Final = len(_BEFORE) + 8 + len(_AFTER)
_TOLD: Final = {
    "order_id": "orderId",
    "client_order_id": "clientOrderId",
    "orig_client_order_id": "origClientOrderId",
    "order_list_id": "orderListId",
    "list_client_order_id": "listClientOrderId",
    "algo_id": "algoId",
    "client_algo_id": "clientAlgoId",
    "strategy_id": "strategyId",
    "new_client_strategy_id": "newClientStrategyId",
    "tran_id": "tranId",
    "status": "status",
    "algo_status": "algoStatus",
    "strategy_status": "strategyStatus",
    "list_order_status": "listOrderStatus",
    "executed_qty": "executedQty",
    "code": "code",
}
"""What a line tells of an order or a reply: what names it, and how it stands."""


class Header(Struct, frozen=True):
    """The first line of a file."""

    journal: str
    version: int
    account: str
    next: int
    """The first number that no record has had."""


class Record(Struct, frozen=True):
    """Any other line: what was about to leave, or what became of it."""

    n: int
    """The same for both."""
    time: int
    """ms since 1970."""
    off: int | None = None
    """By how many ms that may be off."""
    recv_window: int | None = field(default=None, name="recvWindow")
    """In ms: so much later what left may still arrive."""
    left: Raw = Raw(b"")
    """The request; empty in a line about an outcome."""
    outcome: str | None = None
    error: dict[str, Any] | None = None


def header(account: str, next_number: int) -> bytes:
    """The first line."""
    return sealed(Header("binance_papi_async", VERSION, account, next_number))


def left(
    number: int,
    time_ms: int,
    request: Request[Any],
    *,
    off_ms: int | None = None,
    recv_window: int | None = None,
) -> bytes:
    """The line of what is about to leave; it does not say what is None."""
    told: dict[str, Any] = {"n": number, "time": time_ms}
    if off_ms is not None:
        told["off"] = off_ms
    if recv_window is not None:
        told["recvWindow"] = recv_window
    told["left"] = request_to_builtins(request)
    return sealed(told)


def became(number: int, time_ms: int, outcome: Outcome[Any] | Done[Any]) -> bytes:
    """The line of what became of it."""
    told: dict[str, Any] = {"n": number, "time": time_ms, "outcome": kind_of(outcome)}
    shown = getattr(outcome, "order", None) or getattr(outcome, "reply", None)
    for name, wire_name in _TOLD.items():
        value = getattr(shown, name, None)
        if value is not None:
            told[wire_name] = value
    placed = getattr(outcome, "placed", None)
    if placed is not None:
        told["placed"] = request_to_builtins(placed)
    error = getattr(outcome, "error", None)
    if error is not None:
        told["error"] = error_to_builtins(error)
    return sealed(told)


def forgotten(number: int, time_ms: int) -> bytes:
    """The line of what somebody knows by other means, and does not tell: it is open no more."""
    return sealed({"n": number, "time": time_ms, "outcome": "forgotten"})


def sealed(record: Header | dict[str, Any]) -> bytes:
    """A line, with its checksum in front and its newline."""
    body = json.encode(record)[1:]
    return b"%b%08x%b%b\n" % (_BEFORE, crc32(body), _AFTER, body)


def unsealed(line: bytes) -> bytes | None:
    """The JSON of a line without its newline and checksum; None if that is not as it was written."""
    body = line[_HEAD:]
    if line[:_HEAD] != b"%b%08x%b" % (_BEFORE, crc32(body), _AFTER):
        return None
    return b"{" + body


def may_begin(text: bytes) -> bool:
    """Whether a line of ours could begin so: what is torn may be of any length."""
    return text[: len(_BEFORE)] == _BEFORE[: len(text)]
