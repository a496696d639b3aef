"""What to do next about one cancel, given everything that is known of it.

Pure: events in, the next step out. The rules, in the order they are asked:

- A definite answer is believed, if it names the order. An "unknown order" is not definite: it also answers
  a cancel that worked.
- After a lost reply nothing is sent before a read has shown that the order is still open.
- What is documented as not executed is sent again, after 200, 400, 800 ms.
- That an order is missing, or not among the open ones, is believed of a read that can have seen it placed.
- What is closed may have filled: how it ended is read, or it is not told.
- A client id names what bore it when the DELETE left, and no later order: the first read fixes which that is.
- At the deadline, what may have been carried out is ``Unknown``; never success, never failure.
"""

from __future__ import annotations

from math import inf
from typing import Any, Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.errors import (
    BlockedError,
    ConnectError,
    NotSentError,
    PapiError,
    RateLimitedError,
    RefusedError,
    ReplyDecodeError,
    TimestampError,
    UnavailableError,
    UnknownOrderError,
    UnknownOutcomeError,
)
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


MAX_UNREADABLE: Final = 2
"""How often a read is asked for again whose answer is the same and cannot be read, or shows another order."""

FORGETTING: Final = 86_400.0
"""Seconds after which an order that nobody knows may have been forgotten: the pages of UM and CM say 3 days."""

MAX_UNCLEAR: Final = 2
"""How often a word that nobody has heard of is read of an order that is not among the open ones."""

How = Literal["state", "open", "either", "end", "parts"]
"""Read the order itself, or the list of open orders, or whichever is cheaper; how one ended that is closed for
certain, if that is worth its weight; or the parts that tell."""


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

_UNSAID: Final = (
    "the reply does not say that the order is cancelled",
    "the reply does not name the order",
)


class Sent(NamedTuple):
    """When a DELETE left, by the exchange's clock, which is not known exactly: epoch seconds."""

    earliest: float
    latest: float


class Patience:
    """How long to pause before the next try, and how often a refusal is outlasted."""

    _again = _refusals = 0

    def _count_refusal(self) -> bool:
        """Whether this many are outlasted."""
        self._refusals += 1
        return self._refusals <= MAX_REFUSALS

    def _pause(self) -> float:
        """Seconds, longer each time."""
        pause = BACK_OFF[min(self._again, len(BACK_OFF) - 1)]
        self._again += 1
        return pause


class Decision(Patience, Generic[O_co]):
    """One order to be cancelled, and what is known of it."""

    left_at = float("-inf")
    """When the first DELETE that may have closed the order left, by the local clock."""
    first_left_at = float("-inf")
    """When the first DELETE of all left: what was placed later is not what was to be cancelled."""
    shown: Any = None
    """What a read showed last of the order."""
    _lost: UnknownOutcomeError | None = None
    """The last attempt that may have been carried out."""
    _denied: UnknownOrderError | None = None
    """The exchange said there is no open order under that id."""
    _refused: RefusedError | None = None
    _not_sent: NotSentError | None = None
    _asking: PapiError | None = None
    """Why asking did not help."""
    _is_gone = _is_before = _is_early = False
    """Whether it is closed for certain; whether what is shown had closed before our DELETE left."""
    _unknown: UnknownOrderError | None = None
    """The exchange does not know any order under that id."""
    _unavailable = _timestamps = _missing = _unreadable = _unclear = 0

    # Nothing but the requests is set here: nearly every cancel is simply answered.
    def __init__(self, request: CancelRequest[Any, Any]) -> None:
        self.request = self.named = request
        """As it was asked for, and by the exchange's own id as soon as a read tells that."""

    @property
    def is_in_doubt(self) -> bool:
        """Whether an attempt so far may have been carried out."""
        return self._lost is not None

    def leaves(self, now: float) -> None:
        """A DELETE is about to leave. What left before and was refused closed nothing."""
        if self._lost is None:
            self.left_at = now

    def answered(self, reply: Any) -> Step[Any]:
        """The DELETE was answered with a reply, which need not say that this order is cancelled."""
        fate = self.named.said(reply)
        if fate == "canceled":
            return Canceled(self.request, reply, Evidence.REPLY)
        if fate == "closed":
            return AlreadyClosed(self.request, reply)
        return self.failed(UnknownOutcomeError(_UNSAID[fate is None]))

    def failed(self, error: PapiError) -> Step[Any]:
        """The DELETE ended so."""
        if self.first_left_at < 0 and not isinstance(error, NotSentError):
            self.first_left_at = self.left_at
        step = self._after(error)
        if isinstance(step, Send) and isinstance(error, RefusedError) and self.named.is_reusable:
            return Ask(step.after, "state")  # by now another order may bear that id
        return step

    def _after(self, error: PapiError) -> Step[Any]:  # noqa: C901 - one row for each kind of error
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
            case RateLimitedError() if not error.is_ban or self._lost is None:
                self._refused = error
                return Send()  # the pool is closed until it may go, for the length of a ban too
            case BlockedError(is_passing=True):
                self._refused = error
                return Send(self._pause()) if self._lost is None else Ask(self._pause())
            case RefusedError():
                self._refused = error
                if self._lost is not None and self._count_refusal():
                    return Ask(self._pause())
                return self.at_deadline()
            case _:  # an error of no branch: nobody knows
                self._lost = UnknownOutcomeError(str(error))
                return Ask()

    def read(self, state: Any, sent: Sent, age: float = inf) -> Step[Any]:
        """The order, read after an attempt, so many seconds after the first one left; ``sent`` is when."""
        if self.named.key not in self.named.keys_of(state):
            return self.unread(
                ReplyDecodeError("the read shows another order", body=repr(state).encode()),
                self._how(),
            )
        self._missing = 0
        if self._is_newer(state, sent):
            return self._superseded()
        fate = self.named.fate(state)
        if fate == "open":
            return self.still_open(state, sent)
        self.shown = state
        if fate == "pending":
            return Ask(self._pause(), "state")
        if fate == "unclear":
            self._unclear += 1
            return Ask(self._pause(), "open")
        if fate == "ended":
            self._is_gone = True
            return Ask(how="parts") if self.named.parts(state) else Closed(self.request)
        if self.named.is_reusable and not self._is_gone and self._denied is None:
            self._is_before, self._is_early = self._was_before(state, sent), age < READ_LAG
            if self._is_before:
                return Ask(how="open")  # of an older order under that id: another may be open
        return self._ended(state, sent, Evidence.QUERY)

    def seen(self, state: Any, sent: Sent, evidence: Evidence) -> Outcome[Any] | None:
        """News of the order: how it ended; None if that does not show it, or shows it open, which may be old."""
        is_ours = self.named.key in self.named.keys_of(state)
        if not is_ours or self.named.fate(state) not in ("canceled", "closed", "triggered"):
            return None
        is_another = self.named.is_reusable and (
            self.named.placed_at_ms(state) is None
            or self._is_newer(state, sent)
            or self._was_before(state, sent)
        )
        return None if is_another else self._ended(state, sent, evidence)

    def missing(self, error: UnknownOrderError, age: float) -> Step[Any]:
        """The exchange does not know the order; asked once more, when a new one must be visible."""
        self._missing += 1
        self._unknown = error
        if self._missing == 1:
            return Ask(max(BACK_OFF[0], READ_LAG - age), how=self._how())
        if not self._is_gone and (self._lost is not None or self._denied is None):
            return Ask(how="open")  # closed orders are forgotten in time, open ones never
        return self._nowhere(error, age)

    def still_open(self, state: Any = None, sent: Sent | None = None) -> Step[Any]:
        """A read after the last attempt shows the order open: it was not cancelled, so send again."""
        if sent is not None and self._is_newer(state, sent):
            return (
                AlreadyClosed(self.request, self.shown) if self._is_before else self._superseded()
            )
        if state is not None:
            if self.named.is_reusable and self.named.placed_at_ms(state) is None:
                error = "the read does not say when the order was placed: it may be a later one"
                return self.unread(ReplyDecodeError(error, body=repr(state).encode()), "open")
            self.shown, self.named = state, self.named.by_id(state)
        self._is_gone = self._is_before = False
        self._unclear = 0
        return Send(self._pause())

    def absent(self, age: float) -> Step[Any]:
        """The order is not among the open ones, asked that many seconds after the first attempt left."""
        if self._is_before and (self._is_early or age < READ_LAG):
            self._is_before = False
            return Ask(max(BACK_OFF[0], READ_LAG - age), "state")  # both reads again
        if self._is_before:
            return AlreadyClosed(self.request, self.shown)
        if self._lost is not None and self._denied is None and age < READ_LAG:
            return Ask(READ_LAG - age, how="open")
        if self._unclear >= MAX_UNCLEAR:
            return Closed(self.request)
        self._is_gone = self._lost is not None
        if self._unknown is not None and self._missing > 1:
            return self._nowhere(self._unknown, age)
        return Ask(how=self._how())

    def untold(self) -> Outcome[Any]:
        """How it ended is not worth its weight."""
        return self.at_deadline()

    def unread(self, error: PapiError, how: How) -> Step[Any]:
        """Asking failed; ask again, unless the answer would be the same."""
        before, self._asking = self._asking, error
        body = error.body if isinstance(error, ReplyDecodeError) else b""
        is_same = isinstance(before, ReplyDecodeError) and body and body == before.body
        self._unreadable = self._unreadable + 1 if is_same else 0
        if self._unreadable >= MAX_UNREADABLE:
            return self.at_deadline()
        if not is_final(error):
            return Ask(self._pause(), how)
        if isinstance(error, RefusedError) and error.code is None and self._count_refusal():
            return Ask(self._pause(), how)  # not the exchange's own word: a machine in front of it
        return self.at_deadline()

    def at_deadline(self) -> Outcome[Any]:
        """Time is up, or nothing more can be done."""
        if self._is_gone:
            return Closed(self.request, self._asking)
        in_doubt = self._lost or self._denied
        if in_doubt is not None:
            return Unknown(self.request, self._asking or in_doubt)
        if self._refused is not None:
            return Refused(self.request, self._refused)
        if self._not_sent is not None:
            return NotSent(self.request, self._not_sent)
        return NotSent(self.request, NotSentError("the deadline passed before this could be sent"))

    def _ended(self, state: Any, sent: Sent, evidence: Evidence) -> Outcome[Any]:
        """By us, if one of ours was lost and the order changed since; else by somebody before."""
        if self.named.fate(state) == "triggered":
            return Triggered(self.request, state, self.named.placed_by(state))
        is_canceled = self.named.fate(state) == "canceled"
        if is_canceled and self._lost is not None and not self._was_before(state, sent):
            return Canceled(self.request, state, evidence)
        return AlreadyClosed(self.request, state)

    def _nowhere(self, error: UnknownOrderError, age: float) -> Outcome[Any]:
        """Neither open nor known: forgotten, if it was there or may have been; else it never was."""
        if self.shown is not None or age > FORGETTING:
            return Closed(self.request, error)
        return Refused(self.request, error)

    def _superseded(self) -> Outcome[Any]:
        """A later order bears its client id: what bore it when the DELETE left is open no more, if any did."""
        error = self._denied or self._refused
        if self._lost is None and self.shown is None and error is not None:
            return Refused(self.request, error)  # nothing of ours was carried out
        return Closed(self.request)

    def _how(self) -> How:
        return "end" if self._is_gone else "state"

    def _was_before(self, state: Any, sent: Sent) -> bool:
        """Whether it last changed before our first attempt left."""
        changed_at = self.named.changed_at_ms(state)
        return changed_at is not None and changed_at / 1000 < sent.earliest

    def _is_newer(self, state: Any, sent: Sent) -> bool:
        """Whether this is a later order, placed under the same client id after our DELETE left."""
        placed_at = self.named.placed_at_ms(state) if self.named.is_reusable else None
        return placed_at is not None and placed_at / 1000 > sent.latest


def is_final(error: PapiError) -> bool:
    """Whether asking the same again would be answered the same."""
    if isinstance(error, BlockedError):
        return not error.is_passing
    if isinstance(error, RefusedError):
        return not isinstance(error, UnavailableError | RateLimitedError | TimestampError)
    return isinstance(error, NotSentError) and not isinstance(error, ConnectError)
