"""What to do next to leave nothing open of one symbol, given what reads show and answers say.

Pure: events in, the next step out. What becomes of each order is for its ``Decision``;
here are the rules for all of them together:

- Read first, then cancel by the cheaper way, all at once or one by one, and read again.
- After a cancel that left doubt, nothing is sent before a read has shown what is open still.
- A refusal is tried again for as long as something is open, unless the answer would be the same.
- That nothing is open is believed of a read that can have seen what was placed before all this began.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final, Literal, NamedTuple

from binance_papi_async.cancelling.decision import Decision
from binance_papi_async.deciding.steps import (
    READ_LAG,
    UNFINISHED,
    Ask,
    Patience,
    Send,
    Step,
    is_final,
)
from binance_papi_async.declaring.reading import unreadable
from binance_papi_async.declaring.request import CancelAllRequest
from binance_papi_async.errors import (
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
    NotSent,
    Outcome,
    Refused,
    Triggered,
    Unknown,
)

UNNAMED: Final = "the cancel of all was answered, and does not say which orders it closed"
PASSED_OVER: Final = "the cancel of all was answered, and did not name it"

What = Literal["look", "cancel all", "cancel each", "ask each", "stop"]
"""Read what is open; send the cancel of all, or one for each; read each whose end no list can tell; or nothing more."""


class Move(NamedTuple):
    """What to do, after that many seconds."""

    what: What
    after: float = 0.0


class Clearing(Patience):
    """One symbol, and what is known of its open orders."""

    def __init__(self, request: CancelAllRequest[Any, Any], began: float) -> None:
        self.request = request
        self.decisions: dict[Hashable, Decision[Any]] = {}
        """One for every order seen, by what names it."""
        self.error: PapiError | None = UnknownOutcomeError(
            f"the open orders of {request.symbol} were never read"
        )
        """Why there is no read that shows nothing open."""
        self.steps: dict[Hashable, Step[Any]] = {}
        """What is next for each, or what became of it."""
        self._open: dict[Hashable, Any] = {}
        """What the last read showed."""
        self._began = began
        self._asked_at = began
        self._is_stale = True
        """Whether something was sent since the last read."""
        self._rest = 0.0
        """Seconds to pause before the next read."""
        self._is_over = self._is_proven = False
        self._refusal: PapiError | None = None
        """What one order was refused for good with, while others are in doubt."""

    @property
    def remaining(self) -> list[Any]:
        """Orders that the last read showed open, and that no answer has closed since."""
        return [state for key, state in self._open.items() if not self._is_closed(key)]

    def outcome(self, key: Hashable) -> Outcome[Any]:
        """What became of an order, as far as it is known."""
        step = self.steps[key]
        return self.decisions[key].at_deadline() if isinstance(step, UNFINISHED) else step

    def to_be_sent(self) -> list[Hashable]:
        """Orders that the next cancel is for."""
        return [key for key, step in self.steps.items() if isinstance(step, Send)]

    def to_be_read(self) -> dict[Hashable, Ask]:
        """Orders that only a read of their own tells more about."""
        asks = ((key, step) for key, step in self.steps.items() if isinstance(step, Ask))
        return {key: ask for key, ask in asks if ask.how in ("state", "end", "parts")}

    def next(self) -> Move:
        """What to do now."""
        if self._is_over:
            return Move("stop")
        asks = [step.after for step in self.steps.values() if isinstance(step, Ask)]
        sends = [step.after for step in self.steps.values() if isinstance(step, Send)]
        if self._is_stale and (asks or not sends):
            return Move("look", max([self._rest, *asks]))
        if sends:
            return Move(self._cheaper(len(sends)), max(sends))
        if alone := self.to_be_read():
            return Move("ask each", max(ask.after for ask in alone.values()))
        if asks:
            return Move("look", max(asks))
        if self._refusal is not None:
            self.error, self._is_over = self._refusal, True
            return Move("stop")
        return self._proof()

    def listed(self, states: list[Any], asked_at: float) -> None:
        """These are open, by a list that was asked for then."""
        if any(state.symbol != self.request.symbol for state in states):
            self.hindered(ReplyDecodeError("the list shows another symbol"))
            return
        self._asked_at, self._is_stale, self._rest, self.error = asked_at, False, 0.0, None
        self._open = {self.request.single(state).key: state for state in states}
        for state in states:
            self._see(self.request.single(state), state)
        if unreadable(states):
            self.hindered(ReplyDecodeError("rows of the list cannot be read"))
            return
        for key, decision in self.decisions.items():
            if key not in self._open and not self._is_known(key):
                self.steps[key] = decision.absent(asked_at - decision.left_at)

    def hindered(self, error: PapiError) -> None:
        """Something stood in the way: pause before the next read, unless it would be answered the same."""
        self.error = error
        self._is_over = self._ends_with(error)
        self._rest = self._pause()
        self._is_stale = True

    def answered(self, reply: Any) -> None:
        """The cancel of all was answered."""
        self._is_stale = True
        named = self.request.named(reply)
        legible = [each for each in named or () if _is_named(each, self.request.symbol)]
        is_whole = named is not None and len(legible) == len(named)
        is_whole = is_whole and not unreadable(named)
        for order in legible:
            request = self.request.single(order)
            decision = self.decisions.setdefault(request.key, Decision(request))
            self.steps[request.key] = decision.answered(order)
        for key in self.to_be_sent():
            error = UnknownOrderError(PASSED_OVER) if is_whole else UnknownOutcomeError(UNNAMED)
            self.steps[key] = self.decisions[key].failed(error)

    def failed(self, error: PapiError) -> None:
        """The cancel of all ended so."""
        self._is_stale = True
        for key in self.to_be_sent():
            decision = self.decisions[key]
            if isinstance(error, UnknownOrderError) and decision.is_in_doubt:
                self.steps[key] = Ask()  # nothing was open: the lost one may have struck
            else:
                self.steps[key] = decision.failed(error)
        self.hindered(error)

    def told(self, steps: Mapping[Hashable, Step[Any]], *, was_sent: bool) -> None:
        """What follows for orders that were canceled, or read, one by one."""
        self._is_stale |= was_sent
        self.steps.update(steps)
        errors = (
            step.error for step in steps.values() if isinstance(step, Refused | NotSent | Unknown)
        )
        error = next((each for each in errors if not isinstance(each, UnknownOrderError)), None)
        if error is not None:
            self.hindered(error)
        if self._is_over and any(isinstance(each, UNFINISHED) for each in self.steps.values()):
            self._is_over, self._refusal = False, error  # of one: the others are seen to the end

    def end(self, reason: str) -> None:
        """Nothing more is done; if there is no proof, that is why."""
        if self.error is None and not self._is_proven:
            self.error = UnknownOutcomeError(
                f"{reason} before a read could show that {self.request.symbol} has no open order"
            )

    def _cheaper(self, count: int) -> What:
        """One by one as long as that costs no more, since then each reply names its order."""
        single = next(iter(self.decisions.values())).request
        return "cancel each" if count * single.weight <= self.request.weight else "cancel all"

    def _see(self, request: Any, state: Any) -> None:
        """An order is open: for the first time, still, or again after it had seemed to be gone."""
        key = request.key
        if key not in self.decisions:
            self.decisions[key], self.steps[key] = Decision(request), Send()
            self.decisions[key].shown = state
            return
        if self._refusal is not None and isinstance(self.steps[key], Refused | NotSent | Unknown):
            return
        if isinstance(self.steps[key], Closed) or not self._is_closed(key):
            self.steps[key] = self.decisions[key].still_open()

    def _proof(self) -> Move:
        """Everything is known: read once more, unless the last read can have seen what there was."""
        if self._open:
            error = f"reads of {self.request.symbol} do not show yet what was closed"
            self.error = UnknownOutcomeError(error)
            return Move("look", self._pause())
        too_soon = self._began + READ_LAG - self._asked_at
        if too_soon > 0:
            return Move("look", too_soon)
        self._is_over = self._is_proven = True
        return Move("stop")

    def _ends_with(self, error: PapiError) -> bool:
        """Whether asking again would be answered the same; counts refusals without a code, which may pass."""
        if isinstance(error, UnknownOrderError):
            return False  # nothing was open: what the last read showed is over
        is_nameless = isinstance(error, RefusedError) and error.code is None
        return is_final(error) and not (is_nameless and self._count_refusal())

    def _is_closed(self, key: Hashable) -> bool:
        return isinstance(self.steps[key], Canceled | AlreadyClosed | Closed | Triggered)

    def _is_known(self, key: Hashable) -> bool:
        step = self.steps[key]
        was_none = isinstance(step, Refused) and isinstance(step.error, UnknownOrderError)
        return was_none or self._is_closed(key)


def _is_named(order: Any, symbol: str) -> bool:
    """Whether a row of a reply says which order of the symbol it is about."""
    return order.symbol == symbol and order.order_id is not None
