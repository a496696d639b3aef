from __future__ import annotations

import pytest
from msgspec import DecodeError

from binance_papi_async.endpoints.acknowledgements import Empty
from binance_papi_async.endpoints.general import (
    Ping,
    QueryOrderRateLimits,
    QueryServerTime,
    RateLimit,
    ServerTime,
)
from tests.unit.endpoints.documented import EXAMPLES, read


def test_a_ping_is_answered_with_nothing() -> None:
    """The documented answer is an empty object; what is no JSON is none."""
    assert read(Ping, EXAMPLES[Ping]) == Empty()
    with pytest.raises(DecodeError):
        Ping.endpoint.decode(b"<html>")


def test_the_time_is_milliseconds() -> None:
    """As it was answered when last looked at."""
    reply = read(QueryServerTime, EXAMPLES[QueryServerTime])
    assert reply == ServerTime(server_time=1499827319559)


def test_the_limits_are_read_whole() -> None:
    """The documented answer: one limit of 1,200 orders a minute."""
    assert read(QueryOrderRateLimits, EXAMPLES[QueryOrderRateLimits]) == [
        RateLimit(rate_limit_type="ORDERS", interval="MINUTE", interval_num=1, limit=1200)
    ]


def test_a_limit_of_ten_seconds_is_read_too() -> None:
    """Other products answer several limits."""
    (minute,) = EXAMPLES[QueryOrderRateLimits]
    seconds = {**minute, "interval": "SECOND", "intervalNum": 10, "limit": 300}
    reply = read(QueryOrderRateLimits, [minute, seconds])
    assert [(each.interval, each.interval_num) for each in reply] == [("MINUTE", 1), ("SECOND", 10)]
