"""A record as a line, and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest
from msgspec import json

from binance_papi_async import (
    Canceled,
    CancelMarginOrder,
    CancelUmAlgoOrder,
    CancelUmOrder,
    CreateListenKey,
    FuturesOrderType,
    NewUmOrder,
    NotSent,
    QueryUmAlgoOrder,
    Refused,
    Side,
    Triggered,
    Unknown,
    UnknownOrderError,
)
from binance_papi_async.declaring.request import ENDPOINTS
from binance_papi_async.errors import LimitedError, ReplyTimeoutError
from binance_papi_async.journal.line import (
    Record,
    became,
    forgotten,
    header,
    left,
    may_begin,
    sealed,
    unsealed,
)
from binance_papi_async.outcome import Done, Evidence
from binance_papi_async.outcome_json import request_from_builtins
from tests.unit.endpoints.documented import EXAMPLES, RequestClass, read
from tests.unit.journal.changes import CHANGES

CANCEL: Final = CancelMarginOrder(symbol="LTCBTC", order_id=28)
PLACE: Final = NewUmOrder(
    symbol="BTCUSDT",
    side=Side.BUY,
    type=FuturesOrderType.MARKET,
    quantity=Decimal("0.010"),
    reduce_only=True,
)


def told(line: bytes) -> dict[str, Any]:
    """What anybody reads in a line."""
    found: dict[str, Any] = json.decode(line)
    found.pop("crc")
    return found


def crc32(text: bytes) -> int:
    """CRC-32 as its definition says, bit by bit: reflected 0x04C11DB7."""
    crc = 0xFFFFFFFF
    for byte in text:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def test_what_is_about_to_leave_is_a_line() -> None:
    """JSON, in the exchange's words, amounts to the digit, what was not given left out."""
    line = left(17, 1764093862123, PLACE)
    body = (
        b'"n":17,"time":1764093862123,"left":{"endpoint":"POST /papi/v1/um/order","symbol":"BTCUSDT",'
        b'"side":"BUY","quantity":"0.010","reduceOnly":true,"type":"MARKET"}}'
    )
    assert crc32(b"123456789") == 0xCBF43926  # the check value in every catalogue of CRCs
    assert line == b'{"crc":"%08x",%b\n' % (crc32(body), body)


def test_a_line_says_how_sure_its_time_is_and_how_long_it_may_be_under_way() -> None:
    """Both in ms; old lines say neither."""
    line = left(17, 1764093862123, PLACE, off_ms=3, recv_window=5000)
    assert told(line) == {
        "n": 17,
        "time": 1764093862123,
        "off": 3,
        "recvWindow": 5000,
        "left": {
            "endpoint": "POST /papi/v1/um/order",
            "symbol": "BTCUSDT",
            "side": "BUY",
            "quantity": "0.010",
            "reduceOnly": True,
            "type": "MARKET",
        },
    }
    record = json.decode(line, type=Record)
    assert (record.off, record.recv_window) == (3, 5000)
    old = json.decode(left(17, 1764093862123, PLACE), type=Record)
    assert (old.off, old.recv_window) == (None, None)


def test_what_became_of_it_is_a_line() -> None:
    """The kind, what names the order, and how it stands."""
    order = read(CancelMarginOrder, EXAMPLES[CancelMarginOrder])
    assert told(became(17, 5, Canceled(CANCEL, order, Evidence.REPLY))) == {
        "n": 17,
        "time": 5,
        "outcome": "canceled",
        "orderId": 28,
        "clientOrderId": "cancelMyOrder1",
        "origClientOrderId": "myOrder1",
        "status": "CANCELED",
        "executedQty": "8.00000000",
    }


def test_what_is_forgotten_is_a_line() -> None:
    """Which tells nothing of how it ended."""
    assert told(forgotten(17, 5)) == {"n": 17, "time": 5, "outcome": "forgotten"}


def test_an_order_that_lives_on_is_named() -> None:
    """By the cancel that would end it."""
    algo = CancelUmAlgoOrder(algo_id=7)
    order = read(QueryUmAlgoOrder, EXAMPLES[QueryUmAlgoOrder])
    placed = CancelUmOrder(symbol="BTCUSDT", order_id=9)
    line = told(became(1, 5, Triggered(algo, order, placed)))
    assert line["placed"] == {
        "endpoint": "DELETE /papi/v1/um/order",
        "symbol": "BTCUSDT",
        "orderId": 9,
    }
    assert "placed" not in told(became(1, 5, Triggered(algo, order, None)))


@pytest.mark.parametrize(
    ("outcome", "kind", "error"),
    [
        (
            Refused(CANCEL, UnknownOrderError("no", status=400, code=-2011, message="Unknown.")),
            "refused",
            {"branch": "refused", "kind": "UnknownOrderError", "text": "no", "status": 400}
            | {"code": -2011, "message": "Unknown."},
        ),
        (
            NotSent(CANCEL, LimitedError("later", retry_after=2.5)),
            "not_sent",
            {
                "branch": "not_sent",
                "kind": "LimitedError",
                "text": "later",
                "retry_after": 2.5,
                "lacking": None,
                "window": None,
            },
        ),
        (
            Unknown(CANCEL, ReplyTimeoutError("silence")),
            "unknown",
            {"branch": "unknown", "kind": "ReplyTimeoutError", "text": "silence"},
        ),
    ],
)
def test_a_failure_is_a_line_with_its_error(outcome: Any, kind: str, error: dict[str, Any]) -> None:
    """Class, text and evidence."""
    assert told(became(1, 5, outcome)) == {"n": 1, "time": 5, "outcome": kind, "error": error}


def test_the_first_line_says_whose_and_which_version() -> None:
    """And where numbering goes on."""
    assert told(header("desk", 201)) == {
        "journal": "binance_papi_async",
        "version": 1,
        "account": "desk",
        "next": 201,
    }


def test_every_class_that_changes_something_is_in_the_table() -> None:
    """A new endpoint needs its request here."""
    ours = {
        each
        for (verb, _), each in ENDPOINTS.items()
        if verb != "GET" and each.__module__.startswith("binance_papi_async.")
    }
    assert {type(each) for each in CHANGES} == ours


@pytest.mark.parametrize("request_", CHANGES, ids=lambda each: type(each).__name__)
def test_a_request_comes_back_as_it_was(request_: Any) -> None:
    """Equal, and sent with the same bytes."""
    body = unsealed(left(1, 5, request_)[:-1])
    assert body is not None
    again = request_from_builtins(json.decode(json.decode(body, type=Record).left))
    assert (type(again), again) == (type(request_), request_)
    assert again.query() == request_.query()


@pytest.mark.parametrize("request_class", EXAMPLES, ids=lambda each: each.__name__)
def test_whatever_was_replied_fits_a_line(request_class: RequestClass) -> None:
    """Of every page's example a line is made that is read again, and is short."""
    reply = read(request_class, EXAMPLES[request_class])
    line = became(1, 5, Done(CANCEL, reply))
    assert line.count(b"\n") == 1
    assert unsealed(line[:-1]) is not None
    assert len(line) < 400


def test_a_listen_key_is_not_told() -> None:
    """It opens the account's stream to whoever reads it."""
    reply = read(CreateListenKey, EXAMPLES[CreateListenKey])
    assert told(became(1, 5, Done(CreateListenKey(), reply))) == {
        "n": 1,
        "time": 5,
        "outcome": "done",
    }


def test_a_line_is_believed_only_as_it_was_written() -> None:
    """No byte of it may be another, missing or more."""
    line = sealed({"n": 1})[:-1]
    assert unsealed(line) == b'{"n":1}'
    for end in range(len(line)):
        assert unsealed(line[:end]) is None
    assert unsealed(line + b" ") is None
    for place in range(len(line)):
        for bit in range(8):
            spoilt = bytearray(line)
            spoilt[place] ^= 1 << bit
            assert unsealed(bytes(spoilt)) is None


def test_the_beginning_of_a_line_is_told_from_something_else() -> None:
    """What a crash leaves is of any length."""
    line = sealed({"n": 1})
    assert all(may_begin(line[:end]) for end in range(len(line)))
    assert not may_begin(b"[section]")
    assert not may_begin(b'{"a":1}')
