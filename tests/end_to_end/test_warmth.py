"""Connections opened before they are needed, and kept open while nothing happens."""

from __future__ import annotations

import asyncio

import pytest

from binance_papi_async import Ping
from binance_papi_async.sending.warmth import Warmth, run_period
from binance_papi_async.simulator import Fault, FaultKind, Simulator

pytestmark = pytest.mark.asyncio


async def test_warm_connections_carry_a_burst() -> None:
    """Five connections opened ahead: a burst of five opens none."""
    async with Simulator() as exchange, exchange.client() as papi:
        await papi.warm_up(5)
        opened = exchange.server.accepted
        await papi.send_all([Ping()] * 5)
        assert exchange.server.accepted == opened == 5


async def test_kept_warm_they_outlive_the_servers_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server drops whatever is idle for 0.6 s; pings keep the connections open."""
    monkeypatch.setattr("binance_papi_async.sending.warmth.PERIOD", 0.2)
    monkeypatch.setattr("binance_papi_async.sending.warmth.MINUTE", 0.2)
    async with Simulator(keepalive=0.6) as exchange:
        async with exchange.client(keep_warm=3) as papi:
            opened = exchange.server.accepted
            await asyncio.sleep(1.5)
            await papi.send_all([Ping()] * 3)
            assert exchange.server.accepted == opened == 3
        async with exchange.client() as papi:
            await papi.warm_up(3)
            opened = exchange.server.accepted
            await asyncio.sleep(1.0)
            await papi.send_all([Ping()] * 3)
            assert exchange.server.accepted == opened + 3, "left alone, they were dropped"


async def test_a_ping_that_fails_is_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one opens another connection."""
    monkeypatch.setattr("binance_papi_async.sending.warmth.PERIOD", 0.05)
    monkeypatch.setattr("binance_papi_async.sending.warmth.MINUTE", 0.05)
    async with Simulator() as exchange, exchange.client(keep_warm=1) as papi:
        exchange.faults.inject(Fault(FaultKind.RESET), path="/papi/v1/ping", times=2)
        await asyncio.sleep(0.4)
        await papi.general.ping()


async def test_warmth_is_bounded_by_its_weight() -> None:
    """Twenty connections on a budget of ten a minute are pinged every two minutes."""
    assert run_period(20, weight_per_minute=10) == 120
    assert run_period(2, weight_per_minute=60) == 25
    with pytest.raises(ValueError, match="above zero"):
        Warmth(asyncio.Event().wait, 1, weight_per_minute=0)
