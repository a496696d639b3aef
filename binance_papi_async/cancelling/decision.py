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
from typing import Any, Final, Generic, TypeVar

from binance_papi_async.deciding.steps import (
    BACK_OFF,
    FORGETTING,
    READ_LAG,
    Ask,
    Deciding,
    How,
    Send,
    Sent,
    Step,
)
from binance_papi_async.declaring.request import CancelRequest
from binance_papi_async.errors import (
    BlockedError,
    NotSentError,
    PapiError,
    RefusedError,
    ReplyDecodeError,
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

MAX_UNCLEAR: Final = 2
"""How often a word that nobody has heard of is read of an order that is not among the open ones."""

_UNSAID: Final = (
    "the reply does not say that the order is cancelled",
    "the reply does not name the order",
)


class Decision(Deciding[CancelRequest[Any, Any]], Generic[O_co]):
    """One order to be cancelled, and what is known of it."""

    _denied: UnknownOrderError | None = None
    """The exchange said there is no open order under that id."""
    _is_gone = _is_before = _is_early = False
    """Whether it is closed for certain; whether what is shown had closed before our DELETE left."""
    _unknown: UnknownOrderError | None = None
    """The exchange does not know any order under that id."""
    _missing = _unclear = 0

    def __init__(self, request: CancelRequest[Any, Any]) -> None:
        super().__init__(request, request)

    @property
    def to_send(self) -> CancelRequest[Any, Any]:
        """A DELETE, by the exchange's own id if that is known."""
        return self.named

    def answered(self, reply: Any) -> Step[Outcome[Any]]:
        """The DELETE was answered with a reply, which need not say that this order is cancelled."""
        fate = self.named.said(reply)
        if fate == "canceled":
            return Canceled(self.request, reply, Evidence.REPLY)
        if fate == "closed":
            return AlreadyClosed(self.request, reply)
        return self.failed(UnknownOutcomeError(_UNSAID[fate is None]))

    def failed(self, error: PapiError) -> Step[Outcome[Any]]:
        """The DELETE ended so."""
        step = super().failed(error)
        if isinstance(step, Send) and isinstance(error, RefusedError) and self.named.is_reusable:
            return Ask(step.after, "state")  # by now another order may bear that id
        return step

    def _after(self, error: PapiError) -> Step[Outcome[Any]]:
        if (again := self._not_executed(error)) is not None:
            is_blocked = isinstance(error, BlockedError) and self._lost is not None
            return Ask(again.after) if is_blocked else again
        match error:
            case UnknownOrderError():
                self._denied = error
                return Ask(how="state")
            case NotSentError():
                self._not_sent = error
                return self.at_deadline()
            case RefusedError():
                self._refused = error
                if self._lost is not None and self._count_refusal():
                    return Ask(self._pause())
                return self.at_deadline()
            case _:
                self._lose(error)
                return Ask()

    def read(self, state: Any, sent: Sent, age: float = inf) -> Step[Outcome[Any]]:
        """The order, read after an attempt, so many seconds after the first one left; ``sent`` is when."""
        if self.named.key not in self.named.keys_of(state):
            return self._read_another(state, self._how())
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

    def missing(self, error: UnknownOrderError, age: float) -> Step[Outcome[Any]]:
        """The exchange does not know the order; asked once more, when a new one must be visible."""
        self._missing += 1
        self._unknown = error
        if self._missing == 1:
            return Ask(max(BACK_OFF[0], READ_LAG - age), how=self._how())
        if not self._is_gone and (self._lost is not None or self._denied is None):
            return Ask(how="open")  # closed orders are forgotten in time, open ones never
        return self._nowhere(error, age)

    def still_open(
        self,
        state: Any = None,
        sent: Sent | None = None,
        age: float = inf,  # noqa: ARG002 - of others
    ) -> Step[Outcome[Any]]:
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

    def absent(self, age: float) -> Step[Outcome[Any]]:
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
