"""What became of each request: the truth, or that nobody knows it yet.

Pure values. ``match`` on them is checked for exhaustiveness::

    match outcome:
        case Canceled(order=order): ...
        case AlreadyClosed(order=order): ...
        case Closed(): ...
        case Triggered(placed=placed): ...
        case Refused(error=error): ...
        case NotSent(error=error): ...
        case Unknown(error=error): ...
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar, overload

from msgspec import Struct

from binance_papi_async.declaring.request import CancelRequest, Request
from binance_papi_async.endpoints.cm_order_replies import CmConditionalOrder, CmOrder
from binance_papi_async.endpoints.margin_replies import MarginOrder
from binance_papi_async.endpoints.um_algo_replies import UmAlgoOrder
from binance_papi_async.endpoints.um_order_replies import UmOrder
from binance_papi_async.errors import NotSentError, PapiError, RefusedError

O_co = TypeVar("O_co", covariant=True)
T_co = TypeVar("T_co", covariant=True)


class Evidence(StrEnum):
    """How a cancel is known to have worked."""

    REPLY = "reply"
    """The exchange answered the cancel, or a cancel of everything, with this order."""
    QUERY = "query"
    """The reply was lost, or named no order; the order, read afterwards, is cancelled."""


class Canceled(Struct, Generic[O_co], frozen=True):
    """The exchange confirmed it: the order is cancelled."""

    request: Request[Any]
    order: O_co
    """The order as the evidence shows it, with what had executed before."""
    evidence: Evidence


class AlreadyClosed(Struct, Generic[O_co], frozen=True):
    """The order had filled, expired, been rejected or cancelled before our cancel or change came.

    Of a change whose reply was lost: it has ended, and may have been changed first; ``order`` shows its price.
    """

    request: Request[Any]
    order: O_co
    """The order as the reply or a read shows it, with what had executed."""


class Closed(Struct, frozen=True):
    """Not open any more for certain, and nobody knows how it ended: cancelled by us, or filled just before.

    Never book it as "no fill": read the order, or its trades, first.
    """

    request: Request[Any]
    error: PapiError | None = None
    """What kept it from being read how."""


class Triggered(Struct, Generic[O_co], frozen=True):
    """What it waited for had come before our cancel: the order that it placed lives on."""

    request: Request[Any]
    order: O_co
    """The algo or conditional order as a read shows it."""
    placed: CancelRequest[Any, Any] | None
    """The cancel of the order it placed; None if the exchange does not say which that is."""


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


Outcome: TypeAlias = (
    Canceled[O_co] | AlreadyClosed[O_co] | Closed | Triggered[O_co] | Refused | NotSent | Unknown
)
"""What became of a cancel."""

SendOutcome: TypeAlias = Done[O_co] | Refused | NotSent | Unknown
"""What became of a call of any kind."""


class OutcomeSequence(Sequence[T_co]):
    """One outcome for every request handed in, in the order they were given."""

    kinds: ClassVar[tuple[type[object], ...]]
    """What is counted also where there is none."""

    def __init__(self, outcomes: Iterable[T_co], *, weight: int = 0) -> None:
        self._outcomes = tuple(outcomes)
        self.weight = weight
        """Request weight spent on all of it, resolution included."""

    @overload
    def __getitem__(self, index: int, /) -> T_co: ...
    @overload
    def __getitem__(self, index: slice, /) -> tuple[T_co, ...]: ...
    def __getitem__(self, index: int | slice, /) -> T_co | tuple[T_co, ...]:
        return self._outcomes[index]

    def __len__(self) -> int:
        return len(self._outcomes)

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._outcomes)

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
        """How many of each kind; of others, which ``settle`` tells of too, only what there is."""
        by_type = Counter(map(type, self._outcomes))
        return dict.fromkeys(map(_word, self.kinds), 0) | {
            _word(kind): count for kind, count in by_type.items()
        }

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {kind}" for kind, count in self.counts.items() if count)
        return f"<{type(self).__name__}: {counts or 'none'}; weight {self.weight}>"


class Outcomes(OutcomeSequence[Outcome[O_co]]):
    """What became of every cancel handed in, in the order they were given."""

    kinds: ClassVar[tuple[type[object], ...]] = (
        Canceled,
        AlreadyClosed,
        Closed,
        Triggered,
        Refused,
        NotSent,
        Unknown,
    )

    @property
    def canceled(self) -> list[Canceled[O_co]]:
        """Those the exchange confirmed."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, Canceled)]

    @property
    def already_closed(self) -> list[AlreadyClosed[O_co]]:
        """Those whose order was closed before."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, AlreadyClosed)]

    @property
    def closed(self) -> list[Closed]:
        """Those whose order is closed, and nobody knows how."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, Closed)]

    @property
    def triggered(self) -> list[Triggered[O_co]]:
        """Those whose order had placed another, which lives on."""
        return [outcome for outcome in self._outcomes if isinstance(outcome, Triggered)]

    def raise_failures(self) -> None:
        """Raise an ExceptionGroup of the errors of all that was refused, not sent or unknown, or had triggered, if any was."""
        errors: list[PapiError] = [refused.error for refused in self.refused]
        errors += [not_sent.error for not_sent in self.not_sent]
        errors += [unknown.error for unknown in self.unknown]
        errors += [_lives_on(each) for each in self.triggered]
        if errors:
            raise ExceptionGroup(
                f"{len(errors)} of {len(self)} orders are not known to be closed", errors
            )


def _word(kind: type[object]) -> str:
    """``not_placed`` of ``NotPlaced``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


def _lives_on(triggered: Triggered[Any]) -> PapiError:
    """What it is to whoever asks for errors."""
    placed = triggered.placed or "which the exchange does not name"
    error = PapiError(f"{triggered.request} had triggered: the order it placed lives on, {placed}")
    error.request = triggered.request
    return error


OpenOrder: TypeAlias = MarginOrder | UmOrder | CmOrder | UmAlgoOrder | CmConditionalOrder
"""An order as a read of the open ones shows it."""


class CancelAllReport(Struct, Generic[O_co], frozen=True, kw_only=True):
    """What became of every order that was seen, and what is still open, where it was asked for: nowhere else."""

    places: tuple[str, ...]
    """What it covers: ``LTCBTC`` of margin, ``um BTCUSDT``, ``cm BTCUSD_PERP``, ``um algo BTCUSDT``, ..."""
    outcomes: Outcomes[Any]
    """One for every order seen open."""
    remaining: tuple[O_co, ...]
    """Orders that the last read of their symbol showed open, and that no answer has closed since."""
    unproven: dict[str, PapiError]
    """Those of ``places`` without a read that shows none open, and what stood in the way."""

    def __repr__(self) -> str:
        remaining = f"{len(self.remaining)} remaining; " if self.remaining else ""
        proven = "proven" if self.is_proven else " ".join(["unproven", *self.unproven])
        covered = ", ".join(self.places) or "nothing"
        return f"<CancelAllReport of {covered}: {self.outcomes!r}; {remaining}{proven}>"

    @property
    def is_proven(self) -> bool:
        """Whether, for every one of ``places``, a read after the last cancel showed no open order; of nothing, not."""
        return bool(self.places) and not self.remaining and not self.unproven
