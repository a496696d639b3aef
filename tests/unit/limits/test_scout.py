"""Who may go after a silence, by the time alone."""

from __future__ import annotations

from binance_papi_async.limits.scout import Scouting

SCOUT = object()


def heard(at: float) -> Scouting:
    """The exchange counted then."""
    scouting = Scouting()
    scouting.heard_at = at
    return scouting


def test_before_the_exchange_ever_counted_everybody_may_go() -> None:
    """Nothing is known that a step of its clock could make wrong."""
    assert Scouting().who_may_go(1000.0) == "everybody"
    assert Scouting().seconds_left(1000.0) == 0.0


def test_a_silence_of_more_than_a_second_lets_one_go() -> None:
    """Up to a second is the time between two answers."""
    assert heard(100.0).who_may_go(101.0) == "everybody"
    assert heard(100.0).who_may_go(101.25) == "one"


def test_while_the_scout_is_out_nobody_goes_for_half_a_second() -> None:
    """After that everybody does, and no second scout is sent for the same silence."""
    scouting = heard(100.0)
    scouting.send(SCOUT, 200.0)
    assert scouting.out is SCOUT
    assert [scouting.who_may_go(at) for at in (200.0, 200.25, 200.5)] == [
        "nobody",
        "nobody",
        "everybody",
    ]
    assert [scouting.seconds_left(at) for at in (200.0, 200.25, 200.5, 300.0)] == [0.5, 0.25, 0, 0]


def test_a_scout_that_never_came_back_is_followed_by_another_at_the_next_turn() -> None:
    """It is still under way a minute later, and the silence still lasts."""
    scouting = heard(100.0)
    scouting.send(SCOUT, 200.0)
    assert scouting.who_may_go(260.0) == "one"


def test_a_scout_that_is_back_is_waited_for_no_more() -> None:
    """With an answer, so that something was heard, or without."""
    scouting = heard(100.0)
    scouting.send(SCOUT, 200.0)
    scouting.heard_at = 200.1
    scouting.end()
    assert scouting.out is None
    assert scouting.seconds_left(200.1) == 0.0
    assert scouting.who_may_go(200.1) == "everybody"


def test_its_repr_says_whether_one_is_out() -> None:
    """And nothing of the request."""
    scouting = Scouting()
    assert repr(scouting) == "<Scouting: nobody out>"
    scouting.send(SCOUT, 200.0)
    assert repr(scouting) == "<Scouting: one out>"
