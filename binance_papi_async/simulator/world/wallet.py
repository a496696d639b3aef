"""What the account holds of each asset: in the margin wallet, and in those of UM and CM.

There are no fees, no interest and no transfers but the ones asked for; nothing is refused for lack of
money, a holding goes below zero instead.
Pure: the clock is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from msgspec import Struct, structs

from binance_papi_async.enums import Side
from binance_papi_async.simulator.world.instruments import Product, assets_of
from binance_papi_async.simulator.world.orders import NO_LIST, ZERO, Order, Settled
from binance_papi_async.simulator.world.timeline import Timeline


class Holding(Struct, frozen=True):
    """How much there is of one asset from a time on."""

    changed_at: float = 0.0
    margin: Decimal = ZERO
    """Free and locked together, what was borrowed included."""
    um: Decimal = ZERO
    cm: Decimal = ZERO
    borrowed: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """In all three wallets."""
        return self.margin + self.um + self.cm


class Wallet:
    """Every holding of the account."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._holdings: defaultdict[str, Timeline[Holding]] = defaultdict(
            lambda: Timeline(Holding())
        )

    def assets(self) -> list[str]:
        """Assets there ever was something of."""
        return list(self._holdings)

    def holding(self, asset: str, *, as_of: float | None = None) -> Holding:
        """What there is of an asset; nothing, of one nobody heard of."""
        found = self._holdings.get(asset)
        return Holding() if found is None else found.at(as_of)

    def add(self, asset: str, amount: Decimal, wallet: Product = "margin") -> None:
        """Put something into a wallet; take it out if it is below zero."""
        held = self.holding(asset)
        if wallet == "margin":
            self._change(asset, structs.replace(held, margin=held.margin + amount))
        elif wallet == "um":
            self._change(asset, structs.replace(held, um=held.um + amount))
        else:
            self._change(asset, structs.replace(held, cm=held.cm + amount))

    def lend(self, asset: str, amount: Decimal) -> None:
        """Lend the account something; take it back if it is below zero."""
        held = self.holding(asset)
        self._change(
            asset,
            structs.replace(held, margin=held.margin + amount, borrowed=held.borrowed + amount),
        )

    def move(self, asset: str, amount: Decimal, source: Product, target: Product) -> None:
        """Move something between two wallets."""
        self.add(asset, -amount, source)
        self.add(asset, amount, target)

    def settle_margin(self, order: Order, quantity: Decimal, price: Decimal) -> Settled:
        """Swap base for quote asset, or the other way round."""
        base, quote = assets_of(order.symbol)
        sign = 1 if order.side == Side.BUY else -1
        self.add(base, sign * quantity)
        self.add(quote, -sign * quantity * price)
        return Settled(quantity * price)

    def _change(self, asset: str, holding: Holding) -> None:
        now = self._clock()
        self._holdings[asset].add(now, structs.replace(holding, changed_at=now))


def locked(open_orders: Iterable[Order]) -> dict[str, Decimal]:
    """What open margin orders keep from being spent, by asset.

    A SELL locks what it would give, a BUY what it would pay at its price (a stop order without one, at
    its stop price); the orders of a list lock the most that one of them locks, as only one fills.
    """
    by_list: defaultdict[tuple[int, str], list[Decimal]] = defaultdict(list)
    for order in open_orders:
        base, quote = assets_of(order.symbol)
        of_list = order.order_id if order.order_list_id == NO_LIST else -1 - order.order_list_id
        if order.side == Side.SELL:
            by_list[of_list, base].append(order.remaining)
        else:
            by_list[of_list, quote].append(order.remaining * (order.price or order.stop_price))
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    for (_, asset), amounts in by_list.items():
        total[asset] += max(amounts)
    return total
