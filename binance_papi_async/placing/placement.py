"""What to do next about one order to be placed, given everything that is known of it.

Pure: events in, the next step out. The rules, in the order they are asked:

- A definite answer is believed, if it names the order.
- A POST whose reply is lost is never sent again while nobody knows what became of it: two orders are worse than none.
- The order is read by its client id. Once a read shows it, it is placed.
- That it is nowhere is believed of a read of the order and one of the open ones, asked when both can have seen it
  and nothing can come after: the exchange takes no request later than ``recv_window`` after its timestamp.
- What nobody knows so long after may have been placed, ended and been forgotten: that proves nothing.
- After such a proof it is sent again if the caller said so, once, under the same id, while the order is still valid.
- What is documented as not executed is sent again after 200, 400, 800 ms, while the order is still valid.
- A client id may have named an earlier order: what was placed before our first POST left is not ours.
  An id that was made for this order names no other.
- That the id is taken is a definite no to the first POST; to a later one it may tell of an earlier one of ours.
- At the deadline, what may have been carried out is ``Unknown``; never success, never failure.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from math import inf
from typing import Any, Final

from binance_papi_async.deciding.steps import (
    BACK_OFF,
    FORGETTING,
    READ_LAG,
    Ask,
    Deciding,
    Send,
    Sent,
    Step,
)
from binance_papi_async.declaring.orders import PlaceRequest
from binance_papi_async.errors import (
    DuplicateOrderError,
    NotSentError,
    PapiError,
    RefusedError,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.outcome import Evidence, NotSent, Refused, Unknown
from binance_papi_async.place_outcome import NotPlaced, Placed, PlaceOutcome

UNNAMED: Final = "the reply does not name the order"
TOO_LATE: Final = "the order was no longer valid, or the deadline passed, before this could be sent"
_NEVER: Final = -inf


class Placement(Deciding[PlaceRequest[Any, Any]]):
    """One order to be placed, and what is known of it."""

    _missing_at = _absent_at = _NEVER
    """How long after our POST had left the order was read and unknown, and read as not open."""
    _nowhere_of: UnknownOutcomeError | None = None
    """How the reply to a POST of ours was lost that has provably not arrived."""
    _duplicate: DuplicateOrderError | None = None
    """The exchange said, of a POST that was not the first, that its id is taken."""

    def __init__(
        self,
        request: PlaceRequest[Any, Any],
        *,
        proof_age: float,
        resend: bool = False,
        borne_by: Collection[Hashable] | None = (),
    ) -> None:
        super().__init__(request, request.to_cancel())
        self._proof_age = proof_age
        """Seconds after a POST left from which on a read that does not show the order proves that it never arrived."""
        self._resend = resend
        self._borne_by = borne_by
        """Orders that are known to have borne this client id before; None if it was made for this one."""

    @property
    def told_apart_at(self) -> float:
        """When the first POST of all left: what is documented as not executed may have been, after all."""
        return self.first_left_at if self.first_left_at > _NEVER else self.left_at

    @property
    def told_apart(self) -> Sent:
        """The same by the exchange's clock, as it was known then."""
        return self.first_left if self.first_left_at > _NEVER else self.left

    def answered(self, reply: Any) -> Step[PlaceOutcome[Any]]:
        """The POST was answered with a reply, which need not name the order."""
        if self.named.key in self.named.keys_of(reply):
            return Placed(self.request, reply, Evidence.REPLY)
        return self.failed(UnknownOutcomeError(UNNAMED))

    def read(self, state: Any, sent: Sent, age: float) -> Step[PlaceOutcome[Any]]:
        """The order, read so many seconds after the POST left; ``sent`` is when."""
        if self.named.key not in self.named.keys_of(state):
            return self._read_another(state, "state")
        is_older = self._is_older(state, sent)
        if is_older:
            self._missing_at = age
            return self._nowhere(age)
        if is_older is None and self.named.fate(state) == "ended" and self.named.parts(state):
            self.shown = state  # its orders say when they were placed
            return Ask(how="parts")
        return Placed(self.request, state, Evidence.QUERY)

    def seen(self, state: Any, sent: Sent, evidence: Evidence) -> PlaceOutcome[Any] | None:
        """News of the order: it is placed."""
        is_named = self.named.key in self.named.keys_of(state)
        is_ours = is_named and self._is_older(state, sent) is False
        return Placed(self.request, state, evidence) if is_ours else None

    def missing(self, error: UnknownOrderError, age: float) -> Step[PlaceOutcome[Any]]:  # noqa: ARG002 - the same for all
        """The exchange does not know the order."""
        self._missing_at = age
        return self._nowhere(age)

    def still_open(self, state: Any, sent: Sent, age: float) -> Step[PlaceOutcome[Any]]:
        """It is among the open ones, or an earlier order under its id is."""
        if self._is_older(state, sent):
            return self.absent(age)
        return Placed(self.request, state, Evidence.QUERY)

    def absent(self, age: float) -> Step[PlaceOutcome[Any]]:
        """It is not among the open ones: it has ended, or it is not there yet, or it never was."""
        self._absent_at = age
        return self._nowhere(age)

    def at_deadline(self) -> PlaceOutcome[Any]:
        """Time is up, or nothing more can be done."""
        if self._lost is not None:
            return Unknown(self.request, self._asking or self._lost)
        if self._refused is not None:
            return Refused(self.request, self._refused)
        if self._nowhere_of is not None:
            return NotPlaced(self.request, self._nowhere_of)
        return NotSent(self.request, self._not_sent or NotSentError(TOO_LATE))

    def _after(self, error: PapiError) -> Step[PlaceOutcome[Any]]:
        if (again := self._not_executed(error)) is not None:
            return again
        match error:
            case NotSentError():
                self._not_sent = error
                return self.at_deadline()
            case DuplicateOrderError() if self._nowhere_of or self._refused is not None:
                self._duplicate, self._lost = error, UnknownOutcomeError(str(error))
                return Ask(how="state")
            case RefusedError():
                self._refused = error
                return self.at_deadline()
            case _:
                self._lose(error)
                return Ask()

    def _nowhere(self, age: float) -> Step[PlaceOutcome[Any]]:
        """A read does not show it: read otherwise, or later, until that is a proof."""
        if self._missing_at == _NEVER:
            return Ask(how="state")
        if self._absent_at == _NEVER:
            return Ask(how="open")
        if self._missing_at < self._proof_age:
            until = READ_LAG if age < READ_LAG else self._proof_age
            return Ask(max(BACK_OFF[0], until - age), "state")
        if self._absent_at < self._proof_age:
            return Ask(how="open")
        if age > FORGETTING:  # it may have been there, ended, and been forgotten
            return self.at_deadline()
        return self._proven()

    def _proven(self) -> Step[PlaceOutcome[Any]]:
        lost, self._lost = self._lost, None
        if lost is None:  # asked about without a doubt: whatever was sent was answered
            return self.at_deadline()
        if self._duplicate is not None:  # it is an earlier order that has the id
            return Refused(self.request, self._duplicate)
        self._asking = self._refused = None
        self._nowhere_of = lost
        self._missing_at = self._absent_at = _NEVER
        if not self._resend:
            return NotPlaced(self.request, lost)
        self._resend = False
        return Send()

    def _is_older(self, state: Any, sent: Sent) -> bool | None:
        """Whether that is an earlier order under the same client id; None if its times do not tell."""
        if self._borne_by is None:
            return False
        if self._borne_by and self.named.by_id(state).key in self._borne_by:
            return True
        placed_at, changed_at = self.named.placed_at_ms(state), self.named.changed_at_ms(state)
        if placed_at is not None:
            return placed_at / 1000 < sent.earliest
        if changed_at is not None and changed_at / 1000 < sent.earliest:
            return True
        return None
