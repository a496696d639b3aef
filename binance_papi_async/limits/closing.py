"""Until when nobody may send, after a 429, a ban, or a refusal by a machine in front of the exchange.

Pure: ``now`` is an argument, in epoch seconds of the exchange's clock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from binance_papi_async.errors import BannedError

BLOCKS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""Seconds that nothing is sent after the first, second, ... refusal of the whole IP in a row; a choice of ours:
the page of the exchange names no time after which its firewall lets an IP through again."""
SHORTEST_BAN: Final = 120.0
LONGEST_BAN: Final = 3 * 86_400.0
"""Documented: from 2 minutes to 3 days. Nothing the exchange says closes a pool for longer."""


class Closing:
    """What has closed a pool, and for how long each."""

    __slots__ = ("_blocks", "banned_until")

    def __init__(self) -> None:
        self.banned_until = 0.0
        self._blocks = 0
        """How often in a row a machine in front of the exchange refused this IP."""

    def __repr__(self) -> str:
        return f"<Closing: banned until {self.banned_until:.0f}, {self._blocks} refused in a row>"

    def overrun(self, seconds: float | None, now: float, next_turn: float) -> float:
        """Until when, after a 429 that asks for so many seconds: at least until the minute turns."""
        return max(next_turn, now + min(seconds or 0.0, LONGEST_BAN))

    def ban(self, until: float | None, seconds: float | None, now: float) -> float:
        """Until when, after a 418 that names its end or how long it lasts: the later, or the shortest ban there is.

        A ban that was known to be longer is not shortened.
        """
        end = max(until or 0.0, now + (seconds or 0.0))
        end = min(end if end > now else now + SHORTEST_BAN, now + LONGEST_BAN)
        self.banned_until = max(self.banned_until, end)
        return self.banned_until

    def block(self, now: float) -> float:
        """Until when, after a machine in front of the exchange refused this IP: longer each time in a row."""
        seconds = BLOCKS[min(self._blocks, len(BLOCKS) - 1)]
        self._blocks += 1
        return now + seconds

    def let_through(self) -> None:
        """The exchange itself answered: no machine in front of it refuses this IP."""
        self._blocks = 0

    @property
    def is_blocked(self) -> bool:
        """Whether the last answer was such a refusal."""
        return self._blocks > 0

    def is_banned(self, now: float) -> bool:
        """Whether the exchange refuses everything for a while."""
        return now < self.banned_until

    def error(self, now: float) -> BannedError:
        """Until when nothing is sent."""
        end = datetime.fromtimestamp(self.banned_until, UTC)
        return BannedError(
            f"the exchange banned this IP for another {self.banned_until - now:.0f} s, until {end:%Y-%m-%d %H:%M:%S} UTC; "
            "sending sooner prolongs the ban",
            until=self.banned_until,
        )
