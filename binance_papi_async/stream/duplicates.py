"""Which events came twice, because two sockets told them.

Only while two sockets overlap, and a little longer: else every event would have to be remembered.
Pure: the time is an argument, seconds of any clock that does not run back.
"""

from __future__ import annotations

from collections.abc import Hashable
from math import inf
from typing import Final

from binance_papi_async.stream.events import Event, identity

TAIL: Final = 5.0
"""Seconds after which the slower of two sockets will have told."""


class Duplicates:
    """What was told since a second socket was called for."""

    def __init__(self) -> None:
        self._told: set[Hashable] = set()
        self._until = -inf

    def begin(self) -> None:
        """A second socket is about to be opened: the exchange may know it sooner than we do."""
        self._until = inf

    def end(self, now: float) -> None:
        """One of them is left."""
        self._until = now + TAIL

    def is_one(self, event: Event, now: float) -> bool:
        """Whether an event was told before; it counts as told from now on."""
        if now > self._until:
            self._told.clear()
            return False
        name = identity(event)
        if name in self._told:
            return True
        self._told.add(name)
        return False
