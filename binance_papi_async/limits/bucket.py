"""A token bucket that is refilled whole when the exchange's minute turns.

A bucket that refills continuously admits up to twice the limit in one minute of the exchange
(measured: aiolimiter 1,199 of 600, a GCRA limiter 11,999 of 6,000); one aligned to that minute, exactly the limit.

What is spent of a window its ``Ledger`` knows, what others may use until we hear of it the ``Others``.

Which window a request lands in is not always known.
Sent within the clock's uncertainty of a turn, or still unanswered when the window turns,
it is charged to both windows until its report tells.

Pure: the exchange's time and its uncertainty are arguments, in seconds.
"""

from __future__ import annotations

from math import floor

from binance_papi_async.limits.ledger import ABSURD, Ledger, Strange
from binance_papi_async.limits.others import GRAIN, MOST_BY_GUESS, Others


class Charge:
    """Tokens taken for one request, and the windows it may land in."""

    __slots__ = ("first", "last", "taken_at", "tokens")

    def __init__(self, tokens: int, taken_at: float, first: int, last: int) -> None:
        self.tokens = tokens
        self.taken_at = taken_at
        self.first = first
        self.last = last


class Bucket:
    """Tokens of one limit: request weight of an IP, or orders of an account."""

    def __init__(
        self, limit: int, interval: float = 60.0, *, headroom: int = 0, reserve: int = 0
    ) -> None:
        self.limit = limit
        self.interval = interval
        self.headroom = headroom
        """Tokens left for others before anything is known of them."""
        self.reserve = reserve
        """Tokens that only urgent requests may take."""
        self.closed_until = 0.0
        """Nobody may take before this time."""
        self._window: int = 0
        self._believed_from = self._ends_at = 0.0
        """A certain time within these turns nothing; see ``_turn``."""
        self._forgives = True
        self._this = self._ledger()
        self._next = self._ledger()
        self._last_reported = 0
        """Highest report of the window before."""
        self._others = Others(interval)
        self._in_flight: set[Charge] = set()

    def has(
        self, tokens: int, now: float, uncertainty: float = 0.0, *, is_urgent: bool = False
    ) -> bool:
        """Whether a request about to be sent may take that many tokens."""
        surely = now - uncertainty
        if not self._believed_from <= surely < self._ends_at:
            self._turn(surely)
        if now < self.closed_until:
            return False
        room = self._room(now, is_urgent=is_urgent) if self._others.pace else self.headroom
        left = self.limit - tokens - room - (0 if is_urgent else self.reserve)
        if self._this.used > left and not self._may_ask(tokens, now, is_urgent=is_urgent):
            return False
        return now + uncertainty < self._ends_at or self._next.used <= left

    def take(
        self, tokens: int, now: float, uncertainty: float = 0.0, *, is_urgent: bool = False
    ) -> Charge | None:
        """Charge a request about to be sent; None if the tokens are not there."""
        if not self.has(tokens, now, uncertainty, is_urgent=is_urgent):
            return None
        first = last = self._window
        self._this.add(tokens)
        if now + uncertainty >= self._ends_at:
            last = first + 1
            self._next.add(tokens)
        charge = Charge(tokens, now, first, last)
        self._in_flight.add(charge)
        return charge

    def give_back(self, charge: Charge) -> None:
        """The request provably never left: its tokens are free again."""
        self._in_flight.discard(charge)
        for ledger in self._ledgers(charge):
            ledger.remove(charge.tokens)

    def keep(self, charge: Charge, now: float, uncertainty: float = 0.0) -> None:
        """The request left, and no answer with a count came: it stays charged."""
        self._end(charge, now, uncertainty)

    def report(
        self, charge: Charge, used: int, now: float, uncertainty: float = 0.0
    ) -> Strange | None:
        """The request was answered with the exchange's count for the window it landed in.

        What is strange about that count, if anything is: one that cannot be leaves the request charged, as ``keep``.
        """
        self._end(charge, now, uncertainty)
        if not 0 <= used <= ABSURD * self.limit:
            return "absurd"
        if charge.first == charge.last == self._window:
            return self._learn(self._this, charge, used, now)
        if ledgers := self._ledgers(charge):
            return self._learn_spanning(ledgers[-1], charge, used, now)
        return None

    def close(self, until: float) -> None:
        """Let nobody take before ``until``."""
        self.closed_until = max(self.closed_until, until)

    def overrun(self, until: float) -> None:
        """The exchange says that the limit was passed: close, and forgive no more if that is what led here."""
        self._forgives = self._forgives and not self._this.forgiven
        self._this.forgives = self._next.forgives = self._forgives
        self.close(until)

    def set_limit(self, limit: int) -> None:
        """Another limit, from now on; what is spent stays spent."""
        self.limit = limit
        self._this.limit = self._next.limit = limit

    def used(self, now: float, uncertainty: float = 0.0) -> int:
        """Tokens spent of the present window, as far as anybody knows."""
        self._look(now - uncertainty)
        return self._this.used

    def next_turn(self, now: float, uncertainty: float = 0.0) -> float:
        """When the next window has certainly begun, or the bucket opens if that is later."""
        window = floor((now - uncertainty) / self.interval)
        # A floating-point hair more: computed exactly, the turn could come out just before itself.
        return max((window + 1) * self.interval + uncertainty + 1e-6, self.closed_until)

    def ready_at(self, now: float, uncertainty: float = 0.0) -> float:
        """When whoever lacks tokens now should look again, if nothing is heard until then."""
        if now < self.closed_until:
            return self.closed_until
        turn, asks_at = self.next_turn(now, uncertainty), self._this.asks_at()
        if self._others.pace and self._this.used + self.headroom < self.limit:
            asks_at = min(
                asks_at, now + self.interval * GRAIN
            )  # what is left for others shrinks with time
        return asks_at if now < asks_at < turn else turn

    def _ledger(self) -> Ledger:
        return Ledger(self.limit, self.interval * GRAIN, forgives=self._forgives)

    def _room(self, now: float, *, is_urgent: bool) -> float:
        """Tokens to leave for others, of whom there are some."""
        room = self._others.room(now, self.limit - self._this.used, self.limit)
        rest = 0.0 if is_urgent else self._others.rest(now, self.limit)
        return max(self.headroom, room, rest)

    def _may_ask(self, tokens: int, now: float, *, is_urgent: bool) -> bool:
        """Whether one may go although the window looks spent, because what says so is doubtful."""
        if is_urgent and self._others.pace and not self._in_flight:
            most = self.limit * (1 - MOST_BY_GUESS) - self.headroom
            if self._this.used + tokens <= most:
                return True  # a guess about others shuts nobody out who cannot wait: one goes, and hears
        limit = self.limit - self.headroom - (0 if is_urgent else self.reserve)
        return self._this.may_ask(tokens, now, len(self._in_flight), limit)

    def _look(self, surely: float) -> None:
        """Turn if another window has certainly begun by ``surely``."""
        if not self._believed_from <= surely < self._ends_at:
            self._turn(surely)

    def _turn(self, surely: float) -> None:
        """Move to the window of that time.

        A clock corrected back over the last turn does not turn back: that would refill twice.
        """
        window = floor(surely / self.interval)
        is_next = window == self._window + 1
        self._last_reported = self._this.reported if is_next else 0
        self._this = self._next if is_next else self._ledger()
        self._next = self._ledger()
        self._others.turn(window * self.interval, is_next=is_next)
        self._window = window
        self._believed_from = (window - 1) * self.interval
        self._ends_at = (window + 1) * self.interval
        for charge in self._in_flight:
            if not is_next or charge.last < window:
                self._this.add(charge.tokens)
            charge.first, charge.last = min(charge.first, window - 1), window

    def _end(self, charge: Charge, now: float, uncertainty: float) -> None:
        """The request is over; if the next window may have begun, it may have landed there."""
        surely = now - uncertainty
        if not self._believed_from <= surely < self._ends_at:
            self._turn(surely)
        self._in_flight.discard(charge)
        round_trip = now - charge.taken_at
        self._others.round_trip = max(self._others.round_trip, round_trip)
        if charge.last == self._window and now + uncertainty >= self._ends_at:
            charge.last += 1
            self._next.add(charge.tokens)

    def _ledgers(self, charge: Charge) -> list[Ledger]:
        """Ledgers still kept that the charge is written in, earliest first."""
        kept: list[Ledger] = []
        if charge.first <= self._window <= charge.last:
            kept.append(self._this)
        if charge.last == self._window + 1:
            kept.append(self._next)
        return kept

    def _learn(self, ledger: Ledger, charge: Charge, used: int, now: float) -> Strange | None:
        """A report on a request that is known to have landed in this ledger's window."""
        before, others = ledger.reported, self._others
        strange = ledger.learn(charge.tokens, used, charge.taken_at, now)
        if ledger is not self._this:
            return strange
        if strange is not None:
            others.correct(used - ledger.own + ledger.forgiven, now)
        elif used - before != charge.tokens or others.pace:
            lower = used - ledger.own + ledger.forgiven
            upper = lower - used + ledger.reported + ledger.unreported
            others.learn(lower, upper, charge.taken_at, now)
        others.seen_at = now
        return strange

    def _learn_spanning(
        self, later: Ledger, charge: Charge, used: int, now: float
    ) -> Strange | None:
        """A report on a request that may have landed in either of two windows."""
        has_turned = later is self._this
        before = self._last_reported if has_turned else self._this.reported
        if used < before:
            return self._learn(later, charge, used, now)  # counts never fall within a window
        if used > later.used + 2 * self._others.burst:
            later.remove(charge.tokens)  # more than the later window can hold: the earlier one's
            return None if has_turned else self._learn(self._this, charge, used, now)
        if not has_turned:
            self._this.keep_higher(used)
        return None
