"""What became of each request: the truth, or that nobody knows it yet.

Pure values. ``match`` on them is checked for exhaustiveness::

    match outcome:
        case Canceled(order=order): ...
        case AlreadyClosed(order=order): ...
        case Refused(error=error): ...
        case NotSent(error=error): ...
        case Unknown(error=error): ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar, overload

from msgspec import Struct

from binance_papi_async.declaring.request import Request
from binance_papi_async.endpoints.margin_replies import CanceledMarginOrder, MarginOrder
from binance_papi_async.errors import NotSentError, PapiError, RefusedError

O_co = TypeVar("O_co", covariant=True)


class Evidence(StrEnum):
    """How a cancel is known to have worked."""

    REPLY = "reply"
    """The exchange answered the cancel, or a cancel of everything, with this order."""
    QUERY = "query"
    """The reply was lost; the order, read afterwards, is cancelled."""
    OPEN_ORDERS = "open orders"
    """The reply was lost; the order is no longer among the open ones; or the list of orders is done.

    It is closed for certain. How is not known: it may have filled just before the cancel came.
    """


class Canceled(Struct, Generic[O_co], frozen=True):
    """The exchange confirmed it: the order is closed."""

    request: Request[Any]
    order: O_co | None
    """The order as the evidence shows it; None if that is its absence from the open orders."""
    evidence: Evidence


class AlreadyClosed(Struct, Generic[O_co], frozen=True):
    """The order had filled, expired, been rejected or cancelled before our cancel came."""

    request: Request[Any]
    order: O_co
    """The order as a query shows it, with what had executed."""


class Done(Struct, Generic[O_co], frozen=True):
    """A call of any kind, answered; what ``send_all`` returns for a request that worked."""

    request: Request[O_co]
    reply: O_co


class Refused(Struct, frozen=True):
    """A definite no: nothing changed."""

    request: Request[Any]
    error: RefusedError


class NotSent(Struct, frozen=True):
    """Provably nothing left this process."""

    request: Request[Any]
    error: NotSentError


class Unknown(Struct, frozen=True):
    """Still unresolved at the deadline: it may have been carried out."""

    request: Request[Any]
    error: PapiError
    """What kept it from being known."""


Outcome: TypeAlias = Canceled[O_co] | AlreadyClosed[O_co] | Refused | NotSent | Unknown
"""What became of a cancel."""

SendOutcome: TypeAlias = Done[O_co] | Refused | NotSent | Unknown
"""What became of a call of any kind."""


class Outcomes(Sequence[Outcome[O_co]]):
    """One outcome for every request handed in, in the order they were given."""

    def __init__(self, outcomes: Iterable[Outcome[O_co]], *, weight: int = 0) -> None:
        self._outcomes = tuple(outcomes)
        self.weight = weight
        """Request weight spent on all of it, resolution included."""

    @overload
    def __getitem__(self, index: int, /) -> Outcome[O_co]: ...
    @overload
    def __getitem__(self, index: slice, /) -> tuple[Outcome[O_co], ...]: ...
    def __getitem__(self, index: int | slice, /) -> Outcome[O_co] | tuple[Outcome[O_co], ...]:
        return self._outcomes[index]

    def __len__(self) -> int:
        return len(self._outcomes)

    def __iter__(self) -> Iterator[Outcome[O_co]]:
        return iter(self._outcomes)

    @property
    def canceled(self) -> list[Canceled[O_co]]:
        """Those the exchange confirmed."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, Canceled)]

    @property
    def already_closed(self) -> list[AlreadyClosed[O_co]]:
        """Those whose order was closed before."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, AlreadyClosed)]

    @property
    def refused(self) -> list[Refused]:
        """Those the exchange said no to."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, Refused)]

    @property
    def not_sent(self) -> list[NotSent]:
        """Those that never left."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, NotSent)]

    @property
    def unknown(self) -> list[Unknown]:
        """Those nobody knows about yet."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, Unknown)]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {
            "canceled": len(self.canceled),
            "already_closed": len(self.already_closed),
            "refused": len(self.refused),
            "not_sent": len(self.not_sent),
            "unknown": len(self.unknown),
        }

    def raise_failures(self) -> None:
        """Raise an ExceptionGroup of the errors of all that was refused, not sent or unknown, if any was."""
        errors: list[PapiError] = [refused.error for refused in self.refused]
        errors += [not_sent.error for not_sent in self.not_sent]
        errors += [unknown.error for unknown in self.unknown]
        if errors:
            raise ExceptionGroup(
                f"{len(errors)} of {len(self)} orders are not known to be closed", errors
            )

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {kind}" for kind, count in self.counts.items() if count)
        return f"<Outcomes: {counts or 'none'}; weight {self.weight}>"


class CancelAllReport(Struct, frozen=True, kw_only=True):
    """What became of every order that was seen, and what is still open."""

    outcomes: Outcomes[CanceledMarginOrder | MarginOrder]
    """One for every order seen open."""
    remaining: tuple[MarginOrder, ...]
    """Orders that the last read of their symbol showed open, and that no answer has closed since."""
    unproven: dict[str, PapiError]
    """Symbols without a read that shows none open, and what stood in the way."""

    def __repr__(self) -> str:
        remaining = f"{len(self.remaining)} remaining; " if self.remaining else ""
        proven = "proven" if self.is_proven else " ".join(["unproven", *self.unproven])
        return f"<CancelAllReport: {self.outcomes!r}; {remaining}{proven}>"

    @property
    def is_proven(self) -> bool:
        """Whether, for every symbol, a read after the last cancel showed no open order."""
        return not self.remaining and not self.unproven
