"""200,000 cancels in one process: memory stays flat, no descriptor is lost, nothing is said on stderr.

``python -m tests.benchmarks.soak [CANCELS]``; 1 if anything leaked.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import warnings
from io import StringIO
from pathlib import Path

from binance_papi_async.cli.benchmark.arena import stand_in
from binance_papi_async.cli.benchmark.contestants import Cancel, Target, direct

IN_FLIGHT = 200
WARM_UP = 10_000
CANCELS = 200_000
ALLOWED_KIB = 2048
"""What the allocator may keep for itself."""


def _resident_kib() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def _send(cancel: Cancel, count: int) -> None:
    order_ids = iter(range(1, count + 1))

    async def work() -> None:
        for order_id in order_ids:
            await cancel(order_id)

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


async def soak(target: Target, count: int) -> bool:
    """Whether nothing leaked."""
    closed = _descriptors()
    async with direct(target) as cancel:
        await _send(cancel, WARM_UP)
        gc.collect()
        memory, descriptors = _resident_kib(), _descriptors()
        for part in range(4):
            await _send(cancel, count // 4)
            gc.collect()
            _say(f"after {count // 4 * (part + 1):>9,}: {_resident_kib():,} KiB resident")
        grown, more = _resident_kib() - memory, _descriptors() - descriptors
    left = _descriptors() - closed
    _say(f"warmed up with {memory:,} KiB and {descriptors} descriptors")
    _say(f"grown by {grown:,} KiB and {more} descriptors; {left} left open after closing")
    return grown <= ALLOWED_KIB and more <= 0 and left <= 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(count: int) -> int:
    """Soak; what would go to stderr fails it."""
    warnings.simplefilter("always")
    said = StringIO()
    real, sys.stderr = sys.stderr, said
    logging.basicConfig(stream=said, level=logging.WARNING)
    try:
        with stand_in() as stand:
            is_tight = asyncio.run(soak(stand.plain, count), debug=False)
        gc.collect()
    finally:
        sys.stderr = real
    if said.getvalue():
        _say(f"said on stderr:\n{said.getvalue()}")
    return int(not is_tight or bool(said.getvalue()))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CANCELS))
