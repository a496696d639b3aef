"""Values over time, so that a read can be answered from an older one. Pure."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Timeline(Generic[T]):
    """Every value something had, each from a time on."""

    def __init__(self, first: T) -> None:
        self._values: list[tuple[float, T]] = [(float("-inf"), first)]

    @property
    def last(self) -> T:
        """The value now."""
        return self._values[-1][1]

    def add(self, now: float, value: T) -> None:
        """Take another value from now on."""
        self._values.append((now, value))

    def at(self, as_of: float | None) -> T:
        """The value at a time; None is now."""
        if as_of is None:
            return self.last
        return next(value for since, value in reversed(self._values) if since <= as_of)
