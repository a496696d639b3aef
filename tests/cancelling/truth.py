"""What the client said, against what happened.

``Canceled`` implies that the order is closed; ``NotSent`` that no DELETE for it ever arrived; ``Refused``
that no DELETE of ours was carried out; ``AlreadyClosed`` that it was closed otherwise than by our cancel.
Only ``Unknown`` may be incomplete. One outcome per request, in order; one DELETE per decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, assert_never

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    CancelMarginOrder,
    CancelMarginOrderList,
    Closed,
    NotSent,
    Outcome,
    Refused,
    Triggered,
    Unknown,
)
from binance_papi_async.declaring.request import Request
from binance_papi_async.outcome import Evidence
from binance_papi_async.simulator import Order
from tests.cancelling.witness import Witness, name_of


class UntrueOutcomeError(AssertionError):
    """The client said what is not so."""


def check_all(
    exchange: Witness,
    requests: Sequence[Request[Any]],
    outcomes: Sequence[Outcome[Any]],
    *,
    calls: int = 1,
) -> None:
    """One true outcome for every request, in the order given, and one DELETE per decision."""
    if [name_of(each.request) for each in outcomes] != [name_of(each) for each in requests]:
        raise UntrueOutcomeError(f"{len(outcomes)} outcomes do not answer {len(requests)} requests")
    named = named_more_than_once(exchange, requests)
    for outcome in outcomes:
        check(exchange, outcome, is_shared=named)
    check_sends(exchange, requests, calls=calls)


def check(
    exchange: Witness,
    outcome: Outcome[Any],
    *,
    is_shared: Callable[[Order], bool] = lambda _: False,
) -> None:
    """Raise UntrueOutcomeError if it is not so.

    ``is_shared`` says of an order whether another request names it too, alone or in its list:
    then who of them closed it is not told apart.
    """
    untrue = _untrue(exchange, outcome, is_shared)
    if untrue is not None:
        events = exchange.events[name_of(outcome.request)]
        orders = orders_of(exchange, outcome.request)
        raise UntrueOutcomeError(f"{outcome}, but {untrue}; {orders}, {events}")


def _untrue(  # noqa: C901, PLR0912 - one arm per promise
    exchange: Witness, outcome: Outcome[Any], is_shared: Callable[[Order], bool]
) -> str | None:
    orders = orders_of(exchange, outcome.request)
    executed = [order for order in orders if exchange.truth.executions(order.order_id)]
    ours = [order for order in executed if not is_shared(order)]
    match outcome:
        case Canceled(order=state, evidence=evidence):
            if not orders:
                return "no such order was ever placed"
            if any(order.is_open for order in orders):
                return "it is open"
            if evidence is Evidence.REPLY and not executed:
                return "no cancel of it was ever carried out"
            if not all(order.status == "CANCELED" for order in orders):
                return "it did not end by a cancel"
            return _differs(orders, state)
        case AlreadyClosed(order=state):
            if not orders:
                return "no such order was ever placed"
            if any(order.is_open for order in orders):
                return "it is open"
            if ours:
                return "it was our own cancel that closed it"
            return _differs(orders, state)
        case Closed():
            if any(order.is_open for order in orders):
                return "it is open"
        case Triggered():
            return "margin orders never trigger"
        case Refused():
            if ours:
                return "it was carried out"
        case NotSent():
            if exchange.arrivals_of(outcome.request):
                return "it arrived"
        case Unknown():
            pass
        case _:
            assert_never(outcome)
    return None


def _differs(orders: list[Order], state: Any) -> str | None:
    """Whether the order shown is not the order there is; lists show no quantities."""
    if state is None or not hasattr(state, "status"):
        return None
    (order,) = orders
    if (state.order_id, state.status, state.executed_qty) != (
        order.order_id,
        order.status,
        order.executed,
    ):
        return "the order it shows is not as it is"
    return None


def check_sends(exchange: Witness, requests: Sequence[Request[Any]], *, calls: int = 1) -> None:
    """Every DELETE after the first of a call follows an answer that says: still open, or not executed."""
    for request in requests:
        allowed, free = 0, calls
        for event in exchange.events.get(name_of(request), ()):
            if event.kind != "arrived":
                allowed = 1 if calls == 1 else allowed + 1
            elif free:
                free -= 1
            elif allowed:
                allowed -= 1
            else:
                events = exchange.events[name_of(request)]
                raise UntrueOutcomeError(f"{request} was sent again without a reason: {events}")


def orders_of(exchange: Witness, request: Request[Any]) -> list[Order]:
    """The order a request names, or the orders of the list."""
    book = exchange.book
    if isinstance(request, CancelMarginOrder):
        found = book.find(request.symbol, request.order_id, request.orig_client_order_id)
        return [] if found is None else [found]
    assert isinstance(request, CancelMarginOrderList)
    lists = [
        each
        for each in book.order_lists()
        if request.order_list_id in (None, each.order_list_id)
        and request.list_client_order_id in (None, each.client_id)
    ]
    return book.members(lists[-1]) if lists else []


def named_more_than_once(
    exchange: Witness, requests: Sequence[Request[Any]]
) -> Callable[[Order], bool]:
    """Whether several different requests close an order: by two names, or through its list."""
    by_name = {name_of(request): request for request in requests}
    names: Counter[int] = Counter()
    for request in by_name.values():
        found = orders_of(exchange, request)
        touched = {order.order_id for order in found}
        for order in found:
            if order.order_list_id >= 0:
                touched |= set(exchange.book.order_list(order.order_list_id).order_ids)
        names.update(touched)
    return lambda order: names[order.order_id] > 1


def proper(outcome: Outcome[Any]) -> str:
    """The kind of an outcome, for tables."""
    return type(outcome).__name__
