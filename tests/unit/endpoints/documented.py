"""What the exchange documents of each endpoint: how it is called, and what it replies with.

``declared/`` holds a table for each family of ``papi``, written by hand from the pages as of the autumn of 2026.
The replies that the pages show lie in the package, where the simulator answers with some of them.
Both name the class that sends the request.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import json

from binance_papi_async import ENDPOINTS, Request
from binance_papi_async.simulator.documented import FAMILIES, examples

RequestClass = type[Request[Any]]

HERE = Path(__file__).parent
REQUESTS: dict[str, RequestClass] = {each.__name__: each for each in ENDPOINTS.values()}


class Declared(NamedTuple):
    """A row of a table: one endpoint, as its page describes it."""

    family: str
    method: str
    request: str
    verb: str
    path: str
    weight: int
    without_symbol: int | None
    """Weight of a call that asks for all symbols, where that is dearer."""
    orders: int
    lane: str
    security: str
    parameters: frozenset[str]
    """The exchange's names, ``!`` behind the mandatory ones."""


def declared(family: str) -> list[Declared]:
    """The table of a family."""
    with (HERE / "declared" / f"{family}.csv").open(newline="") as table:
        return [_row(family, cells) for cells in csv.DictReader(table, skipinitialspace=True)]


def _row(family: str, cells: dict[str, str]) -> Declared:
    return Declared(
        family=family,
        method=cells["method"],
        request=cells["request"],
        verb=cells["verb"],
        path=cells["path"],
        weight=int(cells["weight"]),
        without_symbol=int(cells["without_symbol"]) if cells["without_symbol"] else None,
        orders=int(cells["orders"]),
        lane=cells["lane"],
        security=cells["security"],
        parameters=frozenset(cells["parameters"].split()),
    )


DECLARED = [row for family in FAMILIES for row in declared(family)]
EXAMPLES: dict[RequestClass, Any] = {
    REQUESTS[name]: example
    for family in FAMILIES
    for name, example in examples(family).items()
    if name in REQUESTS  # test_declarations.py tells a wrong name
}


def read(request_class: RequestClass, example: Any) -> Any:
    """What a request class makes of an answer."""
    return request_class.endpoint.decode(json.encode(example))


def without(said: dict[str, Any], *names: str) -> dict[str, Any]:
    """The rest of what was said."""
    return {name: value for name, value in said.items() if name not in names}
