"""The common reply, read from its bytes, against aiohttp's own parser."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_papi_async.simulator import run_held
from binance_papi_async.transport.aiohttp_internals import BaseProtocol, response_parser
from binance_papi_async.transport.whole import HeadersOf, whole_reply

LIMIT = 1000
BODY = b'{"orderId":28}'
COMMON = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\n"
    b"Date: Sun, 22 Nov 2026 12:00:00 GMT\r\nx-mbx-used-weight-1m:  7 \r\n\r\n" + BODY
)


def test_the_common_reply_is_read() -> None:
    """Status, body, and the headers that are asked for, in any letter case."""
    answer = whole_reply(COMMON, LIMIT)
    assert answer is not None
    assert (answer.status, answer.body) == (200, BODY)
    assert answer.headers.get("X-MBX-USED-WEIGHT-1M") == "7"
    assert answer.headers["date"] == "Sun, 22 Nov 2026 12:00:00 GMT"
    assert answer.headers.get("Retry-After") is None
    assert list(answer.headers) == [
        "Content-Type",
        "Content-Length",
        "Date",
        "x-mbx-used-weight-1m",
    ]
    assert len(answer.headers) == 4


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("a byte is missing", COMMON[:-1]),
        ("a byte too many", COMMON + b"H"),
        ("a second reply behind it", COMMON + COMMON),
        ("another status", COMMON.replace(b"200 OK", b"400 Bad Request")),
        ("an informational reply first", b"HTTP/1.1 100 Continue\r\n\r\n" + COMMON),
        ("another version", COMMON.replace(b"HTTP/1.1", b"HTTP/1.0")),
        ("no end of the head", COMMON.replace(b"\r\n\r\n", b"\r\n")),
        ("no length", COMMON.replace(b"Content-Length: 14\r\n", b"")),
        ("two lengths", COMMON.replace(b"Date", b"content-length: 14\r\nDate")),
        ("a length that is none", COMMON.replace(b": 14", b": +4")),
        ("chunks", COMMON.replace(b"Date", b"Transfer-Encoding: chunked\r\nDate")),
        ("compression", COMMON.replace(b"Date", b"Content-Encoding: gzip\r\nDate")),
        ("an upgrade", COMMON.replace(b"Date", b"Upgrade: h2c\r\nDate")),
        ("a trailer", COMMON.replace(b"Date", b"Trailer: Digest\r\nDate")),
        ("a connection that closes", COMMON.replace(b"Date", b"Connection: close\r\nDate")),
        (
            "a connection that may close",
            COMMON.replace(b"Date", b"Connection: keep-alive\r\nConnection: close\r\nDate"),
        ),
        ("a folded header", COMMON.replace(b"Date: ", b"Date:\r\n ")),
        ("a blank before a colon", COMMON.replace(b"Date", b"Transfer-Encoding : chunked\r\nDate")),
        ("a length ended by CR alone", COMMON.replace(b": 14\r\n", b": 14\rX: \r\n")),
        ("a length ended by LF alone", COMMON.replace(b": 14\r\n", b": 144\n")),
        ("a header behind LF alone", COMMON.replace(b"Date", b"X: y\nConnection: close\r\nDate")),
        ("too large", COMMON.replace(b": 14", b": 1001").replace(BODY, b"x" * 1001)),
        ("nothing", b""),
    ],
)
def test_whatever_is_not_plainly_common_is_left_to_the_parser(what: str, data: bytes) -> None:
    """None is no verdict: aiohttp's parser decides then."""
    assert whole_reply(data, LIMIT) is None, what


def test_a_connection_that_says_it_stays_is_common() -> None:
    """``keep-alive`` is what every kept connection may say."""
    kept = COMMON.replace(b"Date", b"Connection: keep-alive\r\nDate")
    assert whole_reply(kept, LIMIT) is not None


def test_a_header_is_found_only_as_a_header() -> None:
    """Not in the value of another."""
    head = b"HTTP/1.1 200 OK\r\nX-Note: date: no\r\n\r\n"
    assert HeadersOf(head, head.lower()).get("Date") is None


names = st.sampled_from(
    ["Content-Length", "Date", "Connection", "Transfer-Encoding", "X-A", "Retry-After", "Upgrade"]
)
values = st.sampled_from(["14", "0", "13", "close", "keep-alive", "chunked", "gzip", "x y", ""])
heads = st.lists(st.tuples(names, values), max_size=6)
cases = st.sampled_from([str.lower, str.upper, str.title, str.capitalize])


def parsed(data: bytes) -> tuple[int, bytes, Any] | None:
    """What aiohttp's parser makes of one whole reply; None if it is not exactly that."""

    async def main() -> tuple[int, bytes, Any] | None:
        loop = asyncio.get_running_loop()
        try:
            messages, _, _ = response_parser(BaseProtocol(loop), loop).feed_data(data)
        except Exception:  # noqa: BLE001 - no reply at all
            return None
        if len(messages) != 1 or not messages[0][1].is_eof() or messages[0][0].should_close:
            return None
        message, payload = messages[0]
        return message.code, payload.read_nowait(-1), message.headers

    return run_held(main)


@settings(deadline=None, max_examples=300)
@given(heads, cases, st.binary(max_size=20))
def test_what_is_read_here_the_parser_reads_the_same(
    head: list[tuple[str, str]], case: Any, body: bytes
) -> None:
    """Whenever this answers, aiohttp's parser sees the same status, headers and body, and nothing behind."""
    head = [*head, ("Content-Length", str(len(body)))]
    lines = "".join(f"{case(name)}: {value}\r\n" for name, value in head)
    data = b"HTTP/1.1 200 OK\r\n" + lines.encode() + b"\r\n" + body
    answer = whole_reply(data, LIMIT)
    if answer is None:
        return
    expected = parsed(data)
    assert expected is not None
    assert (answer.status, answer.body) == expected[:2]
    for name in ("Date", "X-A", "Retry-After", "Content-Length"):
        assert answer.headers.get(name) == expected[2].get(name)
