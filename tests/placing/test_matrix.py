"""Every fault, at every point, so many times, on one order or one change of every product; ``-s`` prints the table."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest

from binance_papi_async import (
    Modified,
    NotModified,
    NotPlaced,
    NotSent,
    PapiClient,
    Placed,
    Refused,
    Unknown,
)
from binance_papi_async.simulator import FAULTS, Fault, FaultKind
from binance_papi_async.simulator.faulting.faults import WAITING_KINDS
from tests.cancelling.witness import held
from tests.placing.ground import PLACES, SYMBOLS, Ground, change
from tests.placing.truth import Book, Decision

TIMES: Final = {"once": 1, "twice": 2, "always": None}
POINTS: Final = ("sending", "reading, if it was lost before", "reading, if it was lost after", "everywhere")  # fmt: skip
CHANGED: Final = {"UM change": "um", "CM change": "cm"}
PRODUCTS: Final = [*PLACES, *CHANGED]
DEADLINE: Final = 30.0
RESENDS: Final = {
    FaultKind.UNAVAILABLE_503: 5,
    FaultKind.UNAVAILABLE_503_TEXT: 5,
    FaultKind.DISCONNECTED_503: 5,
    FaultKind.THROTTLED_503: 5,
    FaultKind.FIREWALL_403: 2,
    FaultKind.BANNED_418: 2,
    FaultKind.TIMESTAMP: 1,
    FaultKind.ENGINE_TIMESTAMP: 1,
}
"""Documented as not executed, and how often that is outlasted at least within the deadline."""


def name_of_fault(fault: Fault) -> str:
    """The name of a fault."""
    return fault.name


@pytest.fixture(scope="module")
def table() -> Iterator[Counter[tuple[str, str]]]:
    """What was told how often, by where the fault struck; printed at the end."""
    seen: Counter[tuple[str, str]] = Counter()
    yield seen
    for (point, kind), count in sorted(seen.items()):
        print(f"\n{point:32}{kind:14}{count:6}", end="")  # noqa: T201 - asked for by -s


async def told(papi: PapiClient, ground: Ground, product: str) -> tuple[Book, Decision]:
    """The outcome of one order or one change."""
    book = Book(ground)
    if product in PLACES:
        decision = book.begin(PLACES[product]("mine"))
        outcome: Any = await papi.place(decision.request, deadline=DEADLINE, valid_for=DEADLINE)
    else:
        where: Any = CHANGED[product]
        (order_id,) = ground.rest(SYMBOLS[where], product=where, price=100)
        book.named.add(order_id)
        await asyncio.sleep(2)  # or nobody could say what the order was before
        decision = book.begin(change(where, order_id))
        outcome = await papi.modify(decision.request, deadline=DEADLINE, valid_for=DEADLINE)
    assert papi.in_flight == ()
    book.end(decision, outcome, papi.unresolved)
    assert bool(papi.unresolved) is isinstance(outcome, Unknown)
    return book, decision


def script(ground: Ground, fault: Fault, point: str, times: int | None) -> None:
    """Let it strike there."""
    if point == "everywhere":
        ground.faults.inject(fault, times=times)
        return
    if point == "sending":
        for method in ("POST", "PUT"):
            ground.faults.inject(fault, method=method, times=times)
        return
    lost = Fault(FaultKind.CLOSE, "before" if point.endswith("before") else "after")
    for method in ("POST", "PUT"):
        ground.faults.inject(lost, method=method)
    ground.faults.inject(fault, method="GET", times=times)


def expected(fault: Fault, point: str, times: int | None) -> type[Any] | None:
    """By the facts of the fault alone: placed, refused, not placed; None where it depends on how reads fare."""
    if point == "everywhere" or (point != "sending" and times is None):
        return None
    if point != "sending":
        if fault.kind in WAITING_KINDS:
            return None  # 40 s to the minute, or a ban: longer than the deadline
        return NotPlaced if point.endswith("before") else Placed
    if fault.answer is not None and fault.answer.is_executed is False:
        return Placed if (times or 9) <= RESENDS.get(fault.kind, 0) else Refused
    return NotPlaced if fault.prevents_execution else Placed


OF_CHANGES: Final[dict[type[Any] | None, type[Any]]] = {Placed: Modified, NotPlaced: NotModified}


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("fault", FAULTS, ids=name_of_fault)
def test_whatever_goes_wrong_the_truth_is_told(
    fault: Fault, point: str, times: str, table: Counter[tuple[str, str]]
) -> None:
    """What is said is so, is what the facts of the fault come to, and settling tells the rest."""
    count = TIMES[times]

    async def one(product: str) -> None:
        ground = Ground()
        async with ground.in_process_client() as papi:
            script(ground, fault, point, count)
            book, decision = await told(papi, ground, product)
            wanted = expected(fault, point, count)
            if product in CHANGED:
                wanted = OF_CHANGES.get(wanted, wanted)
            assert wanted in (None, type(decision.outcome))
            table[point, type(decision.outcome).__name__] += 1
            ground.faults.clear()
            await asyncio.sleep(70)  # nothing lands any more, and the minute has turned
            book.check_all(papi)
            for settled in await papi.settle(60):
                book.end(decision, settled, papi.unresolved)
                assert not isinstance(settled, NotSent | Refused)
            assert papi.unresolved == ()
            book.check_all(papi)

    for product in PRODUCTS:
        try:
            held(one)(product)
        except BaseException as error:
            error.add_note(f"{product}: {fault.name}, {point}, {times}")
            raise


@pytest.mark.parametrize("seconds", [0.5, 2.0, 4.9, 5.1, 9.0])
@pytest.mark.parametrize("product", PRODUCTS)
@held
async def test_a_late_landing_is_told_truly(product: str, seconds: float) -> None:
    """Carried out up to ``recvWindow`` after its timestamp, long after the first reads showed nothing; later, never."""
    ground = Ground()
    async with ground.in_process_client(timeout=0.2) as papi:
        late = Fault(FaultKind.DELAY, seconds=seconds)
        for method in ("POST", "PUT"):
            ground.faults.inject(late, method=method)
        book, decision = await told(papi, ground, product)
        is_taken = seconds < 5
        if product in PLACES:
            assert type(decision.outcome) is (Placed if is_taken else NotPlaced)
        else:
            assert type(decision.outcome) is (Modified if is_taken else NotModified)
        await asyncio.sleep(70)
        book.check_all(papi)


@pytest.mark.parametrize("lag", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("point", ["before", "after"])
@pytest.mark.parametrize("product", PRODUCTS)
@held
async def test_reads_that_lag_are_not_believed_too_early(
    product: str, point: Any, lag: float
) -> None:
    """A second at most, as far as is documented: an order placed just now is in none of them yet."""
    ground = Ground()
    async with ground.in_process_client() as papi:
        ground.faults.stale_reads(lag)
        for method in ("POST", "PUT"):
            ground.faults.inject(Fault(FaultKind.RESET, point), method=method)
        book, decision = await told(papi, ground, product)
        kinds = (Placed, Modified) if point == "after" else (NotPlaced, NotModified)
        assert isinstance(decision.outcome, kinds)
        book.check_all(papi)
