"""What an event of the user data stream costs: read, and learned; beside ``json.loads`` of the same bytes.

``python -m tests.benchmarks.stream_decode [rounds]``. Turns alternate in one process, each over all events;
medians of the rounds, in microseconds of CPU per event. On a shared machine only the ratios count.
Last, what a closed order takes up in memory, with the event that closed it.
"""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Final

from binance_papi_async.stream.events import read_event
from binance_papi_async.stream.state import Orders

ORDERS: Final = 5_000
"""Each is told new, filled in part, and cancelled."""
_REPORT: Final = (
    '{"e":"executionReport","E":%(at)d,"s":"LTCBTC","c":"x-%(id)d","S":"BUY","o":"LIMIT","f":"GTC",'
    '"q":"1.00000000","p":"0.10264410","P":"0.00000000","g":-1,"C":"","x":"%(x)s","X":"%(X)s",'
    '"r":"NONE","i":%(id)d,"l":"%(z)s","z":"%(z)s","L":"0.00000000","n":"0","N":null,"T":%(at)d,'
    '"t":-1,"I":8641984,"w":true,"m":false,"O":1499405658657,"Z":"0.00000000","Y":"0.00000000",'
    '"Q":"0.00000000","W":1499405658657,"V":"NONE"}'
)
_UPDATE: Final = (
    '{"e":"ORDER_TRADE_UPDATE","fs":"UM","E":%(at)d,"T":%(at)d,"i":"","o":{"s":"BTCUSDT",'
    '"c":"x-%(id)d","S":"SELL","o":"LIMIT","f":"GTC","q":"0.001","p":"9910","ap":"0","sp":"0",'
    '"x":"%(x)s","X":"%(X)s","i":%(id)d,"l":"%(z)s","z":"%(z)s","L":"0","N":"USDT","n":"0",'
    '"T":%(at)d,"t":0,"b":"0","a":"9.91","m":false,"R":false,"ps":"BOTH","rp":"0",'
    '"V":"EXPIRE_TAKER","gtd":0}}'
)
_LIFE: Final = (
    ("NEW", "NEW", "0.00000000"),
    ("TRADE", "PARTIALLY_FILLED", "0.50000000"),
    ("CANCELED", "CANCELED", "0.50000000"),
)


def events(form: str) -> list[bytes]:
    """The lives of many orders, a few of them open at a time."""
    told = sorted(
        (order * 10 + step * 400, order, step)
        for order in range(ORDERS)
        for step in range(len(_LIFE))
    )
    return [
        (form % {"at": 1_700_000_000_000 + at, "id": order, **_fields(step)}).encode()
        for at, order, step in told
    ]


def _fields(step: int) -> dict[str, str]:
    happened, status, executed = _LIFE[step]
    return {"x": happened, "X": status, "z": executed}


def loads(bodies: list[bytes]) -> None:
    """What everybody does."""
    for body in bodies:
        json.loads(body)


def read(bodies: list[bytes]) -> None:
    """To a typed event."""
    for body in bodies:
        read_event(body)


def learn(bodies: list[bytes]) -> None:
    """To a typed event, and into the state of the orders."""
    orders = Orders()
    for body in bodies:
        orders.learn(read_event(body))


TURNS: Final[tuple[Callable[[list[bytes]], None], ...]] = (loads, read, learn)


def figures(bodies: list[bytes], rounds: int) -> Iterator[tuple[str, float]]:
    """Median microseconds per event of each turn."""
    spent: dict[str, list[float]] = {turn.__name__: [] for turn in TURNS}
    for _ in range(rounds):
        for turn in TURNS:
            began = process_time()
            turn(bodies)
            spent[turn.__name__].append((process_time() - began) / len(bodies) * 1e6)
    return ((name, median(times)) for name, times in spent.items())


def closed_bytes(bodies: list[bytes]) -> float:
    """Bytes of memory per closed order."""
    gc.collect()
    tracemalloc.start()
    orders = Orders(most_closed=ORDERS)
    for body in bodies:
        orders.learn(read_event(body))
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(orders)


def main(rounds: int = 11) -> None:
    """Print the figures of both kinds of order event."""
    for name, form in (("executionReport", _REPORT), ("ORDER_TRADE_UPDATE", _UPDATE)):
        bodies = events(form)
        found = dict(figures(bodies, rounds))
        size = sum(map(len, bodies)) // len(bodies)
        sys.stdout.write(f"{name}, {size} bytes\n")
        for turn, spent in found.items():
            ratio = spent / found["loads"]
            sys.stdout.write(f"  {turn:6} {spent:6.2f} us  {ratio:5.2f} of json.loads\n")
        sys.stdout.write(f"  {closed_bytes(bodies):.0f} bytes per closed order\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
