"""What is measured of one contestant, in the process that runs it: how it bears a steady load.

``python -m binance_papi_async.cli.benchmark.load`` reads a ``Job`` from standard input
and writes one ``Figures`` per measure to standard output, all JSON.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from gc import collect
from importlib import import_module
from math import ceil
from time import perf_counter, process_time
from typing import Any, Final, Literal, NamedTuple
from urllib.request import urlopen

from msgspec import Struct, json

from binance_papi_async.cli.benchmark.contestants import Cancel, Contestant, Opener, Target
from binance_papi_async.cli.benchmark.pinning import pin, runner

WARM_UP: Final = 300
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


class Measured(NamedTuple):
    """What came of one measure, and how many cancels were sent for it."""

    sent: int
    figures: Figures


Measurer = Callable[[Cancel, Job, Measure], Awaitable[Measured]]


class UnlikeError(Exception):
    """The stand-in did not see the work that was timed."""


async def load(cancel: Cancel, _job: Job, measure: Measure) -> Measured:
    """Keep so many in flight until all are answered."""
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
    seconds, cpu = perf_counter() - began, process_time() - cpu
    return Measured(warm_up + measure.requests, load_figures(measure, times, seconds, cpu))


def load_figures(measure: Measure, times: list[float], seconds: float, cpu: float) -> Figures:
    """What came of a steady load."""
    return Figures(
        "load",
        measure.in_flight,
        per_second=measure.requests / seconds,
        cpu_us=cpu / measure.requests * 1e6,
        p50_us=percentile(times, 50) * 1e6,
        p99_us=percentile(times, 99) * 1e6,
    )


async def ask(control_url: str, path: str) -> Any:
    """Have the stand-in do or tell something."""

    def reply() -> bytes:
        with urlopen(f"{control_url}/{path}") as response:  # noqa: S310 - the stand-in's own address
            body: bytes = response.read()
            return body

    return json.decode(await asyncio.to_thread(reply))


def percentile(values: Iterable[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * percent / 100) - 1]


async def _run(job: Job, measurers: Mapping[Kind, Measurer]) -> None:
    module, _, name = job.contestant.opener.partition(":")
    opener: Opener = getattr(import_module(module), name)
    await ask(job.control_url, "begin")
    async with opener(job.target) as cancel:
        for measure in job.measures:
            before = await ask(job.control_url, "tally")
            sent, figures = await measurers[measure.kind](cancel, job, measure)
            after = await ask(job.control_url, "tally")
            seen = after["cancels"] - before["cancels"]
            if seen != sent or after["wrong"] != before["wrong"]:
                raise UnlikeError(
                    f"{job.contestant.name}: the stand-in saw {seen} signed cancels, not {sent}, "
                    f"and {after['wrong'] - before['wrong']} wrong ones"
                )
            sys.stdout.buffer.write(json.encode(figures) + b"\n")
            sys.stdout.buffer.flush()


def main(measurers: Mapping[Kind, Measurer]) -> None:
    """Do the job on standard input."""
    pin("client")
    job = json.decode(sys.stdin.buffer.read(), type=Job)
    with runner(job.contestant.loop) as loop:
        loop.run(_run(job, measurers))


if __name__ == "__main__":
    main({"load": load})
