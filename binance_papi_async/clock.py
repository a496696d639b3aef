"""Time here, and the exchange's time with its uncertainty.

Signed timestamps and the exchange's minute both need the exchange's clock.
It is followed by its offset from the local monotonic clock, so a step of the system clock moves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

DRIFT: Final = 1e-4
"""How fast two disciplined clocks may part: seconds per second, ten times what NTP leaves."""


class Clock:
    """The exchange's time, narrowed down by every answer.

    An answer that names the exchange's time proves that its clock showed that time
    somewhere between sending and receiving: so the offset lies in an interval.
    Intervals from many answers intersect to about a round trip.
    Until the first answer the system clock stands in.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.now = monotonic
        """Seconds on the local monotonic clock; meaningless but for differences."""
        self.is_synchronised = False
        """Whether an answer has been learned from."""
        self._learned_at = monotonic()
        self._last_date = (0.0, 0.0, 0.0)
        """Of the last answer: its date, when it was asked, when it came."""
        offset = time.time() - self._learned_at
        self._believe(offset, offset)

    def __repr__(self) -> str:
        time, uncertainty = self.reading()
        known = f"give or take {uncertainty:.3f} s" if self.is_synchronised else "not synchronised"
        return f"<Clock: {time:.3f}, {known}>"

    def learn(self, earliest: float, latest: float, *, sent: float, received: float) -> None:
        """Learn that between ``sent`` and ``received`` the exchange's time was in ``[earliest, latest]``.

        ``sent`` and ``received`` are readings of ``now``, the others epoch seconds.
        """
        low, high = earliest - received, latest - sent
        if self.is_synchronised:
            faded = DRIFT * (received - self._learned_at)
            low, high = _narrowed(self._low - faded, self._high + faded, low, high)
        self.is_synchronised = True
        self._learned_at = received
        self._believe(low, high)

    def learn_date(self, date: float, *, sent: float, received: float) -> None:
        """Learn from the ``Date`` of an answer, which is cut to whole seconds.

        Only the last answer of a second and the first of the next tell something, so only those are learned from.
        """
        last, self._last_date = self._last_date, (date, sent, received)
        if last[0] == date:
            return
        for second, left, came in (last, self._last_date):
            if second:
                self.learn(second, second + 1, sent=left, received=came)

    def forget(self) -> None:
        """Believe only what is learned from now on: the exchange called a timestamp wrong."""
        self.is_synchronised = False
        self._last_date = (0.0, 0.0, 0.0)

    def reading(self) -> tuple[float, float]:
        """The exchange's time, epoch seconds, and how far off that may be, seconds."""
        now = self.now()
        return now + self._offset, self._half_width + DRIFT * (now - self._learned_at)

    def exchange_time(self) -> float:
        """The exchange's time, epoch seconds, give or take ``uncertainty``."""
        return self.now() + self._offset

    def uncertainty(self) -> float:
        """How far off ``exchange_time`` may be, seconds."""
        return self.reading()[1]

    def timestamp_ms(self) -> int:
        """The exchange's time as a signed request carries it."""
        return int((self.now() + self._offset) * 1000)

    def _believe(self, low: float, high: float) -> None:
        """The offset lies between these."""
        self._low, self._high = low, high
        self._offset, self._half_width = (low + high) / 2, (high - low) / 2


def _narrowed(low: float, high: float, new_low: float, new_high: float) -> tuple[float, float]:
    """The intersection; if there is none, the old interval stretched to touch the new one.

    Two sources that disagree leave that much uncertainty,
    and after a step of the exchange's clock the next answers narrow it down again.
    """
    if new_low > high:
        return low, new_low
    if new_high < low:
        return new_high, high
    return max(low, new_low), min(high, new_high)
