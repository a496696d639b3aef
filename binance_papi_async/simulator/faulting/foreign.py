"""Who else uses weight behind the IP. Pure: the time is an argument."""

from __future__ import annotations

from binance_papi_async.simulator.world.windows import Windows


class Foreign:
    """Somebody else behind the same IP who uses ``weight`` every so many seconds."""

    def __init__(self, weight: int, every: float, since: float) -> None:
        if weight < 0 or every <= 0:
            raise ValueError("foreign usage is a weight of 0 or more, every so many seconds over 0")
        self._weight = weight
        self._every = every
        self._since = since
        self._ticks = 0

    def accrue(self, windows: Windows, ip: str, now: float) -> None:
        """Charge what has come together since the last look, each tick to its own window."""
        while (when := self._since + (self._ticks + 1) * self._every) <= now:
            windows.add(ip, when, self._weight)
            self._ticks += 1
