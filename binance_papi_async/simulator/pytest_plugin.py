"""The pytest fixture ``papi_simulator``: an exchange that is served while a test runs.

Needs pytest-asyncio; without it pytest says that nobody can run the async fixture.
Registered as a ``pytest11`` entry point, so it is imported in every test session of an environment
that has this package: what a fixture needs is imported inside it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from binance_papi_async.simulator import Simulator


def _fixture(function: Callable[[], AsyncIterator[Simulator]]) -> object:
    try:
        from pytest_asyncio import fixture
    except ImportError:
        return pytest.fixture(name="papi_simulator")(function)
    return fixture(name="papi_simulator")(function)


async def _served() -> AsyncIterator[Simulator]:
    """A running simulated exchange: ``async with papi_simulator.client() as papi: ...``."""
    from binance_papi_async.simulator import Simulator

    async with Simulator() as exchange:
        yield exchange


papi_simulator = _fixture(_served)
