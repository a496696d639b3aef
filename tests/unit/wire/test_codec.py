from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json

from binance_papi_async.declaring.request import (
    ENDPOINTS,
    ORDER_REPLY_BYTES,
    READ_REPLY_BYTES,
    Request,
    endpoint,
)
from binance_papi_async.endpoints.acknowledgements import Empty
from binance_papi_async.endpoints.general import Ping, QueryOrderRateLimits
from binance_papi_async.endpoints.margin_orders import (
    CancelAllMarginOrders,
    CancelMarginOrder,
    QueryMarginOrder,
)
from binance_papi_async.endpoints.margin_replies import MarginOrder
from binance_papi_async.enums import OrderType, Side, TimeInForce
from binance_papi_async.errors import (
    RULES,
    AuthenticationError,
    BlockedError,
    PapiError,
    RateLimitedError,
    RefusedError,
    ReplyDecodeError,
    ServerError,
    UnavailableError,
    UnknownOrderError,
    UnknownOutcomeError,
    _Rule,
)
from binance_papi_async.wire import codec
from binance_papi_async.wire.message import Answer, Outgoing
from binance_papi_async.wire.signing import HmacKey

API_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
KEY = HmacKey(API_KEY, SECRET)
NOW_MS = 1499827319559
CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=28)


@pytest.fixture(autouse=True)
def no_endpoint_stays() -> Iterator[None]:
    """The table of endpoints is as it was when the test ends."""
    before = dict(ENDPOINTS)
    yield
    ENDPOINTS.clear()
    ENDPOINTS.update(before)


def _prepared(request: Request[object], key: HmacKey | None = KEY) -> Outgoing:
    return codec.prepare(request, key, timestamp_ms=NOW_MS, recv_window=5000)


def _error(answer: Answer, request: Request[Any] = CANCEL) -> PapiError:
    """The error that an answer is."""
    with pytest.raises(PapiError) as caught:
        codec.read(request, answer)
    return caught.value


def _answer(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, headers or {}, json.encode({"code": code, "msg": message}))


def _hmac(text: str) -> str:
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


# Preparing.


@pytest.mark.parametrize(
    ("symbol", "encoded", "signature"),
    [
        ("LTCBTC", "LTCBTC", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
        (
            "\uff11\uff12\uff13\uff14\uff15\uff16",
            "%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96",
            "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        ),
    ],
)
def test_the_published_requests_go_out_as_printed(
    symbol: str, encoded: str, signature: str
) -> None:
    """The exchange's two samples, from the values to the whole target, in the order of the sample."""

    @endpoint("POST", "/test/v1/sample", orders=1)
    class Sample(Request[Empty]):
        """The order of the spot documentation."""

        symbol: str
        side: Side
        type: OrderType
        time_in_force: TimeInForce
        quantity: Decimal
        price: Decimal

    sample = Sample(
        symbol=symbol,
        side=Side.BUY,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=Decimal(1),
        price=Decimal("0.1"),
    )
    assert _prepared(sample).target == (
        f"/test/v1/sample?symbol={encoded}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
        f"&recvWindow=5000&timestamp=1499827319559&signature={signature}"
    )


def test_a_signed_request_holds_parameters_then_window_time_and_signature() -> None:
    """Declaration order, absent parameters left out, the signature last."""
    request = CancelMarginOrder(
        symbol="LTCBTC", orig_client_order_id="myOrder1", new_client_order_id="cancelMyOrder1"
    )
    outgoing = codec.prepare(request, KEY, timestamp_ms=17, recv_window=60000)
    query = (
        "symbol=LTCBTC&origClientOrderId=myOrder1&newClientOrderId=cancelMyOrder1"
        "&recvWindow=60000&timestamp=17"
    )
    assert outgoing.target == f"/papi/v1/margin/order?{query}&signature={_hmac(query)}"
    assert (outgoing.method, outgoing.api_key) == ("DELETE", API_KEY)
    assert outgoing.has_left is False


def test_a_signed_request_without_parameters_begins_with_the_window() -> None:
    """No stray ``&`` where there is nothing before it."""
    query = f"recvWindow=5000&timestamp={NOW_MS}"
    target = _prepared(QueryOrderRateLimits()).target
    assert target == f"/papi/v1/rateLimit/order?{query}&signature={_hmac(query)}"


@pytest.mark.parametrize("key", [KEY, None])
def test_an_open_request_carries_no_key(key: HmacKey | None) -> None:
    """What anybody may ask goes out bare, whether there is a key or not."""
    outgoing = _prepared(Ping(), key)
    assert (outgoing.method, outgoing.target, outgoing.api_key) == ("GET", "/papi/v1/ping", None)


def _keyed() -> Request[Empty]:
    @endpoint("PUT", "/test/v1/keyed", security="keyed")
    class Keyed(Request[Empty]):
        """Like the listen key calls: a key, no signature."""

        name: str | None = None

    return Keyed(name="a b")


def test_a_keyed_request_carries_the_key_and_no_signature() -> None:
    """The header, the parameters, and neither time nor signature."""
    outgoing = _prepared(_keyed())
    assert (outgoing.target, outgoing.api_key) == ("/test/v1/keyed?name=a%20b", API_KEY)


def test_a_request_that_needs_a_key_says_how_to_give_one() -> None:
    """Without a key, signed and keyed requests are refused before anything is built."""
    for request, name in ((CANCEL, "<DELETE /papi/v1/margin/order>"), (_keyed(), "<PUT /test/")):
        with pytest.raises(
            ValueError, match=f"^{name}.* needs a key: PapiClient.HmacKey.*from_env"
        ):
            _prepared(request, None)


def test_a_reply_may_be_as_large_as_its_kind() -> None:
    """Reads may be long; a reply to a change is short."""
    read = QueryMarginOrder(symbol="LTCBTC", order_id=28)
    assert _prepared(read).max_reply_bytes == READ_REPLY_BYTES
    assert _prepared(CANCEL).max_reply_bytes == ORDER_REPLY_BYTES


RESERVED = st.text("&=+/ %?#;:@,'\"<>\\\u00e9\uff11\U0001f600aZ09._-~\n\0", min_size=1)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | RESERVED


@settings(deadline=None)
@given(
    symbol=st.text("A9_.\u00e9\uff11\U0001f600", min_size=1),
    client_id=ANY_TEXT,
    now=st.integers(0, 10**16),
    window=st.integers(1, 60000),
)
def test_what_is_signed_is_what_is_sent(symbol: str, client_id: str, now: int, window: int) -> None:
    """Whatever the text: the query reads back as given, and its signature fits every byte before it."""
    request = CancelMarginOrder(symbol=symbol, orig_client_order_id=client_id)
    target = codec.prepare(request, KEY, timestamp_ms=now, recv_window=window).target
    path, _, query = target.partition("?")
    signed, _, signature = query.rpartition("&signature=")
    assert path == "/papi/v1/margin/order"
    assert target.isascii()
    assert target.isprintable()
    assert " " not in target
    assert signature == _hmac(signed)
    assert parse_qsl(signed, strict_parsing=True, keep_blank_values=True) == [
        ("symbol", symbol),
        ("origClientOrderId", client_id),
        ("recvWindow", str(window)),
        ("timestamp", str(now)),
    ]


@pytest.mark.parametrize("recv_window", [1, 5000, 60000])
def test_a_window_inside_the_limits_is_kept(recv_window: int) -> None:
    """1 to 60000 ms."""
    assert codec.check_recv_window(recv_window) == recv_window


@pytest.mark.parametrize("recv_window", [0, -1, 60001, 10**12])
def test_a_window_outside_the_limits_is_refused(recv_window: int) -> None:
    """The exchange would answer -1131 or never accept anything."""
    with pytest.raises(ValueError, match=f"must be 1 to 60000 ms, not {recv_window}$"):
        codec.check_recv_window(recv_window)


@pytest.mark.parametrize("recv_window", [True, 5.0, "5000", None, Decimal(5000)])
def test_a_window_is_a_whole_number(recv_window: Any) -> None:
    """The error names the type that was given."""
    with pytest.raises(TypeError, match=f"whole milliseconds, not {type(recv_window).__name__}$"):
        codec.check_recv_window(recv_window)


# Reading.

CANCELED = {
    "symbol": "LTCBTC",
    "orderId": 28,
    "origClientOrderId": "myOrder1",
    "clientOrderId": "cancelMyOrder1",
    "price": "1.00000000",
    "origQty": "10.00000000",
    "executedQty": "8.00000000",
    "cummulativeQuoteQty": "8.00000000",
    "status": "CANCELED",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "SELL",
}


@pytest.mark.parametrize("status", [200, 201, 299])
def test_a_2xx_is_the_typed_reply(status: int) -> None:
    """The body comes back as the type the request names."""
    reply = codec.read(CANCEL, Answer(status, {}, json.encode(CANCELED)))
    assert (reply.order_id, reply.executed_qty) == (28, Decimal(8))


def test_a_lost_field_is_not_a_lost_reply() -> None:
    """Symbol, status and quantity may be None; ``executed_qty`` is not made up."""
    reply = codec.read(CANCEL, Answer(200, {}, b'{"orderId":28}'))
    assert (reply.order_id, reply.symbol, reply.status, reply.executed_qty) == (
        28,
        None,
        None,
        None,
    )


@pytest.mark.parametrize("status", [199, 300])
def test_only_a_2xx_is_a_reply(status: int) -> None:
    """A good body under another status is an error all the same."""
    assert isinstance(_error(Answer(status, {}, json.encode(CANCELED))), RefusedError | ServerError)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code} {rule.text}")
def test_an_answer_is_the_error_of_its_rule(rule: _Rule) -> None:
    """Every row of the table is reached through a whole answer, with the evidence kept."""
    message = f"so {rule.text}."
    error = _error(_answer(400, rule.code, message))
    assert type(error) is rule.error
    assert isinstance(error, RefusedError | ServerError)
    assert (error.status, error.code, error.message) == (400, rule.code, message)
    said, _, _way_out = str(error).partition("; ")
    assert said == f"<DELETE /papi/v1/margin/order> was answered 400, {rule.code}: {message}"


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (401, b'{"code":-2014,"msg":"API-key format invalid."}', AuthenticationError, -2014),
        (401, b"", AuthenticationError, None),
        (403, b"<html><body>403 Forbidden</body></html>", BlockedError, None),
        (408, b'{"code":-1007,"msg":"Timeout waiting for response."}', ServerError, -1007),
        (408, b"", ServerError, None),
        (302, b"", RefusedError, None),
        (304, b"", RefusedError, None),
        (400, b'{"code":-1121,"msg":"Invalid symbol."}', RefusedError, -1121),
        (400, b'{"code":-1121}', RefusedError, -1121),
        (400, b'{"code":51998,"msg":"System busy."}', ServerError, 51998),
        (400, b'{"code":51061,"msg":"?"}', RefusedError, 51061),
        (400, b'{"code":-2011,"msg":"Unknown order sent."}', UnknownOrderError, -2011),
        (400, b'{"code":-2011,"msg":"Words of tomorrow."}', ServerError, -2011),
        (500, b'{"code":-2011,"msg":"Unknown order sent."}', ServerError, -2011),
        (500, b'{"code":-1121,"msg":"Invalid symbol."}', ServerError, -1121),
        (500, b"Request occur unknown error.", ServerError, None),
        (502, b"<html>502 Bad Gateway</html>", ServerError, None),
        (503, b"Unknown error, please check your request or try again later.", ServerError, None),
        (503, b"Service Unavailable.", UnavailableError, None),
        (503, b'{"msg":"Service Unavailable."}', UnavailableError, None),
        (503, b'{"code":-1001,"msg":"Internal error."}', UnavailableError, -1001),
        (503, b'{"code":-1008,"msg":"Request throttled."}', UnavailableError, -1008),
        (504, b"", ServerError, None),
    ],
)
def test_a_status_and_a_body_are_an_error(
    status: int, body: bytes, error: type[PapiError], code: int | None
) -> None:
    """What each answer says of whether it happened."""
    raised = _error(Answer(status, {}, body))
    assert type(raised) is error
    assert isinstance(raised, RefusedError | ServerError)
    assert (raised.status, raised.code) == (status, code)


def test_a_ban_says_when_it_ends() -> None:
    """418: the end comes from the text, the wait from the header."""
    message = "Way too much request weight used; IP banned until 1659146400123. Please use streams."
    error = _error(_answer(418, -1003, message, {"Retry-After": "120"}))
    assert isinstance(error, RateLimitedError)
    assert (error.status, error.retry_after, error.until) == (418, 120.0, 1659146400.123)


def test_a_limit_says_how_long_to_wait() -> None:
    """429: the wait comes from ``Retry-After``, and there is no ban."""
    error = _error(_answer(429, -1003, "Too many requests.", {"Retry-After": "7"}))
    assert isinstance(error, RateLimitedError)
    assert (error.status, error.retry_after, error.until) == (429, 7.0, None)


def test_a_limit_without_a_header_says_that_it_does_not_know() -> None:
    """Only what the exchange said is claimed."""
    error = _error(_answer(429, -1015, "Too many new orders."))
    assert isinstance(error, RateLimitedError)
    assert error.retry_after is None


def test_an_error_body_under_200_is_that_error() -> None:
    """A refusal is believed even where the status says otherwise."""
    error = _error(_answer(200, -2011, "Unknown order sent."))
    assert type(error) is UnknownOrderError
    assert str(error).endswith("was answered 200, -2011: Unknown order sent.")


def test_a_code_of_no_rule_under_200_settles_nothing() -> None:
    """A body that is no reply, with a code that nobody knows, may still have been a yes."""
    assert type(_error(_answer(200, 200, "done"))) is ServerError


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"symbol":"LTCBTC"'),
        (200, b"[]"),
        (200, b"<html>"),
        (200, b'{"symbol":"LTCBTC"}'),
        (200, json.encode({**CANCELED, "orderId": "many", "origClientOrderId": ""})),
        (202, b""),
        (204, b""),
    ],
)
def test_a_reply_that_cannot_be_read_keeps_its_body(status: int, body: bytes) -> None:
    """A 2xx that is no reply: nobody knows what happened, and the body is the evidence."""
    error = _error(Answer(status, {}, body))
    assert isinstance(error, ReplyDecodeError)
    assert (error.status, error.body) == (status, body)
    assert str(error).startswith(
        f"<DELETE /papi/v1/margin/order> was answered {status} with a body that cannot be read: "
    )


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"orderId":"\xff"}'),
        (200, b'{"code":-1121,"msg":"\xff"}'),
        (400, b'{"code":-1121,"msg":"\xff"}'),
        (200, b'{"new":' + b"[" * 100_000),
        (400, b'{"new":' + b"[" * 100_000),
    ],
    ids=["reply", "error under 200", "error", "deep reply", "deep error"],
)
def test_no_body_breaks_the_reader(status: int, body: bytes) -> None:
    """Not UTF-8, or nested without end: what comes out still says whether it happened."""
    with pytest.raises((UnknownOutcomeError, RefusedError)):
        codec.read(CANCEL, Answer(status, {}, body))


@settings(deadline=None)
@given(status=st.integers(100, 599), body=st.binary(max_size=50))
def test_bytes_without_sense_are_an_error(status: int, body: bytes) -> None:
    """No bytes pass for a reply, and none raise anything but an error of ours."""
    assert isinstance(_error(Answer(status, {}, body)), RefusedError | UnknownOutcomeError)


def test_no_words_are_said_to_be_none() -> None:
    """An empty body reads as ``nothing``."""
    assert str(_error(Answer(502, {}, b""))).endswith("was answered 502, nothing")


def test_a_page_is_quoted_in_one_line_and_in_part() -> None:
    """What is not the exchange's JSON is quoted up to 300 characters, white space folded."""
    error = _error(Answer(502, {}, b"<html>\r\n\t<b>" + b"so long " * 700))
    assert isinstance(error, ServerError)
    assert error.message == f"<html> <b>{'so long ' * 40}"[:300]


def test_a_page_that_is_not_utf_8_is_quoted_with_marks() -> None:
    """Undecodable bytes of an error page become replacement characters."""
    error = _error(Answer(502, {}, b"caf\xe9"))
    assert isinstance(error, ServerError)
    assert error.message == "caf\ufffd"


@pytest.mark.parametrize(
    "body",
    [
        b'<html><a href="TARGET">403</a></html>',
        b"<html>TARGET</html>",
        b'{"code":-1022,"msg":"TARGET"}',
        b'{"path":"TARGET","status":403}',
        b'{"code":-1022,"msg":["TARGET"]}',
        b"x" * 250 + b"TARGET",
        b"x" * 500 + b"TARGET",
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403, 418, 500, 503])
def test_an_error_never_repeats_a_signature(status: int, body: bytes) -> None:
    """Pages that echo the address they were asked for do not bring the signature into a log."""
    target = _prepared(CANCEL).target
    signature = target.rpartition("=")[2]
    error = _error(Answer(status, {}, body.replace(b"TARGET", target.encode())))
    shown = [str(error), repr(error), str(getattr(error, "message", ""))]
    assert not [text for text in shown if signature[:8] in text]


def test_the_reason_of_a_broken_reply_is_not_chained() -> None:
    """The decoder's own error is not shown beside ours, which quotes it."""
    error = _error(Answer(200, {}, b"{"))
    assert error.__suppress_context__


def test_another_decoder_is_used_where_an_endpoint_brings_one() -> None:
    """``CancelAllMarginOrders`` reads its mixed list itself, and its failures are read alike."""
    cancel_all = CancelAllMarginOrders(symbol="LTCBTC")
    assert codec.read(cancel_all, Answer(200, {}, b"[]")) == []
    assert isinstance(_error(Answer(200, {}, b"[{}]"), cancel_all), ReplyDecodeError)


def test_a_decoder_that_breaks_is_not_hidden() -> None:
    """A bug in a decoder is not reported as a bad reply."""

    def broken(_body: bytes) -> NoReturn:
        raise ZeroDivisionError

    @endpoint("GET", "/test/v1/broken", decode=broken)
    class Broken(Request[MarginOrder]):
        """A declaration with a bug."""

    with pytest.raises(ZeroDivisionError):
        codec.read(Broken(), Answer(200, {}, b"{}"))


# Headers.


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        ("-5", None),
        ("", None),
        ("soon", None),
        ("0x10", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_a_number_of_seconds(text: str, seconds: float | None) -> None:
    """Anything else is not known; nobody waits below zero."""
    assert codec.retry_after({"Retry-After": text}) == seconds


@pytest.mark.parametrize("text", ["inf", "Infinity", "1e999"])
def test_retry_after_is_never_endless(text: str) -> None:
    """What is no finite number of seconds is not known."""
    assert codec.retry_after({"Retry-After": text}) is None


def test_headers_that_are_not_there_say_nothing() -> None:
    """No header, no claim."""
    assert codec.retry_after({}) is None
    assert codec.date({}) is None
    assert (codec.used_weight({}), codec.used_orders({})) == (None, {})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1792567680.0),
        ("Wed, 21 Oct 2026 09:28:00 +0200", None),
        ("", None),
        ("yesterday", None),
        ("Wed, 99 Oct 2026 07:28:00 GMT", None),
        ("1792567680", None),
    ],
)
def test_the_date_is_epoch_seconds(text: str, seconds: float | None) -> None:
    """The exchange's clock to the second, or not known."""
    assert codec.date({"Date": text}) == seconds


def test_a_date_beyond_all_numbers_is_not_known() -> None:
    """No header can break the reader."""
    assert codec.date({"Date": "Mon, 1 Jan 99999999999999999999 0:0:0 GMT"}) is None


@pytest.mark.parametrize("zone", ["", " -0000"])
def test_a_date_without_a_zone_does_not_depend_on_this_machine(zone: str) -> None:
    """HTTP knows GMT only; whatever else comes must not be read by the local clock."""
    program = f"""
from binance_papi_async.wire import codec
print(codec.date({{"Date": "Wed, 21 Oct 2026 07:28:00{zone}"}}))"""
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "TZ": time_zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for time_zone in ("UTC", "JST-9")
    }
    assert len(told) == 1


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Way too many requests; IP banned until 1659146400000.", 1659146400.0),
        (
            "Too much request weight used; IP banned until 1659146400001. Use streams.",
            1659146400.001,
        ),
        ("IP banned until tomorrow", None),
        ("IP banned until 165914640", None),
        ("1659146400000", None),
        ("", None),
    ],
)
def test_a_ban_ends_when_the_text_says(text: str, until: float | None) -> None:
    """Both wordings of the exchange; epoch milliseconds become seconds."""
    assert codec.ban_end(text) == until


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("5999", 5999),
        ("007", 7),
        ("", -1),
        ("-1", -1),
        ("1.5", -1),
        ("many", -1),
        ("\u0661", -1),
        ("\u00b2", -1),
        (" 7", -1),
    ],
)
def test_usage_counts_in_plain_digits(text: str, count: int | None) -> None:
    """The exchange's counts of the IP's weight and the account's orders; below zero is one that cannot be read."""
    assert codec.used_weight({"X-MBX-USED-WEIGHT-1M": text}) == count
    assert codec.used_orders({"X-MBX-ORDER-COUNT-1M": text}) == {60.0: count}


def test_every_order_count_is_read() -> None:
    """Whatever window it is of, in any letter case; a header that names no window is none."""
    headers = {
        "X-MBX-ORDER-COUNT-10S": "7",
        "x-mbx-order-count-1m": "90",
        "X-MBX-ORDER-COUNT-2H": "91",
        "X-Mbx-Order-Count-1D": "92",
        "X-MBX-ORDER-COUNT-1W": "1",
        "X-MBX-ORDER-COUNT-0S": "1",
        "X-MBX-ORDER-COUNT-S": "1",
        "X-MBX-ORDER-COUNT-": "1",
        "X-MBX-ORDER-COUNT-\u06611M": "1",
        "X-MBX-USED-WEIGHT-1M": "500",
    }
    assert codec.used_orders(headers) == {10.0: 7, 60.0: 90, 7200.0: 91, 86400.0: 92}


@pytest.mark.parametrize(
    ("text", "limit", "window"),
    [
        ("Too many new orders; current limit is 300 orders per 10 SECOND.", 300, 10.0),
        ("Too many new orders; current limit is 1200 orders per MINUTE.", 1200, 60.0),
        ("Too many new orders; current limit is 1 order per 2 HOUR.", 1, 7200.0),
        ("Too many new orders; current limit is 160000 orders per 1 day.", 160_000, 86_400.0),
        ("Too many new orders.", None, None),
        ("Too many new orders; current limit is 300 orders per fortnight.", None, None),
    ],
)
def test_too_many_orders_names_its_window(
    text: str, limit: int | None, window: float | None
) -> None:
    """-1015 says how many orders in what time; other words say nothing."""
    error = _error(_answer(429, -1015, text, {}))
    assert isinstance(error, RateLimitedError)
    assert (error.limit, error.window) == (limit, window)


@pytest.mark.parametrize(
    ("text", "date", "seconds"),
    [
        ("Wed, 21 Oct 2026 07:30:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 120.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:30:00 GMT", 0.0),
        ("Wed, 21 Oct 2026 07:30:00 GMT", "", None),
        ("in a while", "Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("99999999999", "", 99999999999.0),
    ],
)
def test_retry_after_may_be_a_date(text: str, date: str, seconds: float | None) -> None:
    """Told apart from the answer's own date, so that no clock of ours is in it."""
    assert codec.retry_after({"Retry-After": text, "Date": date}) == seconds
