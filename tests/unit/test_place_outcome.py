"""What became of orders placed or changed: values, their lists, their counts, their failures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async import (
    Canceled,
    CancelMarginOrder,
    LimitedError,
    MarginOrder,
    ModifyUmOrder,
    NewMarginOrder,
    NotPlaced,
    NotSent,
    Placed,
    PlaceOutcomes,
    Refused,
    RefusedError,
    ReplyTimeoutError,
    Stopped,
    Unknown,
)
from binance_papi_async.declaring.orders import modifies, places
from binance_papi_async.enums import OrderStatus, OrderType, Side, TimeInForce
from binance_papi_async.outcome import CancelAllReport, Evidence, Outcomes, Triggered

REQUEST = NewMarginOrder(
    symbol="LTCBTC",
    side=Side.SELL,
    type=OrderType.LIMIT,
    quantity=Decimal(1),
    price=Decimal(1),
    time_in_force=TimeInForce.GTC,
    new_client_order_id="mine",
)
CANCEL = CancelMarginOrder(symbol="LTCBTC", order_id=28)
ORDER = MarginOrder(symbol="LTCBTC", order_id=28, client_order_id="mine", status=OrderStatus.NEW)
LOST = ReplyTimeoutError("lost")
NO = RefusedError("no", status=400, code=-2010)
NOTHING_LEFT = LimitedError("no weight")
PLACED = Placed(REQUEST, ORDER, Evidence.REPLY)
NOT_PLACED = NotPlaced(REQUEST, LOST)
REFUSED = Refused(REQUEST, NO)
NOT_SENT = NotSent(REQUEST, NOTHING_LEFT)
UNKNOWN = Unknown(REQUEST, LOST)
ALL: list[Any] = [PLACED, NOT_PLACED, REFUSED, NOT_SENT, UNKNOWN]


def test_every_outcome_stands_in_its_place_and_in_its_list() -> None:
    """A sequence in the order given, and a list for each kind."""
    outcomes = PlaceOutcomes(ALL, weight=7)
    assert list(outcomes) == ALL
    assert (outcomes[1], outcomes[1:3], len(outcomes)) == (NOT_PLACED, (NOT_PLACED, REFUSED), 5)
    assert outcomes.placed == [PLACED]
    assert outcomes.not_placed == [NOT_PLACED]
    assert outcomes.refused == [REFUSED]
    assert outcomes.not_sent == [NOT_SENT]
    assert outcomes.unknown == [UNKNOWN]
    kinds = ("placed", "not_placed", "refused", "not_sent", "unknown")
    assert outcomes.counts == dict.fromkeys(kinds, 1)
    assert repr(outcomes) == (
        "<PlaceOutcomes: 1 placed, 1 not_placed, 1 refused, 1 not_sent, 1 unknown; weight 7>"
    )
    assert repr(PlaceOutcomes([])) == "<PlaceOutcomes: none; weight 0>"


def test_failures_are_raised_together() -> None:
    """Everything that is not known to be placed, in its order; nothing if all is placed."""
    with pytest.raises(ExceptionGroup, match="4 of 5 orders are not known to be placed") as caught:
        PlaceOutcomes(ALL).raise_failures()
    assert list(caught.value.exceptions) == [LOST, NO, NOTHING_LEFT, LOST]
    PlaceOutcomes([PLACED]).raise_failures()


def test_what_is_placed_is_cancelled_by_the_exchanges_id() -> None:
    """A client id may be another order's by then."""
    assert PLACED.is_open is True
    assert PLACED.to_cancel() == CANCEL


def stopped(
    late: list[Any] | None = None,
    unresolved: tuple[Unknown, ...] = (),
    cleared: CancelAllReport[Any] | None = None,
) -> Stopped:
    """What became of everything, if nothing else is said well."""
    return Stopped(
        cleared=cleared, settled=Outcomes([]), late=Outcomes(late or []), unresolved=unresolved
    )


@pytest.mark.parametrize("late", [Unknown(CANCEL, LOST), Refused(CANCEL, NO), NotSent(CANCEL, NOTHING_LEFT), Triggered(CANCEL, ORDER, None)], ids=lambda each: type(each).__name__)  # fmt: skip
def test_stopping_is_proven_only_if_nothing_late_may_live_on(late: Any) -> None:
    """A cancel that is not known to have worked leaves an order that may rest, or one that it placed."""
    assert not stopped([late]).is_proven
    assert stopped([Canceled(CANCEL, ORDER, Evidence.REPLY)]).is_proven


def test_stopping_is_proven_only_if_nothing_is_in_doubt_and_all_is_cleared() -> None:
    """Nothing to clear is clear."""
    assert stopped().is_proven
    assert not stopped(unresolved=(UNKNOWN,)).is_proven
    report: CancelAllReport[Any] = CancelAllReport(
        places=("LTCBTC",), outcomes=Outcomes([]), remaining=(), unproven={}
    )
    assert stopped(cleared=report).is_proven
    left: CancelAllReport[Any] = CancelAllReport(
        places=("LTCBTC",), outcomes=Outcomes([]), remaining=(ORDER,), unproven={}
    )
    assert not stopped(cleared=left).is_proven


def test_what_places_and_what_changes_are_told_by_their_class() -> None:
    """A cancel is neither."""
    change = ModifyUmOrder(
        symbol="BTCUSDT", order_id=28, side=Side.SELL, quantity=Decimal(1), price=Decimal(1)
    )
    assert (places(REQUEST), places(change), places(CANCEL)) == (True, False, False)
    assert (modifies(REQUEST), modifies(change), modifies(CANCEL)) == (False, True, False)
