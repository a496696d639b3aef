"""What the client said of orders placed and changed, against what happened.

``Placed``: it was placed once, and it is this order. ``NotPlaced``, ``Refused`` and ``NotSent``: it never was, and never
will be; ``NotSent``: nothing ever arrived. ``Modified``: the order has had the price and the quantity asked for since the
change left. ``NotModified``: no change of ours was carried out. ``Unknown``: it is in ``unresolved``.
One POST per decision, one order per decision, and no order rests of which nobody has been told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from binance_papi_async import (
    AlreadyClosed,
    Modified,
    NotModified,
    NotPlaced,
    NotSent,
    Placed,
    Refused,
    Unknown,
)
from tests.cancelling.truth import UntrueOutcomeError
from tests.placing.ground import Ground, Sent, name_of


class Decision(Struct, eq=False):
    """One call of ``place`` or ``modify``: it owns what arrives under its name from then on, until the next one has it."""

    request: Any
    first: int
    last: int | None = None
    may_resend: bool = False
    outcome: Any = None


class Book(Struct, eq=False):
    """Every decision of a test."""

    ground: Ground
    decisions: list[Decision] = []
    current: dict[tuple[str, str], Decision] = {}
    named: set[int] = set()
    """Ids of orders that rest by the test's own hand."""

    def begin(self, request: Any, *, may_resend: bool = False) -> Decision:
        """It is about to be handed in; named, so that what arrives can be told apart."""
        name = name_of(request)
        arrived = len(self.ground.sent[name])
        before = self.current.get(name)
        if before is not None:
            before.last = arrived
        decision = Decision(request, arrived, may_resend=may_resend)
        self.decisions.append(decision)
        self.current[name] = decision
        return decision

    def end(self, decision: Decision, outcome: Any, unresolved: Iterable[Unknown]) -> None:
        """It is told; true at this moment, or an error."""
        decision.outcome = outcome
        if isinstance(outcome, Unknown) and not any(each is outcome or each.request == outcome.request for each in unresolved):  # fmt: skip
            raise UntrueOutcomeError(f"{outcome}, and it is not in unresolved")
        self.check(decision)

    def sent_for(self, decision: Decision) -> list[Sent]:
        """What arrived for it."""
        return self.ground.sent[name_of(decision.request)][decision.first : decision.last]

    def check(self, decision: Decision) -> None:
        """Raise UntrueOutcomeError if what was said of it is not so."""
        sent = self.sent_for(decision)
        untrue = _sent_too_often(decision, sent) or _untrue(self.ground, decision, sent)
        if untrue is not None:
            raise UntrueOutcomeError(f"{decision.outcome}, but {untrue}; {sent}")

    def check_all(self, papi: Any) -> None:
        """Every decision, now and for good, and every order that rests."""
        for decision in self.decisions:
            self.check(decision)
        self.check_resting(papi)

    def check_resting(self, papi: Any) -> None:
        """No order rests that neither an outcome nor what is in doubt names."""
        doubtful = {name_of(each.request) for each in papi.unresolved if _is_named(each.request)}
        doubtful |= {name_of(each) for each in papi.in_flight if _is_named(each)}
        told: set[tuple[str, int]] = set()
        for decision in self.decisions:
            if isinstance(decision.outcome, Placed) or name_of(decision.request) in doubtful:
                placed = [each for sent in self.sent_for(decision) for each in sent.placed]
                told |= {key for each in placed for key in _keys(each)}
        for each in self.ground.open_things():
            keys = _keys(each)
            if not keys & told and not any(number in self.named for _, number in keys):
                raise UntrueOutcomeError(f"{each} rests, and nobody was told")


def _is_named(request: Any) -> bool:
    return hasattr(request, "client_id") or hasattr(request, "is_done")


def _keys(placed: Any) -> set[tuple[str, int]]:
    """Of an order, of the orders of a list, of what waits."""
    if hasattr(placed, "order_ids"):
        return {("order", number) for number in placed.order_ids}
    if hasattr(placed, "waiting_id"):
        return {("waiting", placed.waiting_id)}
    return {("order", placed.order_id)}


def numbers_of(placed: Any) -> set[int]:
    """The exchange's ids of what was placed."""
    return {number for _, number in _keys(placed)}


def _sent_too_often(decision: Decision, sent: list[Sent]) -> str | None:
    """Every POST after the first follows an answer that it was not executed, or a proof that was asked for."""
    allowed = 1 + sum(each.may_go_again for each in sent) + decision.may_resend
    if len(sent) > allowed:
        return f"it was sent {len(sent)} times"
    if sum(bool(each.placed) for each in sent) > 1:
        return "it was placed twice"
    return None


def _untrue(ground: Ground, decision: Decision, sent: list[Sent]) -> str | None:
    placed = [each for one in sent for each in one.placed]
    match decision.outcome:
        case Placed(order=order):
            if len(placed) != 1:
                return f"{len(placed)} were placed"
            return None if _shows(order, placed[0]) else f"{placed[0]} was placed"
        case Modified(order=order):
            asked = (decision.request.price, decision.request.quantity)
            return None if (order.price, order.orig_qty) == asked else "it shows something else"
        case AlreadyClosed(order=order):
            found = _order(ground, order.order_id)
            return "it is open" if found is None or found.is_open else None
        case NotPlaced() | Refused() | NotModified():
            if isinstance(decision.outcome, NotPlaced) and not sent:
                return "nothing arrived"
            return "it was carried out" if any(each.is_executed for each in sent) else None
        case NotSent():
            return "it arrived" if sent else None
        case _:
            return None


def _order(ground: Ground, order_id: int) -> Any:
    found = (book.order(order_id) for book in ground.books.values())
    return next((each for each in found if each is not None), None)


def _shows(shown: Any, placed: Any) -> bool:
    """Whether what the client was shown is what was placed, by the exchange's own id."""
    if hasattr(placed, "order_ids"):
        return bool(shown.order_list_id == placed.order_list_id)
    if hasattr(placed, "waiting_id"):
        number = getattr(shown, "algo_id", None) or getattr(shown, "strategy_id", None)
        return bool(number == placed.waiting_id)
    return bool(shown.order_id == placed.order_id)
