"""Every transport, over plain and TLS, on asyncio's loop and on uvloop; and nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from binance_papi_async.simulator import SelfSigned, self_signed
from binance_papi_async.transport.base import Transport
from tests.contract.raw_server import RawServer
from tests.contract.ways import WAYS, Way, opened

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, LoopFactory]:
    """Both loops, where both are installed."""
    try:
        import uvloop
    except ImportError:  # extra `speed`
        return {"asyncio": asyncio.new_event_loop}
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session", autouse=True)
def _cheap_collections() -> Iterator[None]:
    """What has outlived a test is not looked through after every other; that took a third of the time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest_asyncio.fixture(autouse=True)
async def nothing_left_behind() -> AsyncIterator[None]:
    """No error that nobody retrieved, nothing left open for the collector to find."""
    complaints: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    yield
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()
    gc.freeze()
    assert complaints == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture(scope="session")
def certificates() -> SelfSigned:
    """One certificate for all."""
    return self_signed()


@pytest.fixture(params=["plain", "tls"])
def trust(request: pytest.FixtureRequest) -> SelfSigned | None:
    """Both ends of TLS, or None."""
    if request.param == "plain":
        return None
    both: SelfSigned = request.getfixturevalue("certificates")
    return both


@pytest.fixture
def context(trust: SelfSigned | None) -> ssl.SSLContext | None:
    """What the client trusts."""
    return trust and trust.client


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    """Which transport."""
    chosen: Way = request.param
    return chosen


@pytest_asyncio.fixture
async def server(trust: SelfSigned | None, nothing_left_behind: None) -> AsyncIterator[RawServer]:
    """A server that says what it is told."""
    raw = RawServer(context=trust and trust.server)
    await raw.start()
    yield raw
    await raw.stop()


@pytest_asyncio.fixture
async def transport(
    way: Way, server: RawServer, context: ssl.SSLContext | None
) -> AsyncIterator[Transport]:
    """A transport to that server."""
    async with opened(way, server.base_url, context) as each:
        yield each
