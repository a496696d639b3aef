"""What became of everything placed under one client's id, in one shape for all products.

For whoever checks what a client said about it.
Pure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from binance_papi_async.simulator.world.account import Account
from binance_papi_async.simulator.world.instruments import FuturesProduct, Product
from binance_papi_async.simulator.world.orders import Order, OrderList
from binance_papi_async.simulator.world.triggers import Waiting

FateKind = Literal["margin", "margin_list", "um", "cm", "um_algo", "cm_conditional"]
_WAITING: dict[FuturesProduct, FateKind] = {"um": "um_algo", "cm": "cm_conditional"}


class Fate(Struct, frozen=True, kw_only=True):
    """One order, order list, or order that waits for its trigger, as it stands."""

    kind: FateKind
    symbol: str
    client_order_id: str
    order_id: int
    """Of a list its ``orderListId``, of what waits its ``algoId`` or ``strategyId``."""
    placed_at: float
    """Epoch seconds by the exchange's clock."""
    status: str
    """In the exchange's words; of a list its ``listOrderStatus``."""
    is_open: bool
    """Whether it rests or waits; of a list, whether one of its orders does."""
    price: Decimal | None = None
    """None of a list, as are the two below."""
    quantity: Decimal | None = None
    executed: Decimal | None = None
    amendments: int = 0
    """How often it was changed."""
    is_of_list: bool = False
    """Whether it is a leg of an order list, placed by the call that placed the list."""
    is_triggered: bool = False
    """Whether a trigger placed it: not a second order of the client's, but what the first became."""


def fates(account: Account, client_order_id: str) -> list[Fate]:
    """Everything ever placed under that id, oldest first."""
    found = [
        *(
            of_order(product, order)
            for product, book in account.books.items()
            for order in book.under(client_order_id)
        ),
        *(of_list(account, each) for each in account.book.lists_under(client_order_id)),
        *(
            of_waiting(product, waiting)
            for product, market in account.futures.items()
            for waiting in market.triggers.under(client_order_id)
        ),
    ]
    return sorted(found, key=lambda fate: fate.placed_at)


def open_fates(account: Account) -> list[Fate]:
    """Everything that rests or waits, of all products; lists by their orders alone."""
    return [
        *(
            of_order(product, order)
            for product, book in account.books.items()
            for order in book.open_orders()
        ),
        *(
            of_waiting(product, waiting)
            for product, market in account.futures.items()
            for waiting in market.triggers.open()
        ),
    ]


def of_order(product: Product, order: Order) -> Fate:
    """That of an order."""
    return Fate(
        kind=product,
        symbol=order.symbol,
        client_order_id=order.client_order_id,
        order_id=order.order_id,
        placed_at=order.placed_at,
        status=order.status,
        is_open=order.is_open,
        price=order.price,
        quantity=order.quantity,
        executed=order.executed,
        amendments=len(order.amendments),
        is_of_list=order.order_list_id >= 0,
        is_triggered=order.orig_type is not None,
    )


def of_list(account: Account, found: OrderList) -> Fate:
    """That of an order list."""
    is_open = any(order.is_open for order in account.book.members(found))
    return Fate(
        kind="margin_list",
        symbol=found.symbol,
        client_order_id=found.client_id,
        order_id=found.order_list_id,
        placed_at=found.placed_at,
        status="EXECUTING" if is_open else "ALL_DONE",
        is_open=is_open,
    )


def of_waiting(product: FuturesProduct, waiting: Waiting) -> Fate:
    """That of an order that waits, or once waited."""
    return Fate(
        kind=_WAITING[product],
        symbol=waiting.symbol,
        client_order_id=waiting.client_id,
        order_id=waiting.waiting_id,
        placed_at=waiting.placed_at,
        status=waiting.status,
        is_open=waiting.is_open,
        price=waiting.order.price,
        quantity=waiting.order.quantity,
    )
