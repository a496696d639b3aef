"""What is measured beside a steady load, and of clients that block; in the process that runs the contestant.

``python -m tests.benchmarks.measuring`` is ``papi bench``'s ``load`` with more to measure.
"""

from __future__ import annotations

import asyncio
import tracemalloc
from asyncio import selector_events
from collections.abc import Callable
from gc import collect
from itertools import count
from threading import Thread
from time import perf_counter, process_time
from typing import Any, Final

from binance_papi_async.cli.benchmark.contestants import Cancel
from binance_papi_async.cli.benchmark.load import (
    Figures,
    Job,
    Kind,
    Measure,
    Measured,
    Measurer,
    ask,
    load,
    load_figures,
    main,
    percentile,
)
from tests.benchmarks.peers import THREADED

MOST_THREADS: Final = 50
SETTLED_SECONDS: Final = 0.3
"""Long enough for a thousand cancels to be on the wire or waiting."""


async def in_threads(cancel: Callable[[int], object], _job: Job, measure: Measure) -> Measured:
    """A load or a burst of a client that blocks, from as many threads."""
    times: list[float] = []
    order_ids = count(1)

    def work() -> None:
        while (order_id := next(order_ids)) <= measure.requests:
            began = perf_counter()
            cancel(order_id)
            times.append(perf_counter() - began)

    threads = [Thread(target=work) for _ in range(min(measure.in_flight, MOST_THREADS))]
    cpu, began = process_time(), perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = perf_counter() - began, process_time() - cpu
    if measure.kind == "burst":
        return Measured(measure.requests, Figures("burst", measure.in_flight, seconds=seconds))
    return Measured(measure.requests, load_figures(measure, times, seconds, cpu))


async def burst(cancel: Cancel, _job: Job, measure: Measure) -> Measured:
    """All at once."""
    collect()
    began = perf_counter()
    await asyncio.gather(*map(cancel, range(1, measure.requests + 1)))
    figures = Figures("burst", measure.in_flight, seconds=perf_counter() - began)
    return Measured(measure.requests, figures)


async def wire(cancel: Cancel, _job: Job, measure: Measure) -> Measured:
    """Through asyncio's own socket transport, which TLS writes to as well; uvloop's cannot be watched."""
    writes: list[float] = []
    transport: Any = vars(selector_events)["_SelectorSocketTransport"]
    originals = transport.write, transport.writelines

    def watched(write: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        def wrapper(self: Any, data: Any) -> None:
            writes.append(perf_counter())
            write(self, data)

        return wrapper

    times: list[float] = []
    transport.write, transport.writelines = map(watched, originals)
    try:
        for order_id in range(1, measure.requests + 1):
            writes.clear()
            began = perf_counter()
            await cancel(order_id)
            if writes:
                times.append(writes[0] - began)
    finally:
        transport.write, transport.writelines = originals
    figures = Figures(
        "wire",
        measure.in_flight,
        p50_us=percentile(times, 50) * 1e6 if times else None,
        p99_us=percentile(times, 99) * 1e6 if times else None,
    )
    return Measured(measure.requests, figures)


async def memory(cancel: Cancel, job: Job, measure: Measure) -> Measured:
    """Of cancels whose answers are held back."""
    await ask(job.control_url, "hold")
    collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        waiting = [asyncio.ensure_future(cancel(each)) for each in range(1, measure.requests + 1)]
        await asyncio.sleep(SETTLED_SECONDS)
        collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    await ask(job.control_url, "release")
    # A client that had it all on the wire needs no more answers; one that waits is let go bit by bit.
    await asyncio.gather(*waiting)
    kib = (after - before) / 1024 / measure.requests * 1e3
    return Measured(measure.requests, Figures("memory", measure.in_flight, kib=kib))


MEASURERS: Final[dict[Kind, Measurer]] = {
    "load": load,
    "burst": burst,
    "wire": wire,
    "memory": memory,
}


async def measured(cancel: Cancel, job: Job, measure: Measure) -> Measured:
    """However the contestant is called."""
    measurer = in_threads if job.contestant.name in THREADED else MEASURERS[measure.kind]
    return await measurer(cancel, job, measure)


if __name__ == "__main__":
    main(dict.fromkeys(MEASURERS, measured))
