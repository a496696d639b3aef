from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from binance_papi_async.enums import OrderStatus, OrderType, TimeInForce
from binance_papi_async.simulator import Book, Draft
from binance_papi_async.simulator.refusal import Refusal

LIMIT = Draft(symbol="LTCBTC", client_order_id="a", price=Decimal(2), quantity=Decimal(10))


@pytest.fixture
def book(clock: Callable[[], float]) -> Book:
    """An empty book."""
    return Book(clock)


def test_a_fill_is_worth_quantity_times_price(book: Book) -> None:
    """Partial fills add up, and the last one closes the order."""
    order = book.place(LIMIT)
    first = book.fill(order.order_id, Decimal(4))
    assert (first.status, first.executed_quote) == (OrderStatus.PARTIALLY_FILLED, Decimal(8))
    last = book.fill(order.order_id, price=Decimal(3))
    assert (last.status, last.executed_quote) == (OrderStatus.FILLED, Decimal(26))
    assert [trade.quantity for trade in book.trades("LTCBTC")] == [4, 6]
    assert not book.is_open(order.order_id)


def test_market_orders_fill_at_the_last_price(book: Book) -> None:
    """A MARKET order fills at once, at a price the test sets."""
    book.last_prices["LTCBTC"] = Decimal(5)
    order = book.place(
        Draft(symbol="LTCBTC", client_order_id="m", type=OrderType.MARKET, quantity=Decimal(2))
    )
    assert (order.status, order.executed_quote) == (OrderStatus.FILLED, Decimal(10))


@pytest.mark.parametrize("kind", [TimeInForce.IOC, TimeInForce.FOK])
def test_impatient_orders_find_nobody(book: Book, kind: TimeInForce) -> None:
    """IOC and FOK orders expire at once, as nobody is on the other side."""
    order = book.place(
        Draft(symbol="LTCBTC", client_order_id="i", price=Decimal(1), time_in_force=kind)
    )
    assert order.status is OrderStatus.EXPIRED


def test_a_client_id_is_unique_while_its_order_is_open(book: Book) -> None:
    """A duplicate is refused, a client id of a closed order is free again and finds the newest."""
    first = book.place(LIMIT)
    with pytest.raises(Refusal, match="-2010 Duplicate order sent"):
        book.place(LIMIT)
    book.cancel(first.order_id)
    second = book.place(LIMIT)
    found = book.find("LTCBTC", None, "a")
    assert found is not None
    assert found.order_id == second.order_id > first.order_id


@pytest.mark.parametrize(
    ("symbol", "by_id", "client_id", "is_found"),
    [
        ("LTCBTC", True, None, True),
        ("LTCBTC", True, "a", True),
        ("LTCBTC", True, "other", False),
        ("BNBBTC", True, None, False),
        ("BNBBTC", False, "a", False),
        ("LTCBTC", False, "other", False),
    ],
)
def test_both_ids_must_name_the_same_order(
    book: Book, *, symbol: str, by_id: bool, client_id: str | None, is_found: bool
) -> None:
    """An order is found by what it has, and by nothing it has not."""
    order = book.place(LIMIT)
    found = book.find(symbol, order.order_id if by_id else None, client_id)
    assert (found is not None) is is_found


def test_the_fill_of_one_leg_expires_the_other(book: Book) -> None:
    """Orders of a list live and die together."""
    order_list = book.place_list([LIMIT, LIMIT.named("b")], "list")
    one, other = order_list.order_ids
    book.fill(one, Decimal(1))
    assert [order.status for order in book.members(order_list)] == [
        OrderStatus.PARTIALLY_FILLED,
        OrderStatus.EXPIRED,
    ]
    assert book.order(other) == book.members(order_list)[1]


@pytest.mark.parametrize(("end", "status"), [("cancel", "CANCELED"), ("expire", "EXPIRED")])
def test_a_leg_takes_its_list_along(book: Book, end: str, status: str) -> None:
    """Cancelling or expiring either leg closes both."""
    order_list = book.place_list([LIMIT, LIMIT.named("b")], "list")
    getattr(book, end)(order_list.order_ids[1])
    assert [order.status for order in book.members(order_list)] == [status, status]


def test_list_ids_are_unique_while_open(book: Book) -> None:
    """A list's client id, and those of its legs, cannot be taken twice."""
    order_list = book.place_list([LIMIT, LIMIT.named("b")], "list")
    with pytest.raises(Refusal, match="-2010"):
        book.place_list([LIMIT.named("c"), LIMIT.named("d")], "list")
    with pytest.raises(Refusal, match="-2010"):
        book.place_list([LIMIT.named("c"), LIMIT.named("c")], "list 2")
    book.cancel(order_list.order_ids[0])
    assert book.place_list([LIMIT, LIMIT.named("b")], "list").order_list_id == 1


def test_what_cannot_happen_is_a_value_error(book: Book) -> None:
    """Scripting a fill that cannot be is a mistake of the test."""
    order = book.place(LIMIT)
    with pytest.raises(ValueError, match="no order 5"):
        book.fill(5)
    for quantity in (Decimal(0), Decimal(11)):
        with pytest.raises(ValueError, match="cannot fill"):
            book.fill(order.order_id, quantity)
    with pytest.raises(ValueError, match="is taken"):
        book.place(LIMIT.named("b"), order_id=order.order_id)
    book.cancel(order.order_id)
    with pytest.raises(ValueError, match="is CANCELED already"):
        book.expire(order.order_id)


def test_the_book_can_be_read_as_it_was(book: Book, clock: Any) -> None:
    """Every change is a version, found by the time it was made."""
    order = book.place(LIMIT)
    order_list = book.place_list([LIMIT.named("b"), LIMIT.named("c")], "list")
    then = clock.now
    clock.now += 10
    book.fill(order.order_id)
    book.place(LIMIT.named("late"))
    assert [o.client_order_id for o in book.open_orders(as_of=then)] == ["a", "b", "c"]
    assert [o.client_order_id for o in book.open_orders()] == ["b", "c", "late"]
    assert book.trades("LTCBTC", as_of=then) == []
    assert book.order_lists(as_of=then - 1) == []
    assert book.order_lists(as_of=then) == [order_list]
    assert book.order(order.order_id, as_of=then - 1) is None
    assert book.order(999) is None
