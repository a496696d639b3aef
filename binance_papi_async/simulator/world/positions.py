"""Positions of a futures product: what fills make of them.

UM is linear: a position gains the quantity times the change of the price, in the quote asset.
CM is inverse: contracts of a fixed worth in USD gain the change of what they cost in the coin.
No fees, no funding, no liquidation. Pure: the clock is given.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from msgspec import Struct, structs

from binance_papi_async.enums import PositionSide
from binance_papi_async.simulator.world.instruments import FuturesProduct, contract_usd
from binance_papi_async.simulator.world.orders import ZERO
from binance_papi_async.simulator.world.timeline import Timeline

_SMALLEST: Final = Decimal("0.00000001")


def rounded(value: Decimal) -> Decimal:
    """To the eight places balances have, and never a zero below zero."""
    return value.quantize(_SMALLEST, ROUND_HALF_EVEN) + ZERO


class Position(Struct, frozen=True, kw_only=True):
    """One version of a position."""

    product: FuturesProduct
    symbol: str
    side: PositionSide = PositionSide.BOTH
    amount: Decimal = ZERO
    """Below zero when short; contracts in CM."""
    entry_price: Decimal = ZERO
    """Average of what opened it; 0 if there is none."""
    changed_at: float = 0.0

    def worth(self, quantity: Decimal, price: Decimal) -> Decimal:
        """A quantity at a price: in the quote asset (UM) or in the coin (CM)."""
        if self.product == "um":
            return quantity * price
        return rounded(quantity * contract_usd(self.symbol) / price)

    def profit(self, price: Decimal, quantity: Decimal | None = None) -> Decimal:
        """What closing a part of it, or all, at a price gains."""
        if not self.amount:
            return ZERO
        signed = self.amount if quantity is None else quantity.copy_sign(self.amount)
        if self.product == "um":
            return rounded(signed * (price - self.entry_price))
        return rounded(signed * contract_usd(self.symbol) * (1 / self.entry_price - 1 / price))

    def after(self, signed: Decimal, price: Decimal, now: float) -> tuple[Position, Decimal]:
        """The position after a fill (below zero: a sell), and what that realised."""
        amount = self.amount + signed
        closed = min(abs(self.amount), abs(signed)) if self.amount * signed < 0 else ZERO
        if not amount:
            entry = ZERO
        elif not closed:
            entry = self._average(signed, price)
        else:
            entry = self.entry_price if abs(self.amount) > abs(signed) else price
        changed = structs.replace(self, amount=amount, entry_price=entry, changed_at=now)
        return changed, self.profit(price, closed) if closed else ZERO

    def _average(self, signed: Decimal, price: Decimal) -> Decimal:
        """Entry price when more is opened: by quantity (UM), by what it costs in the coin (CM)."""
        if not self.amount:
            return price
        whole = self.amount + signed
        if self.product == "um":
            return (self.amount * self.entry_price + signed * price) / whole
        return whole / (self.amount / self.entry_price + signed / price)


class Positions:
    """Every position of one product."""

    def __init__(self, product: FuturesProduct, clock: Callable[[], float]) -> None:
        self._product: FuturesProduct = product
        self._clock = clock
        self._positions: dict[tuple[str, PositionSide], Timeline[Position]] = {}

    def symbols(self) -> list[str]:
        """Symbols that ever had a position."""
        return list(dict.fromkeys(symbol for symbol, _ in self._positions))

    def position(
        self, symbol: str, side: PositionSide = PositionSide.BOTH, *, as_of: float | None = None
    ) -> Position:
        """A position, of amount 0 if there is none."""
        found = self._positions.get((symbol, side))
        if found is None:
            return Position(product=self._product, symbol=symbol, side=side)
        return found.at(as_of)

    def is_any_open(self) -> bool:
        """Whether there is a position in any symbol."""
        return any(timeline.last.amount for timeline in self._positions.values())

    def fill(self, symbol: str, side: PositionSide, signed: Decimal, price: Decimal) -> Decimal:
        """Let a fill (below zero: a sell) change a position; what that realised."""
        now = self._clock()
        before = self.position(symbol, side)
        after, realized = before.after(signed, price, now)
        if (symbol, side) not in self._positions:
            self._positions[symbol, side] = Timeline(before)
        self._positions[symbol, side].add(now, after)
        return realized
