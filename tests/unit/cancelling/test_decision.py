"""What to do next about one cancel: every event, in every state that makes a difference. No loop, no clock."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from binance_papi_async import (
    AlreadyClosed,
    AuthenticationError,
    BannedError,
    Canceled,
    CancelMarginOrder,
    CancelMarginOrderList,
    ConnectError,
    ConnectionLostError,
    LimitedError,
    MarginOrder,
    MarginOrderList,
    NotSent,
    NotSentError,
    PapiError,
    RateLimitedError,
    Refused,
    RefusedError,
    ReplyTimeoutError,
    ServerError,
    TimestampError,
    UnavailableError,
    Unknown,
    UnknownOrderError,
)
from binance_papi_async.cancelling.decision import (
    BACK_OFF,
    MAX_REFUSALS,
    MAX_TIMESTAMPS,
    MAX_UNAVAILABLE,
    READ_LAG,
    Ask,
    Decision,
    Send,
    is_final,
)
from binance_papi_async.enums import (
    ContingencyType,
    ListOrderStatus,
    ListStatusType,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)
from binance_papi_async.outcome import Evidence

REQUEST = CancelMarginOrder(symbol="LTCBTC", order_id=28)
LIST_REQUEST = CancelMarginOrderList(symbol="LTCBTC", order_list_id=3)
SENT_AT = 1000.0
LOST = ConnectionLostError("lost")
DENIED = UnknownOrderError("denied", status=400, code=-2011)
MISSING = UnknownOrderError("missing", status=400, code=-2013)
DOWN = UnavailableError("down", status=503)
BLOCKED = RefusedError("blocked", status=403)
BAD_KEY = AuthenticationError("bad key", status=400, code=-2015)
TOO_MANY = RateLimitedError("too many", status=429, code=-1003)
BAN = RateLimitedError("banned", status=418, code=-1003)
TOO_LATE = TimestampError("too late", status=400, code=-1021)
NO_CONNECTION = ConnectError("no connection")
NO_WEIGHT = LimitedError("no weight")

New: TypeAlias = Callable[[], Decision[Any]]


def fresh() -> Decision[Any]:
    """Nothing known yet."""
    return Decision(REQUEST)


def lost() -> Decision[Any]:
    """One attempt may have been carried out."""
    decision = fresh()
    decision.failed(LOST)
    return decision


def denied() -> Decision[Any]:
    """The exchange said that there is no such open order."""
    decision = fresh()
    decision.failed(DENIED)
    return decision


def lost_and_denied() -> Decision[Any]:
    """Lost, read as open, sent again, and then there was none."""
    decision = lost()
    decision.failed(DENIED)
    return decision


def order(status: OrderStatus, *, changed: float | None = SENT_AT + 1) -> MarginOrder:
    """A read of it."""
    return MarginOrder(
        symbol="LTCBTC",
        order_id=28,
        client_order_id="a",
        price=Decimal(1),
        orig_qty=Decimal(1),
        executed_qty=Decimal(0),
        cummulative_quote_qty=Decimal(0),
        status=status,
        time_in_force=TimeInForce.GTC,
        type=OrderType.LIMIT,
        side=Side.SELL,
        update_time=None if changed is None else int(changed * 1000),
    )


def order_list(status: ListOrderStatus, *, changed: float = SENT_AT + 1) -> MarginOrderList:
    """A read of a list."""
    return MarginOrderList(
        order_list_id=3,
        contingency_type=ContingencyType.OCO,
        list_status_type=ListStatusType.ALL_DONE,
        list_order_status=status,
        list_client_order_id="b",
        transaction_time=int(changed * 1000),
        symbol="LTCBTC",
        orders=[],
    )


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (LOST, Ask()),
        (ReplyTimeoutError("silence"), Ask()),
        (ServerError("odd", status=500), Ask()),
        (DENIED, Ask(how="state")),
        (NO_CONNECTION, Send(BACK_OFF[0])),
        (NO_WEIGHT, NotSent(REQUEST, NO_WEIGHT)),
        (DOWN, Send(BACK_OFF[0])),
        (TOO_LATE, Send()),
        (TOO_MANY, Send()),
        (BAN, Refused(REQUEST, BAN)),
        (BLOCKED, Refused(REQUEST, BLOCKED)),
        (BAD_KEY, Refused(REQUEST, BAD_KEY)),
        (PapiError("of no kind"), Ask()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_first_attempt_fails(error: PapiError, step: Any) -> None:
    """Doubt asks, a documented "not executed" sends again, a definite no is the end."""
    assert fresh().failed(error) == step


@pytest.mark.parametrize(
    ("error", "in_doubt"),
    [
        (LOST, True),
        (PapiError("of no kind"), True),
        (DENIED, False),
        (DOWN, False),
        (BAD_KEY, False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_leaves_doubt(error: PapiError, *, in_doubt: bool) -> None:
    """Only what may have been carried out."""
    decision = fresh()
    assert not decision.is_in_doubt
    decision.failed(error)
    assert decision.is_in_doubt is in_doubt


def test_when_the_order_may_have_been_closed_by_us() -> None:
    """Since the first attempt that was lost left; what was refused before closed nothing."""
    decision = fresh()
    decision.leaves(1.0)
    decision.failed(DOWN)
    decision.leaves(2.0)
    decision.failed(LOST)
    decision.leaves(3.0)
    assert decision.left_at == 2.0


def test_news_from_elsewhere() -> None:
    """Shown closed, that is the end of a doubt, with the evidence it comes by; shown open, it says nothing."""
    canceled, filled = order(OrderStatus.CANCELED), order(OrderStatus.FILLED)
    assert lost().seen(order(OrderStatus.NEW), SENT_AT) is None
    assert lost().seen(canceled, SENT_AT, Evidence.REPLY) == Canceled(
        REQUEST, canceled, Evidence.REPLY
    )
    assert lost().seen(filled, SENT_AT) == AlreadyClosed(REQUEST, filled)
    assert denied().seen(canceled, SENT_AT) == AlreadyClosed(REQUEST, canceled)


def test_the_pauses_grow_to_the_last_and_stay() -> None:
    """200, 400, 800, 800 ms, whatever is paused for."""
    decision = fresh()
    steps = [decision.failed(NO_CONNECTION), decision.failed(DOWN), decision.still_open()]
    steps += [decision.still_open(), decision.unread(DOWN, "state")]
    assert steps == [Send(0.2), Send(0.4), Send(0.8), Send(0.8), Ask(0.8, "state")]


def test_down_is_outlasted_so_often_and_no_more() -> None:
    """Then the last answer is believed: refused, and not executed."""
    decision = fresh()
    for _ in range(MAX_UNAVAILABLE):
        assert isinstance(decision.failed(DOWN), Send)
    assert decision.failed(DOWN) == Refused(REQUEST, DOWN)


def test_a_timestamp_is_corrected_once() -> None:
    """The second time the clock is not what is wrong."""
    decision = fresh()
    assert MAX_TIMESTAMPS == 1
    assert decision.failed(TOO_LATE) == Send()
    assert decision.failed(TOO_LATE) == Refused(REQUEST, TOO_LATE)


def test_a_429_is_waited_out_as_often_as_it_comes() -> None:
    """The pool decides when; the deadline how long."""
    decision = fresh()
    assert [decision.failed(TOO_MANY) for _ in range(10)] == [Send()] * 10
    assert decision.failed(NO_WEIGHT) == Refused(REQUEST, TOO_MANY)


@pytest.mark.parametrize("error", [BLOCKED, BAD_KEY, BAN], ids=lambda error: error.args[0])
def test_a_refusal_after_a_lost_reply_says_nothing_about_the_lost_one(error: RefusedError) -> None:
    """So it is asked about, a few times; then nobody knows."""
    decision = lost()
    for _ in range(MAX_REFUSALS):
        step = decision.failed(error)
        assert isinstance(step, Ask)
        assert step.after > 0
    assert decision.failed(error) == Unknown(REQUEST, LOST)


@pytest.mark.parametrize("status", [OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED])
@pytest.mark.parametrize("new", [fresh, lost, denied, lost_and_denied])
def test_a_read_that_shows_it_open(new: New, status: OrderStatus) -> None:
    """It was not cancelled: that is the one reason to send again."""
    assert new().read(order(status), SENT_AT) == Send(BACK_OFF[0])


@pytest.mark.parametrize("status", [OrderStatus.FILLED, OrderStatus.EXPIRED, OrderStatus.REJECTED])
@pytest.mark.parametrize("new", [lost, denied, lost_and_denied])
def test_a_read_that_shows_it_closed_in_another_way(new: New, status: OrderStatus) -> None:
    """No cancel does that, whenever it happened."""
    state = order(status)
    assert new().read(state, SENT_AT) == AlreadyClosed(REQUEST, state)


@pytest.mark.parametrize(
    ("new", "changed", "is_ours"),
    [
        (lost, SENT_AT + 1, True),
        (lost, SENT_AT, True),
        (lost, SENT_AT - 0.001, False),
        (lost, None, True),
        (lost_and_denied, SENT_AT + 1, True),
        (lost_and_denied, SENT_AT - 1, False),
        (denied, SENT_AT + 1, False),
        (denied, SENT_AT - 1, False),
    ],
)
def test_a_read_that_shows_it_cancelled(new: New, changed: float | None, *, is_ours: bool) -> None:
    """By us, if one of ours was lost and the order changed since; else by somebody before."""
    state = order(OrderStatus.CANCELED, changed=changed)
    outcome = new().read(state, SENT_AT)
    if is_ours:
        assert outcome == Canceled(REQUEST, state, Evidence.QUERY)
    else:
        assert outcome == AlreadyClosed(REQUEST, state)


def test_a_list_that_is_done() -> None:
    """It does not tell how; whether it was before us, it does."""
    after, before = (
        order_list(ListOrderStatus.ALL_DONE, changed=changed)
        for changed in (SENT_AT + 1, SENT_AT - 1)
    )
    decision: Decision[Any] = Decision(LIST_REQUEST)
    assert decision.read(order_list(ListOrderStatus.EXECUTING), SENT_AT) == Send(BACK_OFF[0])
    decision.failed(LOST)
    assert decision.read(after, SENT_AT) == Canceled(LIST_REQUEST, None, Evidence.OPEN_ORDERS)
    assert decision.read(before, SENT_AT) == AlreadyClosed(LIST_REQUEST, before)


def test_missing_once_may_be_too_new() -> None:
    """Asked again after a pause; missing twice without a lost attempt is a definite no."""
    decision = denied()
    assert decision.missing(MISSING, READ_LAG) == Ask(BACK_OFF[0], how="state")
    assert decision.missing(MISSING, READ_LAG) == Refused(REQUEST, MISSING)


def test_missing_after_a_lost_reply_asks_for_the_open_ones() -> None:
    """Closed orders are forgotten in time: only the list of open ones is complete."""
    decision = lost()
    assert decision.missing(MISSING, READ_LAG) == Ask(BACK_OFF[0], how="state")
    assert decision.missing(MISSING, READ_LAG) == Ask(how="open")
    assert decision.absent(READ_LAG) == Canceled(REQUEST, None, Evidence.OPEN_ORDERS)


def test_missing_is_counted_anew_after_a_read() -> None:
    """An order that was seen in between is not missing twice in a row."""
    decision = denied()
    decision.missing(MISSING, READ_LAG)
    decision.read(order(OrderStatus.NEW), SENT_AT)
    assert decision.missing(MISSING, READ_LAG) == Ask(BACK_OFF[0], how="state")


def test_absent_from_the_open_ones() -> None:
    """After a lost reply that is enough; after a denial how it ended matters."""
    assert lost().absent(READ_LAG) == Canceled(REQUEST, None, Evidence.OPEN_ORDERS)
    assert lost_and_denied().absent(READ_LAG) == Ask(how="state")
    forgotten = lost_and_denied()
    forgotten.missing(MISSING, READ_LAG)
    forgotten.missing(MISSING, READ_LAG)
    assert forgotten.absent(READ_LAG) == Canceled(REQUEST, None, Evidence.OPEN_ORDERS)


def test_absent_too_soon() -> None:
    """A read that lags behind cannot hold an order placed just before: asked again when it can."""
    decision = lost()
    assert decision.absent(0.25) == Ask(READ_LAG - 0.25, how="open")
    assert decision.absent(READ_LAG) == Canceled(REQUEST, None, Evidence.OPEN_ORDERS)


def test_missing_too_soon() -> None:
    """The same of a read of the order itself."""
    assert denied().missing(MISSING, 0.25) == Ask(READ_LAG - 0.25, how="state")


@pytest.mark.parametrize(
    ("error", "is_over"),
    [
        (LOST, False),
        (DOWN, False),
        (TOO_MANY, False),
        (TOO_LATE, False),
        (NO_CONNECTION, False),
        (BAD_KEY, True),
        (BannedError("banned"), True),
        (NO_WEIGHT, True),
        (NotSentError("closed"), True),
    ],
    ids=lambda value: getattr(value, "args", [value])[0],
)
def test_asking_fails(error: PapiError, *, is_over: bool) -> None:
    """It is asked again in the same way, unless the answer would be the same."""
    decision = lost()
    assert is_final(error) is is_over
    assert decision.unread(error, "open") == (
        Unknown(REQUEST, error) if is_over else Ask(BACK_OFF[0], "open")
    )


def test_asking_is_blocked() -> None:
    """Not the exchange's own word, so it is asked again a few times."""
    decision = lost()
    for _ in range(MAX_REFUSALS):
        assert isinstance(decision.unread(BLOCKED, "either"), Ask)
    assert decision.unread(BLOCKED, "either") == Unknown(REQUEST, BLOCKED)


def after(*errors: PapiError) -> Decision[Any]:
    """After attempts that ended so."""
    decision = fresh()
    for error in errors:
        decision.failed(error)
    return decision


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        (after(NO_CONNECTION), NotSent(REQUEST, NO_CONNECTION)),
        (after(DOWN), Refused(REQUEST, DOWN)),
        (after(NO_CONNECTION, DOWN), Refused(REQUEST, DOWN)),
        (after(DOWN, NO_CONNECTION), Refused(REQUEST, DOWN)),
        (after(LOST), Unknown(REQUEST, LOST)),
        (after(LOST, DOWN), Unknown(REQUEST, LOST)),
        (after(LOST, NO_CONNECTION), Unknown(REQUEST, LOST)),
        (after(DOWN, LOST), Unknown(REQUEST, LOST)),
        (after(DENIED), Unknown(REQUEST, DENIED)),
        (after(DENIED, DOWN), Unknown(REQUEST, DENIED)),
        (after(LOST, DENIED), Unknown(REQUEST, LOST)),
    ],
)
def test_time_is_up(decision: Decision[Any], outcome: Any) -> None:
    """Doubt outweighs everything, a refusal outweighs what was not sent."""
    assert decision.at_deadline() == outcome


def test_time_is_up_before_anything_was_tried() -> None:
    """Not sent, and it says why."""
    outcome = fresh().at_deadline()
    assert isinstance(outcome, NotSent)
    assert str(outcome.error) == "the deadline passed before this could be sent"


def test_what_kept_it_from_being_known_is_told() -> None:
    """The last reason that asking gave."""
    decision = lost()
    decision.unread(DOWN, "state")
    assert decision.at_deadline() == Unknown(REQUEST, DOWN)
