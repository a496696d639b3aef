"""Other people's clients, each as its own documentation says, tuned where it offers that."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from typing import Any, Final

from aiohttp import TCPConnector

from binance_papi_async.cli.benchmark.contestants import (
    CONNECTIONS,
    Cancel,
    Contestant,
    Target,
    trust,
)
from binance_papi_async.cli.benchmark.stand_in import API_KEY, SECRET, SYMBOL

PYTHON_BINANCE: Final = "python-binance"
CCXT: Final = "ccxt, implicit"
_SDK: Final = (
    "binance_sdk_derivatives_trading_portfolio_margin.derivatives_trading_portfolio_margin"
)
_HERE: Final = "tests.benchmarks.peers:"
_OFFICIAL: Final = "official SDK, threads"
THREADED: Final = frozenset({_OFFICIAL})
"""Blocking: called from as many threads as requests are in flight, 50 at most."""
PEERS: Final = (
    Contestant(PYTHON_BINANCE, _HERE + "python_binance", package="binance", effort=0.3),
    Contestant(CCXT, _HERE + "ccxt_implicit", package="ccxt", effort=0.3),
    Contestant("ccxt, unified", _HERE + "ccxt_unified", package="ccxt", effort=0.3),
    Contestant("pybotters", _HERE + "pybotters", package="pybotters", effort=0.3),
    Contestant(
        _OFFICIAL,
        _HERE + "official_sdk",
        package="binance_sdk_derivatives_trading_portfolio_margin",
        effort=0.1,
    ),
)


@asynccontextmanager
async def python_binance(target: Target) -> AsyncGenerator[Cancel, None]:
    """``AsyncClient.papi_cancel_margin_order``."""
    binance: Any = import_module("binance")
    connector = TCPConnector(limit=CONNECTIONS, ssl=trust(target) or True)
    client = binance.AsyncClient(API_KEY, SECRET, session_params={"connector": connector})
    client.PAPI_URL = f"{target.base_url}/papi"
    try:
        yield lambda order_id: client.papi_cancel_margin_order(symbol=SYMBOL, orderId=order_id)
    finally:
        await client.close_connection()


@asynccontextmanager
async def ccxt_implicit(target: Target) -> AsyncGenerator[Cancel, None]:
    """The endpoint by its name, without ccxt's markets."""
    async with _ccxt(target) as exchange:
        yield lambda order_id: exchange.papi_delete_margin_order(
            {"symbol": SYMBOL, "orderId": order_id}
        )


@asynccontextmanager
async def ccxt_unified(target: Target) -> AsyncGenerator[Cancel, None]:
    """``cancel_order``, markets loaded before."""
    async with _ccxt(target) as exchange:
        await exchange.load_markets()
        options = {"portfolioMargin": True, "marginMode": "cross"}
        yield lambda order_id: exchange.cancel_order(str(order_id), "LTC/BTC", options)


@asynccontextmanager
async def _ccxt(target: Target) -> AsyncGenerator[Any, None]:
    ccxt: Any = import_module("ccxt.async_support")
    exchange = ccxt.binance(
        {
            "apiKey": API_KEY,
            "secret": SECRET,
            "enableRateLimit": False,
            "options": {
                "fetchMarkets": {"types": ["spot"]},
                "fetchMargins": False,
                "fetchCurrencies": False,
            },
        }
    )
    exchange.urls["api"] = {
        name: re.sub(r"^https://[^/]+", target.base_url, url)
        for name, url in exchange.urls["api"].items()
        if isinstance(url, str)
    }
    if target.ca_file is not None:
        exchange.cafile = target.ca_file
    try:
        yield exchange
    finally:
        await exchange.close()


@asynccontextmanager
async def pybotters(target: Target) -> AsyncGenerator[Cancel, None]:
    """A signed ``DELETE`` by path."""
    module: Any = import_module("pybotters")
    hosts: Any = import_module("pybotters.auth").Hosts.items
    hosts["127.0.0.1"] = hosts["api.binance.com"]
    connector = TCPConnector(limit=CONNECTIONS, ssl=trust(target) or True)
    apis = {"binance": [API_KEY, SECRET]}
    async with module.Client(apis, base_url=target.base_url, connector=connector) as client:

        async def cancel(order_id: int) -> object:
            parameters = {"symbol": SYMBOL, "orderId": order_id}
            async with client.delete("/papi/v1/margin/order", params=parameters) as response:
                return await response.json()

        yield cancel


@asynccontextmanager
async def official_sdk(target: Target) -> AsyncGenerator[Any, None]:
    """``cancel_margin_account_order``, which blocks."""
    common: Any = import_module("binance_common.configuration")
    sdk: Any = import_module(_SDK)
    configuration = common.ConfigurationRestAPI(
        API_KEY, SECRET, base_path=target.base_url, timeout=30_000
    )
    rest = sdk.DerivativesTradingPortfolioMargin(config_rest_api=configuration).rest_api
    cancel_order = partial(rest.cancel_margin_account_order, symbol=SYMBOL)
    yield lambda order_id: cancel_order(order_id=order_id).data()
