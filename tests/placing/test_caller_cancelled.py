"""The caller is cancelled, or the client closed, at every step there is: no order rests of which nobody knows."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any, Final, TypeAlias

import pytest

from binance_papi_async import (
    Modified,
    PapiClient,
    PapiError,
    Placed,
    Unknown,
)
from binance_papi_async.place_outcome import Replaced
from binance_papi_async.simulator import Fault, FaultKind
from tests.cancelling.stepping import run_stepping, strike
from tests.cancelling.witness import cancel_of, complaints_of
from tests.placing.ground import PLACES, Ground, change, margin, name_of
from tests.placing.truth import Book

Got: TypeAlias = list[Any]
MOST_STEPS: Final = 3000
SECONDS: Final = (0.001, 0.05, 0.25, 0.5, 1.1, 3.0, 6.05, 8.0)
"""Within pauses, between reads, at a proof."""


def brew(ground: Ground) -> None:
    """Four calls in ten go wrong, and all take their time."""
    ground.faults.storm(5, 0.4)
    ground.faults.jitter(5, 0.2)


def lost(kind: FaultKind, point: Any = "before", times: int = 3) -> Callable[[Ground], None]:
    """So many orders and changes go wrong so."""

    def prepare(ground: Ground) -> None:
        for method in ("POST", "PUT"):
            ground.faults.inject(Fault(kind, point), method=method, times=times)

    return prepare


SETTINGS: Final[dict[str, Callable[[Ground], None]]] = {
    "calm": lambda _: None,
    "slow": lambda ground: ground.faults.jitter(1, 0.2),
    "lost after": lost(FaultKind.CLOSE, "after"),
    "lost before": lost(FaultKind.CLOSE),
    "silent": lost(FaultKind.SILENCE, "after", 2),
    "down": lost(FaultKind.UNAVAILABLE_503, times=2),
    "clock": lost(FaultKind.TIMESTAMP, times=1),
    "storm": brew,
}


class Stage:
    """What there is to place and to change, and the client that does."""

    def __init__(self, ground: Ground, papi: PapiClient) -> None:
        self.ground = ground
        self.papi = papi
        self.book = Book(ground)
        self.got: Got = []
        (self.resting,) = ground.rest("BTCUSDT", product="um", price=100)
        (self.replaced,) = ground.rest("LTCBTC")
        self.book.named |= {self.resting, self.replaced}

    def orders(self) -> list[Any]:
        """One of each product, named by us."""
        made = [place(f"mine{name.split()[0]}") for name, place in PLACES.items()]
        return [self.book.begin(each).request for each in made]


async def place(stage: Stage) -> None:
    """``place``, one after the other."""
    for request in stage.orders()[::5]:
        stage.got.append(await stage.papi.place(request, deadline=90))


async def place_many(stage: Stage) -> None:
    """``place_many`` of all products."""
    stage.got += await stage.papi.place_many(stage.orders(), deadline=90)


async def as_completed(stage: Stage) -> None:
    """``place_as_completed``, by somebody who takes his time."""
    async with aclosing(stage.papi.place_as_completed(stage.orders(), deadline=90)) as outcomes:  # type: ignore[type-var] # an async generator
        async for outcome in outcomes:
            stage.got.append(outcome)
            await asyncio.sleep(0)


async def modify(stage: Stage) -> None:
    """``modify``."""
    request = stage.book.begin(change("um", stage.resting)).request
    stage.got.append(await stage.papi.modify(request, deadline=90))


async def replace(stage: Stage) -> None:
    """``replace``."""
    request = stage.book.begin(margin("mine")).request
    done: Replaced[Any, Any] = await stage.papi.replace(
        cancel_of(stage.replaced), request, deadline=90
    )
    stage.got += [done.canceled, done.placed]


async def send(stage: Stage) -> None:
    """``send``, of everything at once."""

    async def one(request: Any) -> None:
        try:
            reply = await stage.papi.send(request)
        except PapiError:
            return
        decision = stage.book.current[name_of(request)]
        decision.outcome = Placed(request, reply, "reply")  # type: ignore[arg-type]

    async with asyncio.TaskGroup() as group:
        for request in stage.orders():
            group.create_task(one(request))


WAYS: Final[dict[str, Callable[[Stage], Coroutine[Any, Any, None]]]] = {
    "place": place,
    "place_many": place_many,
    "place_as_completed": as_completed,
    "modify": modify,
    "replace": replace,
    "send": send,
}


async def struck(way: str, setting: str, steps: int, closes_after: float | None = None) -> bool:
    """Cancel the caller, or close the client, after so many steps; whether it was still at it."""
    complaints = complaints_of(asyncio.get_running_loop())
    ground = Ground(ban_after=10**6)
    papi = ground.in_process_client(max_connections=3)
    await papi.open()
    await asyncio.sleep(2)
    SETTINGS[setting](ground)
    stage = Stage(ground, papi)
    caller = asyncio.create_task(WAYS[way](stage))
    is_closing = closes_after is not None
    if closes_after is not None:
        is_struck = await closed_after(papi, caller, steps, closes_after)
    else:
        loop = strike(caller, steps)
        await asyncio.wait([caller])
        is_struck = loop.is_struck
    arrived = {name: len(sent) for name, sent in ground.sent.items()}
    if not caller.cancelled() and caller.exception() is not None and not is_closing:
        caller.result()
    settled = list(await papi.settle(600))
    await asyncio.sleep(70)
    check(stage, settled)
    if is_closing:
        assert {name: len(sent) for name, sent in ground.sent.items()} == arrived
    else:
        assert papi.in_flight == ()
        ground.faults.clear()
        await papi.close()
    del caller
    gc.collect(0)
    assert not complaints
    return is_struck


async def closed_after(
    papi: PapiClient, caller: asyncio.Task[Any], turns: int, seconds: float
) -> bool:
    """Close the client after so many turns of the loop, and so long; whether the caller was at it still."""
    for _ in range(turns):
        await asyncio.sleep(0)
    if seconds:
        await asyncio.sleep(seconds)
    is_at_it = not caller.done()
    await papi.close()
    await asyncio.wait([caller])
    return is_at_it


def check(stage: Stage, settled: Got) -> None:
    """Whatever left is answered for, truly."""
    book, unresolved = stage.book, stage.papi.unresolved
    for outcome in [*stage.got, *settled]:
        decision = None if outcome is None else book.current.get(_name(outcome.request))
        if decision is not None and (
            decision.outcome is None or isinstance(decision.outcome, Unknown)
        ):
            book.end(decision, outcome, unresolved)
    doubtful = {each.request for each in unresolved}
    for decision in book.decisions:
        if decision.outcome is None and decision.request not in doubtful:
            done = [each for each in book.sent_for(decision) if each.is_executed]
            assert not done, f"{decision.request} was carried out, and nobody was told"
    book.check_all(stage.papi)


def _name(request: Any) -> Any:
    return (
        name_of(request) if hasattr(request, "client_id") or hasattr(request, "is_done") else None
    )


@pytest.mark.timeout(120)
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("way", WAYS)
def test_the_caller_is_cancelled_at_every_step(way: str, setting: str) -> None:
    """One callback of the loop more each time, until the call ends before it is cancelled."""
    for steps in range(MOST_STEPS):

        def main(steps: int = steps) -> Coroutine[Any, Any, bool]:
            return struck(way, setting, steps)

        try:
            is_struck = run_stepping(main)
        except BaseException as error:
            error.add_note(f"cancelled after {steps} steps")
            raise
        if not is_struck:
            print(f"{way}, {setting}: {steps} steps")  # noqa: T201 - asked for by -s
            assert steps > 2
            return
    raise AssertionError("the call never ends")


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("way", WAYS)
def test_the_client_is_closed_at_any_moment(way: str, setting: str) -> None:
    """Everybody is told, what nobody knows is in ``unresolved``, and nothing leaves after that."""
    moments = [(turns, 0.0) for turns in range(12)] + [(0, seconds) for seconds in SECONDS]
    for turns, seconds in moments:

        def main(turns: int = turns, seconds: float = seconds) -> Coroutine[Any, Any, bool]:
            return struck(way, setting, turns, seconds)

        try:
            run_stepping(main)
        except BaseException as error:
            error.add_note(f"closed after {turns} turns and {seconds} s")
            raise


def test_a_change_that_was_told_shows() -> None:
    """The sweep's own premise: undisturbed, the change is made."""

    async def main() -> None:
        ground = Ground()
        async with ground.in_process_client() as papi:
            stage = Stage(ground, papi)
            await modify(stage)
            assert isinstance(stage.got[0], Modified)

    run_stepping(main)
