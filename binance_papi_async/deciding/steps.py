"""What a decision says to do next, and what all decisions have in common.

Pure.
"""

from __future__ import annotations

from math import inf
from typing import Any, Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from binance_papi_async.declaring.request import CancelRequest, Request
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

O_co = TypeVar("O_co", covariant=True)
"""An outcome."""
RequestT = TypeVar("RequestT", bound=Request[Any])

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

FORGETTING: Final = 86_400.0
"""Seconds after which an order that nobody knows may have been forgotten: the pages of UM and CM say 3 days."""

MAX_UNREADABLE: Final = 2
"""How often a read is asked for again whose answer is the same and cannot be read, or shows another order."""

How = Literal["state", "open", "either", "end", "parts"]
"""Read the order itself, or the list of open orders, or whichever is cheaper; how one ended that is closed for
certain, if that is worth its weight; or the parts that tell."""


class Send(NamedTuple):
    """Send the request, after that many seconds."""

    after: float = 0.0


class Ask(NamedTuple):
    """Read what became of the order, after that many seconds."""

    after: float = 0.0
    how: How = "either"


Step: TypeAlias = Send | Ask | O_co
UNFINISHED: Final = (Send, Ask)
"""Steps that are no outcome yet."""


class Sent(NamedTuple):
    """When a request left, by the exchange's clock, which is not known exactly: epoch seconds."""

    earliest: float
    latest: float

    def doubted(self, other: Sent) -> Sent:
        """By two accounts of it: what they disagree on proves nothing."""
        return Sent(min(self.earliest, other.earliest), max(self.latest, other.latest))


AT_ANY_TIME: Final = Sent(-inf, inf)
"""Of what did not leave, or left at a time that nobody knows: it proves nothing."""


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


class Deciding(Patience, Generic[RequestT]):
    """What is known of one request that changes something, and what is to be done next.

    Asked by an operation, which tells it everything that happens, and does what it says.
    """

    left_at = -inf
    """When the first attempt that may have been carried out left, by the local clock."""
    left = AT_ANY_TIME
    """The same by the exchange's clock, as it was known then."""
    first_left_at = -inf
    """When the first attempt of all left."""
    first_left = AT_ANY_TIME
    shown: Any = None
    """What a read showed last of the order."""
    _lost: UnknownOutcomeError | None = None
    """The last attempt that may have been carried out."""
    _refused: RefusedError | None = None
    _not_sent: NotSentError | None = None
    _asking: PapiError | None = None
    """Why asking did not help."""
    _unavailable = _timestamps = _unreadable = 0

    # Nothing but the requests is set here: nearly every request is simply answered.
    def __init__(self, request: RequestT, named: CancelRequest[Any, Any]) -> None:
        self.request = request
        """As it was asked for."""
        self.named = named
        """How the order is read: by the exchange's own id as soon as a read tells that."""

    @property
    def to_send(self) -> Request[Any]:
        """What an attempt sends."""
        return self.request

    @property
    def told_apart_at(self) -> float:
        """When what came before us is told apart from what is ours, by the local clock."""
        return self.left_at

    @property
    def is_in_doubt(self) -> bool:
        """Whether an attempt so far may have been carried out."""
        return self._lost is not None

    @property
    def told_apart(self) -> Sent:
        """The same by the exchange's clock, as it was known then."""
        return self.left

    def leaves(self, now: float, earliest: float = -inf, latest: float = inf) -> None:
        """An attempt is about to leave: by the local clock, and by the exchange's. What left before and was refused changed nothing."""
        if self._lost is None:
            self.left_at, self.left = now, Sent(earliest, latest)

    def answered(self, reply: Any) -> Step[Any]:
        """It was answered with a reply."""
        raise NotImplementedError

    def failed(self, error: PapiError) -> Step[Any]:
        """It ended so."""
        if self.first_left_at < 0 and not isinstance(error, NotSentError):
            self.first_left_at, self.first_left = self.left_at, self.left
        return self._after(error)

    def read(self, state: Any, sent: Sent, age: float) -> Step[Any]:
        """The order, read so many seconds after the first attempt left; ``sent`` is when."""
        raise NotImplementedError

    def seen(self, state: Any, sent: Sent, evidence: Any) -> Any:
        """News of the order: the outcome; None if that tells nothing."""
        raise NotImplementedError

    def missing(self, error: UnknownOrderError, age: float) -> Step[Any]:
        """The exchange does not know the order, asked so many seconds after."""
        raise NotImplementedError

    def still_open(self, state: Any, sent: Sent, age: float) -> Step[Any]:
        """It is among the open ones, asked so many seconds after."""
        raise NotImplementedError

    def absent(self, age: float) -> Step[Any]:
        """It is not among the open ones, asked so many seconds after."""
        raise NotImplementedError

    def untold(self) -> Any:
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

    def at_deadline(self) -> Any:
        """Time is up, or nothing more can be done: the outcome."""
        raise NotImplementedError

    def _after(self, error: PapiError) -> Step[Any]:
        """What follows from an attempt that ended so."""
        raise NotImplementedError

    def _lose(self, error: PapiError) -> None:
        """An attempt may have been carried out: its reply was lost so, or told an error of no branch."""
        if not isinstance(error, UnknownOutcomeError):
            error = UnknownOutcomeError(str(error))
        self._lost = error

    def _read_another(self, state: Any, how: How) -> Step[Any]:
        """A read answered with another order."""
        body = repr(state).encode()
        return self.unread(ReplyDecodeError("the read shows another order", body=body), how)

    def _was_before(self, state: Any, sent: Sent) -> bool:
        """Whether the order last changed before our first attempt left."""
        changed_at = self.named.changed_at_ms(state)
        return changed_at is not None and changed_at / 1000 < sent.earliest

    def _is_newer(self, state: Any, sent: Sent) -> bool:
        """Whether this is a later order, placed under the same client id after our first attempt left."""
        placed_at = self.named.placed_at_ms(state) if self.named.is_reusable else None
        return placed_at is not None and placed_at / 1000 > sent.latest

    def _not_executed(self, error: PapiError) -> Send | None:
        """When to send again, after an answer that is documented as not executed; None after any other."""
        match error:
            case ConnectError():
                self._not_sent = error
                return Send(self._pause())
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
                return Send(self._pause())
            case _:
                return None


def is_final(error: PapiError) -> bool:
    """Whether asking the same again would be answered the same."""
    if isinstance(error, BlockedError):
        return not error.is_passing
    if isinstance(error, RefusedError):
        return not isinstance(error, UnavailableError | RateLimitedError | TimestampError)
    return isinstance(error, NotSentError) and not isinstance(error, ConnectError)
