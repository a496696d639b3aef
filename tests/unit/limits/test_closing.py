"""What closes a pool, and until when, by the time alone."""

from __future__ import annotations

import pytest

from binance_papi_async.limits.closing import Closing

NOW = 1_700_000_000.0
"""2023-11-14 22:13:20 UTC."""
DAY = 86_400.0


@pytest.mark.parametrize(
    ("seconds", "end"),
    [(None, 40.0), (0.0, 40.0), (30.0, 40.0), (90.0, 90.0), (1e9, 3 * DAY)],
)
def test_a_429_closes_until_the_minute_turns_or_for_longer(
    seconds: float | None, end: float
) -> None:
    """As long as it asks for, three days at most."""
    assert Closing().overrun(seconds, NOW, NOW + 40) == NOW + end


@pytest.mark.parametrize(
    ("until", "seconds", "end"),
    [
        (None, None, 120.0),
        (NOW - 1, None, 120.0),
        (None, 0.0, 120.0),
        (NOW + 300, None, 300.0),
        (None, 600.0, 600.0),
        (NOW + 300, 600.0, 600.0),
        (NOW + 900, 600.0, 900.0),
        (NOW + 10 * DAY, None, 3 * DAY),
        (None, 1e9, 3 * DAY),
    ],
)
def test_a_ban_ends_when_the_exchange_says(
    until: float | None, seconds: float | None, end: float
) -> None:
    """At the later of what it names; documented are two minutes to three days."""
    closing = Closing()
    assert closing.ban(until, seconds, NOW) == NOW + end
    assert closing.is_banned(NOW + end - 0.5)
    assert not closing.is_banned(NOW + end)


def test_a_longer_ban_is_not_shortened() -> None:
    """By a later answer that names less."""
    closing = Closing()
    closing.ban(None, 600.0, NOW)
    assert closing.ban(None, 120.0, NOW + 10) == NOW + 600


def test_the_error_names_the_end() -> None:
    """And what it means to try sooner."""
    closing = Closing()
    assert not closing.is_banned(NOW)
    closing.ban(None, 600.0, NOW)
    error = closing.error(NOW + 200)
    assert str(error) == (
        "the exchange banned this IP for another 400 s, until 2023-11-14 22:23:20 UTC; "
        "sending sooner prolongs the ban"
    )
    assert error.until == NOW + 600


def test_each_refusal_in_a_row_closes_for_longer() -> None:
    """Up to a minute; an answer of the exchange ends the row."""
    closing = Closing()
    ends = [closing.block(NOW) - NOW for _ in range(8)]
    assert ends == [1, 2, 4, 8, 16, 32, 60, 60]
    assert repr(closing) == "<Closing: banned until 0, 8 refused in a row>"
    closing.let_through()
    assert closing.block(NOW) == NOW + 1


def test_one_refusal_blocks_until_the_exchange_answers() -> None:
    """However long ago it was: nobody knows better."""
    blocked, let_through = Closing(), Closing()
    blocked.block(NOW)
    let_through.block(NOW)
    let_through.let_through()
    assert [each.is_blocked for each in (Closing(), blocked, let_through)] == [False, True, False]
