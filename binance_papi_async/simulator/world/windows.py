"""How much of a limit is used in which minute: weight of an IP, orders of the account.

Pure: the time is an argument.
"""

from __future__ import annotations

from collections import defaultdict
from math import ceil, floor


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

    def by_window(self, owner: str) -> dict[int, int]:
        """What was used in every window so far."""
        return dict(self._used[owner])
