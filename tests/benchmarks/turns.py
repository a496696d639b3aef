"""Turns of anybody's client: more to measure, trust for those that look for it elsewhere, and either heap."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Literal

from binance_papi_async.cli.benchmark import arena
from binance_papi_async.cli.benchmark.arena import SETTLED, Scheme, Stand, Turn
from binance_papi_async.cli.benchmark.contestants import Contestant
from binance_papi_async.cli.benchmark.load import Measure
from binance_papi_async.cli.benchmark.pinning import cores
from tests.benchmarks.peers import THREADED

Heap = Literal["settled", "fresh"]
HEAPS: Final[dict[Heap, dict[str, str]]] = {
    "settled": SETTLED,
    "fresh": {"MALLOC_MMAP_THRESHOLD_": str(128 << 10)},
}


def stand_in() -> AbstractContextManager[Stand]:
    """A stand-in that knows what peers ask, and can hold its answers back."""
    return arena.stand_in("tests.benchmarks.stand_in")


def take_turn(  # noqa: PLR0913 - who, where, what, under which conditions, and which time
    stand: Stand,
    contestant: Contestant,
    scheme: Scheme,
    measures: Sequence[Measure],
    *,
    heap: Heap = "settled",
    number: int = 1,
) -> Turn:
    """Run a contestant in a fresh process; raises TurnError if it fails."""
    ca_file = stand.target(scheme).ca_file
    trust = {"SSL_CERT_FILE": ca_file, "REQUESTS_CA_BUNDLE": ca_file} if ca_file else {}
    return arena.take_turn(
        stand,
        contestant,
        scheme,
        [each for each in measures if _suits(each, contestant)],
        number=number,
        program="tests.benchmarks.measuring",
        environment=HEAPS[heap] | trust,
    )


def _suits(measure: Measure, contestant: Contestant) -> bool:
    """Threads cannot wait by the thousand, nor be watched from within the loop."""
    return contestant.name not in THREADED or measure.kind in ("load", "burst")


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    return {
        "processor": _processor(),
        "cores": str(len(cores()) or os.cpu_count()),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()
