"""The caller is cancelled, at every step there is: nothing is lost, and nothing leaves that had not left."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Final, NamedTuple, TypeAlias

import pytest

from binance_papi_async import Outcome, PapiClient, Unknown
from binance_papi_async.outcome import CancelAllReport
from binance_papi_async.simulator import Fault, FaultKind, InProcessTransport
from binance_papi_async.wire.message import Answer, Outgoing
from tests.cancelling.stepping import run_stepping, strike
from tests.cancelling.truth import check, check_sends
from tests.cancelling.witness import (
    ALL_OPEN_ORDERS,
    SYMBOL,
    Witness,
    cancel_of,
    cancels,
    complaints_of,
)

Request: TypeAlias = Any
Got: TypeAlias = list[Outcome[Any]]
MOST_STEPS: Final = 3000
MINUTES: Final = 600.0


class Setting(NamedTuple):
    """What the exchange does meanwhile."""

    prepare: Callable[[Witness], object]
    weight_limit: int = 10**9
    connections: int = 3


def brew(exchange: Witness) -> None:
    """Four calls in ten go wrong, and all take their time."""
    exchange.faults.storm(5, 0.4)
    exchange.faults.jitter(5, 0.2)


SETTINGS: dict[str, Setting] = {
    "calm": Setting(lambda _: None),
    "slow": Setting(lambda exchange: exchange.faults.jitter(1, 0.2)),
    "lost after": Setting(
        lambda exchange: exchange.faults.inject(
            Fault(FaultKind.CLOSE, "after"), method="DELETE", times=3
        )
    ),
    "lost before": Setting(
        lambda exchange: exchange.faults.inject(Fault(FaultKind.CLOSE), method="DELETE", times=3)
    ),
    "silent": Setting(
        lambda exchange: exchange.faults.inject(
            Fault(FaultKind.SILENCE, "after"), method="DELETE", times=2
        )
    ),
    "down": Setting(
        lambda exchange: exchange.faults.inject(
            Fault(FaultKind.UNAVAILABLE_503), method="DELETE", times=2
        )
    ),
    "clock": Setting(
        lambda exchange: exchange.faults.inject(Fault(FaultKind.TIMESTAMP), method="DELETE")
    ),
    "scarce": Setting(lambda exchange: exchange.faults.jitter(1, 0.2), 12, 2),
    "storm": Setting(brew),
}


async def one(papi: PapiClient, requests: list[Request], got: Got) -> None:
    """``cancel``, one after the other."""
    for request in requests[:2]:
        got.append(await papi.cancel(request, deadline=90))


async def many(papi: PapiClient, requests: list[Request], got: Got) -> None:
    """``cancel_many`` of an async generator."""

    async def slowly() -> AsyncIterator[Request]:
        for request in [*requests, requests[0]]:
            yield request
            await asyncio.sleep(0)

    got += await papi.cancel_many(slowly(), deadline=90)


async def as_completed(papi: PapiClient, requests: list[Request], got: Got) -> None:
    """``cancel_as_completed``, by somebody who takes his time."""
    async with aclosing(papi.cancel_as_completed(requests, deadline=90)) as outcomes:  # type: ignore[type-var] # an async generator
        async for outcome in outcomes:
            got.append(outcome)
            await asyncio.sleep(0)


async def everything(papi: PapiClient, requests: list[Request], got: Got) -> None:
    """``cancel_all`` of a symbol with many orders, and of one with two."""
    report: CancelAllReport[Any] = await papi.cancel_all([SYMBOL, "BNBBTC"], deadline=90)
    got += report.outcomes


WAYS: dict[str, Callable[[PapiClient, list[Request], Got], Coroutine[Any, Any, None]]] = {
    "cancel": one,
    "cancel_many": many,
    "cancel_as_completed": as_completed,
    "cancel_all": everything,
}


async def struck(way: str, setting: Setting, steps: int) -> bool:
    """Cancel the caller after so many steps; whether it was still at it."""
    complaints = complaints_of(asyncio.get_running_loop())
    exchange = Witness(weight_limit=setting.weight_limit, ban_after=10**6)
    orders = exchange.rest(SYMBOL, 4)
    others = exchange.rest("BNBBTC", 2)
    requests = cancels(orders) + cancels(others, "BNBBTC")
    transport = exchange.transport()
    async with exchange.in_process_client(
        transport=transport, max_connections=setting.connections
    ) as papi:
        setting.prepare(exchange)
        got: Got = []
        caller = asyncio.create_task(WAYS[way](papi, requests, got))
        loop = strike(caller, steps)
        await asyncio.wait([caller])
        is_struck = loop.is_struck
        before = {each for each in requests if exchange.arrivals_of(each)}
        in_flight = set(papi.in_flight)
        sweeps = sum(path == ALL_OPEN_ORDERS for _, path in exchange.deletes)
        if not caller.cancelled():
            caller.result()
        settled = await papi.settle(MINUTES)
        assert papi.in_flight == (), "nothing is under way when all is settled"
        _check(exchange, requests, [*got, *settled], papi.unresolved, before)
        if is_struck:
            arrived = {each for each in requests if exchange.arrivals_of(each)}
            assert arrived == before | (arrived & in_flight), "what had not left never arrives"
            assert sum(path == ALL_OPEN_ORDERS for _, path in exchange.deletes) == sweeps
    del caller, loop
    gc.collect(0)
    assert not complaints
    return is_struck


def _check(
    exchange: Witness,
    requests: list[Request],
    outcomes: Got,
    unresolved: tuple[Unknown, ...],
    before: set[Request],
) -> None:
    """Whatever left is answered for, truly."""
    for outcome in outcomes:
        check(exchange, outcome, is_shared=lambda _: False)
    check_sends(exchange, requests)
    known = {each.request for each in outcomes if not isinstance(each, Unknown)}
    known |= {each.request for each in unresolved}
    assert before <= known, f"lost: {before - known}"
    executed = {each for each in requests if exchange.truth.executions(each.order_id)}
    assert executed <= known, f"carried out, and nobody was told: {executed - known}"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("way", WAYS)
def test_the_caller_is_cancelled_at_every_step(
    way: str, setting: str, record_property: Any
) -> None:
    """One callback of the loop more each time, until the call ends before it is cancelled."""
    for steps in range(MOST_STEPS):

        def main(steps: int = steps) -> Coroutine[Any, Any, bool]:
            return struck(way, SETTINGS[setting], steps)

        try:
            is_struck = run_stepping(main)
        except BaseException as error:
            error.add_note(f"cancelled after {steps} steps")
            raise
        if not is_struck:
            record_property("steps", steps)
            print(f"{way}, {setting}: {steps} steps")  # noqa: T201 - asked for by -s
            assert steps > 2
            return
    raise AssertionError("the call never ends")


def test_a_connection_refused_and_the_caller_gone() -> None:
    """Nothing left, so nothing is sent for a caller who went away during the pause."""

    async def main() -> None:
        exchange = Witness()
        (order_id,) = exchange.rest(SYMBOL)
        transport = exchange.transport()
        async with exchange.in_process_client(transport=transport) as papi:
            transport.refuse_connections(1)
            caller = asyncio.create_task(one(papi, [cancel_of(order_id)], []))
            await asyncio.sleep(0.1)
            assert papi.in_flight == ()
            caller.cancel()
            await asyncio.wait([caller])
            assert list(await papi.settle(5)) == []
            await asyncio.sleep(5)
        assert not exchange.deletes

    run_stepping(main)


class SlowToConnect(InProcessTransport):
    """A second passes before the first byte can leave."""

    async def send(self, outgoing: Outgoing, *, timeout: float) -> Answer:  # noqa: ASYNC109 - as the protocol says
        """Connect, then send."""
        if outgoing.method == "DELETE":
            await asyncio.sleep(1)
        return await super().send(outgoing, timeout=timeout)


def test_the_caller_is_gone_while_connecting() -> None:
    """No byte has left, so none does."""

    async def main() -> None:
        exchange = Witness()
        (order_id,) = exchange.rest(SYMBOL)
        async with exchange.in_process_client(transport=SlowToConnect(exchange)) as papi:
            caller = asyncio.create_task(one(papi, [cancel_of(order_id)], []))
            await asyncio.sleep(0.5)
            caller.cancel()
            await asyncio.wait([caller])
            await asyncio.sleep(5)
        assert not exchange.deletes

    run_stepping(main)
