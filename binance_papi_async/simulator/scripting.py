"""What a test does to the exchange that no call can: rest orders, fill them, fire triggers, pay in.

Pure: the clock is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from binance_papi_async.enums import PositionSide, Side
from binance_papi_async.simulator.world.account import Account
from binance_papi_async.simulator.world.book import Book
from binance_papi_async.simulator.world.fate import Fate, fates, open_fates
from binance_papi_async.simulator.world.instruments import Product
from binance_papi_async.simulator.world.orders import Draft, Order
from binance_papi_async.simulator.world.triggers import Waiting
from binance_papi_async.simulator.world.wallet import Wallet

SEED_ORDER_ID = 28
"""The order of the documented example."""


class Scripting:
    """The market, in the hands of a test. What cannot happen raises ValueError."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def book(self) -> Book:
        """Margin orders and trades."""
        return self._account.book

    @property
    def books(self) -> dict[Product, Book]:
        """Orders and trades of ``margin``, ``um`` and ``cm``; their ``last_prices`` are the market's."""
        return self._account.books

    @property
    def wallet(self) -> Wallet:
        """What the account holds."""
        return self._account.wallet

    @property
    def checks_money(self) -> bool:
        """Whether an order is refused that the account has not the money for; no, until it is set.

        Margin orders with -2010, unless they borrow; UM and CM orders with -2019.
        Changes of an order, and orders that a trigger places, are not checked.
        """
        return self._account.checks_money

    @checks_money.setter
    def checks_money(self, checks: bool) -> None:
        self._account.checks_money = checks

    @property
    def resting(self) -> list[Fate]:
        """Every order that rests or waits, of all products."""
        return open_fates(self._account)

    def fates(self, client_order_id: str) -> list[Fate]:
        """What became of everything ever placed under a client's id, oldest first; nothing if nothing was.

        Two that are not ``is_triggered`` are two orders, whatever the client was told.
        """
        return fates(self._account, client_order_id)

    def rest(  # noqa: PLR0913 - an order has as many facts
        self,
        symbol: str,
        count: int = 1,
        *,
        product: Product = "margin",
        side: str = Side.SELL,
        position_side: str = PositionSide.BOTH,
        price: str | int | Decimal = "1",
        quantity: str | int | Decimal = "1",
        client_order_ids: Sequence[str] | None = None,
    ) -> list[int]:
        """Rest LIMIT orders without a call; their ids, in order.

        An id names one order, whatever its product.
        """
        names = client_order_ids or [self._account.made_up_id() for _ in range(count)]
        if client_order_ids is not None and count not in (1, len(client_order_ids)):
            raise ValueError(f"{count} orders cannot take {len(client_order_ids)} client ids")
        draft = Draft(
            symbol=symbol,
            client_order_id="",
            side=Side(side),
            position_side=PositionSide(position_side),
            price=Decimal(price),
            quantity=Decimal(quantity),
        )
        book = self.books[product]
        return [book.place(draft.named(name)).order_id for name in names]

    def rest_seed_order(self) -> int:
        """Rest the order of the documented cancel page; its id, 28.

        ``DELETE`` with ``symbol=LTCBTC``, ``orderId=28`` and ``newClientOrderId=cancelMyOrder1``
        then answers the page's example to the letter.
        """
        draft = Draft(
            symbol="LTCBTC", client_order_id="myOrder1", price=Decimal(1), quantity=Decimal(10)
        )
        order = self.book.place(draft, order_id=SEED_ORDER_ID)
        self.book.fill(order.order_id, Decimal(8), Decimal(1))
        return order.order_id

    def deposit(self, asset: str, amount: str | int | Decimal, wallet: Product = "margin") -> None:
        """Pay something into a wallet."""
        self.wallet.add(asset, Decimal(amount), wallet)

    def fill(
        self,
        order_id: int,
        quantity: str | int | Decimal | None = None,
        price: str | int | Decimal | None = None,
    ) -> Order:
        """Fill an open order of any product, wholly unless ``quantity`` says less.

        The price is the order's own unless given, the last price if it has none.
        Balances and positions follow.
        """
        return self._book_of(order_id).fill(order_id, _amount(quantity), _amount(price))

    def expire(self, order_id: int) -> Order:
        """Let an open order of any product expire, with the whole list it belongs to."""
        return self._book_of(order_id).expire(order_id)

    def trigger(self, waiting_id: int, price: str | int | Decimal | None = None) -> Waiting:
        """Fire the trigger of a UM algo order or a CM conditional order: it places its order.

        A MARKET order fills at ``price``, by default at the trigger price.
        One that is refused by now, as there is no position left to close, ends as ``REJECTED`` (UM) or
        ``EXPIRED`` (CM).
        """
        um, cm = self._account.futures["um"], self._account.futures["cm"]
        product = um if um.triggers.get(waiting_id) is not None else cm
        return product.trigger(waiting_id, _amount(price))

    def _book_of(self, order_id: int) -> Book:
        books = self.books.values()
        return next((book for book in books if book.order(order_id) is not None), self.book)


def _amount(value: str | int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)
