"""What becomes of orders: they rest, fill, expire, are changed and cancelled.

Nothing fills by itself but a MARKET order: the test is the market, and says what fills and when.
Pure: the clock is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from msgspec import structs

from binance_papi_async.enums import OrderStatus, OrderType, TimeInForce
from binance_papi_async.simulator.refusal import Refusal, duplicate_order
from binance_papi_async.simulator.world.marketability import would_take
from binance_papi_async.simulator.world.orders import (
    NO_LIST,
    Amendment,
    Draft,
    Order,
    OrderList,
    Settled,
    Trade,
)
from binance_papi_async.simulator.world.records import Records

FIRST_ORDER_ID: Final = 1001
"""Lower ids are left to orders that ask for one, as the documented example's 28."""
DEFAULT_LAST_PRICE: Final = Decimal(1)
"""What a MARKET order fills at while no last price is set."""
_TAKING: Final = (TimeInForce.IOC, TimeInForce.FOK)
"""Orders that never rest."""


class Ids:
    """The ids of orders, of all products together: an id names one order, whatever its product."""

    def __init__(self) -> None:
        self._next = FIRST_ORDER_ID

    def take(self, wanted: int | None = None) -> int:
        """The next id, or the one that is wanted."""
        taken = self._next if wanted is None else wanted
        self._next = max(self._next, taken + 1)
        return taken


Settle: TypeAlias = Callable[[Order, Decimal, Decimal], Settled]
"""Lets balances and positions follow a fill of an order: of a quantity, at a price."""


def worth_only(order: Order, quantity: Decimal, price: Decimal) -> Settled:  # noqa: ARG001 - a Settle
    """Let a fill change nothing but its order."""
    return Settled(quantity * price)


class Book(Records):
    """Every order, list and trade of one product, and what may become of them.

    The methods that script the market raise ValueError for what cannot happen to an order.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        ids: Ids | None = None,
        settle: Settle = worth_only,
        duplicate: Callable[[], Refusal] = duplicate_order,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._ids = ids or Ids()
        self._settle = settle
        self._duplicate = duplicate
        self._amendments = 0
        self.last_prices: dict[str, Decimal] = {}
        """Last price by symbol; set it to choose what MARKET orders fill at, and what takes."""

    def last_price(self, symbol: str) -> Decimal:
        """What a MARKET order fills at."""
        return self.last_prices.get(symbol, DEFAULT_LAST_PRICE)

    def place(
        self, draft: Draft, *, order_id: int | None = None, market_price: Decimal | None = None
    ) -> Order:
        """Take an order in: MARKET fills at once, IOC and FOK if their price takes, all else rests.

        A MARKET order fills at ``market_price``, the last price if there is none.
        IOC and FOK fill wholly at the last price, or find nobody and expire.
        """
        self.check_client_ids([draft])
        order = self._add(draft, NO_LIST, order_id)
        if order.type is OrderType.MARKET:
            return self.fill(order.order_id, price=market_price)
        if order.time_in_force not in _TAKING:
            return order
        last = self.last_prices.get(order.symbol)
        if would_take(order, last):
            return self.fill(order.order_id, price=last)
        return self.expire(order.order_id)

    def place_list(self, drafts: Sequence[Draft], client_id: str) -> OrderList:
        """Take orders in that live and die together."""
        self.check_client_ids(drafts, list_client_id=client_id)
        list_id = len(self._lists)
        placed = [self._add(draft, list_id, None) for draft in drafts]
        self._lists_under[client_id].append(list_id)
        self._lists[list_id] = OrderList(
            order_list_id=list_id,
            symbol=drafts[0].symbol,
            client_id=client_id,
            order_ids=tuple(order.order_id for order in placed),
            placed_at=placed[0].placed_at,
        )
        return self._lists[list_id]

    def fill(
        self, order_id: int, quantity: Decimal | None = None, price: Decimal | None = None
    ) -> Order:
        """Fill an open order, wholly unless ``quantity`` says less; its list's other orders expire.

        The price is the order's own unless given, the last price if it has none.
        """
        order = self._must_be_open(order_id)
        quantity = order.remaining if quantity is None else quantity
        if not 0 < quantity <= order.remaining:
            raise ValueError(f"order {order_id} has {order.remaining} left, {quantity} cannot fill")
        price = price or order.price or self.last_price(order.symbol)
        settled = self._settle(order, quantity, price)
        filled = self._change(
            order,
            OrderStatus.FILLED if quantity == order.remaining else OrderStatus.PARTIALLY_FILLED,
            executed=order.executed + quantity,
            executed_quote=order.executed_quote + settled.worth,
        )
        self._record_trade(filled, quantity, price, settled)
        for sibling in self._open_siblings(order):
            self._change(sibling, OrderStatus.EXPIRED)
        return filled

    def expire(self, order_id: int) -> Order:
        """Let an open order expire, with the whole list it belongs to."""
        order = self._must_be_open(order_id)
        for sibling in self._open_siblings(order):
            self._change(sibling, OrderStatus.EXPIRED)
        return self._change(order, OrderStatus.EXPIRED)

    def cancel(self, order_id: int) -> list[Order]:
        """Cancel an open order, with the whole list it belongs to; the named order comes first.

        That cancelling one order of a list cancels the list is documented.
        """
        order = self._must_be_open(order_id)
        return [
            self._change(each, OrderStatus.CANCELED)
            for each in (order, *self._open_siblings(order))
        ]

    def modify(
        self, order_id: int, quantity: Decimal, price: Decimal, *, modify_id: int | None = None
    ) -> Order:
        """Give an open order another quantity and price; one that has filled already cancels it."""
        order = self._must_be_open(order_id)
        if quantity <= order.executed:
            return self.cancel(order_id)[0]
        self._amendments += 1
        amendment = Amendment(
            amendment_id=self._amendments,
            time=self._clock(),
            prices=(order.price, price),
            quantities=(order.quantity, quantity),
            modify_id=modify_id,
        )
        changed = structs.replace(
            order,
            quantity=quantity,
            price=price,
            changed_at=amendment.time,
            amendments=(*order.amendments, amendment),
        )
        self._versions[order_id].append(changed)
        return changed

    def _add(self, draft: Draft, list_id: int, order_id: int | None) -> Order:
        if order_id in self._versions:
            raise ValueError(f"order id {order_id} is taken")
        now = self._clock()
        number = self._ids.take(order_id)
        order = Order(
            **structs.asdict(draft),
            order_id=number,
            order_list_id=list_id,
            placed_at=now,
            changed_at=now,
        )
        self._versions[number] = [order]
        self._open[order.symbol][number] = None
        self._of_symbol[order.symbol].append(number)
        self._by_client_id[order.symbol, order.client_order_id].append(number)
        self._under[order.client_order_id].append(number)
        return order

    def _change(
        self,
        order: Order,
        status: OrderStatus,
        *,
        executed: Decimal | None = None,
        executed_quote: Decimal | None = None,
    ) -> Order:
        changed = structs.replace(
            order,
            status=status,
            changed_at=self._clock(),
            executed=order.executed if executed is None else executed,
            executed_quote=order.executed_quote if executed_quote is None else executed_quote,
        )
        self._versions[order.order_id].append(changed)
        if not changed.is_open:
            del self._open[order.symbol][order.order_id]
        return changed

    def _record_trade(
        self, order: Order, quantity: Decimal, price: Decimal, settled: Settled
    ) -> None:
        trade = Trade(
            trade_id=len(self._trades) + 1,
            order_id=order.order_id,
            symbol=order.symbol,
            side=order.side,
            price=price,
            quantity=quantity,
            worth=settled.worth,
            realized_pnl=settled.realized_pnl,
            position_side=order.position_side,
            time=order.changed_at,
            is_maker=order.type is not OrderType.MARKET and order.time_in_force not in _TAKING,
        )
        self._trades.append(trade)
        self._trades_of[order.order_id].append(trade)

    def _must_be_open(self, order_id: int) -> Order:
        order = self.order(order_id)
        if order is None:
            raise ValueError(f"there is no order {order_id}")
        if not order.is_open:
            raise ValueError(f"order {order_id} is {order.status} already")
        return order

    def _open_siblings(self, order: Order) -> list[Order]:
        if order.order_list_id == NO_LIST:
            return []
        members = self.members(self._lists[order.order_list_id])
        return [each for each in members if each.is_open and each.order_id != order.order_id]

    def check_client_ids(
        self, drafts: Sequence[Draft], *, list_client_id: str | None = None
    ) -> None:
        """Refuse a client id that an open order or list has (documented), here of the same symbol.

        An id is free again once what had it is closed.
        """
        wanted = [(draft.symbol, draft.client_order_id) for draft in drafts]
        taken = (
            self._versions[number][-1].is_open
            for key in wanted
            for number in self._by_client_id.get(key, ())[-1:]
        )
        if len(set(wanted)) < len(wanted) or any(taken) or self._is_open_list(list_client_id):
            raise self._duplicate()

    def _is_open_list(self, client_id: str | None) -> bool:
        found = () if client_id is None else self.lists_under(client_id)[-1:]
        return any(order.is_open for each in found for order in self.members(each))
