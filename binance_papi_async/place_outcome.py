"""What became of each order placed or changed: the truth, or that nobody knows it yet.

Pure values. ``match`` on them is checked for exhaustiveness::

    match outcome:
        case Placed(order=order): ...
        case NotPlaced(): ...
        case Refused(error=error): ...
        case NotSent(error=error): ...
        case Unknown(error=error): ...
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from msgspec import Struct

from binance_papi_async.declaring.orders import ModifyRequest, PlaceRequest
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.errors import PapiError
from binance_papi_async.outcome import (
    AlreadyClosed,
    CancelAllReport,
    Evidence,
    NotSent,
    Outcome,
    Outcomes,
    OutcomeSequence,
    Refused,
    Unknown,
)

O_co = TypeVar("O_co", covariant=True)


class Placed(Struct, Generic[O_co], frozen=True):
    """The exchange took the order: it rests, or it traded, or it ended at once, as ``order`` shows."""

    request: PlaceRequest[Any, Any]
    """With the client id it was placed under."""
    order: O_co
    """The order as the reply or a read shows it; an ``ACK`` says little more than its ids."""
    evidence: Evidence

    @property
    def is_open(self) -> bool | None:
        """Whether ``order`` shows it open; None if it does not say, as an ``ACK``."""
        fate = self.request.to_cancel().fate(self.order)
        return None if fate in ("unclear", "pending") else fate == "open"

    def to_cancel(self) -> CancelRequest[Any, Any]:
        """The cancel of it, by the exchange's id."""
        return self.request.to_cancel().by_id(self.order)


class NotPlaced(Struct, frozen=True):
    """It left, its reply was lost, and reads that must have seen it do not know it: it never was, and never will be."""

    request: PlaceRequest[Any, Any]
    error: PapiError
    """How the reply was lost."""


class Modified(Struct, Generic[O_co], frozen=True):
    """The order rests with the price and the quantity that were asked for."""

    request: ModifyRequest[Any, Any]
    order: O_co
    evidence: Evidence


class NotModified(Struct, Generic[O_co], frozen=True):
    """The reply was lost, and the order, read afterwards, rests as it was."""

    request: ModifyRequest[Any, Any]
    order: O_co
    error: PapiError
    """How the reply was lost."""


PlaceOutcome: TypeAlias = Placed[O_co] | NotPlaced | Refused | NotSent | Unknown
"""What became of an order that was to be placed."""
ModifyOutcome: TypeAlias = (
    Modified[O_co] | NotModified[O_co] | AlreadyClosed[O_co] | Refused | NotSent | Unknown
)
"""What became of a change."""


class PlaceOutcomes(OutcomeSequence[PlaceOutcome[O_co]]):
    """What became of every order handed in, in the order they were given."""

    kinds: ClassVar[tuple[type[object], ...]] = (Placed, NotPlaced, Refused, NotSent, Unknown)

    @property
    def placed(self) -> list[Placed[O_co]]:
        """Those the exchange took."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, Placed)]

    @property
    def not_placed(self) -> list[NotPlaced]:
        """Those that left, and provably never were."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, NotPlaced)]

    def raise_failures(self) -> None:
        """Raise an ExceptionGroup of the errors of all that is not known to be placed, if any is not."""
        errors = [each.error for each in self._outcomes if not isinstance(each, Placed)]
        if errors:
            raise ExceptionGroup(
                f"{len(errors)} of {len(self)} orders are not known to be placed", errors
            )


class Stopped(Struct, frozen=True, kw_only=True):
    """What became of everything when placing was stopped."""

    cleared: CancelAllReport[Any] | None
    """Of the cancel of all that was asked for; None if none was."""
    settled: Outcomes[Any]
    """Orders and cancels that were in doubt: what became of them."""
    late: Outcomes[Any]
    """The cancels of orders that were found to be placed only after all had been cancelled."""
    unresolved: tuple[Unknown, ...]
    """What nobody knows even now."""

    @property
    def is_proven(self) -> bool:
        """Whether what was to be cleared shows no open order, and nothing is in doubt."""
        is_clear = self.cleared is None or self.cleared.is_proven
        late = self.late
        is_late_closed = not (late.unknown or late.refused or late.not_sent or late.triggered)
        return is_clear and is_late_closed and not self.unresolved


C_co = TypeVar("C_co", covariant=True)


class Replaced(Struct, Generic[C_co, O_co], frozen=True):
    """One order cancelled, and another placed in its stead, if the first allowed it."""

    canceled: Outcome[C_co]
    placed: PlaceOutcome[O_co] | None
    """None if nothing was to be placed: what became of the first did not allow it, or the caller wanted nothing."""
