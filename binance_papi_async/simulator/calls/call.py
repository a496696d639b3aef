"""What a handler is given: the parameters as they were sent, and the account they act on.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeVar

from binance_papi_async.simulator.refusal import invalid
from binance_papi_async.simulator.world.account import Account
from binance_papi_async.simulator.world.book import Book

E = TypeVar("E", bound=StrEnum)


class Call(NamedTuple):
    """One call whose sender has been checked."""

    account: Account
    parameters: Mapping[str, str]
    """As sent, percent-decoded."""
    now: float
    as_of: float | None = None
    """Answer a read from the state at that time; None is now."""

    @property
    def book(self) -> Book:
        """The margin orders of the account."""
        return self.account.book

    def text(self, name: str) -> str | None:
        """A parameter, None if it was not sent."""
        return self.parameters.get(name)

    def number(self, name: str) -> int | None:
        """A whole number."""
        text = self.parameters.get(name)
        return None if text is None else int(text)

    def decimal(self, name: str) -> Decimal | None:
        """A decimal number."""
        text = self.parameters.get(name)
        return None if text is None else Decimal(text)

    def amount(self) -> Decimal:
        """What is to be moved, above zero."""
        amount = Decimal(self.parameters["amount"])
        if not amount:
            raise invalid("amount")
        return amount

    def flag(self, name: str) -> bool:
        """A yes or no; no, if it was not sent."""
        return self.parameters.get(name) == "true"

    def word(self, name: str, kind: type[E]) -> E | None:
        """A word of a vocabulary."""
        text = self.parameters.get(name)
        return None if text is None else kind(text)

    def client_id(self, name: str) -> str:
        """A client id, made up if none was sent."""
        return self.parameters.get(name) or self.account.made_up_id()


Handler = Callable[[Call], object]
"""Carries a call out; what it returns is answered as JSON. It may raise ``Refusal``."""
Routes = dict[tuple[str, str], Handler]
"""Who carries out what, by verb and path."""
