"""Many requests of any kind at once."""

from __future__ import annotations

import time
from typing import assert_never

import pytest

from binance_papi_async import CancelMarginOrder, OpenMarginOrders, Ping
from binance_papi_async.outcome import Done, NotSent, Refused, Unknown
from binance_papi_async.simulator import Fault, FaultKind, Simulator

pytestmark = pytest.mark.asyncio


async def test_every_request_has_its_outcome_in_order() -> None:
    """Done, refused, unknown and not sent, each where its request stood."""
    async with Simulator() as exchange, exchange.client(timeout=1) as papi:
        done, lost = exchange.rest("LTCBTC", 2)
        exchange.faults.inject(Fault(FaultKind.CLOSE, "after"), order_id=lost)
        requests = [
            CancelMarginOrder(symbol="LTCBTC", order_id=order_id) for order_id in (done, 1, lost)
        ]
        outcomes = await papi.send_all(requests)
        kinds = []
        for outcome in outcomes:
            match outcome:
                case Done(reply=order):
                    kinds.append(f"done {order.order_id == done}")
                case Refused(error=error):
                    kinds.append(f"refused {error.code}")
                case NotSent():
                    kinds.append("not sent")
                case Unknown():
                    kinds.append("unknown")
                case _:
                    assert_never(outcome)
        assert kinds == ["done True", "refused -2011", "unknown"]
        assert [outcome.request for outcome in outcomes] == requests
        assert len(exchange.truth.arrivals("DELETE")) == 3, "each once"


async def test_what_finds_no_budget_is_not_sent() -> None:
    """``max_wait`` is each request's own."""
    past_the_turn = 20.0 - time.time() % 60
    exchange = Simulator(clock=lambda: time.time() + past_the_turn)
    async with exchange, exchange.client() as papi:
        reads = [OpenMarginOrders(symbol="LTCBTC")] * 1200
        outcomes = await papi.send_all(reads, max_wait=0.5)
        kinds = [type(outcome) for outcome in outcomes]
        assert kinds.count(NotSent) > 100
        assert kinds.count(Done) + kinds.count(NotSent) == 1200
        assert len(exchange.truth.arrivals("GET", "/papi/v1/margin/openOrders")) == kinds.count(
            Done
        )


async def test_a_generator_and_an_empty_list_are_taken_too() -> None:
    """Any iterable of requests."""
    async with Simulator() as exchange, exchange.client() as papi:
        assert await papi.send_all([]) == []
        assert len(await papi.send_all(Ping() for _ in range(7))) == 7
