"""Reads which orders to cancel: one on each line, as a JSON object or as CSV.

Pure. A line that cannot be read is kept with its number, so that all of them can be told at once.
"""

from __future__ import annotations

import csv
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from binance_papi_async.endpoints.margin_orders import CancelMarginOrder

PLAIN_COLUMNS: Final = ("symbol", "orderid")
"""What the cells of a CSV line without a header are."""


class BadLine(NamedTuple):
    """A line that names no order, and why."""

    number: int
    """From 1 on."""
    reason: str


class OrderLines(NamedTuple):
    """What a file says."""

    requests: list[CancelMarginOrder]
    """In the order of their lines."""
    bad: list[BadLine]


def read_order_lines(text: bytes) -> OrderLines:
    """Every order that a text in UTF-8 names.

    A line that begins with a brace is JSON, any other CSV; the first CSV line may be a header.
    Fields are named as the exchange names them or in snake case; other fields are ignored.
    """
    lines = OrderLines([], [])
    columns: Sequence[str] | None = None
    for number, line in enumerate(text.removeprefix(BOM_UTF8).split(b"\n"), start=1):
        try:
            words = line.decode().strip()
            if not words:
                continue
            if words.startswith("{"):
                lines.requests.append(_request_of(_fields_of(words)))
                continue
            cells = [cell.strip() for cell in next(csv.reader([words], strict=True))]
            if columns is None:
                names = [_plain_name(cell) for cell in cells]
                columns = names if "symbol" in names else PLAIN_COLUMNS
                if columns is names:
                    continue
            lines.requests.append(_request_of(_row_of(columns, cells)))
        except (ValueError, TypeError, csv.Error, RecursionError) as error:
            lines.bad.append(BadLine(number, _reason(error)))
    return lines


def whole_number(value: object) -> int:
    """An order id to the digit: 28.7 is nobody's order, and must not become 29's."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    raise ValueError(f"an order id is a whole number, not {value}")


def _request_of(fields: Mapping[str, object]) -> CancelMarginOrder:
    symbol, order_id, name = (
        fields.get(each) for each in ("symbol", "orderid", "origclientorderid")
    )
    if not isinstance(symbol, str):
        raise TypeError("the symbol is missing" if symbol is None else "the symbol must be text")
    if name is not None and not isinstance(name, str):
        raise TypeError("origClientOrderId must be text")
    return CancelMarginOrder(
        symbol=symbol,
        order_id=None if order_id is None else whole_number(order_id),
        orig_client_order_id=name,
    )


def _fields_of(line: str) -> dict[str, object]:
    """Fields of a JSON object, null ones left out."""
    fields: dict[str, object] = json.loads(line, object_pairs_hook=_once)
    return fields


def _row_of(columns: Sequence[str], cells: Sequence[str]) -> dict[str, object]:
    """Fields of a CSV line, empty ones left out."""
    if len(cells) != len(columns):
        raise ValueError(f"{len(columns)} cells are expected, not {len(cells)}")
    return _once([pair for pair in zip(columns, cells, strict=True) if pair[1]])


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, value in pairs:
        if value is None:
            continue
        if (plain := _plain_name(name)) in fields:
            raise ValueError(f"{name} is given twice")
        fields[plain] = value
    return fields


def _plain_name(name: str) -> str:
    """``orderid`` of ``orderId`` and of ``order_id``."""
    return name.replace("_", "").casefold()


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    return str(error)
