"""What orders and trades of margin, UM and CM have in common, as types for code that serves all three.

Common is what has one name and one meaning in all of them; the rest differs, and these leave it out:

- what was executed, in money: ``cummulative_quote_qty`` of margin and ``cum_quote`` of UM are in the quote asset,
  ``cum_base`` of CM is in the coin; so are ``quote_qty`` and ``base_qty`` of trades;
- when an order was placed, in the reply to placing it: ``transact_time`` of margin, ``update_time`` of futures;
- positions and realized profits, which only futures have, and stop prices, which only margin orders have.

``orig_qty``, ``executed_qty`` and ``qty`` are in the base asset; of CM they are contracts.
Order lists, UM algo orders and CM conditional orders are not like orders: they have names of their own.
Pure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from binance_papi_async.endpoints.margin_replies import CanceledMarginOrder
from binance_papi_async.enums import (
    FuturesOrderType,
    FuturesTimeInForce,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)


class OrderLike(Protocol):
    """An order of margin, UM or CM, as any reply shows it: to placing, changing, cancelling or reading it.

    None is what that reply left out: of an ``ACK`` nearly everything.
    """

    @property
    def symbol(self) -> str | None:
        """The exchange's name of what is traded."""
        ...

    @property
    def order_id(self) -> int | None:
        """The exchange's id; unique in a symbol of a product, no further."""
        ...

    @property
    def client_order_id(self) -> str | None:
        """The client's id of the order; of a cancelled margin order its cancel's, see ``client_order_id_of``."""
        ...

    @property
    def status(self) -> OrderStatus | None:
        """Whether it is open, and how it ended."""
        ...

    @property
    def side(self) -> Side | None:
        """``BUY`` or ``SELL``."""
        ...

    @property
    def type(self) -> OrderType | FuturesOrderType | None:
        """Words of margin and of futures differ, but for ``LIMIT`` and ``MARKET``."""
        ...

    @property
    def time_in_force(self) -> TimeInForce | FuturesTimeInForce | None:
        """``GTX`` and ``GTD`` are of futures only."""
        ...

    @property
    def price(self) -> Decimal | None:
        """Limit price; 0 of a ``MARKET`` order."""
        ...

    @property
    def orig_qty(self) -> Decimal | None:
        """What was ordered."""
        ...

    @property
    def executed_qty(self) -> Decimal | None:
        """How much of it has filled."""
        ...


class ReadOrderLike(OrderLike, Protocol):
    """An order of margin, UM or CM as a read shows it: what names it and its status are always there."""

    @property
    def symbol(self) -> str:
        """As of ``OrderLike``."""
        ...

    @property
    def order_id(self) -> int:
        """As of ``OrderLike``."""
        ...

    @property
    def client_order_id(self) -> str:
        """The client's id of the order."""
        ...

    @property
    def status(self) -> OrderStatus:
        """As of ``OrderLike``."""
        ...

    @property
    def time(self) -> int | None:
        """When it was placed, ms since 1970."""
        ...

    @property
    def update_time(self) -> int | None:
        """When it last changed, ms since 1970."""
        ...


class TradeLike(Protocol):
    """A fill of margin, UM or CM."""

    @property
    def id(self) -> int:
        """Of the trade; unique in a symbol of a product, no further."""
        ...

    @property
    def symbol(self) -> str:
        """The exchange's name of what was traded."""
        ...

    @property
    def order_id(self) -> int:
        """Of the order that filled."""
        ...

    @property
    def price(self) -> Decimal:
        """At which it filled."""
        ...

    @property
    def qty(self) -> Decimal:
        """How much filled."""
        ...

    @property
    def commission(self) -> Decimal:
        """What it cost, in ``commission_asset``."""
        ...

    @property
    def commission_asset(self) -> str:
        """What the commission was paid in."""
        ...

    @property
    def time(self) -> int:
        """When it filled, ms since 1970."""
        ...

    @property
    def is_buyer(self) -> bool:
        """Whether we bought."""
        ...

    @property
    def is_maker(self) -> bool:
        """Whether our order rested."""
        ...


def client_order_id_of(order: OrderLike) -> str | None:
    """The client's id of an order, also where the reply calls its cancel's ``client_order_id``: margin's cancel."""
    if isinstance(order, CanceledMarginOrder):
        return order.orig_client_order_id
    return order.client_order_id
