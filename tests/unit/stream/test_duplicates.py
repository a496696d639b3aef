"""Each event once, though two sockets tell it."""

from __future__ import annotations

from binance_papi_async.stream.duplicates import Duplicates
from tests.unit.stream.telling import report

NEW, LATER = report(1, "NEW", 100), report(1, "NEW", 200)


def test_one_socket_tells_nothing_twice() -> None:
    """Nothing is remembered while there is one."""
    duplicates = Duplicates()
    assert [duplicates.is_one(NEW, 0.0), duplicates.is_one(NEW, 0.0)] == [False, False]


def test_what_the_other_socket_told_is_a_duplicate() -> None:
    """From when the second was called for, until five seconds after one of them ended."""
    duplicates = Duplicates()
    duplicates.begin()
    assert [duplicates.is_one(each, 1e9) for each in (NEW, NEW, LATER)] == [False, True, False]
    duplicates.end(10.0)
    assert [duplicates.is_one(each, 15.0) for each in (NEW, LATER)] == [True, True]
    assert [duplicates.is_one(each, 15.1) for each in (NEW, NEW)] == [False, False]


def test_a_second_overlap_begins_anew() -> None:
    """What was told hours ago is not remembered."""
    duplicates = Duplicates()
    duplicates.begin()
    duplicates.is_one(NEW, 0.0)
    duplicates.end(0.0)
    duplicates.is_one(LATER, 9.0)
    duplicates.begin()
    assert not duplicates.is_one(NEW, 10.0)
