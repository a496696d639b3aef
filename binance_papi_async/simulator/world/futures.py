"""One futures product of the account: its orders, those that wait, its positions, its settings.

Pure: the clock is given.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from msgspec import structs

from binance_papi_async.enums import (
    AlgoStatus,
    FuturesTimeInForce,
    OrderStatus,
    PositionSide,
    Side,
)
from binance_papi_async.simulator.refusal import Refusal, duplicated_client_id
from binance_papi_async.simulator.world.book import Book, Ids
from binance_papi_async.simulator.world.instruments import FuturesProduct, assets_of, coin_of
from binance_papi_async.simulator.world.marketability import would_take
from binance_papi_async.simulator.world.orders import Draft, Order, Settled
from binance_papi_async.simulator.world.positions import Position, Positions
from binance_papi_async.simulator.world.triggers import Triggers, Waiting
from binance_papi_async.simulator.world.wallet import Wallet

DEFAULT_LEVERAGE: Final = 20
FORGOTTEN_AFTER: Final = 3 * 86_400.0
"""Seconds after which a cancelled or expired order without fills is forgotten (documented)."""
_CLOSING: Final = {(Side.SELL, PositionSide.LONG), (Side.BUY, PositionSide.SHORT)}
"""Which orders can only reduce, in hedge mode."""


class Futures:
    """UM or CM."""

    def __init__(
        self, product: FuturesProduct, clock: Callable[[], float], ids: Ids, wallet: Wallet
    ) -> None:
        self.product: FuturesProduct = product
        self.book = Book(clock, ids=ids, settle=self._settle, duplicate=duplicated_client_id)
        self.triggers = Triggers(clock, ids)
        self.positions = Positions(product, clock)
        self.leverages: dict[str, int] = {}
        """By symbol, where it was set."""
        self.is_hedged = False
        """Whether a symbol has a long and a short position instead of one."""
        self._wallet = wallet

    def asset_of(self, symbol: str) -> str:
        """What a symbol is margined and settled in."""
        return assets_of(symbol)[1] if self.product == "um" else coin_of(symbol)

    def leverage(self, symbol: str) -> int:
        """Leverage of a symbol."""
        return self.leverages.get(symbol, DEFAULT_LEVERAGE)

    def mark_price(self, position: Position) -> Decimal:
        """The last price a test has set; the entry price, so that nothing is gained, without one."""
        return self.book.last_prices.get(position.symbol, position.entry_price)

    def symbols(self) -> list[str]:
        """Symbols the account ever had to do with."""
        known = (*self.book.symbols(), *self.positions.symbols(), *self.leverages)
        return list(dict.fromkeys(known))

    def place(self, draft: Draft, *, market_price: Decimal | None = None) -> Order:
        """Take an order in, if its position side fits the mode, and its size the position it closes.

        A FOK that finds nobody (-5021) and a GTX that would take (-5022) are refused, and never were.
        """
        if (draft.position_side is PositionSide.BOTH) is self.is_hedged:
            raise Refusal(-4061, "Order's position side does not match user's setting.")
        if self.only_reduces(draft) and not self._can_reduce(draft, draft.quantity):
            raise Refusal(-2022, "ReduceOnly Order is rejected.")
        is_taking = self.would_take(draft)
        if draft.time_in_force == FuturesTimeInForce.FOK and not is_taking:
            raise Refusal(
                -5021,
                "Due to the order could not be filled immediately, the FOK order has been rejected.",
            )
        if draft.time_in_force == FuturesTimeInForce.GTX and is_taking:
            raise Refusal(
                -5022,
                "Due to the order could not be executed as maker, the Post Only order will be rejected.",
            )
        return self.book.place(draft, market_price=market_price)

    def would_take(self, draft: Draft) -> bool:
        """Whether the order would trade at once."""
        return would_take(draft, self.book.last_prices.get(draft.symbol))

    def trigger(self, waiting_id: int, price: Decimal | None = None) -> Waiting:
        """Fire a trigger: it places its order, unless the order is refused by now.

        A MARKET order fills at ``price``, by default at the trigger's own.
        """
        waiting = self.triggers.must_wait(waiting_id)
        draft = waiting.order
        if waiting.close_position:
            amount = self.positions.position(draft.symbol, draft.position_side).amount
            draft = structs.replace(draft, quantity=abs(amount), reduce_only=True)
        try:
            order = self.place(draft, market_price=price or waiting.trigger_price or None)
        except Refusal:
            is_um = self.product == "um"
            return self.triggers.end(waiting, AlgoStatus.REJECTED if is_um else AlgoStatus.EXPIRED)
        return self.triggers.end(waiting, AlgoStatus.TRIGGERED, order.order_id)

    def _settle(self, order: Order, quantity: Decimal, price: Decimal) -> Settled:
        """Let the position follow a fill, and the wallet what that realised."""
        if self.only_reduces(order) and not self._can_reduce(order, quantity):
            raise ValueError(f"order {order.order_id} may only reduce a position of {quantity}")
        position = self.positions.position(order.symbol, order.position_side)
        signed = quantity if order.side == Side.BUY else -quantity
        realized = self.positions.fill(order.symbol, order.position_side, signed, price)
        self._wallet.add(self.asset_of(order.symbol), realized, self.product)
        return Settled(position.worth(quantity, price), realized)

    def only_reduces(self, draft: Draft) -> bool:
        """Whether the order cannot open anything."""
        return draft.reduce_only or (draft.side, draft.position_side) in _CLOSING

    def _can_reduce(self, draft: Draft, quantity: Decimal) -> bool:
        """Whether the position is on the other side, and large enough."""
        held = self.positions.position(draft.symbol, draft.position_side).amount
        left = held if draft.side == Side.SELL else -held
        return left >= quantity and left > 0


def is_forgotten(order: Order, now: float) -> bool:
    """Whether the exchange has forgotten an order: cancelled or expired long ago, without fills."""
    return (
        order.status in (OrderStatus.CANCELED, OrderStatus.EXPIRED)
        and not order.executed
        and now - order.changed_at > FORGOTTEN_AFTER
    )
