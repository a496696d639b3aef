"""What the simulated exchange does on purpose comes out alike on every way, inside the process too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from binance_papi_async import PapiClient
from binance_papi_async.errors import (
    ConnectionLostError,
    PapiError,
    ReplyDecodeError,
    ReplyTimeoutError,
    UnknownOrderError,
)
from binance_papi_async.simulator import Fault, FaultKind, Simulator
from binance_papi_async.transport.direct import DirectTransport
from binance_papi_async.transport.session import SessionTransport
from tests.contract.papi_replies import cancel

pytestmark = pytest.mark.asyncio

OUTCOMES: Final[dict[FaultKind, type[PapiError] | tuple[type[PapiError], ...]]] = {
    FaultKind.CLOSE: ConnectionLostError,
    FaultKind.RESET: ConnectionLostError,
    FaultKind.CUT_HEAD: ConnectionLostError,
    FaultKind.CUT_BODY: ConnectionLostError,
    FaultKind.GARBAGE: (ReplyDecodeError, ConnectionLostError),
    FaultKind.SILENCE: ReplyTimeoutError,
    FaultKind.BROKEN_JSON: ReplyDecodeError,
}


@pytest_asyncio.fixture(params=["plain", "tls"])
async def exchange(
    request: pytest.FixtureRequest, nothing_left_behind: None
) -> AsyncIterator[Simulator]:
    """An exchange with its doors open."""
    async with Simulator(tls=request.param == "tls") as simulator:
        yield simulator


@pytest_asyncio.fixture(params=["direct", "session", "in_process"])
async def papi(request: pytest.FixtureRequest, exchange: Simulator) -> AsyncIterator[PapiClient]:
    """A client of it, on one of the ways."""
    if request.param == "in_process":
        client = exchange.in_process_client(timeout=0.5)
    else:
        kind = DirectTransport if request.param == "direct" else SessionTransport
        client = exchange.client(transport=kind(exchange.base_url, ssl=exchange.ssl), timeout=0.5)
    async with client:
        yield client


@pytest.mark.parametrize("before", [0, 3], ids=["fresh", "used"])
@pytest.mark.parametrize("kind", OUTCOMES)
async def test_a_cancel_that_is_carried_out_and_not_answered(
    kind: FaultKind, before: int, exchange: Simulator, papi: PapiClient
) -> None:
    """One arrival, one execution, an unknown outcome; and asking afterwards is answered."""
    (order_id,) = exchange.rest("LTCBTC")
    for _ in range(before):
        await papi.general.ping()
    exchange.faults.inject(Fault(kind, "after"))
    timeout = 0.05 if kind is FaultKind.SILENCE else 5
    with pytest.raises(OUTCOMES[kind]):
        await papi.send(cancel(order_id), timeout=timeout)
    assert len(exchange.truth.arrivals("DELETE")) == exchange.truth.executions(order_id) == 1
    with pytest.raises(UnknownOrderError):
        await papi.send(cancel(order_id))
    assert papi._gate.free == 100


async def test_a_stray_reply_is_not_the_next_ones(exchange: Simulator, papi: PapiClient) -> None:
    """The cancel is answered; what came behind its answer reaches nobody."""
    orders = exchange.rest("LTCBTC", count=5)
    exchange.faults.inject(Fault(FaultKind.STRAY, "after"), times=5)
    for order_id in orders:
        assert (await papi.send(cancel(order_id))).order_id == order_id
    assert len(exchange.truth.arrivals("DELETE")) == 5
