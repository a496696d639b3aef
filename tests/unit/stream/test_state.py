"""Orders as they stand: what wins, what is late, what is gone, what is doubtful."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async.declaring.reading import IncompleteList
from binance_papi_async.endpoints.margin_replies import CanceledMarginOrder, NewMarginOrderReply
from binance_papi_async.endpoints.um_order_replies import (
    CanceledUmOrder,
    ModifiedUmOrder,
    NewUmOrderReply,
)
from binance_papi_async.enums import OrderStatus, Side
from binance_papi_async.stream.account_events import Product
from binance_papi_async.stream.coverage import Coverage
from binance_papi_async.stream.live_order import LiveOrder
from binance_papi_async.stream.standing import Key
from binance_papi_async.stream.state import Learned, Listing, Orders
from tests.unit.stream.telling import (
    algo,
    algo_row,
    conditional,
    conditional_row,
    report,
    row,
    update,
)

OPEN, CLOSED, LATE = Learned.OPEN, Learned.CLOSED, Learned.LATE
GONE, DOUBTFUL, NOTHING = Learned.GONE, Learned.DOUBTFUL, Learned.NOTHING
ENDS = ["FILLED", "CANCELED", "REJECTED", "EXPIRED", "EXPIRED_IN_MATCH"]


def after(*news: Any, most_closed: int = 10_000) -> Orders:
    """Orders after that news."""
    orders = Orders(most_closed=most_closed)
    for each in news:
        orders.learn(each)
    return orders


def listed(
    orders: Orders, product: Product, rows: Any, asked_ms: int, symbol: str | None = None
) -> list[Key]:
    """A list of open orders that was asked for then, and answered after 100 ms."""
    return orders.learn_list(rows, Listing(product, symbol, asked_ms, asked_ms + 100))


def status(orders: Orders, order_id: int = 1) -> str | None:
    """How a margin order stands."""
    order = orders.get("margin", "LTCBTC", order_id)
    assert order is not None
    return order.status


def ids(orders: Orders) -> list[int]:
    """Open margin orders."""
    return [order.order_id for order in orders.open("margin")]


def test_an_order_is_known_by_all_it_was_told_with() -> None:
    """Every field from its place in the event."""
    orders = after(report(1, "PARTIALLY_FILLED", 200, "2.5", O=100, o="LIMIT", C=""))
    assert orders.open("margin") == [
        LiveOrder(
            product="margin",
            symbol="LTCBTC",
            order_id=1,
            client_order_id="mine-1",
            status=OrderStatus.PARTIALLY_FILLED,
            side=Side.BUY,
            type=orders.open("margin")[0].type,
            price=Decimal(5),
            orig_qty=Decimal(10),
            executed_qty=Decimal("2.5"),
            update_time=200,
            time=100,
            is_open=True,
            source="event",
        )
    ]
    assert orders.open("margin")[0].type == "LIMIT"
    assert len(orders) == 1


@pytest.mark.parametrize("word", ["NEW", "PARTIALLY_FILLED", "PENDING_CANCEL", "NEVER_HEARD"])
def test_these_are_open(word: str) -> None:
    """A word never heard of does not prove an end."""
    assert ids(after(report(1, word, 100))) == [1]


@pytest.mark.parametrize("word", ENDS)
def test_these_are_closed(word: str) -> None:
    """Final, each of them."""
    orders = Orders()
    assert orders.learn(report(1, word, 100)) is CLOSED
    assert (ids(orders), status(orders)) == ([], word)


@pytest.mark.parametrize("word", ["TRIGGERING", "TRIGGERED", "FINISHED", "CANCELED", "EXPIRED"])
def test_what_waits_for_a_trigger_is_open_while_it_waits(word: str) -> None:
    """Of algo and conditional orders everything but new ones, and words never heard of."""
    orders = after(algo(1, "NEW", 100), algo(2, word, 100), algo(3, "NEVER_HEARD", 100))
    assert [order.algo_id for order in orders.open("um algo")] == [1, 3]
    orders = after(conditional(1, "NEW", 100), conditional(2, word, 100))
    assert [order.strategy_id for order in orders.open("cm conditional")] == [1]


NEW, PARTIAL = report(1, "NEW", 100), report(1, "PARTIALLY_FILLED", 200, "3")
CANCELED = report(1, "CANCELED", 300, "3")


@pytest.mark.parametrize(
    ("known", "arrives", "learned", "stands"),
    [
        # known open
        (PARTIAL, NEW, LATE, "PARTIALLY_FILLED"),
        (PARTIAL, report(1, "NEW", 300, "0"), LATE, "PARTIALLY_FILLED"),  # fewer executed
        (NEW, PARTIAL, OPEN, "PARTIALLY_FILLED"),
        (NEW, report(1, "NEW", 200), OPEN, "NEW"),
        (NEW, CANCELED, CLOSED, "CANCELED"),
        (PARTIAL, report(1, "CANCELED", 100, "0"), CLOSED, "CANCELED"),  # closed wins over all
        # known closed
        (CANCELED, NEW, LATE, "CANCELED"),
        (CANCELED, PARTIAL, LATE, "CANCELED"),
        (CANCELED, report(1, "NEW", 900, "9"), LATE, "CANCELED"),  # nothing reopens
        (CANCELED, row("margin", 1, "NEW", 900, "9"), LATE, "CANCELED"),
        (CANCELED, report(1, "CANCELED", 400, "3"), CLOSED, "CANCELED"),
        (CANCELED, report(1, "FILLED", 400, "10"), CLOSED, "FILLED"),  # the larger of two ends
        (report(1, "FILLED", 400, "10"), CANCELED, LATE, "FILLED"),
    ],
)
def test_the_table_of_precedence(known: Any, arrives: Any, learned: Learned, stands: str) -> None:
    """Each row of it: what is known, what arrives, what stands then."""
    orders = after(known)
    assert orders.learn(arrives) is learned
    assert status(orders) == stands


@pytest.mark.parametrize(
    ("first", "second"),
    [("TRIGGERING", "TRIGGERED"), ("TRIGGERED", "FINISHED"), ("TRIGGERING", "REJECTED")],
)
def test_a_triggered_order_goes_on_and_never_back(first: str, second: str) -> None:
    """Within one millisecond, too, and in either order."""
    for news in ([first, second], [second, first]):
        orders = after(*(algo(1, word, 100) for word in news))
        order = orders.get("um algo", "BTCUSDT", 1)
        assert order is not None
        assert order.algo_status == second
        assert orders.conflicts == 0


def test_two_ends_of_an_order_are_a_conflict() -> None:
    """Counted, for one of them is wrong; the same end twice is none."""
    orders = after(CANCELED, CANCELED, report(1, "FILLED", 400, "10"), CANCELED)
    assert (orders.conflicts, orders.late) == (2, 1)


def test_on_a_tie_the_later_event_is_taken() -> None:
    """Two amendments in a millisecond: those of one socket come in order."""
    orders = after(report(1, "NEW", 100, p="5"), report(1, "NEW", 100, p="7"))
    assert [order.price for order in orders.open("margin")] == [7]


@pytest.mark.parametrize(("asked", "price"), [(None, 5), (1099, 5), (1100, 7)])
def test_on_a_tie_a_read_is_taken_only_if_it_cannot_lag(asked: int | None, price: int) -> None:
    """It may lag by a second, so it must have been asked a second after the last event of the order."""
    orders = after(report(1, "NEW", 100, p="5"))
    assert orders.learn(row("margin", 1, "NEW", 100, price="7"), asked) is OPEN
    assert [order.price for order in orders.open("margin")] == [price]


@pytest.mark.parametrize(("asked", "price"), [(99, 5), (100, 7)])
def test_the_reply_to_a_change_does_not_lag(asked: int, price: int) -> None:
    """It is what the change has made."""
    orders = after(update(1, "NEW", 100, p="5"))
    reply = ModifiedUmOrder(
        symbol="BTCUSDT",
        order_id=1,
        client_order_id="mine-1",
        status=OrderStatus.NEW,
        executed_qty=Decimal(0),
        price=Decimal(7),
        update_time=100,
    )
    assert orders.learn(reply, asked) is OPEN
    assert [order.price for order in orders.open("um")] == [price]


def test_the_same_id_on_another_symbol_or_product_is_another_order() -> None:
    """Seen on live accounts."""
    orders = after(
        report(7, "NEW", 100),
        report(7, "CANCELED", 200, symbol="ETHBTC"),
        update(7, "FILLED", 200, symbol="LTCBTC"),
        update(7, "NEW", 200, symbol="LTCBTC", product="CM"),
        algo(7, "CANCELED", 200, s="LTCBTC"),
    )
    assert [(order.product, order.symbol) for order in orders.open()] == [
        ("margin", "LTCBTC"),
        ("cm", "LTCBTC"),
    ]
    assert [order.symbol for order in orders.open("margin", "ETHBTC")] == []
    assert len(orders) == 5


def test_what_tells_nothing_of_an_order_is_nothing() -> None:
    """No order, no status, no id, no product that has orders here."""
    ack = NewMarginOrderReply(symbol="LTCBTC", order_id=1, client_order_id="mine-1")
    unnamed = CanceledMarginOrder(
        symbol="LTCBTC", order_id=None, orig_client_order_id="mine-1", status=OrderStatus.CANCELED
    )
    for news in (
        *(None, "text", 17, ack, unnamed),
        *(update(1, "NEW", 1, product="OPTION"), algo(1, "NEW", 1, product="CM")),
        conditional(1, "NEW", 1, product="OPTION"),
    ):
        orders = Orders()
        assert orders.learn(news) is NOTHING
        assert len(orders) == 0


def test_a_futures_order_remembers_when_it_was_placed() -> None:
    """Only the event of the placing says so, and a client id names an order only together with that."""
    orders = after(update(1, "NEW", 100), update(1, "CANCELED", 300))
    order = orders.get("um", "BTCUSDT", 1)
    assert order is not None
    assert (order.time, order.update_time, order.is_open) == (100, 300, False)
    amended = after(update(2, "NEW", 300, x="AMENDMENT")).open("um")
    assert [order.time for order in amended] == [None]


def test_a_placed_futures_order_says_when() -> None:
    """Its reply is of that moment, if it shows it new; if it filled at once, of a later one."""
    for word, placed in (("NEW", 100), ("FILLED", None)):
        reply = NewUmOrderReply(
            symbol="BTCUSDT",
            order_id=1,
            client_order_id="mine-1",
            status=OrderStatus(word),
            update_time=100,
        )
        order = after(reply).get("um", "BTCUSDT", 1)
        assert order is not None
        assert (order.time, order.source, order.executed_qty) == (placed, "reply", None)


def test_what_later_news_leaves_out_is_kept() -> None:
    """The reply to a margin cancel says neither when nor under which id, if that is dropped."""
    reply = CanceledMarginOrder(
        symbol="LTCBTC", order_id=1, orig_client_order_id=None, status=OrderStatus.CANCELED
    )
    order = after(report(1, "NEW", 100, O=90), reply).get("margin", "LTCBTC", 1)
    assert order is not None
    assert (order.client_order_id, order.time, order.update_time) == ("mine-1", 90, None)


def test_a_quantity_that_is_no_number_counts_as_none_executed() -> None:
    """A reply's numbers are not checked as an event's are."""
    orders = after(row("margin", 1, "NEW", 100, "NaN"), report(1, "NEW", 100, "0"))
    assert [order.executed_qty for order in orders.open("margin")] == [0]


@pytest.mark.parametrize(("asked", "gone"), [(1099, False), (1100, True)])
def test_a_list_closes_what_it_does_not_show(asked: int, gone: bool) -> None:  # noqa: FBT001
    """If it was asked a second after the last news of the order; nobody knows how it ended then."""
    orders = after(report(1, "NEW", 100), report(2, "NEW", 100), report(3, "NEW", 100, symbol="X"))
    missed = listed(orders, "margin", [row("margin", 2, "NEW", 100)], asked, "LTCBTC")
    assert missed == ([("margin", "LTCBTC", 1)] if gone else [])
    assert ids(orders) == ([2, 3] if gone else [1, 2, 3])
    order = orders.get("margin", "LTCBTC", 1)
    assert order is not None
    assert (order.status, order.is_open) == ((None, False) if gone else ("NEW", True))
    assert order.source == ("list" if gone else "event")


def test_a_list_of_all_symbols_closes_on_all_of_them() -> None:
    """Of its product."""
    orders = after(update(1, "NEW", 100), update(2, "NEW", 100, symbol="X"), report(3, "NEW", 100))
    assert len(listed(orders, "um", [], 5000)) == 2
    assert ids(orders) == [3]
    assert len(orders.open()) == 1


def test_a_list_asked_before_an_order_was_placed_does_not_close_it() -> None:
    """The reply to placing it need not say when that was."""
    placed = CanceledUmOrder(
        symbol="BTCUSDT", order_id=1, client_order_id="mine-1", status=OrderStatus.NEW
    )
    orders = Orders()
    orders.learn(placed, 5000)
    assert listed(orders, "um", [], 5999) == []
    assert listed(orders, "um", [], 6000) == [("um", "BTCUSDT", 1)]


def test_how_a_gone_order_ended_is_taken_when_it_is_told() -> None:
    """By its late event, or by a read."""
    for news in (CANCELED, row("margin", 1, "CANCELED", 300, "3")):
        orders = after(NEW)
        listed(orders, "margin", [], 5000)
        assert orders.learn(news, 6000) is CLOSED
        assert status(orders) == "CANCELED"


def test_what_happened_before_an_order_was_gone_does_not_bring_it_back() -> None:
    """Its late events, or a read that lagged."""
    orders = after(NEW)
    listed(orders, "margin", [], 5000)
    assert orders.learn(PARTIAL) is LATE
    assert orders.learn(report(1, "PARTIALLY_FILLED", 5100, "3")) is LATE
    assert orders.learn(row("margin", 1, "PARTIALLY_FILLED", 200, "3"), 6100) is LATE
    assert (ids(orders), orders.late) == ([], 2)


@pytest.mark.parametrize(
    ("news", "asked"), [(report(1, "NEW", 5101), None), (row("margin", 1, "NEW", 100), 6101)]
)
def test_what_is_open_later_was_not_gone(news: Any, asked: int | None) -> None:
    """The list was wrong then, and that is counted."""
    orders = after(NEW)
    listed(orders, "margin", [], 5000)  # answered at 5100
    assert orders.learn(news, asked) is OPEN
    assert (ids(orders), orders.conflicts) == ([1], 1)


@pytest.mark.parametrize("symbol", [None, "LTCBTC"])
def test_late_news_of_an_order_that_a_list_had_to_show_does_not_open_it(symbol: str | None) -> None:
    """It was not among the open ones, so it is closed, though nobody had heard of it."""
    orders = Orders()
    listed(orders, "margin", [], 5000, symbol)
    assert orders.learn(report(1, "NEW", 4000)) is GONE
    assert orders.learn(row("margin", 2, "NEW", 100), 5000) is GONE
    assert orders.learn(report(3, "NEW", 4001)) is OPEN
    assert orders.learn(report(4, "NEW", 4000, symbol="ETHBTC")) is (OPEN if symbol else GONE)
    assert (status(orders), status(orders, 2)) == (None, None)
    assert orders.late == (1 if symbol else 2)


def test_rows_that_cannot_be_read_may_be_any_order() -> None:
    """So nothing is gone for not being shown."""
    coverage = Coverage()
    coverage.up("a", 0)
    orders = Orders(coverage)
    orders.learn(NEW)
    assert listed(orders, "margin", IncompleteList([], (b"17",)), 5000) == []
    assert ids(orders) == [1]
    assert not orders.is_whole("margin")


def test_a_row_that_does_not_say_how_it_stands_may_be_any_order() -> None:
    """So nothing is gone for not being shown; the other rows are learned."""
    ack = NewMarginOrderReply(symbol="LTCBTC", order_id=1, client_order_id="mine-1")
    orders = after(NEW)
    assert listed(orders, "margin", [ack, row("margin", 2, "NEW", 100)], 5000) == []
    assert ids(orders) == [1, 2]


def test_closed_orders_are_forgotten_the_oldest_first() -> None:
    """Memory is bounded; open ones are all kept."""
    orders = after(*(report(order_id, "FILLED", 100) for order_id in range(1, 6)), most_closed=3)
    assert [orders.get("margin", "LTCBTC", order_id) is None for order_id in range(1, 6)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    orders = after(*(report(order_id, "NEW", 100) for order_id in range(1, 6)), most_closed=3)
    assert len(orders) == 5


def forgetful() -> Orders:
    """The margin order 1 was closed at 300 and is forgotten, 2 was closed later."""
    return after(CANCELED, report(2, "FILLED", 400), most_closed=1)


def test_a_late_event_does_not_open_a_forgotten_order() -> None:
    """What is told of an unknown order from before the horizon is doubtful."""
    orders = forgetful()
    assert orders.learn(NEW) is DOUBTFUL
    assert orders.learn(report(1, "NEW", 300)) is DOUBTFUL
    order = orders.get("margin", "LTCBTC", 1)
    assert order is not None
    assert (ids(orders), order.is_open) == ([], False)


def test_the_horizon_of_a_product_is_its_own() -> None:
    """Margin and futures have engines of their own."""
    assert forgetful().learn(update(1, "NEW", 100)) is OPEN


@pytest.mark.parametrize(
    ("news", "asked"),
    [(report(5, "NEW", 301), None), (row("margin", 5, "NEW", 100), 1301)],
)
def test_what_is_newer_than_the_horizon_is_open(news: Any, asked: int | None) -> None:
    """At once, or after a doubt."""
    assert forgetful().learn(news, asked) is OPEN
    orders = forgetful()
    assert orders.learn(report(5, "NEW", 100)) is DOUBTFUL
    assert orders.learn(news, asked) is OPEN
    assert ids(orders) == [5]


def test_a_doubt_ends_when_the_order_is_told_closed() -> None:
    """Then it is known."""
    orders = forgetful()
    orders.learn(NEW)
    assert orders.learn(CANCELED) is CLOSED
    assert status(orders) == "CANCELED"


def test_a_list_ends_doubts() -> None:
    """It shows the order, or it does not."""
    orders = forgetful()
    orders.learn(report(5, "NEW", 100))
    orders.learn(report(6, "NEW", 100))
    listed(orders, "margin", [row("margin", 5, "NEW", 100)], 5000)
    assert ids(orders) == [5]
    assert status(orders, 6) is None  # gone


def test_an_order_that_came_back_is_not_forgotten_for_having_been_gone() -> None:
    """Open orders are all kept."""
    orders = after(NEW, most_closed=1)
    listed(orders, "margin", [], 5000)
    orders.learn(report(1, "NEW", 6000))
    orders.learn(report(2, "FILLED", 7000))
    orders.learn(report(3, "FILLED", 7000))
    assert ids(orders) == [1]
    orders.learn(report(1, "FILLED", 8000))
    assert status(orders) == "FILLED"


def test_the_reply_to_a_margin_cancel_leaves_a_horizon_without_a_time_of_its_own() -> None:
    """It was closed after the cancel left."""
    orders = Orders(most_closed=1)
    reply = CanceledMarginOrder(
        symbol="LTCBTC", order_id=1, orig_client_order_id="mine-1", status=OrderStatus.CANCELED
    )
    orders.learn(reply, 500)
    orders.learn(report(2, "FILLED", 400))
    assert orders.learn(report(1, "NEW", 500)) is DOUBTFUL


def test_orders_are_whole_when_read_after_coverage_began() -> None:
    """A second after, at least: an earlier read may miss what was just placed."""
    coverage = Coverage()
    orders = Orders(coverage)
    listed(orders, "margin", [], 9000, "LTCBTC")
    assert not orders.is_whole("margin", "LTCBTC")
    coverage.up("a", 9000)
    listed(orders, "margin", [], 9999, "LTCBTC")
    assert not orders.is_whole("margin", "LTCBTC")
    listed(orders, "margin", [], 10_000, "LTCBTC")
    assert orders.is_whole("margin", "LTCBTC")
    assert not orders.is_whole("margin", "ETHBTC")
    assert not orders.is_whole("margin")
    assert not orders.is_whole("um")
    listed(orders, "margin", [], 10_000)
    assert orders.is_whole("margin")
    assert orders.is_whole("margin", "ETHBTC")


def test_an_older_list_does_not_undo_a_newer_one() -> None:
    """Two were asked for, and the answers crossed."""
    coverage = Coverage()
    coverage.up("a", 9000)
    orders = Orders(coverage)
    listed(orders, "um", [], 10_000)
    listed(orders, "um", [], 9000)
    assert orders.is_whole("um")


def test_a_gap_ends_what_was_whole() -> None:
    """Of the products that it is about, until they are read again."""
    coverage = Coverage()
    orders = Orders(coverage)
    coverage.up("a", 0)
    for product in ("margin", "um"):
        listed(orders, product, [], 1000)
    coverage.missed(("um",), 2000)
    assert orders.is_whole("margin")
    assert not orders.is_whole("um")
    listed(orders, "um", [], 3000)
    assert orders.is_whole("um")
    coverage.lost("a")
    assert not orders.is_whole("um")


def test_a_doubtful_order_may_be_open() -> None:
    """So what is shown may not be all."""
    coverage = Coverage()
    coverage.up("a", 0)
    orders = Orders(coverage, most_closed=1)
    listed(orders, "margin", [], 1000)
    for news in (CANCELED, report(2, "FILLED", 400), NEW):
        orders.learn(news)
    assert not orders.is_whole("margin", "LTCBTC")
    assert not orders.is_whole("margin")
    assert orders.is_whole("margin", "ETHBTC")


@pytest.mark.parametrize(
    ("product", "shown", "gone"),
    [
        ("um algo", algo_row(1, "NEW", 100), ("um algo", "BTCUSDT", 2)),
        ("cm conditional", conditional_row(1, "NEW", 100), ("cm conditional", "BTCUSD_PERP", 2)),
    ],
)
def test_lists_of_triggers_are_learned_alike(product: Any, shown: Any, gone: Any) -> None:
    """Of whatever product."""
    orders = after(algo(2, "NEW", 100), conditional(2, "NEW", 100))
    assert listed(orders, product, [shown], 5000) == [gone]
    order = orders.get(product, gone[1], 2)
    assert order is not None
    assert not order.is_open
    assert getattr(order, "algo_status", None) is getattr(order, "strategy_status", None) is None
