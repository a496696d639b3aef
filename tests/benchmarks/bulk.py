"""What bulk cancelling adds to single sends: 1,000 warm cancels, ``cancel_many`` beside a worker loop over ``send``.

``python -m tests.benchmarks.bulk [ROUNDS]``; 1 if a goal is missed.
The two take turns in one process on one core; medians are compared.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Final, NamedTuple

from binance_papi_async import CancelMarginOrder, HmacKey, Limiter, PapiClient
from binance_papi_async.cli.benchmark.arena import stand_in
from binance_papi_async.cli.benchmark.contestants import Target
from binance_papi_async.cli.benchmark.pinning import pin
from binance_papi_async.cli.benchmark.stand_in import API_KEY, SECRET

CANCELS: Final = 1000
CONNECTIONS: Final = 100
MOST_ADDED_US: Final = 15.0
MOST_TIMES: Final = 1.3


class Spent(NamedTuple):
    """One burst of cancels."""

    seconds: float
    cpu_us: float
    """Per cancel."""


async def by_workers(papi: PapiClient) -> None:
    """As many workers as connections, each sending one after the other."""
    order_ids = iter(range(1, CANCELS + 1))

    async def work() -> None:
        for order_id in order_ids:
            await papi.send(CancelMarginOrder(symbol="LTCBTC", order_id=order_id))

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


async def in_bulk(papi: PapiClient) -> None:
    """One call."""
    requests = (CancelMarginOrder(symbol="LTCBTC", order_id=each) for each in range(1, CANCELS + 1))
    outcomes = await papi.cancel_many(requests)
    if len(outcomes.canceled) != CANCELS:
        raise RuntimeError(f"unlike work: {outcomes!r}")


async def timed(work: Callable[[PapiClient], Awaitable[None]], papi: PapiClient) -> Spent:
    """One burst, timed."""
    began, cpu = time.perf_counter(), time.process_time()
    await work(papi)
    return Spent(time.perf_counter() - began, (time.process_time() - cpu) / CANCELS * 1e6)


async def compare(target: Target, rounds: int) -> bool:
    """Whether bulk cancelling keeps to its goals."""
    key, limiter = HmacKey(API_KEY, SECRET), Limiter(weight=10**9)
    async with PapiClient(key, base_url=target.base_url, limiter=limiter) as papi:
        await papi.warm_up(CONNECTIONS)
        singles: list[Spent] = []
        bulks: list[Spent] = []
        for _ in range(rounds):
            singles.append(await timed(by_workers, papi))
            bulks.append(await timed(in_bulk, papi))
    added = median(each.cpu_us for each in bulks) - median(each.cpu_us for each in singles)
    times = median(each.seconds for each in bulks) / median(each.seconds for each in singles)
    for name, spent in (("send in workers", singles), ("cancel_many", bulks)):
        _say(
            f"{name}: {median(each.seconds for each in spent) * 1e3:.1f} ms, "
            f"{median(each.cpu_us for each in spent):.1f} us CPU per cancel"
        )
    _say(f"added CPU per order: {added:.1f} us (goal: at most {MOST_ADDED_US})")
    _say(f"time of {CANCELS}: {times:.2f}x (goal: at most {MOST_TIMES})")
    return added <= MOST_ADDED_US and times <= MOST_TIMES


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(rounds: int) -> int:
    """Compare, pinned beside the stand-in."""
    with stand_in() as stand:
        pin("client")
        return int(not asyncio.run(compare(stand.plain, rounds)))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
