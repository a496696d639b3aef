"""Outcomes as values: told apart exhaustively, counted, sliced, raised."""

from __future__ import annotations

from typing import Any, assert_never

import pytest

from binance_papi_async import (
    AlreadyClosed,
    Canceled,
    CancelMarginOrder,
    Closed,
    LimitedError,
    NotSent,
    Outcome,
    Outcomes,
    Refused,
    RefusedError,
    ReplyTimeoutError,
    Triggered,
    Unknown,
)
from binance_papi_async.outcome import Evidence

REQUEST = CancelMarginOrder(symbol="LTCBTC", order_id=28)
REFUSED = Refused(REQUEST, RefusedError("no", status=400, code=-2014, message="no"))
NOT_SENT = NotSent(REQUEST, LimitedError("no weight"))
UNKNOWN = Unknown(REQUEST, ReplyTimeoutError("silence"))
CANCELED: Canceled[str] = Canceled(REQUEST, "order", Evidence.REPLY)
GONE = Closed(REQUEST)
TRIGGERED: Triggered[str] = Triggered(REQUEST, "order", None)
CLOSED: AlreadyClosed[str] = AlreadyClosed(REQUEST, "order")
ALL: list[Outcome[str]] = [UNKNOWN, CANCELED, NOT_SENT, CLOSED, REFUSED, GONE, TRIGGERED]


def told(outcome: Outcome[str]) -> str:
    """What a caller's match sees; mypy checks that no kind is left out."""
    match outcome:
        case Canceled(order=order, evidence=evidence):
            return f"canceled {order} by {evidence}"
        case AlreadyClosed(order=order):
            return f"closed {order}"
        case Closed(error=error):
            return f"closed, nobody knows how: {error}"
        case Triggered(placed=placed):
            return f"triggered, placed {placed}"
        case Refused(error=refused):
            return f"refused {refused.code}"
        case NotSent(error=not_sent):
            return f"not sent {not_sent}"
        case Unknown(error=unknown):
            return f"unknown {unknown}"
        case _:
            assert_never(outcome)


def test_a_match_tells_them_all_apart() -> None:
    """Every kind has its own arm, and carries what it is about."""
    assert [told(outcome) for outcome in ALL] == [
        "unknown silence",
        "canceled order by reply",
        "not sent no weight",
        "closed order",
        "refused -2014",
        "closed, nobody knows how: None",
        "triggered, placed None",
    ]
    assert all(outcome.request is REQUEST for outcome in ALL)


def test_the_kinds_and_their_counts() -> None:
    """Each kind in the order it came; together they are all there is."""
    outcomes: Outcomes[str] = Outcomes(ALL, weight=12)
    assert outcomes.canceled == [CANCELED]
    assert outcomes.closed == [GONE]
    assert outcomes.triggered == [TRIGGERED]
    assert outcomes.already_closed == [CLOSED]
    assert outcomes.refused == [REFUSED]
    assert outcomes.not_sent == [NOT_SENT]
    assert outcomes.unknown == [UNKNOWN]
    assert outcomes.counts == {
        "canceled": 1,
        "already_closed": 1,
        "closed": 1,
        "triggered": 1,
        "refused": 1,
        "not_sent": 1,
        "unknown": 1,
    }
    assert sum(outcomes.counts.values()) == len(outcomes) == 7
    assert outcomes.weight == 12


def test_it_is_a_sequence() -> None:
    """Indexed, sliced, iterated, searched, turned round."""
    outcomes: Outcomes[str] = Outcomes(iter(ALL))
    assert outcomes[0] is UNKNOWN
    assert outcomes[-1] is TRIGGERED
    assert outcomes[1:3] == (CANCELED, NOT_SENT)
    assert outcomes[::-1] == tuple(reversed(ALL))
    assert list(outcomes) == ALL
    assert list(reversed(outcomes)) == ALL[::-1]
    assert NOT_SENT in outcomes
    assert outcomes.index(CLOSED) == 3
    assert outcomes.weight == 0
    with pytest.raises(IndexError):
        outcomes[7]


@pytest.mark.parametrize("none", [[], [CANCELED], [CANCELED, CLOSED, GONE]])
def test_nothing_is_raised_when_all_are_closed(none: list[Outcome[str]]) -> None:
    """Cancelled by us or closed before: nothing is left to do."""
    Outcomes(none).raise_failures()


def test_failures_are_raised_as_one_group() -> None:
    """With every error, so that ``except*`` can tell them apart."""
    with pytest.raises(ExceptionGroup) as raised:
        Outcomes(ALL).raise_failures()
    assert raised.value.message == "4 of 7 orders are not known to be closed"
    *errors, triggered = raised.value.exceptions
    assert errors == [REFUSED.error, NOT_SENT.error, UNKNOWN.error]
    assert "the order it placed lives on" in str(triggered)
    unknown = raised.value.subgroup(ReplyTimeoutError)
    assert unknown is not None
    assert unknown.exceptions == (UNKNOWN.error,)


@pytest.mark.parametrize(
    "failure", [REFUSED, NOT_SENT, UNKNOWN], ids=["refused", "not sent", "unknown"]
)
def test_one_failure_is_enough(failure: Refused | NotSent | Unknown) -> None:
    """Each kind that is not closed counts."""
    mixed: list[Outcome[Any]] = [CANCELED, failure]
    with pytest.raises(ExceptionGroup, match="1 of 2 orders") as raised:
        Outcomes(mixed).raise_failures()
    assert raised.value.exceptions == (failure.error,)


def test_the_repr_counts() -> None:
    """Short enough for a log of a batch of thousands."""
    nothing: Outcomes[str] = Outcomes([])
    assert repr(nothing) == "<Outcomes: none; weight 0>"
    assert repr(Outcomes(ALL[:2], weight=11)) == ("<Outcomes: 1 canceled, 1 unknown; weight 11>")


def test_an_outcome_does_not_change() -> None:
    """Frozen: what was told stays told."""
    for outcome in ALL:
        with pytest.raises(AttributeError):
            outcome.request = REQUEST  # type: ignore[misc]
