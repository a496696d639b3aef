"""Whose ``Date`` is wrong, and by how much. Pure."""

from __future__ import annotations


class WrongDates:
    """Every so-many-th answer of the exchange names another time, and so does every page from in front of it."""

    def __init__(self, seconds: float, every: int, pages: float) -> None:
        if every < 1:
            raise ValueError("every so-many-th date is wrong: 1 is each")
        self._seconds = seconds
        self._every = every
        self._pages = pages
        self._count = 0

    def error(self, *, is_page: bool) -> float:
        """Seconds that the date of the next answer is off."""
        if is_page:
            return self._pages
        self._count += 1
        return 0.0 if self._count % self._every else self._seconds
