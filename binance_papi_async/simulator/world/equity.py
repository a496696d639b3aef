"""What the account is worth, and what of it is bound. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from binance_papi_async.enums import PositionSide
from binance_papi_async.simulator.world.account import Account
from binance_papi_async.simulator.world.futures import Futures
from binance_papi_async.simulator.world.instruments import USD_LIKE, Product
from binance_papi_async.simulator.world.orders import ZERO
from binance_papi_async.simulator.world.positions import Position, rounded
from binance_papi_async.simulator.world.wallet import locked


def positions(market: Futures, symbols: list[str], *, as_of: float | None = None) -> list[Position]:
    """The positions the exchange lists of some symbols, in the mode it is in.

    One-way mode: ``BOTH``; hedge mode: ``LONG`` and ``SHORT``, in UM after ``BOTH`` (documented).
    """
    sides = [PositionSide.BOTH]
    if market.is_hedged:
        two = [PositionSide.LONG, PositionSide.SHORT]
        sides = two if market.product == "cm" else [*sides, *two]
    return [
        market.positions.position(symbol, side, as_of=as_of) for symbol in symbols for side in sides
    ]


class Margins(NamedTuple):
    """What a symbol or an asset of a futures product gains and binds."""

    unrealized: Decimal = ZERO
    of_positions: Decimal = ZERO
    of_orders: Decimal = ZERO

    @property
    def initial(self) -> Decimal:
        """Positions and open orders together."""
        return self.of_positions + self.of_orders


def notional(market: Futures, position: Position) -> Decimal:
    """What a position is worth at the mark price, below zero if it is short."""
    if not position.amount:
        return ZERO
    return position.worth(position.amount, market.mark_price(position))


def position_margins(market: Futures, position: Position, *, as_of: float | None = None) -> Margins:
    """Of one position: notional over leverage."""
    return Margins(
        unrealized=position.profit(market.mark_price(position)),
        of_positions=rounded(abs(notional(market, position)) / market.leverage(position.symbol)),
        of_orders=_order_margin(market, position, as_of),
    )


def _order_margin(market: Futures, position: Position, as_of: float | None) -> Decimal:
    """Of the open orders on one position: what they are worth over leverage."""
    total = sum(
        (
            position.worth(order.remaining, order.price)
            for order in market.book.open_orders(position.symbol, as_of=as_of)
            if order.position_side == position.side and order.price
        ),
        ZERO,
    )
    return rounded(total / market.leverage(position.symbol))


def asset_margins(market: Futures, asset: str, *, as_of: float | None = None) -> Margins:
    """Of every symbol that is settled in an asset."""
    symbols = [each for each in market.symbols() if market.asset_of(each) == asset]
    found = [
        position_margins(market, each, as_of=as_of)
        for each in positions(market, symbols, as_of=as_of)
    ]
    return Margins(
        sum((each.unrealized for each in found), ZERO),
        sum((each.of_positions for each in found), ZERO),
        sum((each.of_orders for each in found), ZERO),
    )


def known_assets(account: Account) -> list[str]:
    """Assets the account ever had something of, or settles a symbol in."""
    settled = (
        market.asset_of(symbol)
        for market in account.futures.values()
        for symbol in market.symbols()
    )
    return list(dict.fromkeys((*account.wallet.assets(), *settled)))


def usd_price(account: Account, asset: str) -> Decimal:
    """One USD for what is pegged to it, else the last price a test set against USDT; 0 without one."""
    if asset in USD_LIKE:
        return Decimal(1)
    names: tuple[tuple[Product, str], ...] = (
        ("margin", f"{asset}USDT"),
        ("um", f"{asset}USDT"),
        ("cm", f"{asset}USD_PERP"),
    )
    prices = (account.books[product].last_prices.get(symbol) for product, symbol in names)
    return next((price for price in prices if price is not None), ZERO)


class Worth(NamedTuple):
    """The account in USD."""

    equity: Decimal = ZERO
    """What there is and is gained, less what is owed."""
    bound: Decimal = ZERO
    """Initial margin of positions and orders."""
    free: Decimal = ZERO
    """Equity without what is bound, and without what open margin orders lock."""


def worth(account: Account, *, as_of: float | None = None) -> Worth:
    """What the account is worth."""
    equity = bound = locked_worth = ZERO
    locks = locked(account.book.open_orders(as_of=as_of))
    for asset in known_assets(account):
        held = account.wallet.holding(asset, as_of=as_of)
        margins = [asset_margins(each, asset, as_of=as_of) for each in account.futures.values()]
        price = usd_price(account, asset)
        gained = sum((each.unrealized for each in margins), ZERO)
        equity += price * (held.total - held.borrowed + gained)
        bound += price * sum((each.initial for each in margins), ZERO)
        locked_worth += price * locks.get(asset, ZERO)
    return Worth(equity, bound, equity - bound - locked_worth)
