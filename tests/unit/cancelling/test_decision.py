"""What to do next about one cancel: every event, in every state that makes a difference. No loop, no clock."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest
from msgspec.structs import replace

from binance_papi_async import (
    AlreadyClosed,
    AuthenticationError,
    BannedError,
    BlockedError,
    CancelCmConditionalOrder,
    CancelCmOrder,
    Canceled,
    CanceledMarginOrder,
    CancelMarginOrder,
    CancelMarginOrderList,
    Closed,
    ConnectError,
    ConnectionLostError,
    LimitedError,
    MarginOrder,
    MarginOrderList,
    NotSent,
    NotSentError,
    OrderListMember,
    PapiError,
    RateLimitedError,
    Refused,
    RefusedError,
    ReplyDecodeError,
    ReplyTimeoutError,
    ServerError,
    TimestampError,
    Triggered,
    UnavailableError,
    Unknown,
    UnknownOrderError,
)
from binance_papi_async.cancelling.decision import Decision
from binance_papi_async.deciding.steps import (
    BACK_OFF,
    FORGETTING,
    MAX_REFUSALS,
    MAX_TIMESTAMPS,
    MAX_UNAVAILABLE,
    MAX_UNREADABLE,
    READ_LAG,
    Ask,
    Send,
    Sent,
    is_final,
)
from binance_papi_async.enums import (
    ContingencyType,
    ListOrderStatus,
    ListStatusType,
    OrderStatus,
    OrderType,
    Side,
    StrategyStatus,
    TimeInForce,
)
from binance_papi_async.outcome import Evidence

REQUEST = CancelMarginOrder(symbol="LTCBTC", order_id=28)
BY_CLIENT_ID = CancelMarginOrder(symbol="LTCBTC", orig_client_order_id="a")
LIST_REQUEST = CancelMarginOrderList(symbol="LTCBTC", order_list_id=3)
SENT_AT = 1000.0
SENT = Sent(SENT_AT, SENT_AT + 0.01)
LOST = ConnectionLostError("lost")
DENIED = UnknownOrderError("denied", status=400, code=-2011)
MISSING = UnknownOrderError("missing", status=400, code=-2013)
DOWN = UnavailableError("down", status=503)
BLOCKED = BlockedError("blocked", status=403)
BANNED_LAND = BlockedError("not here", status=451)
ODD = RefusedError("odd", status=400)
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


def order(
    status: OrderStatus, *, changed: float | None = SENT_AT + 1, placed: float | None = None
) -> MarginOrder:
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
        time=None if placed is None else int(placed * 1000),
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
        orders=[OrderListMember("LTCBTC", 28, "a"), OrderListMember("LTCBTC", 29, "c")],
    )


CANCELED_REPLY = CanceledMarginOrder(
    symbol="LTCBTC",
    order_id=28,
    orig_client_order_id="a",
    client_order_id="the cancel's",
    price=Decimal(1),
    orig_qty=Decimal(1),
    executed_qty=Decimal(0),
    cummulative_quote_qty=Decimal(0),
    status=OrderStatus.CANCELED,
    time_in_force=TimeInForce.GTC,
    type=OrderType.LIMIT,
    side=Side.SELL,
)


def unreadable(body: bytes) -> ReplyDecodeError:
    """A reply that is none."""
    return ReplyDecodeError("cannot be read", status=200, body=body)


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
        (BAN, Send()),
        (BLOCKED, Send(BACK_OFF[0])),
        (BANNED_LAND, Refused(REQUEST, BANNED_LAND)),
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
    for silent in (OrderStatus.NEW, OrderStatus.PENDING_CANCEL, OrderStatus("NEVER_HEARD")):
        assert lost().seen(order(silent), SENT, Evidence.QUERY) is None
    assert lost().seen(canceled, SENT, Evidence.REPLY) == Canceled(
        REQUEST, canceled, Evidence.REPLY
    )
    assert lost().seen(filled, SENT, Evidence.QUERY) == AlreadyClosed(REQUEST, filled)
    assert denied().seen(canceled, SENT, Evidence.QUERY) == AlreadyClosed(REQUEST, canceled)


def test_news_of_another_order_under_the_same_client_id() -> None:
    """Of an older one, closed before our DELETE left, or of a later one: neither is what was to be cancelled."""
    decision: Decision[Any] = Decision(BY_CLIENT_ID)
    decision.failed(LOST)
    older = order(OrderStatus.FILLED, changed=SENT_AT - 5)
    later = order(OrderStatus.CANCELED, placed=SENT_AT + 5, changed=SENT_AT + 6)
    assert decision.seen(older, SENT, Evidence.QUERY) is None
    assert decision.seen(later, SENT, Evidence.QUERY) is None
    ours = order(OrderStatus.CANCELED, placed=SENT_AT - 5)
    assert isinstance(decision.seen(ours, SENT, Evidence.QUERY), Canceled)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (CANCELED_REPLY, Canceled),
        (replace(CANCELED_REPLY, status=OrderStatus("CANCELLED")), Canceled),
        (replace(CANCELED_REPLY, status=OrderStatus.FILLED), AlreadyClosed),
        (replace(CANCELED_REPLY, status=OrderStatus.EXPIRED), AlreadyClosed),
        (replace(CANCELED_REPLY, status=OrderStatus.NEW), Ask),
        (replace(CANCELED_REPLY, status=OrderStatus.PARTIALLY_FILLED), Ask),
        (replace(CANCELED_REPLY, status=OrderStatus.PENDING_CANCEL), Ask),
        (replace(CANCELED_REPLY, status=OrderStatus("NEVER_HEARD")), Ask),
        (replace(CANCELED_REPLY, order_id=29), Ask),
        (replace(CANCELED_REPLY, symbol="BNBBTC"), Ask),
    ],
)
def test_a_reply_is_believed_of_what_it_says(reply: Any, kind: type[Any]) -> None:
    """That our order is cancelled, or closed otherwise; anything else leaves the doubt it was sent with."""
    decision = fresh()
    step = decision.answered(reply)
    assert isinstance(step, kind)
    assert decision.is_in_doubt is (kind is Ask)


def test_a_reply_by_client_id_names_the_order_not_the_cancel() -> None:
    """``origClientOrderId``; ``clientOrderId`` is the cancel's own."""
    decision: Decision[Any] = Decision(BY_CLIENT_ID)
    assert isinstance(decision.answered(CANCELED_REPLY), Canceled)
    other = replace(CANCELED_REPLY, orig_client_order_id="b", client_order_id="a")
    assert isinstance(decision.answered(other), Ask)


def test_a_read_of_another_order_proves_nothing() -> None:
    """It is asked for again, and at last not: the answer stays the same."""
    decision = lost()
    another = replace(order(OrderStatus.CANCELED), order_id=29)
    assert decision.read(another, SENT) == Ask(BACK_OFF[0], "state")
    for _ in range(MAX_UNREADABLE - 1):
        assert isinstance(decision.read(another, SENT), Ask)
    assert isinstance(decision.read(another, SENT), Unknown)


def test_a_read_that_cannot_be_read_is_not_repeated_for_ever() -> None:
    """The same body again and again; what differs, or is no body at all, is."""
    decision = lost()
    for number in range(10):
        assert isinstance(decision.unread(unreadable(b"%d" % number), "state"), Ask)
        assert isinstance(decision.unread(unreadable(b""), "state"), Ask)
    for _ in range(MAX_UNREADABLE):
        assert isinstance(decision.unread(unreadable(b"{"), "state"), Ask)
    assert isinstance(decision.unread(unreadable(b"{"), "state"), Unknown)


def test_an_order_on_its_way_is_asked_about_again() -> None:
    """Neither open, so that it could be cancelled, nor closed."""
    assert lost().read(order(OrderStatus.PENDING_CANCEL), SENT) == Ask(BACK_OFF[0], "state")


def test_a_word_never_heard_and_not_among_the_open_ones() -> None:
    """Closed, after a second look; and how is not known."""
    decision = denied()
    word = order(OrderStatus("NEVER_HEARD"))
    assert decision.read(word, SENT) == Ask(BACK_OFF[0], "open")
    assert decision.absent(READ_LAG) == Ask(how="state")
    assert isinstance(decision.read(word, SENT), Ask)
    assert decision.absent(READ_LAG) == Closed(REQUEST)


def test_the_first_read_fixes_which_order_a_client_id_names() -> None:
    """From then on it goes by the exchange's id."""
    decision: Decision[Any] = Decision(BY_CLIENT_ID)
    decision.failed(LOST)
    assert isinstance(decision.read(order(OrderStatus.NEW, placed=SENT_AT - 5), SENT), Send)
    assert decision.named == REQUEST
    assert decision.request == BY_CLIENT_ID


def test_a_later_order_of_that_client_id_is_left_alone() -> None:
    """Placed after our DELETE left, whether a read shows it or a list: what was to be cancelled is open no more."""
    later = order(OrderStatus.NEW, placed=SENT_AT + 1)
    for tell in (Decision.read, Decision.still_open):
        decision: Decision[Any] = Decision(BY_CLIENT_ID)
        decision.failed(LOST)
        assert tell(decision, later, SENT) == Closed(BY_CLIENT_ID)


def test_an_order_that_may_be_a_later_one_is_left_alone() -> None:
    """A read that lost its time does not say; it is asked for again, and nothing is sent."""
    decision: Decision[Any] = Decision(BY_CLIENT_ID)
    decision.failed(LOST)
    timeless = order(OrderStatus.NEW)
    for _ in range(MAX_UNREADABLE):
        assert isinstance(decision.read(timeless, SENT), Ask)
    assert isinstance(decision.read(timeless, SENT), Unknown)


def test_what_was_not_executed_is_not_sent_again_under_a_client_id() -> None:
    """By then another order may bear it: the order is read first."""
    decision: Decision[Any] = Decision(BY_CLIENT_ID)
    assert decision.failed(DOWN) == Ask(BACK_OFF[0], "state")
    assert isinstance(decision.read(order(OrderStatus.NEW, placed=SENT_AT - 5), SENT), Send)
    assert decision.failed(DOWN) == Send(BACK_OFF[2])


def test_an_older_order_of_that_client_id_is_not_the_one() -> None:
    """Closed before our DELETE left: believed when no other is open under that id."""
    older = order(OrderStatus.FILLED, changed=SENT_AT - 5)
    decision: Decision[Any] = Decision(BY_CLIENT_ID)
    decision.failed(LOST)
    assert decision.read(older, SENT) == Ask(how="open")
    later = order(OrderStatus.NEW, placed=SENT_AT + 1)
    assert decision.still_open(later, SENT) == AlreadyClosed(BY_CLIENT_ID, older)
    assert decision.absent(READ_LAG) == AlreadyClosed(BY_CLIENT_ID, older)
    resting = replace(order(OrderStatus.NEW, placed=SENT_AT - 1), order_id=30)
    assert isinstance(decision.still_open(resting, SENT), Send)
    assert decision.named == CancelMarginOrder(symbol="LTCBTC", order_id=30)
    told: Decision[Any] = Decision(BY_CLIENT_ID)
    told.failed(DENIED)
    assert told.read(older, SENT) == AlreadyClosed(BY_CLIENT_ID, older), "none is open: -2011"


def test_a_triggered_order_lives_on_in_what_it_placed() -> None:
    """Neither cancelled nor closed; the outcome names it, where the exchange does."""
    request = CancelCmConditionalOrder(symbol="BTCUSD_PERP", strategy_id=7)
    for order_id, placed in (
        (99, CancelCmOrder(symbol="BTCUSD_PERP", order_id=99)),
        (None, None),
    ):
        state = SimpleNamespace(
            symbol="BTCUSD_PERP",
            strategy_id=7,
            new_client_strategy_id="s",
            strategy_status=StrategyStatus.TRIGGERED,
            update_time=int(SENT_AT * 1000),
            order_id=order_id,
        )
        decision: Decision[Any] = Decision(request)
        decision.failed(DENIED)
        assert decision.read(state, SENT) == Triggered(request, state, placed)


def test_a_firewall_is_waited_out() -> None:
    """Nothing was carried out, so it is sent again; with a doubt open, that is asked about."""
    decision = fresh()
    assert [type(decision.failed(BLOCKED)) for _ in range(9)] == [Send] * 9
    assert decision.at_deadline() == Refused(REQUEST, BLOCKED)
    assert isinstance(lost().failed(BLOCKED), Ask)


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


@pytest.mark.parametrize("error", [ODD, BAD_KEY, BAN], ids=lambda error: error.args[0])
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
    assert new().read(order(status), SENT) == Send(BACK_OFF[0])


@pytest.mark.parametrize("status", [OrderStatus.FILLED, OrderStatus.EXPIRED, OrderStatus.REJECTED])
@pytest.mark.parametrize("new", [lost, denied, lost_and_denied])
def test_a_read_that_shows_it_closed_in_another_way(new: New, status: OrderStatus) -> None:
    """No cancel does that, whenever it happened."""
    state = order(status)
    assert new().read(state, SENT) == AlreadyClosed(REQUEST, state)


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
    outcome = new().read(state, SENT)
    if is_ours:
        assert outcome == Canceled(REQUEST, state, Evidence.QUERY)
    else:
        assert outcome == AlreadyClosed(REQUEST, state)


@pytest.mark.parametrize(
    ("legs", "changed", "kind"),
    [
        ([OrderStatus.CANCELED, OrderStatus.CANCELED], SENT_AT + 1, Canceled),
        ([OrderStatus.CANCELED, OrderStatus.CANCELED], SENT_AT - 1, AlreadyClosed),
        ([OrderStatus.FILLED, OrderStatus.EXPIRED], SENT_AT + 1, AlreadyClosed),
        ([OrderStatus.CANCELED, OrderStatus.NEW], SENT_AT + 1, Ask),
    ],
)
def test_a_list_that_is_done(legs: list[OrderStatus], changed: float, kind: type[Any]) -> None:
    """It does not tell how: its orders are read, and the outcome shows which of them ended how."""
    done = order_list(ListOrderStatus.ALL_DONE, changed=changed)
    decision: Decision[Any] = Decision(LIST_REQUEST)
    assert decision.read(order_list(ListOrderStatus.EXECUTING), SENT) == Send(BACK_OFF[0])
    decision.failed(LOST)
    assert decision.read(done, SENT) == Ask(how="parts")
    assert len(LIST_REQUEST.parts(done)) == 2
    whole = LIST_REQUEST.with_parts(done, [order(status) for status in legs])
    step = decision.read(whole, SENT)
    assert isinstance(step, kind)
    if isinstance(step, Canceled | AlreadyClosed):
        assert [leg.status for leg in step.order.legs] == legs


def test_a_list_that_names_no_orders() -> None:
    """Done, and nobody knows how."""
    done = replace(order_list(ListOrderStatus.ALL_DONE), orders=[])
    decision: Decision[Any] = Decision(LIST_REQUEST)
    decision.failed(LOST)
    assert decision.read(done, SENT) == Closed(LIST_REQUEST)


def test_missing_once_may_be_too_new() -> None:
    """Asked again after a pause; missing twice without a lost attempt is a definite no."""
    decision = denied()
    assert decision.missing(MISSING, READ_LAG) == Ask(BACK_OFF[0], how="state")
    assert decision.missing(MISSING, READ_LAG) == Refused(REQUEST, MISSING)


def test_missing_after_a_lost_reply_asks_for_the_open_ones() -> None:
    """Not open and not known, twice: there never was one, as the exchange says without a lost reply, too."""
    decision = lost()
    assert decision.missing(MISSING, READ_LAG) == Ask(BACK_OFF[0], how="state")
    assert decision.missing(MISSING, READ_LAG) == Ask(how="open")
    assert decision.absent(READ_LAG) == Refused(REQUEST, MISSING)


def test_missing_after_days_may_be_forgotten() -> None:
    """Or if it was seen before: closed, and nobody knows how."""
    decision = lost()
    decision.missing(MISSING, FORGETTING * 2)
    decision.missing(MISSING, FORGETTING * 2)
    assert decision.absent(FORGETTING * 2) == Closed(REQUEST, MISSING)
    seen = denied()
    seen.still_open(order(OrderStatus.NEW), SENT)
    seen.missing(MISSING, READ_LAG)
    assert seen.missing(MISSING, READ_LAG) == Closed(REQUEST, MISSING)


def test_missing_is_counted_anew_after_a_read() -> None:
    """An order that was seen in between is not missing twice in a row."""
    decision = denied()
    decision.missing(MISSING, READ_LAG)
    decision.read(order(OrderStatus.NEW), SENT)
    assert decision.missing(MISSING, READ_LAG) == Ask(BACK_OFF[0], how="state")


def test_absent_from_the_open_ones() -> None:
    """Closed for certain, so how it ended is read; if that is not known by the deadline, it is not told."""
    for new in (lost, lost_and_denied):
        decision = new()
        assert decision.absent(READ_LAG) == Ask(how="end")
        assert decision.untold() == Closed(REQUEST)
        decision.unread(DOWN, "end")
        assert decision.at_deadline() == Closed(REQUEST, DOWN)
    assert denied().absent(READ_LAG) == Ask(how="state")


def test_absent_and_not_known() -> None:
    """It is asked for once more, and then there never was one."""
    decision = lost()
    decision.absent(READ_LAG)
    assert decision.missing(MISSING, READ_LAG) == Ask(BACK_OFF[0], how="end")
    assert decision.missing(MISSING, READ_LAG) == Refused(REQUEST, MISSING)


def test_absent_and_then_seen_open() -> None:
    """A read of a replica that lags behind, or another that did: open is what counts."""
    decision = lost()
    decision.absent(READ_LAG)
    assert isinstance(decision.read(order(OrderStatus.NEW), SENT), Send)
    assert decision.at_deadline() == Unknown(REQUEST, LOST)


def test_absent_too_soon() -> None:
    """A read that lags behind cannot hold an order placed just before: asked again when it can."""
    decision = lost()
    assert decision.absent(0.25) == Ask(READ_LAG - 0.25, how="open")
    assert decision.absent(READ_LAG) == Ask(how="end")


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
    """Not the exchange's own word, so it is asked again a few times; a firewall until the deadline."""
    decision = lost()
    for _ in range(MAX_REFUSALS):
        assert isinstance(decision.unread(ODD, "either"), Ask)
    assert decision.unread(ODD, "either") == Unknown(REQUEST, ODD)
    assert [type(lost().unread(BLOCKED, "either")) for _ in range(9)] == [Ask] * 9
    assert isinstance(lost().unread(BANNED_LAND, "either"), Ask)


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
