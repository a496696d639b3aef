"""The orders of the account as they stand, learned from events, replies and lists in whatever order they come.

Which of two pieces of news is the truth, ``standing`` says. The rest follows:

- What is closed is never opened again: not by a late event, nor by a read that lagged.
- On a tie the later event is taken, for those of one socket come in order; a reply only if it cannot have
  been told before that event, since reads lag by up to ``READ_LAG``.
- A list that does not show an order closes it, if it was asked that long after the last news of it; how it
  ended is not known then. So does one that did not show an order of which such news comes only later.
- Closed orders are kept up to a number. What is forgotten leaves its time behind, the horizon: what is told of
  an unknown order from before it may be of a forgotten one. It is kept as doubtful, until something newer tells.

Times are milliseconds since 1970 by the exchange's clock.
Pure: nothing here reads a clock or a socket.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final, Literal, NamedTuple, overload

from binance_papi_async.declaring.reading import unreadable
from binance_papi_async.stream.account_events import Product
from binance_papi_async.stream.coverage import Coverage
from binance_papi_async.stream.live_order import (
    AnyLiveOrder,
    Known,
    LiveAlgoOrder,
    LiveConditionalOrder,
    LiveOrder,
    Source,
)
from binance_papi_async.stream.standing import (
    IS_OVER,
    LAG_MS,
    READERS,
    WAITS,
    Key,
    Told,
)

MOST_CLOSED: Final = 10_000
"""Closed orders that are remembered, of 2.2 KB each: those of eight minutes and more, for an account may place
1,200 a minute. The horizon keeps what is forgotten closed.
"""
_NEVER: Final = -1
_NOTHING: Final = (None, None)
_asked = attrgetter("asked_ms")


class Learned(StrEnum):
    """What became of a piece of news."""

    OPEN = "open"
    """The order is open, as the news says."""
    CLOSED = "closed"
    """It is closed, as the news says."""
    LATE = "late"
    """More was known already."""
    GONE = "gone"
    """It is closed, for a list that had to show it did not: nobody has told how."""
    DOUBTFUL = "doubtful"
    """It may be of an order that was closed and forgotten: not counted among the open ones."""
    NOTHING = "nothing"
    """It is about no order, or does not say how it stands."""


class Listing(NamedTuple):
    """Which list of open orders was read, and when: it is of some moment from ``READ_LAG`` before it was asked for."""

    product: Product
    symbol: str | None
    """None of all."""
    asked_ms: int
    """The earliest it may have left."""
    answered_ms: int

    @property
    def seen_ms(self) -> int:
        """Whatever was open from before this until the answer is shown."""
        return self.asked_ms - LAG_MS

    def spans(self, key: Key) -> bool:
        """Whether it shows such an order."""
        return key[0] == self.product and self.symbol in (None, key[1])


class Orders:
    """Every open order that was told of, and the last closed ones."""

    def __init__(self, coverage: Coverage | None = None, most_closed: int = MOST_CLOSED) -> None:
        self._coverage = Coverage() if coverage is None else coverage
        self._most_closed = most_closed
        self._known: dict[Key, Known] = {}
        self._open: dict[Key, Known] = {}
        """Some of them, as are the next two."""
        self._shut: deque[Key] = deque()
        """Those that are closed or gone, in the order in which that was told."""
        self._doubtful: set[Key] = set()
        self._horizon: dict[Product, int] = {}
        self._read: dict[tuple[Product, str | None], Listing] = {}
        """The last list of each symbol, or of all."""
        self._doubted_ms = _NEVER
        """Whatever is of a later moment lies beyond every horizon and every list."""
        self.late = 0
        """Events that were older than what was known."""
        self.conflicts = 0
        """News that cannot be true together with what was known: two ends of one order, a gone one open."""

    def __len__(self) -> int:
        return len(self._known)

    @overload
    def open(
        self, product: Literal["margin", "um", "cm"], symbol: str | None = None
    ) -> list[LiveOrder]: ...
    @overload
    def open(
        self, product: Literal["um algo"], symbol: str | None = None
    ) -> list[LiveAlgoOrder]: ...
    @overload
    def open(
        self, product: Literal["cm conditional", "um conditional"], symbol: str | None = None
    ) -> list[LiveConditionalOrder]: ...
    @overload
    def open(
        self, product: Product | None = None, symbol: str | None = None
    ) -> Sequence[AnyLiveOrder]: ...
    def open(self, product: Product | None = None, symbol: str | None = None) -> Any:
        """The open orders, of a product and a symbol or of all. ``is_whole`` says whether these are all."""
        return [
            known.live(key)
            for key, known in self._open.items()
            if product in (None, key[0]) and symbol in (None, key[1])
        ]

    @overload
    def get(
        self, product: Literal["margin", "um", "cm"], symbol: str, order_id: int
    ) -> LiveOrder | None: ...
    @overload
    def get(
        self, product: Literal["um algo"], symbol: str, order_id: int
    ) -> LiveAlgoOrder | None: ...
    @overload
    def get(
        self, product: Literal["cm conditional", "um conditional"], symbol: str, order_id: int
    ) -> LiveConditionalOrder | None: ...
    @overload
    def get(self, product: Product, symbol: str, order_id: int) -> AnyLiveOrder | None: ...
    def get(self, product: Product, symbol: str, order_id: int) -> Any:
        """One order, open or closed not too long ago; None if nothing is known of it."""
        key: Key = (product, symbol, order_id)
        known = self._known.get(key)
        return None if known is None else known.live(key)

    def is_whole(self, product: Product, symbol: str | None = None) -> bool:
        """Whether ``open`` shows every open order: they were read since coverage began, and nothing was missed."""
        since_ms = self._coverage.since_ms(product)
        if since_ms is None:
            return False
        listing = self._listing(product, symbol)
        if listing is None or listing.seen_ms < since_ms:
            return False
        return not any(key[0] == product and symbol in (None, key[1]) for key in self._doubtful)

    def learn(self, news: object, asked_at_ms: int | None = None) -> Learned:
        """Learn from an event, or from the reply to a request that left then, at the earliest."""
        read, lag_ms = READERS.get(type(news), _NOTHING)
        told = None if read is None else read(news)
        if told is None:
            return Learned.NOTHING
        if lag_ms is None:
            return self._learn(news, told, "event", told[1][2])
        return self._learn(
            news, told, "reply", _NEVER if asked_at_ms is None else asked_at_ms - lag_ms
        )

    def learn_list(self, rows: Sequence[object], listing: Listing) -> list[Key]:
        """Learn from all open orders of a symbol, or of a product.

        Which orders are gone by it: closed, and nobody has told how.
        """
        shown: set[Key] = set()
        is_readable = not unreadable(rows)
        for row in rows:
            read, _ = READERS[type(row)]
            told = read(row)
            if told is None:
                is_readable = False
                continue
            shown.add(told[0])
            self._learn(row, told, "list", listing.seen_ms)
        if not is_readable:
            return []  # what could not be read may be any of them
        at = (listing.product, listing.symbol)
        self._read[at] = max(self._read.get(at, listing), listing, key=_asked)
        self._doubted_ms = max(self._doubted_ms, listing.answered_ms)
        return self._miss(listing, shown)

    def _miss(self, listing: Listing, shown: set[Key]) -> list[Key]:
        """A list showed these, and not the others: which of those are gone."""
        doubtful = ((key, self._known[key]) for key in self._doubtful)
        gone = [
            (key, known)
            for key, known in (*self._open.items(), *doubtful)
            if listing.spans(key) and key not in shown and known.as_of_ms <= listing.seen_ms
        ]
        for key, known in gone:
            known.gone_ms, known.source = listing.answered_ms, "list"
            self._close(key, known)
        return [key for key, _ in gone]

    def _learn(self, news: Any, told: Told, source: Source, seen_ms: int) -> Learned:
        """Learn what was so at ``seen_ms``, or when it last changed, whichever is later."""
        key, rank, status, _, _ = told
        as_of_ms = max(rank[2], seen_ms)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Known(news, told, source, as_of_ms)
            return self._place(key, known, as_of_ms)
        if rank[0] == known.rank[0] == IS_OVER and status != known.status:
            self.conflicts += 1
        if rank < known.rank:
            return self._late(source)
        # An event is of the very moment of its rank: on a tie it is taken.
        if seen_ms >= known.rank[2] or rank != known.rank:
            known.take(news, told, source)
        known.as_of_ms = max(known.as_of_ms, as_of_ms)
        return self._place(key, known, as_of_ms)

    def _place(self, key: Key, known: Known, as_of_ms: int) -> Learned:
        """Count it among those it belongs to, after news of that moment."""
        if known.rank[0] != WAITS:
            known.gone_ms = None
            self._close(key, known)
            return Learned.CLOSED
        if known.is_open:
            return Learned.OPEN
        if as_of_ms <= self._doubted_ms:
            doubt = self._doubt(key, known, as_of_ms)
            if doubt is not None:
                return doubt
        if known.gone_ms is not None:
            self.conflicts += 1  # the list was wrong
            known.gone_ms, known.is_shut = None, False
        self._doubtful.discard(key)
        self._open[key] = known
        known.is_open = True
        return Learned.OPEN

    def _doubt(self, key: Key, known: Known, as_of_ms: int) -> Learned | None:
        """Why it does not count as open, though that is what was told of that moment; None if it does."""
        if known.gone_ms is not None:
            return self._late(known.source) if as_of_ms <= known.gone_ms else None
        listing = self._listing(key[0], key[1])
        if listing is not None and as_of_ms <= listing.seen_ms:
            known.gone_ms = listing.answered_ms
            self._close(key, known)
            self._late(known.source)
            return Learned.GONE
        if as_of_ms <= self._horizon.get(key[0], _NEVER):
            self._doubtful.add(key)
            return Learned.DOUBTFUL
        return None

    def _listing(self, product: Product, symbol: str | None) -> Listing | None:
        """The last list that shows orders of a symbol."""
        lists = [
            listing
            for each in dict.fromkeys((None, symbol))
            if (listing := self._read.get((product, each))) is not None
        ]
        return max(lists, key=_asked, default=None)

    def _close(self, key: Key, known: Known) -> None:
        if known.is_open:
            del self._open[key]
            known.is_open = False
        self._doubtful.discard(key)
        if not known.is_shut:
            known.is_shut = True
            self._shut.append(key)
        if len(self._shut) > self._most_closed:
            self._forget(self._shut.popleft())

    def _forget(self, key: Key) -> None:
        known = self._known.get(key)
        if known is None or not known.is_shut:
            return  # it was gone, and came back
        del self._known[key]
        closed_ms = max(known.rank[2] or known.as_of_ms, known.gone_ms or 0)
        self._horizon[key[0]] = max(self._horizon.get(key[0], _NEVER), closed_ms)
        self._doubted_ms = max(self._doubted_ms, closed_ms)

    def _late(self, source: Source) -> Learned:
        """Events should not be late; replies may be."""
        if source == "event":
            self.late += 1
        return Learned.LATE
