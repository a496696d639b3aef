"""What others behind the same IP use, planned for by what they really did.

The exchange's count tells of others only with an answer, and goes on growing until our next request arrives.
So room is left for what may come meanwhile: the largest burst seen of late, and their pace for as long as
nothing has been heard. A burst need not come again, so it never holds back more than half of what is left,
or a tenth of the limit when less than a fifth is left.

Whoever can wait also leaves them what they will use of the rest of the window, going by the last one;
half the limit at most, and less with every second, so it is there for us in the end if they do not come.

Pure: the exchange's time is an argument, in seconds.
"""

from __future__ import annotations

from typing import Final

GRAIN: Final = 1 / 60
"""Share of a window, a second of a minute: what came between two reports further apart is taken to have come evenly,
in one burst each grain. Counters of the exchange are taken to lag no longer than that."""
MOST_BY_GUESS: Final = 0.1
"""Share of the limit that a guess may hold back to the end."""

WATCHED: Final = 0.1
"""Share of a window that a pace is taken over at least: a burst in its first moments is none."""


class Others:
    """Everybody else who is counted in the same window."""

    __slots__ = (
        "_asked_at",
        "_before",
        "_begun_at",
        "_grain",
        "_interval",
        "_leap",
        "_lower",
        "_upper",
        "pace",
        "round_trip",
        "seen_at",
    )

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._grain = interval * GRAIN
        self.pace = 0.0
        """Tokens a second, the larger of this window's and the last one's; 0 while nobody else is known."""
        self._before = (0.0, 0.0, 0.0)
        """Pace, largest burst and longest round trip of the window before."""
        self.seen_at = 0.0
        """When the last answer came with a count."""
        self._begun_at = self._asked_at = 0.0
        self._lower = self._upper = 0
        self._leap = 0.0
        self.round_trip = 0.0
        """Longest of our own in this window."""

    @property
    def burst(self) -> float:
        """Most that came at once, in this window or the one before.

        Answers of ours that overtake each other make the count leap too, but then no others show in the end.
        """
        return max(min(self._leap, self._lower), self._before[1])

    def room(self, now: float, left: float, limit: int) -> float:
        """Tokens to leave for them, of so many left."""
        unheard = max(now - self._asked_at, 0.0) + max(self.round_trip, self._before[2])
        burst = max(self.burst, self.pace * self._grain)
        return min(burst, max(limit * MOST_BY_GUESS, left / 2)) + self.pace * unheard

    def rest(self, now: float, limit: int) -> float:
        """What they will use of the rest of the window at the pace of the last one; half the limit at most."""
        left = max(self._begun_at + self._interval - now, 0.0)
        return left * min(self._before[0], limit / (2 * self._interval))

    def learn(self, lower: int, upper: int, asked_at: float, now: float) -> None:
        """They have used at least ``lower`` of this window and at most ``upper``, says an answer to what left then.

        Requests of ours under way keep the two apart.
        """
        rise = upper - self._upper
        if rise > self._leap:
            silence = now - self.seen_at
            even = 1.0 if silence <= self._grain else self._grain / silence
            self._leap = max(self._leap, rise * even)
        self._upper, self.seen_at = upper, now
        self._asked_at = max(self._asked_at, asked_at)
        if lower > self._lower:
            self._lower = lower
            self._set_pace(now)

    def correct(self, lower: int, now: float) -> None:
        """A count was a lie: this is what they have really used of this window."""
        self._lower = self._upper = max(lower, 0)
        self._leap = 0.0
        self._set_pace(now)

    def turn(self, begun_at: float, *, is_next: bool) -> None:
        """Another window has begun; the last one is remembered if this is the one after it."""
        watched = max(self.seen_at - self._begun_at, self._interval * WATCHED)
        pace = self._lower / watched
        self._before = (
            (pace, min(self._leap, self._lower), self.round_trip) if is_next else (0.0, 0.0, 0.0)
        )
        self.pace = self._before[0]
        self._begin(begun_at)

    def _begin(self, begun_at: float) -> None:
        self._begun_at = self._asked_at = self.seen_at = begun_at
        self._lower = self._upper = 0
        self._leap = self.round_trip = 0.0

    def _set_pace(self, now: float) -> None:
        elapsed = max(now - self._begun_at, self._grain)
        self.pace = max(self._lower / elapsed, self._before[0])
