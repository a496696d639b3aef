"""Opening: a reply that is lost is asked for again, and what cannot be reached is said in one sentence."""

from __future__ import annotations

import asyncio

import pytest

from binance_papi_async import ConnectError, PapiClient, ReplyTimeoutError
from binance_papi_async.simulator import Fault, FaultKind, Simulator, held_clock, run_held
from binance_papi_async.transport import aiohttp_internals

TIME = "/papi/v1/time"
LOST = [
    FaultKind.CLOSE,
    FaultKind.RESET,
    FaultKind.SILENCE,
    FaultKind.CUT_BODY,
    FaultKind.GARBAGE,
]


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_lost_reply_does_not_keep_a_client_from_opening(kind: FaultKind, lost: int) -> None:
    """The time is asked for again, within the timeout."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        exchange.faults.inject(Fault(kind), path=TIME, times=lost)
        papi = exchange.in_process_client(timeout=10.0)
        began = asyncio.get_running_loop().time()
        async with papi:
            assert papi.clock.is_synchronised
        assert asyncio.get_running_loop().time() - began < 10.0
        assert len(exchange.truth.arrivals("GET", TIME)) == lost + 2

    run_held(main)


def test_connections_that_are_refused_at_first_do_not_either() -> None:
    """An exchange that begins to listen a moment later is found."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        transport = exchange.transport()
        transport.refuse_connections(3)
        async with exchange.in_process_client(transport=transport) as papi:
            assert papi.clock.is_synchronised

    run_held(main)


@pytest.mark.parametrize("timeout", [1.0, 10.0])
def test_a_silent_exchange_is_given_up_at_the_timeout(timeout: float) -> None:
    """All asking together takes no longer than that."""

    async def main() -> None:
        exchange = Simulator(clock=held_clock())
        exchange.faults.inject(Fault(FaultKind.SILENCE), path=TIME, times=None)
        papi = exchange.in_process_client(timeout=timeout)
        began = asyncio.get_running_loop().time()
        with pytest.raises(ReplyTimeoutError):
            await papi.open()
        assert timeout * 0.8 < asyncio.get_running_loop().time() - began <= timeout

    run_held(main)


@pytest.mark.asyncio
async def test_what_cannot_be_reached_is_said_in_one_sentence() -> None:
    """Where, why, and where to look."""
    with pytest.raises(ConnectError) as raised:
        await PapiClient(base_url="http://127.0.0.1:9", timeout=1.0).open()
    said = str(raised.value)
    assert said.startswith("no connection to 127.0.0.1:9: ")
    for word in ("refused", "network", "base_url", "proxy"):
        assert word in said.lower()
    assert raised.value.__cause__ is None
    assert raised.value.request is not None


@pytest.mark.asyncio
async def test_a_name_that_is_not_found_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """As without any network at all."""

    async def unknown(*_: object) -> aiohttp_internals.Connection:
        raise OSError("Temporary failure in name resolution")

    monkeypatch.setattr(aiohttp_internals, "connect", unknown)
    with pytest.raises(ConnectError, match=r"papi\.binance\.com.*name resolution.*network"):
        await PapiClient(timeout=0.5).open()
