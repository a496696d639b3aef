from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_papi_async.simulator import Exchange, Fault, FaultKind
from binance_papi_async.wire.message import Answer

Ask = Callable[..., Any]
DATE = "Tue, 14 Nov 2023 22:14:00 GMT"
"""Of every answer while the clock stands at ``START``, 1,700,000,040.25."""


def told(exchange: Exchange) -> Answer:
    """What somebody is answered who asks for the time."""
    return exchange.execute(exchange.receive("GET", "/papi/v1/time", {}))


def dates(exchange: Exchange, count: int) -> list[str]:
    """Of that many answers."""
    return [told(exchange).headers["Date"] for _ in range(count)]


def test_a_date_is_wrong_as_often_as_told(exchange: Exchange) -> None:
    """By as many seconds; the others, and the time in the answer itself, are right."""
    exchange.faults.wrong_dates(-600.0, every=3)
    wrong = "Tue, 14 Nov 2023 22:04:00 GMT"
    assert dates(exchange, 6) == [DATE, DATE, wrong, DATE, DATE, wrong]
    exchange.faults.wrong_dates(0.75, every=1)
    answered = told(exchange)
    assert answered.headers["Date"] == "Tue, 14 Nov 2023 22:14:01 GMT"
    assert answered.body == b'{"serverTime":1700000040250}'
    exchange.faults.clear()
    assert dates(exchange, 3) == [DATE, DATE, DATE]


def test_a_page_from_in_front_has_a_clock_of_its_own(exchange: Exchange) -> None:
    """What the exchange itself answers is right."""
    exchange.faults.wrong_dates(pages=3600.0)
    exchange.faults.inject(Fault(FaultKind.BAD_GATEWAY_502))
    assert dates(exchange, 2) == ["Tue, 14 Nov 2023 23:14:00 GMT", DATE]


def test_none_in_none_is_wrong(exchange: Exchange) -> None:
    """A mistake in a script is found when it is written."""
    with pytest.raises(ValueError, match="every so-many-th"):
        exchange.faults.wrong_dates(1.0, every=0)


def test_the_exchanges_clock_steps(exchange: Exchange, ask: Ask, clock: Any) -> None:
    """Its time, its dates, its minutes and what it calls a wrong timestamp go with it, and go on from there."""
    exchange.step_clock(-0.5)
    assert exchange.clock() == 1_700_000_039.75
    answered = ask("GET", "margin/openOrders", symbol="A")
    assert answered.headers["Date"] == "Tue, 14 Nov 2023 22:13:59 GMT"
    assert answered.headers["X-MBX-USED-WEIGHT-1M"] == "5"
    clock.now += 0.25
    assert ask("GET", "margin/openOrders", symbol="A").headers["X-MBX-USED-WEIGHT-1M"] == "5"
    exchange.step_clock(-0.75)
    refused = ask("GET", "margin/openOrders", symbol="A")
    assert (refused.status, refused.json["code"]) == (400, -1021)
    assert exchange.truth.arrivals()[-1].time == 1_700_000_039.25
