"""Time here, and the exchange's time with its uncertainty.

Signed timestamps and the exchange's minute both need the exchange's clock.
It is followed by its offset from the local monotonic clock, so a step of the system clock moves nothing.
Which answers are believed about that offset is decided in ``offset.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from math import ceil, nan
from typing import Final, NamedTuple

from binance_papi_async.offset import DRIFT, Belief, Offset

SLEPT: Final = 0.1
"""Seconds that two local clocks may part unnoticed: a shorter sleep leaves timestamps good."""
MILLISECOND: Final = 0.001
"""A time of the exchange is cut to whole milliseconds."""
SURE: Final = 0.1
"""Seconds of uncertainty that the exchange is not asked again for."""
UNSURE_MS: Final = 60_000
"""How far off a time may be that nobody has told yet, or that is in doubt: it is signed with all the same,
and the exchange takes nothing that is further off than ``recvWindow``, of which this is the most."""
_BOOTTIME: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)
_sleepless: Final[Callable[[], float]] = (
    time.time if _BOOTTIME is None else partial(time.clock_gettime, _BOOTTIME)
)
"""What goes on while the machine is suspended, and the monotonic clock of Linux and macOS stands still."""


class Left(NamedTuple):
    """When something left, as it was known then: no later belief about the clocks moves it."""

    at: float
    """By the local clock."""
    earliest: float
    """By the exchange's, epoch seconds; so is ``latest``."""
    latest: float


class Clock:
    """The exchange's time, narrowed down by every answer, and moved off the truth by no single one.

    An answer that names the exchange's time proves that its clock showed that time
    somewhere between sending and receiving: so the offset lies in an interval.
    Intervals from many answers intersect to about a round trip.
    Until the first answer the system clock stands in.

    ``monotonic`` is the local clock, ``witness`` another that goes on while the machine is suspended;
    by default those of the system, and no witness for a ``monotonic`` of the caller's.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        witness: Callable[[], float] | None = None,
    ) -> None:
        self.now = monotonic
        """Seconds on the local monotonic clock; meaningless but for differences."""
        self._witness = _sleepless if witness is None and monotonic is time.monotonic else witness
        self._learned = Offset()
        self._answers = 0
        self._learned_at = monotonic()
        self._ahead = self._witness() - self._learned_at if self._witness else 0.0
        """How far the witness was ahead of the local clock."""
        self._second, self._came_from, self._left_by = nan, 0.0, 0.0
        """An answer of this second that left and came no sooner and no later tells nothing new."""
        self._offset, self._half_width = time.time() - self._learned_at, 0.0

    def __repr__(self) -> str:
        time, uncertainty = self.reading()
        known = f"give or take {uncertainty:.3f} s" if self.is_synchronised else "not synchronised"
        return f"<Clock: {time:.3f}, {known}>"

    @property
    def is_synchronised(self) -> bool:
        """Whether an answer has been learned from."""
        return self._learned.belief is not None

    @property
    def is_sure(self) -> bool:
        """Whether two answers agree, and leave little uncertainty."""
        return not self._learned.is_doubted and self._half_width <= SURE

    def learn(self, earliest: float, latest: float, *, sent: float, received: float) -> None:
        """Learn that between ``sent`` and ``received`` the exchange's time was in ``[earliest, latest]``.

        ``sent`` and ``received`` are readings of ``now``, the others epoch seconds.
        """
        self._answers += 1
        self._learn(earliest, latest, sent, received)
        self._second = nan

    def learn_date(self, date: float, *, sent: float, received: float) -> None:
        """Learn from the ``Date`` of an answer, which is cut to whole seconds.

        Most dates are those expected, and tell nothing: they cost three comparisons.
        """
        self._answers += 1
        if date == self._second and received >= self._came_from and sent <= self._left_by:
            return
        belief = self._learn(date, date + 1, sent, received)
        self._second = nan if self._learned.is_contested else date
        self._came_from, self._left_by = date - belief.low, date + 1 - belief.high

    def forget(self) -> None:
        """Believe only what is learned from now on: the exchange called a timestamp wrong."""
        self._learned.forget()
        self._second = nan
        if self._witness is not None:
            self._ahead = self._witness() - self.now()

    def must_relearn(self) -> bool:
        """Whether the exchange had better be asked before anything is signed.

        It is after a suspend of the machine, after a step of the exchange's clock,
        and until two answers agree when what was known has been forgotten.
        Where no clock tells of a suspend, a step of the system clock is taken for one: it moves no timestamp.
        """
        if self._learned.is_doubted:
            return True
        if self._witness is None or -SLEPT < self._witness() - self.now() - self._ahead < SLEPT:
            return False
        # Once more: between the two readings another thread may have had its turn.
        return not -SLEPT < self._witness() - self.now() - self._ahead < SLEPT

    def reading(self) -> tuple[float, float]:
        """The exchange's time, epoch seconds, and how far off that may be, seconds."""
        now = self.now()
        return now + self._offset, self._half_width + DRIFT * (now - self._learned_at)

    def left(self, at: float) -> Left:
        """When, by the exchange's clock, the local one shows that."""
        off = self._half_width + DRIFT * (at - self._learned_at) + MILLISECOND
        time = at + self._offset
        return Left(at, time - off, time + off)

    def stamp(self) -> tuple[int, int]:
        """The exchange's time for others to read later, in ms since 1970, and how many ms off that may be."""
        time, uncertainty = self.reading()
        is_unsure = not self.is_synchronised or self._learned.is_doubted
        return int(time * 1000), UNSURE_MS if is_unsure else ceil(uncertainty * 1000)

    def exchange_time(self) -> float:
        """The exchange's time, epoch seconds, give or take ``uncertainty``."""
        return self.now() + self._offset

    def uncertainty(self) -> float:
        """How far off ``exchange_time`` may be, seconds."""
        return self.reading()[1]

    def timestamp_ms(self) -> int:
        """The exchange's time as a signed request carries it."""
        return int((self.now() + self._offset) * 1000)

    def _learn(self, earliest: float, latest: float, sent: float, received: float) -> Belief:
        learned = self._learned
        belief = learned.learn(earliest - received, latest - sent, received, self._answers)
        self._learned_at = received
        self._offset = (belief.low + belief.high) / 2
        self._half_width = (belief.high - belief.low) / 2 + learned.stretch
        return belief
