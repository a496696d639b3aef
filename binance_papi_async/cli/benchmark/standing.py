"""Medians over the rounds, and how two contestants compare.

Pure: turns in, numbers out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal

from msgspec import Struct

from binance_papi_async.cli.benchmark.arena import Scheme, Turn
from binance_papi_async.cli.benchmark.load import Figures, Kind

Quantity = Literal["per_second", "cpu_us", "p50_us", "p99_us", "seconds", "kib"]


class Place(Struct, frozen=True):
    """One cell of a table: what was measured, and of whom."""

    scheme: Scheme
    kind: Kind
    in_flight: int
    quantity: Quantity
    occurrence: int = 0
    """Which of several alike measures of a turn: the first burst is on cold connections."""


def value(turn: Turn, place: Place) -> float | None:
    """What a turn measured there."""
    if turn.scheme != place.scheme:
        return None
    alike = [
        each
        for each in turn.figures
        if (each.kind, each.in_flight) == (place.kind, place.in_flight)
    ]
    if len(alike) <= place.occurrence:
        return None
    return _quantity(alike[place.occurrence], place.quantity)


def middle(turns: Iterable[Turn], name: str, place: Place) -> float | None:
    """The median over the rounds."""
    return _median([value(turn, place) for turn in turns if turn.contestant == name])


def ratio(turns: Sequence[Turn], name: str, other: str, place: Place) -> float | None:
    """How many times the other's figure: the median of the rounds' ratios, which drift cancels out of."""
    mine, theirs = _by_round(turns, name, place), _by_round(turns, other, place)
    return _median([mine[each] / theirs[each] for each in mine if each in theirs])


def names(turns: Iterable[Turn]) -> list[str]:
    """Who took part, in order of appearance."""
    return list(dict.fromkeys(turn.contestant for turn in turns))


def _by_round(turns: Iterable[Turn], name: str, place: Place) -> dict[int, float]:
    found = {turn.round: value(turn, place) for turn in _of(turns, name, place.scheme)}
    return {number: each for number, each in found.items() if each is not None}


def _of(turns: Iterable[Turn], name: str, scheme: Scheme) -> list[Turn]:
    return [turn for turn in turns if (turn.contestant, turn.scheme) == (name, scheme)]


def _median(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return median(known) if known else None


def _quantity(figures: Figures, quantity: Quantity) -> float | None:
    number: float | None = getattr(figures, quantity)
    return number
