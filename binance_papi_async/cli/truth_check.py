"""Holds what a client said against what really happened on a simulated exchange.

Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from binance_papi_async.cli.outcome_table import kind_of, words
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Closed,
    NotSent,
    Outcome,
    Refused,
    Triggered,
    Unknown,
)
from binance_papi_async.outcome_json import kind_of as place_kind_of
from binance_papi_async.place_outcome import NotPlaced, Placed, PlaceOutcome
from binance_papi_async.simulator import Exchange, Order


def disagreements(
    exchange: Exchange, said: Mapping[int, Outcome[Any]], *, is_calm: bool = True
) -> list[str]:
    """Every difference between the outcome said of each order id and what really happened.

    Whoever says nothing is not wrong: ``Unknown`` agrees with everything.
    ``is_calm`` says that nothing went wrong on the way: then one DELETE must have come for each order.
    It holds for an exchange where nobody but the client ends orders.
    """
    found = [
        f"order {order_id}: said to be {words(kind_of(outcome))}, {difference}"
        for order_id, outcome in said.items()
        for difference in _differences(exchange, order_id, outcome)
    ]
    return [*found, *_wrong_arrivals(exchange, said)] if is_calm else found


def misplaced(
    exchange: Exchange, said: Mapping[str, PlaceOutcome[Any]], *, is_calm: bool = True
) -> list[str]:
    """Every difference between the outcome said of each margin order placed, by client id, and what really happened.

    An order exists once if it is said to be placed, and not at all if it is said not to be; ``Unknown`` claims
    no more than that it exists once at most. Whatever else rests, nobody was told of.
    ``is_calm`` says that nothing went wrong on the way: then one POST must have come for each order.
    """
    book = exchange.book
    placed: defaultdict[str, list[Order]] = defaultdict(list)
    for symbol in book.symbols():
        for order in book.orders(symbol):
            placed[order.client_order_id].append(order)
    found = [
        f"order {client_id}: said to be {words(place_kind_of(outcome))}, {difference}"
        for client_id, outcome in said.items()
        if (difference := _misplacement(outcome, placed.get(client_id, [])))
    ]
    found += [
        f"order {client_id}: nobody was told of it" for client_id in placed if client_id not in said
    ]
    posts = len(exchange.truth.arrivals("POST"))
    if is_calm and posts != len(said):
        found.append(f"{posts:,} POSTs arrived for {len(said):,} orders")
    return found


def _misplacement(outcome: PlaceOutcome[Any], orders: list[Order]) -> str | None:
    """What is wrong with it, given every order there ever was under its client id."""
    if len(orders) > 1:
        return f"and was placed {len(orders)} times"
    match outcome:
        case Placed(order=order):
            is_it = [each.order_id for each in orders] == [order.order_id]
            return None if is_it else f"as {order.order_id}, and is not there"
        case NotPlaced() | Refused() | NotSent():
            return f"and is {orders[0].order_id} in the book" if orders else None
        case Unknown():
            return None


class _Claim(NamedTuple):
    """What must be true of an order if its outcome is; None claims nothing."""

    executions: int | None = None
    is_closed: bool | None = None
    arrivals: int | None = None


def _claim(outcome: Outcome[Any]) -> _Claim:
    match outcome:
        case Closed() | Triggered():
            return _Claim(is_closed=True)
        case Canceled():
            return _Claim(executions=1, is_closed=True)
        case AlreadyClosed():
            return _Claim(executions=0, is_closed=True)
        case Refused():
            return _Claim(executions=0)
        case NotSent():
            return _Claim(arrivals=0)
        case Unknown():
            return _Claim()


def _differences(exchange: Exchange, order_id: int, outcome: Outcome[Any]) -> Iterator[str]:
    claim = _claim(outcome)
    order = exchange.book.order(order_id)
    executions = exchange.truth.executions(order_id)
    arrivals = len(exchange.truth.arrivals("DELETE", order_id=order_id))
    if claim.executions not in (None, executions):
        yield f"and its cancel was carried out {executions} times"
    if claim.is_closed and (order is None or order.is_open):
        yield f"and is {order and order.status} in the book"
    if claim.arrivals not in (None, arrivals):
        yield f"and {arrivals} DELETEs arrived"


def _wrong_arrivals(exchange: Exchange, order_ids: Iterable[int]) -> Iterator[str]:
    expected = 0
    for order_id in order_ids:
        expected += 1
        arrived = len(exchange.truth.arrivals("DELETE", order_id=order_id))
        if arrived != 1:
            yield f"order {order_id}: {arrived} DELETEs arrived"
    total = len(exchange.truth.arrivals("DELETE"))
    if total != expected:
        yield f"{total:,} DELETEs arrived for {expected:,} orders"
