"""Who may go when a window turns after a silence: one, and then everybody.

The exchange's clock may have stepped back meanwhile, over a full minute, and nobody can know before an answer
tells: whatever waited for the turn would land in the minute that was full already, be answered 429, all of it,
and bring a ban. So one goes first, the scout, and everybody else waits for its answer, for a bounded time.

Pure: ``now`` is an argument, in seconds of the local monotonic clock; the exchange's is the one in doubt.
"""

from __future__ import annotations

from math import inf
from typing import Final, Literal

SILENCE: Final = 1.0
"""Seconds without an answer after which one request goes first when a window turns."""
SCOUTING: Final = 0.5
"""Seconds that everybody else waits for its answer, at most."""
Who = Literal["everybody", "one", "nobody"]
"""Who may go when a window turns, as far as the silence is concerned."""


class Scouting:
    """What was heard when, and who is out to hear more."""

    __slots__ = ("heard_at", "out", "until")

    def __init__(self) -> None:
        self.heard_at = inf
        """When the exchange last counted; inf before it has: nothing is known then that could be wrong."""
        self.out: object = None
        """The permit of the scout that has not come back, waited for or not."""
        self.until = -inf
        """How long the others wait for the last scout; past if nobody waits."""

    def __repr__(self) -> str:
        return f"<Scouting: {'nobody' if self.out is None else 'one'} out>"

    def who_may_go(self, now: float) -> Who:
        """Who may go at a turn of a window. A scout that was waited for in vain is not followed by another at once."""
        if now < self.until:
            return "nobody"
        return "one" if now - max(self.heard_at, self.until) > SILENCE else "everybody"

    def seconds_left(self, now: float) -> float:
        """How much longer everybody waits for the scout; 0 if nobody does."""
        return max(0.0, self.until - now)

    def send(self, permit: object, now: float) -> None:
        """This one goes first."""
        self.out, self.until = permit, now + SCOUTING

    def end(self) -> None:
        """The scout is back, with an answer or without: nobody waits for it."""
        self.out, self.until = None, -inf
