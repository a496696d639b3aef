"""What to do next about one cancel, given everything that is known of it.

Pure: events in, the next step out. The rules, in the order they are asked:

- A definite answer is believed. An "unknown order" is not definite: it also answers a cancel that worked.
- After a lost reply nothing is sent before a read has shown that the order is still open.
- What is documented as not executed is sent again, after 200, 400, 800 ms.
- That an order is missing, or not among the open ones, is believed of a read that can have seen it placed.
- At the deadline, what may have been carried out is ``Unknown``; never success, never failure.
"""

from __future__ import annotations

from typing import Any, Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.errors import (
    ConnectError,
    NotSentError,
    PapiError,
    RateLimitedError,
    RefusedError,
    TimestampError,
    UnavailableError,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.outcome import (
    AlreadyClosed,
    Canceled,
    Evidence,
    NotSent,
    Outcome,
    Refused,
    Unknown,
)

O_co = TypeVar("O_co", covariant=True)

BACK_OFF: Final = (0.2, 0.4, 0.8)
"""Seconds before sending again, as the exchange asks (PAPI general page); the last one repeats."""
MAX_UNAVAILABLE: Final = 5
"""How often "down" or "overloaded" is answered by sending again (the page: three to five times)."""
MAX_TIMESTAMPS: Final = 1
"""How often a timestamp called wrong is answered by a corrected clock and another signature."""
MAX_REFUSALS: Final = 5
"""How often a refusal is outlasted while a lost attempt leaves doubt: it says nothing about that one."""

READ_LAG: Final = 1.0
"""Seconds by which reads may lag behind, so that an order placed just before its cancel is in none yet.

The exchange's own people put missing open orders down to replicas not yet synchronised
(github.com/binance/binance-api-postman, issue 102); no page says how long that takes.
"""


How = Literal["state", "open", "either"]
"""Read the order itself, or the list of open orders, or whichever is cheaper."""


class Send(NamedTuple):
    """Send the DELETE, after that many seconds."""

    after: float = 0.0


class Ask(NamedTuple):
    """Read what became of the order, after that many seconds."""

    after: float = 0.0
    how: How = "either"


Step: TypeAlias = Send | Ask | Outcome[O_co]


UNFINISHED: Final = (Send, Ask)
"""Steps that are no outcome yet."""


class Decision(Generic[O_co]):
    """One order to be cancelled, and what is known of it."""

    left_at = float("-inf")
    """When the first DELETE that may have closed the order left, by the local clock."""
    _lost: UnknownOutcomeError | None = None
    """The last attempt that may have been carried out."""
    _denied: UnknownOrderError | None = None
    """The exchange said there is no open order under that id."""
    _refused: RefusedError | None = None
    _not_sent: NotSentError | None = None
    _asking: PapiError | None = None
    """Why asking did not help."""
    _again = _unavailable = _timestamps = _refusals = _missing = 0

    # Nothing but the request is set here: nearly every cancel is simply answered.
    def __init__(self, request: CancelRequest[Any, Any]) -> None:
        self.request = request

    @property
    def is_in_doubt(self) -> bool:
        """Whether an attempt so far may have been carried out."""
        return self._lost is not None

    def leaves(self, now: float) -> None:
        """A DELETE is about to leave. What left before and was refused closed nothing."""
        if self._lost is None:
            self.left_at = now

    def answered(self, order: Any) -> Outcome[Any]:
        """The exchange says that it is done."""
        return Canceled(self.request, order, Evidence.REPLY)

    def failed(self, error: PapiError) -> Step[Any]:
        """The DELETE ended so."""
        match error:
            case UnknownOutcomeError():
                self._lost = error
                return Ask()
            case UnknownOrderError():
                self._denied = error
                return Ask(how="state")
            case ConnectError():
                self._not_sent = error
                return Send(self._pause())
            case NotSentError():
                self._not_sent = error
                return self.at_deadline()
            case UnavailableError() if self._unavailable < MAX_UNAVAILABLE:
                self._unavailable += 1
                self._refused = error
                return Send(self._pause())
            case TimestampError() if self._timestamps < MAX_TIMESTAMPS:
                self._timestamps += 1
                self._refused = error
                return Send()
            case RateLimitedError() if not error.is_ban:
                self._refused = error
                return Send()  # the pool is closed until it may go
            case RefusedError():
                self._refused = error
                if self._lost is not None and self._may_outlast():
                    return Ask(self._pause())
                return self.at_deadline()
            case _:  # an error of no branch: nobody knows
                self._lost = UnknownOutcomeError(str(error))
                return Ask()

    def read(self, state: Any, sent_at: float) -> Step[Any]:
        """The order, read after an attempt; ``sent_at`` is when the first one left, exchange time."""
        self._missing = 0
        return self.seen(state, sent_at) or self.still_open()

    def seen(
        self, state: Any, sent_at: float, evidence: Evidence = Evidence.QUERY
    ) -> Outcome[Any] | None:
        """News of the order: how it ended if that shows it closed, None if it shows it open, which may be old."""
        fate = self.request.fate(state)
        if fate == "open":
            return None
        changed_at = self.request.changed_at_ms(state)
        was_before = changed_at is not None and changed_at / 1000 < sent_at
        if self._lost is None or was_before or fate == "closed":
            return AlreadyClosed(self.request, state)
        if fate == "ended":  # of a list of orders no read tells how
            return Canceled(self.request, None, Evidence.OPEN_ORDERS)
        return Canceled(self.request, state, evidence)

    def missing(self, error: UnknownOrderError, age: float) -> Step[Any]:
        """The exchange does not know the order; asked once more, when a new one must be visible."""
        self._missing += 1
        if self._missing == 1:
            return Ask(max(BACK_OFF[0], READ_LAG - age), how="state")
        if self._lost is not None:
            return Ask(how="open")  # closed orders are forgotten in time, open ones never
        self._denied = None
        self._refused = error
        return self.at_deadline()

    def still_open(self) -> Step[Any]:
        """A read after the last attempt shows the order open: it was not cancelled, so send again."""
        return Send(self._pause())

    def absent(self, age: float) -> Step[Any]:
        """The order is not among the open ones, asked that many seconds after the first attempt left."""
        if self._lost is None or (self._denied is not None and self._missing == 0):
            return Ask(how="state")  # it was closed before one of our attempts: how matters
        if age < READ_LAG:
            return Ask(READ_LAG - age, how="open")
        return Canceled(self.request, None, Evidence.OPEN_ORDERS)

    def unread(self, error: PapiError, how: How) -> Step[Any]:
        """Asking failed; ask again, unless the answer would be the same."""
        self._asking = error
        if not is_final(error):
            return Ask(self._pause(), how)
        if isinstance(error, RefusedError) and error.code is None and self._may_outlast():
            return Ask(self._pause(), how)  # not the exchange's own word: a machine in front of it
        return self.at_deadline()

    def at_deadline(self) -> Outcome[Any]:
        """Time is up, or nothing more can be done."""
        in_doubt = self._lost or self._denied
        if in_doubt is not None:
            return Unknown(self.request, self._asking or in_doubt)
        if self._refused is not None:
            return Refused(self.request, self._refused)
        if self._not_sent is not None:
            return NotSent(self.request, self._not_sent)
        return NotSent(self.request, NotSentError("the deadline passed before this could be sent"))

    def _may_outlast(self) -> bool:
        self._refusals += 1
        return self._refusals <= MAX_REFUSALS

    def _pause(self) -> float:
        pause = BACK_OFF[min(self._again, len(BACK_OFF) - 1)]
        self._again += 1
        return pause


def is_final(error: PapiError) -> bool:
    """Whether asking the same again would be answered the same."""
    if isinstance(error, RefusedError):
        return not isinstance(error, UnavailableError | RateLimitedError | TimestampError)
    return isinstance(error, NotSentError) and not isinstance(error, ConnectError)
