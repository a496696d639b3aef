"""The order windows of an account, by plain numbers."""

from __future__ import annotations

import pytest

from binance_papi_async.limits.orders import OrderCount, OrderWindows, is_believable, window_seconds

NOW = 1_700_000_043.0
"""Second 3 of a minute, and of ten seconds."""


def test_what_one_window_lacks_the_others_are_not_charged() -> None:
    """All or none."""
    windows = OrderWindows({60: 10, 10: 2})
    assert windows.take(2, NOW, 0.0) is not None
    assert windows.take(1, NOW, 0.0) is None
    assert windows.counts(NOW, 0.0) == {60: OrderCount(2, 10), 10: OrderCount(2, 2)}


def test_what_is_given_back_is_given_back_to_all() -> None:
    """It never left."""
    windows = OrderWindows({60: 10, 10: 2})
    charge = windows.take(2, NOW, 0.0)
    assert charge is not None
    charge.give_back()
    assert windows.counts(NOW, 0.0) == {60: OrderCount(0, 10), 10: OrderCount(0, 2)}


def test_each_count_corrects_its_own_window() -> None:
    """One that is not told leaves what we know, one that cannot be is strange."""
    windows = OrderWindows({60: 1000, 10: 200})
    charge = windows.take(1, NOW, 0.0)
    assert charge is not None
    assert charge.settle({60.0: 70}, NOW, 0.0) is None
    assert windows.counts(NOW, 0.0) == {60: OrderCount(70, 1000), 10: OrderCount(1, 200)}
    charge = windows.take(1, NOW, 0.0)
    assert charge is not None
    assert charge.settle({60.0: 71, 10.0: -1}, NOW, 0.0) == "absurd"


def test_the_window_that_opens_last_is_what_is_lacking() -> None:
    """Nothing is where all have room."""
    windows = OrderWindows({60: 2, 10: 2})
    assert windows.lacking(2, NOW, 0.0) is None
    assert windows.take(2, NOW, 0.0) is not None
    assert windows.lacking(1, NOW, 0.0) == 60
    assert windows.opens_at(60, NOW, 0.0) == pytest.approx(NOW + 57, abs=1e-3)
    assert windows.ready_at(10, NOW, 0.0) == pytest.approx(NOW + 7, abs=1e-3)
    assert windows.most == 2


def test_a_window_without_a_limit_is_named_once() -> None:
    """And no more when its limit is told."""
    windows = OrderWindows({60: 2})
    assert windows.unknown({60.0: 1, 10.0: 1}) == [10.0]
    assert windows.unknown({60.0: 1, 10.0: 2}) == []
    windows.set_limit(10.0, 5)
    assert windows.uncounted == set()
    assert list(windows.limits) == [60, 10], "the longest first"


@pytest.mark.parametrize(
    ("interval", "number", "seconds"),
    [
        ("SECOND", 10, 10.0),
        ("MINUTE", 1, 60.0),
        ("HOUR", 2, 7200.0),
        ("DAY", 1, 86_400.0),
        ("DAY", 31, 2_678_400.0),
        ("DAY", 32, None),
        ("SECOND", 0, None),
        ("SECOND", -1, None),
        ("FORTNIGHT", 1, None),
    ],
)
def test_a_window_in_the_words_of_the_exchange(
    interval: str, number: int, seconds: float | None
) -> None:
    """What is no window is None."""
    assert window_seconds(interval, number) == seconds


@pytest.mark.parametrize(
    ("seconds", "limit", "is_so"),
    [
        (10.0, 300, True),
        (60.0, 1, True),
        (60.0, 0, False),
        (60.0, -1200, False),
        (86_400.0, 160_000, True),
        (10.0, 10_000, True),
        (10.0, 10_001, False),
        (0.5, 1000, True),
    ],
)
def test_which_limits_are_believed(seconds: float, limit: int, *, is_so: bool) -> None:
    """At least one order, and no more than a thousand a second."""
    assert is_believable(seconds, limit) is is_so
