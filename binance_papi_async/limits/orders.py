"""How many orders an account may still place: a bucket for every window the exchange counts them in.

An order is counted in each window of its account at once, so it goes when all of them have room.
The windows are aligned to the exchange's clock, as the minute of the weight is.

Pure: the exchange's time and its uncertainty are arguments, in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from binance_papi_async.limits.bucket import Bucket, Charge
from binance_papi_async.limits.ledger import Strange

ORDERS: Final[Mapping[float, int]] = {60.0: 1200, 10.0: 300}
"""Seconds, and orders in them. The page of the exchange names 1,200 a minute; live accounts were seen to have 300 or
400 in 10 s besides, so the smaller is the default."""
MOST_PER_SECOND: Final = 1000
"""No limit of more is believed."""
LONGEST: Final = 31 * 86_400.0
"""No longer window is believed, seconds."""
SECONDS: Final[Mapping[str, float]] = {
    "SECOND": 1.0,
    "MINUTE": 60.0,
    "HOUR": 3600.0,
    "DAY": 86_400.0,
}
"""Of one interval, in the exchange's words."""

OrderLimits: TypeAlias = Mapping[int, int] | Mapping[float, int]
"""Orders allowed, by the seconds of the window."""


class OrderCount(Struct, frozen=True):
    """Orders in the present window of some length."""

    used: int
    limit: int


class OrderCharge:
    """Orders taken of every window for one request."""

    __slots__ = ("_parts",)

    def __init__(self, parts: list[tuple[Bucket, Charge]]) -> None:
        self._parts = parts

    def give_back(self) -> None:
        """The request provably never left."""
        for bucket, charge in self._parts:
            bucket.give_back(charge)

    def settle(self, counts: Mapping[float, int], now: float, uncertainty: float) -> Strange | None:
        """The request left, and these are the exchange's counts, by the seconds of the window.

        What is strange about them, if anything is.
        """
        strange: Strange | None = None
        for bucket, charge in self._parts:
            count = counts.get(bucket.interval)
            if count is None:
                bucket.keep(charge, now, uncertainty)
            else:
                strange = bucket.report(charge, count, now, uncertainty) or strange
        return strange


class OrderWindows:
    """The windows of one account."""

    def __init__(self, limits: OrderLimits) -> None:
        self._buckets: dict[float, Bucket] = {}
        self.uncounted: set[float] = set()
        """Seconds of windows that answers named and whose limit nobody has told."""
        for seconds, limit in limits.items():
            if limit < 1 or not seconds > 0:
                raise ValueError(
                    f"orders are above zero, in seconds above zero, not {limit} in {seconds}"
                )
            self.set_limit(seconds, limit)
        if not self._buckets:
            raise ValueError("orders names no window: orders={60: 1200, 10: 300}")

    @property
    def limits(self) -> dict[float, int]:
        """Orders allowed, by the seconds of the window; the longest first."""
        return {seconds: bucket.limit for seconds, bucket in self._buckets.items()}

    @property
    def most(self) -> int:
        """How many orders a request can have at most."""
        return min(bucket.limit for bucket in self._buckets.values())

    def set_limit(self, seconds: float, limit: int) -> None:
        """So many orders are allowed in so many seconds; what was counted of such a window stays so."""
        bucket = self._buckets.get(seconds)
        if bucket is not None:
            bucket.set_limit(limit)
            return
        self._buckets[seconds] = Bucket(limit, seconds)
        self._buckets = dict(sorted(self._buckets.items(), reverse=True))
        self.uncounted.discard(seconds)

    def take(self, orders: int, now: float, uncertainty: float) -> OrderCharge | None:
        """Charge a request to every window; None, and nothing charged, if one has no room."""
        parts: list[tuple[Bucket, Charge]] = []
        for bucket in self._buckets.values():
            charge = bucket.take(orders, now, uncertainty)
            if charge is None:
                OrderCharge(parts).give_back()
                return None
            parts.append((bucket, charge))
        return OrderCharge(parts)

    def unknown(self, counts: Iterable[float]) -> list[float]:
        """Windows among these that nobody has told the limit of, and that were not named before."""
        new = [each for each in counts if each not in self._buckets and each not in self.uncounted]
        self.uncounted.update(new)
        return new

    def lacking(self, orders: int, now: float, uncertainty: float) -> float | None:
        """Seconds of the window without room for so many that opens last; None if all have room."""
        short = [
            bucket for bucket in self._buckets.values() if not bucket.has(orders, now, uncertainty)
        ]
        if not short:
            return None
        return max(short, key=lambda bucket: bucket.next_turn(now, uncertainty)).interval

    def ready_at(self, seconds: float, now: float, uncertainty: float) -> float:
        """When a window that has no room should be looked at again."""
        return self._buckets[seconds].ready_at(now, uncertainty)

    def opens_at(self, seconds: float, now: float, uncertainty: float) -> float:
        """When a window that has no room has room again."""
        return self._buckets[seconds].next_turn(now, uncertainty)

    def close(self, seconds: float, wait: float, now: float, uncertainty: float) -> None:
        """The exchange counted too many in that window: nobody places an order until it turns, nor for that long."""
        bucket = self._buckets[seconds]
        bucket.overrun(max(bucket.next_turn(now, uncertainty), now + wait))

    def meant(
        self, counts: Mapping[float, int], wait: float | None, now: float, uncertainty: float
    ) -> float:
        """Seconds of the window the exchange means when it says that there were too many orders, and not of what.

        The one whose count has reached its limit; else the shortest that turns no sooner than the exchange asks to
        wait; else the shortest: closed for nothing it costs its few seconds, where the minute would cost a minute,
        and if it was another, the next answer says so again.
        """
        shortest_first = list(reversed(self._buckets))
        for seconds in shortest_first:
            if counts.get(seconds, 0) >= self._buckets[seconds].limit:
                return seconds
        for seconds in shortest_first:
            # Retry-After is in whole seconds, rounded either way
            turn = self._buckets[seconds].next_turn(now, uncertainty)
            if wait is not None and turn + 1 >= now + wait:
                return seconds
        return shortest_first[0] if wait is None else shortest_first[-1]

    def counts(self, now: float, uncertainty: float) -> dict[float, OrderCount]:
        """Used and allowed in every window, the longest first."""
        return {
            seconds: OrderCount(bucket.used(now, uncertainty), bucket.limit)
            for seconds, bucket in self._buckets.items()
        }


def window_seconds(interval: str, count: int) -> float | None:
    """Seconds of ``count`` intervals, in the exchange's words; None for what is no window to believe in."""
    seconds = SECONDS.get(interval, 0.0) * count
    return seconds if 0 < seconds <= LONGEST else None


def is_believable(seconds: float, limit: int) -> bool:
    """Whether an account may have such a limit: at least one order, and no more than a thousand a second."""
    return 1 <= limit <= MOST_PER_SECOND * math.ceil(seconds)
