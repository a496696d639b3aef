"""Whether a socket lives, when the next one may be opened, and when it is replaced for its age.

Pings and pongs of a lost peer stop, but nothing says so: a socket is lost when a ping of ours is followed by
silence. The documents of Portfolio Margin do not say that our pings are answered, so that is learned, and a
server that never answered one is judged by its own pings instead, or every quiet hour would be a loss.

Pure: the time is an argument, seconds of a clock that does not run back; chance comes from a seeded generator.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from math import inf
from random import Random
from typing import Final

QUIET: Final = 10.0
"""Seconds without anything heard before we ping."""
PATIENCE: Final = 5.0
"""Seconds after that in which something must be heard."""
HURRY: Final = 2.0
"""The same, if a cancel is in doubt."""
APART: Final = 1.0
"""Seconds between two pings of ours: the limit elsewhere is 5 messages a second."""
LATE: Final = 0.5
"""A timer that fires this much too late was held up by our own process."""
SILENCE: Final = 200.0
"""Seconds without anything heard, of a server judged by its own pings: it sends them every 180 (futures)."""
MUTE_SOCKETS: Final = 2
"""On how many sockets our pings must have gone unanswered to believe that they never are."""

PAUSES: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before the next socket is opened, by how often that has failed; the last one repeats."""
MOST_HANDSHAKES: Final = 60
"""In five minutes: the limit elsewhere is 300 per IP, which others share."""
WINDOW: Final = 300.0

OLDEST: Final = 23 * 3600.0
"""Seconds after which a socket is replaced: the exchange ends it after 24 hours."""
SPREAD: Final = 20 * 60.0
"""By up to how much earlier, so that processes do not all do so together."""


class Do(StrEnum):
    """What to do about a socket now."""

    WAIT = "wait"
    PING = "ping"
    READ_FIRST = "read first"
    """Read what is waiting, then ask again: it was this process that was late, perhaps, and not the peer."""
    LOST = "lost"


class Pongs:
    """Whether the exchange answers our pings, as all sockets of a stream have shown."""

    def __init__(self) -> None:
        self.has_answered = False
        self.mute_sockets = 0
        """Those that were lost for want of an answer, before there ever was one."""

    def lost(self) -> None:
        """A ping of ours was followed by silence."""
        if not self.has_answered:
            self.mute_sockets += 1

    @property
    def is_mute(self) -> bool:
        """Whether silence after a ping proves nothing."""
        return not self.has_answered and self.mute_sockets >= MUTE_SOCKETS


class Pulse:
    """One socket, and what was heard on it."""

    def __init__(self, pongs: Pongs, now: float) -> None:
        self._pongs = pongs
        self.heard_at = now
        self._ping_at = now + QUIET
        self._lost_at = inf
        self._pinged_at = -inf
        self._patience = PATIENCE
        self._has_read = False

    @property
    def next_at(self) -> float:
        """When to ask again, at the latest."""
        if self._pongs.is_mute:
            return self.heard_at + SILENCE
        return min(self._ping_at, self._lost_at)

    def heard(self, now: float) -> None:
        """Any frame came: an event, a ping, a pong."""
        self.heard_at = now
        self._ping_at, self._lost_at, self._patience = now + QUIET, inf, PATIENCE
        self._has_read = False

    def answered(self, now: float) -> None:
        """A pong came."""
        self._pongs.has_answered = True
        self.heard(now)

    def hurry(self, now: float) -> None:
        """Somebody needs to know soon whether this socket lives."""
        self._patience = HURRY
        self._ping_at = min(self._ping_at, max(now, self._pinged_at + APART))

    def due(self, now: float) -> Do:
        """What to do now."""
        if now < self.next_at:
            return Do.WAIT
        if now > self.next_at + LATE and not self._has_read:
            self._has_read = True
            return Do.READ_FIRST
        self._has_read = False
        if self._pongs.is_mute:
            return Do.LOST
        if now >= self._lost_at:
            self._pongs.lost()
            return Do.LOST
        self._lost_at = min(self._lost_at, now + self._patience)
        self._ping_at, self._pinged_at = inf, now
        return Do.PING


class Pace:
    """When the next socket may be opened."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._failures = 0
        self._handshakes: deque[float] = deque(maxlen=MOST_HANDSHAKES)

    def succeeded(self) -> None:
        """A socket is up."""
        self._failures = 0

    def failed(self) -> None:
        """One could not be opened."""
        self._failures += 1

    def next_at(self, now: float, retry_after: float | None = None) -> float:
        """When to open the next one, which counts as opened; ``retry_after`` is what the exchange asks to wait."""
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)] * self._random.uniform(0.5, 1.0)
        at = now + max(pause, retry_after or 0.0)
        if len(self._handshakes) == MOST_HANDSHAKES:
            at = max(at, self._handshakes[0] + WINDOW)
        self._handshakes.append(at)
        return at


def replaced_at(up_at: float, random: Random) -> float:
    """When a socket that was up then is old enough to be replaced."""
    return up_at + OLDEST - random.uniform(0.0, SPREAD)
