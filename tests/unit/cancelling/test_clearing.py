"""How one symbol is emptied: every event, in every state that makes a difference. No loop, no clock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from binance_papi_async import (
    AlreadyClosed,
    AuthenticationError,
    BlockedError,
    CancelAllMarginOrders,
    CancelAllUmOrders,
    Canceled,
    CanceledMarginOrder,
    CancelMarginOrder,
    Closed,
    ConnectError,
    ConnectionLostError,
    LimitedError,
    MarginOrder,
    NotSent,
    PapiError,
    Refused,
    RefusedError,
    TimestampError,
    UnavailableError,
    Unknown,
    UnknownOrderError,
)
from binance_papi_async.cancelling.clearing import Clearing, Move
from binance_papi_async.deciding.steps import BACK_OFF, MAX_REFUSALS, READ_LAG, Ask, Send, Sent
from binance_papi_async.endpoints.acknowledgements import Acknowledgement
from binance_papi_async.enums import OrderStatus, OrderType, Side, TimeInForce
from binance_papi_async.outcome import Evidence

BEGAN = 100.0
LOST = ConnectionLostError("lost")
NOTHING_OPEN = UnknownOrderError("nothing", status=400, code=-2011)
BLOCKED = BlockedError("blocked", status=403)
ODD = RefusedError("odd", status=400)
SENT = Sent(BEGAN, BEGAN)
DOWN = UnavailableError("down", status=503)


def order(order_id: int, status: OrderStatus = OrderStatus.NEW) -> MarginOrder:
    """A row of a read."""
    return MarginOrder(
        symbol="LTCBTC",
        order_id=order_id,
        client_order_id=f"c{order_id}",
        price=Decimal(1),
        orig_qty=Decimal(1),
        executed_qty=Decimal(0),
        cummulative_quote_qty=Decimal(0),
        status=status,
        time_in_force=TimeInForce.GTC,
        type=OrderType.LIMIT,
        side=Side.SELL,
    )


def canceled(order_id: int) -> CanceledMarginOrder:
    """A row of a reply to the cancel of all."""
    return CanceledMarginOrder(
        symbol="LTCBTC",
        order_id=order_id,
        client_order_id="x",
        orig_client_order_id=f"c{order_id}",
        price=Decimal(1),
        orig_qty=Decimal(1),
        executed_qty=Decimal(0),
        cummulative_quote_qty=Decimal(0),
        status=OrderStatus.CANCELED,
        time_in_force=TimeInForce.GTC,
        type=OrderType.LIMIT,
        side=Side.SELL,
    )


def cancel_of(order_id: int) -> CancelMarginOrder:
    """The cancel of one."""
    return CancelMarginOrder(symbol="LTCBTC", order_id=order_id)


def key(order_id: int) -> Any:
    """What names an order."""
    return cancel_of(order_id).key


def seen(*order_ids: int, at: float = BEGAN) -> Clearing:
    """A clearing that has read these as open."""
    clearing = Clearing(CancelAllMarginOrders(symbol="LTCBTC"), BEGAN)
    clearing.listed([order(each) for each in order_ids], at)
    return clearing


def sent(*order_ids: int) -> Clearing:
    """One whose cancel of all has left a moment after the read."""
    clearing = seen(*order_ids)
    for each in clearing.to_be_sent():
        clearing.decisions[each].leaves(BEGAN + 0.1)
    return clearing


def outcomes(clearing: Clearing) -> list[str]:
    """What became of each order, by kind."""
    return [type(clearing.outcome(each)).__name__ for each in clearing.decisions]


def test_it_reads_first() -> None:
    """Nothing is known, and without a read nothing is proven."""
    clearing = Clearing(CancelAllMarginOrders(symbol="LTCBTC"), BEGAN)
    assert clearing.next() == Move("look")
    clearing.end("the deadline passed")
    assert str(clearing.error) == "the open orders of LTCBTC were never read"


def test_nothing_open_is_believed_of_a_read_that_can_have_seen_it() -> None:
    """Asked a second after all began; an earlier one is asked again then."""
    clearing = seen(at=BEGAN + 0.25)
    assert clearing.next() == Move("look", READ_LAG - 0.25)
    clearing.listed([], BEGAN + READ_LAG)
    assert clearing.next() == Move("stop")
    assert clearing.next() == Move("stop")
    clearing.end("the deadline passed")
    assert clearing.error is None


@pytest.mark.parametrize(
    ("count", "what"), [(1, "cancel each"), (2, "cancel each"), (3, "cancel all")]
)
def test_the_cheaper_way(count: int, what: str) -> None:
    """Two single cancels weigh 4, three 6, the cancel of all 5."""
    assert seen(*range(count)).next() == Move(what, 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "what"), [(1, "cancel each"), (2, "cancel all")])
def test_the_cheaper_way_of_futures(count: int, what: str) -> None:
    """Where both weigh 1, one order alone is cancelled by a call whose reply names it."""
    clearing = Clearing(CancelAllUmOrders(symbol="LTCBTC"), BEGAN)
    clearing.listed([order(each) for each in range(count)], BEGAN)
    assert clearing.next().what == what


def test_an_answer_that_names_orders() -> None:
    """Named is canceled, placed meanwhile or not; whom it passes over is read."""
    clearing = sent(1, 2, 3)
    clearing.answered([canceled(1), canceled(2), canceled(9)])
    assert clearing.outcome(key(1)) == Canceled(cancel_of(1), canceled(1), Evidence.REPLY)
    assert isinstance(clearing.outcome(key(9)), Canceled)
    assert clearing.next() == Move("look", 0.0)
    clearing.listed([], BEGAN + 2)
    assert clearing.next() == Move("ask each", 0.0)
    assert list(clearing.to_be_read()) == [key(3)]
    filled = order(3, OrderStatus.FILLED)
    clearing.told({key(3): clearing.decisions[key(3)].read(filled, SENT)}, was_sent=False)
    assert clearing.outcome(key(3)) == AlreadyClosed(cancel_of(3), filled)
    assert clearing.next() == Move("stop")


def test_whom_an_answer_passes_over_is_unknown_until_it_is_read() -> None:
    """Neither closed nor not sent."""
    clearing = sent(1, 2, 3)
    clearing.answered([canceled(1), canceled(2)])
    outcome = clearing.outcome(key(3))
    assert isinstance(outcome, Unknown)
    assert "did not name it" in str(outcome.error)


def test_an_answer_that_names_nothing_leaves_doubt() -> None:
    """``{"code": 200}`` does not say which: a read does, when it can have seen them."""
    clearing = Clearing(CancelAllUmOrders(symbol="LTCBTC"), BEGAN)
    clearing.listed([order(1), order(2)], BEGAN)
    for each in clearing.to_be_sent():
        clearing.decisions[each].leaves(BEGAN)
    clearing.answered(Acknowledgement(code=200))
    assert outcomes(clearing) == ["Unknown", "Unknown"]
    assert clearing.next() == Move("look", 0.0)
    clearing.listed([], BEGAN + 0.25)
    assert clearing.next() == Move("look", READ_LAG - 0.25)
    clearing.listed([], BEGAN + READ_LAG)
    assert outcomes(clearing) == ["Closed", "Closed"]
    assert clearing.next() == Move("ask each", 0.0), "how they ended is read"
    clearing.told({each: Closed(cancel_of(1)) for each in clearing.decisions}, was_sent=False)
    assert clearing.next() == Move("stop")


def test_a_lost_cancel_is_asked_about_before_another_is_sent() -> None:
    """Absent is closed; still open is sent again."""
    clearing = sent(1, 2, 3)
    clearing.failed(LOST)
    assert outcomes(clearing) == ["Unknown"] * 3
    assert clearing.next() == Move("look", BACK_OFF[0])
    clearing.listed([order(1), order(2), order(3)], BEGAN + 0.3)
    assert clearing.next().what == "cancel all"
    assert clearing.next().after == BACK_OFF[0]


def test_what_seemed_gone_and_is_seen_again() -> None:
    """An order believed closed by its absence shows up open: sent again. What a reply closed stays closed."""
    clearing = sent(1, 2, 3)
    clearing.failed(LOST)
    clearing.listed([], BEGAN + 5)
    clearing.told({each: Closed(cancel_of(1)) for each in clearing.decisions}, was_sent=False)
    assert outcomes(clearing) == ["Closed"] * 3
    clearing.listed([order(1)], BEGAN + 6)
    assert outcomes(clearing) == ["Unknown", "Closed", "Closed"]
    assert clearing.to_be_sent() == [key(1)]
    clearing.told({key(1): Canceled(cancel_of(1), canceled(1), Evidence.REPLY)}, was_sent=True)
    clearing.listed([order(1)], BEGAN + 7)
    assert clearing.to_be_sent() == []
    assert clearing.remaining == []
    assert clearing.next() == Move("look", BACK_OFF[1])
    assert "do not show yet" in str(clearing.error)


def test_nothing_open_any_more_is_no_denial_of_a_lost_one() -> None:
    """-2011 after a loss: a list tells for all. Without a loss, each is read: somebody else closed it."""
    clearing = sent(1, 2, 3)
    clearing.failed(LOST)
    clearing.listed([order(1), order(2), order(3)], BEGAN + 0.3)
    clearing.failed(NOTHING_OPEN)
    clearing.listed([], BEGAN + 5)
    assert [ask.how for ask in clearing.to_be_read().values()] == ["end"] * 3
    fresh = sent(1, 2, 3)
    fresh.failed(NOTHING_OPEN)
    fresh.listed([], BEGAN + 5)
    assert fresh.next() == Move("ask each", 0.0)
    assert [ask.how for ask in fresh.to_be_read().values()] == ["state"] * 3


@pytest.mark.parametrize(
    ("error", "move"),
    [
        (DOWN, Move("cancel all", BACK_OFF[0])),
        (ConnectError("no connection"), Move("cancel all", BACK_OFF[0])),
        (TimestampError("too late", status=400, code=-1021), Move("cancel all", 0.0)),
        (BLOCKED, Move("cancel all", BACK_OFF[0])),
        (ODD, Move("look", BACK_OFF[0])),
        (AuthenticationError("key", status=400, code=-2015), Move("stop")),
        (LimitedError("no weight"), Move("stop")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_cancel_of_all_that_failed(error: PapiError, move: Move) -> None:
    """Not executed is sent again, what would be answered the same is not."""
    clearing = sent(1, 2, 3)
    clearing.failed(error)
    assert clearing.next() == move
    assert clearing.error is error


def test_a_machine_in_front_is_outlasted_so_often_and_no_more() -> None:
    """Refused, read as open, sent again; then it is over, and the orders remain."""
    clearing = sent(1, 2, 3)
    for number in range(MAX_REFUSALS):
        clearing.failed(ODD)
        assert clearing.next().what == "look"
        clearing.listed([order(1), order(2), order(3)], BEGAN + number)
        assert clearing.next().what == "cancel all"
    clearing.failed(ODD)
    assert clearing.next() == Move("stop")
    assert outcomes(clearing) == ["Refused"] * 3
    assert len(clearing.remaining) == 3


def test_a_read_that_fails() -> None:
    """It is asked again after a pause, unless it would be answered the same."""
    clearing = Clearing(CancelAllMarginOrders(symbol="LTCBTC"), BEGAN)
    clearing.hindered(LOST)
    assert clearing.next() == Move("look", BACK_OFF[0])
    clearing.hindered(AuthenticationError("key", status=400, code=-2015))
    assert clearing.next() == Move("stop")


def test_an_exchange_that_is_down_is_asked_until_the_deadline() -> None:
    """What passes by itself is no refusal to be counted, though it has no code either."""
    clearing = Clearing(CancelAllMarginOrders(symbol="LTCBTC"), BEGAN)
    for _ in range(3 * MAX_REFUSALS):
        clearing.hindered(DOWN)
        assert clearing.next().what == "look"


def test_single_cancels() -> None:
    """Their steps are carried on with: doubt is screened by the next list, a final error ends all."""
    clearing = seen(1, 2)
    clearing.told({key(1): Ask(), key(2): Send(0.2)}, was_sent=True)
    assert clearing.next() == Move("look", 0.0)
    lost = seen(1)
    lost.decisions[key(1)].failed(LOST)
    lost.told({key(1): Ask(0.4)}, was_sent=True)
    assert lost.next() == Move("look", 0.4)
    ended = seen(1)
    error = LimitedError("no weight")
    ended.told({key(1): NotSent(cancel_of(1), error)}, was_sent=True)
    assert ended.next() == Move("stop")
    assert ended.error is error


def test_an_order_nobody_knows_holds_nothing_up() -> None:
    """Refused as unknown twice: not asked again at every read."""
    clearing = seen(1)
    missing = Refused(cancel_of(1), UnknownOrderError("missing", status=400, code=-2013))
    clearing.told({key(1): missing}, was_sent=False)
    clearing.listed([], BEGAN + 2)
    assert clearing.outcome(key(1)) == missing
    assert clearing.next() == Move("stop")
    assert clearing.error is None


def test_a_list_of_another_symbol_proves_nothing() -> None:
    """Nothing of it is cancelled, and nothing is called gone."""
    clearing = sent(1, 2, 3)
    clearing.failed(LOST)
    clearing.listed([replace(order(9), symbol="BNBBTC")], BEGAN + 5)
    assert list(clearing.decisions) == [key(1), key(2), key(3)]
    assert outcomes(clearing) == ["Unknown"] * 3
    assert clearing.next() == Move("look", BACK_OFF[1])


def test_a_list_with_a_row_that_cannot_be_read() -> None:
    """What it shows is open; what it does not show may be."""

    class Rows(list[Any]):
        unreadable = (b"{",)

    clearing = sent(1, 2, 3)
    clearing.failed(LOST)
    clearing.listed(Rows([order(1)]), BEGAN + 5)
    assert clearing.to_be_sent() == [key(1)]
    assert outcomes(clearing) == ["Unknown"] * 3
    empty = seen(at=BEGAN)
    empty.listed(Rows(), BEGAN + 5)
    assert empty.next().what == "look"
    assert "cannot be read" in str(empty.error)


def test_an_answer_that_says_something_else_of_an_order() -> None:
    """Filled: closed otherwise. Still new: a doubt. Of another symbol: nothing."""
    clearing = sent(1, 2, 3)
    clearing.answered(
        [
            replace(canceled(1), status=OrderStatus.FILLED),
            replace(canceled(2), status=OrderStatus.NEW),
            replace(canceled(3), symbol="BNBBTC"),
        ]
    )
    assert outcomes(clearing) == ["AlreadyClosed", "Unknown", "Unknown"]


def test_the_reason_for_no_proof() -> None:
    """Time, or closing; not said of what is proven, nor in place of an error."""
    clearing = seen(1)
    clearing.end("the deadline passed")
    assert str(clearing.error) == (
        "the deadline passed before a read could show that LTCBTC has no open order"
    )
