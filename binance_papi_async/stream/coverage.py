"""Since when nothing was missed, as far as the sockets can prove it; and the gaps where something may have been.

A socket proves the time from when it was up to what was last heard on it: that it still stands says nothing.
So coverage ends where a lost socket was heard last, not when the loss was noticed; and two sockets hand over
to each other if the second was up before the first was heard last.
That the exchange lags, or mutes a socket, no client sees at once.

Times are milliseconds since 1970 by the exchange's clock, so that the bounds of a gap can be asked for.
Pure: nothing here reads a clock or a socket.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from enum import StrEnum

from msgspec import Struct

from binance_papi_async.stream.account_events import PRODUCTS, Product


class GapReason(StrEnum):
    """Why events may be missing."""

    LOST = "lost"
    """No socket was left that could have told."""
    SUSPECT = "suspect"
    """A socket that stood told nothing of what must have been told."""
    KEY = "key"
    """The listen key was not ours any more."""
    UNDECODABLE = "undecodable"
    """An event of an order came and could not be read."""
    OVERFLOW = "overflow"
    """A consumer was too slow for its queue: the stream itself has missed nothing."""


class Gap(Struct, frozen=True, kw_only=True):
    """What follows may have holes before it."""

    since_ms: int
    """The last moment of which everything was told."""
    until_ms: int | None
    """From when on everything is told again; None while that has not begun."""
    reason: GapReason
    products: tuple[Product, ...] = PRODUCTS
    """Whose orders may have changed."""
    dropped: int = 0
    """Events that had come and were dropped; of an overflow only."""


class Coverage:
    """What the sockets of a stream prove."""

    def __init__(self) -> None:
        self._sockets: dict[Hashable, tuple[int, int]] = {}
        """When each that stands was up, and heard last."""
        self._since: int | None = None
        self._until = 0
        """Everything from ``_since`` to this was told."""
        self._missed: dict[Product, int] = {}
        """When something of a product was last lost although a socket told it."""

    def since_ms(self, product: Product) -> int | None:
        """From when on nothing of a product was missed; None while no socket stands."""
        if self._since is None:
            return None
        return max(self._since, self._missed.get(product, self._since))

    @property
    def until_ms(self) -> int | None:
        """Up to when that is proven; None while no socket stands."""
        return None if self._since is None else self._until

    def up(self, socket: Hashable, now_ms: int) -> None:
        """A socket is up, and tells from now on."""
        self._sockets[socket] = (now_ms, now_ms)
        if self._since is None:
            self._since = self._until = now_ms

    def heard(self, socket: Hashable, now_ms: int) -> None:
        """Something came on a socket: it has missed nothing since it was up."""
        up_ms, heard_ms = self._sockets[socket]
        heard_ms = max(heard_ms, now_ms)
        self._sockets[socket] = (up_ms, heard_ms)
        if up_ms <= self._until < heard_ms:
            self._until = heard_ms

    def lost(
        self,
        socket: Hashable,
        *,
        reason: GapReason = GapReason.LOST,
        proven_ms: int | None = None,
    ) -> Gap | None:
        """A socket tells no more; the gap if no other one covers from what it has proven on.

        ``proven_ms`` is what it is believed up to, if that is not all that was heard on it.
        """
        _, heard_ms = self._sockets.pop(socket)
        if proven_ms is not None and proven_ms < heard_ms:
            self._until = min(self._until, proven_ms)
        self._until = max(self._until, self._proven_from(self._until))
        if any(up_ms <= self._until for up_ms, _ in self._sockets.values()):
            return None
        ended_ms = self._until
        self._since = min((up_ms for up_ms, _ in self._sockets.values()), default=None)
        if self._since is not None:
            self._until = self._proven_from(self._since)
        return Gap(since_ms=ended_ms, until_ms=self._since, reason=reason)

    def missed(self, products: Iterable[Product], now_ms: int) -> Gap:
        """An event came and was lost: what it was about is covered from now on."""
        told = tuple(products)
        gap = Gap(
            since_ms=min(self._until, now_ms) if self._since is not None else now_ms,
            until_ms=now_ms,
            reason=GapReason.UNDECODABLE,
            products=told,
        )
        self._missed.update(dict.fromkeys(told, now_ms))
        return gap

    def _proven_from(self, moment_ms: int) -> int:
        """How far the sockets that stand prove what follows a moment."""
        for up_ms, heard_ms in sorted(self._sockets.values()):
            if up_ms <= moment_ms:
                moment_ms = max(moment_ms, heard_ms)
        return moment_ms
