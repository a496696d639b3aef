"""A token bucket that is refilled whole when the exchange's minute turns.

A bucket that refills continuously admits up to twice the limit in one minute of the exchange
(measured: aiolimiter 1,199 of 600, a GCRA limiter 11,999 of 6,000); one aligned to that minute, exactly the limit.

What is spent of a window is the larger of two counts:

- our own ledger: everything sent that may land in the window;
- the exchange's: the highest count reported for the window, plus what was sent and not yet reported on.
  A count only grows within a window, so the highest report includes every request that was reported lower,
  however late a report arrives. Others on the same IP show up in it at once.

Which window a request lands in is not always known.
Sent within the clock's uncertainty of a turn, or still unanswered when the window turns,
it is charged to both windows until its report tells.

Pure: the exchange's time and its uncertainty are arguments, in seconds.
"""

from __future__ import annotations

from math import ceil, floor
from typing import Final

MIN_ELAPSED: Final = 0.1
"""Seconds of a window below which a pace says nothing."""


class Charge:
    """Tokens taken for one request, and the windows it may land in."""

    __slots__ = ("first", "last", "taken_at", "tokens")

    def __init__(self, tokens: int, taken_at: float, first: int, last: int) -> None:
        self.tokens = tokens
        self.taken_at = taken_at
        self.first = first
        self.last = last


class _Ledger:
    """What is known of one window."""

    __slots__ = ("foreign", "own", "reported", "unreported")

    def __init__(self) -> None:
        self.own = 0
        self.reported = 0
        self.unreported = 0
        self.foreign: int | None = None
        """The least that others must have used; None before the first report."""

    @property
    def used(self) -> int:
        counted = self.reported + self.unreported
        return max(self.own, counted)  # max() costs twice as much

    def add(self, tokens: int) -> None:
        self.own += tokens
        self.unreported += tokens

    def remove(self, tokens: int) -> None:
        self.own -= tokens
        self.unreported -= tokens


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
        self._this = _Ledger()
        self._next = _Ledger()
        self._last_reported = 0
        """Highest report of the window before."""
        self._steps = (0, 0)
        """Largest jump of foreign usage seen in this window and in the one before."""
        self._round_trips = (0.0, 0.0)
        """Longest round trip seen in this window and in the one before."""
        self._room = headroom
        """Tokens left for others, as of the last report."""
        self._in_flight: set[Charge] = set()

    def has(
        self, tokens: int, now: float, uncertainty: float = 0.0, *, is_urgent: bool = False
    ) -> bool:
        """Whether a request about to be sent may take that many tokens."""
        self._look(now - uncertainty)
        if now < self.closed_until:
            return False
        left = self.limit - tokens - self._room - (0 if is_urgent else self.reserve)
        if self._this.used > left:
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

    def report(self, charge: Charge, used: int, now: float, uncertainty: float = 0.0) -> None:
        """The request was answered with the exchange's count for the window it landed in."""
        self._end(charge, now, uncertainty)
        if charge.first == charge.last == self._window:
            self._learn(self._this, charge, used, now)
        elif ledgers := self._ledgers(charge):
            self._learn_spanning(ledgers[-1], charge, used, now)

    def close(self, until: float) -> None:
        """Let nobody take before ``until``."""
        self.closed_until = max(self.closed_until, until)

    def used(self, now: float, uncertainty: float = 0.0) -> int:
        """Tokens spent of the present window, as far as anybody knows."""
        self._look(now - uncertainty)
        return self._this.used

    def next_turn(self, now: float, uncertainty: float = 0.0) -> float:
        """When the next window has certainly begun, or the bucket opens if that is later."""
        window = floor((now - uncertainty) / self.interval)
        # A floating-point hair more: computed exactly, the turn could come out just before itself.
        return max((window + 1) * self.interval + uncertainty + 1e-6, self.closed_until)

    def _room_for_others(self, now: float) -> int:
        """What others may use before the exchange's count tells of it.

        As much as ever came between two reports, and a round trip at the pace seen in this window;
        a jump may come while our last request is under way, and one more before it is reported.
        """
        step = max(self._steps)
        begun_at = self._window * self.interval
        pace = (self._this.foreign or 0) / max(now - begun_at, MIN_ELAPSED)
        under_way = ceil(pace * max(self._round_trips))
        return max(self.headroom, 2 * step, step + under_way)

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
        self._this = self._next if is_next else _Ledger()
        self._next = _Ledger()
        self._steps = (0, self._steps[0] if is_next else 0)
        self._round_trips = (0.0, self._round_trips[0] if is_next else 0.0)
        self._window = window
        self._believed_from = (window - 1) * self.interval
        self._ends_at = (window + 1) * self.interval
        self._room = self._room_for_others(surely)
        for charge in self._in_flight:
            if not is_next or charge.last < window:
                self._this.add(charge.tokens)
            charge.first, charge.last = min(charge.first, window - 1), window

    def _end(self, charge: Charge, now: float, uncertainty: float) -> None:
        """The request is over; if the next window may have begun, it may have landed there."""
        self._look(now - uncertainty)
        self._in_flight.discard(charge)
        round_trip = now - charge.taken_at
        if round_trip > self._round_trips[0]:
            self._round_trips = (round_trip, self._round_trips[1])
        if charge.last == self._window and now + uncertainty >= self._ends_at:
            charge.last += 1
            self._next.add(charge.tokens)

    def _ledgers(self, charge: Charge) -> list[_Ledger]:
        """Ledgers still kept that the charge is written in, earliest first."""
        kept: list[_Ledger] = []
        if charge.first <= self._window <= charge.last:
            kept.append(self._this)
        if charge.last == self._window + 1:
            kept.append(self._next)
        return kept

    def _learn(self, ledger: _Ledger, charge: Charge, used: int, now: float) -> None:
        """A report on a request that is known to have landed in this ledger's window."""
        ledger.unreported -= charge.tokens
        ledger.reported = max(ledger.reported, used)
        foreign = used - ledger.own
        if ledger.foreign is None or foreign > ledger.foreign:
            self._note_others(ledger, max(0, foreign), now)

    def _note_others(self, ledger: _Ledger, foreign: int, now: float) -> None:
        """Others have used more than was known."""
        if ledger.foreign is not None:
            step, before = self._steps
            self._steps = (max(step, foreign - ledger.foreign), before)
        ledger.foreign = foreign
        self._room = self._room_for_others(now)

    def _learn_spanning(self, later: _Ledger, charge: Charge, used: int, now: float) -> None:
        """A report on a request that may have landed in either of two windows."""
        has_turned = later is self._this
        before = self._last_reported if has_turned else self._this.reported
        if used < before:
            self._learn(later, charge, used, now)  # counts never fall within a window
        elif used > later.used + 2 * max(self._steps):
            later.remove(charge.tokens)  # more than the later window can hold: the earlier one's
            if not has_turned:
                self._learn(self._this, charge, used, now)
        elif not has_turned:
            self._this.reported = max(self._this.reported, used)
