from __future__ import annotations

import pytest
from msgspec import DecodeError, json, to_builtins

from binance_papi_async.endpoints.general import (
    Empty,
    General,
    Ping,
    QueryOrderRateLimits,
    QueryServerTime,
    RateLimit,
    ServerTime,
)
from binance_papi_async.request import ENDPOINTS, Request, Security

LIMITS = b'[{"rateLimitType":"ORDERS","interval":"MINUTE","intervalNum":1,"limit":1200}]'


@pytest.mark.parametrize(
    ("request_class", "path", "security"),
    [
        (Ping, "/papi/v1/ping", "open"),
        (QueryServerTime, "/papi/v1/time", "open"),
        (QueryOrderRateLimits, "/papi/v1/rateLimit/order", "signed"),
    ],
)
def test_an_endpoint_is_declared_as_documented(
    request_class: type[Request[object]], path: str, security: Security
) -> None:
    """All are reads of weight 1 that take no parameters."""
    declared = request_class.endpoint
    assert ENDPOINTS["GET", path] is request_class
    assert (declared.verb, declared.path, declared.security) == ("GET", path, security)
    assert (declared.weight, declared.orders, declared.lane) == (1, 0, "read")
    assert declared.parameters == ()


def test_a_ping_is_answered_with_nothing() -> None:
    """The documented answer is an empty object; what may be added to it does no harm."""
    assert Ping.endpoint.decode(b"{}") == Empty()
    assert Ping.endpoint.decode(b'{"new":1}') == Empty()
    with pytest.raises(DecodeError):
        Ping.endpoint.decode(b"<html>")


def test_the_time_is_milliseconds() -> None:
    """As it was answered when last looked at."""
    reply = QueryServerTime.endpoint.decode(b'{"serverTime":1499827319559,"new":true}')
    assert reply == ServerTime(server_time=1499827319559)


def test_the_limits_are_read_whole() -> None:
    """The documented answer: one limit of 1,200 orders a minute, and no field lost."""
    reply = QueryOrderRateLimits.endpoint.decode(LIMITS)
    assert reply == [
        RateLimit(rate_limit_type="ORDERS", interval="MINUTE", interval_num=1, limit=1200)
    ]
    assert to_builtins(reply) == json.decode(LIMITS)


def test_a_limit_of_ten_seconds_is_read_too() -> None:
    """Other products answer several limits."""
    (minute,) = json.decode(LIMITS)
    seconds = {**minute, "interval": "SECOND", "intervalNum": 10, "limit": 300}
    reply = QueryOrderRateLimits.endpoint.decode(json.encode([minute, seconds]))
    assert [(each.interval, each.interval_num) for each in reply] == [("MINUTE", 1), ("SECOND", 10)]


def test_the_family_is_general() -> None:
    """``papi.general`` and the requests behind its methods."""
    assert General.ping.request is Ping
    assert General.time.request is QueryServerTime
    assert General.order_rate_limits.request is QueryOrderRateLimits
