"""What to do next about one order to be changed, given everything that is known of it.

Pure: events in, the next step out. The rules, in the order they are asked:

- A definite answer is believed, if it names the order and shows what was asked for.
- A PUT whose reply is lost is not sent again: the order is read, and shows whether it was changed.
- That it was not is believed of a read asked when nothing can come after, which shows it as it was before the PUT left.
- What a read shows unchanged since before the PUT left may be old, for as long as reads may lag behind.
- A client id names what bore it when the PUT left, and neither an earlier order nor a later one.
- What is documented as not executed is sent again after 200, 400, 800 ms, while the change is still valid.
- At the deadline, what may have been carried out is ``Unknown``; never success, never failure.
"""

from __future__ import annotations

from typing import Any, Final

from binance_papi_async.deciding.steps import (
    BACK_OFF,
    FORGETTING,
    READ_LAG,
    Ask,
    Deciding,
    Sent,
    Step,
)
from binance_papi_async.declaring.orders import ModifyRequest
from binance_papi_async.errors import (
    NotSentError,
    PapiError,
    RefusedError,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.outcome import AlreadyClosed, Evidence, NotSent, Refused, Unknown
from binance_papi_async.place_outcome import Modified, ModifyOutcome, NotModified
from binance_papi_async.placing.placement import TOO_LATE, UNNAMED

UNDONE: Final = "the reply does not show the price and the quantity that were asked for"


class Amendment(Deciding[ModifyRequest[Any, Any]]):
    """One order to be changed, and what is known of it."""

    _denied: UnknownOrderError | None = None
    """The exchange said there is no such open order."""

    def __init__(self, request: ModifyRequest[Any, Any], *, proof_age: float) -> None:
        super().__init__(request, request.to_cancel())
        self._proof_age = proof_age
        """Seconds after a PUT left from which on a read shows for good whether it was carried out."""

    def answered(self, reply: Any) -> Step[ModifyOutcome[Any]]:
        """The PUT was answered with a reply, which need not say that the order is changed."""
        if self.named.key not in self.named.keys_of(reply):
            return self.failed(UnknownOutcomeError(UNNAMED))
        fate = self.named.fate(reply)
        if fate in ("closed", "canceled"):
            return AlreadyClosed(self.request, reply)
        if self.request.is_done(reply) is False:
            return self.failed(UnknownOutcomeError(UNDONE))
        return Modified(self.request, reply, Evidence.REPLY)

    def read(self, state: Any, sent: Sent, age: float) -> Step[ModifyOutcome[Any]]:
        """The order, read so many seconds after the PUT left."""
        if self.named.key not in self.named.keys_of(state):
            return self._read_another(state, "state")
        if self._is_newer(state, sent):
            return self.at_deadline()
        is_as_before, fate = self._was_before(state, sent), self.named.fate(state)
        if age < READ_LAG and is_as_before and self.named.is_reusable:
            return Ask(max(BACK_OFF[0], READ_LAG - age), "state")  # it may be an earlier order
        self.named = self.named.by_id(state)
        if is_as_before:
            self.shown = state
        if fate in ("closed", "canceled"):
            return AlreadyClosed(self.request, state)
        is_old = is_as_before and age < READ_LAG
        if fate == "open" and not is_old and self._lost and self.request.is_done(state):
            return Modified(self.request, state, Evidence.QUERY)
        if age < self._proof_age or fate != "open":
            until = READ_LAG if age < READ_LAG else self._proof_age
            return Ask(max(BACK_OFF[0], until - age), "state")
        return self._unchanged(state)

    def _unchanged(self, state: Any) -> ModifyOutcome[Any]:
        """It rests otherwise than was asked for, and nothing can come any more; unless another change hides ours."""
        error, before = self._lost or self._denied, self.shown
        if error is None or before is None or self.request.is_done(state) is not False:
            return self.at_deadline()
        if (before.price, before.orig_qty) != (state.price, state.orig_qty):
            return self.at_deadline()
        return NotModified(self.request, state, error)

    def seen(self, state: Any, sent: Sent, evidence: Evidence) -> ModifyOutcome[Any] | None:
        """News of the order: that it ended, or rests as it was asked for; None if it rests otherwise, which may be old."""
        if self.named.key not in self.named.keys_of(state):
            return None
        fate, is_as_before = self.named.fate(state), self._was_before(state, sent)
        if self._is_newer(state, sent) or (
            is_as_before and (self.named.is_reusable or fate == "open")
        ):
            return None
        if fate in ("closed", "canceled"):
            return AlreadyClosed(self.request, state)
        is_changed = fate == "open" and self._lost is not None and self.request.is_done(state)
        return Modified(self.request, state, evidence) if is_changed else None

    def missing(self, error: UnknownOrderError, age: float) -> Step[ModifyOutcome[Any]]:
        """The exchange does not know the order: there is nothing to change, or it was and has been forgotten since."""
        if age < READ_LAG:
            return Ask(max(BACK_OFF[0], READ_LAG - age), "state")
        if self._lost is not None and age > FORGETTING:
            self._asking = error
            return self.at_deadline()
        return Refused(self.request, self._denied or error)

    def still_open(self, state: Any, sent: Sent, age: float) -> Step[ModifyOutcome[Any]]:
        """It is among the open ones."""
        return self.read(state, sent, age)

    def absent(self, age: float) -> Step[ModifyOutcome[Any]]:  # noqa: ARG002 - how it ended, a read tells
        """It is not among the open ones."""
        return Ask(how="state")

    def at_deadline(self) -> ModifyOutcome[Any]:
        """Time is up, or nothing more can be done."""
        in_doubt = self._lost or self._denied
        if in_doubt is not None:
            return Unknown(self.request, self._asking or in_doubt)
        if self._refused is not None:
            return Refused(self.request, self._refused)
        return NotSent(self.request, self._not_sent or NotSentError(TOO_LATE))

    def _after(self, error: PapiError) -> Step[ModifyOutcome[Any]]:
        if (again := self._not_executed(error)) is not None:
            return again
        match error:
            case NotSentError():
                self._not_sent = error
                return self.at_deadline()
            case UnknownOrderError():
                self._denied = error
                return Ask(how="state")
            case RefusedError():
                self._refused = error
                return self.at_deadline()
            case _:
                self._lose(error)
                return Ask(how="state")
