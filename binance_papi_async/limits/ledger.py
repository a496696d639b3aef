"""What is known of one window of a limit: our own books, the exchange's counts, and which of them to believe.

Spent is the larger of two counts:

- our own: everything sent that may land in the window, at its documented weight;
- the exchange's: the highest count reported for the window, and what was sent and is not reported on yet.
  A count only grows within a window, so the highest report includes every request that was reported lower,
  however late a report arrives. Others on the same IP show up in it at once.

Either may be wrong, and is corrected by answers that contradict it, never by one that may just be late:

- a count that leaps is doubted: it counts, but one request may find out whether it is so;
- a count that cannot be, being many times the limit, is not taken for one;
- a high count is given up when answers to requests that left well after it say less;
- our own books are forgiven what the exchange proves not to have charged. The proof is the growth of its counts
  between two answers, so a count that began anew proves nothing; it is told after a silence in which counters
  that lag catch up; three answers must agree, and a margin is kept.

Pure: the exchange's time is an argument, in seconds.
"""

from __future__ import annotations

from math import inf
from typing import Final, Literal

AGREEING: Final = 3
"""So many answers outvote what was believed before them."""
ABSURD: Final = 3
"""A count of more than so many limits is none: the exchange refuses long before."""
MARGIN: Final = 0.02
"""Share of the limit by which our books and the exchange's may differ without meaning anything."""

Strange = Literal["absurd", "fell"]
"""What is strange about a count: it cannot be, or others prove it wrong."""


class Ledger:
    """What is known of one window."""

    __slots__ = (
        "_answered_at",
        "_base",
        "_grain",
        "_is_calm",
        "_least",
        "_lower",
        "_mark",
        "_proofs",
        "_reported_at",
        "forgiven",
        "forgives",
        "is_doubted",
        "limit",
        "own",
        "reported",
        "unreported",
        "used",
    )

    def __init__(self, limit: int, grain: float, *, forgives: bool = True) -> None:
        self.limit = limit
        self._grain = grain
        self.forgives = forgives
        """Whether what is not charged may be forgiven."""
        self.used = 0
        """Tokens spent, as far as anybody knows."""
        self.own = 0
        self.reported = 0
        self.unreported = 0
        self.forgiven = 0
        """What of our own the exchange has provably not charged."""
        self.is_doubted = False
        """Whether the highest report leaps, and no other has borne it out."""
        self._reported_at = -inf
        self._is_calm = False
        """Whether a report no higher than expected changes nothing else: there was one, and none is in doubt."""
        self._lower: list[int] = []
        """Reports in a row that contradict the highest."""
        self._base = (0, 0)
        """Our own books and the exchange's at the first report: growth is measured from there."""
        self._answered_at = inf
        """When the last answer came, once the books differ."""
        self._mark: tuple[float, int] | None = None
        """When a silence began, and what had been answered by then."""
        self._proofs = 0
        self._least = 0

    def add(self, tokens: int) -> None:
        """Something is sent that may land here."""
        self.own += tokens
        self.unreported += tokens
        self.used += tokens

    def remove(self, tokens: int) -> None:
        """It did not."""
        self.own -= tokens
        self.unreported -= tokens
        self.used -= tokens

    def learn(self, tokens: int, used: int, asked_at: float, now: float) -> Strange | None:
        """What left then with so many tokens was answered with this count."""
        strange: Strange | None = None
        if used < self.reported:
            strange = self._contradict(used, asked_at, now)
        elif used > self.used or not self._is_calm:
            self._rise(used, now)
        else:
            self.reported, self._reported_at = used, now
        self.unreported -= tokens
        counted, own = self.reported + self.unreported, self.own - self.forgiven
        if own > counted:
            if own - counted > self.limit * MARGIN and self.forgives:
                self._compare(used, tokens, asked_at, now)
            self.used = max(self.own - self.forgiven, counted)
        else:
            self.used = counted
        return strange

    def keep_higher(self, used: int) -> None:
        """A count that may be this window's: not below it, from now on."""
        if used > self.reported:
            self.reported = used
            self.used = max(self.used, used + self.unreported)

    def may_ask(self, tokens: int, now: float, under_way: int, limit: float) -> bool:
        """Whether one more may go, with so many under way, to find out if a window that looks spent is so."""
        if self.is_doubted:
            is_believable = limit < self.reported <= self.limit
            return not under_way and not is_believable and self.own + tokens <= limit
        return (
            under_way < AGREEING
            and self.reported + self.unreported + tokens <= limit
            and now >= self.asks_at()
        )

    def asks_at(self) -> float:
        """From when on an answer could prove that less was charged than we think; never, if there is no sign of it."""
        since = self._answered_at if self._mark is None else self._mark[0]
        return since + self._grain

    def _rise(self, used: int, now: float) -> None:
        leaps = used > self.limit or used - self.used > self.limit / 2
        self.is_doubted = leaps and not self.is_doubted
        if self._reported_at == -inf:
            self._base = (self.own, used)
        self.reported, self._reported_at = used, now
        self._lower.clear()
        self._is_calm = not self.is_doubted

    def _contradict(self, used: int, asked_at: float, now: float) -> Strange | None:
        """A report below the highest: late, or a contradiction."""
        lag = 0.0 if self.is_doubted else self._grain
        if asked_at < self._reported_at + lag:  # what left as it came was counted after it
            return None
        self._lower.append(used)
        self._is_calm = False
        if len(self._lower) < (1 if self.is_doubted else AGREEING):
            return None
        self.reported, self._reported_at = max(self._lower), now
        self._lower.clear()
        self.is_doubted = False
        self._base = (self.own, self.reported)
        self._mark, self._proofs = None, 0
        return "fell"

    def _compare(self, used: int, tokens: int, asked_at: float, now: float) -> None:
        """Our books say more than the exchange's: forgive what it has not charged, once that is proved."""
        if self._mark is None and asked_at >= self._answered_at + self._grain:
            self._mark = (self._answered_at, self.own - self.unreported - tokens)
        self._answered_at = now
        if self._mark is None or asked_at < self._mark[0] + self._grain:
            return
        own, count = self._base
        proof = self._mark[1] - own - (used - count) - int(self.limit * MARGIN)
        self._least = min(self._least, proof) if self._proofs else proof
        self._proofs += 1
        if self._proofs == AGREEING:
            self.forgiven = max(self.forgiven, self._least)
            self._mark, self._proofs = None, 0
