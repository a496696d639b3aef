"""The one account of the exchange, and what its handlers share.

Pure: the clock is given, and chance comes from a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import count
from random import Random
from string import ascii_letters, digits
from typing import Final, Literal

from msgspec import Struct

from binance_papi_async.simulator.refusal import Refusal
from binance_papi_async.simulator.world.book import Book, Ids
from binance_papi_async.simulator.world.futures import Futures
from binance_papi_async.simulator.world.instruments import FuturesProduct, Product
from binance_papi_async.simulator.world.truth import Truth
from binance_papi_async.simulator.world.wallet import Wallet
from binance_papi_async.simulator.world.windows import Windows

FIRST_TRANSACTION_ID: Final = 100_000_001
"""That of the documented examples."""
LISTEN_KEY_LIFE: Final = 3600.0
"""Documented: 60 minutes."""


class LoanRecord(Struct, frozen=True):
    """One borrowing or repayment."""

    kind: Literal["borrow", "repay"]
    tran_id: int
    asset: str
    amount: Decimal
    time: float


class ListenKey:
    """The key of the user data stream, if there is one."""

    def __init__(self, make_up: Callable[[], str]) -> None:
        self._make_up = make_up
        self._key: str | None = None
        self._ends_at = 0.0

    def create(self, now: float) -> str:
        """The key that lives, or a new one; either way good for 60 minutes from now."""
        if self._key is None or now >= self._ends_at:
            self._key = self._make_up()
        self._ends_at = now + LISTEN_KEY_LIFE
        return self._key

    def keep_alive(self, now: float) -> None:
        """Make it good for another 60 minutes; -1125 if there is none."""
        self._check(now)
        self._ends_at = now + LISTEN_KEY_LIFE

    def close(self, now: float) -> None:
        """Make it void; -1125 if there is none."""
        self._check(now)
        self._key = None

    def _check(self, now: float) -> None:
        if self._key is None or now >= self._ends_at:
            raise Refusal(-1125, "This listenKey does not exist.")


class Account:
    """Books, wallets, positions, settings."""

    ID: Final = "account"

    def __init__(
        self, clock: Callable[[], float], truth: Truth, order_limits: Windows, *, seed: int
    ) -> None:
        ids = Ids()
        self.truth = truth
        self.order_limits = order_limits
        self.wallet = Wallet(clock)
        self.book = Book(clock, ids=ids, settle=self.wallet.settle_margin)
        """Margin orders."""
        self.futures: dict[FuturesProduct, Futures] = {
            "um": Futures("um", clock, ids, self.wallet),
            "cm": Futures("cm", clock, ids, self.wallet),
        }
        self.books: dict[Product, Book] = {
            "margin": self.book,
            "um": self.futures["um"].book,
            "cm": self.futures["cm"].book,
        }
        self.loans: list[LoanRecord] = []
        """Oldest first."""
        self.switches = {"autoRepay": True, "feeBurn": True}
        """Settings that change nothing but their own answer."""
        self.checks_money = False
        """Whether an order needs the money it may cost."""
        self.listen_key = ListenKey(lambda: self.made_up_id(64))
        self._transactions = count(FIRST_TRANSACTION_ID)
        self._random = Random(seed)  # noqa: S311 - names, not secrets

    def made_up_id(self, length: int = 22) -> str:
        """A client id as the exchange makes one up: letters and digits."""
        return "".join(self._random.choices(ascii_letters + digits, k=length))

    def transaction_id(self) -> int:
        """Under which number the next transfer or loan is booked."""
        return next(self._transactions)

    def book_loan(
        self, kind: Literal["borrow", "repay"], asset: str, amount: Decimal, now: float
    ) -> int:
        """Borrow or repay; the number it is booked under."""
        self.wallet.lend(asset, amount if kind == "borrow" else -amount)
        record = LoanRecord(kind, self.transaction_id(), asset, amount, now)
        self.loans.append(record)
        return record.tran_id
