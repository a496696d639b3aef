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
        self._low = self._high = time.time() - monotonic()
        self._learned_at = monotonic()

    def learn(self, earliest: float, latest: float, *, sent: float, received: float) -> None:
        """Learn that between ``sent`` and ``received`` the exchange's time was in ``[earliest, latest]``.

        ``sent`` and ``received`` are readings of ``now``, the others epoch seconds.
        """
        low, high = earliest - received, latest - sent
        if not self.is_synchronised:
            self._low, self._high, self.is_synchronised = low, high, True
        else:
            widened = self._widening(received)
            self._low, self._high = _narrowed(self._low - widened, self._high + widened, low, high)
        self._learned_at = received

    def forget(self) -> None:
        """Believe only what is learned from now on: the exchange called a timestamp wrong."""
        self.is_synchronised = False

    def exchange_time(self) -> float:
        """The exchange's time, epoch seconds, give or take ``uncertainty``."""
        return self.now() + (self._low + self._high) / 2

    def uncertainty(self) -> float:
        """How far off ``exchange_time`` may be, seconds."""
        return (self._high - self._low) / 2 + self._widening(self.now())

    def timestamp_ms(self) -> int:
        """The exchange's time as a signed request carries it."""
        return int(self.exchange_time() * 1000)

    def _widening(self, now: float) -> float:
        return DRIFT * max(0.0, now - self._learned_at)


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
