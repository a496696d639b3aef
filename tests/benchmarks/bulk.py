"""What bulk calls add to single sends: 1,000 warm ones, ``cancel_many`` and ``place_many`` beside a worker loop over ``send``.

``python -m tests.benchmarks.bulk [ROUNDS]``; 1 if a goal is missed.
The two take turns in one process on one core; medians are compared.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from statistics import median
from typing import Any, Final, NamedTuple

from binance_papi_async import CancelMarginOrder, HmacKey, Limiter, NewMarginOrder, PapiClient
from binance_papi_async.cli.benchmark.arena import stand_in
from binance_papi_async.cli.benchmark.contestants import Target
from binance_papi_async.cli.benchmark.pinning import pin
from binance_papi_async.cli.benchmark.stand_in import API_KEY, SECRET
from binance_papi_async.enums import OrderType, Side, TimeInForce

COUNT: Final = 1000
CONNECTIONS: Final = 100
MOST_ADDED_US: Final = 15.0
"""Of a cancel; of an order no goal was set."""
MOST_TIMES: Final = 1.3


class Spent(NamedTuple):
    """One burst."""

    seconds: float
    cpu_us: float
    """Per request."""


class Work(NamedTuple):
    """What is done a thousand times."""

    requests: Callable[[], Iterator[Any]]
    in_bulk: Callable[[PapiClient], Awaitable[None]]
    name: str
    most_added_us: float | None


def cancels() -> Iterator[CancelMarginOrder]:
    """A thousand."""
    return (CancelMarginOrder(symbol="LTCBTC", order_id=each) for each in range(1, COUNT + 1))


def orders() -> Iterator[NewMarginOrder]:
    """A thousand."""
    return (
        NewMarginOrder(
            symbol="LTCBTC",
            side=Side.SELL,
            type=OrderType.LIMIT,
            quantity=Decimal(10),
            price=Decimal(1),
            time_in_force=TimeInForce.GTC,
        )
        for _ in range(COUNT)
    )


async def cancel_many(papi: PapiClient) -> None:
    """One call."""
    outcomes = await papi.cancel_many(cancels())
    if len(outcomes.canceled) != COUNT:
        raise RuntimeError(f"unlike work: {outcomes!r}")


async def place_many(papi: PapiClient) -> None:
    """One call."""
    outcomes = await papi.place_many(orders(), valid_for=60)
    if len(outcomes.placed) != COUNT:
        raise RuntimeError(f"unlike work: {outcomes!r}")


async def by_workers(papi: PapiClient, requests: Iterator[Any]) -> None:
    """As many workers as connections, each sending one after the other."""

    async def work() -> None:
        for request in requests:
            await papi.send(request, max_wait=60)

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


WORKS: Final = (
    Work(cancels, cancel_many, "cancel_many", MOST_ADDED_US),
    Work(orders, place_many, "place_many", None),
)


async def timed(work: Awaitable[None]) -> Spent:
    """One burst, timed."""
    began, cpu = time.perf_counter(), time.process_time()
    await work
    return Spent(time.perf_counter() - began, (time.process_time() - cpu) / COUNT * 1e6)


async def compare(target: Target, work: Work, rounds: int) -> bool:
    """Whether a bulk call keeps to its goals."""
    key, limiter = HmacKey(API_KEY, SECRET), Limiter(weight=10**9, orders=10**9)
    async with PapiClient(key, base_url=target.base_url, limiter=limiter) as papi:
        await papi.warm_up(CONNECTIONS)
        singles: list[Spent] = []
        bulks: list[Spent] = []
        for _ in range(rounds):
            singles.append(await timed(by_workers(papi, work.requests())))
            bulks.append(await timed(work.in_bulk(papi)))
    return _judged(work, singles, bulks)


def _judged(work: Work, singles: list[Spent], bulks: list[Spent]) -> bool:
    added = median(each.cpu_us for each in bulks) - median(each.cpu_us for each in singles)
    times = median(each.seconds for each in bulks) / median(each.seconds for each in singles)
    for name, spent in (("send in workers", singles), (work.name, bulks)):
        _say(
            f"{name}: {median(each.seconds for each in spent) * 1e3:.1f} ms, "
            f"{median(each.cpu_us for each in spent):.1f} us CPU per request"
        )
    goal = "" if work.most_added_us is None else f" (goal: at most {work.most_added_us})"
    _say(f"added CPU per order: {added:.1f} us{goal}")
    _say(f"time of {COUNT}: {times:.2f}x (goal: at most {MOST_TIMES})")
    is_cheap = work.most_added_us is None or added <= work.most_added_us
    return is_cheap and times <= MOST_TIMES


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(rounds: int) -> int:
    """Compare, pinned beside the stand-in."""
    with stand_in() as stand:
        pin("client")
        verdicts = [asyncio.run(compare(stand.plain, work, rounds)) for work in WORKS]
        return int(not all(verdicts))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
