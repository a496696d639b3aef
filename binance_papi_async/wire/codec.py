"""From a request to the bytes to send, and from an answer to the reply or the error it is.

Pure: the time, the key and the answer are arguments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final, TypeVar

from msgspec import Struct, json

from binance_papi_async.declaring.reading import UNREADABLE
from binance_papi_async.declaring.request import Request
from binance_papi_async.errors import (
    BlockedError,
    RateLimitedError,
    RefusedError,
    ReplyDecodeError,
    ServerError,
    UnknownOrderError,
    error_class,
)
from binance_papi_async.wire.message import Answer, Outgoing, without_signature
from binance_papi_async.wire.signing import Key

R = TypeVar("R")

WEIGHT_HEADER: Final = "X-MBX-USED-WEIGHT-1M"
ORDER_COUNT_HEADER: Final = "X-MBX-ORDER-COUNT-1M"
ORDER_COUNT_PREFIX: Final = "X-MBX-ORDER-COUNT-"
GARBLED: Final = -1
"""A count that is none: it cannot be read."""
_COUNT_DIGITS: Final = 12
_SPAN_DIGITS: Final = 5
MIN_RECV_WINDOW_MS: Final = 1
MAX_RECV_WINDOW_MS: Final = 60_000
_QUOTED_TEXT: Final = 300
"""How much of a body that is not the exchange's JSON an error quotes."""


def check_recv_window(recv_window: int) -> int:
    """``recv_window`` in ms; ValueError outside 1..60000."""
    if type(recv_window) is not int:
        raise TypeError(f"recv_window is whole milliseconds, not {type(recv_window).__name__}")
    if not MIN_RECV_WINDOW_MS <= recv_window <= MAX_RECV_WINDOW_MS:
        raise ValueError(
            f"recv_window must be {MIN_RECV_WINDOW_MS} to {MAX_RECV_WINDOW_MS} ms, not {recv_window}"
        )
    return recv_window


def prepare(
    request: Request[object], key: Key | None, *, timestamp_ms: int, recv_window: int
) -> Outgoing:
    """The request as it goes on the wire, signed with ``timestamp_ms`` if its endpoint asks for that.

    Everything travels in the query string, whatever the verb, as in the official connector.
    The text that is signed is the text that is sent.
    """
    endpoint = request.endpoint
    query = request.query()
    if endpoint.security == "signed":
        text = f"recvWindow={recv_window}&timestamp={timestamp_ms}"
        query = f"{query}&{text}" if query else text
        query = f"{query}&signature={_key_for(request, key).sign(query.encode())}"
    return Outgoing(
        endpoint.verb,
        f"{endpoint.path}?{query}" if query else endpoint.path,
        api_key=None if endpoint.security == "open" else _key_for(request, key).api_key,
        max_reply_bytes=endpoint.max_reply_bytes,
    )


def _key_for(request: Request[object], key: Key | None) -> Key:
    if key is None:
        raise ValueError(
            f"{request.endpoint!r} needs a key: PapiClient(HmacKey(api_key, secret)) or from_env()"
        )
    return key


def read(request: Request[R], answer: Answer) -> R:
    """The typed reply, or the error the answer is, raised."""
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's own bounds
        raise _error(request, answer)
    try:
        reply: R = request.endpoint.decode(answer.body)
    except UNREADABLE as error:
        raise _undecodable(request, answer, error) from None
    return reply


_OF_BLOCK: Final = {
    403: " for a while; look at how much all programs behind it send",
    451: ", for legal reasons: see where the exchange may be used from",
}


class _ErrorBody(Struct):
    code: int
    msg: str = ""


_error_body = json.Decoder(_ErrorBody).decode


def _undecodable(
    request: Request[object], answer: Answer, error: Exception
) -> ReplyDecodeError | RefusedError | ServerError:
    """A 2xx whose body is no reply; if it is an error body after all, that error."""
    try:
        _error_body(answer.body)
    except UNREADABLE:
        reason = without_signature(str(error))
        return ReplyDecodeError(
            f"{request.endpoint!r} was answered {answer.status} with a body that cannot be read: {reason}",
            status=answer.status,
            body=answer.body,
        )
    return _error(request, answer)


def _error(request: Request[object], answer: Answer) -> RefusedError | ServerError:
    code, message = _code_and_message(answer)
    kind = error_class(answer.status, code, message)
    what = f"{request.endpoint!r} was answered {answer.status}"
    said = f"{code}: {message}" if code is not None else message or "nothing"
    if kind is BlockedError:
        said = f"by a machine in front of the exchange: it lets nothing of this IP through{_OF_BLOCK[answer.status]}"
    hint = f"; {request.elsewhere}" if kind is UnknownOrderError and request.elsewhere else ""
    error = kind(f"{what}, {said}{hint}", status=answer.status, code=code, message=message)
    if isinstance(error, RateLimitedError):
        error.retry_after = retry_after(answer.headers)
        error.until = ban_end(message)
        error.limit, error.window = order_limit(message)
    return error


def _code_and_message(answer: Answer) -> tuple[int | None, str]:
    try:
        body = _error_body(answer.body)
    except UNREADABLE:
        text = answer.body[: 2 * _QUOTED_TEXT].decode("utf-8", "replace")
        return None, " ".join(without_signature(text).split())[:_QUOTED_TEXT]
    return body.code, without_signature(body.msg)


_SECONDS = re.compile(r"\d{1,99}(\.\d{1,99})?")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of ``Retry-After``, which may be an HTTP date too, after the answer's own; None if it is neither."""
    text = headers.get("Retry-After", "")
    if text.isascii() and _SECONDS.fullmatch(text):
        return float(text)
    until, now = _parse_date(text), date(headers)
    return None if until is None or now is None else max(until - now, 0.0)


def date(headers: Mapping[str, str]) -> float | None:
    """The ``Date`` of an answer in epoch seconds: the exchange's clock, rounded down to a second."""
    return _parse_date(headers.get("Date", ""))


@lru_cache(maxsize=8)
def _parse_date(text: str) -> float | None:
    if not text.endswith("GMT"):
        return None
    try:
        return parsedate_to_datetime(text).replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return None


_BAN_END = re.compile(r"banned until (\d{13})")


def ban_end(message: str) -> float | None:
    """End of a ban in epoch seconds, from the text of a -1003."""
    found = _BAN_END.search(message)
    return int(found[1]) / 1000 if found else None


_ORDER_LIMIT = re.compile(
    r"limit is (\d{1,9}) orders? per (?:(\d{1,5}) )?(SECOND|MINUTE|HOUR|DAY)", re.IGNORECASE
)
_SPANS: Final = {"S": 1.0, "M": 60.0, "H": 3600.0, "D": 86_400.0}
"""Seconds of the letters and words that the exchange names a window with."""


def order_limit(message: str) -> tuple[int | None, float | None]:
    """How many orders in how many seconds, from the text of a -1015."""
    found = _ORDER_LIMIT.search(message)
    if found is None:
        return None, None
    return int(found[1]), int(found[2] or 1) * _SPANS[found[3][0].upper()]


def used_weight(headers: Mapping[str, str]) -> int | None:
    """Weight of this minute the exchange has counted for the IP, everybody behind it included.

    None if it is not told, below zero if it cannot be read.
    """
    return _count(headers.get(WEIGHT_HEADER))


def used_orders(headers: Mapping[str, str]) -> dict[float, int]:
    """Orders the exchange has counted for the account, by the seconds of the window; below zero if it cannot be read."""
    counts: dict[float, int] = {}
    for name in headers:
        if name[: len(ORDER_COUNT_PREFIX)].upper() == ORDER_COUNT_PREFIX:
            seconds = _span(name[len(ORDER_COUNT_PREFIX) :].upper())
            count = _count(headers.get(name))
            if seconds is not None and count is not None:
                counts[seconds] = count
    return counts


@lru_cache(maxsize=16)
def _span(text: str) -> float | None:
    """Seconds of ``10S``, ``1M``, ``1H``, ``1D``."""
    number, span = text[:-1], _SPANS.get(text[-1:])
    is_count = number.isascii() and number.isdigit() and len(number) <= _SPAN_DIGITS
    return int(number) * span if span is not None and is_count and int(number) else None


def _count(text: str | None) -> int | None:
    """A count, ``GARBLED`` for anything that is not one of a plausible length, None for nothing."""
    if text is None:
        return None
    is_count = text.isascii() and text.isdigit() and len(text) <= _COUNT_DIGITS
    return int(text) if is_count else GARBLED
