from __future__ import annotations

import pytest

from binance_papi_async.simulator import SIMULATED_API_KEY, SIMULATED_SECRET, Simulator


@pytest.mark.asyncio
async def test_a_simulator_shows_where_it_is_and_what_is_in_it() -> None:
    """Its address once it listens, open orders of every product, calls; and no key."""
    exchange = Simulator()
    exchange.rest("LTCBTC", 2)
    assert repr(exchange) == "<Simulator without a server: 2 open orders, 0 calls>"
    exchange.rest("BTCUSDT", product="um")
    headers = {"X-MBX-APIKEY": SIMULATED_API_KEY}
    exchange.execute(exchange.receive("POST", "/papi/v1/listenKey", headers))
    async with exchange:
        shown = repr(exchange)
    assert shown == f"<Simulator http://127.0.0.1:{exchange.server.port}: 3 open orders, 1 call>"
    assert not any(secret in shown for secret in (SIMULATED_API_KEY, SIMULATED_SECRET))
