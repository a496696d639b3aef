"""One machine: whatever became of an order, it is the same outcome by every way of cancelling it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    Closed,
    NotSent,
    Outcome,
    PapiClient,
    Refused,
    Triggered,
    Unknown,
)
from binance_papi_async.simulator import Fault, FaultKind
from tests.cancelling.truth import check
from tests.cancelling.witness import ALL_OPEN_ORDERS, SYMBOL, Witness, cancels, held

Way = Callable[[PapiClient, list[int], float], Awaitable[list[Outcome[Any]]]]
World = Callable[[Witness, list[int]], None]


async def single(papi: PapiClient, orders: list[int], deadline: float) -> list[Outcome[Any]]:
    """Each by its own call."""
    calls = (papi.cancel(each, deadline=deadline) for each in cancels(orders))
    return list(await asyncio.gather(*calls))


async def batch(papi: PapiClient, orders: list[int], deadline: float) -> list[Outcome[Any]]:
    """All in one call."""
    return list(await papi.cancel_many(cancels(orders), deadline=deadline))


async def everything(papi: PapiClient, _: list[int], deadline: float) -> list[Outcome[Any]]:
    """Whatever is open of the symbol."""
    return list((await papi.cancel_all([SYMBOL], deadline=deadline)).outcomes)


WAYS: dict[str, tuple[Way, int]] = {
    "single": (single, 1),
    "batch of one": (batch, 1),
    "batch": (batch, 5),
    "all of one": (everything, 1),
    "all": (everything, 5),
}
"""How, and of how many orders: two and less are cancelled one by one by ``cancel_all``, too."""


LOST = Fault(FaultKind.CLOSE, seconds=0.2)
"""The connection ends a moment after the DELETE came, which is not carried out."""


def strikes(kind: FaultKind, point: Any = "before", seconds: float = 0.0) -> World:
    """The DELETE of each order goes wrong once; of a cancel of all, the first."""

    def strike(exchange: Witness, orders: list[int]) -> None:
        for order_id in orders:
            exchange.faults.inject(
                Fault(kind, point, seconds=seconds), method="DELETE", order_id=order_id
            )
        exchange.faults.inject(Fault(kind, point, seconds=seconds), path=ALL_OPEN_ORDERS)

    return strike


def overtaken(end: Callable[[Witness, int], object], then: Fault | None = None) -> World:
    """Somebody closes the orders while our DELETE is on its way; then its reply is lost, too."""

    def overtake(exchange: Witness, orders: list[int]) -> None:
        loop = asyncio.get_running_loop()
        # Closed before it is carried out; a lost reply comes a moment later.
        exchange.faults.inject(
            then or Fault(FaultKind.DELAY, seconds=0.2), method="DELETE", times=len(orders)
        )

        def close() -> None:
            if not exchange.deletes:
                loop.call_later(0.001, close)
                return
            for order_id in orders:
                end(exchange, order_id)

        close()

    return overtake


def mute(exchange: Witness, orders: list[int]) -> None:
    """Nothing is answered once the first DELETE is out."""
    exchange.faults.inject(Fault(FaultKind.SILENCE, "after"), method="DELETE", times=None)
    loop = asyncio.get_running_loop()

    def silence() -> None:
        if not exchange.deletes:
            loop.call_later(0.001, silence)
            return
        exchange.faults.inject(Fault(FaultKind.SILENCE), method="GET", times=None)

    silence()


def blocked(exchange: Witness, orders: list[int]) -> None:
    """A machine in front of the exchange lets nothing through, for a while."""
    exchange.faults.inject(Fault(FaultKind.FIREWALL_403), method="DELETE", times=None)
    asyncio.get_running_loop().call_later(0.9, exchange.faults.clear)


DOUBTS: dict[str, tuple[World, type[Outcome[Any]]]] = {
    "answered": (strikes(FaultKind.DELAY, seconds=0.1), Canceled),
    "lost before it was carried out": (strikes(FaultKind.CLOSE), Canceled),
    "lost after it was carried out": (strikes(FaultKind.CLOSE, "after"), Canceled),
    "silence before": (strikes(FaultKind.SILENCE), Canceled),
    "silence after": (strikes(FaultKind.SILENCE, "after"), Canceled),
    "503 of unknown outcome": (strikes(FaultKind.UNKNOWN_503, "after"), Canceled),
    "not executed": (strikes(FaultKind.UNAVAILABLE_503), Canceled),
    "a timestamp called wrong": (strikes(FaultKind.TIMESTAMP), Canceled),
    "filled before": (overtaken(lambda exchange, each: exchange.book.fill(each)), AlreadyClosed),
    "cancelled before": (
        overtaken(lambda exchange, each: exchange.book.cancel(each)),
        AlreadyClosed,
    ),
    "expired before": (
        overtaken(lambda exchange, each: exchange.book.expire(each)),
        AlreadyClosed,
    ),
    "filled before, and the reply lost": (
        overtaken(lambda exchange, each: exchange.book.fill(each), LOST),
        AlreadyClosed,
    ),
    "expired before, and the reply lost": (
        overtaken(lambda exchange, each: exchange.book.expire(each), LOST),
        AlreadyClosed,
    ),
    "cancelled meanwhile, and the reply lost": (
        overtaken(lambda exchange, each: exchange.book.cancel(each), LOST),
        Canceled,  # since our DELETE left: nobody can say by whom
    ),
    "a firewall for a second": (blocked, Canceled),
    "nobody answers": (mute, Unknown),
}
"""What happens, and the one outcome there is for it."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("doubt", DOUBTS)
@held
async def test_every_doubt_by_every_way(doubt: str, way: str) -> None:
    """Single, batch and all: one machine, one truth."""
    world, expected = DOUBTS[doubt]
    cancel, count = WAYS[way]
    exchange = Witness()
    async with exchange.in_process_client() as papi:
        await asyncio.sleep(1)  # the clock was learned a while ago
        orders = exchange.rest(SYMBOL, count)
        world(exchange, orders)
        outcomes = await cancel(papi, orders, 5.0 if doubt == "nobody answers" else 30.0)
        assert [type(each) for each in outcomes] == [expected] * count
        for outcome in outcomes:
            check(exchange, outcome)
        exchange.faults.clear()
        for settled in await papi.settle(30):
            check(exchange, settled)
        assert papi.in_flight == ()


def test_every_kind_of_outcome_is_judged() -> None:
    """The table above leaves out what is no doubt, and what comes of reads that fail until the deadline."""
    assert {expected for _, expected in DOUBTS.values()} | {
        Closed,
        Triggered,
        Refused,
        NotSent,
    } == {
        Canceled,
        AlreadyClosed,
        Closed,
        Triggered,
        Refused,
        NotSent,
        Unknown,
    }
