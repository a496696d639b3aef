"""How far the exchange's clock is from ours, as answers tell, of which a few may lie.

An answer that names the exchange's time proves that its clock showed that time somewhere between
sending and receiving: so the offset lies in an interval. Three rules follow from "one of them may lie":

- A bound is believed once a second answer has told as much. What one alone claims is dropped after
  ``BATCH`` answers, so a liar in each batch never moves what is believed off the truth.
- An answer that cannot be true together with what is believed begins a rival belief.
  Every later answer is held against both, and whichever it cannot be true together with loses:
  a liar's rival is gone with the next honest answer that can tell them apart.
- A rival that enough answers speak for, and none against, takes over: the exchange's clock has stepped.
  Then the offset is in doubt, until two answers agree on it afresh.

Pure: times are arguments, in seconds by the local clock; so is the number of the answer.
"""

from __future__ import annotations

from math import inf
from typing import Final

DRIFT: Final = 1e-4
"""How fast two disciplined clocks may part: seconds per second, ten times what NTP leaves."""
BATCH: Final = 100
"""Answers of which one may lie unnoticed."""
VOTES: Final = 3
"""How many answers must contradict what is believed before it is given up."""
RARITY: Final = 25
"""At least every so-many-th answer must speak for a rival: liars are rarer, a step is seen more often."""
PERSISTENCE: Final = 4
"""How many times more votes a rival needs after one was refuted by the exchange's own word."""
MOST_VOTES: Final = VOTES * PERSISTENCE**4
MOST_STRETCH: Final = 2.0
"""Seconds that a rival which is not alone adds to the uncertainty at most."""


class Belief:
    """An interval that the offset lies in, and what one answer alone claims beyond it."""

    __slots__ = ("_at", "_batch_ends", "_claim_high", "_claim_low", "heard", "high", "low")

    def __init__(self, low: float, high: float, at: float, answer: int) -> None:
        self.low, self.high = low, high
        self.heard = 1
        """How many answers agreed to it."""
        self._claim_low, self._claim_high = low, high
        self._batch_ends = answer + BATCH
        self._at = at

    def fade(self, at: float) -> None:
        """Widen it by what the clocks may have parted since."""
        faded, self._at = DRIFT * (at - self._at), at
        self.low -= faded
        self.high += faded
        self._claim_low -= faded
        self._claim_high += faded

    def agrees(self, low: float, high: float) -> bool:
        """Whether an answer may be true together with it."""
        return low <= self.high and high >= self.low

    def narrow(self, low: float, high: float, answer: int) -> None:
        """Learn from an answer that agrees: no further than another one goes, too."""
        self.heard += 1
        if self.heard == 2:  # noqa: PLR2004 - either of the two may lie
            self.low, self.high = min(self.low, low), max(self.high, high)
        if answer >= self._batch_ends:
            self._claim_low, self._claim_high = -inf, inf
            self._batch_ends = answer + BATCH
        self.low = max(self.low, min(self._claim_low, low))
        self.high = min(self.high, max(self._claim_high, high))
        self._claim_low = max(self._claim_low, low)
        self._claim_high = min(self._claim_high, high)

    def gap_to(self, other: Belief) -> float:
        """Seconds between the two; 0 if they touch."""
        return max(0.0, other.low - self.high, self.low - other.high)


class Offset:
    """What is believed of the offset, who contradicts it, and whether it is in doubt."""

    def __init__(self) -> None:
        self.belief: Belief | None = None
        """None until the first answer."""
        self.is_doubted = False
        """Whether the exchange had better be asked: what was believed has been given up."""
        self._is_forgotten = False
        """Whether the doubt ends with two answers that agree."""
        self._rival: Belief | None = None
        self._votes = self._began = 0
        """Answers for the rival and against what is believed, and the answer that it began with."""
        self._needed = VOTES
        self._step: tuple[Belief, Belief] | None = None
        """What was believed before and after a step that nobody has asked about yet."""

    @property
    def is_contested(self) -> bool:
        """Whether every answer tells something: between rivals, or about a belief of one answer."""
        return self._rival is not None or self.belief is None or self.belief.heard == 1

    @property
    def stretch(self) -> float:
        """Seconds by which a rival that more than one answer speaks for makes the offset less certain."""
        if self._rival is None or self.belief is None or self._votes == 1:
            return 0.0
        return min(self.belief.gap_to(self._rival), MOST_STRETCH)

    def forget(self) -> None:
        """Believe what is told from now on; doubt it until two answers agree."""
        self.belief = self._rival = None
        self.is_doubted = self._is_forgotten = True

    def learn(self, low: float, high: float, at: float, answer: int) -> Belief:
        """An answer that came at that time says that the offset lies between these: what is believed then."""
        belief = self.belief
        if belief is None:
            self.belief = belief = Belief(low, high, at, answer)
            return belief
        belief.fade(at)
        if belief.agrees(low, high):
            belief.narrow(low, high, answer)
            if self._is_forgotten:
                self._settle(belief)
            self._hear_rival(low, high, at, answer)
        elif (rival := self._hear_rival(low, high, at, answer)) is not None:
            self._votes += 1
            return self._elect(belief, rival, answer)
        else:
            self._rival = Belief(low, high, at, answer)
            self._votes, self._began = 1, answer
        return belief

    def _hear_rival(self, low: float, high: float, at: float, answer: int) -> Belief | None:
        """The rival if the answer agrees with it; one that it contradicts is gone."""
        rival = self._rival
        if rival is None:
            return None
        rival.fade(at)
        if rival.agrees(low, high):
            rival.narrow(low, high, answer)
        else:
            self._rival = None
        return self._rival

    def _elect(self, belief: Belief, rival: Belief, answer: int) -> Belief:
        """Believe the rival if enough answers speak for it; against one answer two are enough."""
        needed = 2 if belief.heard == 1 else self._needed
        is_rare = self._votes * RARITY <= answer - self._began
        if self._votes < needed or is_rare:
            return belief
        self.belief, self._rival = rival, None
        if self._is_forgotten:
            self._settle(rival)
        else:
            self.is_doubted = True
            self._step = self._step or (belief, rival)
        return rival

    def _settle(self, belief: Belief) -> None:
        """Two answers agree: the doubt is over. Those who were asked may have refuted the step."""
        self.is_doubted = self._is_forgotten = False
        if self._step is None:
            return
        before, after = self._step
        is_refuted = not belief.gap_to(before) and bool(belief.gap_to(after))
        self._needed = min(self._needed * PERSISTENCE, MOST_VOTES) if is_refuted else VOTES
        self._step = None
