"""Orders, order lists and trades, to be read as they stood at any time.

Every change of an order appends a version.
Pure.
"""

from __future__ import annotations

from collections import defaultdict

from binance_papi_async.simulator.world.orders import Order, OrderList, Trade


class Records:
    """Every order, list and trade of one product, read only: ``Book`` writes.

    ``as_of``, where a method takes it, asks for the state at that time by the exchange's clock.
    """

    def __init__(self) -> None:
        self._versions: dict[int, list[Order]] = {}
        self._open: defaultdict[str, dict[int, None]] = defaultdict(dict)
        self._of_symbol: defaultdict[str, list[int]] = defaultdict(list)
        self._by_client_id: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._under: defaultdict[str, list[int]] = defaultdict(list)
        self._lists: dict[int, OrderList] = {}
        self._lists_under: defaultdict[str, list[int]] = defaultdict(list)
        self._trades: list[Trade] = []
        self._trades_of: defaultdict[int, list[Trade]] = defaultdict(list)

    def order(self, order_id: int, *, as_of: float | None = None) -> Order | None:
        """The order of that id, None if it was never placed."""
        versions = self._versions.get(order_id)
        if versions is None:
            return None
        if as_of is None:
            return versions[-1]
        return next((order for order in reversed(versions) if order.changed_at <= as_of), None)

    def find(
        self,
        symbol: str,
        order_id: int | None,
        client_order_id: str | None,
        *,
        as_of: float | None = None,
    ) -> Order | None:
        """The order a caller names by id, by client id (the newest that has it), or by both.

        Both together must name the same order; what the exchange does then is not documented.
        """
        if order_id is None:
            known = self._by_client_id.get((symbol, client_order_id or ""), ())
            found = (self.order(number, as_of=as_of) for number in reversed(known))
            return next((order for order in found if order is not None), None)
        order = self.order(order_id, as_of=as_of)
        if order is None or order.symbol != symbol:
            return None
        return order if client_order_id in (None, order.client_order_id) else None

    def under(self, client_order_id: str) -> list[Order]:
        """Every order ever placed under a client's id, of any symbol, oldest first."""
        return [self._versions[number][-1] for number in self._under.get(client_order_id, ())]

    def lists_under(self, client_order_id: str, *, as_of: float | None = None) -> list[OrderList]:
        """Every list ever placed under a client's id, oldest first."""
        found = (self._lists[number] for number in self._lists_under.get(client_order_id, ()))
        return [each for each in found if as_of is None or each.placed_at <= as_of]

    def orders(self, symbol: str, *, as_of: float | None = None) -> list[Order]:
        """Every order of a symbol, whatever became of it, oldest first."""
        found = (self.order(number, as_of=as_of) for number in self._of_symbol.get(symbol, ()))
        return [order for order in found if order is not None]

    def open_orders(self, symbol: str | None = None, *, as_of: float | None = None) -> list[Order]:
        """Open orders, of one symbol or of all, oldest first."""
        symbols = list(self._of_symbol) if symbol is None else [symbol]
        if as_of is None:
            return [self._versions[n][-1] for s in symbols for n in self._open.get(s, ())]
        return [order for s in symbols for order in self.orders(s, as_of=as_of) if order.is_open]

    def symbols(self) -> list[str]:
        """Symbols that ever had an order."""
        return list(self._of_symbol)

    def is_open(self, order_id: int) -> bool:
        """Whether the order can still fill or be cancelled."""
        order = self.order(order_id)
        return order is not None and order.is_open

    def trades(self, symbol: str, *, as_of: float | None = None) -> list[Trade]:
        """Every fill of a symbol, oldest first."""
        return [
            trade
            for trade in self._trades
            if trade.symbol == symbol and (as_of is None or trade.time <= as_of)
        ]

    def trades_of(self, order_id: int) -> list[Trade]:
        """Every fill of an order, oldest first."""
        return list(self._trades_of.get(order_id, ()))

    def order_lists(self, *, as_of: float | None = None) -> list[OrderList]:
        """Every order list, oldest first."""
        return [
            found for found in self._lists.values() if as_of is None or found.placed_at <= as_of
        ]

    def order_list(self, order_list_id: int) -> OrderList:
        """The order list of that id; KeyError if there is none."""
        return self._lists[order_list_id]

    def members(self, order_list: OrderList, *, as_of: float | None = None) -> list[Order]:
        """The orders of a list."""
        found = (self.order(number, as_of=as_of) for number in order_list.order_ids)
        return [order for order in found if order is not None]
