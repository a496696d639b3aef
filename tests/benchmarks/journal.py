"""What a journal costs: microseconds for each record, and milliseconds for a new file and for opening.

``python -m tests.benchmarks.journal [DIRECTORY]``; the directory decides which disk is measured.
Medians of rounds; a request is a UM limit order with a client id, its outcome a cancelled order or a refusal.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from msgspec import json

from binance_papi_async import (
    Canceled,
    CancelUmOrder,
    Evidence,
    FuturesOrderType,
    FuturesTimeInForce,
    NewUmOrder,
    Refused,
    RefusedError,
    Side,
)
from binance_papi_async.journal import Fsync, Journal
from binance_papi_async.journal.journal import MAX_BYTES
from binance_papi_async.simulator.documented import examples

ROUNDS: Final = 7
AT_ONCE: Final = 100
ORDER: Final = NewUmOrder(
    symbol="BTCUSDT",
    side=Side.BUY,
    type=FuturesOrderType.LIMIT,
    time_in_force=FuturesTimeInForce.GTC,
    quantity=Decimal("0.010"),
    price=Decimal("64000.1"),
    new_client_order_id="x-engine-000000000001",
)


def canceled() -> Canceled[Any]:
    """An outcome with an order, read from the page's example."""
    request = CancelUmOrder(symbol="BTCUSDT", order_id=1)
    order = request.endpoint.decode(json.encode(examples("um")["CancelUmOrder"]))
    return Canceled(request, order, Evidence.REPLY)


def microseconds(work: Callable[[], object], times: int) -> float:
    """Of one call."""
    rounds: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(times):
            work()
        rounds.append((time.perf_counter() - began) / times * 1e6)
    return median(rounds)


def records(directory: Path, fsync: Fsync, times: int) -> None:
    """The price of a record."""
    refused = Refused(ORDER, RefusedError("no", status=400, code=-2010, message="no"))
    order, batch = canceled(), [ORDER] * AT_ONCE
    with Journal(directory / fsync, fsync=fsync, max_bytes=1 << 40) as journal:
        begin = microseconds(lambda: journal.begin(ORDER), times)
        many = microseconds(lambda: journal.begin_many(batch), max(3, times // AT_ONCE)) / AT_ONCE
        end = microseconds(lambda: journal.end(1, order), times)
        end_refused = microseconds(lambda: journal.end(1, refused), times)
    _say(
        f'fsync="{fsync}": begin {begin:.1f} us, begin_many of {AT_ONCE} {many:.1f} us each, '
        f"end {end:.1f} us with an order, {end_refused:.1f} us with an error"
    )


def new_files(directory: Path, max_bytes: int) -> None:
    """How long ``end`` takes when it makes a new file, with 100 open."""
    path, outcome = directory / f"full-{max_bytes}", canceled()
    spent: list[float] = []
    with Journal(path, max_bytes=max_bytes) as journal:
        journal.begin_many([ORDER] * AT_ONCE)
        while len(spent) < 3 * ROUNDS:
            inode, number = path.stat().st_ino, journal.begin(ORDER)
            began = time.perf_counter()
            journal.end(number, outcome)
            if path.stat().st_ino != inode:
                spent.append((time.perf_counter() - began) * 1e3)
    _say(
        f"a new file after {max_bytes >> 10} KiB: "
        f"{min(spent):.1f} to {max(spent):.1f} ms, {median(spent):.1f} ms in the middle"
    )


def opening(directory: Path) -> None:
    """How long a full file takes to read."""
    path, outcome = directory / "read", canceled()
    requests = 0
    with Journal(path, max_bytes=1 << 40) as journal:
        while path.stat().st_size < MAX_BYTES:
            for number in journal.begin_many([ORDER] * 1000):
                journal.end(number, outcome)
                requests += 1
    began = time.perf_counter()
    Journal(path).close()
    spent = (time.perf_counter() - began) * 1e3
    _say(f"opening {MAX_BYTES >> 20} MiB, {requests} requests with their outcomes: {spent:.0f} ms")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(where: str | None) -> None:
    """All of it."""
    with TemporaryDirectory(dir=where) as place:
        directory = Path(place)
        records(directory, "never", 5000)
        records(directory, "always", 100)
        for max_bytes in (256 << 10, MAX_BYTES):
            new_files(directory, max_bytes)
        opening(directory)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
