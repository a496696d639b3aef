"""How outcomes are written: as JSON, one on each line, and as a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

from msgspec import Struct

from binance_papi_async.cli.render import show_table
from binance_papi_async.endpoints.margin_orders import CancelMarginOrder
from binance_papi_async.endpoints.margin_replies import CanceledMarginOrder, MarginOrder
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Closed,
    Evidence,
    NotSent,
    Outcome,
    Refused,
    Triggered,
    Unknown,
)

Order: TypeAlias = CanceledMarginOrder | MarginOrder
HEAD: Final = ("symbol", "order", "outcome", "status", "filled", "what is known")


_KNOWN: Final = {
    "already_closed": "it was closed before",
    "closed": "it is closed, and may have filled: nobody knows how it ended",
    "triggered": "the order it placed lives on",
}


class ToldOutcome(Struct, rename="camel", frozen=True):
    """What is told of one order."""

    outcome: str
    """The kind, named as in ``Outcomes.counts``."""
    symbol: str
    order_id: int | None
    orig_client_order_id: str | None
    evidence: Evidence | None
    status: str | None
    executed_qty: Decimal | None
    error: str | None

    @property
    def name(self) -> str:
        """The id it was asked for by, or became known by."""
        return str(self.orig_client_order_id if self.order_id is None else self.order_id)


def told(outcome: Outcome[Order]) -> ToldOutcome:
    """An outcome in the words of the command line."""
    request = outcome.request
    if not isinstance(request, CancelMarginOrder):
        raise TypeError(f"{request} cancels no margin order")
    order = _order_of(outcome)
    client_order_id = request.orig_client_order_id
    return ToldOutcome(
        outcome=kind_of(outcome),
        symbol=request.symbol,
        order_id=request.order_id if order is None else order.order_id or request.order_id,
        orig_client_order_id=client_order_id
        if order is None
        else _client_order_id(order) or client_order_id,
        evidence=outcome.evidence if isinstance(outcome, Canceled) else None,
        status=None if order is None or order.status is None else str(order.status),
        executed_qty=None if order is None else order.executed_qty,
        error=_error_of(outcome),
    )


def kind_of(outcome: Outcome[Any]) -> str:
    """The kind of an outcome, named as in ``Outcomes.counts``."""
    match outcome:
        case Canceled():
            return "canceled"
        case AlreadyClosed():
            return "already_closed"
        case Closed():
            return "closed"
        case Triggered():
            return "triggered"
        case Refused():
            return "refused"
        case NotSent():
            return "not_sent"
        case Unknown():
            return "unknown"


def summary(outcomes: Iterable[Outcome[Any]]) -> str:
    """How many of each kind, on one line."""
    counts = Counter(kind_of(outcome) for outcome in outcomes)
    return ", ".join(f"{count:,} {words(kind)}" for kind, count in counts.items()) or "none"


def evidence_summary(outcomes: Iterable[Outcome[Any]]) -> str:
    """How many of the cancelled are known in which way, on one line."""
    counts = Counter(each.evidence for each in outcomes if isinstance(each, Canceled))
    return ", ".join(f"{count:,} by {evidence}" for evidence, count in counts.items()) or "none"


def show_remarkable(outcomes: Sequence[Outcome[Order]]) -> None:
    """A row for every order but those whose cancel the exchange answered in the plain way."""
    rows = [_row(told(outcome)) for outcome in outcomes if not _is_plain(outcome)]
    if rows:
        show_table(HEAD, rows)


def rows_of(one: ToldOutcome) -> Iterator[tuple[str, object]]:
    """A row for everything that is known of one order."""
    yield "outcome", words(one.outcome)
    yield "symbol", one.symbol
    for name, value in (
        ("order id", one.order_id),
        ("client order id", one.orig_client_order_id),
        ("status", one.status),
        ("filled", _digits(one.executed_qty) or None),
        ("evidence", one.evidence),
        ("error", one.error),
    ):
        if value is not None:
            yield name, value


def words(kind: str) -> str:
    """``already closed`` of ``already_closed``."""
    return kind.replace("_", " ")


def _row(one: ToldOutcome) -> tuple[object, ...]:
    known = one.evidence or one.error or _KNOWN.get(one.outcome, "")
    return (
        one.symbol,
        one.name,
        words(one.outcome),
        one.status or "",
        _digits(one.executed_qty),
        known,
    )


def _is_plain(outcome: Outcome[Order]) -> bool:
    return isinstance(outcome, Canceled) and outcome.evidence is Evidence.REPLY


def _order_of(outcome: Outcome[Order]) -> Order | None:
    return outcome.order if isinstance(outcome, Canceled | AlreadyClosed | Triggered) else None


def _client_order_id(order: Order) -> str | None:
    """The id it was placed under; a cancel's own id is told in the same place of its reply."""
    if isinstance(order, CanceledMarginOrder):
        return order.orig_client_order_id
    return order.client_order_id


def _error_of(outcome: Outcome[Order]) -> str | None:
    if isinstance(outcome, Refused | NotSent | Unknown):
        return f"{type(outcome.error).__name__}: {outcome.error}"
    return None


def _digits(quantity: Decimal | None) -> str:
    return "" if quantity is None else f"{quantity:f}"
