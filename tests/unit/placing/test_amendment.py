"""What to do next about one change of an order: every event, in every state that makes a difference. No loop, no clock."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from binance_papi_async import (
    AlreadyClosed,
    AuthenticationError,
    ConnectError,
    ConnectionLostError,
    LimitedError,
    Modified,
    ModifyCmOrder,
    ModifyUmOrder,
    NotModified,
    NotSent,
    PapiError,
    RateLimitedError,
    Refused,
    RefusedError,
    ReplyDecodeError,
    TimestampError,
    UmOrder,
    UnavailableError,
    Unknown,
    UnknownOrderError,
)
from binance_papi_async.deciding.steps import BACK_OFF, MAX_UNREADABLE, READ_LAG, Ask, Send, Sent
from binance_papi_async.enums import OrderStatus, PriceMatch, Side
from binance_papi_async.outcome import Evidence
from binance_papi_async.placing.amendment import UNDONE, Amendment
from binance_papi_async.placing.placement import TOO_LATE, UNNAMED

REQUEST = ModifyUmOrder(
    symbol="BTCUSDT", order_id=28, side=Side.SELL, quantity=Decimal(2), price=Decimal(110)
)
BY_CLIENT_ID = ModifyUmOrder(
    symbol="BTCUSDT",
    orig_client_order_id="mine",
    side=Side.SELL,
    quantity=Decimal(2),
    price=Decimal(110),
)
MATCHED = ModifyUmOrder(
    symbol="BTCUSDT",
    order_id=28,
    side=Side.SELL,
    quantity=Decimal(2),
    price_match=PriceMatch.QUEUE,
)
PROOF_AGE = 6.0
SENT = Sent(1000.0, 1000.01)
BEFORE_MS, SINCE_MS = 999_000, 1_000_005
LOST = ConnectionLostError("lost")
DENIED = UnknownOrderError("Order does not exist.", status=400, code=-2013)
NO_CHANGE = RefusedError("No need to modify the order.", status=400, code=-5027)
DOWN = UnavailableError("down", status=503)

New: TypeAlias = Callable[[], Amendment]


def fresh(request: Any = REQUEST) -> Amendment:
    """Nothing known yet."""
    return Amendment(request, proof_age=PROOF_AGE)


def lost(request: Any = REQUEST) -> Amendment:
    """The PUT may have been carried out."""
    amendment = fresh(request)
    assert amendment.failed(LOST) == Ask(how="state")
    return amendment


def denied(request: Any = REQUEST) -> Amendment:
    """The exchange said that there is no such open order."""
    amendment = fresh(request)
    assert amendment.failed(DENIED) == Ask(how="state")
    return amendment


def order(price: int | None, quantity: int | None, changed_ms: int | None, **facts: Any) -> UmOrder:
    """The order as a read shows it, with this price and quantity, changed last then."""
    shown: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "order_id": 28,
        "client_order_id": "mine",
        "status": OrderStatus.NEW,
        "time": 990_000,
        "update_time": changed_ms,
        "price": None if price is None else Decimal(price),
        "orig_qty": None if quantity is None else Decimal(quantity),
        "executed_qty": Decimal(0),
    }
    return UmOrder(**shown | facts)


AS_BEFORE = order(100, 1, BEFORE_MS)
DONE = order(110, 2, SINCE_MS)
FILLED = order(110, 2, SINCE_MS, status=OrderStatus.FILLED)


# The reply to a PUT.


def test_a_reply_that_shows_what_was_asked_for_is_believed() -> None:
    """Also when part of it has filled."""
    assert fresh().answered(DONE) == Modified(REQUEST, DONE, Evidence.REPLY)
    partly = order(110, 2, SINCE_MS, status=OrderStatus.PARTIALLY_FILLED)
    assert fresh().answered(partly) == Modified(REQUEST, partly, Evidence.REPLY)


@pytest.mark.parametrize(
    "status", [OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED]
)
def test_a_change_that_ends_the_order_says_so(status: OrderStatus) -> None:
    """It traded at the new price; or the quantity had filled, or GTX would have taken, and it is cancelled (documented)."""
    ended = order(110, 2, SINCE_MS, status=status)
    assert fresh().answered(ended) == AlreadyClosed(REQUEST, ended)


@pytest.mark.parametrize("facts", [{"symbol": "ETHUSDT"}, {"order_id": 29}], ids=str)
def test_a_reply_that_names_another_order_is_a_doubt(facts: dict[str, Any]) -> None:
    """An answer that belongs to somebody else says nothing about ours."""
    amendment = fresh()
    assert amendment.answered(order(110, 2, SINCE_MS, **facts)) == Ask(how="state")
    unknown = amendment.at_deadline()
    assert isinstance(unknown, Unknown)
    assert str(unknown.error) == UNNAMED


@pytest.mark.parametrize("shown", [order(100, 2, SINCE_MS), order(110, 1, SINCE_MS)])
def test_a_reply_that_shows_something_else_is_a_doubt(shown: UmOrder) -> None:
    """Another price or another quantity: a read tells what it is now."""
    amendment = fresh()
    assert amendment.answered(shown) == Ask(how="state")
    unknown = amendment.at_deadline()
    assert isinstance(unknown, Unknown)
    assert str(unknown.error) == UNDONE


@pytest.mark.parametrize("shown", [order(None, 2, SINCE_MS), order(110, None, SINCE_MS)])
def test_a_reply_that_leaves_a_field_out_is_believed(shown: UmOrder) -> None:
    """Fields come and go without notice: what is not said is not otherwise."""
    assert fresh().answered(shown) == Modified(REQUEST, shown, Evidence.REPLY)


def test_a_price_from_the_book_is_whatever_the_reply_says() -> None:
    """What the book came to nobody can tell beforehand; the quantity can."""
    assert fresh(MATCHED).answered(order(105, 2, SINCE_MS)) == Modified(
        MATCHED, order(105, 2, SINCE_MS), Evidence.REPLY
    )
    assert fresh(MATCHED).answered(order(105, 1, SINCE_MS)) == Ask(how="state")


# What became of the PUT.


@pytest.mark.parametrize(
    "error", [NO_CHANGE, AuthenticationError("bad key", status=400, code=-2015)], ids=repr
)
def test_a_definite_no_is_believed(error: RefusedError) -> None:
    """A refused change leaves the order as it is (documented)."""
    assert fresh().failed(error) == Refused(REQUEST, error)


def test_what_is_documented_as_not_executed_is_sent_again() -> None:
    """Inside the time the price is valid, which the operation bounds."""
    amendment = fresh()
    assert amendment.failed(DOWN) == Send(BACK_OFF[0])
    assert amendment.at_deadline() == Refused(REQUEST, DOWN)
    assert fresh().failed(TimestampError("late", status=400, code=-1021)) == Send()
    assert fresh().failed(RateLimitedError("wait", status=429, code=-1003)) == Send()


def test_what_never_left_was_not_sent() -> None:
    """No connection is tried again, no weight is not."""
    no_connection, no_weight = ConnectError("none"), LimitedError("no weight")
    amendment = fresh()
    assert amendment.failed(no_connection) == Send(BACK_OFF[0])
    assert amendment.at_deadline() == NotSent(REQUEST, no_connection)
    assert fresh().failed(no_weight) == NotSent(REQUEST, no_weight)
    outcome = fresh().at_deadline()
    assert isinstance(outcome, NotSent)
    assert str(outcome.error) == TOO_LATE


def test_an_error_of_no_branch_is_a_doubt() -> None:
    """It left, and what its error means nobody knows."""
    amendment = fresh()
    assert amendment.failed(PapiError("odd")) == Ask(how="state")
    outcome = amendment.at_deadline()
    assert isinstance(outcome, Unknown)
    assert str(outcome.error) == "odd"


def test_what_is_sent_is_what_was_asked_for() -> None:
    """However the order is named by then; and what came before is told apart by when the PUT left."""
    amendment = lost(BY_CLIENT_ID)
    amendment.read(AS_BEFORE, SENT, 1.0)
    assert amendment.to_send is BY_CLIENT_ID
    amendment.leaves(60.0)
    assert amendment.told_apart_at == amendment.left_at == float("-inf"), "the lost one counts"


def test_at_the_deadline_a_lost_change_is_unknown() -> None:
    """Never success, never failure."""
    assert lost().at_deadline() == Unknown(REQUEST, LOST)
    assert denied().at_deadline() == Unknown(REQUEST, DENIED)


# A doubt, and what reads show.


def test_a_read_that_shows_it_changed_ends_the_doubt() -> None:
    """As soon as one does."""
    assert lost().read(DONE, SENT, 0.1) == Modified(REQUEST, DONE, Evidence.QUERY)
    assert lost().still_open(DONE, SENT, 0.1) == Modified(REQUEST, DONE, Evidence.QUERY)


@pytest.mark.parametrize("new", [lost, denied])
def test_an_order_that_has_ended_is_closed(new: New) -> None:
    """Whatever became of the change, there is nothing left to change."""
    assert new().read(FILLED, SENT, 0.1) == AlreadyClosed(REQUEST, FILLED)
    long_ago = order(100, 1, BEFORE_MS, status=OrderStatus.CANCELED)
    assert new().read(long_ago, SENT, 0.1) == AlreadyClosed(REQUEST, long_ago)


def test_what_rests_as_before_is_asked_again_until_nothing_can_come() -> None:
    """A read may lag by a second, and a PUT may land as late as its ``recvWindow`` allows."""
    amendment = lost()
    assert amendment.read(AS_BEFORE, SENT, 0.1) == Ask(READ_LAG - 0.1, "state")
    assert amendment.read(AS_BEFORE, SENT, 1.0) == Ask(5.0, "state")
    assert amendment.read(AS_BEFORE, SENT, 5.9) == Ask(BACK_OFF[0], "state")
    assert amendment.read(AS_BEFORE, SENT, 6.0) == NotModified(REQUEST, AS_BEFORE, LOST)


def test_a_late_landing_is_seen() -> None:
    """The PUT was carried out after the first reads."""
    amendment = lost()
    amendment.read(AS_BEFORE, SENT, 1.0)
    late = order(110, 2, 1_004_900)
    assert amendment.read(late, SENT, 6.0) == Modified(REQUEST, late, Evidence.QUERY)


def test_an_order_that_had_these_values_before_has_them_still() -> None:
    """Unless the read lags: it may have been given others since, so it is asked again."""
    already = order(110, 2, BEFORE_MS)
    amendment = lost()
    assert amendment.read(already, SENT, 0.1) == Ask(READ_LAG - 0.1, "state")
    assert amendment.read(already, SENT, 1.0) == Modified(REQUEST, already, Evidence.QUERY)


def test_a_fill_meanwhile_hides_nothing() -> None:
    """A read from before shows price and quantity as they still are."""
    partly = order(100, 1, 1_002_000, status=OrderStatus.PARTIALLY_FILLED)
    amendment = lost()
    amendment.read(AS_BEFORE, SENT, 0.1)
    assert amendment.read(partly, SENT, 6.0) == NotModified(REQUEST, partly, LOST)


def test_another_change_meanwhile_hides_ours() -> None:
    """It rests otherwise than before and otherwise than asked for: ours may have been carried out, and changed again."""
    other = order(120, 3, 1_002_000)
    amendment = lost()
    amendment.read(AS_BEFORE, SENT, 1.0)
    assert amendment.read(other, SENT, 6.0) == Unknown(REQUEST, LOST)
    assert lost().read(other, SENT, 6.0) == Unknown(REQUEST, LOST), (
        "nor if nothing showed it before"
    )


def test_a_read_without_times_proves_nothing() -> None:
    """When it changed last nobody knows."""
    assert lost().read(order(100, 1, None), SENT, 6.0) == Unknown(REQUEST, LOST)
    done = order(110, 2, None)
    assert lost().read(done, SENT, 0.1) == Modified(REQUEST, done, Evidence.QUERY)


@pytest.mark.parametrize("shown", [order(None, 2, BEFORE_MS), order(110, None, BEFORE_MS)])
def test_a_read_that_leaves_a_field_out_proves_no_absence(shown: UmOrder) -> None:
    """What is not said need not be otherwise."""
    assert lost().read(shown, SENT, 6.0) == Unknown(REQUEST, LOST)


def test_a_price_from_the_book_cannot_be_told_by_a_read() -> None:
    """It stays unknown until the order has ended."""
    assert lost(MATCHED).read(order(105, 2, SINCE_MS), SENT, 6.0) == Unknown(MATCHED, LOST)
    assert lost(MATCHED).read(FILLED, SENT, 6.0) == AlreadyClosed(MATCHED, FILLED)


@pytest.mark.parametrize("status", [OrderStatus.PENDING_CANCEL, "SOMETHING_NEW"])
def test_an_unclear_status_is_asked_again(status: Any) -> None:
    """Neither open nor closed: nobody knows, up to the deadline."""
    unclear = order(110, 2, SINCE_MS, status=OrderStatus(status))
    amendment = lost()
    assert amendment.read(unclear, SENT, 0.1) == Ask(READ_LAG - 0.1, "state")
    assert amendment.read(unclear, SENT, 60.0) == Ask(BACK_OFF[0], "state")
    assert amendment.at_deadline() == Unknown(REQUEST, LOST)


def test_a_read_of_another_order_is_asked_again_and_never_believed() -> None:
    """The same wrong answer again and again stays a doubt."""
    amendment = lost()
    other = order(110, 2, SINCE_MS, order_id=29)
    steps = [amendment.read(other, SENT, 1.0) for _ in range(MAX_UNREADABLE + 1)]
    assert steps[0] == Ask(BACK_OFF[0], "state")
    assert isinstance(steps[-1], Unknown)
    assert isinstance(steps[-1].error, ReplyDecodeError)


def test_an_order_that_is_not_known_cannot_be_changed() -> None:
    """Believed when a new one must be visible; the exchange's first no is told."""
    assert denied().missing(DENIED, 0.1) == Ask(READ_LAG - 0.1, "state")
    again = UnknownOrderError("again", status=400, code=-2013)
    assert denied().missing(again, READ_LAG) == Refused(REQUEST, DENIED)
    assert lost().missing(again, READ_LAG) == Refused(REQUEST, again)


def test_an_order_that_may_be_forgotten_may_have_been_changed() -> None:
    """A day after the PUT was lost: it may have been carried out, and the order closed; a refused one was not."""
    day = 86_400.0
    assert lost().missing(DENIED, day) == Refused(REQUEST, DENIED)
    assert lost().missing(DENIED, day + 1) == Unknown(REQUEST, DENIED)
    assert denied().missing(DENIED, day + 1) == Refused(REQUEST, DENIED)


def test_that_it_is_not_open_says_nothing_of_how_it_ended() -> None:
    """A read does."""
    assert lost().absent(60.0) == Ask(how="state")


def test_an_unknown_order_that_rests_was_not_changed() -> None:
    """The exchange said no, and the order is there, as it was."""
    amendment = denied()
    amendment.read(AS_BEFORE, SENT, 1.0)
    assert amendment.read(AS_BEFORE, SENT, 6.0) == NotModified(REQUEST, AS_BEFORE, DENIED)


# A client id may be used again once its order has ended.


def test_an_earlier_order_under_the_id_may_be_shown_by_a_read_that_lags() -> None:
    """For a second, what ended before our PUT left is not believed to be what it named."""
    old = order(100, 1, BEFORE_MS, status=OrderStatus.CANCELED, order_id=27)
    amendment = lost(BY_CLIENT_ID)
    assert amendment.read(old, SENT, 0.1) == Ask(READ_LAG - 0.1, "state")
    assert amendment.read(DONE, SENT, 1.0) == Modified(BY_CLIENT_ID, DONE, Evidence.QUERY)
    assert lost(BY_CLIENT_ID).read(old, SENT, 1.0) == AlreadyClosed(BY_CLIENT_ID, old)


def test_a_later_order_under_the_id_is_not_what_was_named() -> None:
    """What was named has ended, and how nobody has read."""
    later = order(110, 2, 1_002_000, time=1_002_000, order_id=29)
    assert lost(BY_CLIENT_ID).read(later, SENT, 6.0) == Unknown(BY_CLIENT_ID, LOST)


def test_once_it_is_read_it_is_named_by_the_exchanges_id() -> None:
    """Then no later order is mistaken for it."""
    amendment = lost(BY_CLIENT_ID)
    amendment.read(AS_BEFORE, SENT, 1.0)
    assert amendment.named.key == ("BTCUSDT", 28)


# News from elsewhere.


@pytest.mark.parametrize("new", [lost, denied])
def test_news_that_it_has_ended_ends_the_doubt(new: New) -> None:
    """However it ended."""
    assert new().seen(FILLED, SENT, Evidence.QUERY) == AlreadyClosed(REQUEST, FILLED)


def test_news_that_it_is_changed_ends_the_doubt() -> None:
    """If it is of after our PUT, and there is a doubt at all."""
    assert lost().seen(DONE, SENT, Evidence.QUERY) == Modified(REQUEST, DONE, Evidence.QUERY)
    assert denied().seen(DONE, SENT, Evidence.QUERY) is None
    assert lost().seen(order(110, 2, BEFORE_MS), SENT, Evidence.QUERY) is None


def test_other_news_tells_nothing() -> None:
    """Resting otherwise may be old; another order, or an earlier or a later one under the id, is none of ours."""
    assert lost().seen(AS_BEFORE, SENT, Evidence.QUERY) is None
    assert lost().seen(order(100, 1, SINCE_MS), SENT, Evidence.QUERY) is None
    assert lost().seen(order(110, 2, SINCE_MS, order_id=29), SENT, Evidence.QUERY) is None
    old = order(100, 1, BEFORE_MS, status=OrderStatus.CANCELED)
    assert lost(BY_CLIENT_ID).seen(old, SENT, Evidence.QUERY) is None
    later = order(110, 2, 1_002_000, time=1_002_000)
    assert lost(BY_CLIENT_ID).seen(later, SENT, Evidence.QUERY) is None


def test_cm_orders_are_named_alike() -> None:
    """By symbol and either id."""
    request = ModifyCmOrder(
        symbol="BTCUSD_PERP", order_id=28, side=Side.SELL, quantity=Decimal(2), price=Decimal(110)
    )
    assert fresh(request).named.key == ("BTCUSD_PERP", 28)
