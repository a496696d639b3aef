"""What is measured of one contestant, in the process that runs it.

``python -m binance_papi_async.cli.benchmark.load`` reads a ``Job`` from standard input
and writes one ``Figures`` per measure to standard output, all JSON.
"""

from __future__ import annotations

import asyncio
import sys
import tracemalloc
from asyncio import selector_events
from collections.abc import Awaitable, Callable, Iterable
from gc import collect
from importlib import import_module
from itertools import count
from math import ceil
from threading import Thread
from time import perf_counter, process_time
from typing import Any, Final, Literal
from urllib.request import urlopen

from msgspec import Struct, json

from binance_papi_async.cli.benchmark.contestants import Cancel, Contestant, Opener, Target
from binance_papi_async.cli.benchmark.pinning import pin, runner

WARM_UP: Final = 300
MOST_THREADS: Final = 50
SETTLED_SECONDS: Final = 0.3
"""Long enough for a thousand cancels to be on the wire or waiting."""
Kind = Literal["load", "burst", "wire", "memory"]


class Measure(Struct, frozen=True):
    """One thing to measure."""

    kind: Kind
    """``load``: a steady number in flight; ``burst``: all at once; ``wire``: from the call
    to the first byte handed to the socket; ``memory``: of cancels that wait."""
    in_flight: int
    requests: int


class Job(Struct, frozen=True):
    """What one process does."""

    contestant: Contestant
    target: Target
    control_url: str
    measures: list[Measure]


class Figures(Struct, frozen=True):
    """What came of one measure."""

    kind: Kind
    in_flight: int
    per_second: float | None = None
    cpu_us: float | None = None
    """CPU time of the whole process per cancel."""
    p50_us: float | None = None
    p99_us: float | None = None
    seconds: float | None = None
    """To the last of a burst."""
    kib: float | None = None
    """Of memory per 1,000 waiting cancels."""


class UnlikeError(Exception):
    """The stand-in did not see the work that was timed."""


async def _measure(cancel: Cancel, job: Job, measure: Measure) -> Figures:
    if job.contestant.is_threaded:
        return _threaded_load(cancel, measure)
    if measure.kind == "load":
        return await _load(cancel, measure)
    if measure.kind == "burst":
        return await _burst(cancel, measure)
    if measure.kind == "wire":
        return await _wire(cancel, measure)
    return await _memory(cancel, measure, job.control_url)


async def _load(cancel: Cancel, measure: Measure) -> Figures:
    times: list[float] = []

    async def work(order_ids: Iterable[int]) -> None:
        for order_id in order_ids:
            began = perf_counter()
            await cancel(order_id)
            times.append(perf_counter() - began)

    async def workers(requests: int) -> None:
        order_ids = iter(range(1, requests + 1))  # shared: whoever is free takes the next
        await asyncio.gather(*(work(order_ids) for _ in range(measure.in_flight)))

    warm_up = min(max(WARM_UP, measure.in_flight), measure.requests)
    await workers(warm_up)
    times.clear()
    collect()
    cpu, began = process_time(), perf_counter()
    await workers(measure.requests)
    return _load_figures(measure, times, perf_counter() - began, process_time() - cpu)


def _threaded_load(cancel: Callable[[int], object], measure: Measure) -> Figures:
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
        return Figures("burst", measure.in_flight, seconds=seconds)
    return _load_figures(measure, times, seconds, cpu)


def _load_figures(measure: Measure, times: list[float], seconds: float, cpu: float) -> Figures:
    return Figures(
        "load",
        measure.in_flight,
        per_second=measure.requests / seconds,
        cpu_us=cpu / measure.requests * 1e6,
        p50_us=percentile(times, 50) * 1e6,
        p99_us=percentile(times, 99) * 1e6,
    )


async def _burst(cancel: Cancel, measure: Measure) -> Figures:
    collect()
    began = perf_counter()
    await asyncio.gather(*map(cancel, range(1, measure.requests + 1)))
    return Figures("burst", measure.in_flight, seconds=perf_counter() - began)


async def _wire(cancel: Cancel, measure: Measure) -> Figures:
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
    if not times:
        return Figures("wire", measure.in_flight)
    return Figures(
        "wire",
        measure.in_flight,
        p50_us=percentile(times, 50) * 1e6,
        p99_us=percentile(times, 99) * 1e6,
    )


async def _memory(cancel: Cancel, measure: Measure, control_url: str) -> Figures:
    await _ask(control_url, "hold")
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
    await _ask(control_url, "release")
    # A client that had it all on the wire needs no more answers; one that waits is let go bit by bit.
    await asyncio.gather(*waiting)
    return Figures(
        "memory", measure.in_flight, kib=(after - before) / 1024 / measure.requests * 1e3
    )


async def _ask(control_url: str, path: str) -> Any:
    def ask() -> bytes:
        with urlopen(f"{control_url}/{path}") as reply:  # noqa: S310 - the stand-in's own address
            body: bytes = reply.read()
            return body

    return json.decode(await asyncio.to_thread(ask))


def percentile(values: Iterable[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * percent / 100) - 1]


def _sent_by(measure: Measure, *, is_threaded: bool) -> int:
    """How many cancels a measure sends in all."""
    if measure.kind != "load" or is_threaded:
        return measure.requests
    return measure.requests + min(max(WARM_UP, measure.in_flight), measure.requests)


async def _run(job: Job, say: Callable[[Figures], Awaitable[None]]) -> None:
    module, _, name = job.contestant.opener.partition(":")
    opener: Opener = getattr(import_module(module), name)
    await _ask(job.control_url, "begin")
    async with opener(job.target) as cancel:
        for measure in job.measures:
            before = await _ask(job.control_url, "tally")
            figures = await _measure(cancel, job, measure)
            after = await _ask(job.control_url, "tally")
            seen = after["cancels"] - before["cancels"]
            expected = _sent_by(measure, is_threaded=job.contestant.is_threaded)
            if seen != expected or after["wrong"] != before["wrong"]:
                raise UnlikeError(
                    f"{job.contestant.name}: the stand-in saw {seen} signed cancels, not {expected}, "
                    f"and {after['wrong'] - before['wrong']} wrong ones"
                )
            await say(figures)


async def _say(figures: Figures) -> None:
    sys.stdout.buffer.write(json.encode(figures) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    pin("client")
    _job = json.decode(sys.stdin.buffer.read(), type=Job)
    with runner(_job.contestant.loop) as _runner:
        _runner.run(_run(_job, _say))
