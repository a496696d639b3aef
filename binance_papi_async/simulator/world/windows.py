"""How much of a limit is used in which minute: weight of an IP, orders of the account.

Pure: the time is an argument.
"""

from __future__ import annotations

from collections import defaultdict
from math import ceil, floor
from typing import Final

SPANS: Final = (("DAY", 86_400.0), ("HOUR", 3600.0), ("MINUTE", 60.0), ("SECOND", 1.0))
"""The exchange's words for windows, and their seconds."""


class Windows:
    """Use of a limit, per owner, in windows aligned to the clock."""

    def __init__(self, limit: int, interval: float) -> None:
        self.limit = limit
        self.interval = interval
        self._used: defaultdict[str, dict[int, int]] = defaultdict(dict)

    def window(self, now: float) -> int:
        """Number of the window ``now`` lies in."""
        return floor(now / self.interval)

    def used(self, owner: str, now: float) -> int:
        """Used in the window ``now`` lies in."""
        return self._used[owner].get(self.window(now), 0)

    def add(self, owner: str, now: float, amount: int) -> int:
        """Charge ``amount``; what the window's use is then."""
        used = self._used[owner]
        window = self.window(now)
        used[window] = used.get(window, 0) + amount
        return used[window]

    def retry_after(self, now: float) -> int:
        """Whole seconds until the next window, rounded up, at least one."""
        return max(1, ceil((self.window(now) + 1) * self.interval - now))

    @property
    def span(self) -> tuple[str, int]:
        """Interval and number of the window, in the exchange's words: ``MINUTE`` and 1."""
        for name, seconds in SPANS:
            if self.interval >= seconds and self.interval % seconds == 0:
                return name, int(self.interval / seconds)
        return "SECOND", max(1, int(self.interval))

    def by_window(self, owner: str) -> dict[int, int]:
        """What was used in every window so far."""
        return dict(self._used[owner])
