"""Callers of single cancels, all at once: a few begin, the others wait their turn, and no promise is broken by that."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from binance_papi_async import Canceled, NotSent, Outcome
from binance_papi_async.deciding.turns import Turns
from binance_papi_async.simulator import Fault, FaultKind
from tests.cancelling.truth import check_all
from tests.cancelling.witness import SYMBOL, Witness, cancel_of, cancels, held


@held
async def test_no_more_begin_than_there_are_connections() -> None:
    """A thousand callers in one turn of the loop; each has its outcome, and they went in the order they came."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 1000))
    async with exchange.in_process_client(max_connections=10) as papi:
        exchange.faults.jitter(1, 0.01)
        most = 0

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, len(papi._desk.ledger.operations))
                await asyncio.sleep(0.0005)

        watching = asyncio.create_task(watch())
        outcomes = await asyncio.gather(*(papi.cancel(each) for each in requests))
        watching.cancel()
    check_all(exchange, requests, outcomes)
    assert {type(each) for each in outcomes} == {Canceled}
    assert most <= 10


@held
async def test_a_doubt_holds_up_nobody() -> None:
    """Ten connections, ten silent replies: the turn is passed on when the DELETE has ended, not when it is known."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 40))
    async with exchange.in_process_client(max_connections=10, timeout=1.0) as papi:
        for request in requests[:10]:
            exchange.faults.inject(
                Fault(FaultKind.CLOSE, "after"), method="DELETE", order_id=request.order_id
            )
        exchange.faults.inject(Fault(FaultKind.SILENCE), method="GET", times=None)
        began = asyncio.get_running_loop().time()
        calls = [asyncio.create_task(papi.cancel(each, deadline=30)) for each in requests]
        await asyncio.wait(calls[10:])
        assert asyncio.get_running_loop().time() - began < 0.1
        exchange.faults.clear()
        await asyncio.wait(calls)
    check_all(exchange, requests, [call.result() for call in calls])


@held
async def test_an_urgent_one_waits_for_no_turn() -> None:
    """It only needs a connection."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 200))
    async with exchange.in_process_client(max_connections=2) as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, "after", seconds=1.0), times=None)
        calls = [asyncio.create_task(papi.cancel(each, deadline=600)) for each in requests[:-1]]
        await asyncio.sleep(0.5)
        began = asyncio.get_running_loop().time()
        assert isinstance(await papi.cancel(requests[-1], urgent=True), Canceled)
        assert asyncio.get_running_loop().time() - began <= 1.6
        exchange.faults.clear()
        await asyncio.wait(calls)


@held
async def test_the_deadline_bounds_the_wait_for_a_turn() -> None:
    """Nothing was sent, at the deadline, not a moment later; the order of deadlines is not that of arrival."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 5))
    loop = asyncio.get_running_loop()
    async with exchange.in_process_client(max_connections=1) as papi:
        exchange.faults.inject(Fault(FaultKind.DELAY, "after", seconds=5.0), times=None)
        slow = asyncio.create_task(papi.cancel(requests[0], deadline=600))
        await asyncio.sleep(0.1)
        began = loop.time()
        calls = [
            asyncio.create_task(papi.cancel(each, deadline=3 - place))
            for place, each in enumerate(requests[1:4])
        ]
        last = await calls[2]
        assert isinstance(last, NotSent)
        assert str(last.error) == "the deadline passed before this could be sent"
        assert loop.time() - began == pytest.approx(1.0)
        await asyncio.wait(calls)
        assert loop.time() - began == pytest.approx(3.0)
        assert isinstance(await slow, Canceled)
        exchange.faults.clear()
        assert isinstance(await papi.cancel(requests[4]), Canceled), "no turn was lost"
    assert len(exchange.deletes) == 2


@held
async def test_a_caller_that_goes_away_passes_its_turn_on() -> None:
    """Before it is granted, and in the very moment that it is."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 20))
    async with exchange.in_process_client(max_connections=1) as papi:
        exchange.faults.jitter(2, 0.05)
        for victim in range(1, 10):
            calls = [
                asyncio.create_task(papi.cancel(each)) for each in requests[victim : victim + 3]
            ]
            await asyncio.sleep(0.005 * victim)
            calls[1].cancel()
            await asyncio.wait(calls)
        assert isinstance(await papi.cancel(requests[-1]), Canceled)
        assert papi._desk._turns["cancel"].take_nowait(), "it is free again"


@held
async def test_closing_tells_whoever_waits_for_a_turn() -> None:
    """Not sent, and not cancelled."""
    exchange = Witness()
    requests = cancels(exchange.rest(SYMBOL, 5))
    papi = exchange.in_process_client(max_connections=1)
    await papi.open()
    exchange.faults.inject(Fault(FaultKind.SILENCE), times=None)
    calls = [asyncio.create_task(papi.cancel(each, deadline=600)) for each in requests]
    await asyncio.sleep(0.1)
    await papi.close()
    outcomes: list[Outcome[Any]] = [await call for call in calls]
    assert {type(each) for each in outcomes[1:]} == {NotSent}
    assert len(exchange.deletes) == 1
    assert outcomes[0].request == cancel_of(1002)


@held
async def test_turns() -> None:
    """Taken, waited for, granted while the waiter is cancelled, and closed."""
    turns, loop = Turns(1), asyncio.get_running_loop()
    assert turns.take_nowait()
    assert not turns.take_nowait()
    first = asyncio.create_task(turns.take(loop.time() + 5))
    second = asyncio.create_task(turns.take(loop.time() + 5))
    await asyncio.sleep(0)
    turns.pass_on()
    first.cancel()  # it was granted just now
    await asyncio.wait([first])
    assert await second
    late = asyncio.create_task(turns.take(loop.time() + 1))
    assert not await late
    third = asyncio.create_task(turns.take(loop.time() + 9))
    await asyncio.sleep(0)
    turns.close()
    assert not await third
