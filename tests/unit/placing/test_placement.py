"""What to do next about one order to be placed: every event, in every state that makes a difference. No loop, no clock."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from binance_papi_async import (
    AuthenticationError,
    BannedError,
    BlockedError,
    CmConditionalOrder,
    CmOrder,
    ConnectError,
    ConnectionLostError,
    DuplicateOrderError,
    LimitedError,
    MarginOrder,
    MarginOrderList,
    NewCmConditionalOrder,
    NewMarginOco,
    NewMarginOrder,
    NewMarginOrderReply,
    NewUmAlgoOrder,
    NewUmAlgoOrderReply,
    NewUmOrder,
    NotPlaced,
    NotSent,
    NotSentError,
    OrderListMember,
    PapiError,
    Placed,
    RateLimitedError,
    Refused,
    RefusedError,
    ReplyDecodeError,
    ReplyTimeoutError,
    ServerError,
    TimestampError,
    UmAlgoOrder,
    UnavailableError,
    Unknown,
    UnknownOrderError,
    UnknownOutcomeError,
)
from binance_papi_async.deciding.steps import (
    AT_ANY_TIME,
    BACK_OFF,
    MAX_TIMESTAMPS,
    MAX_UNAVAILABLE,
    MAX_UNREADABLE,
    READ_LAG,
    Ask,
    Send,
    Sent,
)
from binance_papi_async.endpoints.margin_replies import EndedMarginOrderList
from binance_papi_async.enums import (
    AlgoStatus,
    AlgoType,
    FuturesOrderType,
    FuturesTimeInForce,
    ListOrderStatus,
    OrderStatus,
    OrderType,
    Side,
    StrategyStatus,
    StrategyType,
    TimeInForce,
)
from binance_papi_async.outcome import Evidence
from binance_papi_async.placing.placement import TOO_LATE, UNNAMED, Placement

REQUEST = NewMarginOrder(
    symbol="LTCBTC",
    side=Side.SELL,
    type=OrderType.LIMIT,
    quantity=Decimal(1),
    price=Decimal("0.01"),
    time_in_force=TimeInForce.GTC,
    new_client_order_id="mine",
)
OCO = NewMarginOco(
    symbol="LTCBTC",
    side=Side.SELL,
    quantity=Decimal(1),
    price=Decimal(2),
    stop_price=Decimal(1),
    list_client_order_id="mine",
)
PROOF_AGE = 6.0
"""Five seconds of ``recvWindow``, and one by which reads may lag."""
SENT = Sent(1000.0, 1000.01)
OURS_MS, OLD_MS = 1_000_005, 999_999
LOST = ConnectionLostError("lost")
DUPLICATE = DuplicateOrderError("Duplicate order sent.", status=400, code=-2010)
MISSING = UnknownOrderError("Order does not exist.", status=400, code=-2013)
DOWN = UnavailableError("down", status=503)
TOO_MANY = RateLimitedError("too many", status=429, code=-1003)
BANNED = RateLimitedError("banned", status=418, code=-1003)
TOO_MANY_ORDERS = RateLimitedError("too many new orders", status=429, code=-1015)
NO_MONEY = RefusedError("Account has insufficient balance", status=400, code=-2010)
NO_CONNECTION = ConnectError("no connection")

New: TypeAlias = Callable[[], Placement]


def fresh(*, resend: bool = False) -> Placement:
    """Nothing known yet."""
    placement = Placement(REQUEST, proof_age=PROOF_AGE, resend=resend)
    placement.leaves(50.0)
    return placement


def lost(*, resend: bool = False) -> Placement:
    """One attempt may have been carried out."""
    placement = fresh(resend=resend)
    assert placement.failed(LOST) == Ask()
    return placement


def nowhere(*, resend: bool = False) -> Placement:
    """One attempt was lost, and has provably not arrived."""
    placement = lost(resend=resend)
    placement.missing(MISSING, PROOF_AGE)
    placement.absent(PROOF_AGE)
    return placement


def order(status: OrderStatus = OrderStatus.NEW, **facts: Any) -> MarginOrder:
    """The order as a read shows it."""
    shown: dict[str, Any] = {
        "symbol": "LTCBTC",
        "order_id": 28,
        "client_order_id": "mine",
        "status": status,
        "time": OURS_MS,
        "update_time": OURS_MS,
    }
    return MarginOrder(**shown | facts)


def ordered_list(status: ListOrderStatus, changed_ms: int | None) -> MarginOrderList:
    """The list as a read shows it."""
    return MarginOrderList(
        symbol="LTCBTC",
        order_list_id=3,
        list_client_order_id="mine",
        list_order_status=status,
        transaction_time=changed_ms,
        orders=[OrderListMember(symbol="LTCBTC", order_id=28, client_order_id="leg")],
    )


def with_legs(found: MarginOrderList, time_ms: int | None) -> EndedMarginOrderList:
    """The same with its order, cancelled."""
    leg = order(OrderStatus.CANCELED, client_order_id="leg", time=time_ms)
    shown = {name: getattr(found, name) for name in found.__struct_fields__}
    return EndedMarginOrderList(**shown, legs=[leg])


# The reply to a POST.


def test_an_ack_that_names_the_order_is_believed() -> None:
    """ACK, the default of all but LIMIT and MARKET, says no status: it is placed, and nobody knows whether it rests."""
    reply = NewMarginOrderReply(symbol="LTCBTC", order_id=28, client_order_id="mine")
    outcome = fresh().answered(reply)
    assert outcome == Placed(REQUEST, reply, Evidence.REPLY)
    assert outcome.is_open is None


@pytest.mark.parametrize("status", list(OrderStatus))
def test_a_reply_is_believed_whatever_its_status(status: OrderStatus) -> None:
    """New, filled, expired at once: the exchange took it, and ``order`` shows what came of it."""
    outcome = fresh().answered(order(status))
    assert outcome == Placed(REQUEST, order(status), Evidence.REPLY)
    is_open = {OrderStatus.NEW: True, OrderStatus.PARTIALLY_FILLED: True}
    expected = None if status is OrderStatus.PENDING_CANCEL else is_open.get(status, False)
    assert outcome.is_open is expected


@pytest.mark.parametrize(
    "facts", [{"symbol": "BNBBTC"}, {"client_order_id": "another"}], ids=["symbol", "client id"]
)
def test_a_reply_that_names_another_order_is_a_doubt(facts: dict[str, Any]) -> None:
    """An answer that belongs to somebody else says nothing about ours."""
    placement = fresh()
    assert placement.answered(order(**facts)) == Ask()
    unknown = placement.at_deadline()
    assert isinstance(unknown, Unknown)
    assert str(unknown.error) == UNNAMED


def test_a_reply_that_names_the_order_by_the_exchanges_id_alone_is_a_doubt() -> None:
    """Whose id that is nobody can say."""
    request = NewUmAlgoOrder(
        symbol="BTCUSDT",
        side=Side.SELL,
        algo_type=AlgoType.CONDITIONAL,
        type=StrategyType.STOP_MARKET,
        quantity=Decimal(1),
        trigger_price=Decimal(1),
        client_algo_id="mine",
    )
    reply = NewUmAlgoOrderReply(
        algo_id=5, client_algo_id=None, symbol="BTCUSDT", algo_status=AlgoStatus.NEW
    )
    assert Placement(request, proof_age=PROOF_AGE).answered(reply) == Ask()
    named = UmAlgoOrder(
        algo_id=5, client_algo_id="mine", symbol="BTCUSDT", algo_status=AlgoStatus.NEW
    )
    outcome = Placement(request, proof_age=PROOF_AGE).answered(named)
    assert outcome == Placed(request, named, Evidence.REPLY)


# What became of the first POST.


@pytest.mark.parametrize(
    "error",
    [
        NO_MONEY,
        DUPLICATE,
        AuthenticationError("bad key", status=400, code=-2015),
        BlockedError("not here", status=451),
        UnknownOrderError("odd", status=400, code=-2013),
    ],
    ids=repr,
)
def test_a_definite_no_is_believed(error: RefusedError) -> None:
    """Nothing was sent before, so nothing of ours is there; also when the id is another order's."""
    assert fresh().failed(error) == Refused(REQUEST, error)


@pytest.mark.parametrize(
    "error",
    [
        LOST,
        ReplyTimeoutError("silence"),
        ReplyDecodeError("garbage"),
        ServerError("503 A", status=503, code=-1000),
        UnknownOutcomeError("the client was closed"),
    ],
    ids=repr,
)
def test_a_lost_reply_is_a_doubt_and_never_sent_again(error: UnknownOutcomeError) -> None:
    """The next step asks; at the deadline nobody knows."""
    placement = fresh(resend=True)
    assert placement.failed(error) == Ask()
    assert placement.is_in_doubt
    assert placement.at_deadline() == Unknown(REQUEST, error)


def test_an_error_of_no_branch_is_a_doubt() -> None:
    """It left, and what its error means nobody knows."""
    placement = fresh()
    assert placement.failed(PapiError("odd")) == Ask()
    outcome = placement.at_deadline()
    assert isinstance(outcome, Unknown)
    assert str(outcome.error) == "odd"


@pytest.mark.parametrize("error", [LimitedError("no weight"), BannedError("banned")], ids=repr)
def test_what_never_left_was_not_sent(error: NotSentError) -> None:
    """No weight, no order left in the minute, a ban that is known: an order does not wait."""
    assert fresh().failed(error) == NotSent(REQUEST, error)


def test_without_a_connection_it_is_tried_again() -> None:
    """Nothing left, so sending again is safe; at the end it was not sent."""
    placement = fresh()
    pauses = [placement.failed(NO_CONNECTION) for _ in range(4)]
    assert pauses == [Send(0.2), Send(0.4), Send(0.8), Send(0.8)]
    assert placement.at_deadline() == NotSent(REQUEST, NO_CONNECTION)


def test_nothing_tried_at_all_was_not_sent() -> None:
    """The price was old, or the deadline over, before its turn came."""
    outcome = Placement(REQUEST, proof_age=PROOF_AGE).at_deadline()
    assert isinstance(outcome, NotSent)
    assert str(outcome.error) == TOO_LATE


def test_down_is_outlasted_five_times_and_then_believed() -> None:
    """503 B, C and -1001 are documented as not executed: 200, 400, 800 ms, three to five tries."""
    placement = fresh()
    steps = [placement.failed(DOWN) for _ in range(MAX_UNAVAILABLE)]
    assert steps == [Send(0.2), Send(0.4), Send(0.8), Send(0.8), Send(0.8)]
    assert placement.failed(DOWN) == Refused(REQUEST, DOWN)


def test_a_timestamp_called_wrong_is_signed_anew_once() -> None:
    """-1021 is documented as not executed; the same answer again is a refusal."""
    too_late = TimestampError("late", status=400, code=-1021)
    placement = fresh()
    assert [placement.failed(too_late) for _ in range(MAX_TIMESTAMPS)] == [Send()]
    assert placement.failed(too_late) == Refused(REQUEST, too_late)


@pytest.mark.parametrize(
    "error", [TOO_MANY, TOO_MANY_ORDERS, BANNED], ids=["-1003", "-1015", "418"]
)
def test_a_limit_that_was_passed_is_waited_for(error: RateLimitedError) -> None:
    """429 is not executed: sent again as soon as the limiter lets it, or refused at the deadline."""
    placement = fresh()
    assert placement.failed(error) == Send()
    assert placement.at_deadline() == Refused(REQUEST, error)


def test_a_firewall_is_waited_for() -> None:
    """A 403 is from a machine in front of the exchange: nothing was placed."""
    blocked = BlockedError("blocked", status=403)
    placement = fresh()
    assert placement.failed(blocked) == Send(BACK_OFF[0])
    assert placement.at_deadline() == Refused(REQUEST, blocked)


# A doubt, and what reads show.


@pytest.mark.parametrize("status", list(OrderStatus))
def test_a_read_that_shows_it_ends_the_doubt(status: OrderStatus) -> None:
    """Whatever has become of it since."""
    assert lost().read(order(status), SENT, 0.1) == Placed(REQUEST, order(status), Evidence.QUERY)


@pytest.mark.parametrize("age", [0.0, 1.0, 5.9, PROOF_AGE, 60.0])
def test_a_late_landing_is_placed_however_late(age: float) -> None:
    """A POST may land up to ``recvWindow`` after its timestamp: later reads find it."""
    placement = lost()
    placement.missing(MISSING, 0.0)
    placement.absent(0.0)
    landed = order(time=OURS_MS + 4999)
    assert placement.read(landed, SENT, age) == Placed(REQUEST, landed, Evidence.QUERY)
    assert lost().still_open(landed, SENT, age) == Placed(REQUEST, landed, Evidence.QUERY)


def test_absence_is_proven_step_by_step() -> None:
    """The order, the open ones, both again when reads cannot lag any more, and when nothing can land any more."""
    placement = lost()
    assert placement.missing(MISSING, 0.1) == Ask(how="open")
    assert placement.absent(0.2) == Ask(READ_LAG - 0.2, "state")
    assert placement.missing(MISSING, 1.0) == Ask(5.0, "state")
    assert placement.missing(MISSING, 6.0) == Ask(how="open")
    assert placement.absent(6.1) == NotPlaced(REQUEST, LOST)


def test_one_kind_of_read_proves_nothing() -> None:
    """A conditional order that waits is in the list alone, an order that has ended is not in it."""
    listed, named = lost(), lost()
    assert listed.absent(60.0) == Ask(how="state")
    assert named.missing(MISSING, 60.0) == Ask(how="open")


@pytest.mark.parametrize("age", [5.9, 5.999])
def test_a_read_just_before_it_can_have_landed_proves_nothing(age: float) -> None:
    """It is asked again, after a pause at least."""
    placement = lost()
    placement.absent(PROOF_AGE)
    assert placement.missing(MISSING, age) == Ask(BACK_OFF[0], "state")
    assert isinstance(placement.at_deadline(), Unknown)


def test_an_open_list_from_before_proves_nothing() -> None:
    """That the order is unknown was asked late enough, that it is not open was not."""
    placement = lost()
    placement.absent(5.9)
    assert placement.missing(MISSING, PROOF_AGE) == Ask(how="open")
    assert isinstance(placement.at_deadline(), Unknown)


def test_a_conditional_order_that_waits_is_found_among_the_open_ones() -> None:
    """The read of a CM conditional order answers "unknown" while it waits."""
    request = NewCmConditionalOrder(
        symbol="BTCUSD_PERP",
        side=Side.SELL,
        strategy_type=StrategyType.STOP_MARKET,
        quantity=Decimal(1),
        stop_price=Decimal(1),
        new_client_strategy_id="mine",
    )
    placement = Placement(request, proof_age=PROOF_AGE)
    placement.failed(LOST)
    assert placement.missing(MISSING, 0.1) == Ask(how="open")
    waiting = CmConditionalOrder(
        symbol="BTCUSD_PERP",
        strategy_id=5,
        new_client_strategy_id="mine",
        strategy_status=StrategyStatus.NEW,
        book_time=OURS_MS,
    )
    outcome = placement.still_open(waiting, SENT, 0.2)
    assert outcome == Placed(request, waiting, Evidence.QUERY)
    assert outcome.is_open is True
    assert outcome.to_cancel().key == ("BTCUSD_PERP", 5)


def test_a_read_of_another_order_is_asked_again_and_never_believed() -> None:
    """The same wrong answer again and again stays a doubt."""
    placement = lost()
    other = order(client_order_id="another")
    steps = [placement.read(other, SENT, 1.0) for _ in range(MAX_UNREADABLE + 1)]
    assert steps[0] == Ask(BACK_OFF[0], "state")
    assert isinstance(steps[-1], Unknown)
    assert isinstance(steps[-1].error, ReplyDecodeError)


def test_a_read_that_is_refused_leaves_it_unknown() -> None:
    """A key that may not read tells nothing of the order, and asking again would not help."""
    no_right = AuthenticationError("no right", status=400, code=-2015)
    assert lost().unread(no_right, "state") == Unknown(REQUEST, no_right)


# A client id may be used again once its order has ended.


@pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.FILLED, OrderStatus.NEW])
def test_an_earlier_order_under_the_id_is_not_ours(status: OrderStatus) -> None:
    """It was placed before our POST left: as good as none, and the proof is sought on."""
    old = order(status, time=OLD_MS)
    placement = lost()
    assert placement.read(old, SENT, 0.1) == Ask(how="open")
    assert placement.still_open(old, SENT, 0.2) == Ask(READ_LAG - 0.2, "state")
    assert placement.read(old, SENT, PROOF_AGE) == Ask(how="open")
    assert placement.still_open(old, SENT, PROOF_AGE) == NotPlaced(REQUEST, LOST)


def test_an_order_of_the_first_millisecond_is_ours() -> None:
    """Times are cut to whole milliseconds, and the bound is given with that in mind."""
    assert isinstance(lost().read(order(time=1_000_000), SENT, 0.1), Placed)


@pytest.mark.parametrize("facts", [{"time": None}, {"time": None, "update_time": None}], ids=str)
def test_an_order_that_does_not_say_when_it_was_placed_is_ours(facts: dict[str, Any]) -> None:
    """Unless it last changed before: then it was there before, too."""
    assert isinstance(lost().read(order(**facts), SENT, 0.1), Placed)
    old = order(time=None, update_time=OLD_MS)
    assert lost().read(old, SENT, 0.1) == Ask(how="open")


def lost_list() -> Placement:
    """An order list whose reply was lost."""
    placement = Placement(OCO, proof_age=PROOF_AGE)
    placement.failed(LOST)
    return placement


def test_a_list_that_executes_was_placed_when_it_changed_last() -> None:
    """An earlier one under the id is as good as none."""
    ours = ordered_list(ListOrderStatus.EXECUTING, OURS_MS)
    assert lost_list().read(ours, SENT, 0.1) == Placed(OCO, ours, Evidence.QUERY)
    old = ordered_list(ListOrderStatus.EXECUTING, OLD_MS)
    assert lost_list().read(old, SENT, 0.1) == Ask(how="open")


def test_a_list_that_ended_before_is_an_earlier_one() -> None:
    """A list that is done does not say when it was placed, but that was no later than its end."""
    old = ordered_list(ListOrderStatus.ALL_DONE, OLD_MS)
    assert lost_list().read(old, SENT, 0.1) == Ask(how="open")


@pytest.mark.parametrize("changed_ms", [OURS_MS, None])
def test_of_a_list_that_ended_since_its_orders_tell_whose_it_is(changed_ms: int | None) -> None:
    """Ours that traded at once, or an earlier one that ended just then: when its orders were placed tells."""
    ended = ordered_list(ListOrderStatus.ALL_DONE, changed_ms)
    placement = lost_list()
    assert placement.read(ended, SENT, 0.1) == Ask(how="parts")
    assert placement.shown == ended
    ours = with_legs(ended, OURS_MS)
    assert placement.read(ours, SENT, 0.2) == Placed(OCO, ours, Evidence.QUERY)
    placement = lost_list()
    placement.read(ended, SENT, 0.1)
    assert placement.read(with_legs(ended, OLD_MS), SENT, 0.2) == Ask(how="open")


def test_a_list_whose_orders_cannot_be_paid_for_stays_unknown() -> None:
    """Ten for each of its orders: beyond what a call may spend, nobody knows whose it is."""
    placement = lost_list()
    placement.read(ordered_list(ListOrderStatus.ALL_DONE, OURS_MS), SENT, 0.1)
    assert placement.untold() == Unknown(OCO, LOST)


# News from elsewhere.


def test_news_of_the_order_ends_the_doubt() -> None:
    """An earlier order, another one, and one of which nobody can say which it is, tell nothing."""
    placement = lost()
    assert placement.seen(order(), SENT, Evidence.QUERY) == Placed(REQUEST, order(), Evidence.QUERY)
    assert placement.seen(order(time=OLD_MS), SENT, Evidence.QUERY) is None
    assert placement.seen(order(client_order_id="another"), SENT, Evidence.QUERY) is None
    assert placement.seen(order(time=None), SENT, Evidence.QUERY) is None


# After a proof.


def test_without_being_asked_nothing_is_sent_again() -> None:
    """Two orders are worse than none."""
    placement = lost()
    placement.missing(MISSING, PROOF_AGE)
    assert placement.absent(PROOF_AGE) == NotPlaced(REQUEST, LOST)


def test_after_a_proof_it_is_sent_again_once() -> None:
    """A second loss, and a second proof, end it: never a third time."""
    placement = lost(resend=True)
    placement.missing(MISSING, PROOF_AGE)
    assert placement.absent(PROOF_AGE) == Send()
    assert not placement.is_in_doubt
    placement.leaves(60.0)
    assert placement.left_at == 60.0, "the next proof counts from here"
    again = ReplyTimeoutError("again")
    assert placement.failed(again) == Ask()
    assert placement.at_deadline() == Unknown(REQUEST, again)
    assert placement.missing(MISSING, PROOF_AGE) == Ask(how="open"), "what was read before is void"
    assert placement.absent(PROOF_AGE) == NotPlaced(REQUEST, again)


def test_after_a_proof_time_may_be_up() -> None:
    """Nothing of ours is there: it was not placed, and that is no doubt."""
    assert nowhere(resend=True).at_deadline() == NotPlaced(REQUEST, LOST)
    placement = nowhere(resend=True)
    assert placement.failed(LimitedError("no weight")) == NotPlaced(REQUEST, LOST)


def test_after_a_proof_a_refusal_is_the_last_word() -> None:
    """Neither of the two was placed."""
    assert nowhere(resend=True).failed(NO_MONEY) == Refused(REQUEST, NO_MONEY)


@pytest.mark.parametrize("error", [DOWN, TOO_MANY, TimestampError("late", status=400, code=-1021)])
def test_a_duplicate_after_what_is_documented_as_not_executed_is_asked_about(
    error: RefusedError,
) -> None:
    """Spot calls a 503 with -1001 unknown: it may be our own order that has the id."""
    placement = Placement(REQUEST, proof_age=PROOF_AGE)
    placement.leaves(50.0, *SENT)
    assert placement.told_apart == SENT
    assert isinstance(placement.failed(error), Send)
    placement.leaves(51.0, 1001.0, 1001.01)
    assert placement.told_apart_at == 50.0, "the order of the first POST is ours"
    assert placement.told_apart == SENT
    assert placement.failed(DUPLICATE) == Ask(how="state")
    assert isinstance(placement.at_deadline(), Unknown)
    assert placement.read(order(), SENT, 0.1) == Placed(REQUEST, order(), Evidence.QUERY)


@pytest.mark.parametrize("resend", [False, True])
def test_what_may_be_forgotten_is_not_called_not_placed(*, resend: bool) -> None:
    """A day after: it may have been placed, ended without a fill, and been forgotten."""
    day = 86_400.0
    placement = lost(resend=resend)
    assert placement.missing(MISSING, day) == Ask(how="open")
    assert placement.absent(day + 1) == Unknown(REQUEST, LOST)
    sooner = lost()
    sooner.missing(MISSING, day)
    assert sooner.absent(day) == NotPlaced(REQUEST, LOST)


def test_an_id_made_for_this_order_names_no_other() -> None:
    """Whatever the clocks say of when it was placed."""
    placement = Placement(REQUEST, proof_age=PROOF_AGE, borne_by=None)
    placement.leaves(50.0)
    assert placement.failed(LOST) == Ask()
    shown = order(time=OLD_MS)
    assert placement.seen(shown, SENT, Evidence.QUERY) == Placed(REQUEST, shown, Evidence.QUERY)
    assert placement.read(shown, SENT, 0.1) == Placed(REQUEST, shown, Evidence.QUERY)


def test_what_two_accounts_of_a_time_disagree_on_proves_nothing() -> None:
    """The earlier of the beginnings, the later of the ends."""
    then, now = Sent(1000.0, 1000.01), Sent(1030.0, 1030.02)
    assert then.doubted(now) == now.doubted(then) == Sent(1000.0, 1030.02)
    assert then.doubted(AT_ANY_TIME) == AT_ANY_TIME
    assert Placement(REQUEST, proof_age=PROOF_AGE).told_apart == AT_ANY_TIME


def test_a_duplicate_after_a_proof_means_that_it_exists_after_all() -> None:
    """Whatever the reads have said; and it may be from the first POST."""
    placement = nowhere(resend=True)
    placement.leaves(60.0)
    assert placement.told_apart_at == 50.0
    assert placement.failed(DUPLICATE) == Ask(how="state")
    assert placement.read(order(), SENT, 0.1) == Placed(REQUEST, order(), Evidence.QUERY)


def test_a_duplicate_that_is_an_earlier_order_is_refused() -> None:
    """It is there, but placed before: the exchange said no, and it is never sent again."""
    placement = nowhere(resend=True)
    placement.failed(DUPLICATE)
    old = order(time=OLD_MS)
    placement.read(old, SENT, PROOF_AGE)
    assert placement.still_open(old, SENT, PROOF_AGE) == Refused(REQUEST, DUPLICATE)


def test_asked_about_without_a_doubt_it_is_as_it_was_answered() -> None:
    """Nothing was lost, so a proof of absence is no news."""
    placement = fresh()
    placement.failed(DOWN)
    placement.missing(MISSING, PROOF_AGE)
    assert placement.absent(PROOF_AGE) == Refused(REQUEST, DOWN)


@pytest.mark.parametrize(
    ("request_", "state"),
    [
        (
            NewUmOrder(
                symbol="BTCUSDT",
                side=Side.BUY,
                type=FuturesOrderType.LIMIT,
                quantity=Decimal(1),
                price=Decimal(1),
                time_in_force=FuturesTimeInForce.GTC,
                new_client_order_id="mine",
            ),
            CmOrder(
                symbol="BTCUSDT",
                order_id=28,
                client_order_id="mine",
                status=OrderStatus.NEW,
                time=OURS_MS,
            ),
        ),
    ],
    ids=["um"],
)
def test_what_was_placed_can_be_cancelled_by_the_exchanges_id(request_: Any, state: Any) -> None:
    """A client id may be another order's tomorrow."""
    placed = Placed(request_, state, Evidence.QUERY)
    assert placed.to_cancel().key == ("BTCUSDT", 28)
    assert placed.is_open is True
